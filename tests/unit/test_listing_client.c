/* What a client asks AWS before it may send a call: what the profile is, once for however many
 * calls lack it, and how many tokens a request has. The ledger is scripted; by turns and by a loop.
 * SPDX-License-Identifier: MIT */
#include "accounts_steps.h"
#include "calling.h"
#include "run.h"
#include "sent.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum {
    MANY = 1000
};

#define MODEL        "anthropic.claude-haiku-4-5-20251001-v1:0"
#define PROFILE_JSON "{\"inferenceProfileName\":\"search\",\"models\":[]}"
#define TAGS_JSON    "{\"tags\":[{\"key\":\"team\",\"value\":\"search\"}]}"
#define ARN_IN_PATH                                                                                \
    "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%"              \
    "2Fabc123def456"

/* What stands for AWS, and what came. */
static struct {
    atomic_int profiles, tags, counts, models, others;
    atomic_int closed; /* no profile and no count is told until it is 0 */
    const char *profile_answer, *tags_answer, *count_answer;
    pthread_mutex_t lock;
    char profile_request[4096], tags_request[4096], count_request[8192];
} aws;

static char *profile_ok, *tags_ok, *count_ok;

static int begins(const char *request, const char *with)
{
    return strncmp(request, with, strlen(with)) == 0;
}

static void keep(char *to, size_t size, const char *request)
{
    pthread_mutex_lock(&aws.lock);
    snprintf(to, size, "%s", request);
    pthread_mutex_unlock(&aws.lock);
}

static void wait_until_open(void)
{
    while (aws.closed != 0)
        usleep(1000);
}

static struct server_reply answer(const char *request, void *user_data)
{
    (void)user_data;
    if (begins(request, "GET /inference-profiles/" ARN_IN_PATH " ")) {
        aws.profiles++;
        keep(aws.profile_request, sizeof aws.profile_request, request);
        wait_until_open();
        return (struct server_reply){.bytes = aws.profile_answer};
    }
    if (begins(request, "POST /listTagsForResource ")) {
        aws.tags++;
        keep(aws.tags_request, sizeof aws.tags_request, request);
        return (struct server_reply){.bytes = aws.tags_answer};
    }
    if (begins(request, "POST /model/" ARN_IN_PATH "/converse ")) {
        aws.models++;
        return (struct server_reply){.bytes = f.answer};
    }
    if (strstr(request, "/count-tokens ") != NULL) {
        aws.counts++;
        keep(aws.count_request, sizeof aws.count_request, request);
        wait_until_open();
        return (struct server_reply){.bytes = aws.count_answer};
    }
    aws.others++;
    return (struct server_reply){.bytes = ANSWER("404 What", "", "0")};
}

static void start_lookups(void)
{
    calling_clear_environment();
    memset(&aws, 0, sizeof aws);
    pthread_mutex_init(&aws.lock, NULL);
    start();
    setenv("AWS_ENDPOINT_URL_BEDROCK", server_url(f.server), 1);
    brc_client_free(f.client);
    ck_assert_int_eq(brc_client_new(f.credentials, &f.client), 0);
    if (f.looped)
        ck_assert_int_eq(loop_attach(&f.loop, f.client), 0);
    ck_assert_int_eq(brc_client_set_endpoint(f.client, server_url(f.server)), 0);
    ck_assert_int_eq(brc_client_set_ledger(f.client, scripted_ledger()), 0);
    profile_ok = server_answer("200 OK", "", PROFILE_JSON);
    tags_ok = server_answer("200 OK", "", TAGS_JSON);
    count_ok = server_answer("200 OK", "", "{\"inputTokens\":1234}");
    aws.profile_answer = profile_ok;
    aws.tags_answer = tags_ok;
    aws.count_answer = count_ok;
    server_choose(f.server, answer, NULL);
    scripted.knows = 0;
    time_set_chance(0);
}

static void stop_lookups(void)
{
    aws.closed = 0;
    stop();
    calling_clear_environment();
    free(profile_ok);
    free(tags_ok);
    free(count_ok);
    pthread_mutex_destroy(&aws.lock);
}

/* ---- the profile */

START_TEST(asked_once_for_many_calls)
{
    aws.closed = 1;
    for (int i = 0; i < MANY; i++)
        start_call();
    while (aws.profiles == 0)
        step();
    for (int i = 0; i < 3; i++)
        step_ms(5);
    ck_assert_int_eq(told.done, 0);
    aws.closed = 0;
    step_until_done(MANY);
    ck_assert_int_eq(told.code, 0);
    ck_assert_int_eq(told.results, MANY);
    ck_assert_int_eq(aws.profiles, 1);
    ck_assert_int_eq(aws.tags, 1);
    ck_assert_int_eq(aws.models, MANY);
    ck_assert_int_eq(aws.others, 0);
    ck_assert_int_eq(scripted.listed, 1);
    ck_assert_int_eq(scripted.asked, MANY + 1); /* those behind the first did not even ask */
}
END_TEST

