/* Signed calls of AWS's services that never leave: arguments that cannot be, and everything that
 * runs models, however it is spelled. SPDX-License-Identifier: MIT */
#include "calling.h"
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct calling c;
static int called;

static void start(void)
{
    called = 0;
    calling_start(&c);
}

static void stop(void)
{
    ck_assert_uint_eq(server_connections(c.server), 0);
    calling_stop(&c);
}

/* ---- arguments */

static const struct {
    const char *service, *region, *operation, *json;
    const char *said;
} refused[] = {
    {NULL, "us-east-1", "GET /x", NULL, "NULL"},
    {"bedrock", "us-east-1", NULL, NULL, "NULL"},
    {"s3", "us-east-1", "GET /x", NULL, "\"s3\" is none of those"},
    {"", "us-east-1", "GET /x", NULL, "service: "},
    {"BEDROCK", "us-east-1", "GET /x", NULL, "service: "},
    {"bedrock ", "us-east-1", "GET /x", NULL, "service: "},
    {"bedrock", "", "GET /x", NULL, "region: "},
    {"bedrock", "US-EAST-1", "GET /x", NULL, "region: "},
    {"bedrock", "us-east-1.evil.example/", "GET /x", NULL, "region: "},
    {"bedrock", "us-east-1\r\nA: b", "GET /x", NULL, "region: "},
    {"bedrock", "us-east-1", "", NULL, "operation: "},
    {"bedrock", "us-east-1", "ListInferenceProfiles", NULL, "operation: "},
    {"bedrock", "us-east-1", "HEAD /x", NULL, "operation: "},
    {"bedrock", "us-east-1", "get /x", NULL, "operation: "},
    {"bedrock", "us-east-1", "GET  /x", NULL, "operation: "},
    {"bedrock", "us-east-1", "GET x", NULL, "operation: "},
    {"bedrock", "us-east-1", "GET /x y", NULL, "operation: "},
    {"bedrock", "us-east-1", "GET /x#y", NULL, "operation: "},
    {"bedrock", "us-east-1", "GET /x\r\nA: b", NULL, "operation: "},
    {"bedrock", "us-east-1", "GET /a/../b", NULL, "operation: "},
    {"bedrock", "us-east-1", "GET @evil.example/x", NULL, "operation: "},
    {"bedrock", "us-east-1", "GET /x", "{}", "json: has no place in a GET"},
    {"bedrock", "us-east-1", "DELETE /x", "{}", "json: has no place in a GET or DELETE"},
    {"bedrock", "us-east-1", "POST /x", "[]", "json: is not an object"},
    {"bedrock", "us-east-1", "POST /x", "{", "json is not acceptable"},
    {"bedrock", "us-east-1", "POST /x", "{} {}", "json is not acceptable"},
    {"bedrock", "us-east-1", "POST /x", "{\"a\":1,\"a\":2}", "json is not acceptable"},
    {"bedrock", "us-east-1", "POST /x", "{\"a\":\"\xff\"}", "json is not acceptable"},
    {"ce", "us-east-1", "POST /", NULL, "operation: "},
    {"ce", "us-east-1", "Get-Tags", NULL, "operation: "},
    {"ce", "us-east-1", "GetTags\r\nA: b", NULL, "operation: "},
    {"ce", "us-east-1", "", NULL, "operation: "},
    {"sts", "us-east-1", "GetCallerIdentity&Action=X", NULL, "operation: "},
    {"sts", "us-east-1", "AssumeRole", "{\"Action\":\"X\"}", ""},
};

START_TEST(argument_is_refused)
{
    ck_assert_int_eq(calling_call(&c, refused[_i].service, refused[_i].region,
                                  refused[_i].operation, refused[_i].json),
                     BRC_E_INVALID);
    ck_assert_ptr_null(c.json);
    ck_assert_str_ne(brc_client_error(c.client), "");
    ck_assert_msg(strstr(brc_client_error(c.client), refused[_i].said) != NULL, "%s",
                  brc_client_error(c.client));
}
END_TEST

START_TEST(null_client_or_answer)
{
    char *json = (char *)&c;

    ck_assert_int_eq(brc_aws_call(NULL, "bedrock", "us-east-1", "GET /x", NULL, &json),
                     BRC_E_INVALID);
    ck_assert_ptr_null(json);
    ck_assert_int_eq(brc_aws_call(c.client, "bedrock", "us-east-1", "GET /x", NULL, NULL),
                     BRC_E_INVALID);
}
END_TEST

