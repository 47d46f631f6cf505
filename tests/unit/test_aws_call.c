/* Signed calls of AWS's services, through the public function: what is sent, to whom it is signed,
 * and what comes of the answer. SPDX-License-Identifier: MIT */
#include "calling.h"
#include "run.h"
#include "scripted_time.h"
#include "sent.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct calling c;

static void start(void)
{
    time_set_chance(0); /* no wait before another attempt */
    calling_start(&c);
}

static void stop(void)
{
    calling_stop(&c);
}

/* ---- what is sent */

#define JSON_1_0 "application/x-amz-json-1.0"
#define JSON_1_1 "application/x-amz-json-1.1"
#define FORM     "application/x-www-form-urlencoded; charset=utf-8"

static const struct {
    const char *service, *region, *operation, *json;
    const char *line, *type, *target, *body;
    const char *signed_service, *signed_region; /* NULL: not signed at all */
    const char *answer;                         /* NULL: "{}" */
} sent[] = {
    {"bedrock", "us-east-1", "GET /inference-profiles?maxResults=10&type=APPLICATION", NULL,
     "GET /inference-profiles?maxResults=10&type=APPLICATION", NULL, NULL, "", "bedrock",
     "us-east-1", NULL},
    {"bedrock", "eu-west-1", "POST /inference-profiles", "{\"a\": 1}", "POST /inference-profiles",
     "application/json", NULL, "{\"a\": 1}", "bedrock", "eu-west-1", NULL},
    {"bedrock", "eu-west-1", "POST /listTagsForResource", NULL, "POST /listTagsForResource", NULL,
     NULL, "", "bedrock", "eu-west-1", NULL},
    {"bedrock", "us-east-1", "DELETE /inference-profiles/arn%3Aaws%3Abedrock%2Fx", NULL,
     "DELETE /inference-profiles/arn%3Aaws%3Abedrock%2Fx", NULL, NULL, "", "bedrock", "us-east-1",
     NULL},
    {"bedrock", "us-east-1", "PUT /enforcedGuardrailsConfiguration", NULL,
     "PUT /enforcedGuardrailsConfiguration", NULL, NULL, "", "bedrock", "us-east-1", NULL},
    {"bedrock-agent", "us-west-2", "PATCH /agents", "{\"b\":[]}", "PATCH /agents",
     "application/json", NULL, "{\"b\":[]}", "bedrock", "us-west-2", NULL},
    {"ce", "eu-central-1", "GetCostAndUsage", "{\"Granularity\":\"DAILY\"}", "POST /", JSON_1_1,
     "AWSInsightsIndexService.GetCostAndUsage", "{\"Granularity\":\"DAILY\"}", "ce", "us-east-1",
     NULL},
    {"ce", "us-east-1", "GetCostAndUsage", NULL, "POST /", JSON_1_1,
     "AWSInsightsIndexService.GetCostAndUsage", "{}", "ce", "us-east-1", NULL},
    {"budgets", "us-gov-east-1", "DescribeBudgets", "", "POST /", JSON_1_1,
     "AWSBudgetServiceGateway.DescribeBudgets", "{}", "budgets", "us-gov-west-1", NULL},
    {"cloudwatch", "eu-west-1", "PutMetricData", "{}", "POST /", JSON_1_0,
     "GraniteServiceVersion20100801.PutMetricData", "{}", "monitoring", "eu-west-1", NULL},
    {"dynamodb", "eu-west-1", "UpdateItem", "{}", "POST /", JSON_1_0,
     "DynamoDB_20120810.UpdateItem", "{}", "dynamodb", "eu-west-1", NULL},
    {"pricing", "us-east-1", "GetProducts", "{}", "POST /", JSON_1_1,
     "AWSPriceListService.GetProducts", "{}", "pricing", "us-east-1", NULL},
    {"iam", "cn-northwest-1", "GetUser", NULL, "POST /", FORM, NULL,
     "Action=GetUser&Version=2010-05-08", "iam", "cn-north-1",
     "<GetUserResponse></GetUserResponse>"},
    {"sts", "eu-west-1", "GetCallerIdentity", NULL, "POST /", FORM, NULL,
     "Action=GetCallerIdentity&Version=2011-06-15", "sts", "eu-west-1",
     "<GetCallerIdentityResponse></GetCallerIdentityResponse>"},
    {"sns", "eu-west-1", "Publish", "{\"Message\":\"a b&\",\"TopicArn\":\"t\"}", "POST /", FORM,
     NULL, "Action=Publish&Version=2010-03-31&Message=a%20b%26&TopicArn=t", "sns", "eu-west-1",
     "<PublishResponse></PublishResponse>"},
    {"sts", "eu-west-1", "AssumeRoleWithWebIdentity", "{\"RoleArn\":\"r\"}", "POST /", FORM, NULL,
     "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=r", NULL, NULL,
     "<AssumeRoleWithWebIdentityResponse></AssumeRoleWithWebIdentityResponse>"},
    {"sso", "eu-west-1", "GET /assignment/accounts", NULL, "GET /assignment/accounts", NULL, NULL,
     "", NULL, NULL, NULL},
};

