/* Calls that their ledger changes: through another profile, with fewer tokens. The ledger is
 * scripted; by turns and by a loop. SPDX-License-Identifier: MIT */
#include "accounts_steps.h"
#include "run.h"
#include "sent.h"

#define OTHER_ARN "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/cheaper"

static int degrade(const struct brc__asking *asking, struct brc__hold *hold,
                   struct brc__error *error)
{
    static const struct brc__listing cheaper = {
        .arn = (char *)(uintptr_t)OTHER_ARN,
        .name = (char *)(uintptr_t) "cheaper",
        .model = (char *)(uintptr_t) "amazon.nova-lite-v1:0",
        .tags = (char *)(uintptr_t) "{\"team\":\"search\"}",
    };

    (void)error;
    ck_assert_str_eq(asking->profile_arn, FIXTURE_ARN);
    hold->degraded = asking->attempt == 1;
    hold->listing = hold->degraded ? &cheaper : NULL;
    return BRC_OK;
}

static char through[2][256], asked[2][256], json[2048];

static void keep_profile(const brc_usage *usage, void *user_data)
{
    int i = (int)brc_usage_int(usage, BRC_USAGE_ATTEMPT) - 1;
    const char *arn = brc_usage_text(usage, BRC_USAGE_ASKED_PROFILE_ARN);

    (void)user_data;
    snprintf(through[i], sizeof through[i], "%s", brc_usage_text(usage, BRC_USAGE_PROFILE_ARN));
    snprintf(asked[i], sizeof asked[i], "%s", arn == NULL ? "" : arn);
    if (i == 0)
        snprintf(json, sizeof json, "%s", brc_usage_json(usage));
}

static void check_sent(size_t i, const char *line, const char *region)
{
    char *request = server_request(f.server, i);

    ck_assert_msg(strncmp(request, line, strlen(line)) == 0, "%s", request);
    ck_assert_pstr_eq(sent_wrong(request, f.credentials, "bedrock", region), NULL);
    free(request);
}

/* The first attempt goes through another profile, in another region, the second does not. */
START_TEST(degraded)
{
    const struct server_reply replies[] = {{.bytes = THROTTLED}, {.bytes = f.answer}};

    server_script(f.server, replies, 2);
    ck_assert_int_eq(brc_client_set_usage(f.client, keep_profile, NULL, NULL), 0);
    ck_assert_int_eq(brc_client_set_retries(f.client, 2, 0), 0);
    time_set_chance(0);
    scripted.decide = degrade;
    ck_assert_int_eq(run_call(), 0);
    check_sent(0,
               "POST /model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3A"
               "application-inference-profile%2Fcheaper/converse HTTP/1.1",
               "eu-west-1");
    check_sent(1,
               "POST /model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3A"
               "application-inference-profile%2Fabc123def456/converse HTTP/1.1",
               "us-east-1");
    ck_assert_str_eq(through[0], OTHER_ARN);
    ck_assert_str_eq(asked[0], FIXTURE_ARN);
    ck_assert_str_eq(through[1], FIXTURE_ARN);
    ck_assert_str_eq(asked[1], "");
    ck_assert_ptr_nonnull(strstr(json, "\"profileName\":\"cheaper\""));
    ck_assert_ptr_nonnull(strstr(json, "\"tags\":{\"team\":\"search\"}"));
    ck_assert_ptr_nonnull(strstr(json, "\"model\":\"amazon.nova-lite-v1:0\""));
    ck_assert_ptr_nonnull(strstr(json, "\"askedProfileArn\":\"" FIXTURE_ARN "\""));
}
END_TEST

static int shrink(const struct brc__asking *asking, struct brc__hold *hold,
                  struct brc__error *error)
{
    (void)error;
    ck_assert_int_eq(asking->bound->output, 1000);
    ck_assert_int_eq(asking->bound->output_least, 10);
    hold->output = asking->attempt == 1 ? 77 : 0;
    return BRC_OK;
}

static void check_max_tokens(size_t i, int tokens)
{
    char *request = server_request(f.server, i);
    const char *at = strstr(request, "\"maxTokens\":");

    ck_assert_ptr_nonnull(at);
    ck_assert_int_eq(atoi(at + strlen("\"maxTokens\":")), tokens);
    ck_assert_pstr_eq(sent_wrong(request, f.credentials, "bedrock", "us-east-1"), NULL);
    free(request);
}

static int64_t sent_max[2];

static void keep_max_tokens(const brc_usage *usage, void *user_data)
{
    (void)user_data;
    sent_max[brc_usage_int(usage, BRC_USAGE_ATTEMPT) - 1] =
        brc_usage_int(usage, BRC_USAGE_MAX_TOKENS);
}

START_TEST(shrunk)
{
    const struct server_reply replies[] = {{.bytes = THROTTLED}, {.bytes = f.answer}};

    server_script(f.server, replies, 2);
    ck_assert_int_eq(brc_request_set_max_tokens(f.request, 1000, 10), 0);
    ck_assert_int_eq(brc_client_set_usage(f.client, keep_max_tokens, NULL, NULL), 0);
    ck_assert_int_eq(brc_client_set_retries(f.client, 2, 0), 0);
    time_set_chance(0);
    scripted.decide = shrink;
    ck_assert_int_eq(run_call(), 0);
    check_max_tokens(0, 77);
    check_max_tokens(1, 1000);
    ck_assert_int_eq(sent_max[0], 77);
    ck_assert_int_eq(sent_max[1], -1);
}
END_TEST

START_TEST(no_turn_no_hold)
{
    fixture_reply(&f, NULL, SERVER_HANG);
    ck_assert_int_eq(brc_client_set_limits(f.client, 2, 1), 0);
    start_call();
    start_call();
    while (server_requests(f.server) == 0)
        step_ms(5);
    step();
    ck_assert_int_eq(scripted.holds, 1);
}
END_TEST

/* The other profile's host has no room: the call waits there, with its hold, which is settled
 * though nothing was sent. A proxy that never answers stands for both hosts. */
START_TEST(degraded_to_a_host_without_room)
{
    setenv("https_proxy", server_url(f.server), 1);
    fixture_reply(&f, NULL, SERVER_HANG);
    ck_assert_int_eq(brc_client_set_endpoint(f.client, NULL), 0);
    ck_assert_int_eq(brc_client_set_limits(f.client, 4, 1), 0);
    scripted.decide = degrade;
    start_call();
    int64_t second = start_call();
    while (server_requests(f.server) == 0)
        step_ms(5);
    step();
    ck_assert_int_eq(scripted.holds, 2);
    ck_assert_uint_eq(server_requests(f.server), 1);
    ck_assert_int_eq(brc_cancel(f.client, second, 0), 0);
    step_until_done(1);
    unsetenv("https_proxy");
    ck_assert_int_eq(told.code, BRC_E_CANCELED);
    ck_assert_int_eq(scripted.settled, 1);
    ck_assert_int_eq(scripted.records[0].outcome, BRC_OUTCOME_NOT_BILLED);
    ck_assert_int_eq(scripted.records[0].code, BRC_E_CANCELED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("diverted");
    TCase *tests = tcase_create("diverted");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, degraded);
    tcase_add_test(tests, shrunk);
    tcase_add_test(tests, no_turn_no_hold);
    tcase_add_test(tests, degraded_to_a_host_without_room);
    suite_add_tcase(suite, tests);
    return run(suite);
}
