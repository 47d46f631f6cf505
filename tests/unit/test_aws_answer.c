/* Answers of AWS's services: JSON, XML, and errors of every kind.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <aws_answer.h>

#include <stdio.h>
#include <string.h>

#define HEAD     "HTTP/1.1 200 OK\r\nx-amzn-RequestId: id-1\r\n"
#define METADATA "<ResponseMetadata><RequestId>id-2</RequestId></ResponseMetadata>"

static const struct {
    const char *service;
    const char *operation;
    int status;
    const char *head;
    const char *body;
    const char *json; /* NULL: PROTOCOL */
    const char *id;
} successes[] = {
    {"bedrock", "GET /x", 200, HEAD, "{\"a\":1}", "{\"a\":1}", "id-1"},
    {"bedrock", "POST /x", 201, HEAD, " {\"a\" : 1}\n", "{\"a\" : 1}", "id-1"},
    {"bedrock-agent", "PUT /x", 202, HEAD, "{}", "{}", "id-1"},
    {"bedrock", "DELETE /x", 200, HEAD, "", "{}", "id-1"},
    {"bedrock", "DELETE /x", 204, HEAD, " \r\n", "{}", "id-1"},
    {"ce", "GetTags", 200, "HTTP/1.1 200\r\nx-amz-request-id: id-3\r\n", "{\"a\":\"\\ud800\"}",
     "{\"a\":\"\\ud800\"}", "id-3"},
    {"ce", "GetTags", 200, NULL, "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}", ""},
    {"ce", "GetTags", 200, HEAD, "[]", NULL, "id-1"},
    {"ce", "GetTags", 200, HEAD, "{\"a\":1", NULL, "id-1"},
    {"ce", "GetTags", 200, HEAD, "<html/>", NULL, "id-1"},
    {"sts", "GetCallerIdentity", 200, NULL,
     "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
     "  <GetCallerIdentityResult>\n    <Arn>arn:aws:iam::1:user/u</Arn>\n"
     "    <UserId>AIDA</UserId>\n    <Account>1</Account>\n  </GetCallerIdentityResult>\n"
     "  " METADATA "\n</GetCallerIdentityResponse>\n",
     "{\"Arn\":\"arn:aws:iam::1:user/u\",\"UserId\":\"AIDA\",\"Account\":\"1\"}", "id-2"},
    {"sts", "AssumeRole", 200, HEAD,
     "<?xml version=\"1.0\"?><AssumeRoleResponse><ResponseMetadata/><AssumeRoleResult>"
     "<Credentials><SessionToken>a+b/c==&amp;d</SessionToken></Credentials>"
     "<PackedPolicySize>6</PackedPolicySize></AssumeRoleResult></AssumeRoleResponse>",
     "{\"Credentials\":{\"SessionToken\":\"a+b/c==&d\"},\"PackedPolicySize\":\"6\"}", "id-1"},
    {"iam", "ListRoles", 200, NULL,
     "<ListRolesResponse><ListRolesResult><IsTruncated>false</IsTruncated><Roles><member>"
     "<RoleName>r</RoleName></member></Roles></ListRolesResult>" METADATA "</ListRolesResponse>",
     "{\"IsTruncated\":\"false\",\"Roles\":[{\"RoleName\":\"r\"}]}", "id-2"},
    {"sns", "GetTopicAttributes", 200, NULL,
     "<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry><key>Owner</key>"
     "<value>1</value></entry></Attributes></GetTopicAttributesResult></"
     "GetTopicAttributesResponse>",
     "{\"Attributes\":[{\"key\":\"Owner\",\"value\":\"1\"}]}", ""},
    {"iam", "DeleteUser", 200, NULL, "<DeleteUserResponse>" METADATA "</DeleteUserResponse>", "{}",
     "id-2"},
    {"sns", "TagResource", 200, NULL,
     "<TagResourceResponse><TagResourceResult/>" METADATA "</TagResourceResponse>", "{}", "id-2"},
    {"sns", "TagResource", 200, NULL,
     "<TagResourceResponse><TagResourceResult>\n </TagResourceResult></TagResourceResponse>", "{}",
     ""},
    {"sts", "AssumeRole", 200, HEAD, "<GetCallerIdentityResponse/>", NULL, "id-1"},
    {"sts", "AssumeRole", 200, HEAD, "<html><body/></html>", NULL, "id-1"},
    {"sts", "AssumeRole", 200, HEAD, "{}", NULL, "id-1"},
    {"sts", "AssumeRole", 200, HEAD, "", NULL, "id-1"},
    {"sts", "AssumeRole", 200, NULL,
     "<AssumeRoleResponse><AssumeRoleResult><member/></AssumeRoleResult></AssumeRoleResponse>",
     NULL, ""},
    {"sts", "AssumeRole", 200, NULL,
     "<AssumeRoleResponse><AssumeRoleResult><a/></AssumeRoleResult>"
     "<AssumeRoleResult><a/></AssumeRoleResult></AssumeRoleResponse>",
     NULL, ""},
};

