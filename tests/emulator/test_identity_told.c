/* What the stand-in is told, what it tells, and the faults it is asked for.
 *
 * SPDX-License-Identifier: MIT
 */
#include "identity_client.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TASK "/v2/credentials/x"

/* ---- the seed ---- */

/* The key id that a fresh emulator gives first; to be freed. */
static char *first_key(const char *seed)
{
    struct response response;
    char *key;

    emulator_start((const char *[]){"--identity", "--seed", seed, NULL});
    response = ask_with("GET", TASK, NULL, NULL);
    key = strdup(json_string_value(json_object_get(response.json, "AccessKeyId")));
    response_free(&response);
    emulator_stop();
    return key;
}

START_TEST(test_seed)
{
    char *one = first_key("1");
    char *again = first_key("1");
    char *other = first_key("2");

    ck_assert_str_eq(one, again);
    ck_assert_str_ne(one, other);
    free(one);
    free(again);
    free(other);
}
END_TEST

/* ---- the setup ---- */

START_TEST(test_lengths_and_lifetime)
{
    static const char *const SETUPS[] = {"{\"tokenLength\":600,\"lifetimeSeconds\":5}",
                                         "{\"tokenLength\":4096,\"lifetimeSeconds\":-5}"};

    for (int i = 0; i < 2; i++) {
        struct response response;
        struct signer signer;

        set_up(SETUPS[i]);
        response = ask_with("GET", TASK, NULL, NULL);
        signer = signer_of(response.json, "AccessKeyId", "SecretAccessKey", "Token");
        ck_assert_int_eq((int)strlen(signer.token), i == 0 ? 600 : 4096);
        if (i == 0)
            expect_caller(&signer, "arn:aws:sts::123456789012:assumed-role/demo/x");
        else
            expect_sts_error(sts_as(&signer, WHO), 403, "ExpiredToken");
        response_free(&response);
    }
}
END_TEST

START_TEST(test_keys_are_replaced)
{
    struct signer signer = sts_signer();

    signer.access_key = "A1";
    signer.secret_key = "s";
    set_up("{\"keys\":[{\"accessKeyId\":\"A1\",\"secretAccessKey\":\"s\"}]}");
    expect_caller(&signer, "arn:aws:iam::123456789012:user/told");
    set_up("{\"region\":\"eu-central-1\"}");
    expect_caller(&signer, "arn:aws:iam::123456789012:user/told");
    set_up("{\"keys\":[]}");
    expect_sts_error(sts_as(&signer, WHO), 403, "InvalidClientTokenId");
}
END_TEST

START_TEST(test_setup_is_forgotten)
{
    struct signer signer = sts_signer();
    json_t *before = expect_json(own("GET", "/_identity/setup", NULL), 200);
    json_t *after;

    set_up("{\"keys\":[{\"accessKeyId\":\"A1\",\"secretAccessKey\":\"s\"}],"
           "\"lifetimeSeconds\":7,\"imdsRole\":\"other\"}");
    after = expect_json(own("DELETE", "/_identity/setup", NULL), 200);
    ck_assert(json_equal(before, after));
    signer.access_key = "A1";
    signer.secret_key = "s";
    expect_sts_error(sts_as(&signer, WHO), 403, "InvalidClientTokenId");
    json_decref(before);
    json_decref(after);
}
END_TEST

static const char *const BAD_SETUPS[] = {
    "",
    "[]",
    "{\"imdsrole\":\"x\"}",
    "{\"imdsRole\":1}",
    "{\"keys\":{}}",
    "{\"keys\":[{\"accessKeyId\":\"A1\"}]}",
    "{\"roles\":[{}]}",
    "{\"roles\":[{\"arn\":\"x\",\"principals\":[1]}]}",
    "{\"tokenLength\":599}",
    "{\"tokenLength\":4097}",
    "{\"ssoTokens\":[{\"accessToken\":\"x\"}]}",
};

