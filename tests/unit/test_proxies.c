/* Proxies: obeyed for what goes to AWS, never used for loopback, nor for where credentials come
 * from; and what a proxy answers is no answer of AWS. SPDX-License-Identifier: MIT */
#include "calling.h"
#include "run.h"
#include "scripted_time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct calling c; /* whose server is the proxy */
static struct {
    int64_t count, outcome, status, code;
} record;

static void on_usage(const brc_usage *usage, void *user_data)
{
    (void)user_data;
    record.count++;
    record.outcome = brc_usage_int(usage, BRC_USAGE_OUTCOME);
    record.status = brc_usage_int(usage, BRC_USAGE_HTTP_STATUS);
    record.code = brc_usage_int(usage, BRC_USAGE_CODE);
}

static void set_proxy(const char *variable)
{
    setenv(variable, server_url(c.server), 1);
    unsetenv("AWS_ENDPOINT_URL");
    calling_renew(&c, NULL);
    ck_assert_int_eq(brc_client_set_usage(c.client, on_usage, NULL, NULL), 0);
}

static void start(void)
{
    memset(&record, 0, sizeof record);
    time_spare();
    calling_start(&c);
    calling_reply(&c, "403 Forbidden", "", "no");
}

static void stop(void)
{
    calling_stop(&c);
}

static int converse(void)
{
    brc_request *request;
    brc_result *result;

    ck_assert_int_eq(brc_request_new(FIXTURE_ARN, &request), 0);
    ck_assert_int_eq(brc_request_add_text(request, "user", "Hi", 2), 0);
    int rc = brc_converse(c.client, request, &result);
    ck_assert_ptr_null(result);
    brc_request_free(request);
    return rc;
}

static void check_connect(const char *host)
{
    char line[128];

    snprintf(line, sizeof line, "CONNECT %s:443 HTTP/1.1\r\n", host);
    ck_assert_msg(strncmp(calling_request(&c), line, strlen(line)) == 0, "%s", c.request);
    ck_assert_ptr_null(strstr(c.request, "Authorization"));
    ck_assert_ptr_null(strstr(c.request, "amz"));
    ck_assert_ptr_null(strstr(c.request, FIXTURE_TOKEN));
}

static const char *const variables[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

START_TEST(proxy_is_asked)
{
    set_proxy(variables[_i]);
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), BRC_E_CONNECT);
    check_connect("bedrock.us-east-1.amazonaws.com");
    ck_assert_ptr_null(c.json);
    ck_assert_ptr_null(brc_client_error_detail(c.client, BRC_ERROR_HTTP_STATUS));
    ck_assert_int_eq(converse(), BRC_E_CONNECT);
    check_connect("bedrock-runtime.us-east-1.amazonaws.com");
}
END_TEST

