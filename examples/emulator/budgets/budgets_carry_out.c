/* What becomes of an action: its status, the policy that it attaches, its history.
 *
 *   STANDBY -> PENDING (if somebody has to approve) -> EXECUTION_SUCCESS -> REVERSE_SUCCESS
 *
 * The role that the action names has to be allowed to do it, as AWS wants. That a new period
 * reverses what was done, and begins anew, is unverified; so is which executions AWS takes in which
 * status.
 *
 * SPDX-License-Identifier: MIT
 */
#include "budgets.h"
#include "dates.h"
#include "iam.h"

#include <string.h>

#define MAX_HISTORY 100 /* events of an action; the newest are kept */

static const char *string_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static bool has_status(const json_t *record, const char *status)
{
    return strcmp(string_of(json_object_get(record, "action"), "Status"), status) == 0;
}

/* ---- history ---- */

int emu_action_note(json_t *record, const char *event, const char *message, int64_t now_us)
{
    const json_t *action = json_object_get(record, "action");
    json_t *history = json_object_get(record, "history");
    json_t *noted =
        json_pack("{s:f, s:O, s:s, s:{s:s, s:o}}", "Timestamp", emu_seconds(now_us), "Status",
                  json_object_get(action, "Status"), "EventType", event, "ActionHistoryDetails",
                  "Message", message, "Action", json_deep_copy(action));

    if (json_array_append_new(history, noted) < 0)
        return EMU_OUT_OF_MEMORY;
    return json_array_size(history) > MAX_HISTORY ? json_array_remove(history, 0) : EMU_OK;
}

/* Sets the status, and notes why: both, or nothing. */
static int move(json_t *record, const char *status, const char *event, const char *message,
                int64_t now_us)
{
    json_t *action = json_object_get(record, "action");
    json_t *before = json_incref(json_object_get(action, "Status"));
    int rc = json_object_set_new(action, "Status", json_string(status)) == 0 ? EMU_OK
                                                                             : EMU_OUT_OF_MEMORY;

    if (rc == EMU_OK)
        rc = emu_action_note(record, event, message, now_us);
    if (rc < 0)
        json_object_set(action, "Status", before);
    json_decref(before);
    return rc;
}

/* ---- attaching and detaching ---- */

struct deed {
    struct emulator *emulator;
    const char *executor;     /* the ARN of the role it is done as */
    const json_t *definition; /* what to attach to whom */
    const char *policy;
    const json_t *roles; /* by name, or path and name */
    int64_t now_us;
    bool undo;
};

/* What was attached is what is detached: the action may say something else by now. */
static struct deed deed_of(struct emulator *emulator, const json_t *record, bool undo,
                           int64_t now_us)
{
    const json_t *action = json_object_get(record, "action");
    const json_t *definition =
        undo ? json_object_get(record, "applied") : json_object_get(action, "Definition");
    const json_t *iam = json_object_get(definition, "IamActionDefinition");

    return (struct deed){.emulator = emulator,
                         .executor = string_of(action, "ExecutionRoleArn"),
                         .definition = iam,
                         .policy = string_of(iam, "PolicyArn"),
                         .roles = json_object_get(iam, "Roles"),
                         .now_us = now_us,
                         .undo = undo};
}

static const char *name_in(const json_t *role)
{
    const char *slash = strrchr(json_string_value(role), '/');

    return slash != NULL ? slash + 1 : json_string_value(role);
}

/* Writes to `why` if the executor is not allowed to change this role. EMU_OUT_OF_MEMORY or EMU_OK.
 */
static int check_leave(const struct deed *deed, const char *role, struct emu_text *why)
{
    const char *action = deed->undo ? "iam:DetachRolePolicy" : "iam:AttachRolePolicy";
    const json_t *detail =
        json_object_get(json_object_get(deed->emulator->iam.roles, role), "detail");
    const struct emu_access access = {action, string_of(detail, "Arn"), NULL};
    struct emu_judgement judgement;
    int rc = emu_iam_judge(deed->emulator, deed->executor, &access, deed->now_us, &judgement);

    if (rc == EMU_OK && judgement.decision != EMU_ALLOWED)
        emu_text_printf(why, "%s is not allowed %s on the role %s.", deed->executor, action, role);
    return rc;
}

/* Writes to `why` if it cannot be done. EMU_OUT_OF_MEMORY or EMU_OK. */
static int check(const struct deed *deed, struct emu_text *why)
{
    const struct emu_iam *iam = &deed->emulator->iam;
    const json_t *role;
    int rc = EMU_OK;
    size_t i;

    if (deed->roles == NULL || json_object_get(deed->definition, "Users") != NULL ||
        json_object_get(deed->definition, "Groups") != NULL)
        emu_text_puts(why, "This emulator attaches policies to roles, and does nothing else.");
    else if (!emu_iam_has_role(iam, deed->executor))
        emu_text_printf(why, "There is no execution role %s.", deed->executor);
    else if (json_object_get(iam->policies, deed->policy) == NULL)
        emu_text_printf(why, "There is no policy %s.", deed->policy);
    json_array_foreach(deed->roles, i, role)
    {
        const char *name = name_in(role);

        if (rc < 0 || why->len > 0)
            break;
        if (json_object_get(iam->roles, name) == NULL)
            emu_text_printf(why, "There is no role %s.", name);
        else
            rc = check_leave(deed, name, why);
    }
    return why->failed ? EMU_OUT_OF_MEMORY : rc;
}