START_TEST(asked_as_aws_wants_it)
{
    ck_assert_int_eq(run_call(), 0);
    ck_assert_str_eq(scripted.listed_arn, FIXTURE_ARN);
    ck_assert_str_eq(scripted.listed_profile, PROFILE_JSON);
    ck_assert_str_eq(scripted.listed_tags, TAGS_JSON);
    ck_assert_pstr_eq(sent_wrong(aws.profile_request, f.credentials, "bedrock", "us-east-1"), NULL);
    ck_assert_pstr_eq(sent_wrong(aws.tags_request, f.credentials, "bedrock", "us-east-1"), NULL);
    ck_assert_str_eq(sent_body(aws.tags_request), "{\"resourceARN\":\"" FIXTURE_ARN "\"}");
}
END_TEST

START_TEST(noted_while_others_write)
{
    scripted.busy_lists = 3;
    ck_assert_int_eq(run_call(), 0);
    ck_assert_int_eq(scripted.busy_lists, 0);
    ck_assert_int_eq(aws.profiles, 1);
    ck_assert_int_eq(aws.tags, 1);
    ck_assert_int_le(scripted.longest_wait_ms, 2);
}
END_TEST

/* Each call fails with what AWS said, and the next one asks again. */
START_TEST(fails_as_the_asking_did)
{
    const char **faulty = _i == 0 ? &aws.profile_answer : &aws.tags_answer;
    const char *sound = *faulty;

    *faulty = ANSWER("403 No", "x-amzn-ErrorType: AccessDeniedException\r\n",
                     "20") "{\"message\":\"no, no\"}";
    start_call();
    start_call();
    step_until_done(2);
    ck_assert_int_eq(told.code, BRC_E_ACCESS_DENIED);
    ck_assert_ptr_nonnull(strstr(told.error, FIXTURE_ARN));
    ck_assert_ptr_nonnull(
        strstr(told.error, _i == 0 ? "GetInferenceProfile failed" : "ListTagsForResource failed"));
    ck_assert_ptr_nonnull(strstr(told.error, "no, no"));
    ck_assert_str_eq(brc_client_error_detail(f.client, BRC_ERROR_AWS_TYPE),
                     "AccessDeniedException");
    ck_assert_int_eq(aws.profiles, 1);
    ck_assert_int_eq(aws.models, 0);
    ck_assert_int_eq(scripted.listed + scripted.holds, 0);
    *faulty = sound;
    ck_assert_int_eq(run_call(), 0);
    ck_assert_int_eq(aws.profiles, 2);
}
END_TEST

START_TEST(fails_if_it_cannot_be_noted)
{
    scripted.list_code = BRC_E_LEDGER;
    ck_assert_int_eq(run_call(), BRC_E_LEDGER);
    ck_assert_ptr_nonnull(strstr(told.error, "it has no model"));
    ck_assert_int_eq(aws.models, 0);
}
END_TEST

static int never_listed(const struct brc__asking *asking, struct brc__hold *hold,
                        struct brc__error *error)
{
    (void)asking, (void)hold, (void)error;
    return BRC__LEDGER_UNLISTED;
}

/* A ledger that does not find what it was told does not make the client ask for ever. */
START_TEST(asked_no_more_than_once_a_call)
{
    scripted.decide = never_listed;
    ck_assert_int_eq(run_call(), BRC_E_LEDGER);
    ck_assert_int_eq(aws.profiles, 1);
}
END_TEST

START_TEST(throttled_is_tried_again)
{
    aws.profile_answer = THROTTLED;
    start_call();
    while (aws.profiles < 2)
        step();
    aws.profile_answer = profile_ok;
    step_until_done(1);
    ck_assert_int_eq(told.code, 0);
}
END_TEST

START_TEST(cancelled_while_it_is_asked)
{
    aws.closed = 1;
    int64_t id = start_call();
    start_call();
    while (aws.profiles == 0)
        step();
    ck_assert_int_eq(brc_cancel(f.client, id, 0), 0);
    step_until_done(1);
    ck_assert_int_eq(told.code, BRC_E_CANCELED);
    aws.closed = 0;
    step_until_done(2);
    ck_assert_int_eq(told.code, 0);
    ck_assert_int_eq(aws.models, 1);
}
END_TEST

START_TEST(freed_while_it_is_asked)
{
    aws.closed = 1;
    start_call();
    while (aws.profiles == 0)
        step();
    f.client = brc_client_free(f.client);
    ck_assert_int_eq(told.done, 1);
    ck_assert_int_eq(told.code, BRC_E_CANCELED);
}
END_TEST

/* Errands are not among the calls that the application waits for. */
START_TEST(freed_before_it_is_asked)
{
    start_call();
    f.client = brc_client_free(f.client);
    ck_assert_int_eq(told.code, BRC_E_CANCELED);
    ck_assert_int_eq(aws.profiles, 0);
}
END_TEST

/* ---- the tokens */

static int count_first(const struct brc__asking *asking, struct brc__hold *hold,
                       struct brc__error *error)
{
    (void)hold, (void)error;
    if (asking->counted_input != -1)
        return BRC_OK;
    snprintf(asking->ret_model, BRC__MODEL_SIZE, "%s", MODEL);
    return BRC__LEDGER_UNCOUNTED;
}

