/* From operation and JSON to the request: REST, JSON-RPC and forms.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <aws_request.h>

#include <string.h>

#define JSON10 "Content-Type: application/x-amz-json-1.0"
#define JSON11 "Content-Type: application/x-amz-json-1.1"
#define FORM   "Content-Type: application/x-www-form-urlencoded; charset=utf-8"
#define PLAIN  "Content-Type: application/json"
#define STS    "&Version=2011-06-15"
#define IAM    "&Version=2010-05-08"
#define SNS    "&Version=2010-03-31"

static const struct {
    const char *service;
    const char *operation;
    const char *json;
    const char *method;
    const char *target; /* path and query */
    const char *body;   /* NULL: none */
    const char *headers[BRC__AWS_HEADERS_MAX];
} requests[] = {
    {"bedrock",
     "GET /inference-profiles?type=APPLICATION",
     NULL,
     "GET",
     "/inference-profiles?type=APPLICATION",
     NULL,
     {NULL}},
    {"bedrock", "GET /inference-profiles", "", "GET", "/inference-profiles", NULL, {NULL}},
    {"bedrock", "POST /tagResource", " {\"a\": 1} ", "POST", "/tagResource", "{\"a\": 1}", {PLAIN}},
    {"bedrock-agent", "POST /agents/a/", NULL, "POST", "/agents/a/", NULL, {NULL}},
    {"bedrock-agent", "PUT /agents/a/", "{}", "PUT", "/agents/a/", "{}", {PLAIN}},
    {"bedrock", "PATCH /x", "{}", "PATCH", "/x", "{}", {PLAIN}},
    {"bedrock",
     "DELETE /inference-profiles/a%2Fb",
     NULL,
     "DELETE",
     "/inference-profiles/a%2Fb",
     NULL,
     {NULL}},
    {"sso",
     "GET /federation/credentials?role_name=r%20r&account_id=1",
     NULL,
     "GET",
     "/federation/credentials?role_name=r%20r&account_id=1",
     NULL,
     {NULL}},
    {"sso-oidc",
     "POST /token",
     "{\"grantType\":\"refresh_token\"}",
     "POST",
     "/token",
     "{\"grantType\":\"refresh_token\"}",
     {PLAIN}},
    {"ce",
     "GetTags",
     NULL,
     "POST",
     "/",
     "{}",
     {JSON11, "X-Amz-Target: AWSInsightsIndexService.GetTags"}},
    {"ce",
     "GetTags",
     "{\"n\":12345678901234567890}",
     "POST",
     "/",
     "{\"n\":12345678901234567890}",
     {JSON11, "X-Amz-Target: AWSInsightsIndexService.GetTags"}},
    {"budgets",
     "DescribeBudgets",
     "{}",
     "POST",
     "/",
     "{}",
     {JSON11, "X-Amz-Target: AWSBudgetServiceGateway.DescribeBudgets"}},
    {"pricing",
     "GetProducts",
     "{}",
     "POST",
     "/",
     "{}",
     {JSON11, "X-Amz-Target: AWSPriceListService.GetProducts"}},
    {"dynamodb",
     "GetItem",
     "{\"k\":\"\\u00e4\"}",
     "POST",
     "/",
     "{\"k\":\"\\u00e4\"}",
     {JSON10, "X-Amz-Target: DynamoDB_20120810.GetItem"}},
    {"cloudwatch",
     "GetMetricData",
     "{}",
     "POST",
     "/",
     "{}",
     {JSON10, "X-Amz-Target: GraniteServiceVersion20100801.GetMetricData",
      "x-amzn-query-mode: true"}},
    {"sts", "GetCallerIdentity", NULL, "POST", "/", "Action=GetCallerIdentity" STS, {FORM}},
    {"sts", "GetCallerIdentity", "{ }", "POST", "/", "Action=GetCallerIdentity" STS, {FORM}},
    {"sts",
     "AssumeRole",
     "{\"RoleArn\":\"arn:aws:iam::1:role/r\",\"DurationSeconds\":900,"
     "\"Tags\":[{\"Key\":\"team\",\"Value\":\"a b\"},{\"Key\":\"\\u00e4\",\"Value\":\"\"}],"
     "\"TransitiveTagKeys\":[\"team\"],\"PolicyArns\":[],\"ExternalId\":null}",
     "POST",
     "/",
     "Action=AssumeRole" STS "&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&DurationSeconds=900"
     "&Tags.member.1.Key=team&Tags.member.1.Value=a%20b&Tags.member.2.Key=%C3%A4"
     "&Tags.member.2.Value=&TransitiveTagKeys.member.1=team&PolicyArns=",
     {FORM}},
    {"iam",
     "CreateRole",
     "{\"A\":{\"B\":{\"C\":true,\"D\":false,\"E\":1.50e+3,\"F\":-0}}}",
     "POST",
     "/",
     "Action=CreateRole" IAM "&A.B.C=true&A.B.D=false&A.B.E=1.50e%2B3&A.B.F=-0",
     {FORM}},
    {"iam",
     "X",
     "{\"L\":[[1,2],[],null,{\"a\":[3]}],\"O\":{},\"Attributes\":{\"a\":1}}",
     "POST",
     "/",
     "Action=X" IAM
     "&L.member.1.member.1=1&L.member.1.member.2=2&L.member.2=&L.member.4.a.member.1="
     "3&Attributes.a=1",
     {FORM}},
    {"iam",
     "X",
     "{\"T\":\"\\ud83d\\ude42&=+%~\\n\\u0001/*\"}",
     "POST",
     "/",
     "Action=X" IAM "&T=%F0%9F%99%82%26%3D%2B%25~%0A%01%2F%2A",
     {FORM}},
    {"sns",
     "CreateTopic",
     "{\"Name\":\"t\",\"Attributes\":{\"Display Name\":\"d\",\"b.c\":\"\"}}",
     "POST",
     "/",
     "Action=CreateTopic" SNS "&Name=t&Attributes.entry.1.key=Display%20Name"
     "&Attributes.entry.1.value=d&Attributes.entry.2.key=b.c&Attributes.entry.2.value=",
     {FORM}},
    {"sns",
     "Publish",
     "{\"MessageAttributes\":{\"a\":{\"DataType\":\"String\",\"StringValue\":\"v\"}}}",
     "POST",
     "/",
     "Action=Publish" SNS "&MessageAttributes.entry.1.Name=a"
     "&MessageAttributes.entry.1.Value.DataType=String"
     "&MessageAttributes.entry.1.Value.StringValue=v",
     {FORM}},
    {"sns",
     "SetSMSAttributes",
     "{\"attributes\":{\"k\":\"v\"}}",
     "POST",
     "/",
     "Action=SetSMSAttributes" SNS "&attributes.entry.1.key=k&attributes.entry.1.value=v",
     {FORM}},
    {"sns", "CreateTopic", "{\"Attributes\":{}}", "POST", "/", "Action=CreateTopic" SNS, {FORM}},
};

