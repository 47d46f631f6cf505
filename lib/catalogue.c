/* Reading it, and looking things up in it. What is put is in catalogue_put.c.
 * SPDX-License-Identifier: MIT */
#include "catalogue.h"
#include "json.h"
#include "price_row.h"
#include "strict_object.h"

#include <inttypes.h>

static int out_of_memory(struct brc__error *error)
{
    return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
}

/* Rows were judged when they were put: one that is not sound now was not written by us. */
static int damaged(int rc, const char *table, struct brc__error *error)
{
    if (rc != BRC_E_INVALID && rc != BRC_E_RANGE)
        return rc;
    return brc__error_set(error, BRC_E_LEDGER, "the ledger is damaged: in table %s: %s", table,
                          error->text);
}

/* A column with JSON, checked. */
static int column_json(struct brc__statement *statement, int column, const char *what,
                       struct brc__json *ret_json, struct brc__error *error)
{
    const char *text = brc__column_text(statement, column);

    *ret_json = (struct brc__json){0};
    if (text == NULL && !brc__column_is_null(statement, column))
        return out_of_memory(error);
    if (text == NULL)
        text = "";
    *ret_json = brc__json_of(text, strlen(text));
    return brc__json_check(text, strlen(text), what, error);
}

/* The list with room for one more; NULL without memory, and then it is as it was. */
static void *with_room(void *list, size_t count, size_t size)
{
    bool is_full = (count & (count - 1)) == 0; /* its room is a power of two */

    return is_full ? realloc(list, (count == 0 ? 1 : 2 * count) * size) : list;
}

/* Reads all rows of a statement. */
typedef int (*row_fn)(struct brc__catalogue *catalogue, const struct brc__catalogue *before,
                      struct brc__statement *row, struct brc__error *error);

static int each_row(struct brc__store *store, struct brc__statement *statement, row_fn fn,
                    struct brc__catalogue *catalogue, const struct brc__catalogue *before,
                    struct brc__error *error)
{
    int rc = brc__step(store, statement, error);

    while (rc > 0) {
        rc = fn(catalogue, before, statement, error);
        if (rc < 0)
            brc__statement_reset(statement);
        else
            rc = brc__step(store, statement, error);
    }
    return rc;
}

static int compare_arn(const void *arn, const void *listing)
{
    return strcmp(arn, (*(struct brc__listing *const *)listing)->arn);
}

static struct brc__listing *by_arn(const struct brc__catalogue *catalogue, const char *arn)
{
    if (catalogue == NULL || arn == NULL || catalogue->listing_count == 0)
        return NULL;
    struct brc__listing **found = bsearch(arn, catalogue->listings, catalogue->listing_count,
                                          sizeof *catalogue->listings, compare_arn);
    return found == NULL ? NULL : *found;
}

/* Columns: id, arn, json. */
static int add_listing(struct brc__catalogue *catalogue, const struct brc__catalogue *before,
                       struct brc__statement *row, struct brc__error *error)
{
    int64_t id = brc__column_int(row, 0);
    struct brc__listing *listing = by_arn(before, brc__column_text(row, 1));
    struct brc__json json;

    struct brc__listing **listings =
        with_room(catalogue->listings, catalogue->listing_count, sizeof *listings);
    if (listings == NULL)
        return out_of_memory(error);
    catalogue->listings = listings;
    if (listing != NULL && listing->id == id) {
        listings[catalogue->listing_count++] = brc__listing_ref(listing);
        return BRC_OK;
    }
    int rc = column_json(row, 2, "profile", &json, error);
    if (rc == 0)
        rc = brc__listing_read(json, "profile", &listing, error);
    if (rc < 0)
        return damaged(rc, "profile", error);
    listing->id = id;
    listings[catalogue->listing_count++] = listing;
    return BRC_OK;
}

static const struct brc__priced *table_of(const struct brc__catalogue *catalogue, int64_t id)
{
    for (size_t i = 0; catalogue != NULL && i < catalogue->table_count; i++)
        if (catalogue->tables[i].id == id)
            return &catalogue->tables[i];
    return NULL;
}

static int read_table(struct brc__statement *row, struct brc__priced *priced,
                      struct brc__error *error)
{
    const char *json = brc__column_text(row, 1);

    if (json == NULL && !brc__column_is_null(row, 1))
        return out_of_memory(error);
    if (json == NULL)
        json = "";
    priced->references = malloc(sizeof *priced->references);
    if (priced->references == NULL)
        return out_of_memory(error);
    *priced->references = 1;
    int rc = brc__price_table_read(json, strlen(json), &priced->table, error);
    if (rc < 0)
        free(priced->references);
    return damaged(rc, "price_table", error);
}

/* Columns: id, json. */
static int add_table(struct brc__catalogue *catalogue, const struct brc__catalogue *before,
                     struct brc__statement *row, struct brc__error *error)
{
    struct brc__priced priced = {.id = brc__column_int(row, 0)};
    const struct brc__priced *known = table_of(before, priced.id);

