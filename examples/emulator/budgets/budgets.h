/* AWS Budgets: budgets by name, each a record
 *
 *   {"budget", "tags", "notifications": [{"notification", "subscribers"}], "actions": {ID: ...}}
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_BUDGETS_H
#define EMULATOR_BUDGETS_H

#include "call.h"

#define EMU_MAX_NOTIFICATIONS 10
#define EMU_MAX_SUBSCRIBERS   11

/* False: the call is about another account, and the error is answered. */
bool emu_budget_account(struct emu_call *call);

/* The record that the call names; NULL: the error is answered. */
json_t *emu_budget_find(struct emu_call *call);

/* Answers InvalidParameterException, and is false. */
bool emu_budget_refuse(struct emu_call *call, const char *text);

/* False: a rule about subscribers is broken, and the error is answered. */
bool emu_budget_check_subscribers(struct emu_call *call, const json_t *subscribers);

/* ---- spend ---- */

/* What was spent in the present period of the budget, or used, if that is what it is about: so many
 * for a dollar, or for one of the unit, as EMU_UNITS_PER_USD says. EMU_OUT_OF_MEMORY or 0. */
int emu_budget_spend(const struct emulator *emulator, const json_t *budget, int64_t now_us,
                     int64_t *ret_units);

/* The beginning and the end of the period that the moment is in. */
void emu_budget_period(const json_t *budget, int64_t now_us, int64_t *ret_from_us,
                       int64_t *ret_to_us);

/* True: what was spent has passed the notification's threshold. */
bool emu_budget_alarms(const json_t *budget, const json_t *notification, int64_t units,
                       int64_t now_us);

/* ---- notifications ---- */

/* A list of notifications with subscribers as the record keeps it, in *ret_kept. False: a rule is
 * broken, and the error is answered. */
bool emu_budget_keep_notifications(struct emu_call *call, const json_t *list, json_t **ret_kept);

/* ---- operations ---- */

void emu_budgets_create(struct emu_call *call);
void emu_budgets_update(struct emu_call *call);
void emu_budgets_describe(struct emu_call *call);
void emu_budgets_describe_all(struct emu_call *call);
void emu_budgets_delete(struct emu_call *call);
void emu_budgets_create_notification(struct emu_call *call);
void emu_budgets_update_notification(struct emu_call *call);
void emu_budgets_delete_notification(struct emu_call *call);
void emu_budgets_describe_notifications(struct emu_call *call);
void emu_budgets_create_subscriber(struct emu_call *call);
void emu_budgets_update_subscriber(struct emu_call *call);
void emu_budgets_delete_subscriber(struct emu_call *call);
void emu_budgets_describe_subscribers(struct emu_call *call);
void emu_budgets_create_action(struct emu_call *call);
void emu_budgets_update_action(struct emu_call *call);
void emu_budgets_delete_action(struct emu_call *call);
void emu_budgets_describe_actions(struct emu_call *call);
void emu_budgets_list_resource_tags(struct emu_call *call);
void emu_budgets_tag_resource(struct emu_call *call);
void emu_budgets_untag_resource(struct emu_call *call);

extern const struct emu_shape EMU_SHAPE_BUDGETS_CREATE;
extern const struct emu_shape EMU_SHAPE_BUDGETS_UPDATE;
extern const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE;
extern const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE_ALL;
extern const struct emu_shape EMU_SHAPE_BUDGETS_DELETE;
extern const struct emu_shape EMU_SHAPE_BUDGETS_CREATE_NOTIFICATION;
extern const struct emu_shape EMU_SHAPE_BUDGETS_UPDATE_NOTIFICATION;
extern const struct emu_shape EMU_SHAPE_BUDGETS_DELETE_NOTIFICATION;
extern const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE_NOTIFICATIONS;
extern const struct emu_shape EMU_SHAPE_BUDGETS_CREATE_SUBSCRIBER;
extern const struct emu_shape EMU_SHAPE_BUDGETS_UPDATE_SUBSCRIBER;
extern const struct emu_shape EMU_SHAPE_BUDGETS_DELETE_SUBSCRIBER;
extern const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE_SUBSCRIBERS;
extern const struct emu_shape EMU_SHAPE_BUDGETS_CREATE_ACTION;
extern const struct emu_shape EMU_SHAPE_BUDGETS_UPDATE_ACTION;
extern const struct emu_shape EMU_SHAPE_BUDGETS_DELETE_ACTION;
extern const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE_ACTIONS;
extern const struct emu_shape EMU_SHAPE_BUDGETS_LIST_RESOURCE_TAGS;
extern const struct emu_shape EMU_SHAPE_BUDGETS_TAG_RESOURCE;
extern const struct emu_shape EMU_SHAPE_BUDGETS_UNTAG_RESOURCE;

#endif
