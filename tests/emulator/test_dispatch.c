/* One port for all services: the credential scope tells them apart, and each is refused and
 * struck by faults in its own words.
 *
 * SPDX-License-Identifier: MIT
 */
#include "identity_client.h"

#include <stdlib.h>
#include <string.h>

#define FORM_TYPE "application/x-www-form-urlencoded; charset=utf-8"
#define LIST      "Action=ListRoles&Version=2010-05-08"

static struct signer signer_of_service(const char *service)
{
    struct signer signer = SIGNER;

    signer.service = service;
    signer.content_type = FORM_TYPE;
    return signer;
}

static struct response iam(const char *form)
{
    struct signer signer = signer_of_service("iam");

    return call_as(&signer, "POST", "/", form);
}

/* ---- query ---- */

static const struct {
    const char *form;
    const char *code;
} FORMS[] = {
    {"", "InvalidAction"},
    {"Version=2010-05-08", "InvalidAction"},
    {"Action=ListRoles", "InvalidAction"},
    {"Action=ListRoles&Version=2011-06-15", "InvalidAction"},
    {"Action=GetCallerIdentity&Version=2011-06-15", "InvalidAction"},
    {"Action=%ff&Version=%01", "InvalidAction"},
    {LIST "&MaxItems=%", "MalformedInput"},
    {LIST "&MaxItems=0", "ValidationError"},
    {LIST "&MaxItems=x", "MalformedInput"},
    {LIST "&MaxItems.member.1=1", "MalformedInput"},
};

START_TEST(test_form)
{
    expect_sts_error(iam(FORMS[_i].form), 400, FORMS[_i].code);
}
END_TEST

START_TEST(test_query_signature)
{
    struct signer signer = signer_of_service("iam");

    free(expect_text(call_as(&signer, "POST", "/", LIST), 200));
    signer.secret_key = "wrong";
    expect_sts_error(call_as(&signer, "POST", "/", LIST), 403, "SignatureDoesNotMatch");
    signer = signer_of_service("iam");
    signer.access_key = "AKIAUNKNOWN";
    expect_sts_error(call_as(&signer, "POST", "/", LIST), 403, "InvalidClientTokenId");
    signer = signer_of_service("iam");
    signer.skew = -400;
    expect_sts_error(call_as(&signer, "POST", "/", LIST), 403, "SignatureDoesNotMatch");
}
END_TEST

/* A scope decides, whatever the form says. */
START_TEST(test_scope)
{
    struct signer signer = signer_of_service("sts");

    expect_sts_error(call_as(&signer, "POST", "/", LIST), 400, "InvalidAction");
    free(expect_text(call_as(&signer, "POST", "/", WHO), 200));
    signer = signer_of_service("bedrock");
    expect_error(call_as(&signer, "POST", "/", LIST), 404, "UnknownOperationException", NULL);
    signer = signer_of_service("iam");
    expect_sts_error(call_as(&signer, "GET", "/inference-profiles", NULL), 400, "InvalidAction");
    signer = signer_of_service("lambda");
    expect_error(call_as(&signer, "POST", "/", LIST), 403, "InvalidSignatureException",
                 "correct service: 'bedrock'");
}
END_TEST

/* ---- REST ---- */

static const struct {
    const char *method;
    const char *target;
    const char *type;
} PATHS[] = {
    {"GET", "/agents/ABCDEFGHIJ/", "ResourceNotFoundException"},
    {"GET", "/agents/ABCDEFGHIJ", "UnknownOperationException"},
    {"GET", "/agents/", "UnknownOperationException"}, /* the list is posted for */
    {"GET", "/agents/ABCDEFGHIJ/agentaliases/KLMNOPQRST/", "ResourceNotFoundException"},
    {"GET", "/agents/ABCDEFGHIJ/agentaliases/KLMNOPQRST", "UnknownOperationException"},
    {"GET", "/agents/ABCDEFGHIJ/agentaliases/short/", "ValidationException"},
    {"GET", "/agents/short/agentaliases/KLMNOPQRST/", "ValidationException"},
    {"GET", "/agents/%ff/", "SerializationException"},
    {"GET", "/inference-profiles/", "UnknownOperationException"},
};

START_TEST(test_path)
{
    struct response response = call(PATHS[_i].method, PATHS[_i].target, NULL);

    ck_assert_str_eq(response.error_type, PATHS[_i].type);
    response_free(&response);
}
END_TEST

/* ---- JSON-RPC ---- */

#define BUDGETS "AWSBudgetServiceGateway."
#define MINE    "{\"AccountId\":\"123456789012\"}"

static struct response rpc_as(const struct signer *given, const char *service, const char *target,
                              const char *body)
{
    struct signer signer = *given;

    signer.service = service;
    signer.content_type = "application/x-amz-json-1.1";
    signer.target = target;
    return call_as(&signer, "POST", "/", body);
}

/* An error of JSON-RPC says what it is in the body alone. */
static void expect_rpc_error(struct response response, int status, const char *type)
{
    ck_assert_msg(response.status == status, "wanted %d %s, got %d: %s", status, type,
                  response.status, response.body);
    ck_assert_str_eq(response.error_type, "");
    ck_assert_str_eq(response.content_type, "application/x-amz-json-1.1");
    ck_assert_pstr_eq(json_string_value(json_object_get(response.json, "__type")), type);
    response_free(&response);
}