/* Neither may be there where NULL is wanted. */
static void check_header(const char *request, const char *name, const char *wanted)
{
    const char *value = sent_header(request, name);

    if (wanted == NULL)
        ck_assert_ptr_null(value);
    else
        ck_assert_pstr_eq(value, wanted);
}

static void check_signature(const char *request, const char *service, const char *region)
{
    if (service == NULL) {
        check_header(request, "Authorization", NULL);
        check_header(request, "X-Amz-Security-Token", NULL);
        return;
    }
    const char *wrong = sent_wrong(request, c.credentials, service, region);
    ck_assert_msg(wrong == NULL, "%s", wrong);
    check_header(request, "X-Amz-Security-Token", FIXTURE_TOKEN);
}

START_TEST(request_is_the_services_own)
{
    const char *request;
    char line[256], length[32];

    if (sent[_i].answer != NULL)
        calling_reply(&c, "200 OK", "", sent[_i].answer);
    int rc = calling_call(&c, sent[_i].service, sent[_i].region, sent[_i].operation, sent[_i].json);
    ck_assert_msg(rc == 0, "%s", brc_client_error(c.client));
    ck_assert_str_eq(c.json, "{}");
    request = calling_request(&c);
    snprintf(line, sizeof line, "%s HTTP/1.1\r\n", sent[_i].line);
    ck_assert_msg(strncmp(request, line, strlen(line)) == 0, "%s", request);
    check_header(request, "Host", server_url(c.server) + strlen("http://"));
    check_header(request, "Content-Type", sent[_i].type);
    check_header(request, "X-Amz-Target", sent[_i].target);
    check_header(request, "x-amzn-query-mode",
                 strcmp(sent[_i].service, "cloudwatch") == 0 ? "true" : NULL);
    check_header(request, "amz-sdk-request", "attempt=1; max=1");
    check_header(request, "Expect", NULL);
    ck_assert_str_eq(sent_body(request), sent[_i].body);
    snprintf(length, sizeof length, "%zu", strlen(sent[_i].body));
    bool needs_none = strncmp(line, "GET", 3) == 0 || strncmp(line, "DELETE", 6) == 0;
    check_header(request, "Content-Length", needs_none ? NULL : length);
    check_signature(request, sent[_i].signed_service, sent[_i].signed_region);
}
END_TEST

/* brc_client_set_endpoint() is for Converse; other calls of the same client leave it alone. */
START_TEST(endpoint_of_converse_does_not_matter)
{
    ck_assert_int_eq(brc_client_set_endpoint(c.client, "http://127.0.0.1:1"), 0);
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), 0);
    ck_assert_uint_eq(server_requests(c.server), 1);
}
END_TEST

START_TEST(calls_share_a_connection)
{
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", i % 2 == 0 ? "GET /x" : "POST /y",
                                      i % 3 == 0 ? NULL : (i % 2 == 0 ? "" : "{}")),
                         0);
    ck_assert_uint_eq(server_requests(c.server), 6);
    ck_assert_uint_eq(server_connections(c.server), 1);
}
END_TEST

/* ---- what comes of the answer */

#define ID_HEAD "x-amzn-RequestId: id-1\r\n"

