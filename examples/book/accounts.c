/* SPDX-License-Identifier: MIT */
#include "accounts.h"
#include "book.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a budget's owner ought to know: a threshold was passed, for one. Each once, whichever
 * program was there when it happened. */
static void on_notice(const char *json, void *file)
{
    json_t *edge = json_loads(json, 0, NULL);
    const char *text = json_string_value(json_object_get(edge, "text"));

    fprintf(file, "notice: %s\n", text != NULL ? text : json);
    json_decref(edge);
}

int accounts_open(const char *path, brc_ledger **ret_ledger)
{
    *ret_ledger = NULL;
    if (path == NULL)
        path = getenv("BEDROCKCOST_LEDGER");
    if (path == NULL || *path == '\0')
        return DONE;
    if (access(path, F_OK) < 0)
        return failed("ledger %s: %s; `budget settings` makes one", path, strerror(errno));
    int rc = book_open(path, ret_ledger);
    if (rc == DONE && brc_ledger_set_notice(*ret_ledger, on_notice, stderr, NULL) < 0)
        rc = failed("%s", brc_strerror(BRC_E_NOMEM));
    return rc;
}

const char *accounts_money(int64_t picodollars, char ret_text[ACCOUNTS_MONEY])
{
    brc_money_format(picodollars, ret_text, ACCOUNTS_MONEY);
    return ret_text;
}

const char *accounts_cost(int64_t picodollars, char ret_text[ACCOUNTS_COST])
{
    char usd[ACCOUNTS_MONEY];

    ret_text[0] = '\0';
    if (*accounts_money(picodollars, usd) != '\0')
        snprintf(ret_text, ACCOUNTS_COST, ", %s USD", usd);
    return ret_text;
}

void accounts_say(FILE *file, const char *program, const brc_usage *usage)
{
    const char *asked = brc_usage_text(usage, BRC_USAGE_ASKED_PROFILE_ARN);
    const char *name = brc_usage_text(usage, BRC_USAGE_PROFILE_NAME);
    const char *model = brc_usage_text(usage, BRC_USAGE_MODEL);
    int64_t max_tokens = brc_usage_int(usage, BRC_USAGE_MAX_TOKENS);

    if (asked != NULL)
        fprintf(file, "%s: degraded by a budget: sent through %s (%s)\n", program,
                name != NULL ? name : brc_usage_text(usage, BRC_USAGE_PROFILE_ARN),
                model != NULL ? model : "its model is not known");
    if (max_tokens >= 0)
        fprintf(file, "%s: maxTokens lowered to %" PRId64 " by what is left of a budget\n", program,
                max_tokens);
}
