/* What is put into the catalogue: judged, and stored as rows.
 * SPDX-License-Identifier: MIT */
#include "catalogue.h"
#include "catalogue_names.h"
#include "json.h"
#include "row.h"
#include "strict_object.h"

#include <stdio.h>

/* One put. */
struct putting {
    struct brc__store *store;
    const struct brc__catalogue *catalogue;
    int64_t now_ms;
    bool names_may_repeat;
    bool changed; /* something was stored */
    struct brc__error *error;
};

static int out_of_memory(struct brc__error *error)
{
    return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
}

/* Runs a statement that has no rows. */
static int run(struct putting *put, struct brc__statement *statement)
{
    int rc = brc__step(put->store, statement, put->error);

    put->changed = true;
    return rc < 0 ? rc : BRC_OK;
}

static int store_setting(struct putting *put, const char *name, const char *value)
{
    struct brc__statement *statement =
        brc__prepare(put->store, "INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)");

    brc__bind_text(statement, 1, name);
    brc__bind_text(statement, 2, value);
    return run(put, statement);
}

static int put_required_tags(struct putting *put, struct brc__json array)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(BRC__CEILING_PUT);
    char **tags = NULL;

    int rc = brc__strict_texts(array, "setting", "requiredTags", &tags, put->error);
    if (rc < 0)
        return rc;
    brc__row_open(&json, NULL, '[');
    for (char **tag = tags; *tag != NULL; tag++)
        brc__row_text(&json, NULL, *tag);
    brc__row_close(&json, ']');
    brc__texts_free(tags);
    if (json.status < 0)
        return out_of_memory(put->error);
    return store_setting(put, "requiredTags", json.data);
}

static int put_setting(struct putting *put, struct brc__json object)
{
    static const char *const on_error[] = {"refuse", "admit", NULL};
    static const char *const durability[] = {"process", "power", NULL};
    struct brc__json tags = {0};
    int policy = -1, survives = -1;
    const struct brc__member members[] = {
        {"requiredTags", BRC__AS_ARRAY, .to = &tags},
        {"onError", BRC__AS_WORD, .to = &policy, .words = on_error},
        {"durability", BRC__AS_WORD, .to = &survives, .words = durability},
    };

    int rc = brc__strict_object(object, "setting", members, BRC__COUNT_OF(members), put->error);
    if (rc == 0 && tags.p != NULL)
        rc = put_required_tags(put, tags);
    if (rc == 0 && policy >= 0)
        rc = store_setting(put, "onError", on_error[policy]);
    if (rc == 0 && survives >= 0)
        rc = store_setting(put, "durability", durability[survives]);
    return rc;
}

/* Whether the last table that was put for that day says the same. */
static bool has_table(const struct brc__catalogue *catalogue, const struct brc__price_table *table)
{
    for (size_t i = 0; i < catalogue->table_count; i++)
        if (catalogue->tables[i].table->in_force_from_ms == table->in_force_from_ms)
            return strcmp(catalogue->tables[i].table->hash, table->hash) == 0;
    return false;
}

static int put_price(struct putting *put, struct brc__json json)
{
    struct brc__price_table *table;

    int rc = brc__price_table_read(json.p, json.n, &table, put->error);
    if (rc < 0)
        return rc;
    if (!has_table(put->catalogue, table)) {
        struct brc__statement *statement = brc__prepare(
            put->store, "INSERT INTO price_table (put_at_ms, in_force_from_ms, hash, source, json)"
                        " VALUES (?1, ?2, ?3, ?4, ?5)");
        brc__bind_int(statement, 1, put->now_ms);
        brc__bind_int(statement, 2, table->in_force_from_ms);
        brc__bind_text(statement, 3, table->hash);
        brc__bind_text(statement, 4, table->source);
        brc__bind_text(statement, 5, table->json);
        rc = run(put, statement);
    }
    brc__price_table_free(table);
    return rc;
}

struct listings {
    struct brc__listing **at;
    size_t count;
};

static void free_listings(struct listings *listings)
{
    for (size_t i = 0; i < listings->count; i++)
        brc__listing_unref(listings->at[i]);
    free(listings->at);
}

static int store_listing(struct putting *put, const struct brc__listing *listing)
{
    const struct brc__listing *before = brc__catalogue_by_arn(put->catalogue, listing->arn);

    if (before != NULL && strcmp(before->json, listing->json) == 0)
        return BRC_OK;
    struct brc__statement *statement =
        brc__prepare(put->store, "INSERT INTO profile (put_at_ms, arn, json) VALUES (?1, ?2, ?3)");
    brc__bind_int(statement, 1, put->now_ms);
    brc__bind_text(statement, 2, listing->arn);
    brc__bind_text(statement, 3, listing->json);
    return run(put, statement);
}

