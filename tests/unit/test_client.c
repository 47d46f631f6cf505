/* The client: its settings, and calls that go well or never leave.
 * SPDX-License-Identifier: MIT */
#include "fixture.h"
#include "run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct fixture f;

static void start(void)
{
    fixture_start(&f);
}

static void stop(void)
{
    fixture_stop(&f);
}

/* ---- the good day */

START_TEST(answer_is_read)
{
    brc_result *result;
    size_t length;

    ck_assert_int_eq(fixture_ask(&f, &result), 0);
    ck_assert_str_eq(brc_result_text(result, &length), "Hello");
    ck_assert_uint_eq(length, 5);
    ck_assert_str_eq(brc_result_message(result, NULL),
                     "{\"content\":[{\"text\":\"Hello\"}],\"role\":\"assistant\"}");
    ck_assert_str_eq(brc_result_json(result, &length), fixture_answer_body);
    ck_assert_uint_eq(length, strlen(fixture_answer_body));
    ck_assert_str_eq(brc_result_stop_reason(result), "end_turn");
    const brc_usage *usage = brc_result_usage(result);
    ck_assert_int_eq(brc_usage_int(usage, BRC_USAGE_INPUT_TOKENS), 12);
    ck_assert_int_eq(brc_usage_int(usage, BRC_USAGE_CACHE_READ_TOKENS), -1);
    ck_assert_int_eq(brc_usage_int(usage, BRC_USAGE_COST), -1);
    ck_assert_str_eq(brc_usage_text(usage, BRC_USAGE_PROFILE_ARN), FIXTURE_ARN);
    ck_assert_ptr_null(brc_usage_text(usage, BRC_USAGE_PROFILE_NAME));
    ck_assert_str_eq(brc_usage_text(usage, BRC_USAGE_REQUEST_ID), "request-1");
    brc_result_free(result);
}
END_TEST

START_TEST(each_call_is_one_record_and_one_post_on_one_connection)
{
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_uint_eq(server_requests(f.server), 3);
    ck_assert_uint_eq(server_connections(f.server), 1);
    ck_assert_uint_eq(f.record_count, 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(f.records[i].outcome, BRC_OUTCOME_REPORTED);
        ck_assert_int_eq(f.records[i].input, 12);
        ck_assert_int_eq(f.records[i].output, 34);
        ck_assert_int_eq(f.records[i].attempt, 1);
        ck_assert_uint_eq(strlen(f.records[i].call_id), 36);
    }
    ck_assert_str_ne(f.records[0].call_id, f.records[1].call_id);
}
END_TEST

START_TEST(history_goes_back)
{
    brc_result *result;
    size_t length;

    ck_assert_int_eq(fixture_ask(&f, &result), 0);
    const char *message = brc_result_message(result, &length);
    ck_assert_int_eq(brc_request_add_message(f.request, message, length), 0);
    ck_assert_int_eq(brc_request_add_text(f.request, "user", "And?", 4), 0);
    brc_result_free(result);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    char *request = server_last_request(f.server);
    ck_assert_ptr_nonnull(strstr(request,
                                 "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":"
                                 "\"Hi\"}]},{\"content\":[{\"text\":\"Hello\"}],\"role\":"
                                 "\"assistant\"},{\"role\":\"user\",\"content\":[{"
                                 "\"text\":\"And?\"}]}]}"));
    free(request);
}
END_TEST

START_TEST(request_says_what_it_must)
{
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    char *request = server_last_request(f.server);
    const char *const parts[] = {
        "POST /model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile"
        "%2Fabc123def456/converse HTTP/1.1\r\n",
        "\r\nContent-Type: application/json\r\n",
        "\r\namz-sdk-invocation-id: ",
        "\r\nX-Amz-Security-Token: " FIXTURE_TOKEN "\r\n",
        "/us-east-1/bedrock/aws4_request, SignedHeaders=amz-sdk-invocation-id;"
        "amz-sdk-request;content-type;host;"
        "x-amz-date;x-amz-security-token, Signature=",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        ck_assert_msg(strstr(request, parts[i]) != NULL, "missing: %s", parts[i]);
    ck_assert_ptr_null(strcasestr(request, "\r\nExpect:"));
    free(request);
}
END_TEST

/* ---- before a byte is sent */

START_TEST(nothing_is_sent_for_a_bad_call)
{
    brc_request *empty;
    brc_result *result = (brc_result *)&f;

    ck_assert_int_eq(brc_request_new(FIXTURE_ARN, &empty), 0);
    ck_assert_int_eq(fixture_converse(&f, empty, &result), BRC_E_INVALID);
    ck_assert_ptr_null(result);
    ck_assert_str_eq(brc_client_error(f.client), "the request has no message");
    ck_assert_int_eq(brc_converse(f.client, NULL, &result), BRC_E_INVALID);
    ck_assert_int_eq(brc_converse(NULL, f.request, &result), BRC_E_INVALID);
    ck_assert_int_eq(brc_converse(f.client, f.request, NULL), BRC_E_INVALID);
    brc_request_free(empty);
    ck_assert_uint_eq(server_connections(f.server), 0);
    ck_assert_uint_eq(f.record_count, 0);
}
END_TEST

START_TEST(bad_endpoint_from_the_environment_is_named)
{
    brc_client *client;
    brc_result *result;

    setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://bedrock.example.com", 1);
    ck_assert_int_eq(brc_client_new(f.credentials, &client), 0);
    unsetenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME");
    ck_assert_int_eq(brc_converse(client, f.request, &result), BRC_E_INVALID);
    ck_assert_ptr_nonnull(strstr(brc_client_error(client), "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"));
    brc_client_free(client);
}
END_TEST

START_TEST(endpoint_from_the_environment_is_used)
{
    static const char *const variables[] = {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"};
    brc_client *client;
    brc_result *result;
    char url[128];

    snprintf(url, sizeof url, "%s/base/", server_url(f.server));
    setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1", 1);
    setenv(variables[_i], url, 1);
    ck_assert_int_eq(brc_client_new(f.credentials, &client), 0);
    unsetenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME");
    unsetenv("AWS_ENDPOINT_URL");
    ck_assert_int_eq(brc_converse(client, f.request, &result), 0);
    brc_result_free(result);
    char *request = server_last_request(f.server);
    ck_assert_int_eq(strncmp(request, "POST /base/model/arn%3A", 23), 0);
    free(request);
    brc_client_free(client);
}
END_TEST

START_TEST(partition_without_an_endpoint)
{
    brc_request *request;
    brc_result *result;

    ck_assert_int_eq(brc_request_new("arn:aws-iso:bedrock:us-iso-east-1:123456789012:"
                                     "application-inference-profile/abc",
                                     &request),
                     0);
    ck_assert_int_eq(brc_request_add_text(request, "user", "Hi", 2), 0);
    ck_assert_int_eq(brc_client_set_endpoint(f.client, NULL), 0);
    ck_assert_int_eq(fixture_converse(&f, request, &result), BRC_E_INVALID);
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), "aws-iso"));
    ck_assert_int_eq(brc_client_set_endpoint(f.client, server_url(f.server)), 0);
    ck_assert_int_eq(fixture_converse(&f, request, &result), 0);
    brc_result_free(result);
    brc_request_free(request);
}
END_TEST