static int make(const char *name, const char *operation, const char *json,
                struct brc__aws_request *request, struct brc__error *error)
{
    const struct brc__service *service;

    ck_assert_int_eq(brc__service_find(name, &service, error), 0);
    return brc__aws_request_make(service, "https://host", operation, json, request, error);
}

START_TEST(request_is_made)
{
    brc__auto_aws_request struct brc__aws_request request = BRC__AWS_REQUEST;
    const char *lines[BRC__AWS_HEADERS_MAX] = {NULL};
    struct brc__error error = {0};

    int rc =
        make(requests[_i].service, requests[_i].operation, requests[_i].json, &request, &error);
    ck_assert_msg(rc == 0, "%s", error.text);
    ck_assert_str_eq(request.method, requests[_i].method);
    ck_assert_int_eq(strncmp(request.url.data, "https://host", 12), 0);
    ck_assert_str_eq(request.url.data + 12, requests[_i].target);
    ck_assert_pstr_eq(request.body.data, requests[_i].body);
    size_t count = brc__aws_request_headers(&request, lines);
    for (size_t i = 0; i < BRC__AWS_HEADERS_MAX; i++)
        ck_assert_pstr_eq(lines[i], requests[_i].headers[i]);
    ck_assert(count == BRC__AWS_HEADERS_MAX || lines[count] == NULL);
}
END_TEST