static int read_answer(const char *name, const char *operation, const struct brc__aws_reply *reply,
                       struct brc__buf *json, char *id, struct brc__error *error)
{
    const struct brc__service *service;

    ck_assert_int_eq(brc__service_find(name, &service, error), 0);
    return brc__aws_answer_read(service, operation, reply, json, id, error);
}

START_TEST(success_is_json)
{
    brc__auto_buf struct brc__buf json = BRC__SECRET_BUF(BRC__CEILING_ANSWER);
    const struct brc__aws_reply reply = {successes[_i].status, successes[_i].head,
                                         successes[_i].body, strlen(successes[_i].body)};
    struct brc__error error = {0};
    char id[BRC__REQUEST_ID_SIZE];

    int rc = read_answer(successes[_i].service, successes[_i].operation, &reply, &json, id, &error);
    ck_assert_str_eq(id, successes[_i].id);
    if (successes[_i].json == NULL) {
        ck_assert_int_eq(rc, BRC_E_PROTOCOL);
        ck_assert_int_eq(strncmp(error.text, "the answer ", 11), 0);
        ck_assert_uint_eq(json.length, 0);
        return;
    }
    ck_assert_msg(rc == 0, "%s", error.text);
    ck_assert_str_eq(json.data, successes[_i].json);
}
END_TEST

#define XML_ERROR(code, message)                                                                   \
    "<ErrorResponse xmlns=\"urn:x\"><Error><Type>Sender</Type><Code>" code "</Code>"               \
    "<Message>" message "</Message></Error><RequestId>id-4</RequestId></ErrorResponse>"

static const struct {
    const char *service;
    int status;
    const char *head;
    const char *body;
    int code;
    const char *type;
    const char *message;
    const char *id;
    const char *json; /* "": none */
} errors[] = {
    {"bedrock", 400, "x-amzn-ErrorType: ValidationException:http://x/\r\nx-amzn-requestid: id-1",
     "{\"message\":\"no\"}", BRC_E_REJECTED, "ValidationException", "no", "id-1",
     "{\"message\":\"no\"}"},
    {"bedrock", 404, NULL, "{\"__type\":\"ResourceNotFoundException\",\"Message\":\"no\"}",
     BRC_E_REJECTED, "ResourceNotFoundException", "no", "",
     "{\"__type\":\"ResourceNotFoundException\",\"Message\":\"no\"}"},
    {"bedrock", 403, NULL, "<html>no</html>", BRC_E_ACCESS_DENIED, "", "", "", ""},
    {"bedrock", 503, NULL, "", BRC_E_SERVICE, "", "", "", ""},
    {"bedrock", 302, NULL, "", BRC_E_PROTOCOL, "", "", "", ""},
    {"bedrock", 100, NULL, "", BRC_E_PROTOCOL, "", "", "", ""},
    {"dynamodb", 400, NULL,
     "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException\","
     "\"message\":\"The conditional request failed\",\"Item\":{\"s\":{\"N\":\"5\"}}}",
     BRC_E_REJECTED, "ConditionalCheckFailedException", "The conditional request failed", "",
     "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException\","
     "\"message\":\"The conditional request failed\",\"Item\":{\"s\":{\"N\":\"5\"}}}"},
    {"dynamodb", 400, NULL, "{\"__type\":\"x#ProvisionedThroughputExceededException\"}",
     BRC_E_THROTTLED, "ProvisionedThroughputExceededException", "", "",
     "{\"__type\":\"x#ProvisionedThroughputExceededException\"}"},
    {"ce", 400, NULL, "{\"__type\":\"LimitExceededException\"}", BRC_E_THROTTLED,
     "LimitExceededException", "", "", "{\"__type\":\"LimitExceededException\"}"},
    {"ce", 400, NULL, "{\"__type\":\"AccessDeniedException\",\"Message\":\"no\"}",
     BRC_E_ACCESS_DENIED, "AccessDeniedException", "no", "",
     "{\"__type\":\"AccessDeniedException\",\"Message\":\"no\"}"},
    {"ce", 400, NULL, "{\"__type\":\"ExpiredTokenException\"}", BRC_E_CREDENTIALS,
     "ExpiredTokenException", "", "", "{\"__type\":\"ExpiredTokenException\"}"},
    {"ce", 400, NULL, "{\"__type\":\"UnrecognizedClientException\"}", BRC_E_CREDENTIALS,
     "UnrecognizedClientException", "", "", "{\"__type\":\"UnrecognizedClientException\"}"},
    {"budgets", 500, NULL, "{\"__type\":\"InternalErrorException\"}", BRC_E_SERVICE,
     "InternalErrorException", "", "", "{\"__type\":\"InternalErrorException\"}"},
    {"monitoring", 400, "x-amzn-query-error: ResourceNotFound;Sender\r\n",
     "{\"__type\":\"com.amazonaws#ResourceNotFoundException\",\"message\":\"no\"}", BRC_E_REJECTED,
     "ResourceNotFound", "no", "",
     "{\"__type\":\"com.amazonaws#ResourceNotFoundException\",\"message\":\"no\"}"},
    {"monitoring", 400, "x-amzn-query-error: Throttling\r\nx-amzn-ErrorType: X\r\n", "",
     BRC_E_THROTTLED, "Throttling", "", "", ""},
    {"monitoring", 400, "x-amzn-query-error: ;Sender\r\n", "{\"__type\":\"X\"}", BRC_E_REJECTED,
     "X", "", "", "{\"__type\":\"X\"}"},
    {"sts", 403, "x-amzn-RequestId: id-1\r\n", XML_ERROR("AccessDenied", "not &lt;you&gt;"),
     BRC_E_ACCESS_DENIED, "AccessDenied", "not <you>", "id-1",
     "{\"Type\":\"Sender\",\"Code\":\"AccessDenied\",\"Message\":\"not <you>\"}"},
    {"sts", 403, NULL, XML_ERROR("InvalidClientTokenId", "x"), BRC_E_CREDENTIALS,
     "InvalidClientTokenId", "x", "id-4",
     "{\"Type\":\"Sender\",\"Code\":\"InvalidClientTokenId\",\"Message\":\"x\"}"},
    {"sts", 400, NULL, XML_ERROR("ExpiredTokenException", "x"), BRC_E_CREDENTIALS,
     "ExpiredTokenException", "x", "id-4",
     "{\"Type\":\"Sender\",\"Code\":\"ExpiredTokenException\",\"Message\":\"x\"}"},
    {"sts", 400, NULL, XML_ERROR("IDPCommunicationError", "x"), BRC_E_REJECTED,
     "IDPCommunicationError", "x", "id-4",
     "{\"Type\":\"Sender\",\"Code\":\"IDPCommunicationError\",\"Message\":\"x\"}"},
    {"iam", 400, NULL, XML_ERROR("Throttling", "Rate exceeded"), BRC_E_THROTTLED, "Throttling",
     "Rate exceeded", "id-4",
     "{\"Type\":\"Sender\",\"Code\":\"Throttling\",\"Message\":\"Rate exceeded\"}"},
    {"sns", 404, NULL, XML_ERROR("NotFound", ""), BRC_E_REJECTED, "NotFound", "", "id-4",
     "{\"Type\":\"Sender\",\"Code\":\"NotFound\",\"Message\":\"\"}"},
    {"sts", 503, NULL, "<ErrorResponse><Error>x</Error></ErrorResponse>", BRC_E_SERVICE, "", "", "",
     ""},
    {"sts", 400, NULL, "<ErrorResponse><Error><Code>X</Co", BRC_E_REJECTED, "", "", "", ""},
    {"sts", 400, NULL, "{\"__type\":\"X\"}", BRC_E_REJECTED, "X", "", "", "{\"__type\":\"X\"}"},
};

