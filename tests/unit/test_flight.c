/* Calls in flight: starting, limits, cancelling, freeing; by turns and, with TEST_DRIVER=loop, by a
 * loop. SPDX-License-Identifier: MIT */
#include "fixture.h"
#include "run.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    MANY = 60,
    FOR_EVER_MS = 24 * 60 * 60 * 1000
};

static struct fixture f;

/* What became of each call, by the number given to it. */
static struct {
    int64_t id;
    int done, destroyed, code;
} calls[MANY];
static int done_count;
static int64_t last_done_id;
static int out_of_order;

static void start(void)
{
    fixture_start(&f);
    memset(calls, 0, sizeof calls);
    done_count = out_of_order = 0;
    last_done_id = 0;
}

static void stop(void)
{
    fixture_stop(&f);
}

static void on_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    size_t i = (size_t)(intptr_t)user_data;

    ck_assert_ptr_eq(client, f.client);
    ck_assert_int_eq(calls[i].destroyed, 0);
    calls[i].done++;
    calls[i].code = code;
    ck_assert(calls[i].id == 0 || calls[i].id == id);
    ck_assert((code == 0) == (brc_client_error(client)[0] == '\0'));
    done_count++;
    out_of_order += id < last_done_id;
    last_done_id = id;
    brc_result_free(result);
}

static void on_destroy(void *user_data)
{
    calls[(size_t)(intptr_t)user_data].destroyed++;
}

static int start_call(size_t i)
{
    return brc_start(f.client, f.request, NULL, on_done, (void *)(intptr_t)i, on_destroy,
                     &calls[i].id);
}

/* One step of whichever driver; returns the number of calls not yet done. */
static int step(int wait_ms)
{
    return f.looped ? loop_turn(&f.loop, f.client, wait_ms) : brc_client_perform(f.client, wait_ms);
}

static void drive_until_done(int count)
{
    while (done_count < count)
        step(60000);
}

static void check_each_ended_once(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(calls[i].done, 1);
        ck_assert_int_eq(calls[i].destroyed, 1);
    }
}

START_TEST(many_at_once)
{
    ck_assert_int_eq(brc_client_set_usage(f.client, NULL, NULL, NULL), 0);
    for (size_t i = 0; i < MANY; i++)
        ck_assert_int_eq(start_call(i), 0);
    ck_assert_int_eq(done_count, 0);
    drive_until_done(MANY);
    check_each_ended_once(MANY);
    for (size_t i = 0; i < MANY; i++) {
        ck_assert_int_eq(calls[i].code, 0);
        ck_assert_int_eq(calls[i].id, (int64_t)i + 1);
    }
    ck_assert_uint_eq(server_requests(f.server), MANY);
}
END_TEST

START_TEST(request_may_go_at_once)
{
    ck_assert_int_eq(start_call(0), 0);
    f.request = brc_request_free(f.request);
    drive_until_done(1);
    ck_assert_int_eq(calls[0].code, 0);
}
END_TEST

/* With one call at a time each waits for its turn, on one connection. */
START_TEST(limit_in_flight_keeps_the_order)
{
    int64_t per_host = _i == 0 ? 4 : 1, in_flight = _i == 0 ? 1 : 8;

    ck_assert_int_eq(brc_client_set_usage(f.client, NULL, NULL, NULL), 0);
    ck_assert_int_eq(brc_client_set_limits(f.client, in_flight, per_host), 0);
    for (size_t i = 0; i < MANY; i++)
        ck_assert_int_eq(start_call(i), 0);
    drive_until_done(MANY);
    check_each_ended_once(MANY);
    ck_assert_int_eq(out_of_order, 0);
    ck_assert_uint_eq(server_connections(f.server), 1);
}
END_TEST

START_TEST(limit_per_host_bounds_connections)
{
    struct server_reply slow = {f.answer, 0, 0, 5, SERVER_KEEP};

    server_script(f.server, &slow, 1);
    ck_assert_int_eq(brc_client_set_usage(f.client, NULL, NULL, NULL), 0);
    ck_assert_int_eq(brc_client_set_limits(f.client, 1000, 3), 0);
    for (size_t i = 0; i < MANY; i++)
        ck_assert_int_eq(start_call(i), 0);
    drive_until_done(MANY);
    ck_assert_uint_le(server_connections(f.server), 3);
    ck_assert_uint_ge(server_connections(f.server), 2);
}
END_TEST

START_TEST(limits_out_of_range)
{
    ck_assert_int_eq(brc_client_set_limits(f.client, 0, 1), BRC_E_RANGE);
    ck_assert_int_eq(brc_client_set_limits(f.client, 1, 0), BRC_E_RANGE);
    ck_assert_int_eq(brc_client_set_limits(f.client, 65537, 1), BRC_E_RANGE);
    ck_assert_int_eq(brc_client_set_limits(NULL, 1, 1), BRC_E_INVALID);
}
END_TEST

