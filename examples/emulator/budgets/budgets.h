/* AWS Budgets: budgets by name, each a record
 *
 *   {"budget", "tags", "notifications": [...], "actions": {ID: ...}}
 *
 * A notification is {"notification", "subscribers"}, and "toldUs" if it was told: the beginning of
 * the period it was told in. An action is {"action", "tags", "history"}; once its threshold is
 * passed "periodUs" as well, the beginning of that period, and once carried out "applied", the
 * Definition of then.
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

/* Answers nothing but that it is done, if `rc` is 0. */
void emu_budget_done(struct emu_call *call, int rc);

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

/* What has become of a budget in its present period. */
struct emu_spending {
    const json_t *budget;
    int64_t now_us;
    int64_t from_us; /* of the period */
    int64_t to_us;
    double spent; /* in dollars, or in what is used */
};

int emu_spending_find(const struct emulator *emulator, const json_t *budget, int64_t now_us,
                      struct emu_spending *ret_spending);
double emu_spending_limit(const struct emu_spending *spending);

/* What was spent (ACTUAL), or will be if it goes on like this (FORECASTED). */
double emu_spending_amount(const struct emu_spending *spending, const char *type);

/* When a notification or an action is due. */
struct emu_threshold {
    const char *type; /* ACTUAL, FORECASTED */
    const char *comparison;
    double value;
    const char *unit; /* PERCENTAGE of the limit, ABSOLUTE_VALUE */
};

double emu_threshold_amount(const struct emu_spending *spending,
                            const struct emu_threshold *threshold);
bool emu_threshold_passed(const struct emu_spending *spending,
                          const struct emu_threshold *threshold);

/* ---- what is told, and done ---- */

/* Tells who subscribed to what has passed its threshold, and carries out actions: of all budgets,
 * by what has settled. EMU_OK or EMU_OUT_OF_MEMORY, after which it may be called again. */
int emu_budgets_watch(struct emulator *emulator, int64_t now_us);

/* Sends mail, and publishes to topics. */
int emu_budget_tell(struct emulator *emulator, const json_t *subscribers, const char *subject,
                    const char *message, int64_t now_us);

/* Tells that the threshold is passed. */
int emu_budget_alert(struct emulator *emulator, const json_t *subscribers,
                     const struct emu_spending *spending, const struct emu_threshold *threshold);

/* ---- notifications ---- */

/* A list of notifications with subscribers as the record keeps it, in *ret_kept. False: a rule is
 * broken, and the error is answered. */
bool emu_budget_keep_notifications(struct emu_call *call, const json_t *list, json_t **ret_kept);

/* The notification of the call's budget that a member of the input names; NULL: the error is
 * answered. */
json_t *emu_budget_notification(struct emu_call *call, const char *member);

struct emu_threshold emu_notification_threshold(const json_t *notification);

/* ---- actions ---- */

/* Does what is due: by the threshold, and at the turn of the period. */
int emu_action_watch(struct emulator *emulator, json_t *record,
                     const struct emu_spending *spending);

/* ExecuteBudgetAction. EMU_INVALID: not in the status that the action has. */
int emu_action_execute(struct emulator *emulator, json_t *record, const char *execution,
                       int64_t now_us);

/* Adds an event to the history. */
int emu_action_note(json_t *record, const char *event, const char *message, int64_t now_us);

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
void emu_budgets_describe_action(struct emu_call *call);
void emu_budgets_describe_actions(struct emu_call *call);
void emu_budgets_describe_histories(struct emu_call *call);
void emu_budgets_execute_action(struct emu_call *call);
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
extern const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE_ACTION;
extern const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE_ACTIONS;
extern const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE_HISTORIES;
extern const struct emu_shape EMU_SHAPE_BUDGETS_EXECUTE_ACTION;
extern const struct emu_shape EMU_SHAPE_BUDGETS_LIST_RESOURCE_TAGS;
extern const struct emu_shape EMU_SHAPE_BUDGETS_TAG_RESOURCE;
extern const struct emu_shape EMU_SHAPE_BUDGETS_UNTAG_RESOURCE;

#endif
