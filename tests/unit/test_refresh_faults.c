/* Keys that cannot be fetched, or are not taken: what calls, the log and the source see of it.
 * SPDX-License-Identifier: MIT */
#include "refresh_steps.h"
#include "run.h"

#define ABSENT "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
#define BROKEN "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

static void check_nothing_secret(const char *text)
{
    ck_assert_ptr_null(strstr(text, SECRET));
    ck_assert_ptr_null(strstr(text, TOKEN));
}

static void step_until_warned(int n)
{
    while (heard.warned < n)
        step();
}

/* ---- while the old keys are valid */

START_TEST(calls_go_on_by_the_old_keys)
{
    use_container();
    ck_assert_int_eq(ask(), 0);
    pass(HOUR_S - WINDOW_S + 1);
    world.fault = ABSENT;
    ck_assert_int_eq(ask(), 0);
    step_until_warned(1);
    ck_assert_ptr_nonnull(strstr(heard.warnings, "404"));
    check_nothing_secret(heard.warnings);
    pass(AGAIN_S / 2);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(world.fetches, 2);
    world.fault = NULL;
    pass(AGAIN_S / 2 + 1);
    ck_assert_int_eq(ask(), 0);
    step_until_keys(2);
    ck_assert_int_eq(world.fetches, 3);
    ck_assert_int_eq(world.late_calls, 0);
}
END_TEST

/* A log line is no place to start calls from. */
START_TEST(log_line_comes_where_nothing_may_be_started)
{
    world.fault = ABSENT;
    use_container();
    ck_assert_int_eq(ask(), BRC_E_CREDENTIALS);
    ck_assert_int_eq(heard.warned, 1);
    ck_assert_int_eq(heard.recursion, BRC_E_RECURSION);
}
END_TEST

/* ---- when there are none */

static const struct {
    void (*use)(void);
    const char *fault, *source, *reason;
} faults[] = {
    {use_container, ABSENT, "container: ", "404"},
    {use_container, BROKEN, "container: ", "no keys"},
    {use_machine, ABSENT, "imds: ", "404"},
    {use_machine, BROKEN, "imds: ", "no keys"},
    {use_machine, "", "imds: ", "server not reached"},
};

START_TEST(calls_fail_with_the_reason)
{
    world.fault = faults[_i].fault;
    faults[_i].use();
    ck_assert_int_eq(ask(), BRC_E_CREDENTIALS);
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), faults[_i].source));
    ck_assert_msg(strstr(brc_client_error(f.client), faults[_i].reason) != NULL, "%s",
                  brc_client_error(f.client));
    start_calls(200);
    step_until_done(200);
    ck_assert_int_eq(told.failed, 200);
    ck_assert_ptr_nonnull(strstr(told.error, faults[_i].reason));
    ck_assert_int_eq(world.fetches, 1);
    world.fault = NULL;
    pass(AGAIN_S + 1);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(world.fetches, 2);
}
END_TEST

START_TEST(ended_keys_are_not_used_on)
{
    use_container();
    ck_assert_int_eq(ask(), 0);
    world.fault = ABSENT;
    pass(HOUR_S + 1);
    start_calls(100);
    step_until_done(100);
    ck_assert_int_eq(told.failed, 100);
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_eq(world.calls[0], 1);
    check_nothing_secret(told.error);
    check_nothing_secret(heard.warnings);
}
END_TEST

START_TEST(keys_that_came_ended_are_no_keys)
{
    world.lifetime_s = -1000;
    use_container();
    start_calls(100);
    step_until_done(100);
    ck_assert_int_eq(told.failed, 100);
    ck_assert_ptr_nonnull(strstr(told.error, "had ended 10"));
    ck_assert_int_eq(world.fetches, 1);
    check_nothing_secret(told.error);
}
END_TEST

/* Somebody sets keys by hand while the fetch fails. */
START_TEST(keys_from_elsewhere_count)
{
    world.fault = ABSENT;
    world.closed = 1;
    use_container();
    start_calls(3);
    step_until_fetches(1);
    ck_assert_int_eq(brc_credentials_set(f.credentials, "BYHAND", SECRET, NULL, 0), 0);
    world.closed = 0;
    step_until_done(3);
    ck_assert_int_eq(told.failed, 0);
    ck_assert_int_eq(world.other_calls, 3);
}
END_TEST

