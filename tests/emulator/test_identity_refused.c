/* Who gets no credentials, and how each source says so.
 *
 * SPDX-License-Identifier: MIT
 */
#include "identity_client.h"

#include <stdlib.h>
#include <string.h>

/* ---- STS ---- */

static const struct {
    const char *principal;
    bool trusted;
} PRINCIPALS[] = {
    {"*", true},
    {"123456789012", true},
    {"arn:aws:iam::123456789012:root", true},
    {"arn:aws:iam::123456789012:user/emulator", true},
    {"arn:aws:iam::123456789012:user/emulato", false},
    {"123456789013", false},
    {"arn:aws:iam::123456789013:root", false},
    {"arn:aws:iam::123456789012:role/demo", false},
    {"root", false},
};

START_TEST(test_principal)
{
    char *setup = text("{\"roles\":[{\"arn\":\"" ROLE "\",\"principals\":[\"%s\"]}]}",
                       PRINCIPALS[_i].principal);
    struct response response;

    set_up(setup);
    free(setup);
    response = sts(ASSUME(""));
    if (PRINCIPALS[_i].trusted)
        ck_assert_int_eq(response.status, 200);
    else
        ck_assert_ptr_nonnull(strstr(response.body,
                                     "User: arn:aws:iam::123456789012:user/emulator is not "
                                     "authorized to perform: sts:AssumeRole on resource: " ROLE));
    response_free(&response);
}
END_TEST

START_TEST(test_nobody_is_trusted)
{
    set_up("{\"roles\":[{\"arn\":\"" ROLE "\"}]}");
    expect_sts_error(sts(ASSUME("")), 403, "AccessDenied");
    expect_sts_error(sts_unsigned(ASSUME_WEB("web-identity-token")), 403, "AccessDenied");
    set_up("{\"roles\":[]}");
    expect_sts_error(sts(ASSUME("")), 403, "AccessDenied");
}
END_TEST

START_TEST(test_external_id)
{
    set_up("{\"roles\":[{\"arn\":\"" ROLE "\",\"principals\":[\"*\"],\"externalId\":\"a/b c\"}]}");
    expect_sts_error(sts(ASSUME("")), 403, "AccessDenied");
    expect_sts_error(sts(ASSUME("&ExternalId=other")), 403, "AccessDenied");
    expect_sts_error(sts(ASSUME("&ExternalId=a/b+c")), 400, "ValidationError");
    set_up("{\"roles\":[{\"arn\":\"" ROLE "\",\"principals\":[\"*\"],\"externalId\":\"a/b=c\"}]}");
    free(expect_text(sts(ASSUME("&ExternalId=a%2Fb%3Dc")), 200));
}
END_TEST

static const struct {
    const char *form;
    const char *code;
} FORMS[] = {
    {"", "MissingAction"},
    {"Version=2011-06-15", "MissingAction"},
    {"Action=AssumeRole", "InvalidAction"},
    {"Action=AssumeRole&Version=2011-06-16", "InvalidAction"},
    {"Action=%ff&Version=%3c%01", "InvalidAction"},
    {"Action=GetFederationToken&Version=2011-06-15", "InvalidAction"},
    {"Action=%", "MalformedInput"},
    {"Action=%00", "MalformedInput"},
    {FORM("AssumeRole", ""), "ValidationError"},
    {FORM("AssumeRole", "&RoleArn=%ff&RoleSessionName=tests"), "MalformedInput"},
    {FORM("AssumeRole", "&RoleArn=" ROLE), "ValidationError"},
    {FORM("AssumeRole", "&RoleArn=" ROLE "&RoleSessionName=a"), "ValidationError"},
    {FORM("AssumeRole", "&RoleArn=" ROLE "&RoleSessionName=a:b"), "ValidationError"},
    {ASSUME("&DurationSeconds=899"), "ValidationError"},
    {ASSUME("&DurationSeconds=43201"), "ValidationError"},
    {ASSUME("&DurationSeconds=3601"), "ValidationError"}, /* the role's own limit */
    {ASSUME("&DurationSeconds=x"), "MalformedInput"},
};

START_TEST(test_form)
{
    expect_sts_error(sts(FORMS[_i].form), 400, FORMS[_i].code);
}
END_TEST

START_TEST(test_arn_is_none)
{
    set_up(
        "{\"roles\":[{\"arn\":\"arn:aws:iam::123456789012:user/demo\",\"principals\":[\"*\"]}]}");
    expect_sts_error(sts(FORM("AssumeRole", "&RoleArn=arn:aws:iam::123456789012:user/demo"
                                            "&RoleSessionName=tests")),
                     400, "ValidationError");
}
END_TEST

START_TEST(test_not_a_form)
{
    expect_sts_error(own("POST", "/", WHO), 400, "MissingAction");
    expect_sts_error(own("GET", "/?" WHO, NULL), 400, "MissingAction");
}
END_TEST

