/* SPDX-License-Identifier: MIT */
#include "chat_tokens.h"
#include "accounts.h"

#include <inttypes.h>
#include <stdio.h>

static void add_cost(int64_t *sum, int64_t cost)
{
    if (cost < 0)
        return;
    *sum = *sum < 0 ? cost : *sum > INT64_MAX - cost ? INT64_MAX : *sum + cost;
}

void tokens_note(const brc_usage *usage, void *user_data)
{
    static const int fields[KINDS] = {
        [INPUT] = BRC_USAGE_INPUT_TOKENS,
        [OUTPUT] = BRC_USAGE_OUTPUT_TOKENS,
        [CACHE_READ] = BRC_USAGE_CACHE_READ_TOKENS,
        [CACHE_WRITE] = BRC_USAGE_CACHE_WRITE_TOKENS,
    };
    struct tokens *turn = user_data;

    for (size_t i = 0; i < KINDS; i++) {
        int64_t count = brc_usage_int(usage, fields[i]);
        turn->counts[i] += count > 0 ? count : 0; /* -1: not reported */
    }
    turn->unreported += brc_usage_int(usage, BRC_USAGE_OUTCOME) == BRC_OUTCOME_UNREPORTED;
    add_cost(&turn->cost, brc_usage_int(usage, BRC_USAGE_COST));
}

void tokens_add(struct tokens *session, const struct tokens *turn)
{
    for (size_t i = 0; i < KINDS; i++)
        session->counts[i] += turn->counts[i];
    session->unreported += turn->unreported;
    add_cost(&session->cost, turn->cost);
}

void tokens_print(const char *whose, const struct tokens *tokens, const char *end)
{
    const int64_t *counts = tokens->counts;
    char cost[ACCOUNTS_COST];

    fprintf(stderr, "%s: input %" PRId64 ", output %" PRId64, whose, counts[INPUT], counts[OUTPUT]);
    if (counts[CACHE_READ] > 0)
        fprintf(stderr, ", cache read %" PRId64, counts[CACHE_READ]);
    if (counts[CACHE_WRITE] > 0)
        fprintf(stderr, ", cache write %" PRId64, counts[CACHE_WRITE]);
    fputs(accounts_cost(tokens->cost, cost), stderr);
    if (tokens->unreported > 0)
        fprintf(stderr, ", unreported %" PRId64 " (may be billed)", tokens->unreported);
    fputs(end, stderr);
}
