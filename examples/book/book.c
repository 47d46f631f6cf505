/* SPDX-License-Identifier: MIT */
#include "book.h"

#include <stdlib.h>

static int book_failed(brc_ledger *ledger, int code)
{
    char why[1024] = "";

    brc_ledger_error(ledger, why, sizeof why);
    return failed("%s", why[0] != '\0' ? why : brc_strerror(code));
}

int book_open(const char *path, brc_ledger **ret_ledger)
{
    int rc = brc_ledger_open(path, ret_ledger);

    if (rc == 0)
        return DONE;
    book_failed(*ret_ledger, rc);
    *ret_ledger = brc_ledger_free(*ret_ledger);
    return FAILED;
}

int book_put_text(brc_ledger *ledger, const char *kind, const char *json)
{
    int rc = brc_ledger_put(ledger, kind, json);

    return rc < 0 ? book_failed(ledger, rc) : DONE;
}

int book_put(brc_ledger *ledger, const char *kind, json_t *row)
{
    char *text = row != NULL ? json_dumps(row, JSON_COMPACT) : NULL;
    int rc =
        text != NULL ? book_put_text(ledger, kind, text) : failed("%s", brc_strerror(BRC_E_NOMEM));

    free(text);
    json_decref(row);
    return rc;
}

/* Collected first: nothing may be asked of the ledger while it hands out rows. */
static int collect(const char *json, void *user_data)
{
    return json_array_append_new(user_data, json_loads(json, 0, NULL));
}

json_t *book_query(brc_ledger *ledger, json_t *query)
{
    char *text = query != NULL ? json_dumps(query, JSON_COMPACT) : NULL;
    json_t *rows = json_array();
    int64_t count = BRC_E_NOMEM;

    if (text != NULL && rows != NULL)
        count = brc_ledger_query(ledger, text, collect, rows);
    if (count >= 0 && (size_t)count != json_array_size(rows))
        count = BRC_E_NOMEM; /* a row could not be kept, and ended it */
    free(text);
    json_decref(query);
    if (count >= 0)
        return rows;
    json_decref(rows);
    if (count == BRC_E_NOMEM)
        failed("%s", brc_strerror(BRC_E_NOMEM));
    else
        book_failed(ledger, (int)count);
    return NULL;
}

json_t *book_bare(const json_t *row)
{
    static const char *const added[] = {"id", "putAt", "price"};
    json_t *bare = json_deep_copy(row);

    for (size_t i = 0; i < sizeof added / sizeof *added; i++)
        json_object_del(bare, added[i]);
    return bare;
}