START_TEST(test_bad_setup)
{
    struct response response = own("POST", "/_identity/setup", BAD_SETUPS[_i]);

    ck_assert_int_eq(response.status, 400);
    response_free(&response);
}
END_TEST

static char *write_file(const char *content)
{
    char *name = strdup("/tmp/test_identity_XXXXXX");
    int fd = mkstemp(name);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq((int)write(fd, content, strlen(content)), (int)strlen(content));
    close(fd);
    return name;
}

START_TEST(test_setup_file)
{
    char *name = write_file("{\"containerRole\":\"filed\"}");
    struct response response;
    struct signer signer;

    emulator_start((const char *[]){"--setup", name, NULL});
    response = ask_with("GET", TASK, NULL, NULL);
    signer = signer_of(response.json, "AccessKeyId", "SecretAccessKey", "Token");
    expect_caller(&signer, "arn:aws:sts::123456789012:assumed-role/filed/x");
    emulator_stop();
    response_free(&response);
    unlink(name);
    free(name);
}
END_TEST

/* ---- the log ---- */

START_TEST(test_log)
{
    json_t *log;
    json_t *bill;

    for (int i = 0; i < 3; i++)
        free(expect_text(sts(ASSUME("")), 200));
    expect_sts_error(sts(ASSUME("&DurationSeconds=1")), 400, "ValidationError");
    json_decref(expect_json(own("POST", "/token", REFRESH("sso-refresh-token")), 200));
    log = expect_json(own("GET", "/_identity/log", NULL), 200);
    ck_assert_int_eq(integer_at(log, "sts", "seen"), 4);
    ck_assert_int_eq(integer_at(log, "sts", "refused"), 1);
    ck_assert_int_eq(integer_at(log, "sts", "issued"), 3);
    ck_assert_int_eq(integer_at(json_object_get(log, "sts"), "operations", "AssumeRole"), 4);
    ck_assert_int_eq(integer_at(json_object_get(log, "oidc"), "operations", "CreateToken"), 1);
    ck_assert_str_eq(json_string_value(json_array_get(
                         json_object_get(json_object_get(log, "sts"), "sessions"), 2)),
                     "tests");
    json_decref(log);
    log = expect_json(own("DELETE", "/_identity/log", NULL), 200);
    ck_assert_int_eq(integer_at(log, "sts", "seen"), 0);
    json_decref(log);
    bill = get_bill(); /* of Bedrock alone */
    ck_assert_int_eq(integer_at(bill, "requests", "seen"), 0);
    json_decref(bill);
}
END_TEST

/* ---- faults ---- */

static struct response ask_source(const char *source)
{
    char *token;
    struct response response;

    if (strcmp(source, "sts") == 0)
        return sts(ASSUME(""));
    if (strcmp(source, "container") == 0)
        return ask_with("GET", TASK, NULL, NULL);
    if (strcmp(source, "sso") == 0)
        return ask_with("GET", SSO_TARGET, SSO_HEADER, NULL);
    if (strcmp(source, "oidc") == 0)
        return own("POST", "/token", REFRESH("sso-refresh-token"));
    token = imds_token();
    response = ask_with("GET", ROLES_PATH "demo", token, NULL);
    free(token);
    return response;
}

