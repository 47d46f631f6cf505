/* What the ledger has of tokens that CloudWatch counted. An entry is named by profile, period and
 * its number among those of the period: what is booked already cannot be booked again, whoever
 * tries, and whatever became of the attempt before. SPDX-License-Identifier: MIT */
#include "external.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SOURCE                                                                                     \
    "CloudWatch: %" PRId64 " input, %" PRId64 " output, %" PRId64 " cache read, %" PRId64          \
    " cache write"
#define SOURCE_READ                                                                                \
    "CloudWatch: %" SCNd64 " input, %" SCNd64 " output, %" SCNd64 " cache read, %" SCNd64          \
    " cache write"

/* The period of an entry that is ours and of this profile; -1 of any other. */
static int64_t period_of(const json_t *entry, const char *arn)
{
    if (strncmp(shown(entry, "id"), "cloudwatch/", strlen("cloudwatch/")) != 0 ||
        strcmp(shown(entry, "profile"), arn) != 0)
        return -1;
    return moment_read(text_of(entry, "at"));
}

int64_t external_begin(struct budget *budget, const char *arn, int64_t until_s)
{
    json_t *entries = book_query(budget->ledger, json_pack("{ss}", "kind", "external"));
    time_t before = (time_t)(until_s - LOOK_BACK_S); /* the turn of a month loses nothing */
    const json_t *entry;
    struct tm month;
    int64_t last = -1;
    size_t i;

    if (entries == NULL)
        return -1;
    json_array_foreach(entries, i, entry)
    {
        int64_t at = period_of(entry, arn);
        last = at > last ? at : last;
    }
    json_decref(entries);
    if (last >= 0)
        return last > LOOK_BACK_S ? last - LOOK_BACK_S : 0;
    gmtime_r(&before, &month);
    month.tm_mday = 1;
    month.tm_hour = month.tm_min = month.tm_sec = 0;
    return (int64_t)timegm(&month);
}

static int recall_entry(const struct span *span, const json_t *entry, int64_t at)
{
    struct period *period = &span->periods[(at - span->since_s) / PERIOD_S];
    struct tokens tokens;

    if (sscanf(shown(entry, "source"), SOURCE_READ, &tokens.of[TOKENS_INPUT],
               &tokens.of[TOKENS_OUTPUT], &tokens.of[TOKENS_CACHE_READ],
               &tokens.of[TOKENS_CACHE_WRITE]) != TOKEN_KINDS)
        return failed("external cost %s says in its source not how many tokens it is for: give "
                      "--since a moment after %s",
                      shown(entry, "id"), shown(entry, "at"));
    for (int kind = 0; kind < TOKEN_KINDS; kind++)
        period->booked.of[kind] += tokens.of[kind];
    period->entries++;
    return DONE;
}

int external_recall(struct budget *budget, struct span *span)
{
    json_t *entries = book_query(budget->ledger, json_pack("{ss}", "kind", "external"));
    const json_t *entry;
    int rc = entries != NULL ? DONE : FAILED;
    size_t i;

    json_array_foreach(entries, i, entry)
    {
        int64_t at = period_of(entry, span->arn);
        if (rc == DONE && at >= span->since_s && at < span->until_s)
            rc = recall_entry(span, entry, at);
    }
    json_decref(entries);
    return rc;
}

int external_book(struct budget *budget, const struct span *span, size_t period,
                  const struct tokens *tokens, int64_t cost)
{
    char id[3 * CELL], at[CELL], source[CELL], amount_text[CELL], region[CELL];

    moment_write(span->since_s + (int64_t)period * PERIOD_S, at);
    snprintf(id, sizeof id, "cloudwatch/%s/%s/%s/%" PRId64, arn_part(span->arn, 3, region),
             span->id, at, span->periods[period].entries + 1);
    snprintf(source, sizeof source, SOURCE, tokens->of[TOKENS_INPUT], tokens->of[TOKENS_OUTPUT],
             tokens->of[TOKENS_CACHE_READ], tokens->of[TOKENS_CACHE_WRITE]);
    brc_money_format(cost, amount_text, sizeof amount_text);
    return book_put(budget->ledger, "external",
                    json_pack("{ss ss ss ss ss}", "id", id, "profile", span->arn, "at", at,
                              "amount", amount_text, "source", source));
}
