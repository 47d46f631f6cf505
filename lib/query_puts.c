/* Rows of what was put into the ledger: the last version of each, as the catalogue has it; of
 * overrides, resolutions and external costs all.
 * SPDX-License-Identifier: MIT */
#include "query.h"
#include "date.h"
#include "json_text.h"

enum {
    DATE_LENGTH = sizeof "2026-11-25" - 1
};

int brc__query_settings(struct brc__query *query)
{
    const struct brc__catalogue *catalogue = query->ledger->catalogue;
    struct brc__buf *row = brc__query_begin_row(query);

    brc__row_open(row, "requiredTags", '[');
    for (char **tag = catalogue->required_tags; tag != NULL && *tag != NULL; tag++)
        brc__row_text(row, NULL, *tag);
    brc__row_close(row, ']');
    brc__row_text(row, "onError", catalogue->admits_on_error ? "admit" : "refuse");
    brc__row_text(row, "durability", catalogue->survives_power_loss ? "power" : "process");
    return brc__query_end_row(query);
}

static struct brc__json prices_of(const char *json)
{
    return json == NULL ? (struct brc__json){0}
                        : brc__json_member(brc__json_of(json, strlen(json)), "prices");
}

/* Columns of a table: id, put_at_ms, in_force_from_ms, source, hash, json. */
static int write_table(struct brc__query *query, struct brc__statement *statement)
{
    struct brc__json prices = prices_of(brc__column_text(statement, 5)), price;
    struct brc__buf *row = brc__query_begin_row(query);
    char from[BRC__ISO_DATE_SIZE];
    size_t position = 0;
    int64_t count = 0;

    while (brc__json_next(prices, &position, &price))
        count++;
    brc__iso_date_text(brc__column_int(statement, 2) / 1000, from);
    from[DATE_LENGTH] = '\0';
    brc__row_int(row, "id", brc__column_int(statement, 0));
    brc__row_moment(row, "putAt", brc__column_int(statement, 1));
    brc__row_text(row, "from", from);
    brc__row_text(row, "source", brc__column_text(statement, 3));
    brc__row_text(row, "hash", brc__column_text(statement, 4));
    brc__row_int(row, "prices", count);
    return brc__query_end_row(query);
}

/* One row for each price of a table. */
static int write_prices(struct brc__query *query, struct brc__statement *statement)
{
    struct brc__json prices = prices_of(brc__column_text(statement, 5)), price;
    size_t position = 0;
    int rc = BRC_OK;

    while (rc == BRC_OK && !query->stopped && brc__json_next(prices, &position, &price)) {
        struct brc__buf *row = brc__query_begin_row(query);
        brc__row_int(row, "table", brc__column_int(statement, 0));
        brc__row_members(row, price.p, price.n);
        rc = brc__query_end_row(query);
    }
    return rc;
}

int brc__query_prices(struct brc__query *query)
{
    static const char sql[] = "SELECT id, put_at_ms, in_force_from_ms, source, hash, json"
                              " FROM price_table ORDER BY id DESC";

    return brc__query_each(query, brc__prepare(query->ledger->store, sql),
                           query->rows ? write_prices : write_table);
}

/* What a profile costs at the default tier now, its multiplier not counted in. */
static void write_tariff(struct brc__query *query, const struct brc__listing *listing)
{
    static const char *const names[BRC__TOKEN_KINDS] = {
        [BRC__INPUT] = "input",
        [BRC__OUTPUT] = "output",
        [BRC__CACHE_READ] = "cacheRead",
        [BRC__CACHE_WRITE_5M] = "cacheWrite5m",
        [BRC__CACHE_WRITE_1H] = "cacheWrite1h",
    };
    struct brc__tariff tariff;
    int64_t table;

    if (!brc__catalogue_tariff(query->ledger->catalogue, listing, "default", query->now_ms, &tariff,
                               &table)) {
        brc__row_null(&query->kept, "price");
        return;
    }
    brc__row_open(&query->kept, "price", '{');
    if (table == 0)
        brc__row_null(&query->kept, "table");
    else
        brc__row_int(&query->kept, "table", table);
    for (int kind = 0; kind < BRC__TOKEN_KINDS; kind++)
        if (tariff.rates.of[kind] >= 0)
            brc__row_money(&query->kept, names[kind], tariff.rates.of[kind]);
    if (tariff.output_max > 0)
        brc__row_int(&query->kept, "maxOutput", tariff.output_max);
    if (tariff.threshold != INT64_MAX) {
        brc__row_int(&query->kept, "above", tariff.threshold);
        brc__row_open(&query->kept, "long", '{');
        for (int kind = 0; kind < BRC__TOKEN_KINDS; kind++)
            if (tariff.long_rates.of[kind] >= 0)
                brc__row_money(&query->kept, names[kind], tariff.long_rates.of[kind]);
        brc__row_close(&query->kept, '}');
    }
    brc__row_close(&query->kept, '}');
}