static int change_roles(const struct deed *deed)
{
    const json_t *role;
    size_t i;

    json_array_foreach(deed->roles, i, role)
    {
        int rc = deed->undo
                     ? emu_iam_detach(deed->emulator, name_in(role), deed->policy, deed->now_us)
                     : emu_iam_attach(deed->emulator, name_in(role), deed->policy, deed->now_us);

        if (rc == EMU_OUT_OF_MEMORY)
            return rc;
    }
    return EMU_OK;
}

static int remember(json_t *record)
{
    json_t *definition = json_object_get(json_object_get(record, "action"), "Definition");

    return json_object_set_new(record, "applied", json_deep_copy(definition)) == 0
               ? EMU_OK
               : EMU_OUT_OF_MEMORY;
}

/* Does it or undoes it, and sets the status that says how that went. */
static int carry_out(struct emulator *emulator, json_t *record, bool undo, const char *event,
                     int64_t now_us)
{
    const struct deed deed = deed_of(emulator, record, undo, now_us);
    emu_auto_text why = {0};
    int rc = check(&deed, &why);

    if (rc < 0)
        return rc;
    if (why.len > 0)
        return move(record, undo ? "REVERSE_FAILURE" : "EXECUTION_FAILURE", event, why.data,
                    now_us);
    rc = change_roles(&deed);
    if (rc == EMU_OK && !undo)
        rc = remember(record);
    if (rc == EMU_OK)
        rc = move(record, undo ? "REVERSE_SUCCESS" : "EXECUTION_SUCCESS", event,
                  undo ? "The policy is detached." : "The policy is attached.", now_us);
    if (rc == EMU_OK && undo)
        json_object_del(record, "applied");
    return rc;
}

/* ---- by itself ---- */

static int turn_period(struct emulator *emulator, json_t *record, int64_t now_us)
{
    int rc = EMU_OK;

    if (has_status(record, "EXECUTION_SUCCESS"))
        rc = carry_out(emulator, record, true, "SYSTEM", now_us);
    if (rc < 0 || has_status(record, "REVERSE_FAILURE")) /* which somebody has to mend first */
        return rc;
    rc = move(record, "STANDBY", "SYSTEM", "A new period of the budget has begun.", now_us);
    if (rc == EMU_OK)
        json_object_del(record, "periodUs");
    return rc;
}

static struct emu_threshold threshold_of(const json_t *action)
{
    const json_t *told = json_object_get(action, "ActionThreshold");

    return (struct emu_threshold){
        .type = string_of(action, "NotificationType"),
        .comparison = "GREATER_THAN",
        .value = json_number_value(json_object_get(told, "ActionThresholdValue")),
        .unit = string_of(told, "ActionThresholdType")};
}

/* The status changes last: without memory all of it is done again. */
static int take_turn(struct emulator *emulator, json_t *record, const struct emu_spending *spending,
                     const struct emu_threshold *threshold)
{
    const json_t *action = json_object_get(record, "action");
    int rc =
        emu_budget_alert(emulator, json_object_get(action, "Subscribers"), spending, threshold);

    if (rc == EMU_OK &&
        json_object_set_new(record, "periodUs", json_integer(spending->from_us)) < 0)
        rc = EMU_OUT_OF_MEMORY;
    if (rc < 0)
        return rc;
    if (strcmp(string_of(action, "ApprovalModel"), "MANUAL") == 0)
        return move(record, "PENDING", "SYSTEM",
                    "The threshold is passed; the action waits for somebody to approve it.",
                    spending->now_us);
    return carry_out(emulator, record, false, "SYSTEM", spending->now_us);
}

int emu_action_watch(struct emulator *emulator, json_t *record, const struct emu_spending *spending)
{
    const json_t *period_us = json_object_get(record, "periodUs");
    const struct emu_threshold threshold = threshold_of(json_object_get(record, "action"));
    int rc = EMU_OK;

    if (period_us != NULL && json_integer_value(period_us) != spending->from_us)
        rc = turn_period(emulator, record, spending->now_us);
    if (rc == EMU_OK && has_status(record, "STANDBY") && emu_threshold_passed(spending, &threshold))
        rc = take_turn(emulator, record, spending, &threshold);
    return rc;
}

/* ---- because somebody says so ---- */

int emu_action_execute(struct emulator *emulator, json_t *record, const char *execution,
                       int64_t now_us)
{
    static const struct {
        const char *execution;
        const char *status; /* that the action has */
        enum {
            APPLY,
            UNDO,
            WATCH
        } then;
    } STEPS[] = {
        {"APPROVE_BUDGET_ACTION", "PENDING", APPLY},
        {"RETRY_BUDGET_ACTION", "EXECUTION_FAILURE", APPLY},
        {"RETRY_BUDGET_ACTION", "REVERSE_FAILURE", UNDO},
        {"REVERSE_BUDGET_ACTION", "EXECUTION_SUCCESS", UNDO},
        {"REVERSE_BUDGET_ACTION", "REVERSE_FAILURE", UNDO},
        {"RESET_BUDGET_ACTION", "REVERSE_SUCCESS", WATCH},
    };
    const size_t n = sizeof(STEPS) / sizeof(STEPS[0]);
    size_t i = 0;

    while (i < n &&
           (strcmp(STEPS[i].execution, execution) != 0 || !has_status(record, STEPS[i].status)))
        i++;
    if (i == n)
        return EMU_INVALID;
    if (STEPS[i].then == WATCH)
        return move(record, "STANDBY", "EXECUTE_ACTION", "The action watches again.", now_us);
    return carry_out(emulator, record, STEPS[i].then == UNDO, "EXECUTE_ACTION", now_us);
}