START_TEST(counted_once_a_call)
{
    static const char config[] = "{\"tools\":[]}";

    scripted.knows = 1;
    scripted.decide = count_first;
    ck_assert_int_eq(brc_request_set_json(f.request, "toolConfig", config, strlen(config)), 0);
    ck_assert_int_eq(brc_request_set_max_tokens(f.request, 9, 9), 0);
    ck_assert_int_eq(run_call(), 0);
    ck_assert_int_eq(aws.counts, 1);
    ck_assert_int_eq(scripted.records[0].counted, 1234);
    ck_assert(begins(aws.count_request,
                     "POST /model/anthropic.claude-haiku-4-5-20251001-v1%3A0/count-tokens "));
    ck_assert_pstr_eq(sent_wrong(aws.count_request, f.credentials, "bedrock", "us-east-1"), NULL);
    ck_assert_str_eq(sent_body(aws.count_request),
                     "{\"input\":{\"converse\":{\"messages\":[{\"role\":\"user\",\"content\":[{"
                     "\"text\":\"Hi\"}]}],\"toolConfig\":{\"tools\":[]}}}}");
}
END_TEST

static const char *const no_counts[] = {
    ANSWER("400 No", "x-amzn-ErrorType: ValidationException\r\n", "0"),
    ANSWER("200 OK", "", "2") "{}",
    ANSWER("200 OK", "", "18") "{\"inputTokens\":-1}",
    ANSWER("500 Oops", "", "0"),
};

/* The bound counts in its place. */
START_TEST(not_counted)
{
    scripted.knows = 1;
    scripted.decide = count_first;
    aws.count_answer = no_counts[_i];
    ck_assert_int_eq(run_call(), 0);
    ck_assert_int_eq(aws.counts, _i == 3 ? 2 : 1);
    ck_assert_int_eq(scripted.records[0].counted, -2);
    ck_assert_int_eq(aws.models, 1);
}
END_TEST

START_TEST(cancelled_while_it_is_counted)
{
    scripted.knows = 1;
    scripted.decide = count_first;
    aws.closed = 1;
    int64_t id = start_call();
    start_call();
    while (aws.counts < 2)
        step_ms(0);
    ck_assert_int_eq(brc_cancel(f.client, id, 0), 0);
    aws.closed = 0;
    step_until_done(2);
    ck_assert_int_eq(told.results, 1);
    ck_assert_int_eq(aws.models, 1);
}
END_TEST

START_TEST(many_are_counted_within_the_limits)
{
    scripted.knows = 1;
    scripted.decide = count_first;
    ck_assert_int_eq(brc_client_set_limits(f.client, 4, 4), 0);
    for (int i = 0; i < 100; i++)
        start_call();
    step_until_done(100);
    ck_assert_int_eq(told.results, 100);
    ck_assert_int_eq(aws.counts, 100);
    ck_assert_uint_le(server_connections(f.server), 4);
}
END_TEST

/* What the library may ask of a model is not open to its users. */
START_TEST(not_open_to_others)
{
    char *json;

    if (f.looped)
        return;
    ck_assert_int_eq(brc_aws_call(f.client, "bedrock-runtime", "us-east-1",
                                  "POST /model/" MODEL "/count-tokens", "{}", &json),
                     BRC_E_INVALID);
    ck_assert_int_eq(brc_aws_call(f.client, "bedrock", "us-east-1",
                                  "POST /model/anthropic.claude/count-tokens", "{}", &json),
                     BRC_E_INVALID);
    brc_request *request;
    ck_assert_int_eq(brc_request_new(MODEL, &request), BRC_E_NOT_A_PROFILE);
    ck_assert_uint_eq(server_bytes(f.server), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("listing_client");
    TCase *tests = tcase_create("listing_client");

    tcase_add_checked_fixture(tests, start_lookups, stop_lookups);
    tcase_add_test(tests, asked_once_for_many_calls);
    tcase_add_test(tests, asked_as_aws_wants_it);
    tcase_add_test(tests, noted_while_others_write);
    tcase_add_loop_test(tests, fails_as_the_asking_did, 0, 2);
    tcase_add_test(tests, fails_if_it_cannot_be_noted);
    tcase_add_test(tests, asked_no_more_than_once_a_call);
    tcase_add_test(tests, throttled_is_tried_again);
    tcase_add_test(tests, cancelled_while_it_is_asked);
    tcase_add_test(tests, freed_while_it_is_asked);
    tcase_add_test(tests, freed_before_it_is_asked);
    tcase_add_test(tests, counted_once_a_call);
    tcase_add_loop_test(tests, not_counted, 0, sizeof no_counts / sizeof *no_counts);
    tcase_add_test(tests, cancelled_while_it_is_counted);
    tcase_add_test(tests, many_are_counted_within_the_limits);
    tcase_add_test(tests, not_open_to_others);
    suite_add_tcase(suite, tests);
    return run(suite);
}
