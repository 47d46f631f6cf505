/* Costs worked out again: from the tokens of each settle, the profile as it was and the table of
 * prices that its record names.
 * SPDX-License-Identifier: MIT */
#include "verify.h"
#include "json.h"
#include "json_text.h"
#include "money.h"

/* All that was ever put, by id. */
struct priced {
    int64_t id;
    struct brc__listing *listing;   /* or */
    struct brc__price_table *table; /* of which one is NULL */
};

struct books {
    struct priced *profiles, *tables;
    size_t profile_count, table_count, profile_room, table_room;
};

static void close_books(struct books *books)
{
    for (size_t i = 0; i < books->profile_count; i++)
        brc__listing_unref(books->profiles[i].listing);
    for (size_t i = 0; i < books->table_count; i++)
        brc__price_table_free(books->tables[i].table);
    free(books->profiles);
    free(books->tables);
}
#define auto_books brc__cleanup(close_books)

/* A place at the end; NULL without memory. */
static struct priced *add(struct priced **list, size_t *count, size_t *room)
{
    if (*count == *room) {
        size_t wanted = *room == 0 ? 16 : 2 * *room;
        struct priced *grown = realloc(*list, wanted * sizeof **list);
        if (grown == NULL)
            return NULL;
        *list = grown;
        *room = wanted;
    }
    (*list)[*count] = (struct priced){0};
    return &(*list)[(*count)++];
}