START_TEST(error_is_read)
{
    brc__auto_buf struct brc__buf json = BRC__SECRET_BUF(BRC__CEILING_ANSWER);
    const struct brc__aws_reply reply = {errors[_i].status, errors[_i].head, errors[_i].body,
                                         strlen(errors[_i].body)};
    struct brc__error error = {0};
    char id[BRC__REQUEST_ID_SIZE], status[8];

    brc__buf_text(&json, "");
    int rc = read_answer(errors[_i].service, "X", &reply, &json, id, &error);
    ck_assert_int_eq(rc, errors[_i].code);
    ck_assert_int_eq(error.code, errors[_i].code);
    ck_assert_str_eq(error.aws_type, errors[_i].type);
    ck_assert_str_eq(error.aws_message, errors[_i].message);
    ck_assert_str_eq(error.request_id, errors[_i].id);
    ck_assert_str_eq(id, errors[_i].id);
    snprintf(status, sizeof status, "%d", errors[_i].status);
    ck_assert_str_eq(error.http_status, status);
    ck_assert_ptr_nonnull(strstr(error.text, status));
    ck_assert_str_eq(json.data, errors[_i].json);
}
END_TEST

START_TEST(answer_that_has_no_room)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(4);
    const struct brc__aws_reply reply = {200, NULL, "{\"a\":1}", 7};
    const struct brc__aws_reply failure = {400, NULL, "{\"code\":\"X\"}", 12};
    struct brc__error error = {0};
    char id[BRC__REQUEST_ID_SIZE];

    ck_assert_int_eq(read_answer("ce", "X", &reply, &json, id, &error), BRC_E_TOO_LARGE);
    ck_assert_int_eq(error.code, BRC_E_TOO_LARGE);
    brc__buf_truncate(&json, 0);
    ck_assert_int_eq(read_answer("ce", "X", &failure, &json, id, &error), BRC_E_REJECTED);
    ck_assert_str_eq(error.aws_type, "X");
    ck_assert_int_eq(json.status, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("aws_answer");
    TCase *cases = tcase_create("aws_answer");

    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, success_is_json, 0, sizeof successes / sizeof successes[0]);
    tcase_add_loop_test(cases, error_is_read, 0, sizeof errors / sizeof errors[0]);
    tcase_add_test(cases, answer_that_has_no_room);
    return run(suite);
}
