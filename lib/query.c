/* SPDX-License-Identifier: MIT */
#include "query.h"

enum {
    TOLD_AT = 16 * 1024 * 1024 /* bytes of rows that are kept until the snapshot is let go */
};

/* The rows stand one behind the other, each with its NUL. */
void brc__query_tell(struct brc__query *query)
{
    if (query->kept.length == 0)
        return;
    const char *row = query->kept.data, *end = row + query->kept.length;
    brc__ledger_tell_rows(query->ledger, true);
    while (!query->stopped && row < end) {
        query->told++;
        query->stopped = query->fn(row, query->user_data) != 0;
        row += strlen(row) + 1;
    }
    brc__ledger_tell_rows(query->ledger, false);
    brc__buf_truncate(&query->kept, 0);
}

struct brc__buf *brc__query_begin_row(struct brc__query *query)
{
    brc__row_open(&query->kept, NULL, '{');
    return &query->kept;
}

int brc__query_end_row(struct brc__query *query)
{
    brc__row_close(&query->kept, '}');
    int rc = brc__buf_append(&query->kept, "", 1);
    if (rc < 0)
        return brc__error_set(query->error, rc, "%s", brc_strerror(rc));
    if (query->kept.length >= TOLD_AT)
        brc__query_tell(query);
    return BRC_OK;
}

int brc__query_each(struct brc__query *query, struct brc__statement *statement, brc__write_fn write)
{
    int rc = 1;

    while (rc == 1 && !query->stopped) {
        rc = brc__step(query->ledger->store, statement, query->error);
        if (rc != 1)
            break;
        int written = write(query, statement);
        if (written < 0)
            rc = written;
    }
    brc__statement_reset(statement);
    return rc < 0 ? rc : BRC_OK;
}