static int no_memory(struct brc__query *query)
{
    return brc__error_set(query->error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
}

static int open_profile(struct brc__query *query, struct books *books,
                        struct brc__statement *statement)
{
    struct priced *place = add(&books->profiles, &books->profile_count, &books->profile_room);
    const char *json = brc__column_text(statement, 1);
    struct brc__error error;

    if (place == NULL)
        return no_memory(query);
    place->id = brc__column_int(statement, 0);
    int rc = json == NULL ? BRC_E_INVALID : brc__json_check(json, strlen(json), "profile", &error);
    if (rc == 0)
        rc =
            brc__listing_read(brc__json_of(json, strlen(json)), "profile", &place->listing, &error);
    if (rc == BRC_E_NOMEM)
        return no_memory(query);
    const char *arn = brc__column_text(statement, 2);
    if (rc < 0 || arn == NULL || strcmp(place->listing->arn, arn) != 0)
        return brc__unreadable(query, "profile", place->id,
                               "the profile is not the one that was put");
    return BRC_OK;
}

static int open_table(struct brc__query *query, struct books *books,
                      struct brc__statement *statement)
{
    struct priced *place = add(&books->tables, &books->table_count, &books->table_room);
    const char *json = brc__column_text(statement, 1), *hash = brc__column_text(statement, 2);
    struct brc__error error;

    if (place == NULL)
        return no_memory(query);
    place->id = brc__column_int(statement, 0);
    int rc = json == NULL || hash == NULL
                 ? BRC_E_INVALID
                 : brc__price_table_read(json, strlen(json), &place->table, &error);
    if (rc == BRC_E_NOMEM)
        return no_memory(query);
    if (rc < 0 || strcmp(place->table->hash, hash) != 0)
        return brc__unreadable(query, "price", place->id,
                               "the table of prices is not the one that was put");
    return BRC_OK;
}

static int open_books(struct brc__query *query, const char *sql, struct books *books,
                      int (*open)(struct brc__query *, struct books *, struct brc__statement *))
{
    struct brc__store *store = query->ledger->store;
    struct brc__statement *statement = brc__prepare(store, sql);
    int rc = brc__step(store, statement, query->error);

    while (rc == 1) {
        rc = open(query, books, statement);
        if (rc == 0)
            rc = brc__step(store, statement, query->error);
    }
    brc__statement_reset(statement);
    return rc;
}

static const struct priced *find(const struct priced *list, size_t count, int64_t id)
{
    size_t low = 0;

    while (count > 0) {
        size_t half = count / 2;
        if (list[low + half].id < id) {
            low += half + 1;
            count -= half + 1;
        } else {
            if (list[low + half].id == id)
                return &list[low + half];
            count = half;
        }
    }
    return NULL;
}

enum {
    COLUMN_ID,
    COLUMN_PROFILE,
    COLUMN_TABLE,
    COLUMN_TIER,
    COLUMN_OUTCOME,
    COLUMN_SERVED,
    COLUMN_COUNTS,
    COLUMN_COST = COLUMN_COUNTS + 6,
    COLUMN_FLAGS
};
static const char settles[] =
    "SELECT u.id, u.profile, u.price_table, u.tier, s.outcome, s.tier, s.input, s.output,"
    " s.cache_read, s.cache_write, s.cache_write_5m, s.cache_write_1h, s.cost, s.flags"
    " FROM settle s JOIN use u ON u.id = s.use ORDER BY s.use";

/* A settle and what is known of its prices. */
struct settled {
    const struct books *books;
    const struct brc__listing *listing;
    const struct brc__price_table *table; /* the one named; NULL: the profile's own prices */
    bool was_priced;                      /* at the tier that was asked for */
    const char *asked, *served;
    struct brc__counts counts;
    int64_t cost; /* -1: none */
    int64_t flags;
    int64_t should_be; /* by the first of the prices that come into question; -1: none does */
    bool is_sound;
};

static int64_t count_of(struct brc__statement *statement, int i)
{
    return brc__column_is_null(statement, COLUMN_COUNTS + i)
               ? -1
               : brc__column_int(statement, COLUMN_COUNTS + i);
}

/* -1: that has no price. */
static int64_t cost_at(const struct settled *settled, const struct brc__price_table *table,
                       const char *tier)
{
    struct brc__tariff tariff;
    unsigned flags = 0;
    int64_t cost;

    if (!brc__listing_tariff(settled->listing, table, tier, &tariff))
        return -1;
    int rc = brc__tariff_cost(&tariff, &settled->counts, &cost, &flags);
    return rc == BRC_E_RANGE ? INT64_MAX : rc < 0 ? -1 : cost;
}

/* Comes into question: the first that does is what is shown if none is the one. */
static void consider(struct settled *settled, int64_t cost)
{
    if (cost < 0)
        return;
    if (settled->should_be < 0)
        settled->should_be = cost;
    if (cost == settled->cost)
        settled->is_sound = true;
}

static int64_t cost_as_asked(const struct settled *settled)
{
    return settled->was_priced ? cost_at(settled, settled->table, settled->asked) : -1;
}

/* Another tier served than was asked for. The table that was named goes first; it may have had no
 * price for it, and another one have served. */
static void consider_served(struct settled *settled)
{
    const struct books *books = settled->books;
    int64_t asked = cost_as_asked(settled);
    bool is_other = (settled->flags & BRC__PRICED_OTHER_TIER) != 0;
    const char *tier = is_other ? "default" : settled->served;

    for (size_t i = 0; i <= books->table_count + 1; i++) {
        const struct brc__price_table *table = i == 0   ? settled->table
                                               : i == 1 ? NULL
                                                        : books->tables[i - 2].table;
        int64_t cost = i > 1 && table == NULL ? -1 : cost_at(settled, table, tier);
        consider(settled, is_other && asked > cost ? asked : cost);
    }
}

static int check_settled(struct brc__query *query, struct settled *settled, int64_t id)
{
    bool is_as_asked = settled->served == NULL || strcmp(settled->served, settled->asked) == 0;

    settled->should_be = -1;
    settled->is_sound = false;
    if (is_as_asked)
        consider(settled, cost_as_asked(settled));
    else
        consider_served(settled);
    if (settled->is_sound || (settled->should_be < 0 && settled->cost < 0))
        return BRC_OK;
    struct brc__buf *row = brc__query_begin_row(query);
    brc__row_text(row, "finding", "cost");
    brc__row_int(row, "record", id);
    if (settled->cost < 0)
        brc__row_null(row, "is");
    else
        brc__row_money(row, "is", settled->cost);
    if (settled->should_be < 0)
        brc__row_null(row, "shouldBe");
    else
        brc__row_money(row, "shouldBe", settled->should_be);
    brc__row_text(row, "text", "its cost is not what its tokens cost by the prices it names");
    return brc__query_end_row(query);
}

/* What is not reported has no cost, what is not billed costs nothing. */
static int check_unpriced(struct brc__query *query, struct brc__statement *statement)
{
    bool is_null = brc__column_is_null(statement, COLUMN_COST);
    bool billed = brc__column_int(statement, COLUMN_OUTCOME) != BRC_OUTCOME_NOT_BILLED;

    if (billed ? is_null : !is_null && brc__column_int(statement, COLUMN_COST) == 0)
        return BRC_OK;
    return brc__finding(query, "cost", brc__column_int(statement, COLUMN_ID),
                        billed ? "it has a cost, though none was reported"
                               : "it has a cost, though it was not billed");
}

static int check(struct brc__query *query, const struct books *books,
                 struct brc__statement *statement)
{
    if (brc__column_int(statement, COLUMN_OUTCOME) != BRC_OUTCOME_REPORTED)
        return check_unpriced(query, statement);
    int64_t id = brc__column_int(statement, COLUMN_ID);
    int64_t table_id = brc__column_int(statement, COLUMN_TABLE);
    const struct priced *profile =
        find(books->profiles, books->profile_count, brc__column_int(statement, COLUMN_PROFILE));
    const struct priced *table = find(books->tables, books->table_count, table_id);
    const char *asked = brc__column_text(statement, COLUMN_TIER);
    /* What cannot be read has its finding already. */
    if (profile == NULL || profile->listing == NULL || (table != NULL && table->table == NULL))
        return BRC_OK;
    if (table == NULL && table_id != 0)
        return brc__finding(query, "cost", id, "it names a table of prices that is not there");
    struct settled settled = {
        .books = books,
        .listing = profile->listing,
        .table = table == NULL ? NULL : table->table,
        .was_priced = !brc__column_is_null(statement, COLUMN_TABLE),
        .asked = asked == NULL ? "" : asked,
        .served = brc__column_text(statement, COLUMN_SERVED),
        .counts = {count_of(statement, 0), count_of(statement, 1), count_of(statement, 2),
                   count_of(statement, 3), count_of(statement, 4), count_of(statement, 5)},
        .cost = brc__column_is_null(statement, COLUMN_COST)
                    ? -1
                    : brc__column_int(statement, COLUMN_COST),
        .flags = brc__column_int(statement, COLUMN_FLAGS),
    };
    return check_settled(query, &settled, id);
}

int brc__verify_costs(struct brc__query *query)
{
    auto_books struct books books = {0};
    struct brc__store *store = query->ledger->store;
    int rc =
        open_books(query, "SELECT id, json, arn FROM profile ORDER BY id", &books, open_profile);

    if (rc == 0)
        rc = open_books(query, "SELECT id, json, hash FROM price_table ORDER BY id", &books,
                        open_table);
    if (rc < 0)
        return rc;
    struct brc__statement *statement = brc__prepare(store, settles);
    rc = brc__step(store, statement, query->error);
    while (rc == 1 && !query->stopped) {
        rc = check(query, &books, statement);
        if (rc == 0)
            rc = brc__step(store, statement, query->error);
    }
    brc__statement_reset(statement);
    return rc < 0 ? rc : BRC_OK;
}
