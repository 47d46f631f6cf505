/* A client's life by chance: calls and streams are started, paused, stopped, drained, cut, refused,
 * tried again and stalled, credentials replaced, clients freed and made anew, in an order that
 * follows from a seed. Whatever happens, each call ends once, each destroy runs once, no event
 * comes out of turn, and every request that reached the server is on record.
 *
 * LIFE_SEED and LIFE_STEPS in the environment choose another life; the defaults fit a test run.
 * SPDX-License-Identifier: MIT */
#include "run.h"
#include "stream_answer.h"

#include <stdbool.h>
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
static size_t started, done, destroyed, records, sent_records, reported, events, attempts_max;
static struct brc__buf stream; /* a sound one as the server sends it */

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

/* A call as its callbacks know it. */
struct life {
    int stopped, done;
};

static int on_event(brc_client *the_client, int64_t id, const brc_event *event, void *user_data)
{
    struct life *life = user_data;

    ck_assert_int_eq(life->stopped + life->done, 0);
    ck_assert_int_gt(brc_event_int(event, BRC_EVENT_TYPE), 0);
    events++;
    if (chance(20) == 0)
        ck_assert_int_eq(brc_pause(the_client, id, 1), 0);
    if (chance(30) == 0)
        ck_assert_int_eq(brc_cancel(the_client, ids[chance(SLOTS)], (int)chance(2)), 0);
    if (chance(60) == 0)
        start_some(1);
    life->stopped = chance(15) == 0;
    return life->stopped ? BRC_EVENT_STOP + (int)chance(2) : BRC_EVENT_GO_ON;
}

static void on_done(brc_client *the_client, int64_t id, int code, brc_result *result,
                    void *user_data)
{
    struct life *life = user_data;

    (void)the_client, (void)id;
    ck_assert(!life->stopped || code == BRC_E_CANCELED);
    life->done++;
    done++;
    if (result != NULL && chance(4) == 0)
        ck_assert(brc_result_json(result, NULL) != NULL);
    brc_result_free(result);
    if (chance(10) == 0)
        start_some(1);
    if (chance(20) == 0)
        brc_cancel(client, ids[chance(SLOTS)], (int)chance(2));
}

static void on_destroy(void *user_data)
{
    free(user_data);
    destroyed++;
}

static void start_some(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        size_t slot = chance(SLOTS);
        struct life *life = calloc(1, sizeof *life);
        int rc = brc_start(client, request, chance(2) == 0 ? NULL : on_event, on_done, life,
                           on_destroy, &ids[slot]);
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
        {.bytes = stream.data, .length = stream.length},
        {.bytes = stream.data, .length = stream.length},
        {.bytes = stream.data, .length = stream.length, .chunk = 200},
        {.bytes = stream.data, .length = 1 + chance((unsigned)stream.length - 1)},
        {.bytes = stream.data,
         .length = 1 + chance((unsigned)stream.length - 1),
         .then = chance(2) == 0 ? SERVER_HANG : SERVER_RESET},
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
    attempts_max = 1 + chance(3);
    ck_assert_int_eq(brc_client_set_retries(client, (int64_t)attempts_max, (int)chance(2)), 0);
}

static int step(int wait_ms)
{
    return looped ? loop_turn(&loop, client, wait_ms) : brc_client_perform(client, wait_ms);
}

static void act(void)
{
    switch (chance(18)) {
    case 0:
    case 1:
    case 2:
    case 3:
        start_some(1 + chance(5));
        break;
    case 4:
        ck_assert_int_eq(brc_cancel(client, ids[chance(SLOTS)], (int)chance(2)), 0);
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
    case 8:
        for (int i = 0; i < SLOTS; i++)
            ck_assert_int_eq(brc_pause(client, ids[i], chance(4) == 0), 0);
        break;
    default:
        step((int)chance(10));
    }
}

/* A slow machine needs more steps for it. */
static bool has_lived(void)
{
    return server_requests(server) > 10 && reported > 10 && events > 10;
}

START_TEST(by_chance)
{
    const char *seed = getenv("LIFE_SEED"), *steps = getenv("LIFE_STEPS");
    long count = steps == NULL ? STEPS : strtol(steps, NULL, 10);

    state = (seed == NULL ? 1 : strtoull(seed, NULL, 10)) * 1000003 + (uint64_t)_i + 1;
    looped = loop_wanted();
    started = done = destroyed = records = sent_records = reported = events = 0;
    struct brc__buf frames = FRAMES;
    stream = FRAMES;
    stream_put_text(&frames, 5);
    stream_put_end(&frames);
    stream_put_http(&stream, &frames, STREAM_CHUNKED);
    brc__buf_free(&frames);
    server = server_start();
    ck_assert_int_eq(brc_credentials_new("AKIDLIFE", "secret", NULL, &credentials), 0);
    ck_assert_int_eq(brc_request_new(FIXTURE_ARN, &request), 0);
    ck_assert_int_eq(brc_request_add_text(request, "user", "Hi", 2), 0);
    set_fault();
    make_client();
    for (long i = 0; i < count || !has_lived(); i++)
        act();
    brc_client_free(client);

    ck_assert_uint_eq(done, started);
    ck_assert_uint_eq(destroyed, started);
    ck_assert_uint_le(records, 3 * started);
    ck_assert_uint_ge(sent_records, server_requests(server));
    printf("# %zu calls, %zu records, %zu events, %zu requests at the server\n", started, records,
           events, server_requests(server));
    brc__buf_free(&stream);
    brc_request_free(request);
    brc_credentials_free(credentials);
    server_stop(server);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("life");
    TCase *tests = tcase_create("life");

    tcase_add_loop_test(tests, by_chance, 0, 3);
    suite_add_tcase(suite, tests);
    return run(suite);
}