START_TEST(no_region_says_what_to_do)
{
    ck_assert_int_eq(calling_call(&c, "bedrock", NULL, "GET /x", NULL), BRC_E_INVALID);
    ck_assert_ptr_nonnull(strstr(brc_client_error(c.client), "AWS_REGION"));
}
END_TEST

/* An endpoint that was set makes up for a partition that is not known; without one it is needed. */
START_TEST(region_of_no_partition)
{
    unsetenv("AWS_ENDPOINT_URL");
    calling_renew(&c, NULL);
    ck_assert_int_eq(calling_call(&c, "ce", "xx-nowhere-1", "GetTags", NULL), BRC_E_INVALID);
    ck_assert_ptr_nonnull(strstr(brc_client_error(c.client), "AWS_ENDPOINT_URL_COST_EXPLORER"));
}
END_TEST

START_TEST(no_credentials)
{
    brc_credentials *none;

    ck_assert_int_eq(brc_credentials_new_chain(NULL, &none), 0);
    calling_renew(&c, none);
    ck_assert_int_eq(calling_call(&c, "ce", "us-east-1", "GetTags", NULL), BRC_E_CREDENTIALS);
    ck_assert_ptr_null(c.json);
    ck_assert_ptr_nonnull(strstr(brc_client_error(c.client), "AWS_ACCESS_KEY_ID"));
}
END_TEST

/* ---- who may not wait */

START_TEST(client_with_a_loop)
{
    struct loop loop;

    ck_assert_int_eq(loop_attach(&loop, c.client), 0);
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), BRC_E_INVALID);
    ck_assert_ptr_nonnull(strstr(brc_client_error(c.client), "loop"));
    ck_assert_ptr_null(c.json);
    c.client = brc_client_free(c.client);
}
END_TEST

static void call_inside(void)
{
    char *json = (char *)&c;

    ck_assert_int_eq(brc_aws_call(c.client, "bedrock", "us-east-1", "GET /x", NULL, &json),
                     BRC_E_RECURSION);
    ck_assert_ptr_null(json);
    called++;
}

static void on_log(int level, const char *text, void *user_data)
{
    (void)level, (void)text, (void)user_data;
    call_inside();
}

static void on_usage(const brc_usage *usage, void *user_data)
{
    (void)usage, (void)user_data;
    call_inside();
}

static void on_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    (void)client, (void)id, (void)code, (void)user_data;
    brc_result_free(result);
    call_inside();
}

static int on_event(brc_client *client, int64_t id, const brc_event *event, void *user_data)
{
    (void)client, (void)id, (void)event, (void)user_data;
    call_inside();
    return BRC_EVENT_GO_ON;
}

/* Nobody listens at port 1: what is started ends soon, and logs, records and tells. */
START_TEST(callback_may_not_wait)
{
    brc_request *request;

    ck_assert_int_eq(brc_request_new(FIXTURE_ARN, &request), 0);
    ck_assert_int_eq(brc_request_add_text(request, "user", "Hi", 2), 0);
    ck_assert_int_eq(brc_client_set_endpoint(c.client, "http://127.0.0.1:1"), 0);
    ck_assert_int_eq(brc_client_set_log(c.client, BRC_LOG_INFO, on_log, NULL, NULL), 0);
    ck_assert_int_eq(brc_client_set_usage(c.client, on_usage, NULL, NULL), 0);
    ck_assert_int_eq(
        brc_start(c.client, request, _i == 0 ? NULL : on_event, on_done, NULL, NULL, NULL), 0);
    while (brc_client_perform(c.client, 1000) > 0)
        ;
    ck_assert_int_eq(called, 4); /* two log lines, the record, done */
    brc_request_free(request);
}
END_TEST

/* ---- what runs models */

