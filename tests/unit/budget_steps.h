/* What the tests of a client with a real ledger share: one profile of a team at known prices. For
 * one test program each. SPDX-License-Identifier: MIT */
#ifndef TEST_BUDGET_STEPS_H
#define TEST_BUDGET_STEPS_H

#include "calling.h"
#include "scripted_time.h"

#include <check.h>

#include <json_text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODEL     "anthropic.claude-haiku-4-5-20251001-v1:0"
#define CHEAP_ARN "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/cheap"
#define PROFILE(arn, name, model, more)                                                            \
    "{\"arn\":\"" arn "\",\"name\":\"" name "\",\"model\":\"" model                                \
    "\",\"scope\":\"geo\",\"tags\":{\"team\":\"search\"}" more "}"
#define BUDGET(limit, more)                                                                        \
    "{\"name\":\"search-month\",\"owner\":{\"tag\":\"team\",\"value\":\"search\"},"                \
    "\"window\":\"month\",\"limit\":\"" limit "\"" more "}"
#define PRICES                                                                                     \
    "{\"from\":\"2025-01-01\",\"source\":\"test\",\"prices\":["                                    \
    "{\"model\":\"anthropic.claude-haiku-4-5\",\"scope\":\"geo\",\"input\":\"1.00\","              \
    "\"output\":\"5.00\"},"                                                                        \
    "{\"model\":\"eu-cheap\",\"scope\":\"geo\",\"input\":\"0.10\",\"output\":\"0.50\"}]}"

static struct fixture f;
static brc_ledger *ledger;
static char folder[64], path[96];
static struct {
    int done, code, results, records, refused;
    char error[1024];
    int64_t cost, max_tokens;
    char profile_name[64], model[128], tags[256], asked_arn[256];
    int query_in_done;
    char spent_in_done[32];
} told;

/* ---- the ledger */

static inline void put(const char *kind, const char *json)
{
    char why[1024];
    int rc = brc_ledger_put(ledger, kind, json);

    brc_ledger_error(ledger, why, sizeof why);
    ck_assert_msg(rc == 0, "%s: %s", brc_strerror(rc), why);
}

static char last_row[8192];

static int keep_row(const char *json, void *user_data)
{
    (void)user_data;
    snprintf(last_row, sizeof last_row, "%s", json);
    return 0;
}

static inline int rows(const char *query)
{
    *last_row = '\0';
    int64_t count = brc_ledger_query(ledger, query, keep_row, NULL);
    ck_assert_int_ge(count, 0);
    return (int)count;
}

/* A member of the last row, without quotes; good until the next two questions. */
static inline const char *member_of(const char *query, const char *name)
{
    static char values[4][256];
    static int next;
    char *value = values[next++ % 4];

    ck_assert_int_gt(rows(query), 0);
    struct brc__json member = brc__json_member(brc__json_of(last_row, strlen(last_row)), name);
    ck_assert_msg(member.p != NULL, "no %s: %s", name, last_row);
    if (*member.p == '"')
        member = (struct brc__json){member.p + 1, member.n - 2};
    snprintf(value, sizeof values[0], "%.*s", (int)member.n, member.p);
    return value;
}

static inline const char *use(const char *name)
{
    return member_of("{\"kind\":\"use\"}", name);
}

/* ---- the client */

static inline void copy_text(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from == NULL ? "" : from);
}

static inline void on_record(const brc_usage *usage, void *user_data)
{
    (void)user_data;
    told.records++;
    told.cost = brc_usage_int(usage, BRC_USAGE_COST);
    told.max_tokens = brc_usage_int(usage, BRC_USAGE_MAX_TOKENS);
    copy_text(told.profile_name, sizeof told.profile_name,
              brc_usage_text(usage, BRC_USAGE_PROFILE_NAME));
    copy_text(told.model, sizeof told.model, brc_usage_text(usage, BRC_USAGE_MODEL));
    copy_text(told.tags, sizeof told.tags, brc_usage_text(usage, BRC_USAGE_TAGS));
    copy_text(told.asked_arn, sizeof told.asked_arn,
              brc_usage_text(usage, BRC_USAGE_ASKED_PROFILE_ARN));
}

static inline void on_done(brc_client *client, int64_t id, int code, brc_result *result,
                           void *user_data)
{
    (void)id, (void)user_data;
    told.done++;
    told.code = code;
    told.results += result != NULL;
    told.refused += code == BRC_E_BUDGET;
    snprintf(told.error, sizeof told.error, "%s", brc_client_error(client));
    if (told.query_in_done)
        copy_text(told.spent_in_done, sizeof told.spent_in_done, use("spent"));
    brc_result_free(result);
}

static inline void new_client(brc_ledger *its_ledger)
{
    brc_client_free(f.client);
    ck_assert_int_eq(brc_client_new(f.credentials, &f.client), 0);
    if (f.looped)
        ck_assert_int_eq(loop_attach(&f.loop, f.client), 0);
    ck_assert_int_eq(brc_client_set_endpoint(f.client, server_url(f.server)), 0);
    ck_assert_int_eq(brc_client_set_retries(f.client, 1, 0), 0);
    ck_assert_int_eq(brc_client_set_usage(f.client, on_record, NULL, NULL), 0);
    ck_assert_int_eq(brc_client_set_ledger(f.client, its_ledger), 0);
}

static inline void open_ledger(void)
{
    snprintf(folder, sizeof folder, "/tmp/brc-budgets-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/ledger", folder);
    ck_assert_int_eq(brc_ledger_open(path, &ledger), 0);
    new_client(ledger);
}

static inline void close_ledger(void)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
    char file[128];

    f.client = brc_client_free(f.client);
    ck_assert_int_eq(rows("{\"kind\":\"verify\"}"), 0);
    brc_ledger_free(ledger);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(file, sizeof file, "%s%s", path, endings[i]);
        unlink(file);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}

/* An empty ledger in place of the one that knows the profile and the prices. */
static inline void put_nothing(void)
{
    close_ledger();
    open_ledger();
}

static inline void start(void)
{
    memset(&told, 0, sizeof told);
    fixture_start(&f);
    calling_clear_environment();
    open_ledger();
    ck_assert_int_eq(brc_request_set_max_tokens(f.request, 100, 100), 0);
    put("price", PRICES);
    put("profile", PROFILE(FIXTURE_ARN, "search", MODEL, ""));
    time_set_chance(0);
}

static inline void stop(void)
{
    close_ledger();
    fixture_stop(&f);
    time_set_chance(-1);
}

static inline void step(void)
{
    if (f.looped)
        loop_turn(&f.loop, f.client, 20);
    else
        brc_client_perform(f.client, 20);
}

static inline int64_t start_call(void)
{
    int64_t id;

    ck_assert_int_eq(brc_start(f.client, f.request, NULL, on_done, NULL, NULL, &id), 0);
    return id;
}

static inline void step_until_done(int n)
{
    while (told.done < n)
        step();
}

static inline int run_call(void)
{
    told.done = 0;
    start_call();
    step_until_done(1);
    return told.code;
}

/* So that all that may be under way at once is. */
static inline struct server_reply answer_slowly(const char *request, void *user_data)
{
    (void)request, (void)user_data;
    return (struct server_reply){.bytes = f.answer, .delay_ms = 100};
}

#endif
