/* Credentials from STS, for a web identity and for roles: what is asked, signed by whom, and what
 * becomes of answers that are wrong. SPDX-License-Identifier: MIT */
#include "fetch_steps.h"
#include "run.h"

#define RESULT(operation, inner)                                                                   \
    "<" operation "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" operation       \
    "Result>" inner "</" operation "Result><ResponseMetadata><RequestId>request-1</RequestId>"     \
    "</ResponseMetadata></" operation "Response>"
#define CREDENTIALS(id, secret, token)                                                             \
    "<Credentials><AccessKeyId>" id "</AccessKeyId><SecretAccessKey>" secret                       \
    "</SecretAccessKey><SessionToken>" token "</SessionToken><Expiration>2999-01-02T03:04:05Z"     \
    "</Expiration></Credentials><AssumedRoleUser><Arn>a</Arn></AssumedRoleUser>"
#define KEYS CREDENTIALS(KEY_ID, SECRET, TOKEN)
#define ERROR(code, message)                                                                       \
    "<ErrorResponse><Error><Type>Sender</Type><Code>" code "</Code><Message>" message              \
    "</Message></Error><RequestId>request-2</RequestId></ErrorResponse>"

enum {
    LONG = 6000
};

static void write_profiles(const char *config, const char *credentials)
{
    write_file("config", config, 0600);
    set("AWS_CONFIG_FILE", path_of("config"));
    write_file("credentials", credentials, 0600);
    set("AWS_SHARED_CREDENTIALS_FILE", path_of("credentials"));
}

/* ---- a web identity */

static void start_web(void)
{
    start();
    write_file("token", "eyJ.web+identity/token=\n", 0644);
    set("AWS_WEB_IDENTITY_TOKEN_FILE", path_of("token"));
    set("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web");
    set("AWS_ROLE_SESSION_NAME", "me@here");
}

START_TEST(web_identity_is_unsigned)
{
    will_answer("200 OK", RESULT("AssumeRoleWithWebIdentity", KEYS));
    look_for("web-identity");
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    check_request(0, "POST /",
                  LINES("Content-Type: application/x-www-form-urlencoded; charset=utf-8"));
    ck_assert(!request_has(0, "Authorization:"));
    ck_assert(!request_has(0, "X-Amz-Date:"));
    ck_assert(request_has(0, "\r\n\r\nAction=AssumeRoleWithWebIdentity&Version=2011-06-15&"
                             "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fweb&"
                             "RoleSessionName=me%40here&"
                             "WebIdentityToken=eyJ.web%2Bidentity%2Ftoken%3D"));
    check_signed(1);
    ck_assert_ptr_null(strstr(logged, "chmod")); /* Kubernetes makes it so */
}
END_TEST

START_TEST(web_identity_token_is_long)
{
    char *text = malloc(LONG + 1), *wanted = malloc(LONG + 64);

    memset(text, 'w', LONG);
    text[LONG] = '\0';
    write_file("token", text, 0600);
    unsetenv("AWS_ROLE_SESSION_NAME");
    will_answer("200 OK", RESULT("AssumeRoleWithWebIdentity", KEYS));
    look_for("web-identity");
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    snprintf(wanted, LONG + 64, "&WebIdentityToken=%s", text);
    ck_assert(request_has(0, wanted));
    ck_assert(request_has(0, "&RoleSessionName=bedrockcost-"));
    check_signed(1);
    free(text);
    free(wanted);
}
END_TEST

/* It is read anew for each fetch. */
START_TEST(web_identity_token_file_changes)
{
    will_answer("200 OK", RESULT("AssumeRoleWithWebIdentity", "<Credentials><AccessKeyId>a"
                                                              "</AccessKeyId></Credentials>"));
    will_answer("200 OK", RESULT("AssumeRoleWithWebIdentity", KEYS));
    look_for("web-identity");
    check_failure("no credentials: web-identity: there are no keys that could be used");
    write_file("token", "other", 0600);
    time_pass(61 * 1000);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert(request_has(0, "&WebIdentityToken=eyJ"));
    ck_assert(request_has(1, "&WebIdentityToken=other"));
    check_signed(2);
}
END_TEST

START_TEST(web_identity_token_file_is_missing)
{
    char why[512];

    unlink(path_of("token"));
    look_for("web-identity,container");
    snprintf(why, sizeof why,
             "no credentials: web-identity: the token file %s: there is no such "
             "file",
             path_of("token"));
    check_failure(why);
    ck_assert_uint_eq(server_requests(f.server), 0);
}
END_TEST

/* ---- wrong answers */

