/* Calls that are attempted again: which, when, how often, and what each attempt leaves on record;
 * by turns and, with TEST_DRIVER=loop, by a loop. Waits pass by themselves here.
 * SPDX-License-Identifier: MIT */
#include "retry_steps.h"
#include "run.h"

/* ---- which, and how often */

static const struct {
    struct server_reply reply;
    int code;
    size_t attempts, attempts_paying_twice;
} classes[] = {
    {{.bytes = THROTTLED}, BRC_E_THROTTLED, 3, 3},
    {{.bytes = HEAD("429 Slow", "x-amzn-ErrorType: ModelNotReadyException\r\n", "0")},
     BRC_E_SERVICE,
     3,
     3},
    {{.bytes = HEAD("500 Oops", "", "0")}, BRC_E_SERVICE, 3, 3},
    {{.bytes = HEAD("502 Oops", "", "0")}, BRC_E_SERVICE, 3, 3},
    {{.bytes = FAILED}, BRC_E_SERVICE, 3, 3},
    {{.bytes = HEAD("504 Oops", "", "0")}, BRC_E_SERVICE, 3, 3},
    {{.bytes = HEAD("507 Oops", "", "0")}, BRC_E_SERVICE, 1, 3},
    {{.bytes = HEAD("400 Bad", "x-amzn-ErrorType: ValidationException\r\n", "0")},
     BRC_E_REJECTED,
     1,
     1},
    {{.bytes = HEAD("403 No", "x-amzn-ErrorType: AccessDeniedException\r\n", "0")},
     BRC_E_ACCESS_DENIED,
     1,
     1},
    {{.bytes = HEAD("302 There", "Location: https://example.com/\r\n", "0")}, BRC_E_PROTOCOL, 1, 1},
    {{.bytes = HEAD("408 Long", "x-amzn-ErrorType: ModelTimeoutException\r\n", "0")},
     BRC_E_SERVICE,
     1,
     1},
    {{.bytes = HEAD("424 Bad", "x-amzn-ErrorType: ModelErrorException\r\n", "0")},
     BRC_E_SERVICE,
     1,
     1},
    {{.bytes = NULL, .then = SERVER_RESET}, BRC_E_CONNECT, 1, 3},
    {{.bytes = HEAD("503 Later", "", "9"), .then = SERVER_CLOSE}, BRC_E_PROTOCOL, 1, 3},
    {{.bytes = HEAD("200 OK", "", "9"), .then = SERVER_CLOSE}, BRC_E_PROTOCOL, 1, 1},
    {{.bytes = HEAD("200 OK", "", "0")}, BRC_E_PROTOCOL, 1, 1},
};

START_TEST(class_table)
{
    int pay_twice = _i % 2;
    size_t i = (size_t)_i / 2;
    size_t attempts = pay_twice ? classes[i].attempts_paying_twice : classes[i].attempts;

    script(&classes[i].reply, 1);
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, pay_twice), 0);
    done_count = 0;
    start_call();
    for (drive_to_wait(); done_count == 0; drive_to_wait())
        pass(again_in);
    ck_assert(done_code == classes[i].code);
    ck_assert_uint_eq(f.record_count, attempts);
    ck_assert_uint_eq(server_requests(f.server), attempts);
    for (size_t k = 0; k < attempts; k++) {
        ck_assert_int_eq(f.records[k].attempt, (int64_t)k + 1);
        ck_assert_int_eq(f.records[k].code, classes[i].code);
        ck_assert(pay_twice || attempts == 1 || f.records[k].outcome == BRC_OUTCOME_NOT_BILLED);
    }
    ck_assert((strstr(brc_client_error(f.client), " (attempt 3)") != NULL) == (attempts == 3));
}
END_TEST

START_TEST(nobody_listens)
{
    ck_assert_int_eq(brc_client_set_endpoint(f.client, "http://127.0.0.1:1"), 0);
    ck_assert_int_eq(run_call(), BRC_E_CONNECT);
    ck_assert_uint_eq(f.record_count, 3);
}
END_TEST

