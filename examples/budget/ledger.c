/* The ledger of `budget`: what is put into it, what is read from it. SPDX-License-Identifier: MIT
 */
#include "budget.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    WHY = 1024
};

static int ledger_failed(struct budget *budget, int code)
{
    char why[WHY] = "";

    brc_ledger_error(budget->ledger, why, sizeof why);
    return failed("%s", why[0] != '\0' ? why : brc_strerror(code));
}

int open_ledger(struct budget *budget, bool make)
{
    const char *path = budget->path;

    if (path == NULL || *path == '\0')
        return misused("which ledger? Give --ledger FILE, or set BEDROCKCOST_LEDGER");
    if (!make && access(path, F_OK) < 0)
        return failed("%s: %s. `budget profiles import`, `prices import` and `settings` make a "
                      "ledger where there is none",
                      path, strerror(errno));
    int rc = brc_ledger_open(path, &budget->ledger);
    return rc < 0 ? ledger_failed(budget, rc) : DONE;
}

int put_text(struct budget *budget, const char *kind, const char *json)
{
    int rc = brc_ledger_put(budget->ledger, kind, json);

    return rc < 0 ? ledger_failed(budget, rc) : DONE;
}

int put(struct budget *budget, const char *kind, json_t *row)
{
    char *text = row != NULL ? json_dumps(row, JSON_COMPACT) : NULL;
    int rc = text != NULL ? put_text(budget, kind, text) : failed("%s", brc_strerror(BRC_E_NOMEM));

    free(text);
    json_decref(row);
    return rc;
}

/* Collected first: nothing may be asked of the ledger while it hands out rows. */
static int collect(const char *json, void *user_data)
{
    return json_array_append_new(user_data, json_loads(json, 0, NULL));
}

json_t *query(struct budget *budget, json_t *what)
{
    char *text = what != NULL ? json_dumps(what, JSON_COMPACT) : NULL;
    json_t *rows = json_array();
    int64_t count = BRC_E_NOMEM;

    if (text != NULL && rows != NULL)
        count = brc_ledger_query(budget->ledger, text, collect, rows);
    if (count >= 0 && (size_t)count != json_array_size(rows))
        count = BRC_E_NOMEM; /* a row could not be kept, and ended it */
    free(text);
    json_decref(what);
    if (count >= 0)
        return rows;
    json_decref(rows);
    if (count == BRC_E_NOMEM)
        failed("%s", brc_strerror(BRC_E_NOMEM));
    else
        ledger_failed(budget, (int)count);
    return NULL;
}