START_TEST(test_signature)
{
    struct signer signer = sts_signer();

    expect_sts_error(sts_unsigned(WHO), 403, "MissingAuthenticationToken");
    signer.service = "bedrock";
    expect_sts_error(sts_as(&signer, WHO), 403, "SignatureDoesNotMatch");
    signer = sts_signer();
    signer.secret_key = "wrong";
    expect_sts_error(sts_as(&signer, WHO), 403, "SignatureDoesNotMatch");
    signer = sts_signer();
    signer.skew = -400;
    expect_sts_error(sts_as(&signer, WHO), 403, "SignatureDoesNotMatch");
    signer = sts_signer();
    signer.access_key = "AKIAUNKNOWN";
    expect_sts_error(sts_as(&signer, WHO), 403, "InvalidClientTokenId");
}
END_TEST

/* Keys that last have no session token; those issued have one, and end. */
START_TEST(test_session_token)
{
    struct signer signer = sts_signer();
    struct response response;

    set_up("{\"keys\":[{\"accessKeyId\":\"AKIATOLD\",\"secretAccessKey\":\"s\"}]}");
    signer.access_key = "AKIATOLD";
    signer.secret_key = "s";
    expect_caller(&signer, "arn:aws:iam::123456789012:user/told");
    signer.token = "t";
    expect_sts_error(sts_as(&signer, WHO), 403, "InvalidClientTokenId");
    response = ask_with("GET", "/v2/credentials/x", NULL, NULL);
    signer = signer_of(response.json, "AccessKeyId", "SecretAccessKey", "Token");
    signer.token = NULL;
    expect_sts_error(sts_as(&signer, WHO), 403, "InvalidClientTokenId");
    response_free(&response);
    add_identity_fault("{\"expiresIn\":0}");
    response = ask_with("GET", "/v2/credentials/x", NULL, NULL);
    signer = signer_of(response.json, "AccessKeyId", "SecretAccessKey", "Token");
    expect_sts_error(sts_as(&signer, WHO), 403, "ExpiredToken");
    signer.service = "bedrock";
    signer.content_type = NULL;
    expect_error(call_as(&signer, "POST", RAW_TARGET, HELLO), 403, "ExpiredTokenException", NULL);
    response_free(&response);
}
END_TEST

START_TEST(test_web_identity)
{
    expect_sts_error(sts_unsigned(ASSUME_WEB("other")), 400, "InvalidIdentityToken");
    expect_sts_error(sts_unsigned(ASSUME_WEB("abc")), 400, "ValidationError");
    set_up("{\"webIdentityTokens\":[{\"token\":\"old-token\",\"expired\":true,\"subject\":\"s\"},"
           "{\"token\":\"stranger\",\"subject\":\"s\"}]}");
    expect_sts_error(sts_unsigned(ASSUME_WEB("old-token")), 400, "ExpiredTokenException");
    expect_sts_error(sts_unsigned(ASSUME_WEB("stranger")), 403, "AccessDenied");
}
END_TEST

/* ---- the others ---- */

#define TTL(value) "X-aws-ec2-metadata-token-ttl-seconds: " value "\r\n"

static const struct {
    const char *method;
    const char *target;
    const char *headers;
    int status;
} IMDS[] = {
    {"PUT", "/latest/api/token", NULL, 400},
    {"PUT", "/latest/api/token", TTL("0"), 400},
    {"PUT", "/latest/api/token", TTL("21601"), 400},
    {"PUT", "/latest/api/token", TTL("99999999999999999999"), 400},
    {"PUT", "/latest/api/token", TTL("1x"), 400},
    {"PUT", "/latest/api/token", TTL("60") "X-Forwarded-For: 10.0.0.1\r\n", 403},
    {"PUT", "/latest/api/other", TTL("60"), 405},
    {"POST", ROLES_PATH, NULL, 405},
    {"GET", ROLES_PATH, NULL, 401},
    {"GET", ROLES_PATH "demo", NULL, 401},
    {"GET", ROLES_PATH, "X-aws-ec2-metadata-token: x\r\n", 401},
    {"GET", "/latest/meta-data/placement/region", NULL, 401},
};

static void expect_page(struct response response, int status)
{
    ck_assert_int_eq(response.status, status);
    ck_assert_str_eq(response.content_type, "text/html");
    ck_assert_ptr_nonnull(strstr(response.body, "<h1>"));
    response_free(&response);
}

START_TEST(test_imds)
{
    expect_page(ask_with(IMDS[_i].method, IMDS[_i].target, IMDS[_i].headers, NULL),
                IMDS[_i].status);
}
END_TEST

START_TEST(test_imds_with_token)
{
    char *token = imds_token();

    expect_page(ask_with("GET", ROLES_PATH "dem", token, NULL), 404);
    expect_page(ask_with("GET", "/latest/meta-data/", token, NULL), 404);
    set_up("{\"imdsRole\":\"\"}");
    expect_page(ask_with("GET", ROLES_PATH, token, NULL), 404);
    json_decref(expect_json(own("DELETE", "/_identity/imds-tokens", NULL), 200));
    expect_page(ask_with("GET", ROLES_PATH, token, NULL), 401);
    free(token);
}
END_TEST

