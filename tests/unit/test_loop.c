/* The loop hooks: what may be registered when, a loop that refuses, and calls from inside the
 * hooks. SPDX-License-Identifier: MIT */
#include "fixture.h"
#include "run.h"

#include <stdlib.h>

static struct fixture f;
static struct loop loop;
static int done, code, recursions;

static void start(void)
{
    unsetenv("TEST_DRIVER");
    fixture_start(&f);
    done = recursions = 0;
    code = 1;
}

static void stop(void)
{
    fixture_stop(&f);
}

static void on_done(brc_client *client, int64_t id, int the_code, brc_result *result,
                    void *user_data)
{
    (void)client, (void)id, (void)user_data;
    done++;
    code = the_code;
    brc_result_free(result);
}

static int start_call(void)
{
    return brc_start(f.client, f.request, NULL, on_done, NULL, NULL, NULL);
}

static int watch_nothing(int fd, int events, void *user_data)
{
    (void)fd, (void)events, (void)user_data;
    return 0;
}

static int set_no_timer(int64_t timeout_ms, void *user_data)
{
    (void)timeout_ms, (void)user_data;
    return 0;
}

static void count_destroy(void *user_data)
{
    (*(int *)user_data)++;
}

START_TEST(registering)
{
    int destroyed = 0;

    ck_assert_int_eq(
        brc_client_set_loop(NULL, watch_nothing, set_no_timer, &destroyed, count_destroy),
        BRC_E_INVALID);
    ck_assert_int_eq(brc_client_set_loop(f.client, NULL, set_no_timer, &destroyed, count_destroy),
                     BRC_E_INVALID);
    ck_assert_int_eq(brc_client_set_loop(f.client, watch_nothing, NULL, &destroyed, count_destroy),
                     BRC_E_INVALID);
    ck_assert_int_eq(destroyed, 3);
    ck_assert_int_eq(
        brc_client_set_loop(f.client, watch_nothing, set_no_timer, &destroyed, count_destroy), 0);
    ck_assert_int_eq(
        brc_client_set_loop(f.client, watch_nothing, set_no_timer, &destroyed, count_destroy),
        BRC_E_INVALID);
    ck_assert_int_eq(destroyed, 4);
    f.client = brc_client_free(f.client);
    ck_assert_int_eq(destroyed, 5);
}
END_TEST

START_TEST(too_late_after_a_call)
{
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_int_eq(loop_attach(&loop, f.client), BRC_E_INVALID);
    ck_assert_int_eq(loop.destroyed, 1);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
}
END_TEST

/* A loop that cannot watch, or has no timer, costs the calls and not the client. */
START_TEST(loop_that_refuses)
{
    ck_assert_int_eq(loop_attach(&loop, f.client), 0);
    loop.refuse_watch = _i == 0;
    loop.refuse_timer = _i == 1;
    ck_assert_int_eq(start_call(), 0);
    if (_i == 1) /* no timer came, so nothing was ever driven; the application may still do so */
        brc_client_notify(f.client, -1, 0);
    while (done == 0 && loop.due >= 0)
        loop_turn(&loop, f.client, 1000);
    while (done == 0)
        brc_client_notify(f.client, -1, 0);
    ck_assert_int_eq(code, BRC_E_CANCELED);
    ck_assert_uint_eq(f.record_count, 1);

    loop.refuse_watch = loop.refuse_timer = 0;
    ck_assert_int_eq(start_call(), 0);
    while (done < 2)
        loop_turn(&loop, f.client, 60000);
    ck_assert_int_eq(code, 0);
}
END_TEST

static void expect_recursion(void)
{
    brc_result *result;

    ck_assert_int_eq(start_call(), BRC_E_RECURSION);
    ck_assert_int_eq(brc_cancel(f.client, 1, 0), BRC_E_RECURSION);
    ck_assert_int_eq(brc_client_notify(f.client, -1, 0), BRC_E_RECURSION);
    ck_assert_int_eq(brc_client_perform(f.client, 0), BRC_E_RECURSION);
    ck_assert_int_eq(brc_converse(f.client, f.request, &result), BRC_E_RECURSION);
    ck_assert_int_eq(brc_client_set_limits(f.client, 1, 1), BRC_E_RECURSION);
    recursions++;
}

static int watch_recursively(int fd, int events, void *user_data)
{
    (void)fd, (void)events, (void)user_data;
    expect_recursion();
    return 0;
}

