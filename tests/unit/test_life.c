/* A client's life by chance: calls are started, cancelled, cut, refused and stalled, credentials
 * replaced, clients freed and made anew, in an order that follows from a seed. Whatever happens,
 * each call ends once, each destroy runs once, and every request that reached the server is on
 * record.
 *
 * LIFE_SEED and LIFE_STEPS in the environment choose another life; the defaults fit a test run.
 * SPDX-License-Identifier: MIT */
#include "fixture.h"
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS = 64,
    STEPS = 1500
};

static struct server *server;
static brc_credentials *credentials;
static brc_client *client;
static brc_request *request;
static struct loop loop;
static int looped;
static uint64_t state;

static int64_t ids[SLOTS]; /* of the calls last started */
static size_t started, done, destroyed, records, sent_records, reported;

/* xorshift64*: the same numbers on every machine. */
static unsigned chance(unsigned below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (unsigned)((state * UINT64_C(2685821657736338717)) >> 33) % below;
}

static void on_usage(const brc_usage *usage, void *user_data)
{
    int64_t outcome = brc_usage_int(usage, BRC_USAGE_OUTCOME);

    (void)user_data;
    records++;
    reported += outcome == BRC_OUTCOME_REPORTED;
    sent_records +=
        outcome != BRC_OUTCOME_NOT_BILLED || brc_usage_int(usage, BRC_USAGE_HTTP_STATUS) > 0;
    int64_t code = brc_usage_int(usage, BRC_USAGE_CODE);
    ck_assert(code == BRC_E_CANCELED || (outcome == BRC_OUTCOME_REPORTED) == (code == 0));
}

static void start_some(unsigned count);

static void on_done(brc_client *the_client, int64_t id, int code, brc_result *result,
                    void *user_data)
{
    (void)the_client, (void)id, (void)code, (void)user_data;
    done++;
    brc_result_free(result);
    if (chance(10) == 0)
        start_some(1);
    if (chance(20) == 0)
        brc_cancel(client, ids[chance(SLOTS)], 0);
}

static void on_destroy(void *user_data)
{
    (void)user_data;
    destroyed++;
}

static void start_some(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        size_t slot = chance(SLOTS);
        int rc = brc_start(client, request, NULL, on_done, NULL, on_destroy, &ids[slot]);
        ck_assert(rc == 0 || rc == BRC_E_INVALID); /* a client that is being freed takes none */
        started += rc == 0;
        destroyed -= rc != 0;
    }
}

#define USAGE "\"usage\":{\"inputTokens\":1,\"outputTokens\":2,\"totalTokens\":3}"
#define BODY  "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[]}}," USAGE "}"

static const char sound[] = "HTTP/1.1 200 OK\r\nContent-Length: 115\r\n\r\n" BODY;
static const char throttled[] = "HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n";
static const char broken[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>";

static struct server_reply any_reply(void)
{
    const struct server_reply replies[] = {
        {.bytes = sound},
        {.bytes = sound},
        {.bytes = sound, .delay_ms = (int)chance(20)},
        {.bytes = sound, .then = SERVER_CLOSE},
        {.bytes = sound, .length = 1 + chance(sizeof sound - 1), .then = SERVER_RESET},
        {.bytes = throttled},
        {.bytes = broken},
        {.then = SERVER_HANG},
        {.then = SERVER_RESET},
    };

    return replies[chance(sizeof replies / sizeof *replies)];
}

static void set_fault(void)
{
    struct server_reply replies[6];

    for (size_t i = 0; i < 6; i++)
        replies[i] = any_reply();
    server_script(server, replies, 6);
}

static void make_client(void)
{
    ck_assert_int_eq(brc_client_new(credentials, &client), 0);
    if (looped)
        ck_assert_int_eq(loop_attach(&loop, client), 0);
    ck_assert_int_eq(brc_client_set_endpoint(client, server_url(server)), 0);
    ck_assert_int_eq(brc_client_set_usage(client, on_usage, NULL, NULL), 0);
    ck_assert_int_eq(brc_client_set_timeouts(client, 0, 40 + chance(200), chance(2) * 60), 0);
    ck_assert_int_eq(brc_client_set_limits(client, 1 + chance(40), 1 + chance(20)), 0);
}

static int step(int wait_ms)
{
    return looped ? loop_turn(&loop, client, wait_ms) : brc_client_perform(client, wait_ms);
}

static void act(void)
{
    switch (chance(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
        start_some(1 + chance(5));
        break;
    case 4:
        ck_assert_int_eq(brc_cancel(client, ids[chance(SLOTS)], 0), 0);
        break;
    case 5:
        ck_assert_int_eq(brc_credentials_set(credentials, "AKIDLIFE", "another-secret", NULL, 0),
                         0);
        break;
    case 6:
        set_fault();
        break;
    case 7:
        if (chance(8) == 0) {
            brc_client_free(client);
            ck_assert_uint_eq(done, started);
            make_client();
        }
        break;
    default:
        step((int)chance(10));
    }
}

START_TEST(by_chance)
{
    const char *seed = getenv("LIFE_SEED"), *steps = getenv("LIFE_STEPS");
    long count = steps == NULL ? STEPS : strtol(steps, NULL, 10);

    state = (seed == NULL ? 1 : strtoull(seed, NULL, 10)) * 1000003 + (uint64_t)_i + 1;
    looped = loop_wanted();
    started = done = destroyed = records = sent_records = reported = 0;
    server = server_start();
    ck_assert_int_eq(brc_credentials_new("AKIDLIFE", "secret", NULL, &credentials), 0);
    ck_assert_int_eq(brc_request_new(FIXTURE_ARN, &request), 0);
    ck_assert_int_eq(brc_request_add_text(request, "user", "Hi", 2), 0);
    set_fault();
    make_client();
    for (long i = 0; i < count; i++)
        act();
    brc_client_free(client);

    ck_assert_uint_eq(done, started);
    ck_assert_uint_eq(destroyed, started);
    ck_assert_uint_le(records, started);
    ck_assert_uint_ge(sent_records, server_requests(server));
    ck_assert_uint_gt(server_requests(server), 10);
    ck_assert_uint_gt(reported, 10);
    printf("# %zu calls, %zu records, %zu requests at the server\n", started, records,
           server_requests(server));
    brc_request_free(request);
    brc_credentials_free(credentials);
    server_stop(server);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("life");
    TCase *tests = tcase_create("life");

    tcase_set_timeout(tests, 600);
    tcase_add_loop_test(tests, by_chance, 0, 3);
    suite_add_tcase(suite, tests);
    return run(suite);
}