static const struct {
    const char *source;
    const char *fault;
    int status;
    const char *part; /* of the body */
} FAULTS[] = {
    {"sts", "\"type\":\"AccessDenied\"", 403, "<Code>AccessDenied</Code>"},
    {"sts", "\"type\":\"ExpiredTokenException\",\"message\":\"<late>\"", 400, "&lt;late&gt;"},
    {"sts", "\"type\":\"IDPCommunicationError\"", 400, "<Code>IDPCommunicationError</Code>"},
    {"sts", "\"type\":\"Throttling\"", 400, "<Code>Throttling</Code>"},
    {"sts", "\"status\":503", 503, "<Code>ServiceUnavailable</Code>"},
    {"sts", "\"status\":500,\"type\":\"Odd\"", 500, "<Code>Odd</Code>"},
    {"sts", "\"status\":418", 418, "<Code>"},
    {"sts", "\"status\":204,\"body\":\"\"", 204, ""},
    {"imds", "\"status\":401", 401, "401 - Unauthorized"},
    {"imds", "\"status\":403", 403, "403 - Forbidden"},
    {"imds", "\"status\":404", 404, "404 - Not Found"},
    {"imds", "\"type\":\"AssumeRoleUnauthorizedAccess\"", 200,
     "\"Code\":\"AssumeRoleUnauthorizedAccess\""},
    {"imds", "\"body\":\"no json\"", 200, "no json"},
    {"container", "\"status\":403", 403, "\"code\":\"AccessDenied\""},
    {"container", "\"status\":429", 429, "\"HTTPErrorCode\":429"},
    {"sso", "\"type\":\"TooManyRequestsException\"", 429, "portal#TooManyRequestsException"},
    {"sso", "\"status\":401", 401, "portal#UnauthorizedException"},
    {"oidc", "\"type\":\"InvalidGrantException\"", 400, "\"error\":\"invalid_grant\""},
    {"oidc", "\"type\":\"SlowDownException\"", 400, "\"error\":\"slow_down\""},
    {"oidc", "\"expiresIn\":7", 200, "\"expiresIn\":7"},
};

/* A refresh token that can be used again. */
static void keep_token(void)
{
    set_up("{\"refreshTokens\":[{\"refreshToken\":\"sso-refresh-token\",\"rotates\":false,"
           "\"clientId\":\"sso-client\",\"clientSecret\":\"sso-client-secret\",\"roles\":[]}]}");
}

static void add_fault_of(const char *source, const char *members)
{
    char *fault = text("{\"which\":\"%s\",\"operation\":\"%s\",%s}", source,
                       strcmp(source, "sts") == 0    ? "AssumeRole"
                       : strcmp(source, "sso") == 0  ? "GetRoleCredentials"
                       : strcmp(source, "oidc") == 0 ? "CreateToken"
                                                     : "credentials",
                       members);

    add_identity_fault(fault);
    free(fault);
}

START_TEST(test_fault)
{
    struct response response;

    keep_token();
    add_fault_of(FAULTS[_i].source, FAULTS[_i].fault);
    response = ask_source(FAULTS[_i].source);
    ck_assert_int_eq(response.status, FAULTS[_i].status);
    ck_assert_msg(strstr(response.body, FAULTS[_i].part) != NULL, "%s", response.body);
    response_free(&response);
    response = ask_source(FAULTS[_i].source); /* one was asked for */
    ck_assert_int_eq(response.status, 200);
    response_free(&response);
}
END_TEST

static const char *const SOURCES[] = {"sts", "imds", "container", "sso", "oidc"};

START_TEST(test_spoilt)
{
    const char *source = SOURCES[_i];
    struct response response;
    json_int_t start;

    keep_token();
    add_fault_of(source, "\"size\":10000000,\"contentType\":\"image/png\"");
    response = ask_source(source);
    ck_assert_int_eq((int)response.body_len, 10000000);
    ck_assert_str_eq(response.content_type, "image/png");
    response_free(&response);
    add_fault_of(source, "\"garbage\":true,\"count\":2");
    for (int i = 0; i < 2; i++) {
        response = ask_source(source);
        ck_assert_ptr_null(response.json);
        ck_assert_ptr_null(strstr(response.body, "<"));
        response_free(&response);
    }
    add_fault_of(source, "\"cut\":10,\"delayMs\":100");
    start = milliseconds();
    response = ask_source(source);
    ck_assert_int_ge(milliseconds() - start, 100);
    ck_assert(!response.complete);
    ck_assert_int_eq((int)response.body_len, 10);
    response_free(&response);
    add_fault_of(source, "\"cut\":-1");
    response = ask_source(source);
    ck_assert_int_eq(response.status, 0);
}
END_TEST