static const struct {
    const char *status, *body, *why; /* why: where it begins and what it has to say */
} faults[] = {
    {"403 Forbidden", ERROR("AccessDenied", "Not authorized to perform it"),
     "AccessDenied: Not authorized to perform it (HTTP 403)"},
    {"400 Bad Request", ERROR("ExpiredTokenException", "Token expired"),
     "ExpiredTokenException: Token expired (HTTP 400)"},
    {"400 Bad Request", ERROR("InvalidIdentityToken", "No OpenIDConnect provider"),
     "InvalidIdentityToken: No OpenIDConnect provider (HTTP 400)"},
    {"401 Unauthorized", "", "HTTP 401, and no error of AWS in the answer"},
    {"404 Not Found", "<html><body>No</body></html>",
     "HTTP 404, and no error of AWS in the answer"},
    {"500 Internal", ERROR("InternalFailure", "Later"), "InternalFailure: Later (HTTP 500)"},
    {"302 Found\r\nLocation: http://127.0.0.1:1/", "",
     "HTTP 302: the endpoint redirects elsewhere, which is never followed"},
    {"200 OK", "", "the answer"},
    {"200 OK", "nonsense", "the answer"},
    {"200 OK", "{\"Credentials\":{}}", "the answer"},
    {"200 OK", "<AssumeRoleWithWebIdentityResponse><Assume", "the answer"},
    {"200 OK", "<OtherResponse><OtherResult/></OtherResponse>",
     "the answer is not that of the operation"},
    {"200 OK", RESULT("AssumeRoleWithWebIdentity", ""), "there are no keys that could be used"},
    {"200 OK", RESULT("AssumeRoleWithWebIdentity", "<Credentials>text</Credentials>"),
     "there are no keys that could be used"},
    {"200 OK",
     RESULT("AssumeRoleWithWebIdentity", "<Credentials><AccessKeyId><A/></AccessKeyId>"
                                         "<SecretAccessKey>b</SecretAccessKey></Credentials>"),
     "there are no keys that could be used"},
    {"200 OK",
     RESULT("AssumeRoleWithWebIdentity",
            "<Credentials><AccessKeyId>a</AccessKeyId><SecretAccessKey>b</SecretAccessKey>"
            "<Expiration>tomorrow</Expiration></Credentials>"),
     "the expiration of the keys is no date"},
};

START_TEST(sts_fails)
{
    char beginning[256];

    will_answer(faults[_i].status, faults[_i].body);
    look_for("web-identity,container,imds");
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_CREDENTIALS);
    snprintf(beginning, sizeof beginning, "no credentials: web-identity: %s", faults[_i].why);
    const char *why = brc_client_error(f.client);
    ck_assert_msg(strncmp(why, beginning, strlen(beginning)) == 0, "%s", why);
    ck_assert_uint_eq(server_requests(f.server), 1);
    ck_assert_uint_eq(f.record_count, 0);
    ck_assert_ptr_null(strstr(logged, "eyJ.web"));
}
END_TEST

static const struct {
    const char *bytes;
    enum server_then then;
    const char *why;
} wires[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<Assume", SERVER_CLOSE, "transfer closed"},
    {NULL, SERVER_RESET, "server not reached, or connection lost"},
    {NULL, SERVER_HANG, "longer than its time limit"},
};

START_TEST(sts_breaks_off)
{
    will_reply((struct server_reply){.bytes = wires[_i].bytes, .then = wires[_i].then});
    look_for("web-identity,container,imds");
    ck_assert_int_eq(ask_past(wires[_i].then), BRC_E_CREDENTIALS);
    const char *why = brc_client_error(f.client);
    ck_assert_msg(strstr(why, "web-identity: ") && strstr(why, wires[_i].why), "%s", why);
    ck_assert_uint_eq(server_requests(f.server), 1);
}
END_TEST

/* Asking for keys costs nothing: what may have been done already is asked for again. */
START_TEST(sts_is_asked_again)
{
    will_reply((struct server_reply){.bytes = wires[_i].bytes, .then = wires[_i].then});
    will_answer("200 OK", RESULT("AssumeRoleWithWebIdentity", KEYS));
    look_for("web-identity");
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, 0), 0);
    ck_assert_int_eq(ask_past(wires[_i].then), 0);
    check_signed(2);
}
END_TEST

/* ---- roles */

#define ROLE_OF_ROLE                                                                               \
    "[default]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = a\nexternal_id = e x\n"         \
    "duration_seconds = 900\nrole_session_name = second\n"                                         \
    "[profile a]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = keys\n"
#define BASE_KEYS                                                                                  \
    "[keys]\naws_access_key_id = AKIDBASE\naws_secret_access_key = base-secret\n"                  \
    "aws_session_token = base-token\n"