static int set_timer_recursively(int64_t timeout_ms, void *user_data)
{
    (void)timeout_ms, (void)user_data;
    expect_recursion();
    return 0;
}

START_TEST(hooks_only_take_notes)
{
    ck_assert_int_eq(
        brc_client_set_loop(f.client, watch_recursively, set_timer_recursively, NULL, NULL), 0);
    ck_assert_int_eq(start_call(), 0);
    ck_assert_int_eq(recursions, 1); /* the timer was set */
    for (int i = 0; i < 10; i++)
        brc_client_notify(f.client, -1, 0);
    ck_assert_int_ge(recursions, 2); /* and a descriptor watched */
}
END_TEST

static void log_recursively(int level, const char *text, void *user_data)
{
    (void)level, (void)text, (void)user_data;
    expect_recursion();
}

START_TEST(log_lines_only_take_notes)
{
    ck_assert_int_eq(brc_client_set_log(f.client, BRC_LOG_DEBUG, log_recursively, NULL, NULL), 0);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_int_ge(recursions, 3);
}
END_TEST

START_TEST(notify_about_what_it_does_not_know)
{
    ck_assert_int_eq(loop_attach(&loop, f.client), 0);
    ck_assert_int_eq(brc_client_notify(f.client, 1000, BRC_WATCH_READ), 0);
    ck_assert_int_eq(brc_client_notify(f.client, -1, 0), 0);
    ck_assert_int_eq(start_call(), 0);
    ck_assert_int_eq(brc_client_notify(f.client, 1000, BRC_WATCH_READ | BRC_WATCH_WRITE), 1);
    while (done == 0)
        loop_turn(&loop, f.client, 60000);
    ck_assert_int_eq(code, 0);
}
END_TEST

/* Limits of time come by the one timer. */
START_TEST(timer_carries_the_time_limits)
{
    struct server_reply hang = {NULL, 0, 0, 0, SERVER_HANG};

    server_script(f.server, &hang, 1);
    ck_assert_int_eq(loop_attach(&loop, f.client), 0);
    ck_assert_int_eq(brc_client_set_timeouts(f.client, 0, _i == 0 ? 300 : 0, _i == 1 ? 300 : 0), 0);
    ck_assert_int_eq(start_call(), 0);
    while (done == 0) {
        ck_assert_int_ge(loop.due, 0); /* or nobody would ever come back */
        loop_turn(&loop, f.client, 60000);
    }
    ck_assert_int_eq(code, BRC_E_TIMEOUT);
}
END_TEST

START_TEST(freed_client_stops_the_timer)
{
    struct server_reply hang = {NULL, 0, 0, 0, SERVER_HANG};

    server_script(f.server, &hang, 1);
    ck_assert_int_eq(loop_attach(&loop, f.client), 0);
    ck_assert_int_eq(brc_client_set_timeouts(f.client, 0, 0, 60000), 0);
    ck_assert_int_eq(start_call(), 0);
    while (server_requests(f.server) == 0)
        loop_turn(&loop, f.client, 5);
    ck_assert_int_ge(loop.due, 0);
    f.client = brc_client_free(f.client);
    ck_assert_int_eq(loop.due, -1);
    ck_assert_uint_eq(loop.count, 0);
    ck_assert_int_eq(code, BRC_E_CANCELED);
}
END_TEST

START_TEST(idle_client_wants_nothing)
{
    ck_assert_int_eq(loop_attach(&loop, f.client), 0);
    ck_assert_int_eq(start_call(), 0);
    while (done == 0)
        loop_turn(&loop, f.client, 60000);
    for (int i = 0; i < 5 && loop.due >= 0; i++)
        loop_turn(&loop, f.client, 100);
    ck_assert_int_eq(loop.due, -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loop");
    TCase *tests = tcase_create("loop");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, registering);
    tcase_add_test(tests, too_late_after_a_call);
    tcase_add_loop_test(tests, loop_that_refuses, 0, 2);
    tcase_add_test(tests, hooks_only_take_notes);
    tcase_add_test(tests, log_lines_only_take_notes);
    tcase_add_test(tests, notify_about_what_it_does_not_know);
    tcase_add_loop_test(tests, timer_carries_the_time_limits, 0, 2);
    tcase_add_test(tests, freed_client_stops_the_timer);
    tcase_add_test(tests, idle_client_wants_nothing);
    suite_add_tcase(suite, tests);
    return run(suite);
}