static int read_listings(struct putting *put, struct brc__json array, struct listings *listings)
{
    struct brc__json element;
    size_t position = 0, count = 0;
    char what[sizeof "profiles[]" + 20];

    while (brc__json_next(array, &position, &element))
        count++;
    listings->at = calloc(count + 1, sizeof *listings->at);
    if (listings->at == NULL)
        return out_of_memory(put->error);
    position = 0;
    while (brc__json_next(array, &position, &element)) {
        snprintf(what, sizeof what, "profiles[%zu]", listings->count);
        int rc = brc__listing_read(element, what, &listings->at[listings->count], put->error);
        if (rc < 0)
            return rc;
        listings->count++;
    }
    return BRC_OK;
}

/* One profile, or {"profiles": [...]}. */
static int read_profiles(struct putting *put, struct brc__json object, struct listings *listings)
{
    struct brc__json array = {0};
    const struct brc__member member = {"profiles", BRC__AS_ARRAY, .to = &array};

    if (brc__json_member(object, "profiles").p != NULL) {
        int rc = brc__strict_object(object, "profile", &member, 1, put->error);
        return rc < 0 ? rc : read_listings(put, array, listings);
    }
    listings->at = calloc(1, sizeof *listings->at);
    if (listings->at == NULL)
        return out_of_memory(put->error);
    int rc = brc__listing_read(object, "profile", &listings->at[0], put->error);
    listings->count = rc < 0 ? 0 : 1;
    return rc;
}

static int put_profile(struct putting *put, struct brc__json object)
{
    struct listings listings = {0};

    int rc = read_profiles(put, object, &listings);
    if (rc == 0) {
        rc = brc__catalogue_check_names(put->catalogue, listings.at, listings.count,
                                        put->names_may_repeat, put->error);
    }
    for (size_t i = 0; rc == 0 && i < listings.count; i++)
        rc = store_listing(put, listings.at[i]);
    free_listings(&listings);
    return rc;
}

static int no_profile(struct putting *put, const struct brc__budget *budget)
{
    brc__auto_buf struct brc__buf list = BRC__BUF(BRC__CEILING_PUT);

    if (brc__catalogue_list_names(put->catalogue, &list) < 0)
        return out_of_memory(put->error);
    return brc__error_set(put->error, BRC_E_INVALID,
                          "budget %s: no profile, or more than one, is called \"%s\"; there are %s",
                          budget->name, budget->profile, list.data);
}

static int no_series(struct putting *put, const struct brc__budget *budget)
{
    brc__auto_buf struct brc__buf list = BRC__BUF(BRC__CEILING_PUT);

    if (brc__catalogue_list_series(put->catalogue, &list) < 0)
        return out_of_memory(put->error);
    return brc__error_set(put->error, BRC_E_INVALID,
                          "budget %s: no profile is of the series \"%s\"; there are %s",
                          budget->name, budget->series, list.length > 0 ? list.data : "no series");
}

static int no_tag(struct putting *put, const struct brc__budget *budget)
{
    brc__auto_buf struct brc__buf list = BRC__BUF(BRC__CEILING_PUT);
    const struct brc__catalogue *catalogue = put->catalogue;

    int rc = brc__catalogue_list_tags(catalogue, budget->tag, &list);
    if (rc < 0)
        return out_of_memory(put->error);
    if (list.length > 0)
        return brc__error_set(put->error, BRC_E_INVALID,
                              "budget %s: no profile has the tag %s=%s; values of %s are %s",
                              budget->name, budget->tag, budget->value, budget->tag, list.data);
    rc = brc__catalogue_list_tags(catalogue, NULL, &list);
    if (rc < 0)
        return out_of_memory(put->error);
    return brc__error_set(put->error, BRC_E_INVALID,
                          "budget %s: no profile has a tag named \"%s\"; there are %s",
                          budget->name, budget->tag, list.length > 0 ? list.data : "no tags");
}

/* A budget that would count nothing is a mistake in its owner: says what there is instead. */
static int no_owner(struct putting *put, const struct brc__budget *budget)
{
    if (put->catalogue->listing_count == 0)
        return brc__error_set(put->error, BRC_E_INVALID,
                              "budget %s: the catalogue has no profile yet", budget->name);
    if (budget->profile != NULL)
        return no_profile(put, budget);
    return budget->series != NULL ? no_series(put, budget) : no_tag(put, budget);
}

static int find_owner(struct putting *put, struct brc__budget *budget)
{
    const struct brc__catalogue *catalogue = put->catalogue;

    if (budget->profile != NULL) {
        const struct brc__listing *listing = brc__catalogue_find(catalogue, budget->profile);
        return listing == NULL ? no_owner(put, budget)
                               : brc__budget_own(budget, listing->arn, put->error);
    }
    /* One of all profiles has those that come later. */
    if (budget->tag == NULL && budget->series == NULL)
        return BRC_OK;
    for (size_t i = 0; i < catalogue->listing_count; i++)
        if (brc__budget_covers(budget, catalogue->listings[i]))
            return BRC_OK;
    return no_owner(put, budget);
}

