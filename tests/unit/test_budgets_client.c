/* A client with a ledger: calls that are admitted, refused, shrunk, degraded, cut and lost, and
 * what the ledger says of each; by turns and by a loop. SPDX-License-Identifier: MIT */
#include "budget_steps.h"
#include "run.h"
#include "sent.h"

#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#define THROTTLED                                                                                  \
    "HTTP/1.1 429 Slow\r\nx-amzn-ErrorType: ThrottlingException\r\nContent-Length: 0\r\n\r\n"

/* The fixture's answer has 12 tokens in and 34 out: at 1 and 5 USD a million tokens 182 micro-USD.
 */
#define COST "0.000182"

/* ---- admitted and refused */

START_TEST(admitted_and_on_record)
{
    put("budget", BUDGET("1.00", ""));
    ck_assert_int_eq(run_call(), 0);
    ck_assert_str_eq(use("spent"), COST);
    ck_assert_str_eq(use("held"), "0.00");
    ck_assert_str_eq(use("unreported"), "0.00");
    ck_assert_str_eq(member_of("{\"kind\":\"record\"}", "outcome"), "reported");
    ck_assert_int_eq(told.records, 1);
    ck_assert_int_eq(told.cost, 182000000);
    ck_assert_str_eq(told.profile_name, "search");
    ck_assert_str_eq(told.model, MODEL);
    ck_assert_ptr_nonnull(strstr(told.tags, "\"team\""));
}
END_TEST

/* The record is there when the caller hears of the end. */
START_TEST(stored_before_it_is_told)
{
    put("budget", BUDGET("1.00", ""));
    told.query_in_done = 1;
    ck_assert_int_eq(run_call(), 0);
    ck_assert_str_eq(told.spent_in_done, COST);
}
END_TEST

START_TEST(refused_with_everything_to_know)
{
    put("budget", BUDGET("0.0001", ""));
    ck_assert_int_eq(run_call(), BRC_E_BUDGET);
    ck_assert_uint_eq(server_bytes(f.server), 0);
    ck_assert_int_eq(told.records, 0);
    static const char *const facts[] = {"search-month", "team", "month", "0.0001"};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        ck_assert_msg(strstr(told.error, facts[i]) != NULL, "%s: %s", facts[i], told.error);
    ck_assert_str_eq(use("refusals"), "1");
    ck_assert_str_eq(use("spent"), "0.00");
}
END_TEST

/* Not one picodollar above, with calls at once that would all have fitted alone. */
START_TEST(calls_at_once_share_what_is_left)
{
    int refused = 0;

    put("budget", BUDGET("0.002", ""));
    server_choose(f.server, answer_slowly, NULL);
    for (int i = 0; i < 20; i++)
        start_call();
    step_until_done(20);
    refused = told.refused;
    ck_assert_int_gt(refused, 0);
    ck_assert_int_gt(told.results, 1);
    ck_assert_int_eq(refused + told.results, 20);
}
END_TEST

START_TEST(unpriced_is_never_free)
{
    put("budget", BUDGET("1.00", ""));
    ck_assert_int_eq(brc_request_set_json(f.request, "serviceTier", "{\"type\":\"flex\"}", 15), 0);
    ck_assert_int_eq(run_call(), BRC_E_UNPRICED);
    ck_assert_uint_eq(server_bytes(f.server), 0);
}
END_TEST

START_TEST(untagged_is_refused)
{
    put("setting", "{\"requiredTags\":[\"owner\"]}");
    ck_assert_int_eq(run_call(), BRC_E_UNTAGGED);
    ck_assert_ptr_nonnull(strstr(told.error, "owner"));
    ck_assert_uint_eq(server_bytes(f.server), 0);
}
END_TEST

START_TEST(each_attempt_has_its_own_hold)
{
    const struct server_reply replies[] = {{.bytes = THROTTLED}, {.bytes = f.answer}};

    put("budget", BUDGET("1.00", ""));
    server_script(f.server, replies, 2);
    ck_assert_int_eq(brc_client_set_retries(f.client, 2, 0), 0);
    ck_assert_int_eq(run_call(), 0);
    ck_assert_int_eq(rows("{\"kind\":\"record\"}"), 2);
    ck_assert_str_eq(use("spent"), COST);
    ck_assert_str_eq(use("held"), "0.00");
}
END_TEST