START_TEST(success_ends_it)
{
    const struct server_reply replies[] = {
        {.bytes = THROTTLED}, {.bytes = FAILED}, {.bytes = f.answer}};

    script(replies, 3);
    start_call();
    drive_to_wait();
    pass(2000);
    drive_to_wait();
    pass(2000);
    drive_to_wait();
    ck_assert_int_eq(done_count, 1);
    ck_assert_int_eq(done_code, 0);
    ck_assert_uint_eq(f.record_count, 3);
    static const char *const attempts[] = {"attempt=1; max=3", "attempt=2; max=3",
                                           "attempt=3; max=3"};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_str_eq(requests[i].attempt, attempts[i]);
        ck_assert_str_eq(requests[i].invocation, requests[0].invocation);
        ck_assert_str_eq(requests[i].invocation, f.records[i].call_id);
    }
    ck_assert_str_ne(requests[0].date, requests[1].date); /* signed anew */
    ck_assert_str_ne(requests[1].date, requests[2].date);
    ck_assert_int_eq(f.records[2].outcome, BRC_OUTCOME_REPORTED);
    ck_assert_int_eq(f.records[2].output, 34);
    ck_assert_int_eq(f.records[0].output, -1);
    ck_assert_str_eq(f.records[0].request_id, "");
    ck_assert_str_eq(f.records[2].request_id, "request-1");
}
END_TEST

START_TEST(attempts_are_set)
{
    script(&(struct server_reply){.bytes = FAILED}, 1);
    ck_assert_int_eq(brc_client_set_retries(f.client, _i, 0), 0);
    ck_assert_int_eq(brc_client_set_retries(f.client, 0, 0), 0); /* as it is */
    ck_assert_int_eq(run_call(), BRC_E_SERVICE);
    ck_assert_uint_eq(f.record_count, (size_t)_i);
}
END_TEST

START_TEST(retries_out_of_range)
{
    ck_assert_int_eq(brc_client_set_retries(f.client, -1, 0), BRC_E_RANGE);
    ck_assert_int_eq(brc_client_set_retries(f.client, 101, 0), BRC_E_RANGE);
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, 2), BRC_E_RANGE);
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, -1), BRC_E_RANGE);
    ck_assert_int_eq(brc_client_set_retries(NULL, 3, 0), BRC_E_INVALID);
}
END_TEST

/* ---- when */

static const struct {
    const char *reply;
    const char *generation; /* AWS_NEW_RETRIES_2026 */
    int64_t waits[2];
} waits[] = {
    {THROTTLED, "", {999, 1999}},
    {FAILED, "", {49, 99}},
    {THROTTLED, "false", {999, 1999}},
    {FAILED, "FALSE", {999, 1999}},
    {HEAD("429 Slow", "x-amz-retry-after: 3000\r\n", "0"), "true", {3000, 3000}},
    {HEAD("429 Slow", "Retry-After: 2\r\n", "0"), "true", {2000, 2000}},
    {HEAD("429 Slow", "Retry-After: 3600\r\n", "0"), "true", {5999, 6999}},
    {HEAD("429 Slow", "Retry-After: 2\r\n", "0"), "false", {999, 1999}},
    {HEAD("429 Slow", "Retry-After: soon\r\n", "0"), "true", {999, 1999}},
};

START_TEST(wait_table)
{
    script(&(struct server_reply){.bytes = waits[_i].reply}, 1);
    renew_client("AWS_NEW_RETRIES_2026", waits[_i].generation);
    start_call();
    for (size_t i = 0; i < 2; i++) {
        drive_to_wait();
        ck_assert_int_eq(again_in, waits[_i].waits[i]);
        pass(again_in);
    }
    drive_to_wait();
    ck_assert_int_eq(done_count, 1);
}
END_TEST

START_TEST(not_before_its_time)
{
    script(&(struct server_reply){.bytes = THROTTLED}, 1);
    start_call();
    time_stand(true);
    drive_to_wait();
    for (int i = 0; i < 5; i++)
        step();
    ck_assert_uint_eq(server_requests(f.server), 1);
    ck_assert(!f.looped || f.loop.due >= 0); /* the loop was told when */
    pass(999);
    time_stand(false);
    drive_to_wait();
    ck_assert_uint_eq(server_requests(f.server), 2);
}
END_TEST

/* A call that waits for its next attempt holds no other one up. */
START_TEST(others_go_on)
{
    const struct server_reply replies[] = {{.bytes = THROTTLED}, {.bytes = f.answer}};

    ck_assert_int_eq(brc_client_set_limits(f.client, 1, 1), 0);
    script(replies, 2);
    start_call();
    drive_to_wait();
    start_call();
    while (done_count == 0)
        step();
    ck_assert_int_eq(done_code, 0);
    pass(again_in);
    while (done_count < 2)
        step();
    ck_assert_int_eq(done_code, 0);
}
END_TEST

