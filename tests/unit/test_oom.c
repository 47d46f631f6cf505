/* Out of memory: for every n the n-th allocation of a whole call fails, libcurl's, OpenSSL's and
 * jansson's included. Each run must end in success or a documented code, with every record and
 * destroy in its place and nothing leaked. SPDX-License-Identifier: MIT */
#include "fixture.h"
#include "heap.h"
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a life left behind. Check itself allocates, so it is asked only when nothing is armed. */
static int recorded, sound_records, destroyed, clients;
static size_t sent;
static struct server *server;

static void on_usage(const brc_usage *usage, void *user_data)
{
    (void)user_data;
    int64_t outcome = brc_usage_int(usage, BRC_USAGE_OUTCOME);
    const char *arn = brc_usage_text(usage, BRC_USAGE_PROFILE_ARN);

    recorded++;
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
        rc = brc_client_set_retries(client, 1, 0);
    if (rc == 0) {
        size_t requests = server_requests(server);
        rc = loop_or_converse(client, request, &result);
        brc_result_message(result, NULL);
        brc_result_free(result);
        sent = server_requests(server) - requests;
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
    sent = 0;
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

/* A message with a lone surrogate has to be repaired, which takes jansson's path too. */
static const char faulty_body[] =
    "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"\\ud800\"}]}},"
    "\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":1,\"outputTokens\":2,\"totalTokens\":3}"
    "}";
static const char error_body[] = "{\"message\":\"slow down\"}";

static char *make_answer(int which)
{
    if (which == 0)
        return server_answer("200 OK", "", fixture_answer_body);
    if (which == 1)
        return server_answer("200 OK", "", faulty_body);
    return server_answer("429 Too Many Requests", "", error_body);
}

static void check_life(int rc, int wanted, long n)
{
    ck_assert_msg(allowed(rc) || rc == wanted, "allocation %ld: %s", n, brc_strerror(rc));
    ck_assert_int_eq(destroyed, 2 * clients);
    ck_assert_int_eq(recorded, sound_records);
    ck_assert_int_le(recorded, 1);
    /* What reached the server is on record, and so is every success. */
    if (sent > 0 || rc == 0)
        ck_assert_int_eq(recorded, 1);
    ck_assert_uint_le(sent, 1);
}

static void fail_each(int which, int later)
{
    static const char *const names[] = {"sound answer", "faulty answer", "error"};
    char *answer = make_answer(which);
    struct server_reply reply = {answer, 0, 0, 0, SERVER_KEEP};
    int wanted = which == 2 ? BRC_E_THROTTLED : 0;
    long n;
    int rc;

    server = server_start();
    server_script(server, &reply, 1);
    ck_assert_int_eq(life(), wanted); /* warms what the libraries set up once */
    long live = heap_live();
    heap_fail(0, 0);
    rc = life();
    long allocations = heap_tried();
    ck_assert_int_eq(rc, wanted);
    ck_assert_int_gt(allocations, 50);

    for (n = 1; n <= allocations + 50; n++) {
        heap_fail(n, later);
        rc = life();
        heap_fail(0, 0);
        long lost = heap_live() - live;
        check_life(rc, wanted, n);
        ck_assert_msg(lost == 0, "allocation %ld: %ld blocks are lost", n, lost);
    }
    ck_assert_int_eq(rc, wanted);
    printf("# %s: %ld allocations a life, each failed%s\n", names[which], allocations,
           later ? " with all later ones" : " alone");
    server_stop(server);
    free(answer);
}

START_TEST(every_allocation_fails)
{
    fail_each(_i / 2, _i % 2);
}
END_TEST

int main(void)
{
    enum {
        SLOW_S = 300
    };
    Suite *suite = suite_create("oom");
    TCase *tests = tcase_create("oom");

    tcase_set_timeout(tests, SLOW_S);
    tcase_add_loop_test(tests, every_allocation_fails, 0, 6);
    suite_add_tcase(suite, tests);
    return run(suite);
}