START_TEST(each_role_is_asked_for_with_the_keys_before_it)
{
    write_profiles(ROLE_OF_ROLE, BASE_KEYS);
    will_answer("200 OK", RESULT("AssumeRole", CREDENTIALS("AKIDFIRST", "first", "first-token")));
    will_answer("200 OK", RESULT("AssumeRole", KEYS));
    look_for(NULL);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    check_request(0, "POST /", LINES("X-Amz-Security-Token: base-token"));
    ck_assert(request_has(0, "Credential=AKIDBASE/"));
    ck_assert(request_has(0, "/us-east-1/sts/aws4_request,"));
    ck_assert(request_has(0, "\r\n\r\nAction=AssumeRole&Version=2011-06-15&"
                             "RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa&"
                             "RoleSessionName=bedrockcost-"));
    check_request(1, "POST /", LINES("X-Amz-Security-Token: first-token"));
    ck_assert(request_has(1, "Credential=AKIDFIRST/"));
    ck_assert(request_has(1, "&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fb&RoleSessionName=second&"
                             "ExternalId=e%20x&DurationSeconds=900"));
    check_signed(2);
    ck_assert_uint_eq(server_requests(f.server), 3);
}
END_TEST

/* The first or the second of two roles. */
START_TEST(a_role_is_denied)
{
    write_profiles(ROLE_OF_ROLE, BASE_KEYS);
    if (_i == 1)
        will_answer("200 OK",
                    RESULT("AssumeRole", CREDENTIALS("AKIDFIRST", "first", "first-token")));
    will_answer("403 Forbidden", ERROR("AccessDenied", "not you"));
    look_for("assume-role,container,imds");
    check_failure("no credentials: assume-role: AccessDenied: not you (HTTP 403)");
    ck_assert_uint_eq(server_requests(f.server), (size_t)_i + 1);
}
END_TEST

/* The answer to one operation is none to the other. */
START_TEST(a_role_wants_its_own_answer)
{
    write_profiles("[default]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = keys\n",
                   BASE_KEYS);
    will_answer("200 OK", RESULT("AssumeRoleWithWebIdentity", KEYS));
    look_for("assume-role");
    check_failure("no credentials: assume-role: the answer is not that of the operation");
}
END_TEST

/* ---- shared files that others may read */

START_TEST(open_shared_file_is_told_once)
{
    char line[512];

    write_profiles("", "[default]\naws_access_key_id = a\naws_secret_access_key = b\n");
    ck_assert_int_eq(chmod(path_of("credentials"), (mode_t)(_i == 0 ? 0600 : 0644)), 0);
    look_for(NULL);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    snprintf(line, sizeof line, "%s: others may read it: run `chmod 600` on it\n",
             path_of("credentials"));
    ck_assert_uint_eq(count_of(logged, line), _i == 0 ? 0 : 1);
    ck_assert_uint_eq(count_of(logged, "chmod"), _i == 0 ? 0 : 1);
}
END_TEST

/* Keys given directly do not come from it. */
START_TEST(open_shared_file_is_nobodys)
{
    brc_credentials *given;

    write_profiles("", "[default]\naws_access_key_id = a\naws_secret_access_key = b\n");
    ck_assert_int_eq(chmod(path_of("credentials"), 0644), 0);
    look_for(NULL);
    ck_assert_int_eq(brc_credentials_new("a", "b", NULL, &given), 0);
    ck_assert_int_eq(brc_client_set_credentials(f.client, given), 0);
    brc_credentials_free(given);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_uint_eq(count_of(logged, "chmod"), 0);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

int main(void)
{
    Suite *suite = suite_create("fetch_sts");
    TCase *web = tcase_create("web identity"), *roles = tcase_create("roles");

    suite_add_tcase(suite, web);
    tcase_add_checked_fixture(web, start_web, stop);
    tcase_add_test(web, web_identity_is_unsigned);
    tcase_add_test(web, web_identity_token_is_long);
    tcase_add_test(web, web_identity_token_file_changes);
    tcase_add_test(web, web_identity_token_file_is_missing);
    tcase_add_loop_test(web, sts_fails, 0, COUNT(faults));
    tcase_add_loop_test(web, sts_breaks_off, 0, COUNT(wires));
    tcase_add_loop_test(web, sts_is_asked_again, 1, COUNT(wires));
    suite_add_tcase(suite, roles);
    tcase_add_checked_fixture(roles, start, stop);
    tcase_add_test(roles, each_role_is_asked_for_with_the_keys_before_it);
    tcase_add_loop_test(roles, a_role_is_denied, 0, 2);
    tcase_add_test(roles, a_role_wants_its_own_answer);
    tcase_add_loop_test(roles, open_shared_file_is_told_once, 0, 2);
    tcase_add_test(roles, open_shared_file_is_nobodys);
    return run(suite);
}