/* Columns: id, put_at_ms, arn. */
static int write_profile(struct brc__query *query, struct brc__statement *statement)
{
    const char *arn = brc__column_text(statement, 2);
    const struct brc__listing *listing =
        arn == NULL ? NULL : brc__catalogue_by_arn(query->ledger->catalogue, arn);

    if (listing == NULL)
        return BRC_OK;
    struct brc__buf *row = brc__query_begin_row(query);
    brc__row_int(row, "id", brc__column_int(statement, 0));
    brc__row_moment(row, "putAt", brc__column_int(statement, 1));
    brc__row_members(row, listing->json, strlen(listing->json));
    write_tariff(query, listing);
    return brc__query_end_row(query);
}

int brc__query_profiles(struct brc__query *query)
{
    static const char sql[] = "SELECT max(id), put_at_ms, arn FROM profile GROUP BY arn"
                              " ORDER BY arn";

    return brc__query_each(query, brc__prepare(query->ledger->store, sql), write_profile);
}

/* Columns: id, put_at_ms, name. Those that have ended are not in the catalogue. */
static int write_budget(struct brc__query *query, struct brc__statement *statement)
{
    const char *name = brc__column_text(statement, 2);
    const struct brc__budget *budget =
        name == NULL ? NULL : brc__catalogue_budget(query->ledger->catalogue, name);

    if (budget == NULL)
        return BRC_OK;
    struct brc__buf *row = brc__query_begin_row(query);
    brc__row_int(row, "id", brc__column_int(statement, 0));
    brc__row_moment(row, "putAt", brc__column_int(statement, 1));
    brc__row_members(row, budget->json, strlen(budget->json));
    return brc__query_end_row(query);
}

int brc__query_budgets(struct brc__query *query)
{
    static const char sql[] = "SELECT max(id), put_at_ms, name FROM budget GROUP BY name"
                              " ORDER BY name";

    return brc__query_each(query, brc__prepare(query->ledger->store, sql), write_budget);
}

/* Columns: id, put_at_ms, budget, amount, until_ms, by, why. */
static int write_override(struct brc__query *query, struct brc__statement *statement)
{
    struct brc__buf *row = brc__query_begin_row(query);

    brc__row_int(row, "id", brc__column_int(statement, 0));
    brc__row_moment(row, "putAt", brc__column_int(statement, 1));
    brc__row_text(row, "budget", brc__column_text(statement, 2));
    brc__row_money(row, "limit", brc__column_int(statement, 3));
    brc__row_moment(row, "until", brc__column_int(statement, 4));
    brc__row_text(row, "by", brc__column_text(statement, 5));
    brc__row_text(row, "why", brc__column_text(statement, 6));
    return brc__query_end_row(query);
}

int brc__query_overrides(struct brc__query *query)
{
    static const char sql[] = "SELECT id, put_at_ms, budget, amount, until_ms, by, why"
                              " FROM override WHERE ?1 IS NULL OR budget = ?1 ORDER BY id";
    struct brc__statement *statement = brc__prepare(query->ledger->store, sql);

    brc__bind_text(statement, 1, query->budget);
    return brc__query_each(query, statement, write_override);
}

/* Columns: use, call, attempt, at_ms, amount, by, why. */
static int write_resolution(struct brc__query *query, struct brc__statement *statement)
{
    struct brc__buf *row = brc__query_begin_row(query);

    brc__row_int(row, "record", brc__column_int(statement, 0));
    brc__row_text(row, "call", brc__column_text(statement, 1));
    brc__row_int(row, "attempt", brc__column_int(statement, 2));
    brc__row_moment(row, "putAt", brc__column_int(statement, 3));
    brc__row_money(row, "billed", brc__column_int(statement, 4));
    brc__row_text(row, "by", brc__column_text(statement, 5));
    brc__row_text(row, "why", brc__column_text(statement, 6));
    return brc__query_end_row(query);
}

int brc__query_resolutions(struct brc__query *query)
{
    static const char sql[] =
        "SELECT r.use, u.call, u.attempt, r.at_ms, r.amount, r.by, r.why"
        " FROM resolution r LEFT JOIN use u ON u.id = r.use ORDER BY r.at_ms, r.use";

    return brc__query_each(query, brc__prepare(query->ledger->store, sql), write_resolution);
}

/* Columns: id, arn, at_ms, amount, source. */
static int write_external(struct brc__query *query, struct brc__statement *statement)
{
    struct brc__buf *row = brc__query_begin_row(query);

    brc__row_text(row, "id", brc__column_text(statement, 0));
    brc__row_text(row, "profile", brc__column_text(statement, 1));
    brc__row_moment(row, "at", brc__column_int(statement, 2));
    brc__row_money(row, "amount", brc__column_int(statement, 3));
    brc__row_text(row, "source", brc__column_text(statement, 4));
    return brc__query_end_row(query);
}

int brc__query_externals(struct brc__query *query)
{
    static const char sql[] =
        "SELECT e.id, p.arn, e.at_ms, e.amount, e.source"
        " FROM external e LEFT JOIN profile p ON p.id = e.profile ORDER BY e.rowid";

    return brc__query_each(query, brc__prepare(query->ledger->store, sql), write_external);
}
