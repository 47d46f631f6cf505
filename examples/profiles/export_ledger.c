/* `profiles export --ledger`: the catalogue and its budgets, put into a ledger that may have
 * others. SPDX-License-Identifier: MIT */
#include "export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define APART " (series)" /* behind the name of a budget whose own name is another owner's */

/* What the ledger has. */
struct kept {
    json_t *budgets, *profiles;
};

/* What the ledger has of a row, and over it what the file says. */
static json_t *merge(const json_t *known, const char *member, json_t *row)
{
    const json_t *old = find_by(known, member, shown(row, member));
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

/* The alias of the names that its profiles and budgets have had: bot-prod of bot-prod_2, of
 * "bot-prod (abc123def456)", of "bot-prod (day+0)". */
static const char *stem_of(const char *name, char ret_stem[CELL])
{
    const char *tail = strstr(name, " (");
    size_t length = tail != NULL ? (size_t)(tail - name) : strlen(name);

    snprintf(ret_stem, CELL, "%.*s", (int)length, name);
    if (plan_generation(ret_stem, &length) > 0)
        ret_stem[length] = '\0';
    return ret_stem;
}

/* A profile that AWS has no more, and the ledger still knows. By a name or alias that is now
 * another's it cannot go on, so it goes by its id as well. What it has spent stays that of its
 * series. */
static json_t *row_of_deleted(const json_t *catalogue, const json_t *old)
{
    const char *name = shown(old, "name"), *series = shown(old, "alias");
    bool had_alias = find_by(catalogue, "alias", series) != NULL;
    json_t *row = book_bare(old);
    char stem[CELL];

    if (had_alias)
        json_object_del(row, "alias");
    else if (is_managed(json_object_get(old, "tags")))
        series = stem_of(name, stem);
    if (json_object_get(row, "series") == NULL && find_by(catalogue, "alias", series) != NULL)
        json_object_set_new(row, "series", json_string(series));
    if (find_by(catalogue, "alias", name) != NULL)
        json_object_set_new(row, "name", json_sprintf("%s (%s)", name, arn_id(shown(old, "arn"))));
    return row;
}

static void add_deleted(const json_t *known, const json_t *catalogue, json_t *ret_rows)
{
    const char *region = shown(json_array_get(catalogue, 0), "arn");
    const json_t *old;
    size_t i;

    json_array_foreach(known, i, old)
    {
        const char *arn = shown(old, "arn");
        if (find_by(catalogue, "arn", arn) != NULL || !are_neighbours(arn, region))
            continue;
        json_t *row = row_of_deleted(catalogue, old), *before = book_bare(old);
        if (!json_equal(row, before))
            json_array_append(ret_rows, row);
        json_decref(row);
        json_decref(before);
    }
}

static int put_profiles(brc_ledger *ledger, const struct state *state, size_t *ret_count)
{
    json_t *known = book_query(ledger, json_pack("{ss}", "kind", "profile")), *rows = json_array(),
           *row;
    json_t *catalogue = catalogue_of(state);
    size_t i;

    int rc = known != NULL ? DONE : FAILED;
    json_t *profiles = json_object_get(catalogue, "profiles");
    json_array_foreach(profiles, i, row) json_array_append_new(rows, merge(known, "arn", row));
    add_deleted(known, profiles, rows);
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

static json_t *name_of_window(const char *name, const json_t *budget)
{
    return json_sprintf("%s (%s%+d)", name, shown(budget, "window"), (int)offset_of(budget));
}

/* Whether an export calls it so for this alias, or once did for one of its profiles: whatever else
 * somebody has put is theirs. */
static bool is_named_after(const json_t *budget, const char *alias)
{
    const char *name = shown(budget, "name"), *tail = strstr(name, " (");
    const char *arn = text_of(json_object_get(budget, "owner"), "profile");
    char stem[CELL], id[CELL] = "";

    if (tail == NULL)
        tail = name + strlen(name);
    bool is_alias = strncmp(name, alias, strlen(alias)) == 0 && tail == name + strlen(alias);
    if (!is_alias && (arn == NULL || strcmp(stem_of(name, stem), alias) != 0))
        return false;
    if (arn != NULL)
        snprintf(id, sizeof id, " (%s)", arn_id(arn));
    if (strncmp(tail, APART, strlen(APART)) == 0)
        tail += strlen(APART);
    json_t *of_window = name_of_window("", budget);
    bool is_its =
        *tail == '\0' || strcmp(tail, id) == 0 || strcmp(tail, json_string_value(of_window)) == 0;
    json_decref(of_window);
    return is_its;
}

/* Whether the ledger knows the budgets of this alias as "ALIAS (series)": ALIAS itself is, or was,
 * another owner's. What has ended is not told, but then what came after it is. */
static bool is_apart(const json_t *budgets, const char *alias, const json_t *owner)
{
    bool is_others = false;
    const json_t *old;
    size_t i;

    json_array_foreach(budgets, i, old)
    {
        if (!is_named_after(old, alias))
            continue;
        if (json_equal(json_object_get(old, "owner"), owner))
            return strncmp(shown(old, "name") + strlen(alias), APART, strlen(APART)) == 0;
        is_others = true;
    }
    return is_others;
}

/* A name stands for its owner, window and offset for ever. Where the ledger has it for others, from
 * before there were series or before the file was changed, or has gone that way already, it is
 * another name. That is returned; where it is not needed yet, what has ended may need it. */
static json_t *name_apart(const json_t *budgets, json_t *row)
{
    const char *alias = shown(row, "name");
    bool apart = is_apart(budgets, alias, json_object_get(row, "owner"));
    json_t *name = json_sprintf("%s%s", alias, apart ? APART : "");
    json_t *of_window = name_of_window(json_string_value(name), row);
    const json_t *old = find_by(budgets, "name", json_string_value(name));
    bool is_changed = old != NULL
                          ? !same_text(old, row, "window") || offset_of(old) != offset_of(row)
                          : find_by(budgets, "name", json_string_value(of_window)) != NULL;

    json_object_set(row, "name", is_changed ? of_window : name);
    json_decref(name);
    return of_window;
}

/* Whether an export has put it for this alias: for the series, or once for one of its profiles. */
static bool is_of_file(const json_t *profiles, const json_t *budget, const char *alias)
{
    const json_t *owner = json_object_get(budget, "owner");

    if (!is_named_after(budget, alias))
        return false;
    const json_t *profile = find_by(profiles, "arn", shown(owner, "profile"));
    return strcmp(shown(profile != NULL ? profile : owner, "series"), alias) == 0;
}

/* What the file has said of the alias before. The one that is put now counts all that they do. */
static int end_others(brc_ledger *ledger, const struct kept *kept, const char *alias,
                      const json_t *row)
{
    const json_t *old;
    int rc = DONE;
    size_t i;

    json_array_foreach(kept->budgets, i, old)
    {
        if (rc == DONE && is_of_file(kept->profiles, old, alias) && !same_text(old, row, "name"))
            rc = book_put(ledger, "budget",
                          json_pack("{ss sb}", "name", shown(old, "name"), "ended", 1));
    }
    return rc;
}

/* What has ended is not told, but its name is refused to others. */
static int try_put(brc_ledger *ledger, json_t *row)
{
    char *text = json_dumps(row, JSON_COMPACT);
    int rc = text != NULL ? brc_ledger_put(ledger, "budget", text) : BRC_E_NOMEM;

    free(text);
    json_decref(row);
    return rc;
}

static int put_budget(brc_ledger *ledger, const struct kept *kept, json_t *row)
{
    char alias[CELL];

    snprintf(alias, sizeof alias, "%s", shown(row, "name"));
    json_t *of_window = name_apart(kept->budgets, row);
    int rc = try_put(ledger, merge(kept->budgets, "name", row));
    if (rc == BRC_E_INVALID)
        json_object_set(row, "name", of_window);
    json_decref(of_window);
    rc = rc < 0 ? book_put(ledger, "budget", merge(kept->budgets, "name", row)) : DONE;
    return rc == DONE ? end_others(ledger, kept, alias, row) : rc;
}

static int put_budgets(brc_ledger *ledger, const struct state *state, size_t *ret_count)
{
    struct kept kept = {book_query(ledger, json_pack("{ss}", "kind", "budget")),
                        book_query(ledger, json_pack("{ss}", "kind", "profile"))};
    json_t *budgets = catalogue_budgets(state), *row;
    size_t i;

    int rc = kept.budgets != NULL && kept.profiles != NULL ? DONE : FAILED;
    json_array_foreach(budgets, i, row)
    {
        if (rc == DONE)
            rc = put_budget(ledger, &kept, row);
    }
    *ret_count = json_array_size(budgets);
    json_decref(budgets);
    json_decref(kept.budgets);
    json_decref(kept.profiles);
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