START_TEST(without_credentials_nothing_is_sent)
{
    brc_credentials *none;

    unsetenv("AWS_ACCESS_KEY_ID");
    ck_assert_int_eq(brc_credentials_new_chain(NULL, &none), 0);
    ck_assert_int_eq(brc_client_set_credentials(f.client, none), 0);
    brc_credentials_free(none);
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_CREDENTIALS);
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), "AWS_ACCESS_KEY_ID"));
    ck_assert_uint_eq(server_connections(f.server), 0);
    ck_assert_uint_eq(f.record_count, 0);
}
END_TEST

START_TEST(proxy_is_not_used_for_loopback)
{
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    int rc = fixture_ask(&f, NULL);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    ck_assert_int_eq(rc, 0);
}
END_TEST

START_TEST(localhost_is_this_machine)
{
    char url[64];

    snprintf(url, sizeof url, "http://localhost%s", strrchr(server_url(f.server), ':'));
    ck_assert_int_eq(brc_client_set_endpoint(f.client, url), 0);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
}
END_TEST

START_TEST(settings_reject_what_they_cannot_be)
{
    ck_assert_int_eq(brc_client_set_endpoint(f.client, "http://example.com"), BRC_E_INVALID);
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), "https"));
    ck_assert_int_eq(brc_client_set_endpoint(f.client, ""), BRC_E_INVALID);
    ck_assert_int_eq(brc_client_set_endpoint(NULL, "https://a"), BRC_E_INVALID);
    ck_assert_int_eq(brc_client_set_timeouts(f.client, -1, 0, 0), BRC_E_RANGE);
    ck_assert_int_eq(brc_client_set_timeouts(f.client, 0, 86400001, 0), BRC_E_RANGE);
    ck_assert_int_eq(brc_client_set_ca_file(f.client, ""), BRC_E_INVALID);
    ck_assert_int_eq(brc_client_set_credentials(f.client, NULL), BRC_E_INVALID);
    ck_assert_int_eq(brc_client_set_log(f.client, 9, NULL, NULL, NULL), BRC_E_INVALID);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0); /* the endpoint stayed as it was */
}
END_TEST

START_TEST(null_is_refused_not_crashed_on)
{
    brc_client *client = (brc_client *)&f;

    ck_assert_int_eq(brc_client_new(NULL, &client), BRC_E_INVALID);
    ck_assert_ptr_null(client);
    ck_assert_int_eq(brc_client_new(f.credentials, NULL), BRC_E_INVALID);
    ck_assert_ptr_null(brc_client_free(NULL));
    ck_assert_ptr_null(brc_result_free(NULL));
    ck_assert_ptr_null(brc_request_free(NULL));
    ck_assert_str_ne(brc_client_error(NULL), "");
    ck_assert_ptr_null(brc_client_error_detail(NULL, 1));
    ck_assert_ptr_null(brc_result_text(NULL, NULL));
    ck_assert_ptr_null(brc_result_message(NULL, NULL));
    ck_assert_ptr_null(brc_result_json(NULL, NULL));
    ck_assert_ptr_null(brc_result_stop_reason(NULL));
    ck_assert_ptr_null(brc_result_usage(NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client");
    TCase *tests = tcase_create("client");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, answer_is_read);
    tcase_add_test(tests, each_call_is_one_record_and_one_post_on_one_connection);
    tcase_add_test(tests, history_goes_back);
    tcase_add_test(tests, request_says_what_it_must);
    tcase_add_test(tests, nothing_is_sent_for_a_bad_call);
    tcase_add_test(tests, bad_endpoint_from_the_environment_is_named);
    tcase_add_loop_test(tests, endpoint_from_the_environment_is_used, 0, 2);
    tcase_add_test(tests, partition_without_an_endpoint);
    tcase_add_test(tests, without_credentials_nothing_is_sent);
    tcase_add_test(tests, proxy_is_not_used_for_loopback);
    tcase_add_test(tests, localhost_is_this_machine);
    tcase_add_test(tests, settings_reject_what_they_cannot_be);
    tcase_add_test(tests, null_is_refused_not_crashed_on);
    suite_add_tcase(suite, tests);
    return run(suite);
}
