/* Credentials by way of SSO: the token that is kept in a file, and the portal that takes it; what
 * becomes of answers that are wrong. SPDX-License-Identifier: MIT */
#include "run.h"
#include "sso_steps.h"

START_TEST(portal_takes_the_token)
{
    write_token(DAY_S, RENEWABLE);
    will_answer("200 OK", KEYS);
    look_for(NULL);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    check_portal(0, "kept-token");
    check_signed(1);
    ck_assert_uint_eq(server_requests(f.server), 2);
}
END_TEST

/* Without a session there is nothing to renew with, whatever the file says. */
START_TEST(older_form)
{
    write_config(NO_SESSION, OF_URL);
    write_token(SOON_S, RENEWABLE);
    will_answer("200 OK", KEYS);
    look_for(NULL);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    check_portal(0, "kept-token");
    check_signed(1);
}
END_TEST

static const struct {
    const char *status, *body, *why;
    int log_in; /* it says how */
} portal_faults[] = {
    {"401 Unauthorized", "{\"message\":\"Session token not found or invalid\"}",
     "is not taken (AWS: Session token not found or invalid (HTTP 401))", 1},
    {"401 Unauthorized\r\nx-amzn-ErrorType: UnauthorizedException", "",
     "is not taken (UnauthorizedException: no message (HTTP 401))", 1},
    {"403 Forbidden\r\nx-amzn-ErrorType: ForbiddenException", "{\"message\":\"No access\"}",
     "sso: ForbiddenException: No access (HTTP 403)", 0},
    {"404 Not Found", "<html>", "sso: HTTP 404, and no error of AWS in the answer", 0},
    {"500 Internal", "", "sso: HTTP 500, and no error of AWS in the answer", 0},
    {"302 Found\r\nLocation: /x", "", "sso: HTTP 302: the endpoint redirects elsewhere", 0},
    {"200 OK", "", "there are no keys that could be used", 0},
    {"200 OK", "nonsense", "the answer is not one whole JSON object", 0},
    {"200 OK", "{\"roleCredentials\":[]}", "there are no keys that could be used", 0},
    {"200 OK", "{\"roleCredentials\":{\"accessKeyId\":\"a\",\"secretAccessKey\":null}}",
     "there are no keys that could be used", 0},
    {"200 OK",
     "{\"roleCredentials\":{\"accessKeyId\":\"a\",\"secretAccessKey\":\"b\",\"expiration\":-1}}",
     "the expiration of the keys is no date", 0},
};

START_TEST(portal_fails)
{
    write_token(DAY_S, "");
    will_answer(portal_faults[_i].status, portal_faults[_i].body);
    look_for("sso,container,imds");
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_CREDENTIALS);
    const char *why = brc_client_error(f.client);
    ck_assert_msg(strstr(why, portal_faults[_i].why) != NULL, "%s", why);
    ck_assert_msg(!strstr(why, "aws sso login") == !portal_faults[_i].log_in, "%s", why);
    ck_assert_ptr_null(strstr(why, "kept-token"));
    ck_assert_ptr_null(strstr(logged, "kept-token"));
    ck_assert_uint_eq(server_requests(f.server), 1);
}
END_TEST

/* ---- the file */

static const struct {
    const char *text; /* NULL: there is none */
    const char *why;
} files[] = {
    {NULL, "there is no such file"},
    {"", "it has none that could be used"},
    {"nonsense", "it has none that could be used"},
    {"[1]", "it has none that could be used"},
    {"{\"accessToken\": \"a\"}", "it has none that could be used"},
    {"{\"accessToken\": \"\", \"expiresAt\": \"2999-01-02T03:04:05Z\"}",
     "it has none that could be used"},
    {"{\"accessToken\": 7, \"expiresAt\": \"2999-01-02T03:04:05Z\"}",
     "it has none that could be used"},
    {"{\"accessToken\": \"a\", \"expiresAt\": 7}", "it has none that could be used"},
    {"{\"accessToken\": \"a\", \"expiresAt\": \"later\"}", "it has none that could be used"},
    {"{\"accessToken\": \"a\", \"expiresAt\": \"2001-01-02T03:04:05Z\"}", "has ended: log in"},
    {"{\"accessToken\": \"a\\r\\nb: c\", \"expiresAt\": \"2999-01-02T03:04:05Z\"}",
     "the SSO token has a line feed in it"},
};

START_TEST(file_is_no_good)
{
    if (files[_i].text != NULL)
        write_file(cache_file, files[_i].text, 0600);
    look_for("sso,container,imds");
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_CREDENTIALS);
    const char *why = brc_client_error(f.client);
    ck_assert_msg(strstr(why, files[_i].why) != NULL, "%s", why);
    ck_assert(strstr(why, "aws sso login") != NULL || strstr(why, "line feed") != NULL);
    ck_assert_uint_eq(server_requests(f.server), 0);
}
END_TEST

START_TEST(open_file_is_told_once)
{
    char line[512];

    write_token(DAY_S, "");
    ck_assert_int_eq(chmod(path_of(cache_file), 0640), 0);
    will_answer("500 Internal", "");
    will_answer("200 OK", KEYS);
    look_for("sso");
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_CREDENTIALS);
    time_pass(61 * 1000);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    snprintf(line, sizeof line, "SSO token in %s: others may read it: run `chmod 600` on it\n",
             path_of(cache_file));
    ck_assert_uint_eq(count_of(logged, line), 1);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

int main(void)
{
    Suite *suite = suite_create("fetch_sso");
    TCase *tests = tcase_create("fetch_sso");

    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, start_sso, stop);
    tcase_add_test(tests, portal_takes_the_token);
    tcase_add_test(tests, older_form);
    tcase_add_loop_test(tests, portal_fails, 0, COUNT(portal_faults));
    tcase_add_loop_test(tests, file_is_no_good, 0, COUNT(files));
    tcase_add_test(tests, open_file_is_told_once);
    return run(suite);
}
