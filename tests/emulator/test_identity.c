/* Credentials from every source, and that they sign.
 *
 * SPDX-License-Identifier: MIT
 */
#include "identity_client.h"

#include <stdlib.h>
#include <string.h>

#define SESSION "arn:aws:sts::123456789012:assumed-role/demo/"

/* time() may be some milliseconds late, and then still in the second before. */
static time_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec;
}

/* Seconds from now to an ISO 8601 time. */
static double seconds_to(const char *when)
{
    struct tm tm = {0};
    const char *end = strptime(when, "%Y-%m-%dT%H:%M:%SZ", &tm);

    ck_assert_msg(end != NULL && *end == '\0', "%s", when);
    return difftime(timegm(&tm), now());
}

/* Are the credentials of AWS's form, and good for STS and for Bedrock? */
static void check_signer(const struct signer *signer, const char *arn)
{
    struct signer bedrock = SIGNER;
    size_t token_length = strlen(signer->token);

    ck_assert_int_eq((int)strlen(signer->access_key), 20);
    ck_assert_int_eq(strncmp(signer->access_key, "ASIA", 4), 0);
    ck_assert_int_eq((int)strlen(signer->secret_key), 40);
    ck_assert(token_length >= 600 && token_length <= 4096);
    expect_caller(signer, arn);
    bedrock.access_key = signer->access_key;
    bedrock.secret_key = signer->secret_key;
    bedrock.token = signer->token;
    json_decref(expect_json(call_as(&bedrock, "POST", RAW_TARGET, HELLO), 200));
}

static void check_seconds(const char *when, double seconds)
{
    double left = seconds_to(when);

    ck_assert_msg(left > seconds - 300 && left <= seconds, "%f seconds left", left);
}

/* Credentials out of an answer of STS, to be released with the JSON that has them. */
static json_t *credentials_of(struct response response)
{
    static const char *const NAMES[] = {"AccessKeyId", "SecretAccessKey", "SessionToken",
                                        "Expiration"};
    json_t *json = json_object();

    ck_assert_msg(response.status == 200, "%s", response.body);
    ck_assert_str_eq(response.content_type, "text/xml");
    for (int i = 0; i < COUNT(NAMES); i++) {
        char *value = element(&response, NAMES[i]);

        json_object_set_new(json, NAMES[i], json_string(value));
        free(value);
    }
    response_free(&response);
    return json;
}

static void check_sts(json_t *json, const char *arn, double seconds)
{
    struct signer signer = signer_of(json, "AccessKeyId", "SecretAccessKey", "SessionToken");

    check_signer(&signer, arn);
    check_seconds(json_string_value(json_object_get(json, "Expiration")), seconds);
    json_decref(json);
}

START_TEST(test_assume_role)
{
    check_sts(credentials_of(sts(ASSUME(""))), SESSION "tests", 3600);
    check_sts(credentials_of(sts(ASSUME("&DurationSeconds=900&Tags.member.1.Key=a+b"))),
              SESSION "tests", 900);
}
END_TEST

START_TEST(test_answer_of_sts)
{
    struct response response = sts(ASSUME("&SourceIdentity=me"));
    char *id = element(&response, "AssumedRoleId");
    char *arn = element(&response, "Arn");
    char *source = element(&response, "SourceIdentity");
    char *request = element(&response, "RequestId");

    ck_assert_int_eq(strncmp(response.body,
                             "<AssumeRoleResponse "
                             "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
                             "  <AssumeRoleResult>\n",
                             80),
                     0);
    ck_assert_int_eq(strncmp(id, "AROA", 4), 0);
    ck_assert_str_eq(id + 21, ":tests");
    ck_assert_str_eq(arn, SESSION "tests");
    ck_assert_str_eq(source, "me");
    ck_assert_str_eq(request, response.request_id);
    free(id);
    free(arn);
    free(source);
    free(request);
    response_free(&response);
}
END_TEST

START_TEST(test_caller_identity)
{
    struct response response = sts(WHO);
    char *account = element(&response, "Account");
    char *id = element(&response, "UserId");
    struct signer signer = sts_signer();

    ck_assert_str_eq(account, "123456789012");
    ck_assert_int_eq(strncmp(id, "AIDA", 4), 0);
    expect_caller(&signer, "arn:aws:iam::123456789012:user/emulator");
    free(account);
    free(id);
    response_free(&response);
    set_up("{\"keys\":[{\"accessKeyId\":\"AKIATOLD\",\"secretAccessKey\":\"s\","
           "\"arn\":\"arn:aws-cn:iam::999999999999:user/a&b\"}]}");
    signer.access_key = "AKIATOLD";
    signer.secret_key = "s";
    expect_caller(&signer, "arn:aws-cn:iam::999999999999:user/a&amp;b");
}
END_TEST

#define NEXT(more)                                                                                 \
    FORM("AssumeRole", "&RoleArn=arn:aws:iam::210987654321:role/a/b/"                              \
                       "next&RoleSessionName=2nd" more)

/* Each role of a chain trusts the one before. */
START_TEST(test_chain)
{
    json_t *json = credentials_of(sts(ASSUME("")));
    struct signer first = signer_of(json, "AccessKeyId", "SecretAccessKey", "SessionToken");

    set_up("{\"roles\":[{\"arn\":\"arn:aws:iam::210987654321:role/a/b/next\","
           "\"principals\":[\"" ROLE "\"],\"maxSessionDuration\":43200}]}");
    expect_sts_error(sts_as(&first, NEXT("&DurationSeconds=3601")), 400, "ValidationError");
    check_sts(credentials_of(sts_as(&first, NEXT("&DurationSeconds=3600"))),
              "arn:aws:sts::210987654321:assumed-role/next/2nd", 3600);
    expect_sts_error(sts(NEXT("")), 403, "AccessDenied");
    json_decref(json);
}
END_TEST

