/* The file and the account, as the ledger wants them: profiles and budgets.
 * SPDX-License-Identifier: MIT */
#include "export.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- profiles */

/* Members of the declaration that are the ledger's as well. */
static const char *const shared[] = {"accepts", "maxOutput", "degradeTo"};

/* An alias is nobody else's name. The first profile of an alias has it as its name, though, so once
 * it is replaced it goes by its id as well. */
static json_t *name_of(const struct state *state, const struct existing *existing, bool is_current)
{
    if (is_current || declaration_find(&state->declaration, existing->name) == NULL)
        return json_string(existing->name);
    return json_sprintf("%s (%s)", existing->name, existing->id);
}

static json_t *row_of(const struct state *state, const struct plan_step *step)
{
    const struct existing *existing = step->existing;
    bool is_current = step->action != PLAN_RETIRED;
    json_t *row = json_pack("{ss so ss ss sO}", "arn", existing->arn, "name",
                            name_of(state, existing, is_current), "model", existing->model, "scope",
                            existing->scope, "tags", existing->tags);

    json_object_set_new(row, "series", json_string(step->wanted->alias));
    if (!is_current)
        return row;
    json_object_set_new(row, "alias", json_string(step->wanted->alias));
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        json_t *value = json_object_get(step->wanted->declared, shared[i]);
        bool is_there =
            strcmp(shared[i], "degradeTo") != 0 ||
            (json_is_string(value) && plan_current(&state->plan, json_string_value(value)) != NULL);
        if (value != NULL && is_there)
            json_object_set(row, shared[i], value);
    }
    return row;
}

static bool is_listed(const struct plan_step *step)
{
    return step->wanted != NULL && step->existing != NULL && step->action != PLAN_FOREIGN;
}

json_t *catalogue_of(const struct state *state)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < state->plan.count; i++) {
        if (is_listed(&state->plan.steps[i]))
            json_array_append_new(rows, row_of(state, &state->plan.steps[i]));
    }
    return json_pack("{so}", "profiles", rows);
}

/* ---------------------------------------------------------------- budgets */

/* A budget of one profile would stand for that one for ever, and the profile that replaces it would
 * begin at nothing. */
json_t *catalogue_budgets(const struct state *state)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < state->plan.count; i++) {
        const struct plan_step *step = &state->plan.steps[i];
        if (!is_listed(step) || step->action == PLAN_RETIRED)
            continue;
        json_t *budget = json_object_get(step->wanted->declared, "budget");
        if (budget == NULL)
            continue;
        const char *alias = step->wanted->alias;
        json_t *row =
            json_pack("{ss s{ss} ss}", "name", alias, "owner", "series", alias, "window", "month");
        json_object_update(row, budget);
        json_array_append_new(rows, row);
    }
    return rows;
}