/* ---- from inside callbacks */

static void start_next(brc_client *client, int64_t id, int code, brc_result *result,
                       void *user_data)
{
    size_t i = (size_t)(intptr_t)user_data;

    on_done(client, id, code, result, user_data);
    if (i + 1 < MANY)
        ck_assert_int_eq(brc_start(client, f.request, NULL, start_next, (void *)(intptr_t)(i + 1),
                                   on_destroy, &calls[i + 1].id),
                         0);
    ck_assert_int_eq(brc_client_perform(client, 0), BRC_E_RECURSION);
    ck_assert_int_eq(brc_client_notify(client, -1, 0), BRC_E_RECURSION);
}

START_TEST(done_starts_the_next)
{
    ck_assert_int_eq(brc_client_set_usage(f.client, NULL, NULL, NULL), 0);
    ck_assert_int_eq(
        brc_start(f.client, f.request, NULL, start_next, NULL, on_destroy, &calls[0].id), 0);
    drive_until_done(MANY);
    check_each_ended_once(MANY);
    ck_assert_uint_eq(server_connections(f.server), 1);
}
END_TEST

static void cancel_the_rest(brc_client *client, int64_t id, int code, brc_result *result,
                            void *user_data)
{
    on_done(client, id, code, result, user_data);
    for (int64_t other = 1; other <= 10; other++) /* its own, done ones and waiting ones */
        ck_assert_int_eq(brc_cancel(client, other, 0), 0);
}

START_TEST(done_cancels_the_rest)
{
    ck_assert_int_eq(brc_client_set_limits(f.client, 1, 1), 0);
    for (size_t i = 0; i < 10; i++)
        ck_assert_int_eq(brc_start(f.client, f.request, NULL, i == 3 ? cancel_the_rest : on_done,
                                   (void *)(intptr_t)i, on_destroy, &calls[i].id),
                         0);
    drive_until_done(10);
    check_each_ended_once(10);
    for (size_t i = 0; i < 10; i++)
        ck_assert_int_eq(calls[i].code, i < 4 ? 0 : BRC_E_CANCELED);
    ck_assert_uint_eq(server_requests(f.server), 4);
    ck_assert_uint_eq(f.record_count, 4);
}
END_TEST

/* ---- cancelling */

START_TEST(cancelled_before_it_was_started)
{
    ck_assert_int_eq(start_call(0), 0);
    ck_assert_int_eq(brc_cancel(f.client, calls[0].id, 0), 0);
    ck_assert_int_eq(calls[0].done, 0); /* not from inside brc_cancel() */
    drive_until_done(1);
    check_each_ended_once(1);
    ck_assert_int_eq(calls[0].code, BRC_E_CANCELED);
    ck_assert_uint_eq(f.record_count, 0);
    ck_assert_uint_eq(server_connections(f.server), 0);
}
END_TEST

START_TEST(cancelled_under_way_is_on_record)
{
    static const size_t sent[] = {0, 20, 200}; /* bytes of the answer before the cancel */
    struct server_reply reply = {sent[_i] > 0 ? f.answer : NULL, sent[_i], 0, 0, SERVER_HANG};

    server_script(f.server, &reply, 1);
    ck_assert_int_eq(start_call(0), 0);
    while (server_requests(f.server) == 0)
        step(5);
    for (int i = 0; i < 5; i++)
        step(5);
    ck_assert_int_eq(brc_cancel(f.client, calls[0].id, 0), 0);
    ck_assert_int_eq(brc_cancel(f.client, calls[0].id, 0), 0);
    ck_assert_int_eq(calls[0].done, 0);
    drive_until_done(1);
    check_each_ended_once(1);
    ck_assert_int_eq(calls[0].code, BRC_E_CANCELED);
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
    ck_assert_int_eq(f.records[0].code, BRC_E_CANCELED);
}
END_TEST

START_TEST(cancelling_what_is_not_there)
{
    ck_assert_int_eq(brc_cancel(f.client, 0, 0), 0);
    ck_assert_int_eq(brc_cancel(f.client, 99, 0), 0);
    ck_assert_int_eq(brc_cancel(NULL, 1, 0), BRC_E_INVALID);
    ck_assert_int_eq(start_call(0), 0);
    drive_until_done(1);
    ck_assert_int_eq(brc_cancel(f.client, calls[0].id, 0), 0);
    ck_assert_int_eq(calls[0].code, 0);
}
END_TEST

/* ---- failures before anything is sent arrive in done */