START_TEST(test_web_identity)
{
    struct response response = sts_unsigned(ASSUME_WEB("web-identity-token"));
    char *subject = element(&response, "SubjectFromWebIdentityToken");
    char *audience = element(&response, "Audience");
    char *provider = element(&response, "Provider");

    ck_assert_str_eq(subject, "system:serviceaccount:default:demo");
    ck_assert_str_eq(audience, "sts.amazonaws.com");
    ck_assert_str_ne(provider, "");
    free(subject);
    free(audience);
    free(provider);
    check_sts(credentials_of(response), SESSION "web", 3600);
}
END_TEST

START_TEST(test_imds)
{
    char *token = imds_token();
    char *role = expect_text(ask_with("GET", ROLES_PATH, token, NULL), 200);
    char *region =
        expect_text(ask_with("GET", "/latest/meta-data/placement/region", token, NULL), 200);
    struct response response = ask_with("GET", ROLES_PATH "demo", token, NULL);
    const char *expiration = json_string_value(json_object_get(response.json, "Expiration"));
    const char *updated = json_string_value(json_object_get(response.json, "LastUpdated"));
    struct signer signer = signer_of(response.json, "AccessKeyId", "SecretAccessKey", "Token");

    ck_assert_str_eq(role, "demo");
    ck_assert_str_eq(region, "us-east-1");
    ck_assert_str_eq(response.content_type, "text/plain");
    ck_assert_str_eq(response.request_id, "");
    ck_assert_str_eq(json_string_value(json_object_get(response.json, "Code")), "Success");
    ck_assert_str_eq(json_string_value(json_object_get(response.json, "Type")), "AWS-HMAC");
    ck_assert_uint_eq(json_object_size(response.json), 7);
    check_seconds(expiration, 21600);
    check_seconds(updated, 0);
    check_signer(&signer, SESSION "i-0123456789abcdef0");
    response_free(&response);
    free(token);
    free(role);
    free(region);
}
END_TEST

static const struct {
    const char *target;
    const char *other_member;
    const char *session;
} CONTAINERS[] = {
    {"/v2/credentials/task-1", "RoleArn", "task-1"},
    {"/role/a/task-2?x=/y", "RoleArn", "task-2"},
    {"/v1/credentials", "AccountId", "credentials"},
};

START_TEST(test_container)
{
    struct response response = ask_with("GET", CONTAINERS[_i].target, NULL, NULL);
    struct signer signer = signer_of(response.json, "AccessKeyId", "SecretAccessKey", "Token");
    char *arn = text(SESSION "%s", CONTAINERS[_i].session);

    ck_assert_uint_eq(json_object_size(response.json), 5);
    ck_assert_ptr_nonnull(json_object_get(response.json, CONTAINERS[_i].other_member));
    check_seconds(json_string_value(json_object_get(response.json, "Expiration")), 21600);
    check_signer(&signer, arn);
    free(arn);
    response_free(&response);
}
END_TEST

START_TEST(test_sso)
{
    json_t *json = expect_json(ask_with("GET", SSO_TARGET, SSO_HEADER, NULL), 200);
    json_t *credentials = json_object_get(json, "roleCredentials");
    struct signer signer = signer_of(credentials, "accessKeyId", "secretAccessKey", "sessionToken");
    json_int_t left = integer_at(json, "roleCredentials", "expiration") / 1000 - now();

    ck_assert(left > 3300 && left <= 3600);
    check_signer(&signer, "arn:aws:sts::123456789012:assumed-role/"
                          "AWSReservedSSO_demo_0123456789abcdef/someone");
    json_decref(json);
}
END_TEST

/* The new token opens what the old one did; the refresh token is spent, unless it does not rotate.
 */
START_TEST(test_oidc)
{
    json_t *json = expect_json(own("POST", "/token", REFRESH("sso-refresh-token")), 200);
    const char *token = json_string_value(json_object_get(json, "accessToken"));
    char *header = text("x-amz-sso_bearer_token: %s\r\n", token);

    ck_assert_str_eq(json_string_value(json_object_get(json, "tokenType")), "Bearer");
    ck_assert_int_eq(json_integer_value(json_object_get(json, "expiresIn")), 3600);
    ck_assert_ptr_nonnull(json_string_value(json_object_get(json, "refreshToken")));
    json_decref(expect_json(ask_with("GET", SSO_TARGET, header, NULL), 200));
    json_decref(expect_json(own("POST", "/token", REFRESH("sso-refresh-token")), 400));
    json_decref(json);
    free(header);
    set_up("{\"refreshTokens\":[{\"refreshToken\":\"r\",\"clientId\":\"sso-client\","
           "\"clientSecret\":\"sso-client-secret\",\"roles\":[],\"rotates\":false}]}");
    for (int i = 0; i < 2; i++) {
        json = expect_json(own("POST", "/token", REFRESH("r")), 200);
        ck_assert_ptr_null(json_object_get(json, "refreshToken"));
        json_decref(json);
    }
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("identity");
    TCase *tcase = identity_case(suite, "sources");

    tcase_add_test(tcase, test_assume_role);
    tcase_add_test(tcase, test_answer_of_sts);
    tcase_add_test(tcase, test_caller_identity);
    tcase_add_test(tcase, test_chain);
    tcase_add_test(tcase, test_web_identity);
    tcase_add_test(tcase, test_imds);
    tcase_add_loop_test(tcase, test_container, 0, COUNT(CONTAINERS));
    tcase_add_test(tcase, test_sso);
    tcase_add_test(tcase, test_oidc);
    return run_suite(suite, argc, argv);
}
