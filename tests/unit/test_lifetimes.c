/* Callbacks: destroy runs exactly once on every path, and what a callback may and may not do.
 * SPDX-License-Identifier: MIT */
#include "fixture.h"
#include "run.h"

#include <string.h>

static struct fixture f;
static int destroyed, called;

static void start(void)
{
    fixture_start(&f);
    destroyed = called = 0;
}

static void stop(void)
{
    fixture_stop(&f);
}

static void count_destroy(void *user_data)
{
    ck_assert_ptr_eq(user_data, &destroyed);
    destroyed++;
}

static void count_usage(const brc_usage *usage, void *user_data)
{
    ck_assert_ptr_nonnull(usage);
    ck_assert_ptr_eq(user_data, &destroyed);
    ck_assert_int_eq(destroyed, 0);
    called++;
}

static void count_log(int level, const char *text, void *user_data)
{
    ck_assert_int_ge(level, BRC_LOG_WARNING);
    ck_assert_ptr_nonnull(text);
    ck_assert_ptr_eq(user_data, &destroyed);
    ck_assert_int_eq(destroyed, 0);
    called++;
}

/* The two registrations of a client behave alike; the tests below run once with each. */
static int set(brc_client *client, int which, int with_fn)
{
    if (which == 0)
        return brc_client_set_usage(client, with_fn ? count_usage : NULL, &destroyed,
                                    count_destroy);
    return brc_client_set_log(client, BRC_LOG_DEBUG, with_fn ? count_log : NULL, &destroyed,
                              count_destroy);
}

START_TEST(replaced)
{
    ck_assert_int_eq(set(f.client, _i, 1), 0);
    ck_assert_int_eq(destroyed, 0);
    ck_assert_int_eq(set(f.client, _i, 1), 0);
    ck_assert_int_eq(destroyed, 1);
}
END_TEST

START_TEST(cleared)
{
    ck_assert_int_eq(set(f.client, _i, 1), 0);
    ck_assert_int_eq(set(f.client, _i, 0), 0);
    ck_assert_int_eq(destroyed, 1);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_int_eq(called, 0);
}
END_TEST

START_TEST(called_then_freed)
{
    ck_assert_int_eq(set(f.client, _i, 1), 0);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_int_ge(called, 1);
    ck_assert_int_eq(destroyed, 0);
    f.client = brc_client_free(f.client);
    ck_assert_ptr_null(f.client);
    ck_assert_int_eq(destroyed, 1);
}
END_TEST

START_TEST(freed_without_a_call)
{
    ck_assert_int_eq(set(f.client, _i, 1), 0);
    f.client = brc_client_free(f.client);
    ck_assert_int_eq(destroyed, 1);
}
END_TEST

START_TEST(registration_that_fails)
{
    ck_assert_int_eq(set(NULL, _i, 1), BRC_E_INVALID);
    ck_assert_int_eq(destroyed, 1);
    ck_assert_int_eq(brc_client_set_log(f.client, 0, count_log, &destroyed, count_destroy),
                     BRC_E_INVALID);
    ck_assert_int_eq(destroyed, 2);
}
END_TEST

START_TEST(failed_call_is_recorded_once)
{
    fixture_reply(&f, NULL, SERVER_RESET);
    ck_assert_int_eq(brc_client_set_usage(f.client, count_usage, &destroyed, count_destroy), 0);
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_CONNECT);
    ck_assert_int_eq(called, 1);
}
END_TEST

/* ---- inside a callback */

static void drive_and_change(const brc_usage *usage, void *user_data)
{
    brc_result *result = (brc_result *)&f;
    brc_client *client = user_data;

    destroyed = 0;
    ck_assert_int_eq(brc_usage_int(usage, BRC_USAGE_OUTPUT_TOKENS), 34);
    ck_assert_int_eq(brc_converse(client, f.request, &result), BRC_E_RECURSION);
    ck_assert_ptr_null(result);
    ck_assert_int_eq(brc_client_set_credentials(client, f.credentials), BRC_E_RECURSION);
    ck_assert_int_eq(brc_client_set_endpoint(client, NULL), BRC_E_RECURSION);
    ck_assert_int_eq(brc_client_set_ca_file(client, NULL), BRC_E_RECURSION);
    ck_assert_int_eq(brc_client_set_timeouts(client, 1, 1, 1), BRC_E_RECURSION);
    ck_assert_int_eq(brc_client_set_usage(client, NULL, &destroyed, count_destroy),
                     BRC_E_RECURSION);
    ck_assert_int_eq(brc_client_set_log(client, BRC_LOG_INFO, NULL, &destroyed, count_destroy),
                     BRC_E_RECURSION);
    ck_assert_int_eq(destroyed, 2);
    ck_assert_str_eq(brc_client_error(client), "");
    called++;
}