START_TEST(refusals_arrive_in_done)
{
    brc_request *empty;
    brc_credentials *none;

    ck_assert_int_eq(brc_request_new(FIXTURE_ARN, &empty), 0);
    ck_assert_int_eq(brc_start(f.client, empty, NULL, on_done, NULL, on_destroy, &calls[0].id), 0);
    brc_request_free(empty);
    ck_assert_int_eq(done_count, 0);
    drive_until_done(1);
    ck_assert_int_eq(calls[0].code, BRC_E_INVALID);

    unsetenv("AWS_ACCESS_KEY_ID");
    ck_assert_int_eq(brc_credentials_new_chain(NULL, &none), 0);
    ck_assert_int_eq(brc_client_set_credentials(f.client, none), 0);
    brc_credentials_free(none);
    ck_assert_int_eq(start_call(1), 0);
    drive_until_done(2);
    ck_assert_int_eq(calls[1].code, BRC_E_CREDENTIALS);
    check_each_ended_once(2);
    ck_assert_uint_eq(server_connections(f.server), 0);
    ck_assert_uint_eq(f.record_count, 0);
}
END_TEST

static void start_a_bad_one(brc_client *client, int64_t id, int code, brc_result *result,
                            void *user_data)
{
    brc_request *empty;

    ck_assert_int_eq(code, BRC_E_REJECTED);
    ck_assert_int_eq(brc_request_new(FIXTURE_ARN, &empty), 0);
    ck_assert_int_eq(brc_start(client, empty, NULL, on_done, NULL, NULL, NULL), 0);
    brc_request_free(empty);
    ck_assert_ptr_nonnull(strstr(brc_client_error(client), "told so")); /* still of this call */
    on_done(client, id, code, result, user_data);
}

START_TEST(error_is_that_of_the_call)
{
    fixture_reply(&f, "HTTP/1.1 400 Bad\r\nContent-Length: 21\r\n\r\n{\"message\":\"told so\"}",
                  SERVER_KEEP);
    ck_assert_int_eq(brc_start(f.client, f.request, NULL, start_a_bad_one, NULL, NULL, NULL), 0);
    drive_until_done(2);
    ck_assert_int_eq(calls[0].code, BRC_E_INVALID);
}
END_TEST

START_TEST(misuse_of_start)
{
    int64_t id = 7;

    ck_assert_int_eq(brc_start(NULL, f.request, NULL, on_done, NULL, on_destroy, &id),
                     BRC_E_INVALID);
    ck_assert_int_eq(id, 0);
    ck_assert_int_eq(brc_start(f.client, NULL, NULL, on_done, NULL, on_destroy, NULL),
                     BRC_E_INVALID);
    ck_assert_int_eq(brc_start(f.client, f.request, NULL, NULL, NULL, on_destroy, NULL),
                     BRC_E_INVALID);
    ck_assert_int_eq(calls[0].destroyed, 3);
}
END_TEST

/* ---- freeing */

static void start_while_freed(brc_client *client, int64_t id, int code, brc_result *result,
                              void *user_data)
{
    on_done(client, id, code, result, user_data);
    ck_assert_int_eq(
        brc_start(client, f.request, NULL, on_done, (void *)(intptr_t)(MANY - 1), on_destroy, NULL),
        BRC_E_INVALID);
    ck_assert_ptr_null(brc_client_free(client));
}

START_TEST(freed_with_calls_in_every_state)
{
    struct server_reply hang = {NULL, 0, 0, 0, SERVER_HANG};

    server_script(f.server, &hang, 1);
    ck_assert_int_eq(brc_client_set_limits(f.client, 3, 3), 0);
    for (size_t i = 0; i < 6; i++)
        ck_assert_int_eq(brc_start(f.client, f.request, NULL, i == 2 ? start_while_freed : on_done,
                                   (void *)(intptr_t)i, on_destroy, &calls[i].id),
                         0);
    while (server_requests(f.server) < 3)
        step(5);
    brc_client_free(f.client);
    f.client = NULL;
    check_each_ended_once(6);
    ck_assert_int_eq(calls[MANY - 1].done, 0);
    ck_assert_int_eq(calls[MANY - 1].destroyed, 1);
    for (size_t i = 0; i < 6; i++)
        ck_assert_int_eq(calls[i].code, BRC_E_CANCELED);
    ck_assert_uint_eq(f.record_count, 3); /* those that left */
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(f.records[i].outcome, BRC_OUTCOME_UNREPORTED);
    ck_assert(!f.looped || f.loop.destroyed == 1);
    ck_assert_uint_eq(f.loop.count, 0); /* nothing is watched any more */
}
END_TEST

static void free_client(brc_client *client, int64_t id, int code, brc_result *result,
                        void *user_data)
{
    on_done(client, id, code, result, user_data);
    ck_assert_ptr_null(brc_client_free(client));
}