static const struct {
    const char *service, *operation;
} closed[] = {
    {"bedrock-runtime", "POST /model/m/converse"},
    {"Bedrock-Runtime", "POST /model/m/converse"},
    {"bedrock-runtime-fips", "POST /model/m/converse"},
    {"bedrock-agent-runtime", "POST /retrieveAndGenerate"},
    {"bedrock-mantle", "POST /v1/chat/completions"},
    {"sagemaker-runtime", "POST /endpoints/e/invocations"},
    {"bedrock", "POST /model/m/converse"},
    {"bedrock", "POST /model/m/invoke"},
    {"bedrock", "PUT /model/m/invoke"},
    {"bedrock", "POST //model/m/converse"},
    {"bedrock", "POST /./model/m/converse"},
    {"bedrock", "POST /x/../model/m/converse"},
    {"bedrock", "POST /MODEL/m/Converse"},
    {"bedrock", "POST /%6dodel/m/converse"},
    {"bedrock", "POST /%256dodel/m/converse"},
    {"bedrock", "POST /%25256dodel/m/converse"},
    {"bedrock", "POST /x%2F..%2Fmodel/m/converse"},
    {"bedrock", "POST /model;a=b/m/converse"},
    {"bedrock", "POST /model%2Fm%2Fconverse"},
    {"bedrock", "POST \\model\\m\\converse"},
    {"bedrock", "post /model/m/converse"},
    {"bedrock", "POST /x%00/model/m/converse"},
    {"bedrock", "POST /model/m/converse?x=y"},
    {"bedrock", "POST /x%3F/../model/m/converse"},
    {"bedrock", "POST /%09model/m/converse"},
    {"bedrock", "POST /async-invoke"},
    {"bedrock", "POST /model-invocation-job"},
    {"bedrock", "POST /model-invocation-jobs/../model-invocation-job"},
    {"bedrock", "POST /evaluation-jobs"},
    {"bedrock", "POST /model-customization-jobs"},
    {"bedrock", "POST /v1/chat/completions"},
    {"bedrock", "POST /openai/v1/chat/completions"},
    {"bedrock-agent", "PUT /knowledgebases/k/datasources/d/ingestionjobs/"},
    {"bedrock-agent", "PUT /knowledgebases/k/datasources/d/documents"},
    {"bedrock-agent", "POST /agents/a/agentAliases/b/sessions/c/text"},
    {"bedrock-agent", "POST /rerank"},
};

START_TEST(what_runs_models_is_closed)
{
    if (_i % 2 != 0)
        unsetenv("AWS_ENDPOINT_URL"); /* on the way to AWS itself */
    calling_renew(&c, NULL);
    int rc = calling_call(&c, closed[_i / 2].service, "us-east-1", closed[_i / 2].operation, "{}");
    ck_assert_int_eq(rc, BRC_E_INVALID);
    ck_assert_ptr_null(c.json);
    ck_assert_str_ne(brc_client_error(c.client), "");
    if (strpbrk(closed[_i / 2].operation, "%\\;.") == NULL && closed[_i / 2].operation[0] == 'P')
        ck_assert_ptr_nonnull(strstr(brc_client_error(c.client), "models"));
}
END_TEST

/* The host may be a model's own while the path looks harmless. */
static const char *const closed_endpoints[] = {
    "https://bedrock-runtime.us-east-1.amazonaws.com",
    "https://BEDROCK-RUNTIME.us-east-1.amazonaws.com",
    "https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com",
    "https://bedrock-agent-runtime-fips.us-east-1.api.aws",
    "https://bedrock-mantle.us-east-1.api.aws/x",
};

START_TEST(endpoint_that_runs_models)
{
    static const char *const variables[] = {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK"};

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        setenv(variables[i], closed_endpoints[_i], 1);
        calling_renew(&c, NULL);
        ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), BRC_E_INVALID);
        ck_assert_ptr_nonnull(strstr(brc_client_error(c.client), variables[i]));
        ck_assert_ptr_nonnull(strstr(brc_client_error(c.client), "models"));
    }
}
END_TEST

/* What the endpoint's own path and the operation's make together. */
START_TEST(endpoint_whose_path_leads_to_a_model)
{
    char url[128];

    snprintf(url, sizeof url, "%s/model", server_url(c.server));
    setenv("AWS_ENDPOINT_URL", url, 1);
    calling_renew(&c, NULL);
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "POST /m/converse", "{}"),
                     BRC_E_INVALID);
    ck_assert_ptr_nonnull(strstr(brc_client_error(c.client), "models"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("aws_refused");
    TCase *tests = tcase_create("aws_refused");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, argument_is_refused, 0, sizeof refused / sizeof *refused);
    tcase_add_test(tests, null_client_or_answer);
    tcase_add_test(tests, no_region_says_what_to_do);
    tcase_add_test(tests, region_of_no_partition);
    tcase_add_test(tests, no_credentials);
    tcase_add_test(tests, client_with_a_loop);
    tcase_add_loop_test(tests, callback_may_not_wait, 0, 2);
    tcase_add_loop_test(tests, what_runs_models_is_closed, 0, 2 * (sizeof closed / sizeof *closed));
    tcase_add_loop_test(tests, endpoint_that_runs_models, 0,
                        sizeof closed_endpoints / sizeof *closed_endpoints);
    tcase_add_test(tests, endpoint_whose_path_leads_to_a_model);
    suite_add_tcase(suite, tests);
    return run(suite);
}
