/* A query of the ledger under way: what is wanted, and the rows that are kept until they can be
 * told. The kinds: what was put (query_puts.c), what happened (query_records.c), how budgets stand
 * (query_uses.c).
 * SPDX-License-Identifier: MIT */
#ifndef BRC__QUERY_H
#define BRC__QUERY_H

#include "ledger_state.h"
#include "row.h"

/* The longest history of a budget, in windows. */
enum {
    BRC__HISTORY_MOST = 10000
};

struct brc__query {
    brc_ledger *ledger; /* entered, in a transaction that reads */
    int64_t now_ms;
    /* Filters; what is not asked for has the value that lets everything through. */
    char *budget, *profile, *call, *undelivered; /* NULL: any */
    int64_t since_ms, until_ms, at_ms, after, limit, history;
    bool unreported, rows;
    /* Rows. */
    brc_row_fn fn;
    void *user_data;
    struct brc__buf kept; /* rows that wait to be told, each with its NUL; the last may be open */
    int64_t told;
    bool stopped;
    struct brc__error *error;
};

/* Begins a row, whose members are then written to what is returned; ends it: returns 0 or a
 * failure, with its reason in error. */
struct brc__buf *brc__query_begin_row(struct brc__query *query);
int brc__query_end_row(struct brc__query *query);

/* Tells the rows that wait. */
void brc__query_tell(struct brc__query *query);

/* Has what each row of the statement says written, as one row of the query or more, until nobody
 * wants more. */
typedef int (*brc__write_fn)(struct brc__query *query, struct brc__statement *statement);
int brc__query_each(struct brc__query *query, struct brc__statement *statement,
                    brc__write_fn write);

int brc__query_settings(struct brc__query *query);
int brc__query_prices(struct brc__query *query);
int brc__query_profiles(struct brc__query *query);
int brc__query_budgets(struct brc__query *query);
int brc__query_overrides(struct brc__query *query);
int brc__query_resolutions(struct brc__query *query);
int brc__query_externals(struct brc__query *query);

int brc__query_records(struct brc__query *query);
int brc__query_edges(struct brc__query *query);
int brc__query_refusals(struct brc__query *query);

int brc__query_uses(struct brc__query *query);

#endif
