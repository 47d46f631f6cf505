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

/* A budget stands for one profile for ever, so one that replaces another has a budget of its own,
 * with its own name; that of the other goes on for whoever still calls it. */
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
        json_t *row = json_pack("{ss s{ss} ss}", "name", step->existing->name, "owner", "profile",
                                step->existing->arn, "window", "month");
        json_object_update(row, budget);
        json_array_append_new(rows, row);
    }
    return rows;
}

/* ---------------------------------------------------------------- into a ledger */

static const json_t *find(const json_t *rows, const char *member, const char *text)
{
    const json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        if (strcmp(shown(row, member), text) == 0)
            return row;
    }
    return NULL;
}

/* What the ledger has of a row, and over it what the file says. */
static json_t *merge(const json_t *known, const char *member, json_t *row)
{
    const json_t *old = find(known, member, shown(row, member));
    json_t *merged = old != NULL ? book_bare(old) : json_object();

    if (strcmp(member, "arn") == 0 && json_object_get(row, "alias") == NULL)
        json_object_del(merged, "alias");
    json_object_update(merged, row);
    return merged;
}

/* Whether both ARNs are of one account and Region. */
static bool are_neighbours(const char *one, const char *other)
{
    const char *slash = strchr(one, '/');

    return slash != NULL && strncmp(one, other, (size_t)(slash - one) + 1) == 0;
}

/* A profile that AWS has no more, and the ledger still knows by a name or alias that is now
 * another's: it keeps its records, and goes by its id as well. */
static void rename_deleted(const json_t *known, const json_t *catalogue, json_t *ret_rows)
{
    const json_t *old;
    size_t i;

    json_array_foreach(known, i, old)
    {
        const char *name = shown(old, "name"), *alias = shown(old, "alias");
        bool clashes =
            find(catalogue, "alias", name) != NULL || find(catalogue, "alias", alias) != NULL;
        const char *arn = shown(old, "arn");
        if (!clashes || find(catalogue, "arn", arn) != NULL ||
            !are_neighbours(arn, shown(json_array_get(catalogue, 0), "arn")))
            continue;
        json_t *row = book_bare(old);
        if (find(catalogue, "alias", name) != NULL)
            json_object_set_new(row, "name", json_sprintf("%s (%s)", name, arn_id(arn)));
        json_object_del(row, "alias");
        json_array_append_new(ret_rows, row);
    }
}

static int put_profiles(brc_ledger *ledger, const struct state *state, size_t *ret_count)
{
    json_t *known = book_query(ledger, "{\"kind\": \"profile\"}"), *rows = json_array(), *row;
    json_t *catalogue = catalogue_of(state);
    size_t i;

    int rc = known != NULL ? DONE : FAILED;
    json_t *profiles = json_object_get(catalogue, "profiles");
    json_array_foreach(profiles, i, row) json_array_append_new(rows, merge(known, "arn", row));
    rename_deleted(known, profiles, rows);
    *ret_count = json_array_size(profiles);
    if (rc == DONE && json_array_size(rows) > 0)
        rc = book_put(ledger, "profile", json_pack("{sO}", "profiles", rows));
    json_decref(catalogue);
    json_decref(rows);
    json_decref(known);
    return rc;
}

static bool same_text(const json_t *one, const json_t *other, const char *member)
{
    return strcmp(shown(one, member), shown(other, member)) == 0;
}

static json_int_t offset_of(const json_t *budget)
{
    return json_integer_value(json_object_get(budget, "offsetMinutes"));
}

static const char *profile_of(const json_t *budget)
{
    return shown(json_object_get(budget, "owner"), "profile");
}

/* A name stands for its owner, window and offset for ever. Where the ledger has it for others, of
 * another Region or from before the file was changed, or has gone that way already (what has ended
 * is not told), it is another name. */
static void name_apart(const json_t *known, json_t *row)
{
    const char *name = shown(row, "name");
    const json_t *old = find(known, "name", name);
    json_t *of_profile = json_sprintf("%s (%s)", name, arn_id(profile_of(row)));
    json_t *of_window = json_sprintf("%s (%s%+d)", name, shown(row, "window"), (int)offset_of(row));
    bool is_others = old != NULL && strcmp(profile_of(old), profile_of(row)) != 0;
    bool is_changed = old != NULL && !is_others &&
                      (!same_text(old, row, "window") || offset_of(old) != offset_of(row));

    if (old == NULL && find(known, "name", json_string_value(of_window)) != NULL)
        is_changed = true;
    if (is_others || is_changed)
        json_object_set(row, "name", is_others ? of_profile : of_window);
    json_decref(of_profile);
    json_decref(of_window);
}

/* What the file has said of the same profile before, with another window. */
static int end_others(brc_ledger *ledger, const json_t *known, const char *name, const json_t *row)
{
    size_t length = strlen(name), i;
    const json_t *old;
    int rc = DONE;

    json_array_foreach(known, i, old)
    {
        const char *its = shown(old, "name");
        bool is_of_file = strncmp(its, name, length) == 0 &&
                          (its[length] == '\0' || strncmp(its + length, " (", 2) == 0);
        if (rc == DONE && is_of_file && strcmp(profile_of(old), profile_of(row)) == 0 &&
            !same_text(old, row, "name") && !json_is_true(json_object_get(old, "ended")))
            rc = book_put(ledger, "budget", json_pack("{ss sb}", "name", its, "ended", 1));
    }
    return rc;
}

static int put_budget(brc_ledger *ledger, const json_t *known, json_t *row)
{
    char name[CELL];

    snprintf(name, sizeof name, "%s", shown(row, "name"));
    name_apart(known, row);
    int rc = book_put(ledger, "budget", merge(known, "name", row));
    return rc == DONE ? end_others(ledger, known, name, row) : rc;
}

static int put_budgets(brc_ledger *ledger, const struct state *state, size_t *ret_count)
{
    json_t *known = book_query(ledger, "{\"kind\": \"budget\"}"), *row;
    json_t *budgets = catalogue_budgets(state);
    size_t i;

    int rc = known != NULL ? DONE : FAILED;
    json_array_foreach(budgets, i, row)
    {
        if (rc == DONE)
            rc = put_budget(ledger, known, row);
    }
    *ret_count = json_array_size(budgets);
    json_decref(budgets);
    json_decref(known);
    return rc;
}

int catalogue_put(const struct profiles *profiles, const struct state *state)
{
    size_t profile_count = 0, budget_count = 0;
    brc_ledger *ledger = NULL;

    int rc = book_open(profiles->ledger, &ledger);
    if (rc == DONE)
        rc = put_profiles(ledger, state, &profile_count);
    if (rc == DONE)
        rc = put_budgets(ledger, state, &budget_count);
    brc_ledger_free(ledger);
    if (rc != DONE)
        return rc;
    return say(&profiles->console,
               json_pack("{ss sI sI}", "ledger", profiles->ledger, "profiles",
                         (json_int_t)profile_count, "budgets", (json_int_t)budget_count),
               "%s: %zu profile%s, %zu budget%s. `budget show` says how they stand.\n",
               profiles->ledger, profile_count, profile_count == 1 ? "" : "s", budget_count,
               budget_count == 1 ? "" : "s");
}
