/* Cost Explorer: what its operations share, and what AWS Budgets needs of it.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_COST_H
#define EMULATOR_COST_H

#include "call.h"
#include "prices.h"

#define EMU_MAX_TAGS_IN_A_CALL 20

/* The state, {"tags": {}, "monitors": {}, "subscriptions": {}, "anomalies": []}; NULL if out of
 * memory. */
json_t *emu_costs_new(void);

/* ---- lines of the bill ---- */

/* The tokens of one kind of one use, as Cost Explorer sees them. */
struct emu_cost_line {
    const struct emu_use *use;
    const struct emu_price *price;
    enum emu_token_kind kind;
    bool global;        /* through a global profile */
    char name[96];      /* of what emu_cost_dimension() was asked for last */
    int64_t units;      /* money */
    int64_t millionths; /* of the unit that the usage type is counted in */
};

/* Calls `visit` for each line of that time that has settled. A negative result of it ends the walk
 * and is returned. */
int emu_cost_walk(const struct emulator *emulator, int64_t from_us, int64_t to_us, int64_t now_us,
                  int (*visit)(struct emu_cost_line *line, void *data), void *data);

/* The value of a cost allocation tag on the line; NULL: it has none, or the tag was not active when
 * the tokens were used, which is never mended afterwards. */
const char *emu_cost_tag(const struct emulator *emulator, struct emu_cost_line *line,
                         const char *key);

/* NULL: lines have nothing there. Valid until the next call for the line. */
const char *emu_cost_dimension(struct emu_cost_line *line, const char *key);

/* Does the line fit the expression? NULL fits all. */
bool emu_cost_fits(const struct emulator *emulator, struct emu_cost_line *line,
                   const json_t *expression);

/* Money and amounts as a decimal; 0.1 is {1000..., "0.1"}. NULL if out of memory. */
json_t *emu_cost_decimal(int64_t units, int64_t per_one);

/* ---- tags ---- */

/* True: the tag key was seen on what was used, and has settled. */
bool emu_cost_tag_seen(const struct emulator *emulator, const char *key, int64_t now_us,
                       int64_t *ret_last_us);

/* POST /_emulator/tags and /_emulator/anomalies: what tests need to be so. EMU_INVALID: `message`
 * says why not. */
int emu_cost_tell_tag(struct emulator *emulator, const json_t *told, int64_t now_us,
                      struct emu_text *message);
int emu_cost_tell_anomaly(struct emulator *emulator, const json_t *told, struct emu_text *message);

/* ---- operations ---- */

/* The days of member TimePeriod. False: they are none, and the error is answered. */
bool emu_cost_period(struct emu_call *call, int64_t *ret_from_us, int64_t *ret_to_us);

void emu_cost_list_tags(struct emu_call *call);
void emu_cost_update_tags(struct emu_call *call);
void emu_cost_get_tags(struct emu_call *call);
void emu_cost_usage(struct emu_call *call);
void emu_cost_create_monitor(struct emu_call *call);
void emu_cost_get_monitors(struct emu_call *call);
void emu_cost_update_monitor(struct emu_call *call);
void emu_cost_delete_monitor(struct emu_call *call);
void emu_cost_create_subscription(struct emu_call *call);
void emu_cost_get_subscriptions(struct emu_call *call);
void emu_cost_update_subscription(struct emu_call *call);
void emu_cost_delete_subscription(struct emu_call *call);
void emu_cost_get_anomalies(struct emu_call *call);
void emu_cost_list_resource_tags(struct emu_call *call);
void emu_cost_tag_resource(struct emu_call *call);
void emu_cost_untag_resource(struct emu_call *call);

extern const struct emu_shape EMU_SHAPE_COST_LIST_TAGS;
extern const struct emu_shape EMU_SHAPE_COST_UPDATE_TAGS;
extern const struct emu_shape EMU_SHAPE_COST_GET_TAGS;
extern const struct emu_shape EMU_SHAPE_COST_USAGE;
extern const struct emu_shape EMU_SHAPE_COST_CREATE_MONITOR;
extern const struct emu_shape EMU_SHAPE_COST_GET_MONITORS;
extern const struct emu_shape EMU_SHAPE_COST_UPDATE_MONITOR;
extern const struct emu_shape EMU_SHAPE_COST_DELETE_MONITOR;
extern const struct emu_shape EMU_SHAPE_COST_CREATE_SUBSCRIPTION;
extern const struct emu_shape EMU_SHAPE_COST_GET_SUBSCRIPTIONS;
extern const struct emu_shape EMU_SHAPE_COST_UPDATE_SUBSCRIPTION;
extern const struct emu_shape EMU_SHAPE_COST_DELETE_SUBSCRIPTION;
extern const struct emu_shape EMU_SHAPE_COST_GET_ANOMALIES;
extern const struct emu_shape EMU_SHAPE_COST_LIST_RESOURCE_TAGS;
extern const struct emu_shape EMU_SHAPE_COST_TAG_RESOURCE;
extern const struct emu_shape EMU_SHAPE_COST_UNTAG_RESOURCE;

/* Answers that the input breaks a rule; always false. */
bool emu_cost_refuse(struct emu_call *call, const char *text);

#endif