START_TEST(freed_in_done)
{
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(brc_start(f.client, f.request, NULL, i == 0 ? free_client : on_done,
                                   (void *)(intptr_t)i, on_destroy, &calls[i].id),
                         0);
    ck_assert_int_eq(brc_client_set_limits(f.client, 1, 1), 0);
    drive_until_done(1);
    f.client = NULL;
    check_each_ended_once(5);
    for (size_t i = 1; i < 5; i++)
        ck_assert_int_eq(calls[i].code, BRC_E_CANCELED);
}
END_TEST

/* ---- threads */

static void *drive_in_thread(void *user_data)
{
    (void)user_data;
    drive_until_done(done_count + 1);
    return NULL;
}

START_TEST(handed_between_threads)
{
    for (size_t i = 0; i < 4; i++) {
        pthread_t thread;
        ck_assert_int_eq(start_call(i), 0);
        pthread_create(&thread, NULL, drive_in_thread, NULL);
        pthread_join(thread, NULL);
    }
    check_each_ended_once(4);
    ck_assert_uint_eq(server_connections(f.server), 1);
}
END_TEST

/* ---- what only one of the drivers has */

static void *wake(void *user_data)
{
    ck_assert_int_eq(brc_client_wakeup(user_data), 0);
    return NULL;
}

START_TEST(wakeup_ends_a_wait)
{
    struct server_reply hang = {NULL, 0, 0, 0, SERVER_HANG};
    pthread_t thread;

    if (f.looped) {
        ck_assert_int_eq(brc_client_wakeup(f.client), BRC_E_INVALID);
        return;
    }
    server_script(f.server, &hang, 1);
    ck_assert_int_eq(start_call(0), 0);
    while (server_requests(f.server) == 0)
        step(5);
    pthread_create(&thread, NULL, wake, f.client);
    ck_assert_int_eq(brc_client_perform(f.client, FOR_EVER_MS), 1);
    pthread_join(thread, NULL);
    ck_assert_int_eq(brc_client_wakeup(NULL), BRC_E_INVALID);
}
END_TEST

START_TEST(perform_says_what_is_left)
{
    if (f.looped) {
        ck_assert_int_eq(brc_client_perform(f.client, 0), BRC_E_INVALID);
        return;
    }
    ck_assert_int_eq(brc_client_perform(NULL, 0), BRC_E_INVALID);
    ck_assert_int_eq(brc_client_perform(f.client, -1), BRC_E_RANGE);
    ck_assert_int_eq(brc_client_notify(f.client, -1, 0), BRC_E_INVALID);
    ck_assert_int_eq(brc_client_perform(f.client, 60000), 0); /* nothing to wait for */
    ck_assert_int_eq(start_call(0), 0);
    ck_assert_int_eq(start_call(1), 0);
    int left = brc_client_perform(f.client, 0);
    ck_assert_int_eq(left, 2 - done_count);
    while (left > 0)
        left = brc_client_perform(f.client, 60000);
    ck_assert_int_eq(done_count, 2);
}
END_TEST

START_TEST(blocking_call_among_started_ones)
{
    brc_result *result;

    if (f.looped) {
        ck_assert_int_eq(brc_converse(f.client, f.request, &result), BRC_E_INVALID);
        return;
    }
    for (size_t i = 0; i < 10; i++)
        ck_assert_int_eq(start_call(i), 0);
    ck_assert_int_eq(brc_converse(f.client, f.request, &result), 0);
    ck_assert_str_eq(brc_result_text(result, NULL), "Hello");
    brc_result_free(result);
    drive_until_done(10);
    check_each_ended_once(10);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flight");
    TCase *tests = tcase_create("flight");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, many_at_once);
    tcase_add_test(tests, request_may_go_at_once);
    tcase_add_loop_test(tests, limit_in_flight_keeps_the_order, 0, 2);
    tcase_add_test(tests, limit_per_host_bounds_connections);
    tcase_add_test(tests, limits_out_of_range);
    tcase_add_test(tests, done_starts_the_next);
    tcase_add_test(tests, done_cancels_the_rest);
    tcase_add_test(tests, cancelled_before_it_was_started);
    tcase_add_loop_test(tests, cancelled_under_way_is_on_record, 0, 3);
    tcase_add_test(tests, cancelling_what_is_not_there);
    tcase_add_test(tests, refusals_arrive_in_done);
    tcase_add_test(tests, error_is_that_of_the_call);
    tcase_add_test(tests, misuse_of_start);
    tcase_add_test(tests, freed_with_calls_in_every_state);
    tcase_add_test(tests, freed_in_done);
    tcase_add_test(tests, handed_between_threads);
    tcase_add_test(tests, wakeup_ends_a_wait);
    tcase_add_test(tests, perform_says_what_is_left);
    tcase_add_test(tests, blocking_call_among_started_ones);
    suite_add_tcase(suite, tests);
    return run(suite);
}