/* The 60 seconds are those of one source. */
START_TEST(other_credentials_are_asked_at_once)
{
    brc_credentials *others;

    world.fault = ABSENT;
    use_container();
    ck_assert_int_eq(ask(), BRC_E_CREDENTIALS);
    world.fault = NULL;
    ck_assert_int_eq(brc_credentials_new_chain(NULL, &others), 0);
    ck_assert_int_eq(brc_client_set_credentials(f.client, others), 0);
    brc_credentials_free(others);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(world.fetches, 2);
}
END_TEST

/* ---- a machine whose metadata service has no new keys */

static const char *const silences[] = {"", ABSENT, BROKEN, NULL};

START_TEST(keys_of_a_machine_are_used_on)
{
    use_machine();
    ck_assert_int_eq(ask(), 0);
    world.fault = silences[_i];
    world.lifetime_s = -WINDOW_S; /* where there is no fault, the keys are no good */
    pass(HOUR_S + 1);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(heard.warned, 1);
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_eq(world.calls[0] + world.calls[1], 21);
    world.fault = NULL;
    world.lifetime_s = HOUR_S;
    pass(2 * WINDOW_S);
    ck_assert_int_eq(ask(), 0);
    step_until_keys(2);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_ge(world.calls[2], 1);
}
END_TEST

/* ---- keys that AWS does not take */

#define EXPIRED                                                                                    \
    "HTTP/1.1 403 Forbidden\r\nx-amzn-ErrorType: ExpiredTokenException\r\n"                        \
    "Content-Length: 34\r\n\r\n{\"message\":\"The token has expired\"}"

START_TEST(refused_keys_cost_one_attempt_a_call)
{
    use_container();
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, 0), 0);
    world.refusal = EXPIRED;
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(ask(), BRC_E_CREDENTIALS);
    ck_assert_str_eq(brc_client_error_detail(f.client, BRC_ERROR_AWS_TYPE),
                     "ExpiredTokenException");
    ck_assert_int_eq(world.calls[0], 5);
    check_nothing_secret(brc_client_error(f.client));
}
END_TEST

/* ---- web identity */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

START_TEST(rotated_token_is_read_anew)
{
    char path[] = "/tmp/test_refresh_XXXXXX";
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    close(fd);
    write_file(path, "first\n");
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", path, 1);
    setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/reader", 1);
    use_source("AWS_ENDPOINT_URL", "");
    ck_assert_int_eq(ask(), 0);
    ck_assert_str_eq(world.identity, "first");
    write_file(path, "second");
    pass(HOUR_S - WINDOW_S + 1);
    ck_assert_int_eq(ask(), 0);
    step_until_keys(1);
    ck_assert_str_eq(world.identity, "second");
    unlink(path);
    pass(HOUR_S + 1);
    ck_assert_int_eq(ask(), BRC_E_CREDENTIALS);
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), path));
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_eq(world.other_calls + world.late_calls, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("refresh_faults");
    TCase *tests = tcase_create("refresh_faults");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, calls_go_on_by_the_old_keys);
    tcase_add_test(tests, log_line_comes_where_nothing_may_be_started);
    tcase_add_loop_test(tests, calls_fail_with_the_reason, 0, sizeof faults / sizeof *faults);
    tcase_add_test(tests, ended_keys_are_not_used_on);
    tcase_add_test(tests, keys_that_came_ended_are_no_keys);
    tcase_add_test(tests, keys_from_elsewhere_count);
    tcase_add_test(tests, other_credentials_are_asked_at_once);
    tcase_add_loop_test(tests, keys_of_a_machine_are_used_on, 0,
                        sizeof silences / sizeof *silences);
    tcase_add_test(tests, refused_keys_cost_one_attempt_a_call);
    tcase_add_test(tests, rotated_token_is_read_anew);
    suite_add_tcase(suite, tests);
    return run(suite);
}