START_TEST(test_omit)
{
    struct response response;
    json_t *json;

    add_identity_fault("{\"omit\":[\"Expiration\",\"SessionToken\"]}");
    response = sts(ASSUME(""));
    ck_assert_ptr_null(strstr(response.body, "Expiration"));
    ck_assert_ptr_null(strstr(response.body, "SessionToken"));
    ck_assert_ptr_nonnull(strstr(response.body, "SecretAccessKey"));
    response_free(&response);
    add_identity_fault("{\"omit\":[\"sessionToken\"]}");
    json = expect_json(ask_source("sso"), 200);
    ck_assert_uint_eq(json_object_size(json_object_get(json, "roleCredentials")), 3);
    json_decref(json);
}
END_TEST

/* A fault waits for its source and its operation. */
START_TEST(test_which)
{
    json_t *left;

    add_identity_fault("{\"which\":\"imds\",\"operation\":\"role\",\"status\":500}");
    free(expect_text(ask_source("container"), 200));
    free(expect_text(ask_source("imds"), 200));
    left = expect_json(own("GET", "/_identity/faults", NULL), 200);
    ck_assert_uint_eq(json_array_size(json_object_get(left, "faults")), 1);
    json_decref(left);
    left = expect_json(own("DELETE", "/_identity/faults", NULL), 200);
    ck_assert_uint_eq(json_array_size(json_object_get(left, "faults")), 0);
    json_decref(left);
}
END_TEST

static const char *const BAD_FAULTS[] = {
    "[]",
    "{\"which\":\"iam\"}",
    "{\"size\":-1}",
    "{\"size\":33554433}",
    "{\"omit\":\"Token\"}",
    "{\"expiresIn\":\"1\"}",
    "{\"contentType\":\"\"}",
    "{\"operation\":1}",
};

START_TEST(test_bad_fault)
{
    struct response response = own("POST", "/_identity/faults", BAD_FAULTS[_i]);

    ck_assert_int_eq(response.status, 400);
    response_free(&response);
}
END_TEST

START_TEST(test_own_resources)
{
    expect_error(own("GET", "/_identity/", NULL), 404, "UnknownOperationException", NULL);
    expect_error(own("PUT", "/_identity/setup", "{}"), 404, "UnknownOperationException", NULL);
    expect_error(own("POST", "/_identity/log", "{}"), 404, "UnknownOperationException", NULL);
    expect_error(own("GET", "/_identity/imds-tokens", NULL), 404, "UnknownOperationException",
                 NULL);
}
END_TEST

/* Without the option all these paths are Bedrock's, which wants a signature. */
START_TEST(test_without_option)
{
    static const char *const TARGETS[] = {
        "/", TASK, SSO_TARGET, ROLES_PATH, "/token", "/_identity/log", "/role/demo"};

    emulator_start(NULL);
    for (int i = 0; i < COUNT(TARGETS); i++)
        expect_error(own("GET", TARGETS[i], NULL), 403, "MissingAuthenticationTokenException",
                     NULL);
    emulator_stop();
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("identity_told");
    TCase *tcase = identity_case(suite, "told");
    TCase *process = tcase_create("process");

    tcase_add_test(tcase, test_lengths_and_lifetime);
    tcase_add_test(tcase, test_keys_are_replaced);
    tcase_add_test(tcase, test_setup_is_forgotten);
    tcase_add_loop_test(tcase, test_bad_setup, 0, COUNT(BAD_SETUPS));
    tcase_add_test(tcase, test_log);
    tcase_add_loop_test(tcase, test_fault, 0, COUNT(FAULTS));
    tcase_add_loop_test(tcase, test_spoilt, 0, COUNT(SOURCES));
    tcase_add_test(tcase, test_omit);
    tcase_add_test(tcase, test_which);
    tcase_add_loop_test(tcase, test_bad_fault, 0, COUNT(BAD_FAULTS));
    tcase_add_test(tcase, test_own_resources);
    tcase_add_test(process, test_seed);
    tcase_add_test(process, test_setup_file);
    tcase_add_test(process, test_without_option);
    suite_add_tcase(suite, process);
    return run_suite(suite, argc, argv);
}