static const struct {
    const char *service, *operation;
    const char *status, *headers, *body;
    int code;
    const char *json, *type, *message, *request_id;
} answers[] = {
    {"bedrock", "GET /x", "200 OK", ID_HEAD, "{\"a\":[1, \"\\u00e9\"]}", 0,
     "{\"a\":[1, \"\\u00e9\"]}", NULL, NULL, NULL},
    {"bedrock", "DELETE /x", "202 Accepted", "", "", 0, "{}", NULL, NULL, NULL},
    {"sts", "GetCallerIdentity", "200 OK", "",
     "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>a&lt;b</Arn><L><member>1</member>"
     "</L></GetCallerIdentityResult></GetCallerIdentityResponse>",
     0, "{\"Arn\":\"a<b\",\"L\":[\"1\"]}", NULL, NULL, NULL},
    {"bedrock", "GET /x", "404 Not Found",
     ID_HEAD "x-amzn-ErrorType: ResourceNotFoundException:http://x\r\n",
     "{\"message\":\"gone\",\"resourceId\":\"r\"}", BRC_E_REJECTED,
     "{\"message\":\"gone\",\"resourceId\":\"r\"}", "ResourceNotFoundException", "gone", "id-1"},
    {"ce", "GetCostAndUsage", "400 Bad Request", ID_HEAD,
     "{\"__type\":\"ThrottlingException\",\"message\":\"slowly\"}", BRC_E_THROTTLED,
     "{\"__type\":\"ThrottlingException\",\"message\":\"slowly\"}", "ThrottlingException", "slowly",
     "id-1"},
    {"dynamodb", "PutItem", "400 Bad Request", ID_HEAD,
     "{\"__type\":\"x#ConditionalCheckFailedException\",\"Item\":{\"a\":{\"N\":\"1\"}}}",
     BRC_E_REJECTED,
     "{\"__type\":\"x#ConditionalCheckFailedException\",\"Item\":{\"a\":{\"N\":\"1\"}}}",
     "ConditionalCheckFailedException", NULL, "id-1"},
    {"ce", "GetCostAndUsage", "400 Bad Request", "",
     "{\"__type\":\"UnrecognizedClientException\",\"message\":\"who\"}", BRC_E_CREDENTIALS,
     "{\"__type\":\"UnrecognizedClientException\",\"message\":\"who\"}",
     "UnrecognizedClientException", "who", NULL},
    {"bedrock", "GET /x", "403 Forbidden", "x-amzn-ErrorType: AccessDeniedException\r\n",
     "{\"message\":\"no\"}", BRC_E_ACCESS_DENIED, "{\"message\":\"no\"}", "AccessDeniedException",
     "no", NULL},
    {"sts", "GetCallerIdentity", "403 Forbidden", "",
     "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>old</Message>"
     "</Error><RequestId>id-2</RequestId></ErrorResponse>",
     BRC_E_CREDENTIALS, "{\"Type\":\"Sender\",\"Code\":\"ExpiredToken\",\"Message\":\"old\"}",
     "ExpiredToken", "old", "id-2"},
    {"cloudwatch", "ListMetrics", "400 Bad Request",
     "x-amzn-query-error: InvalidParameterValue;Sender\r\n", "{\"message\":\"bad\"}",
     BRC_E_REJECTED, "{\"message\":\"bad\"}", "InvalidParameterValue", "bad", NULL},
    {"bedrock", "GET /x", "503 Service Unavailable", "", "<html>later</html>", BRC_E_SERVICE, NULL,
     NULL, NULL, NULL},
    {"bedrock", "GET /x", "429 Too Many Requests", "", "", BRC_E_THROTTLED, NULL, NULL, NULL, NULL},
    {"bedrock", "GET /x", "307 Temporary Redirect", "Location: /y\r\n", "", BRC_E_PROTOCOL, NULL,
     NULL, NULL, NULL},
    {"bedrock", "GET /x", "200 OK", ID_HEAD, "[1]", BRC_E_PROTOCOL, NULL, NULL, NULL, "id-1"},
    {"bedrock", "GET /x", "200 OK", "", "{\"a\":", BRC_E_PROTOCOL, NULL, NULL, NULL, NULL},
    {"sts", "GetCallerIdentity", "200 OK", "",
     "<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>", BRC_E_PROTOCOL, NULL, NULL,
     NULL, NULL},
    {"sts", "GetCallerIdentity", "200 OK", "", "<GetCallerIdentityResponse>", BRC_E_PROTOCOL, NULL,
     NULL, NULL, NULL},
};

static void check_detail(int field, const char *wanted)
{
    ck_assert_pstr_eq(brc_client_error_detail(c.client, field), wanted);
}

START_TEST(answer_is_json_or_an_error)
{
    char status[4];

    snprintf(status, sizeof status, "%.3s", answers[_i].status);
    calling_reply(&c, answers[_i].status, answers[_i].headers, answers[_i].body);
    int rc = calling_call(&c, answers[_i].service, "us-east-1", answers[_i].operation, NULL);
    ck_assert_int_eq(rc, answers[_i].code);
    ck_assert_pstr_eq(c.json, answers[_i].json);
    check_detail(BRC_ERROR_AWS_TYPE, answers[_i].type);
    check_detail(BRC_ERROR_AWS_MESSAGE, answers[_i].message);
    check_detail(BRC_ERROR_REQUEST_ID, answers[_i].request_id);
    check_detail(BRC_ERROR_HTTP_STATUS, rc == 0 ? NULL : status);
    ck_assert(rc == 0 || *brc_client_error(c.client) != '\0');
    if (answers[_i].type != NULL)
        ck_assert_ptr_nonnull(strstr(brc_client_error(c.client), answers[_i].type));
    ck_assert_uint_eq(server_requests(c.server), 1); /* a redirect leads nowhere */
}
END_TEST

START_TEST(no_error_stays_behind)
{
    calling_reply(&c, "403 Forbidden", ID_HEAD, "{\"message\":\"no\"}");
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), BRC_E_ACCESS_DENIED);
    calling_reply(&c, "200 OK", "", "{}");
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), 0);
    ck_assert_str_eq(brc_client_error(c.client), "");
    check_detail(BRC_ERROR_HTTP_STATUS, NULL);
    check_detail(BRC_ERROR_REQUEST_ID, NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("aws_call");
    TCase *tests = tcase_create("aws_call");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, request_is_the_services_own, 0, sizeof sent / sizeof *sent);
    tcase_add_test(tests, endpoint_of_converse_does_not_matter);
    tcase_add_test(tests, calls_share_a_connection);
    tcase_add_loop_test(tests, answer_is_json_or_an_error, 0, sizeof answers / sizeof *answers);
    tcase_add_test(tests, no_error_stays_behind);
    suite_add_tcase(suite, tests);
    return run(suite);
}