/* An attempt that may have been billed keeps its hold; what is left is not enough for a second. */
START_TEST(a_retry_that_does_not_fit)
{
    put("budget", BUDGET("0.0010", ""));
    fixture_reply(&f, NULL, SERVER_RESET);
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, 1), 0);
    ck_assert_int_eq(run_call(), BRC_E_BUDGET);
    ck_assert_uint_eq(server_requests(f.server), 1);
    ck_assert_ptr_nonnull(strstr(told.error, "search-month"));
    ck_assert_ptr_nonnull(strstr(told.error, "; attempt 1 had failed: "));
    ck_assert_int_eq(rows("{\"kind\":\"record\"}"), 1);
    ck_assert_int_eq(told.records, 1);
}
END_TEST

/* ---- what the ledger does not know yet */

#define PROFILE_ANSWER                                                                             \
    "{\"inferenceProfileName\":\"told by AWS\",\"inferenceProfileArn\":\"" FIXTURE_ARN             \
    "\",\"models\":[{\"modelArn\":\"arn:aws:bedrock:us-east-1::foundation-model/" MODEL            \
    "\"},{\"modelArn\":\"arn:aws:bedrock:us-west-2::foundation-model/" MODEL                       \
    "\"}],\"status\":\"ACTIVE\",\"type\":\"APPLICATION\"}"
#define TAGS_ANSWER "{\"tags\":[{\"key\":\"team\",\"value\":\"search\"}]}"

static char *profile_answer, *tags_answer;
static atomic_int asked;

static struct server_reply answer_as_aws(const char *request, void *user_data)
{
    (void)user_data;
    if (strncmp(request, "GET /inference-profiles/", strlen("GET /inference-profiles/")) == 0) {
        asked++;
        return (struct server_reply){.bytes = profile_answer};
    }
    if (strncmp(request, "POST /listTagsForResource ", strlen("POST /listTagsForResource ")) == 0)
        return (struct server_reply){.bytes = tags_answer};
    return (struct server_reply){.bytes = f.answer};
}

/* Asked of AWS, kept in the file, priced; another client asks no more. */
START_TEST(a_profile_is_asked_for_once_and_kept)
{
    put_nothing();
    put("price", PRICES);
    profile_answer = server_answer("200 OK", "", PROFILE_ANSWER);
    tags_answer = server_answer("200 OK", "", TAGS_ANSWER);
    asked = 0;
    server_choose(f.server, answer_as_aws, NULL);
    setenv("AWS_ENDPOINT_URL_BEDROCK", server_url(f.server), 1);
    new_client(ledger);
    for (int i = 0; i < 50; i++)
        start_call();
    step_until_done(50);
    ck_assert_int_eq(told.code, 0);
    ck_assert_int_eq(told.results, 50);
    ck_assert_str_eq(told.profile_name, "told by AWS");
    ck_assert_str_eq(told.model, MODEL);
    ck_assert_int_eq(told.cost, 182000000);
    new_client(ledger);
    ck_assert_int_eq(run_call(), 0);
    ck_assert_int_eq(asked, 1);
    unsetenv("AWS_ENDPOINT_URL_BEDROCK");
    free(profile_answer);
    free(tags_answer);
}
END_TEST

static char *count_answer;

static struct server_reply answer_and_count(const char *request, void *user_data)
{
    (void)user_data;
    return (struct server_reply){.bytes = strstr(request, "/count-tokens ") != NULL ? count_answer
                                                                                    : f.answer};
}

/* What AWS counted is what is held for; if it does not count, the bound is. */
START_TEST(tokens_are_counted_first)
{
    put("profile", PROFILE(FIXTURE_ARN, "search", MODEL, ",\"countTokens\":true"));
    put("budget", BUDGET("1.00", ""));
    count_answer = _i == 0 ? server_answer("200 OK", "", "{\"inputTokens\":7}")
                           : server_answer("400 No", "", "{}");
    server_choose(f.server, answer_and_count, NULL);
    ck_assert_int_eq(run_call(), 0);
    ck_assert_uint_eq(server_requests(f.server), 2);
    const char *bound = member_of("{\"kind\":\"record\"}", "inputBound");
    ck_assert_msg((strcmp(bound, "7") == 0) == (_i == 0), "%s", bound);
    free(count_answer);
}
END_TEST

