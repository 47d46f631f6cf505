/* Keys that AWS says have ended before their time: others are fetched, once, and the call is tried
 * again, once. SPDX-License-Identifier: MIT */
#include "refresh_steps.h"
#include "run.h"
#include "stream_answer.h"

enum {
    MANY = 200
};

#define SAYING(type)                                                                               \
    "HTTP/1.1 403 Forbidden\r\nx-amzn-ErrorType: " type "\r\nContent-Length: 19\r\n\r\n"           \
    "{\"message\":\"so so\"}"
#define EXPIRED SAYING("ExpiredTokenException")

/* A client that may try again, whose source gave keys that AWS takes no longer. */
static void age(void (*use)(void), const char *refusal)
{
    use();
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, 0), 0);
    ck_assert_int_eq(ask(), 0);
    pass(AGAIN_S + 1);
    world.refusal = refusal;
    world.refused_below = 1;
}

static struct {
    int count;
    int64_t attempts[2], outcomes[2], codes[2];
    char call_ids[2][40];
} records;

static void on_usage(const brc_usage *usage, void *user_data)
{
    int i = records.count++ % 2;

    (void)user_data;
    records.attempts[i] = brc_usage_int(usage, BRC_USAGE_ATTEMPT);
    records.outcomes[i] = brc_usage_int(usage, BRC_USAGE_OUTCOME);
    records.codes[i] = brc_usage_int(usage, BRC_USAGE_CODE);
    snprintf(records.call_ids[i], 40, "%s", brc_usage_text(usage, BRC_USAGE_CALL_ID));
}

/* ---- what is tried again */

static const char *const types[] = {EXPIRED, SAYING("ExpiredToken"), SAYING("InvalidToken")};

START_TEST(call_is_tried_again_by_other_keys)
{
    age(_i == 0 ? use_machine : use_container, types[_i]);
    records.count = 0;
    ck_assert_int_eq(brc_client_set_usage(f.client, on_usage, NULL, NULL), 0);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_eq(world.calls[0], 2);
    ck_assert_int_eq(world.calls[1], 1);
    ck_assert_int_eq(records.count, 2);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(records.attempts[i], i + 1);
    ck_assert_int_eq(records.codes[0], BRC_E_CREDENTIALS);
    ck_assert_int_eq(records.outcomes[0], BRC_OUTCOME_NOT_BILLED);
    ck_assert_int_eq(records.outcomes[1], BRC_OUTCOME_REPORTED);
    ck_assert_str_eq(records.call_ids[0], records.call_ids[1]);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(world.fetches, 2);
}
END_TEST

START_TEST(stream_is_tried_again)
{
    struct brc__buf events = FRAMES, stream = FRAMES;
    struct listener listener = {0};

    stream_put_text(&events, 3);
    stream_put_end(&events);
    stream_put_http(&stream, &events, STREAM_CHUNKED);
    world.stream = (struct server_reply){.bytes = stream.data, .length = stream.length};
    age(use_container, EXPIRED);
    ck_assert_int_eq(stream_ask(&f, &listener), 0);
    ck_assert_str_eq(listener.text, "0 1 2 ");
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_eq(world.calls[1], 1);
    brc_result_free(listener.result);
    stop(); /* before the answer that its server has is freed */
    brc__buf_free(&events);
    brc__buf_free(&stream);
    start();
}
END_TEST

/* Elsewhere AWS says it with status 400. */
START_TEST(call_of_a_service_is_tried_again)
{
    static const char refusal[] =
        "HTTP/1.1 400 Bad\r\nContent-Length: 34\r\n\r\n{\"__type\":\"ExpiredTokenException\"}";
    char *json;

    age(use_container, refusal);
    brc_client_free(f.client);
    setenv("AWS_ENDPOINT_URL", server_url(f.server), 1);
    f.client = new_client(f.credentials, &f.loop);
    ck_assert_int_eq(brc_aws_call(f.client, "ce", "us-east-1", "GetTags", "{}", &json), 0);
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_eq(world.calls[1], 1);
    brc_free(json);
}
END_TEST

START_TEST(many_calls_wait_for_one_fetch)
{
    age(use_container, EXPIRED);
    start_calls(MANY);
    step_until_done(MANY);
    ck_assert_int_eq(told.failed, 0);
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_eq(world.calls[1], MANY);
}
END_TEST

/* ---- what is not */

static const char *const others[] = {
    SAYING("AccessDeniedException"), SAYING("UnrecognizedClientException"),
    SAYING("InvalidClientTokenId"),  SAYING("InvalidSignatureException"),
    SAYING("RequestExpired"),
};

START_TEST(other_refusals_change_nothing)
{
    age(use_container, others[_i]);
    ck_assert_int_lt(ask(), 0);
    world.refusal = NULL;
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(world.fetches, 1);
    ck_assert_int_eq(world.calls[0], 3);
}
END_TEST

/* The next call gets the others. */
START_TEST(attempts_are_not_exceeded)
{
    age(use_container, EXPIRED);
    ck_assert_int_eq(brc_client_set_retries(f.client, 1, 0), 0);
    ck_assert_int_eq(ask(), BRC_E_CREDENTIALS);
    ck_assert_str_eq(brc_client_error(f.client), "ExpiredTokenException: so so (HTTP 403); others "
                                                 "are fetched for the next attempt");
    ck_assert_int_eq(world.fetches, 1);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_eq(world.calls[0], 2);
    ck_assert_int_eq(world.calls[1], 1);
}
END_TEST

/* A source whose keys are never taken is asked once a minute, and each call is tried again once at
 * the most. */