/* ---- the store of tokens */

START_TEST(tokens_run_out_and_come_back)
{
    enum {
        COST = 14,
        STORE = 500
    };
    size_t retried = 0, calls = 0;

    time_set_chance(0); /* no wait at all */
    ck_assert_int_eq(brc_client_set_usage(f.client, NULL, NULL, NULL), 0);
    script(&(struct server_reply){.bytes = FAILED}, 1);
    for (; retried < STORE / COST; calls++) {
        size_t before = server_requests(f.server);
        ck_assert_int_eq(run_call(), BRC_E_SERVICE);
        request_count = 0;
        retried += server_requests(f.server) - before - 1;
        ck_assert_uint_lt(calls, STORE);
    }
    ck_assert_uint_eq(retried, STORE / COST);
    ck_assert_uint_eq(calls, (STORE / COST + 1) / 2);
    size_t before = server_requests(f.server);
    ck_assert_int_eq(run_call(), BRC_E_SERVICE);
    ck_assert_uint_eq(server_requests(f.server), before + 1); /* nothing is left */

    request_count = 0;
    script(&(struct server_reply){.bytes = f.answer}, 1);
    for (int i = 0; i < COST; i++, request_count = 0)
        ck_assert_int_eq(run_call(), 0); /* each gives one back */
    script(&(struct server_reply){.bytes = FAILED}, 1);
    before = server_requests(f.server);
    ck_assert_int_eq(run_call(), BRC_E_SERVICE);
    ck_assert_uint_eq(server_requests(f.server), before + 2);
}
END_TEST

/* ---- cancelled and freed while it waits */

START_TEST(cancel_while_it_waits)
{
    script(&(struct server_reply){.bytes = THROTTLED}, 1);
    int64_t id = start_call();
    drive_to_wait();
    ck_assert_int_eq(brc_cancel(f.client, id, _i), 0); /* with drain there is nothing to drain */
    ck_assert_int_eq(done_count, 0);
    step();
    ck_assert_int_eq(done_count, 1);
    ck_assert_int_eq(done_code, BRC_E_CANCELED);
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].code, BRC_E_THROTTLED);
    ck_assert_uint_eq(server_requests(f.server), 1);
}
END_TEST

START_TEST(free_while_it_waits)
{
    script(&(struct server_reply){.bytes = THROTTLED}, 1);
    start_call();
    drive_to_wait();
    f.client = brc_client_free(f.client);
    ck_assert_int_eq(done_count, 1);
    ck_assert_int_eq(done_code, BRC_E_CANCELED);
    ck_assert_uint_eq(f.record_count, 1);
}
END_TEST

static void cancel_in_record(const brc_usage *usage, void *user_data)
{
    ck_assert_int_eq(brc_usage_int(usage, BRC_USAGE_ATTEMPT), 1);
    ck_assert_int_eq(brc_cancel(f.client, *(int64_t *)user_data, 0), 0);
}

START_TEST(cancel_in_the_usage_callback)
{
    int64_t id;

    script(&(struct server_reply){.bytes = THROTTLED}, 1);
    ck_assert_int_eq(brc_client_set_usage(f.client, cancel_in_record, &id, NULL), 0);
    id = start_call();
    while (done_count == 0)
        step();
    ck_assert_int_eq(done_code, BRC_E_CANCELED);
    ck_assert_uint_eq(server_requests(f.server), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("retries");
    TCase *tests = tcase_create("retries");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, class_table, 0, 2 * sizeof classes / sizeof *classes);
    tcase_add_test(tests, nobody_listens);
    tcase_add_test(tests, success_ends_it);
    tcase_add_loop_test(tests, attempts_are_set, 1, 6);
    tcase_add_test(tests, retries_out_of_range);
    tcase_add_loop_test(tests, wait_table, 0, sizeof waits / sizeof *waits);
    tcase_add_test(tests, not_before_its_time);
    tcase_add_test(tests, others_go_on);
    tcase_add_test(tests, tokens_run_out_and_come_back);
    tcase_add_loop_test(tests, cancel_while_it_waits, 0, 2);
    tcase_add_test(tests, free_while_it_waits);
    tcase_add_test(tests, cancel_in_the_usage_callback);
    suite_add_tcase(suite, tests);
    return run(suite);
}