/* Required tags count for what AWS told as for what was put. */
START_TEST(a_profile_without_the_required_tag)
{
    put_nothing();
    put("setting", "{\"requiredTags\":[\"team\"]}");
    profile_answer = server_answer("200 OK", "", PROFILE_ANSWER);
    tags_answer = server_answer("200 OK", "", "{\"tags\":[]}");
    server_choose(f.server, answer_as_aws, NULL);
    setenv("AWS_ENDPOINT_URL_BEDROCK", server_url(f.server), 1);
    new_client(ledger);
    ck_assert_int_eq(run_call(), BRC_E_UNTAGGED);
    unsetenv("AWS_ENDPOINT_URL_BEDROCK");
    free(profile_answer);
    free(tags_answer);
}
END_TEST

/* ---- what the caller allowed */

START_TEST(shrunk_to_what_is_left)
{
    put("budget", BUDGET("0.0015", ""));
    ck_assert_int_eq(brc_request_set_max_tokens(f.request, 1000, 10), 0);
    ck_assert_int_eq(run_call(), 0);
    char *request = server_last_request(f.server);
    const char *at = strstr(request, "\"maxTokens\":");
    int sent = atoi(at + strlen("\"maxTokens\":"));
    ck_assert_int_ge(sent, 10);
    ck_assert_int_lt(sent, 300);
    ck_assert_int_eq(told.max_tokens, sent);
    ck_assert_pstr_eq(sent_wrong(request, f.credentials, "bedrock", "us-east-1"), NULL);
    free(request);
}
END_TEST

START_TEST(degraded_to_the_cheaper_profile)
{
    put("profile", PROFILE(CHEAP_ARN, "cheap", "eu-cheap", ""));
    put("profile", PROFILE(FIXTURE_ARN, "search", MODEL, ",\"degradeTo\":\"cheap\""));
    put("budget", BUDGET("0.002", ",\"noticeAt\":1,\"degradeAt\":2"));
    ck_assert_int_eq(run_call(), 0);
    ck_assert_int_eq(run_call(), 0);
    char *request = server_last_request(f.server);
    ck_assert_ptr_nonnull(strstr(request, "application-inference-profile%2Fcheap/converse"));
    ck_assert_pstr_eq(sent_wrong(request, f.credentials, "bedrock", "us-east-1"), NULL);
    free(request);
    ck_assert_str_eq(told.profile_name, "cheap");
    ck_assert_str_eq(told.asked_arn, FIXTURE_ARN);
}
END_TEST

/* ---- attempts of which nobody knows the cost */

START_TEST(cut_keeps_its_hold)
{
    put("budget", BUDGET("1.00", ""));
    fixture_reply(&f, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"out", SERVER_CLOSE);
    ck_assert_int_eq(run_call(), BRC_E_PROTOCOL);
    ck_assert_str_eq(member_of("{\"kind\":\"record\"}", "outcome"), "unreported");
    ck_assert_str_ne(use("unreported"), "0.00");
    ck_assert_str_eq(use("held"), "0.00");
    ck_assert_str_eq(use("spent"), use("unreported"));
}
END_TEST

START_TEST(cancelled_keeps_its_hold)
{
    put("budget", BUDGET("1.00", ""));
    fixture_reply(&f, NULL, SERVER_HANG);
    int64_t id = start_call();
    while (server_requests(f.server) == 0)
        step();
    ck_assert_str_ne(use("held"), "0.00");
    ck_assert_int_eq(brc_cancel(f.client, id, 0), 0);
    step_until_done(1);
    ck_assert_int_eq(told.code, BRC_E_CANCELED);
    ck_assert_str_ne(use("unreported"), "0.00");
}
END_TEST

START_TEST(drained_costs_what_it_cost)
{
    struct server_reply slow = {f.answer, 0, 0, 100, SERVER_KEEP};

    put("budget", BUDGET("1.00", ""));
    server_script(f.server, &slow, 1);
    int64_t id = start_call();
    while (server_requests(f.server) == 0)
        step();
    ck_assert_int_eq(brc_cancel(f.client, id, 1), 0);
    step_until_done(1);
    ck_assert_int_eq(told.code, BRC_E_CANCELED);
    ck_assert_str_eq(use("spent"), COST);
    ck_assert_str_eq(use("unreported"), "0.00");
}
END_TEST

