/* Out of memory in a call with a ledger: for every n the n-th allocation fails, from the asking
 * about its profile to its settle. Whatever comes, every hold is settled once and every record is
 * told. SPDX-License-Identifier: MIT */
#include "calling.h"
#include "heap.h"
#include "run.h"
#include "scripted_ledger.h"
#include "scripted_time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODEL "anthropic.claude-haiku-4-5-20251001-v1:0"

static struct server *server;
static char *sound, *profile, *tags, *count;
static int recorded, tries;

static struct server_reply answer(const char *request, void *user_data)
{
    (void)user_data;
    if (strncmp(request, "GET /inference-profiles/", 24) == 0)
        return (struct server_reply){.bytes = profile};
    if (strncmp(request, "POST /listTags", 14) == 0)
        return (struct server_reply){.bytes = tags};
    if (strstr(request, "/count-tokens ") != NULL)
        return (struct server_reply){.bytes = count};
    return (struct server_reply){
        .bytes = tries++ % 2 == 0 ? "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n" : sound};
}

/* The tokens are counted, and the attempt is shrunk and goes another way. */
static int decide(const struct brc__asking *asking, struct brc__hold *hold,
                  struct brc__error *error)
{
    static const struct brc__listing cheaper = {
        .arn = (char *)(uintptr_t)FIXTURE_ARN "-cheaper",
        .name = (char *)(uintptr_t) "cheaper",
        .tags = (char *)(uintptr_t) "{}",
    };

    (void)error;
    if (asking->counted_input == -1) {
        snprintf(asking->ret_model, BRC__MODEL_SIZE, "%s", MODEL);
        return BRC__LEDGER_UNCOUNTED;
    }
    hold->degraded = 1;
    hold->listing = &cheaper;
    hold->output = 50;
    return BRC_OK;
}

static void on_usage(const brc_usage *usage, void *user_data)
{
    (void)usage, (void)user_data;
    recorded++;
}

static int ask(brc_credentials *credentials, brc_request *request)
{
    brc_client *client;
    brc_result *result = NULL;

    int rc = brc_client_new(credentials, &client);
    if (rc < 0)
        return rc;
    rc = brc_client_set_endpoint(client, server_url(server));
    if (rc == 0)
        rc = brc_client_set_usage(client, on_usage, NULL, NULL);
    if (rc == 0)
        rc = brc_client_set_retries(client, 2, 0);
    if (rc == 0)
        rc = brc_client_set_ledger(client, scripted_ledger());
    if (rc == 0)
        rc = loop_or_ask(client, request, NULL, &result);
    brc_result_free(result);
    brc_client_free(client);
    return rc;
}

static int life(void)
{
    brc_credentials *credentials = NULL;
    brc_request *request = NULL;

    scripted_reset();
    scripted.knows = 0;
    scripted.decide = decide;
    recorded = tries = 0;
    int rc = brc_credentials_new(FIXTURE_KEY_ID, FIXTURE_SECRET, FIXTURE_TOKEN, &credentials);
    if (rc == 0)
        rc = brc_request_new(FIXTURE_ARN, &request);
    if (rc == 0)
        rc = brc_request_add_text(request, "user", "a", 1);
    if (rc == 0)
        rc = brc_request_set_max_tokens(request, 1000, 10);
    if (rc == 0)
        rc = ask(credentials, request);
    brc_request_free(request);
    brc_credentials_free(credentials);
    return rc;
}

static int allowed(int code)
{
    return code == 0 || code == BRC_E_NOMEM || code == BRC_E_CONNECT || code == BRC_E_PROTOCOL ||
           code == BRC_E_SERVICE;
}

static void check_life(int rc, long n)
{
    ck_assert_msg(allowed(rc), "allocation %ld: %s", n, brc_strerror(rc));
    ck_assert_msg(scripted.settled == scripted.holds, "allocation %ld: %d holds, %d settles", n,
                  scripted.holds, scripted.settled);
    ck_assert_int_eq(recorded, scripted.holds);
    ck_assert_int_eq(scripted.live + scripted.references, 0);
}

START_TEST(every_allocation_fails)
{
    long n;
    int rc;

    calling_clear_environment();
    time_set_chance(0);
    server = server_start();
    setenv("AWS_ENDPOINT_URL_BEDROCK", server_url(server), 1);
    sound = server_answer("200 OK", "", fixture_answer_body);
    profile = server_answer("200 OK", "", "{}");
    tags = server_answer("200 OK", "", "{}");
    count = server_answer("200 OK", "", "{\"inputTokens\":1}");
    server_choose(server, answer, NULL);
    ck_assert_int_eq(life(), 0);
    long live = heap_live();
    heap_fail(0, 0);
    rc = life();
    long allocations = heap_tried();
    ck_assert_int_eq(rc, 0);
    ck_assert_int_eq(scripted.holds, 2);
    ck_assert_int_gt(allocations, 100);
    for (n = 1; n <= allocations + 20; n++) {
        live = heap_live();
        heap_fail(n, _i);
        rc = life();
        heap_fail(0, 0);
        long lost = heap_live() - live;
        check_life(rc, n);
        ck_assert_msg(lost == 0, "allocation %ld: %ld blocks are lost", n, lost);
    }
    ck_assert_int_eq(rc, 0);
    printf("# %ld allocations a life, each failed%s\n", allocations,
           _i ? " with all later ones" : " alone");
    server_stop(server);
    free(sound);
    free(profile);
    free(tags);
    free(count);
    calling_clear_environment();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("accounts_memory");
    TCase *tests = tcase_create("accounts_memory");

    tcase_add_loop_test(tests, every_allocation_fails, 0, 2);
    suite_add_tcase(suite, tests);
    return run(suite);
}
