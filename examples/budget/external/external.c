/* `budget external`: books what was spent past the ledger, by agents within AWS for example, from
 * the tokens that CloudWatch counts. SPDX-License-Identifier: MIT */
#include "external.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct external {
    struct budget *budget;
    struct cloud cloud;
    char account[CLOUD_ACCOUNT];
    const char *since; /* or NULL */
    char **names;
    int count;
};

/* What came of one profile. */
struct outcome {
    int64_t booked;         /* picodollars */
    int64_t periods, fewer; /* with something new; where CloudWatch now says less than before */
};

/* CloudWatch has a sum for each profile, whoever called it: what the ledger has already would come
 * again. */
static int check_records(struct external *external, const struct span *span)
{
    char since[CELL], until[CELL], after[CELL];

    moment_write(span->since_s, since);
    moment_write(span->until_s, until);
    json_t *records = book_query(external->budget->ledger,
                                 json_pack("{ss ss ss ss si}", "kind", "record", "profile",
                                           span->arn, "since", since, "until", until, "limit", 1));
    if (records == NULL)
        return FAILED;
    const char *at = text_of(json_array_get(records, 0), "at");
    int64_t at_s = at != NULL ? moment_read(at) : -1;
    int rc = DONE;
    if (at != NULL) {
        moment_write(at_s - at_s % PERIOD_S + PERIOD_S, after);
        rc = failed("%s is called through this ledger too, the last time at %s. CloudWatch cannot "
                    "tell these tokens apart, and they would count twice: give agents a profile of "
                    "their own, or, if that was the end of it, --since %s",
                    span->name, at, after);
    }
    json_decref(records);
    return rc;
}

static int64_t whole_period(int64_t seconds)
{
    return seconds - seconds % PERIOD_S;
}

static int set_span(struct external *external, struct span *span)
{
    int64_t now_s = (int64_t)time(NULL);
    char moment[CELL];

    span->until_s = whole_period(now_s - SETTLED_S);
    int64_t begin = external->since != NULL
                        ? moment_given(external->since, '-', moment)
                        : external_begin(external->budget, span->arn, span->until_s);
    int64_t first = whole_period(now_s - KEPT_S) + PERIOD_S;
    if (begin < 0)
        return FAILED; /* --since was looked at before */
    if (external->since != NULL && begin < first) {
        moment_write(first, moment);
        return failed("--since %s: CloudWatch keeps sums of five minutes for 63 days: the "
                      "earliest is %s. What is older is on the bill: put it as `external`",
                      external->since, moment);
    }
    span->since_s = whole_period(begin < first ? first : begin);
    span->count =
        span->since_s < span->until_s ? (size_t)((span->until_s - span->since_s) / PERIOD_S) : 0;
    span->periods = calloc(span->count + 1, sizeof *span->periods);
    return span->periods != NULL ? DONE : failed("%s", brc_strerror(BRC_E_NOMEM));
}

/* Whether a period has more than was booked of it, and what. */
static bool grown(const struct period *period, struct tokens *ret_new, bool *ret_fewer)
{
    bool more = false;

    *ret_fewer = false;
    for (int kind = 0; kind < TOKEN_KINDS; kind++) {
        int64_t difference = period->seen.of[kind] - period->booked.of[kind];
        ret_new->of[kind] = difference > 0 ? difference : 0;
        more = more || difference > 0;
        *ret_fewer = *ret_fewer || difference < 0;
    }
    return more;
}

static int book_span(struct external *external, const struct span *span, struct outcome *outcome)
{
    struct tokens tokens;
    bool fewer;
    int rc = DONE;

    for (size_t i = 0; i < span->count && rc == DONE && !is_interrupted(); i++) {
        bool more = grown(&span->periods[i], &tokens, &fewer);
        outcome->fewer += fewer;
        if (!more)
            continue;
        int64_t cost = external_cost(span, &span->periods[i], &tokens);
        if (cost < 0 || cost > INT64_MAX - outcome->booked)
            return failed("%s: so many tokens cost more than an amount can be: look at its price",
                          span->name);
        rc = external_book(external->budget, span, i, &tokens, cost);
        outcome->booked += rc == DONE ? cost : 0;
        outcome->periods += rc == DONE;
    }
    return rc;
}

