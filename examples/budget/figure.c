/* What people read of a budget: amounts, shares, pace. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    MICRO = 1000 * 1000, /* picodollars of the smallest unit shown */
    EARLY = 100          /* a pace is told after this part of the window */
};

__extension__ typedef __int128 wide;

const char *amount(int64_t picodollars, bool up, char ret_text[CELL])
{
    char exact[32] = "-";

    int64_t rest = picodollars % MICRO;
    if (picodollars >= 0) {
        int64_t shown = picodollars - rest;
        if (up && rest > 0 && shown <= INT64_MAX - MICRO)
            shown += MICRO;
        brc_money_format(shown, exact, sizeof exact);
    }
    snprintf(ret_text, CELL, "%s", exact);
    return ret_text;
}

int64_t pace_of(const json_t *use, int64_t now_s)
{
    int64_t start = moment_read(text_of(use, "start"));
    int64_t end = moment_read(text_of(use, "resetsAt")), spent = money_of(use, "spent");
    int64_t elapsed = now_s - start, length = end - start;

    if (start < 0 || end < 0 || spent < 0 || elapsed < 1 || elapsed < length / EARLY)
        return -1;
    if (elapsed >= length)
        return spent; /* it is over */
    wide pace = (wide)spent * length / elapsed;
    return pace > INT64_MAX ? INT64_MAX : (int64_t)pace;
}

int64_t percent_of(int64_t part, int64_t whole)
{
    if (whole <= 0)
        return 100;
    wide percent = (wide)part * 100 / whole;
    return percent > INT64_MAX ? INT64_MAX : (int64_t)percent;
}

int64_t factor_of(const json_t *profile)
{
    const char *multiplier = text_of(profile, "multiplier");
    int64_t factor; /* it has the form of an amount, which is read as with 12 decimals */

    if (multiplier == NULL)
        return MICRO;
    return brc_money_parse(multiplier, &factor) < 0 ? -1 : factor / MICRO;
}

const char *owner_text(const json_t *owner, char ret_text[CELL])
{
    const char *tag = text_of(owner, "tag"), *value = text_of(owner, "value");
    const char *profile = text_of(owner, "profile"), *series = text_of(owner, "series");

    if (tag != NULL)
        snprintf(ret_text, CELL, "%s=%s", tag, value != NULL ? value : "");
    else if (series != NULL)
        snprintf(ret_text, CELL, "series %s", series);
    else if (profile != NULL && strrchr(profile, '/') != NULL)
        snprintf(ret_text, CELL, "profile %s", strrchr(profile, '/') + 1);
    else
        snprintf(ret_text, CELL, "%s%s", profile != NULL ? "profile " : "all",
                 profile != NULL ? profile : "");
    return ret_text;
}