    struct brc__priced *tables =
        with_room(catalogue->tables, catalogue->table_count, sizeof *tables);
    if (tables == NULL)
        return out_of_memory(error);
    catalogue->tables = tables;
    if (known != NULL) {
        priced = *known;
        __atomic_add_fetch(priced.references, 1, __ATOMIC_RELAXED);
    } else {
        int rc = read_table(row, &priced, error);
        if (rc < 0)
            return rc;
    }
    tables[catalogue->table_count++] = priced;
    return BRC_OK;
}

static int compare_name(const void *name, const void *budget)
{
    return strcmp(name, ((const struct brc__budget *)budget)->name);
}

static struct brc__budget *budget_of(const struct brc__catalogue *catalogue, const char *name)
{
    if (catalogue == NULL || catalogue->budget_count == 0 || name == NULL)
        return NULL;
    return bsearch(name, catalogue->budgets, catalogue->budget_count, sizeof *catalogue->budgets,
                   compare_name);
}

static int read_budget(struct brc__statement *row, struct brc__budget *ret_budget,
                       struct brc__error *error)
{
    struct brc__json json;

    int rc = column_json(row, 1, "budget", &json, error);
    if (rc == 0)
        rc = brc__budget_read(json, ret_budget, error);
    return damaged(rc, "budget", error);
}

/* Columns: name, json. */
static int add_budget(struct brc__catalogue *catalogue, const struct brc__catalogue *before,
                      struct brc__statement *row, struct brc__error *error)
{
    const struct brc__budget *known = budget_of(before, brc__column_text(row, 0));
    const char *json = brc__column_text(row, 1);
    struct brc__budget budget;

    struct brc__budget *budgets =
        with_room(catalogue->budgets, catalogue->budget_count, sizeof *budgets);
    if (budgets == NULL)
        return out_of_memory(error);
    catalogue->budgets = budgets;
    if (known != NULL && json != NULL && strcmp(known->json, json) == 0) {
        budgets[catalogue->budget_count++] = brc__budget_share(known);
        return BRC_OK;
    }
    int rc = read_budget(row, &budget, error);
    if (rc < 0)
        return rc;
    if (budget.ended)
        brc__budget_clear(&budget);
    else
        budgets[catalogue->budget_count++] = budget;
    return BRC_OK;
}

/* Columns: budget, amount, until_ms. */
static int add_override(struct brc__catalogue *catalogue, const struct brc__catalogue *before,
                        struct brc__statement *row, struct brc__error *error)
{
    struct brc__budget *budget = budget_of(catalogue, brc__column_text(row, 0));

    (void)before;
    (void)error;
    if (budget != NULL) {
        budget->override_limit = brc__column_int(row, 1);
        budget->override_until_ms = brc__column_int(row, 2);
    }
    return BRC_OK;
}

/* Columns: name, value. */
static int add_setting(struct brc__catalogue *catalogue, const struct brc__catalogue *before,
                       struct brc__statement *row, struct brc__error *error)
{
    const char *name = brc__column_text(row, 0), *value = brc__column_text(row, 1);
    struct brc__json tags;

    (void)before;
    if (name == NULL || value == NULL)
        return BRC_OK;
    if (strcmp(name, "onError") == 0)
        catalogue->admits_on_error = strcmp(value, "admit") == 0;
    if (strcmp(name, "durability") == 0)
        catalogue->survives_power_loss = strcmp(value, "power") == 0;
    if (strcmp(name, "requiredTags") != 0)
        return BRC_OK;
    int rc = column_json(row, 1, name, &tags, error);
    if (rc == 0)
        rc = brc__strict_texts(tags, "setting", name, &catalogue->required_tags, error);
    return damaged(rc, "setting", error);
}

/* The last version of each counts: SQLite takes the other columns from the row with the MAX. */
static int read_rows(struct brc__store *store, struct brc__catalogue *catalogue,
                     const struct brc__catalogue *before, struct brc__error *error)
{
    static const struct {
        const char *sql;
        row_fn fn;
    } parts[] = {
        {"SELECT MAX(id), arn, json FROM profile GROUP BY arn ORDER BY arn", add_listing},
        {"SELECT id, json FROM price_table ORDER BY in_force_from_ms DESC, id DESC", add_table},
        {"SELECT name, json, MAX(id) FROM budget GROUP BY name ORDER BY name", add_budget},
        /* One of a budget that has ended since says nothing of the next of that name. */
        {"SELECT o.budget, o.amount, o.until_ms, MAX(o.id) FROM override AS o LEFT JOIN"
         " (SELECT name, MAX(put_at_ms) AS at_ms FROM budget"
         " WHERE json LIKE '%,\"ended\":true}' GROUP BY name) AS ended ON ended.name = o.budget"
         " WHERE o.put_at_ms >= COALESCE(ended.at_ms, 0) GROUP BY o.budget",
         add_override},
        {"SELECT name, value FROM setting", add_setting},
    };
    int rc = BRC_OK;

    for (size_t i = 0; rc == 0 && i < BRC__COUNT_OF(parts); i++)
        rc = each_row(store, brc__prepare(store, parts[i].sql), parts[i].fn, catalogue, before,
                      error);
    return rc;
}