static int tell(const struct external *external, const struct span *span,
                const struct outcome *outcome)
{
    char until[CELL], since[CELL], until_shown[CELL], booked[CELL], exact[32];

    moment_write(span->since_s, since);
    moment_write(span->until_s, until);
    brc_money_format(outcome->booked, exact, sizeof exact);
    if (outcome->fewer > 0 && !external->budget->console.json)
        say(&external->budget->console, NULL,
            "%s: in %" PRId64
            " of the periods CloudWatch now counts fewer tokens than were booked; what "
            "is booked stays, and may be more than the bill\n",
            span->name, outcome->fewer);
    return say(&external->budget->console,
               json_pack("{ss ss ss ss sI sI}", "profile", span->arn, "since", since, "until",
                         until, "booked", exact, "periods", (json_int_t)outcome->periods, "fewer",
                         (json_int_t)outcome->fewer),
               "%s: %s USD booked, of %" PRId64 " period%s of five minutes up to %s\n", span->name,
               amount(outcome->booked, true, booked), outcome->periods,
               outcome->periods == 1 ? "" : "s", moment_text(until, until_shown));
}

static int check_account(const struct external *external, const struct span *span)
{
    char account[CELL];

    if (strcmp(arn_part(span->arn, 4, account), external->account) == 0)
        return DONE;
    return failed("%s is a profile of account %s, and these are credentials of account %s, whose "
                  "CloudWatch knows nothing of it: use credentials of that account",
                  span->name, account, external->account);
}

static int book_profile(struct external *external, const json_t *profile)
{
    const char *alias = text_of(profile, "alias"), *arn = shown(profile, "arn");
    struct span span = {.arn = arn, .id = arn_id(arn)};
    struct outcome outcome = {0};

    span.name = alias != NULL ? alias : shown(profile, "name");
    int rc = check_account(external, &span);
    if (rc == DONE)
        rc = external_price(profile, &span);
    if (rc == DONE)
        rc = set_span(external, &span);
    if (rc == DONE)
        rc = check_records(external, &span);
    if (rc == DONE && span.count > 0)
        rc = external_see(&external->cloud, &span);
    if (rc == DONE)
        rc = external_recall(external->budget, &span);
    if (rc == DONE)
        rc = book_span(external, &span, &outcome);
    if (rc == DONE)
        rc = tell(external, &span, &outcome);
    free(span.periods);
    return rc;
}

/* The profiles are read each time: prices change. One that fails keeps nothing from the others. */
static int book_all(void *state)
{
    struct external *external = state;
    json_t *profiles = book_query(external->budget->ledger, json_pack("{ss}", "kind", "profile"));
    int rc = profiles != NULL ? DONE : FAILED;

    for (int i = 0; i < external->count && profiles != NULL && !is_interrupted(); i++) {
        const json_t *profile = profile_find(profiles, external->names[i]);
        if (profile == NULL || book_profile(external, profile) != DONE)
            rc = FAILED;
    }
    json_decref(profiles);
    fflush(stdout);
    return rc;
}

int run_external(void *program, int argc, char **argv)
{
    struct external external = {.budget = program};
    bool follows = false;
    const struct choice choices[] = {
        {"since", .text = &external.since}, {"follow", .flag = &follows}, {.name = NULL}};
    char moment[CELL];

    int rc = take_options(&external.budget->console, argc, argv, choices, 0, -1, &external.names,
                          &external.count);
    if (rc != DONE || external.budget->console.help)
        return rc;
    if (external.count == 0)
        return misused("external: which PROFILE? Name those that agents call, and nobody through "
                       "this ledger");
    if (external.since != NULL && moment_given(external.since, '-', moment) < 0)
        return misused("--since takes 2026-12-01, 2026-12-01T00:00:00Z or -4h, and not %s",
                       external.since);
    rc = open_ledger(external.budget, false);
    if (rc == DONE)
        rc = cloud_open(&external.cloud, NULL);
    if (rc != DONE)
        return rc;
    rc = cloud_account(&external.cloud, external.account);
    if (rc == DONE)
        rc = follow(follows, PERIOD_S, book_all, &external);
    cloud_close(&external.cloud);
    return rc;
}