static const struct {
    const char *target;
    const char *body;
    const char *type;
} RPC_CALLS[] = {
    {BUDGETS "NoSuchThing", MINE, "UnknownOperationException"},
    {"AWSInsightsIndexService.GetTags", MINE, "UnknownOperationException"},
    {"", MINE, "UnknownOperationException"},
    {BUDGETS "DescribeBudgets", "{", "SerializationException"},
    {BUDGETS "DescribeBudgets", "[]", "SerializationException"},
    {BUDGETS "DescribeBudgets", "{\"AccountId\":1}", "SerializationException"},
    {BUDGETS "DescribeBudgets", "{}", "InvalidParameterException"},
};

START_TEST(test_rpc)
{
    expect_rpc_error(rpc_as(&SIGNER, "budgets", RPC_CALLS[_i].target, RPC_CALLS[_i].body), 400,
                     RPC_CALLS[_i].type);
}
END_TEST

START_TEST(test_rpc_signature)
{
    const char *target = BUDGETS "DescribeBudgets";
    struct signer signer = SIGNER;

    json_decref(expect_json(rpc_as(&SIGNER, "budgets", target, MINE), 200));
    signer.secret_key = "wrong";
    expect_rpc_error(rpc_as(&signer, "budgets", target, MINE), 400, "InvalidSignatureException");
    signer = SIGNER;
    signer.access_key = "AKIAUNKNOWN";
    expect_rpc_error(rpc_as(&signer, "budgets", target, MINE), 400, "UnrecognizedClientException");
    expect_rpc_error(ask_with("POST", "/", "X-Amz-Target: " BUDGETS "DescribeBudgets\r\n", MINE),
                     400, "MissingAuthenticationTokenException");
    expect_rpc_error(rpc_as(&SIGNER, "lambda", target, MINE), 400, "InvalidSignatureException");
}
END_TEST

START_TEST(test_rpc_faults)
{
    const char *target = BUDGETS "DescribeBudgets";

    add_fault("{\"type\":\"ThrottlingException\",\"service\":\"budgets\"}");
    expect_rpc_error(rpc_as(&SIGNER, "budgets", target, MINE), 400, "ThrottlingException");
    add_fault("{\"status\":503}");
    expect_rpc_error(rpc_as(&SIGNER, "budgets", target, MINE), 503, "ServiceUnavailableException");
}
END_TEST

/* ---- faults ---- */

START_TEST(test_query_faults)
{
    struct response response;

    add_fault("{\"type\":\"ThrottlingException\",\"message\":\"as < asked\"}");
    response = iam(LIST);
    ck_assert_ptr_nonnull(strstr(response.body, "<Message>as &lt; asked</Message>"));
    expect_sts_error(response, 400, "Throttling");
    add_fault("{\"status\":503,\"operation\":\"ListRoles\",\"service\":\"iam\"}");
    json_decref(expect_json(call("GET", "/inference-profiles", NULL), 200));
    expect_sts_error(iam(LIST), 503, "ServiceUnavailable");
    add_fault("{\"type\":\"NoSuchEntity\"}");
    expect_sts_error(iam(LIST), 404, "NoSuchEntity");
    add_fault("{\"body\":\"<html>\"}");
    response = iam(LIST);
    ck_assert_int_eq(response.status, 200);
    ck_assert_str_eq(response.body, "<html>");
    response_free(&response);
    add_fault("{\"drop\":true}");
    response = iam("Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument=x");
    ck_assert_int_eq(response.status, 0);
    response_free(&response);
}
END_TEST

/* ---- STS without --identity ---- */

START_TEST(test_sts_alone)
{
    struct signer signer = sts_signer();

    expect_caller(&signer, "arn:aws:iam::123456789012:user/emulator");
    signer.secret_key = "wrong";
    expect_sts_error(sts_as(&signer, WHO), 403, "SignatureDoesNotMatch");
    expect_error(sts_unsigned(WHO), 403, "MissingAuthenticationTokenException", NULL);
    expect_error(own("GET", "/_identity/setup", NULL), 403, "MissingAuthenticationTokenException",
                 NULL);
    expect_error(own("GET", ROLES_PATH, NULL), 403, "MissingAuthenticationTokenException", NULL);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("dispatch");
    TCase *tcase = emulator_case(suite, "dispatch");

    tcase_add_loop_test(tcase, test_form, 0, COUNT(FORMS));
    tcase_add_test(tcase, test_query_signature);
    tcase_add_test(tcase, test_scope);
    tcase_add_loop_test(tcase, test_path, 0, COUNT(PATHS));
    tcase_add_loop_test(tcase, test_rpc, 0, COUNT(RPC_CALLS));
    tcase_add_test(tcase, test_rpc_signature);
    tcase_add_test(tcase, test_rpc_faults);
    tcase_add_test(tcase, test_query_faults);
    tcase_add_test(tcase, test_sts_alone);
    return run_suite(suite, argc, argv);
}