static int no_budget(struct putting *put, const char *what, const char *name)
{
    return brc__error_set(put->error, BRC_E_INVALID, "%s: there is no budget called \"%s\"", what,
                          name);
}

/* An end comes after all overrides that were put so far, and before those that are put later, also
 * if somebody sets the clock meanwhile. */
static int store_budget(struct putting *put, const struct brc__budget *budget)
{
    struct brc__statement *statement = brc__prepare(
        put->store,
        budget->ended ? "INSERT INTO budget (put_at_ms, name, json) VALUES (MAX(?1, COALESCE("
                        "(SELECT MAX(put_at_ms) + 1 FROM override WHERE budget = ?2), 0)), ?2, ?3)"
                      : "INSERT INTO budget (put_at_ms, name, json) VALUES (?1, ?2, ?3)");

    brc__bind_int(statement, 1, put->now_ms);
    brc__bind_text(statement, 2, budget->name);
    brc__bind_text(statement, 3, budget->json);
    return run(put, statement);
}

static int put_budget(struct putting *put, struct brc__json object)
{
    struct brc__budget budget;

    int rc = brc__budget_read(object, &budget, put->error);
    if (rc < 0)
        return rc;
    if (!budget.ended)
        rc = find_owner(put, &budget);
    else if (brc__catalogue_budget(put->catalogue, budget.name) == NULL)
        rc = no_budget(put, "budget", budget.name);
    if (rc == 0)
        rc = store_budget(put, &budget);
    brc__budget_clear(&budget);
    return rc;
}

static int store_override(struct putting *put, const struct brc__override *override)
{
    struct brc__statement *statement = brc__prepare(
        put->store, "INSERT INTO override (put_at_ms, budget, amount, until_ms, by, why)"
                    " VALUES (MAX(?1, (SELECT MAX(put_at_ms) FROM budget WHERE name = ?2)), ?2, ?3,"
                    " ?4, ?5, ?6)");

    brc__bind_int(statement, 1, put->now_ms);
    brc__bind_text(statement, 2, override->budget);
    brc__bind_int(statement, 3, override->limit);
    brc__bind_int(statement, 4, override->until_ms);
    brc__bind_text(statement, 5, override->by);
    brc__bind_text(statement, 6, override->why);
    return run(put, statement);
}

static int put_override(struct putting *put, struct brc__json object)
{
    struct brc__override override;

    int rc = brc__override_read(object, &override, put->error);
    if (rc < 0)
        return rc;
    if (brc__catalogue_budget(put->catalogue, override.budget) == NULL)
        rc = no_budget(put, "override", override.budget);
    else if (override.until_ms <= put->now_ms)
        rc = brc__error_set(put->error, BRC_E_INVALID, "override: \"until\" must be in the future");
    else
        rc = store_override(put, &override);
    brc__override_clear(&override);
    return rc;
}

/* Whoever has read the catalogue reads it anew. */
static int count_generation(struct putting *put)
{
    return run(put, brc__prepare(put->store, "UPDATE generation SET number = number + 1"));
}

static int put_one(struct putting *put, const char *kind, const char *json)
{
    static const struct {
        const char *kind;
        int (*fn)(struct putting *put, struct brc__json json);
    } kinds[] = {
        {"setting", put_setting}, {"price", put_price},       {"profile", put_profile},
        {"budget", put_budget},   {"override", put_override},
    };
    size_t i = 0;

    while (i < BRC__COUNT_OF(kinds) && strcmp(kinds[i].kind, kind) != 0)
        i++;
    if (i == BRC__COUNT_OF(kinds))
        return brc__error_set(put->error, BRC_E_INVALID, "nothing of that kind can be put");
    int rc = brc__json_check(json, strlen(json), kind, put->error);
    if (rc == 0)
        rc = kinds[i].fn(put, brc__json_of(json, strlen(json)));
    if (rc < 0 || !put->changed)
        return rc;
    return count_generation(put);
}

int brc__catalogue_put(struct brc__store *store, const struct brc__catalogue *catalogue,
                       const char *kind, const char *json, int64_t now_ms, struct brc__error *error)
{
    struct putting put = {store, catalogue, now_ms, .names_may_repeat = false, .error = error};

    return put_one(&put, kind, json);
}

int brc__catalogue_list(struct brc__store *store, const struct brc__catalogue *catalogue,
                        const char *json, int64_t now_ms, struct brc__error *error)
{
    struct putting put = {store, catalogue, now_ms, .names_may_repeat = true, .error = error};

    return put_one(&put, "profile", json);
}