static const struct {
    const char *service;
    const char *operation;
    const char *json;
    const char *says;
} refused[] = {
    {"bedrock", "", NULL, "METHOD /path"},
    {"bedrock", "GET", NULL, "METHOD /path"},
    {"bedrock", "GET ", NULL, "METHOD /path"},
    {"bedrock", "GET inference-profiles", NULL, "METHOD /path"},
    {"bedrock", "GET  /inference-profiles", NULL, "METHOD /path"},
    {"bedrock", "GET /a b", NULL, "METHOD /path"},
    {"bedrock", "GET /a\r\nHost: x", NULL, "METHOD /path"},
    {"bedrock", "GET /a#b", NULL, "METHOD /path"},
    {"bedrock", "GET https://x/a", NULL, "METHOD /path"},
    {"bedrock", "GET //x/a", NULL, "METHOD /path"},
    {"bedrock", "GET @x/a", NULL, "METHOD /path"},
    {"bedrock", "GET .evil.com/a", NULL, "METHOD /path"},
    {"bedrock", "GET :80/a", NULL, "METHOD /path"},
    {"bedrock", "GET /inference-profiles/arn:aws:bedrock:us-east-1:1:x/y", NULL, "percent-encoded"},
    {"bedrock", "GET /a?b=c d", NULL, "METHOD /path"},
    {"bedrock", "GET /a?b=%", NULL, "METHOD /path"},
    {"bedrock", "GET /a?b=c/d", NULL, "METHOD /path"},
    {"bedrock", "GET /a?b=c+d", NULL, "METHOD /path"},
    {"bedrock", "GET /a?b=\xc3\xa4", NULL, "METHOD /path"},
    {"bedrock", "GET /a?b?c", NULL, "METHOD /path"},
    {"bedrock", "get /a", NULL, "GET, POST"},
    {"bedrock", "HEAD /a", NULL, "GET, POST"},
    {"bedrock", "CONNECTX /a", NULL, "METHOD /path"},
    {"bedrock", "ListInferenceProfiles", NULL, "METHOD /path"},
    {"bedrock", "GET /a", "{}", "no place in a GET"},
    {"bedrock", "DELETE /a", "{}", "no place in a GET"},
    {"bedrock", "POST /a", "[]", "not an object"},
    {"bedrock", "POST /a", "{", "not acceptable JSON"},
    {"bedrock", "POST /a", "{\"a\":1,\"a\":2}", "not acceptable JSON"},
    {"bedrock", "POST /a", "{\"a\":\"\\u0000\"}", "not acceptable JSON"},
    {"bedrock", "POST /a", "{\"a\":\"\xff\"}", "not acceptable JSON"},
    {"bedrock", "POST /a", "{\"a\":\"\\ud800\"}", "not acceptable JSON"},
    {"bedrock", "POST /a", "{} {}", "not acceptable JSON"},
    {"ce", "", NULL, "bare name"},
    {"ce", "GetTags ", NULL, "bare name"},
    {"ce", "Get.Tags", NULL, "bare name"},
    {"ce", "GetTags\r\nX: y", NULL, "bare name"},
    {"ce", "POST /", NULL, "bare name"},
    {"ce", "G\xc3\xa4tTags", NULL, "bare name"},
    {"ce",
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAA",
     NULL, "bare name"},
    {"ce", "GetTags", "1", "not an object"},
    {"ce", "GetTags", "null", "not an object"},
    {"sts", "GetCallerIdentity&Action=AssumeRole", NULL, "bare name"},
    {"sts", "GetCallerIdentity", "{\"Action\":\"AssumeRole\"}", "Action is not for the caller"},
    {"sts", "GetCallerIdentity", "{\"\\u0041ction\":\"AssumeRole\"}", "Action is not for the"},
    {"sts", "GetCallerIdentity", "{\"Version\":\"x\"}", "Version is not for the caller"},
    {"sts", "AssumeRole", "{\"Tags.member.1.Key\":\"x\"}", "a member's name"},
    {"sts", "AssumeRole", "{\"\":\"x\"}", "a member's name"},
    {"sts", "AssumeRole", "{\"a&Action\":\"x\"}", "a member's name"},
    {"sts", "AssumeRole", "{\"a\":{\"b c\":\"x\"}}", "a member's name"},
    {"iam", "X",
     "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
     "too deeply"},
};

START_TEST(request_is_refused)
{
    brc__auto_aws_request struct brc__aws_request request = BRC__AWS_REQUEST;
    struct brc__error error = {0};

    int rc = make(refused[_i].service, refused[_i].operation, refused[_i].json, &request, &error);
    ck_assert_int_eq(rc, BRC_E_INVALID);
    ck_assert_int_eq(error.code, rc);
    ck_assert_msg(strstr(error.text, refused[_i].says) != NULL, "%s: %s", refused[_i].operation,
                  error.text);
}
END_TEST

START_TEST(what_is_too_large)
{
    static char operation[BRC__CEILING_URL + 10], json[BRC__CEILING_REQUEST + 10];
    struct brc__error error = {0};
    brc__auto_aws_request struct brc__aws_request request = BRC__AWS_REQUEST;
    brc__auto_aws_request struct brc__aws_request other = BRC__AWS_REQUEST;

    memcpy(operation, "GET /", 5);
    memset(operation + 5, 'a', sizeof operation - 6);
    ck_assert_int_eq(make("bedrock", operation, NULL, &request, &error), BRC_E_TOO_LARGE);
    memcpy(json, "{}", 2);
    memset(json + 2, ' ', sizeof json - 3);
    ck_assert_int_eq(make("ce", "GetTags", json, &other, &error), BRC_E_TOO_LARGE);
}
END_TEST

START_TEST(web_identity_goes_without_a_signature)
{
    brc__auto_aws_request struct brc__aws_request request = BRC__AWS_REQUEST;
    brc__auto_aws_request struct brc__aws_request other = BRC__AWS_REQUEST;
    struct brc__error error = {0};

    ck_assert_int_eq(make("sts", "AssumeRoleWithWebIdentity", "{}", &request, &error), 0);
    ck_assert(!request.is_signed);
    ck_assert_int_eq(make("sts", "AssumeRole", "{}", &other, &error), 0);
    ck_assert(other.is_signed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("aws_request");
    TCase *cases = tcase_create("aws_request");

    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, request_is_made, 0, sizeof requests / sizeof requests[0]);
    tcase_add_loop_test(cases, request_is_refused, 0, sizeof refused / sizeof refused[0]);
    tcase_add_test(cases, what_is_too_large);
    tcase_add_test(cases, web_identity_goes_without_a_signature);
    return run(suite);
}
