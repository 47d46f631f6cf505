/* Out of memory: for every n the n-th allocation of a whole call fails, libcurl's and OpenSSL's
 * included. Each run must end in success or a documented code, with every record and
 * destroy in its place and nothing leaked. SPDX-License-Identifier: MIT */
#include "heap.h"
#include "run.h"
#include "scripted_time.h"
#include "stream_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a life left behind. Check itself allocates, so it is asked only when nothing is armed. */
static int recorded, sound_records, destroyed, clients;
static struct server *server;
static size_t sent_records; /* of all lives with this server: attempts of which something left */

/* What the server answers. A message with a lone surrogate has to be repaired. */
enum kind {
    SOUND,
    FAULTY,
    ERROR,
    ERROR_THEN_SOUND,
    STREAM,
    KINDS
};
static enum kind kind;

static void on_usage(const brc_usage *usage, void *user_data)
{
    (void)user_data;
    int64_t outcome = brc_usage_int(usage, BRC_USAGE_OUTCOME);
    const char *arn = brc_usage_text(usage, BRC_USAGE_PROFILE_ARN);

    recorded++;
    sent_records +=
        outcome != BRC_OUTCOME_NOT_BILLED || brc_usage_int(usage, BRC_USAGE_HTTP_STATUS) > 0;
    sound_records += outcome >= BRC_OUTCOME_NOT_BILLED && outcome <= BRC_OUTCOME_UNREPORTED &&
                     strcmp(arn, FIXTURE_ARN) == 0;
    brc_usage_json(usage);
}

static void on_destroy(void *user_data)
{
    (void)user_data;
    destroyed++;
}

static void on_log(int level, const char *text, void *user_data)
{
    (void)level, (void)text, (void)user_data;
}

static int allowed(int code)
{
    return code == 0 || code == BRC_E_NOMEM || code == BRC_E_CONNECT || code == BRC_E_PROTOCOL ||
           code == BRC_E_TLS;
}

static int on_event(brc_client *client, int64_t id, const brc_event *event, void *user_data)
{
    (void)client, (void)id, (void)user_data;
    brc_event_text(event, BRC_EVENT_TEXT, NULL);
    return BRC_EVENT_GO_ON;
}

static int ask(brc_credentials *credentials, brc_request *request)
{
    brc_client *client;
    brc_result *result;

    int rc = brc_client_new(credentials, &client);
    if (rc < 0)
        return rc;
    clients++;
    rc = brc_client_set_usage(client, on_usage, NULL, on_destroy);
    if (rc == 0)
        rc = brc_client_set_log(client, BRC_LOG_DEBUG, on_log, NULL, on_destroy);
    if (rc == 0)
        rc = brc_client_set_endpoint(client, server_url(server));
    if (rc == 0)
        rc = brc_client_set_retries(client, kind == ERROR_THEN_SOUND ? 2 : 1, 0);
    if (rc == 0) {
        rc = loop_or_ask(client, request, kind == STREAM ? on_event : NULL, &result);
        brc_result_text(result, NULL);
        brc_result_message(result, NULL);
        brc_result_free(result);
    }
    brc_client_free(client);
    return rc;
}

/* One whole life: credentials, request with every kind of member, client, call, result. */
static int life(void)
{
    static const char message[] = "{\"role\":\"assistant\",\"content\":[{\"text\":\"b\"}]}";
    brc_credentials *credentials = NULL;
    brc_request *request = NULL;

    recorded = sound_records = destroyed = clients = 0;
    int rc = brc_credentials_new(FIXTURE_KEY_ID, FIXTURE_SECRET, FIXTURE_TOKEN, &credentials);
    if (rc == 0)
        rc = brc_request_new(FIXTURE_ARN, &request);
    if (rc == 0)
        rc = brc_request_add_text(request, "user", "a", 1);
    if (rc == 0)
        rc = brc_request_add_text(request, "system", "s", 1);
    if (rc == 0)
        rc = brc_request_add_message(request, message, strlen(message));
    if (rc == 0)
        rc = brc_request_add_stop(request, "stop", 4);
    if (rc == 0)
        rc = brc_request_set_json(request, "requestMetadata", "{\"team\":\"a\"}", 12);
    if (rc == 0)
        rc = ask(credentials, request);
    brc_request_free(request);
    brc_credentials_free(credentials);
    return rc;
}

static const char faulty_body[] =
    "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"\\ud800\"}]}},"
    "\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":1,\"outputTokens\":2,\"totalTokens\":3}"
    "}";
static const char error_body[] = "{\"message\":\"slow down\"}";

