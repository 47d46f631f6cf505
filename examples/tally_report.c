/* What tally prints. SPDX-License-Identifier: MIT */
#include "accounts.h"
#include "tally.h"

#include <inttypes.h>
#include <stdio.h>

const struct column columns[COLUMNS] = {
    {"calls", "calls", 0, 0},
    {"failed", "failed", 0, 0},
    {"reported", "reported", BRC_OUTCOME_REPORTED, 0},
    {"unreported", "unreported", BRC_OUTCOME_UNREPORTED, 0},
    {"not billed", "notBilled", BRC_OUTCOME_NOT_BILLED, 0},
    {"input", "inputTokens", 0, BRC_USAGE_INPUT_TOKENS},
    {"output", "outputTokens", 0, BRC_USAGE_OUTPUT_TOKENS},
    {"cache read", "cacheReadInputTokens", 0, BRC_USAGE_CACHE_READ_TOKENS},
    {"cache write", "cacheWriteInputTokens", 0, BRC_USAGE_CACHE_WRITE_TOKENS},
};

static struct account total(const struct tally *tally)
{
    struct account sum = {.profile_arn = "all"};

    for (size_t i = 0; i < tally->profiles * COLUMNS; i++)
        sum.counts[i % COLUMNS] += tally->accounts[i / COLUMNS].counts[i % COLUMNS];
    for (size_t i = 0; i < tally->profiles; i++) {
        int64_t cost = tally->accounts[i].cost;
        sum.cost = cost <= INT64_MAX - sum.cost ? sum.cost + cost : INT64_MAX;
        sum.degraded += tally->accounts[i].degraded;
    }
    return sum;
}

/* One line that a terminal writes over and over. */
void show_progress(struct tally *tally, bool last)
{
    if (!(last || time(NULL) != tally->shown_at) || !(tally->terminal || tally->options.progress))
        return;
    struct account sum = total(tally);
    fprintf(stderr, "%" PRId64 " done, %" PRId64 " in flight, %" PRId64 " failed%s",
            sum.counts[CALLS], tally->in_flight, sum.counts[FAILURES],
            tally->terminal && !last ? "\033[K\r" : "\n");
    tally->shown_at = time(NULL);
}

static void print_row(const struct tally *tally, const struct account *account)
{
    char cost[ACCOUNTS_MONEY];

    for (size_t i = 0; i < COLUMNS; i++)
        printf("%11" PRId64 "  ", account->counts[i]);
    if (tally->ledger != NULL)
        printf("%15s  ", accounts_money(account->cost, cost));
    puts(account->profile_arn);
}

static int64_t median_ms(const struct tally *tally)
{
    int64_t left = tally->streams / 2, ms = 0;

    while (left >= tally->first_events[ms])
        left -= tally->first_events[ms++];
    return ms;
}

static void print_table(const struct tally *tally, const struct account *sum)
{
    for (size_t i = 0; i < COLUMNS; i++)
        printf("%11s  ", columns[i].heading);
    if (tally->ledger != NULL)
        printf("%15s  ", "USD");
    puts("profile");
    for (size_t i = 0; i < tally->profiles; i++)
        print_row(tally, &tally->accounts[i]);
    if (tally->profiles > 1)
        print_row(tally, sum);
    if (sum->counts[UNREPORTED] > 0)
        printf("unreported: %" PRId64
               " may be billed, and their tokens are not, or not all, counted above\n",
               sum->counts[UNREPORTED]);
    if (sum->degraded > 0)
        printf("degraded: %" PRId64 " went through another profile, for the sake of a budget\n",
               sum->degraded);
    if (tally->streams > 0)
        printf("first event: after %" PRId64 " ms in the median\n", median_ms(tally));
}

static void print_lines(const struct tally *tally)
{
    char cost[ACCOUNTS_MONEY];

    for (size_t i = 0; i < tally->profiles; i++) {
        /* Nothing in an ARN needs to be escaped. */
        printf("{\"profileArn\": \"%s\"", tally->accounts[i].profile_arn);
        for (size_t k = 0; k < COLUMNS; k++)
            printf(", \"%s\": %" PRId64, columns[k].member, tally->accounts[i].counts[k]);
        if (tally->ledger != NULL)
            printf(", \"degraded\": %" PRId64 ", \"cost\": \"%s\"", tally->accounts[i].degraded,
                   accounts_money(tally->accounts[i].cost, cost));
        puts("}");
    }
}

int report(const struct tally *tally, bool interrupted)
{
    struct account sum = total(tally);

    if (tally->console.json)
        print_lines(tally);
    else
        print_table(tally, &sum);
    if (interrupted)
        failed("interrupted");
    if (sum.counts[FAILURES] > 0)
        failed("%" PRId64 " of %" PRId64 " calls failed", sum.counts[FAILURES], sum.counts[CALLS]);
    return interrupted || sum.counts[FAILURES] > 0 ? FAILED : DONE;
}