/* Whatever the proxy does before there is a connection to AWS, no model can have run. */
static const struct {
    struct server_reply reply;
    int code, other_code;
} days[] = {
    {{.bytes = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"}, BRC_E_CONNECT, 0},
    {{.bytes = "HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"}, BRC_E_CONNECT, 0},
    {{.bytes = "HTTP/1.1 502 Bad\r\nx-amzn-RequestId: x\r\nContent-Length: 0\r\n\r\n",
      .then = SERVER_CLOSE},
     BRC_E_CONNECT,
     0},
    {{.then = SERVER_RESET}, BRC_E_CONNECT, 0},
    {{.bytes = "HTTP/1.1 200 Go\r\n\r\n", .then = SERVER_CLOSE}, BRC_E_TLS, BRC_E_CONNECT},
    {{.bytes = "HTTP/1.1 200 Go\r\n\r\nnonsense\r\n\r\n", .then = SERVER_CLOSE},
     BRC_E_TLS,
     BRC_E_CONNECT},
    {{.bytes = "HTTP/1.1 200 Go\r\n\r\n", .then = SERVER_HANG}, BRC_E_TIMEOUT, 0},
};

START_TEST(proxy_is_not_aws)
{
    set_proxy("https_proxy");
    if (days[_i].reply.then == SERVER_HANG)
        ck_assert_int_eq(brc_client_set_timeouts(c.client, 5, 0, 0), 0);
    server_script(c.server, &days[_i].reply, 1);
    int rc = converse();
    ck_assert_msg(rc == days[_i].code || rc == days[_i].other_code, "%d: %s", rc,
                  brc_client_error(c.client));
    ck_assert_int_eq(record.count, 1);
    ck_assert_int_eq(record.outcome, BRC_OUTCOME_NOT_BILLED);
    ck_assert_int_eq(record.status, -1);
    ck_assert_int_eq(record.code, rc);
}
END_TEST

/* A port nobody listens at stands for a proxy that would be missed if it were asked. */
START_TEST(loopback_needs_no_proxy)
{
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        setenv(variables[i], "http://127.0.0.1:1", 1);
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    calling_reply(&c, "200 OK", "", "{}");
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), 0);
    ck_assert_int_eq(strncmp(calling_request(&c), "GET /x HTTP/1.1\r\n", 17), 0);
}
END_TEST

/* Loopback in a spelling that the library does not take for it, so that nothing leaves the machine
 * whether or not a proxy is asked. Nobody listens there. */
#define ELSEWHERE "https://2130706433:1"

START_TEST(hosts_without_a_proxy)
{
    setenv("AWS_ENDPOINT_URL_CLOUDWATCH", ELSEWHERE, 1);
    set_proxy("https_proxy");
    ck_assert_int_eq(calling_call(&c, "cloudwatch", "us-east-1", "ListMetrics", NULL),
                     BRC_E_CONNECT);
    ck_assert_uint_eq(server_connections(c.server), 1);
    setenv(_i == 0 ? "no_proxy" : "NO_PROXY", "example.com,127.0.0.1", 1);
    ck_assert_int_eq(calling_call(&c, "cloudwatch", "us-east-1", "ListMetrics", NULL),
                     BRC_E_CONNECT);
    ck_assert_uint_eq(server_connections(c.server), 1);
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), BRC_E_CONNECT);
    check_connect("bedrock.us-east-1.amazonaws.com");
}
END_TEST

/* Machine and container hand out keys, which no proxy may see. */
static const struct {
    const char *source, *variable, *value;
} metadata[] = {
    {"imds", "AWS_EC2_METADATA_SERVICE_ENDPOINT", ELSEWHERE},
    {"container", "AWS_CONTAINER_CREDENTIALS_FULL_URI", ELSEWHERE "/keys"},
};

START_TEST(metadata_needs_no_proxy)
{
    brc_credentials *credentials;

    setenv(metadata[_i].variable, metadata[_i].value, 1);
    setenv("AWS_EC2_METADATA_DISABLED", "false", 1);
    set_proxy("https_proxy");
    ck_assert_int_eq(brc_credentials_new_chain(metadata[_i].source, &credentials), 0);
    calling_renew(&c, credentials);
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), BRC_E_CREDENTIALS);
    ck_assert_msg(strstr(brc_client_error(c.client), "onnect") != NULL, "%s",
                  brc_client_error(c.client)); /* it was asked, and not there */
    ck_assert_uint_eq(server_connections(c.server), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("proxies");
    TCase *tests = tcase_create("proxies");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, proxy_is_asked, 0, sizeof variables / sizeof *variables);
    tcase_add_loop_test(tests, proxy_is_not_aws, 0, sizeof days / sizeof *days);
    tcase_add_test(tests, loopback_needs_no_proxy);
    tcase_add_loop_test(tests, hosts_without_a_proxy, 0, 2);
    tcase_add_loop_test(tests, metadata_needs_no_proxy, 0, sizeof metadata / sizeof *metadata);
    suite_add_tcase(suite, tests);
    return run(suite);
}