static void expect_container(struct response response, int status, const char *code)
{
    ck_assert_int_eq(response.status, status);
    ck_assert_str_eq(json_string_value(json_object_get(response.json, "code")), code);
    ck_assert_int_eq(json_integer_value(json_object_get(response.json, "HTTPErrorCode")), status);
    response_free(&response);
}

START_TEST(test_container)
{
    const char *target = "/v2/credentials/x";

    expect_container(own("GET", "/v2/credentials/", NULL), 400, "NoIdInRequest");
    expect_container(own("GET", "/v2/credentials/\xff", NULL), 400, "NoIdInRequest");
    expect_container(own("POST", target, "{}"), 404, "NotFound");
    set_up("{\"containerToken\":\"Basic x\"}");
    expect_container(own("GET", target, NULL), 401, "Unauthorized");
    expect_container(ask_with("GET", target, "Authorization: Basic y\r\n", NULL), 401,
                     "Unauthorized");
    free(expect_text(ask_with("GET", target, "Authorization: Basic x\r\n", NULL), 200));
    set_up("{\"containerToken\":\"\",\"containerRole\":\"\"}");
    expect_container(own("GET", target, NULL), 404, "NoCredentialsAssociated");
}
END_TEST

START_TEST(test_sso)
{
    const char *other = "/federation/credentials?role_name=x&account_id=123456789012";

    expect_error(ask_with("GET", SSO_TARGET, NULL, NULL), 401, "UnauthorizedException",
                 "not found");
    expect_error(ask_with("GET", SSO_TARGET, "x-amz-sso_bearer_token: x\r\n", NULL), 401,
                 "UnauthorizedException", NULL);
    expect_error(ask_with("GET", other, SSO_HEADER, NULL), 403, "ForbiddenException", "No access");
    expect_error(ask_with("GET", "/federation/credentials", SSO_HEADER, NULL), 400,
                 "InvalidRequestException", NULL);
    expect_error(ask_with("GET", "/federation/credentials?a=%", SSO_HEADER, NULL), 400,
                 "InvalidRequestException", NULL);
    set_up("{\"ssoTokens\":[{\"accessToken\":\"sso-access-token\",\"expired\":true,"
           "\"roles\":[{\"accountId\":\"123456789012\",\"roleName\":\"demo\"}]}]}");
    expect_error(ask_with("GET", SSO_TARGET, SSO_HEADER, NULL), 401, "UnauthorizedException", NULL);
}
END_TEST

static const struct {
    const char *body;
    int status;
    const char *type;
    const char *error;
} REFRESHES[] = {
    {"", 400, "InvalidRequestException", "invalid_request"},
    {"{}", 400, "InvalidRequestException", "invalid_request"},
    {"{\"grantType\":\"refresh_token\"}", 400, "InvalidRequestException", "invalid_request"},
    {"{\"grantType\":\"device_code\"}", 400, "UnsupportedGrantTypeException",
     "unsupported_grant_type"},
    {REFRESH("other"), 400, "InvalidGrantException", "invalid_grant"},
    {"{\"grantType\":\"refresh_token\",\"refreshToken\":\"sso-refresh-token\"}", 401,
     "InvalidClientException", "invalid_client"},
};

START_TEST(test_oidc)
{
    struct response response = own("POST", "/token", REFRESHES[_i].body);

    ck_assert_int_eq(response.status, REFRESHES[_i].status);
    ck_assert_str_eq(response.error_type, REFRESHES[_i].type);
    ck_assert_str_eq(json_string_value(json_object_get(response.json, "error")),
                     REFRESHES[_i].error);
    ck_assert_ptr_nonnull(json_string_value(json_object_get(response.json, "error_description")));
    response_free(&response);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("identity_refused");
    TCase *tcase = identity_case(suite, "refused");

    tcase_add_loop_test(tcase, test_principal, 0, COUNT(PRINCIPALS));
    tcase_add_test(tcase, test_nobody_is_trusted);
    tcase_add_test(tcase, test_external_id);
    tcase_add_loop_test(tcase, test_form, 0, COUNT(FORMS));
    tcase_add_test(tcase, test_arn_is_none);
    tcase_add_test(tcase, test_not_a_form);
    tcase_add_test(tcase, test_signature);
    tcase_add_test(tcase, test_session_token);
    tcase_add_test(tcase, test_web_identity);
    tcase_add_loop_test(tcase, test_imds, 0, COUNT(IMDS));
    tcase_add_test(tcase, test_imds_with_token);
    tcase_add_test(tcase, test_container);
    tcase_add_test(tcase, test_sso);
    tcase_add_loop_test(tcase, test_oidc, 0, COUNT(REFRESHES));
    return run_suite(suite, argc, argv);
}