static const struct {
    const char *name;
    int code; /* of a life without a failed allocation */
    size_t requests;
} kinds[KINDS] = {
    [SOUND] = {"sound answer", 0, 1},
    [FAULTY] = {"faulty answer", 0, 1},
    [ERROR] = {"error", BRC_E_THROTTLED, 1},
    [ERROR_THEN_SOUND] = {"error, then sound answer", 0, 2},
    [STREAM] = {"stream", 0, 1},
};

static struct server_reply sound_reply, faulty_reply, error_reply, stream_reply_;

static void make_replies(void)
{
    struct brc__buf events = FRAMES, answer = FRAMES;

    sound_reply.bytes = server_answer("200 OK", "", fixture_answer_body);
    faulty_reply.bytes = server_answer("200 OK", "", faulty_body);
    error_reply.bytes = server_answer("429 Too Many Requests", "", error_body);
    stream_put_text(&events, 3);
    frame_event(
        &events, "contentBlockStart",
        "{\"contentBlockIndex\":1,\"start\":{\"toolUse\":{\"toolUseId\":\"i\",\"name\":\"n\"}}}");
    frame_event(&events, "contentBlockDelta",
                "{\"contentBlockIndex\":1,\"delta\":{\"toolUse\":{\"input\":\"{\\\"a\\\":1}\"}}}");
    frame_event(&events, "contentBlockDelta",
                "{\"contentBlockIndex\":2,\"delta\":{\"text\":\"\\ud83d\"}}");
    frame_event(&events, "contentBlockDelta",
                "{\"contentBlockIndex\":2,\"delta\":{\"text\":\"\\ude00\"}}");
    frame_event(
        &events, "contentBlockDelta",
        "{\"contentBlockIndex\":3,\"delta\":{\"reasoningContent\":{\"redactedContent\":\"YWI=\"}"
        "}}");
    stream_put_end(&events);
    stream_put_http(&answer, &events, STREAM_CHUNKED);
    brc__buf_free(&events);
    stream_reply_ = (struct server_reply){.bytes = answer.data, .length = answer.length};
}

static void script(void)
{
    const struct server_reply replies[KINDS][2] = {
        [SOUND] = {sound_reply},    [FAULTY] = {faulty_reply},
        [ERROR] = {error_reply},    [ERROR_THEN_SOUND] = {error_reply, sound_reply},
        [STREAM] = {stream_reply_},
    };

    server_script(server, replies[kind], kinds[kind].requests);
}

static void check_life(int rc, long n)
{
    /* The first of two attempts may have failed for want of memory, and the second met the error.
     */
    int met_error = kind == ERROR_THEN_SOUND && rc == BRC_E_THROTTLED;
    ck_assert_msg(allowed(rc) || rc == kinds[kind].code || met_error, "allocation %ld: %s", n,
                  brc_strerror(rc));
    ck_assert_int_eq(destroyed, 2 * clients);
    ck_assert_int_eq(recorded, sound_records);
    ck_assert_uint_le((size_t)recorded, kinds[kind].requests);
    ck_assert(rc != 0 || recorded > 0);
}

static void fail_each(int later)
{
    long n;
    int rc;

    server = server_start();
    sent_records = 0;
    make_replies();
    script();
    ck_assert_int_eq(life(), kinds[kind].code); /* warms what the libraries set up once */
    script();
    long live = heap_live();
    heap_fail(0, 0);
    rc = life();
    long allocations = heap_tried();
    ck_assert_int_eq(rc, kinds[kind].code);
    ck_assert_int_gt(allocations, 50);

    for (n = 1; n <= allocations + 50; n++) {
        script();
        live = heap_live();
        heap_fail(n, later);
        rc = life();
        heap_fail(0, 0);
        long lost = heap_live() - live;
        check_life(rc, n);
        ck_assert_msg(lost == 0, "allocation %ld: %ld blocks are lost", n, lost);
    }
    ck_assert_int_eq(rc, kinds[kind].code);
    ck_assert_uint_ge(sent_records, server_requests(server)); /* what reached it is on record */
    printf("# %s: %ld allocations a life, each failed%s\n", kinds[kind].name, allocations,
           later ? " with all later ones" : " alone");
    server_stop(server);
}

START_TEST(every_allocation_fails)
{
    time_set_chance(0); /* no wait before the second attempt */
    kind = (enum kind)(_i / 2);
    fail_each(_i % 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("oom");
    TCase *tests = tcase_create("oom");

    tcase_add_loop_test(tests, every_allocation_fails, 0, 2 * KINDS);
    suite_add_tcase(suite, tests);
    return run(suite);
}