START_TEST(keys_that_are_never_taken_cause_no_storm)
{
    enum {
        CALLS = 60,
        SECONDS = 5
    };
    age(use_container, EXPIRED);
    world.refused_below = 0;
    for (int i = 0; i < CALLS; i++) {
        ck_assert_int_eq(ask(), BRC_E_CREDENTIALS);
        ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), "less than a minute ago"));
        pass(SECONDS);
    }
    ck_assert_int_le(world.fetches, 1 + CALLS * SECONDS / AGAIN_S + 1);
    ck_assert_int_eq(server_requests(f.server), 1 + CALLS + 2 * (world.fetches - 1) + 1);
}
END_TEST

/* The calls fail with its reason, and for a minute the source is left alone. */
START_TEST(source_has_no_others)
{
    age(_i == 0 ? use_container : use_machine, EXPIRED);
    world.fault = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(ask(), BRC_E_CREDENTIALS);
        ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), "takes its last keys no longer"));
        ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), "404"));
    }
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_eq(world.calls[0], 2);
    world.fault = NULL;
    world.refused_below = 2;
    pass(AGAIN_S + 1);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(world.fetches, 3);
}
END_TEST

/* ---- keys from elsewhere */

static int bring(brc_credentials *credentials, void *user_data)
{
    char id[16];

    snprintf(id, sizeof id, "KEYS%d", (*(int *)user_data)++);
    atomic_fetch_add(&world.fetches, 1);
    world.ends[0] = world.ends[1] = INT64_MAX;
    return brc_credentials_set(credentials, id, SECRET, NULL, 0);
}

static int brought;

static void use_callback(void)
{
    brought = 0;
    brc_client_free(f.client);
    brc_credentials_free(f.credentials);
    ck_assert_int_eq(brc_credentials_new_callback(bring, &brought, NULL, &f.credentials), 0);
    f.client = new_client(f.credentials, &f.loop);
}

START_TEST(function_is_asked_again)
{
    age(use_callback, EXPIRED);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(brought, 2);
    ck_assert_int_eq(world.calls[0], 2);
    ck_assert_int_eq(world.calls[1], 2);
}
END_TEST

static void use_environment(void)
{
    setenv("AWS_ACCESS_KEY_ID", "FIXED", 1);
    setenv("AWS_SECRET_ACCESS_KEY", SECRET, 1);
    use_source("AWS_ENDPOINT_URL", "");
    unsetenv("AWS_ACCESS_KEY_ID");
    unsetenv("AWS_SECRET_ACCESS_KEY");
}

static void use_given(void)
{
    brc_client_free(f.client);
    brc_credentials_free(f.credentials);
    ck_assert_int_eq(brc_credentials_new("FIXED", SECRET, NULL, &f.credentials), 0);
    f.client = new_client(f.credentials, &f.loop);
}

static void (*const fixed[])(void) = {use_environment, use_given};

START_TEST(fixed_keys_are_used_on)
{
    age(fixed[_i], EXPIRED);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(ask(), BRC_E_CREDENTIALS);
        ck_assert_str_eq(brc_client_error(f.client),
                         "ExpiredTokenException: so so (HTTP 403); nothing fetches others in the "
                         "place of these keys: set new ones");
    }
    ck_assert_int_eq(world.other_calls, 3);
    world.refusal = NULL;
    ck_assert_int_eq(ask(), 0);
}
END_TEST

static atomic_int refusals; /* so many calls are refused, after somebody has replaced their keys */

static struct server_reply replace_and_refuse(const char *request, void *user_data)
{
    (void)request, (void)user_data;
    if (atomic_fetch_sub(&refusals, 1) <= 0)
        return (struct server_reply){.bytes = f.answer};
    brc_credentials_set(f.credentials, "REPLACED", SECRET, NULL, 0);
    return (struct server_reply){.bytes = EXPIRED};
}

static const struct {
    void (*use)(void);
    int refusals, code;
} replaced[] = {
    {use_container, 1, 0},
    {use_given, 1, 0},
    {use_container, 3, BRC_E_CREDENTIALS},
    {use_given, 3, BRC_E_CREDENTIALS},
};

/* There is nothing to fetch, and still a call is tried again once at the most. */
START_TEST(keys_are_replaced_meanwhile)
{
    age(replaced[_i].use, NULL);
    atomic_store(&refusals, replaced[_i].refusals);
    server_choose(f.server, replace_and_refuse, NULL);
    size_t before = server_requests(f.server);
    ck_assert_int_eq(ask(), replaced[_i].code);
    ck_assert_uint_eq(server_requests(f.server), before + 2);
    atomic_store(&refusals, 0);
    ck_assert_int_eq(ask(), 0);
    ck_assert_uint_eq(server_requests(f.server), before + 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("refused_keys");
    TCase *tests = tcase_create("refused_keys");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, call_is_tried_again_by_other_keys, 0, sizeof types / sizeof *types);
    tcase_add_test(tests, stream_is_tried_again);
    if (!loop_wanted())
        tcase_add_test(tests, call_of_a_service_is_tried_again);
    tcase_add_test(tests, many_calls_wait_for_one_fetch);
    tcase_add_loop_test(tests, other_refusals_change_nothing, 0, sizeof others / sizeof *others);
    tcase_add_test(tests, attempts_are_not_exceeded);
    tcase_add_test(tests, keys_that_are_never_taken_cause_no_storm);
    tcase_add_loop_test(tests, source_has_no_others, 0, 2);
    tcase_add_test(tests, function_is_asked_again);
    tcase_add_loop_test(tests, fixed_keys_are_used_on, 0, sizeof fixed / sizeof *fixed);
    tcase_add_loop_test(tests, keys_are_replaced_meanwhile, 0, sizeof replaced / sizeof *replaced);
    suite_add_tcase(suite, tests);
    return run(suite);
}