START_TEST(driving_or_changing_inside_is_recursion)
{
    ck_assert_int_eq(brc_client_set_usage(f.client, drive_and_change, f.client, NULL), 0);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_int_eq(called, 1);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
}
END_TEST

static void free_client(const brc_usage *usage, void *user_data)
{
    (void)user_data;
    ck_assert_ptr_null(brc_client_free(f.client));
    ck_assert_int_eq(destroyed, 0);
    ck_assert_int_eq(brc_usage_int(usage, BRC_USAGE_OUTPUT_TOKENS), 34);
    called++;
}

START_TEST(freeing_inside_is_put_off)
{
    brc_result *result;

    ck_assert_int_eq(brc_client_set_usage(f.client, free_client, &destroyed, count_destroy), 0);
    ck_assert_int_eq(fixture_ask(&f, &result), 0);
    f.client = NULL;
    ck_assert_int_eq(called, 1);
    ck_assert_int_eq(destroyed, 1);
    ck_assert_str_eq(brc_result_text(result, NULL), "Hello");
    brc_result_free(result);
}
END_TEST

static void log_frees_client(int level, const char *text, void *user_data)
{
    (void)level, (void)text, (void)user_data;
    brc_client_free(f.client);
}

START_TEST(freeing_inside_a_log_line_is_put_off)
{
    ck_assert_int_eq(
        brc_client_set_log(f.client, BRC_LOG_DEBUG, log_frees_client, &destroyed, count_destroy),
        0);
    int rc = fixture_ask(&f, NULL);
    f.client = NULL;
    ck_assert_int_eq(rc, BRC_E_CANCELED);
    ck_assert_int_eq(destroyed, 1);
}
END_TEST

static void destroy_frees_client(void *user_data)
{
    (void)user_data;
    f.client = brc_client_free(f.client);
}

START_TEST(freeing_inside_destroy)
{
    ck_assert_int_eq(brc_client_set_usage(f.client, NULL, NULL, destroy_frees_client), 0);
    ck_assert_int_eq(brc_client_set_usage(f.client, NULL, NULL, NULL), 0);
    ck_assert_ptr_null(f.client);
}
END_TEST

/* ---- who outlives whom */

START_TEST(result_outlives_its_client_and_request)
{
    brc_result *result;

    ck_assert_int_eq(brc_request_set_json(f.request, "requestMetadata", "{\"a\":\"b\"}", 9), 0);
    ck_assert_int_eq(fixture_ask(&f, &result), 0);
    f.request = brc_request_free(f.request);
    f.client = brc_client_free(f.client);
    const brc_usage *usage = brc_result_usage(result);
    ck_assert_str_eq(brc_usage_text(usage, BRC_USAGE_PROFILE_ARN), FIXTURE_ARN);
    ck_assert_str_eq(brc_usage_text(usage, BRC_USAGE_REQUEST_METADATA), "{\"a\":\"b\"}");
    ck_assert_ptr_nonnull(strstr(brc_usage_json(usage), "\"requestMetadata\":{\"a\":\"b\"}"));
    brc_result_free(result);
}
END_TEST

START_TEST(client_keeps_its_credentials)
{
    f.credentials = brc_credentials_free(f.credentials);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
}
END_TEST

START_TEST(many_clients_share_credentials)
{
    brc_client *others[8];
    brc_result *result;

    for (int i = 0; i < 8; i++) {
        ck_assert_int_eq(brc_client_new(f.credentials, &others[i]), 0);
        ck_assert_int_eq(brc_client_set_endpoint(others[i], server_url(f.server)), 0);
    }
    for (int i = 0; i < 8; i++) {
        ck_assert_int_eq(brc_converse(others[i], f.request, &result), 0);
        brc_result_free(result);
        brc_client_free(others[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lifetimes");
    TCase *tests = tcase_create("lifetimes");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, replaced, 0, 2);
    tcase_add_loop_test(tests, cleared, 0, 2);
    tcase_add_loop_test(tests, called_then_freed, 0, 2);
    tcase_add_loop_test(tests, freed_without_a_call, 0, 2);
    tcase_add_loop_test(tests, registration_that_fails, 0, 2);
    tcase_add_test(tests, failed_call_is_recorded_once);
    tcase_add_test(tests, driving_or_changing_inside_is_recursion);
    tcase_add_test(tests, freeing_inside_is_put_off);
    tcase_add_test(tests, freeing_inside_a_log_line_is_put_off);
    tcase_add_test(tests, freeing_inside_destroy);
    tcase_add_test(tests, result_outlives_its_client_and_request);
    tcase_add_test(tests, client_keeps_its_credentials);
    tcase_add_test(tests, many_clients_share_credentials);
    suite_add_tcase(suite, tests);
    return run(suite);
}