START_TEST(nobody_listens_costs_nothing)
{
    put("budget", BUDGET("1.00", ""));
    ck_assert_int_eq(brc_client_set_endpoint(f.client, "http://127.0.0.1:1"), 0);
    ck_assert_int_eq(run_call(), BRC_E_CONNECT);
    ck_assert_str_eq(use("spent"), "0.00");
    ck_assert_str_eq(use("held"), "0.00");
    ck_assert_str_eq(member_of("{\"kind\":\"record\"}", "outcome"), "not_billed");
}
END_TEST

START_TEST(freed_client_leaves_no_running_hold)
{
    put("budget", BUDGET("1.00", ""));
    fixture_reply(&f, NULL, SERVER_HANG);
    start_call();
    while (server_requests(f.server) == 0)
        step();
    f.client = brc_client_free(f.client);
    ck_assert_int_eq(told.done, 1);
    ck_assert_str_eq(use("held"), "0.00");
    ck_assert_str_ne(use("unreported"), "0.00");
}
END_TEST

static int child(void)
{
    brc_client_free(f.client);
    brc_ledger_free(ledger);
    return told.done;
}

START_TEST(a_child_touches_nothing)
{
    int status;

    put("budget", BUDGET("1.00", ""));
    fixture_reply(&f, NULL, SERVER_HANG);
    start_call();
    while (server_requests(f.server) == 0)
        step();
    pid_t pid = fork();
    if (pid == 0)
        _exit(child());
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_str_ne(use("held"), "0.00");
    ck_assert_str_eq(use("unreported"), "0.00");
}
END_TEST

/* ---- notices */

static int noticed, recursion;
static char notice[1024];

static void on_notice(const char *json, void *user_data)
{
    (void)user_data;
    noticed++;
    snprintf(notice, sizeof notice, "%s", json);
    recursion = brc_ledger_put(ledger, "setting", "{}") == BRC_E_RECURSION &&
                brc_client_set_limits(f.client, 1, 1) == BRC_E_RECURSION;
}

START_TEST(a_threshold_is_told_once)
{
    noticed = recursion = 0;
    put("budget", BUDGET("0.0100", ",\"noticeAt\":1,\"degradeAt\":0"));
    ck_assert_int_eq(brc_ledger_set_notice(ledger, on_notice, NULL, NULL), 0);
    ck_assert_int_eq(run_call(), 0);
    ck_assert_int_eq(noticed, 1);
    ck_assert_ptr_nonnull(strstr(notice, "\"notice\""));
    ck_assert_ptr_nonnull(strstr(notice, "search-month"));
    ck_assert(recursion);
    ck_assert_int_eq(run_call(), 0);
    ck_assert_int_eq(noticed, 1);
}
END_TEST

START_TEST(a_refusal_is_told)
{
    noticed = 0;
    put("budget", BUDGET("0.0001", ""));
    ck_assert_int_eq(brc_ledger_set_notice(ledger, on_notice, NULL, NULL), 0);
    ck_assert_int_eq(run_call(), BRC_E_BUDGET);
    ck_assert_int_eq(noticed, 1);
    ck_assert_ptr_nonnull(strstr(notice, "\"limit\""));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("budgets_client");
    TCase *tests = tcase_create("budgets_client");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, admitted_and_on_record);
    tcase_add_test(tests, stored_before_it_is_told);
    tcase_add_test(tests, refused_with_everything_to_know);
    tcase_add_test(tests, calls_at_once_share_what_is_left);
    tcase_add_test(tests, unpriced_is_never_free);
    tcase_add_test(tests, untagged_is_refused);
    tcase_add_test(tests, each_attempt_has_its_own_hold);
    tcase_add_test(tests, a_retry_that_does_not_fit);
    tcase_add_test(tests, a_profile_is_asked_for_once_and_kept);
    tcase_add_test(tests, a_profile_without_the_required_tag);
    tcase_add_loop_test(tests, tokens_are_counted_first, 0, 2);
    tcase_add_test(tests, shrunk_to_what_is_left);
    tcase_add_test(tests, degraded_to_the_cheaper_profile);
    tcase_add_test(tests, cut_keeps_its_hold);
    tcase_add_test(tests, cancelled_keeps_its_hold);
    tcase_add_test(tests, drained_costs_what_it_cost);
    tcase_add_test(tests, nobody_listens_costs_nothing);
    tcase_add_test(tests, freed_client_leaves_no_running_hold);
    tcase_add_test(tests, a_child_touches_nothing);
    tcase_add_test(tests, a_threshold_is_told_once);
    tcase_add_test(tests, a_refusal_is_told);
    suite_add_tcase(suite, tests);
    return run(suite);
}
