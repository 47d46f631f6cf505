/* The ledger, as `profiles` uses it. SPDX-License-Identifier: MIT */
#include "profiles.h"

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

int book_put(brc_ledger *ledger, const char *kind, json_t *row)
{
    char *text = row != NULL ? json_dumps(row, JSON_COMPACT) : NULL;
    int rc = text != NULL ? brc_ledger_put(ledger, kind, text) : BRC_E_NOMEM;

    free(text);
    json_decref(row);
    if (rc == BRC_E_NOMEM)
        return failed("%s", brc_strerror(rc));
    return rc < 0 ? book_failed(ledger, rc) : DONE;
}

/* Collected first: nothing may be asked of the ledger while it hands out rows. */
static int collect(const char *json, void *user_data)
{
    return json_array_append_new(user_data, json_loads(json, 0, NULL));
}

json_t *book_query(brc_ledger *ledger, const char *query)
{
    json_t *rows = json_array();
    int64_t count = rows != NULL ? brc_ledger_query(ledger, query, collect, rows) : BRC_E_NOMEM;

    if (count >= 0 && (size_t)count == json_array_size(rows))
        return rows;
    json_decref(rows);
    if (count >= 0)
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
