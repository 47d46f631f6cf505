/* A plan as it is shown. SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *plan_action_text(enum plan_action action)
{
    static const char *const texts[] = {
        [PLAN_KEEP] = "keep",       [PLAN_CREATE] = "create",   [PLAN_TAG] = "tag",
        [PLAN_REPLACE] = "replace", [PLAN_RETIRED] = "retired", [PLAN_FOREIGN] = "foreign",
    };

    return texts[action];
}

static void set(json_t *row, const char *member, json_t *value)
{
    if (value != NULL)
        json_object_set_new(row, member, value);
}

/* A reference to what has something in it. */
static json_t *unless_empty(json_t *value)
{
    return json_object_size(value) + json_array_size(value) > 0 ? json_incref(value) : NULL;
}

json_t *plan_step_json(const struct plan_step *step)
{
    json_t *row =
        json_pack("{ss ss}", "action", plan_action_text(step->action), "name", step->name);
    bool makes = step->action == PLAN_CREATE || step->action == PLAN_REPLACE;

    if (step->wanted != NULL)
        set(row, "alias", json_string(step->wanted->alias));
    if (makes) {
        set(row, "copyFrom", json_string(step->wanted->source));
        set(row, "tags", json_incref(step->wanted->tags));
    }
    if (step->existing != NULL) {
        set(row, step->action == PLAN_REPLACE ? "replaces" : "arn",
            json_string(step->existing->arn));
        set(row, step->action == PLAN_REPLACE ? "replacesModel" : "model",
            json_string(step->existing->model));
    }
    set(row, "setTags", unless_empty(step->set_tags));
    set(row, step->removes_tags ? "removeTags" : "otherTags", unless_empty(step->other_tags));
    set(row, "notes", unless_empty(step->notes));
    if (step->deletes)
        set(row, "deletes", json_string(step->existing->arn));
    return row;
}

/* ---------------------------------------------------------------- for people */

/* Adds to what a cell has so far, after a comma. */
__attribute__((format(printf, 2, 3))) static void append(char text[CELL], const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;

    if (length > 0 && length + 3 < CELL) {
        memcpy(text + length, ", ", 3);
        length += 2;
    }
    va_start(arguments, format);
    vsnprintf(text + length, CELL - length, format, arguments);
    va_end(arguments);
}

/* "team=search, was ranking" for each tag that is to be set. */
static void tell_tags(const struct plan_step *step, char ret_text[CELL])
{
    json_t *value;
    const char *key;
    size_t i;

    json_object_foreach(step->set_tags, key, value)
    {
        const char *was = text_of(step->existing->tags, key);
        append(ret_text, "%s=%s", key, json_string_value(value));
        if (was != NULL)
            append(ret_text, "was %s", *was != '\0' ? was : "empty");
    }
    json_array_foreach(step->other_tags, i, value)
    {
        if (step->removes_tags)
            append(ret_text, "without %s", json_string_value(value));
        else
            append(ret_text, "%s is not in the file", json_string_value(value));
    }
}

/* What is done, or why not. */
static const char *tell(const struct plan_step *step, char ret_text[CELL])
{
    ret_text[0] = '\0';
    switch (step->action) {
    case PLAN_KEEP:
    case PLAN_TAG:
        tell_tags(step, ret_text);
        break;
    case PLAN_CREATE:
        append(ret_text, "from %s", arn_id(step->wanted->source));
        break;
    case PLAN_REPLACE:
        append(ret_text, "from %s", arn_id(step->wanted->source));
        append(ret_text, "%s %s", step->existing->name,
               step->deletes ? "is deleted then" : "stays");
        break;
    case PLAN_RETIRED:
        append(ret_text, "%s",
               step->wanted != NULL ? "another one stands behind the alias now"
                                    : "its alias is not in the file");
        append(ret_text, "%s", step->deletes ? "is deleted" : "stays");
        break;
    case PLAN_FOREIGN:
        append(ret_text, "lacks the tag " MANAGED_TAG "=" MANAGED_VALUE);
        append(ret_text, "`profiles import %s` adopts it", step->existing->id);
        break;
    }
    return ret_text;
}

static bool is_shown(const struct plan_step *step, bool all)
{
    return all || step->action != PLAN_KEEP || json_array_size(step->other_tags) > 0 ||
           json_array_size(step->notes) > 0;
}

static int print_table(const struct plan *plan, bool all)
{
    char text[CELL];
    struct table table;

    table_begin(&table, "what|alias|profile|how");
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_step *step = &plan->steps[i];
        if (!is_shown(step, all))
            continue;
        cell(&table, "%s", plan_action_text(step->action));
        cell(&table, "%s", step->wanted != NULL ? step->wanted->alias : "-");
        cell(&table, "%s", step->name);
        cell(&table, "%s", tell(step, text));
    }
    return table.count > 0 || table.failed ? table_end(&table) : DONE;
}

static void print_notes(const struct plan *plan)
{
    json_t *note;
    size_t n;

    for (size_t i = 0; i < plan->count; i++)
        json_array_foreach(plan->steps[i].notes, n, note)
            printf("%s: %s.\n", plan->steps[i].name, json_string_value(note));
}

int plan_print(const struct console *console, const struct plan *plan, bool all)
{
    if (!console->json) {
        int rc = print_table(plan, all);
        if (rc == DONE)
            print_notes(plan);
        return rc;
    }
    for (size_t i = 0; i < plan->count; i++) {
        json_t *row = plan_step_json(&plan->steps[i]);
        if (row == NULL)
            return failed("%s", brc_strerror(BRC_E_NOMEM));
        print_json(row);
        json_decref(row);
    }
    return DONE;
}

json_t *plan_summary(const struct plan *plan, const struct cloud *cloud)
{
    json_t *counts = json_object();

    for (int action = PLAN_KEEP; action <= PLAN_FOREIGN; action++) {
        size_t count = 0;
        for (size_t i = 0; i < plan->count; i++)
            count += plan->steps[i].action == (enum plan_action)action;
        set(counts, plan_action_text((enum plan_action)action), json_integer((json_int_t)count));
    }
    size_t deletions = 0;
    for (size_t i = 0; i < plan->count; i++)
        deletions += plan->steps[i].deletes;
    set(counts, "delete", json_integer((json_int_t)deletions));
    return json_pack("{so sI sI}", "summary", counts, "changes", (json_int_t)plan->changes,
                     "requests", (json_int_t)cloud->calls);
}

/* ---------------------------------------------------------------- `profiles plan` */

int run_plan(void *program, int argc, char **argv)
{
    struct profiles *profiles = program;
    struct pruning pruning = {0};
    bool all = false;
    const struct choice choices[] = {
        PRUNING_CHOICES(pruning), {"all", .flag = &all}, {.name = NULL}};
    struct state state;
    char **words;
    int count;

    int rc = take_options(&profiles->console, argc, argv, choices, 0, 0, &words, &count);
    if (rc != DONE || profiles->console.help)
        return rc;
    rc = state_read(profiles, &state);
    if (rc != DONE)
        return rc;
    declaration_warn(&state.declaration);
    plan_prune(&state.plan, &pruning);
    rc = plan_print(&profiles->console, &state.plan, all);
    if (rc == DONE)
        rc = state_judge(&state.declaration);
    if (rc == DONE)
        rc = say(&profiles->console, plan_summary(&state.plan, &profiles->cloud),
                 "%zu to change, %zu profiles in the file, %zu in the account.%s\n",
                 state.plan.changes, state.declaration.count, state.account.count,
                 state.plan.changes > 0 ? " `profiles apply` does it." : "");
    state_free(&state);
    return rc;
}