static int read_generation(struct brc__store *store, int64_t *ret_generation,
                           struct brc__error *error)
{
    struct brc__statement *statement = brc__prepare(store, "SELECT number FROM generation");
    int rc = brc__step(store, statement, error);

    *ret_generation = -1;
    if (rc < 0)
        return rc;
    if (rc == 0)
        return brc__error_set(error, BRC_E_LEDGER,
                              "the ledger is damaged: table generation has no row");
    *ret_generation = brc__column_int(statement, 0);
    brc__statement_reset(statement);
    return BRC_OK;
}

int brc__catalogue_renew(struct brc__store *store, struct brc__catalogue **catalogue,
                         struct brc__error *error)
{
    int64_t generation;

    int rc = read_generation(store, &generation, error);
    if (rc < 0 || (*catalogue != NULL && (*catalogue)->generation == generation))
        return rc;
    struct brc__catalogue *renewed = calloc(1, sizeof *renewed);
    if (renewed == NULL)
        return out_of_memory(error);
    renewed->generation = generation;
    renewed->references = 1;
    rc = read_rows(store, renewed, *catalogue, error);
    if (rc < 0) {
        brc__catalogue_unref(renewed);
        return rc;
    }
    brc__catalogue_unref(*catalogue);
    *catalogue = renewed;
    return BRC_OK;
}

struct brc__catalogue *brc__catalogue_ref(struct brc__catalogue *catalogue)
{
    __atomic_add_fetch(&catalogue->references, 1, __ATOMIC_RELAXED);
    return catalogue;
}

static void free_table(struct brc__priced *priced)
{
    if (__atomic_sub_fetch(priced->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    brc__price_table_free(priced->table);
    free(priced->references);
}

struct brc__catalogue *brc__catalogue_unref(struct brc__catalogue *catalogue)
{
    if (catalogue == NULL || __atomic_sub_fetch(&catalogue->references, 1, __ATOMIC_ACQ_REL) > 0)
        return NULL;
    for (size_t i = 0; i < catalogue->listing_count; i++)
        brc__listing_unref(catalogue->listings[i]);
    for (size_t i = 0; i < catalogue->table_count; i++)
        free_table(&catalogue->tables[i]);
    for (size_t i = 0; i < catalogue->budget_count; i++)
        brc__budget_clear(&catalogue->budgets[i]);
    brc__texts_free(catalogue->required_tags);
    free(catalogue->listings);
    free(catalogue->tables);
    free(catalogue->budgets);
    free(catalogue);
    return NULL;
}

const struct brc__listing *brc__catalogue_by_arn(const struct brc__catalogue *catalogue,
                                                 const char *arn)
{
    return by_arn(catalogue, arn);
}

const struct brc__listing *brc__catalogue_find(const struct brc__catalogue *catalogue,
                                               const char *reference)
{
    const struct brc__listing *found = by_arn(catalogue, reference);
    size_t count = 0;

    if (found != NULL)
        return found;
    for (size_t i = 0; i < catalogue->listing_count; i++) {
        const struct brc__listing *listing = catalogue->listings[i];
        if (listing->alias != NULL && strcmp(listing->alias, reference) == 0)
            return listing;
        if (strcmp(listing->name, reference) == 0) {
            found = listing;
            count++;
        }
    }
    return count == 1 ? found : NULL;
}

const struct brc__budget *brc__catalogue_budget(const struct brc__catalogue *catalogue,
                                                const char *name)
{
    return budget_of(catalogue, name);
}

const struct brc__budget *brc__catalogue_covering(const struct brc__catalogue *catalogue,
                                                  const struct brc__listing *listing,
                                                  const struct brc__budget *after)
{
    size_t i = after != NULL ? (size_t)(after - catalogue->budgets) + 1 : 0;

    while (i < catalogue->budget_count && !brc__budget_covers(&catalogue->budgets[i], listing))
        i++;
    return i < catalogue->budget_count ? &catalogue->budgets[i] : NULL;
}

bool brc__catalogue_tariff(const struct brc__catalogue *catalogue,
                           const struct brc__listing *listing, const char *tier, int64_t at_ms,
                           struct brc__tariff *ret_tariff, int64_t *ret_table)
{
    *ret_table = 0;
    if (brc__listing_tariff(listing, NULL, tier, ret_tariff))
        return true;
    for (size_t i = 0; i < catalogue->table_count; i++) {
        const struct brc__priced *priced = &catalogue->tables[i];
        if (priced->table->in_force_from_ms <= at_ms &&
            brc__listing_tariff(listing, priced->table, tier, ret_tariff)) {
            *ret_table = priced->id;
            return true;
        }
    }
    *ret_tariff = brc__tariff_none();
    return false;
}

const char *brc__catalogue_lacks(const struct brc__catalogue *catalogue,
                                 const struct brc__listing *listing)
{
    for (char **tag = catalogue->required_tags; tag != NULL && *tag != NULL; tag++)
        if (brc__listing_tag(listing, *tag) == NULL)
            return *tag;
    return NULL;
}
