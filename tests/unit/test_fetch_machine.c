/* Credentials from the metadata service of a machine and from the agent of a container: what is
 * asked, and what becomes of answers that are wrong. SPDX-License-Identifier: MIT */
#include "fetch_steps.h"
#include "run.h"

#define KEYS                                                                                       \
    "{\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"AccessKeyId\":\"" KEY_ID                        \
    "\",\"SecretAccessKey\":\"" SECRET "\",\"Token\":\"" TOKEN                                     \
    "\",\"Expiration\":\"2999-01-02T03:04:05Z\"}"
#define ROLES "GET /latest/meta-data/iam/security-credentials/"
#define IMDS  "no credentials: imds: "
#define AGENT "no credentials: container: "

enum {
    LONG = 6000
};

static void start_imds(void)
{
    start();
    set("AWS_EC2_METADATA_SERVICE_ENDPOINT", server_url(f.server));
}

static void start_container(void)
{
    char url[128];

    start();
    snprintf(url, sizeof url, "%s/v2/credentials?id=1", server_url(f.server));
    set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
    set("AWS_EC2_METADATA_SERVICE_ENDPOINT", server_url(f.server)); /* would be next */
}

static char *long_text(char c)
{
    char *text = malloc(LONG + 1);

    memset(text, c, LONG);
    text[LONG] = '\0';
    return text;
}

/* ---- the metadata service */

START_TEST(imds_asks_for_a_token_first)
{
    char *token = long_text('t'), header[LONG + 64];

    snprintf(header, sizeof header, "x-aws-ec2-metadata-token: %s", token);
    will_answer("200 OK", token);
    will_answer("200 OK", "role-A_b+c=,.@1\n");
    will_answer("200 OK", KEYS);
    look_for("imds");
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    check_request(0, "PUT /latest/api/token",
                  LINES("x-aws-ec2-metadata-token-ttl-seconds: 21600", "Content-Length: 0"));
    check_request(1, ROLES, LINES(header));
    check_request(2, ROLES "role-A_b+c=,.@1", LINES(header));
    check_signed(3);
    ck_assert_uint_eq(server_requests(f.server), 4);
    for (size_t i = 0; i < 3; i++)
        ck_assert(!request_has(i, "\r\nAuthorization:"));
    free(token);
}
END_TEST

/* The step that goes wrong, from 0; what comes instead of a sound answer. */
static const struct {
    int step;
    const char *status, *body, *why;
} imds_faults[] = {
    {0, "400 Bad Request", "", "HTTP 400, and no error of AWS in the answer"},
    {0, "401 Unauthorized", "", "HTTP 401, and no error of AWS in the answer"},
    {0, "403 Forbidden", "no", "HTTP 403, and no error of AWS in the answer"},
    {0, "404 Not Found", "<html>", "HTTP 404, and no error of AWS in the answer"},
    {0, "405 Not Allowed", "", "HTTP 405, and no error of AWS in the answer"},
    {0, "500 Internal", "", "HTTP 500, and no error of AWS in the answer"},
    {0, "301 Moved\r\nLocation: /x", "",
     "HTTP 301: the endpoint redirects elsewhere, which is never followed"},
    {0, "200 OK", "", "the metadata service gave no token"},
    {0, "200 OK", "\n\n", "the metadata service gave no token"},
    {1, "401 Unauthorized", "", "HTTP 401, and no error of AWS in the answer"},
    {1, "404 Not Found", "", "HTTP 404, and no error of AWS in the answer"},
    {1, "200 OK", "", "the machine has no role"},
    {1, "200 OK", "<html>\n<body>", "the metadata service gave a name that no role has"},
    {1, "200 OK", "a/b", "the metadata service gave a name that no role has"},
    {1, "200 OK", "..", "the metadata service gave a name that no role has"},
    {1, "200 OK", "role?x", "the metadata service gave a name that no role has"},
    {2, "404 Not Found", "", "HTTP 404, and no error of AWS in the answer"},
    {2, "503 Later", "{\"message\":\"told so\"}", "AWS: told so (HTTP 503)"},
    {2, "302 Found\r\nLocation: http://127.0.0.1:1/", "",
     "HTTP 302: the endpoint redirects elsewhere, which is never followed"},
    {2, "200 OK", "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"EC2 cannot assume\"}",
     "AssumeRoleUnauthorizedAccess: EC2 cannot assume"},
    {2, "200 OK", "{\"Code\":\"Failed\",\"Message\":7}", "Failed: no message"},
};

START_TEST(imds_fails)
{
    static const char *const sound[] = {"token", "role"};
    char why[256];

    for (int i = 0; i < imds_faults[_i].step; i++)
        will_answer("200 OK", sound[i]);
    will_answer(imds_faults[_i].status, imds_faults[_i].body);
    look_for("imds,process");
    snprintf(why, sizeof why, IMDS "%s", imds_faults[_i].why);
    check_failure(why);
    ck_assert_uint_eq(server_requests(f.server), (size_t)imds_faults[_i].step + 1);
}
END_TEST

/* Each is what a source of the machine answers in place of its keys. */
static const struct {
    const char *body, *why;
} bad_keys[] = {
    {"", "there are no keys that could be used"},
    {"nonsense", "there are no keys that could be used"},
    {"[]", "there are no keys that could be used"},
    {"{}", "there are no keys that could be used"},
    {"null", "there are no keys that could be used"},
    {"{\"AccessKeyId\":\"a\"}", "there are no keys that could be used"},
    {"{\"AccessKeyId\":\"\",\"SecretAccessKey\":\"b\"}", "there are no keys that could be used"},
    {"{\"AccessKeyId\":7,\"SecretAccessKey\":\"b\"}", "there are no keys that could be used"},
    {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":[\"b\"]}", "there are no keys that could be used"},
    {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\",\"Token\":7}",
     "there are no keys that could be used"},
    {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\\u0000c\"}",
     "there are no keys that could be used"},
    {"{\"AccessKeyId\":\"a\\n\",\"SecretAccessKey\":\"b\"}",
     "there are no keys that could be used"},
    {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\",\"Expiration\":\"soon\"}",
     "the expiration of the keys is no date"},
    {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\",\"Expiration\":\"\"}",
     "the expiration of the keys is no date"},
    {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\",\"Expiration\":{}}",
     "the expiration of the keys is no date"},
    {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\",\"Expiration\":0}",
     "the expiration of the keys is no date"},
    {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\",\"Expiration\":\"1970-01-01T00:00:00Z\"}",
     "the expiration of the keys is no date"},
    {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b", "there are no keys that could be used"},
};

START_TEST(imds_gives_no_keys)
{
    char why[256];

    will_answer("200 OK", "token");
    will_answer("200 OK", "role");
    will_answer("200 OK", bad_keys[_i].body);
    look_for("imds");
    snprintf(why, sizeof why, IMDS "%s", bad_keys[_i].why);
    check_failure(why);
    ck_assert_uint_eq(server_requests(f.server), 3);
}
END_TEST

/* What is cut, hung or missing; the code's own sentence is enough. */
static const struct {
    const char *bytes;
    enum server_then then;
    const char *why;
} wires[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", SERVER_CLOSE,
     "transfer closed with 95 bytes"},
    {"HTTP/1.1 200 OK\r\nContent-Le", SERVER_CLOSE, "closed within the head"},
    {NULL, SERVER_RESET, "server not reached, or connection lost"},
    {NULL, SERVER_HANG, "longer than its time limit"},
    {"SSH-2.0-OpenSSH\r\n", SERVER_CLOSE, "HTTP/0.9"},
};

static void check_wire(const char *source, int i)
{
    will_reply((struct server_reply){.bytes = wires[i].bytes, .then = wires[i].then});
    look_for(NULL);
    ck_assert_int_eq(ask_past(wires[i].then), BRC_E_CREDENTIALS);
    const char *why = brc_client_error(f.client);
    ck_assert_msg(strstr(why, source) != NULL && strstr(why, wires[i].why) != NULL, "%s", why);
    ck_assert_uint_eq(server_requests(f.server), 1);
    ck_assert(!request_has(0, "POST /model/"));
}

START_TEST(imds_breaks_off)
{
    check_wire("; imds: ", _i);
}
END_TEST

static void take_port_that_nobody_has(char *url, size_t size)
{
    struct server *gone = server_start();

    snprintf(url, size, "%s", server_url(gone));
    server_stop(gone);
}

START_TEST(imds_is_absent)
{
    char url[64];

    take_port_that_nobody_has(url, sizeof url);
    set("AWS_EC2_METADATA_SERVICE_ENDPOINT", url);
    look_for("imds");
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_CREDENTIALS);
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), IMDS));
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), "onnect"));
    ck_assert_uint_eq(server_requests(f.server), 0);
}
END_TEST

/* ---- the agent of a container */

static void check_container(const char *authorization)
{
    will_answer("200 OK", KEYS);
    look_for(NULL);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    if (authorization != NULL)
        check_request(0, "GET /v2/credentials?id=1", LINES(authorization));
    else
        check_request(0, "GET /v2/credentials?id=1", LINES(NULL));
    ck_assert_int_eq(request_has(0, "Authorization:"), authorization != NULL);
    check_signed(1);
    ck_assert_uint_eq(server_requests(f.server), 2);
}

START_TEST(container_without_authorization)
{
    check_container(NULL);
}
END_TEST

START_TEST(container_authorization_from_variable)
{
    set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic of=variable\r\n");
    check_container("Authorization: Basic of=variable");
}
END_TEST

START_TEST(container_authorization_from_file)
{
    char *token = long_text('f'), line[LONG + 64];

    snprintf(line, sizeof line, "%s\r\n", token);
    write_file("token", line, 0644);
    set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path_of("token"));
    set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "of-variable");
    snprintf(line, sizeof line, "Authorization: %s", token);
    check_container(line);
    ck_assert_ptr_null(strstr(logged, "chmod")); /* Kubernetes makes it so */
    free(token);
}
END_TEST

START_TEST(container_token_file_is_bad)
{
    static const struct {
        const char *text; /* NULL: there is none */
        const char *why;
    } files[] = {{NULL, "there is no such file"}, {"a\nb", "the authorization token has a line"}};

    if (files[_i].text != NULL)
        write_file("token", files[_i].text, 0600);
    set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path_of("token"));
    look_for(NULL);
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_CREDENTIALS);
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), files[_i].why));
    ck_assert_uint_eq(server_requests(f.server), 0);
}
END_TEST

static void look_for_thrice(const char *sources)
{
    look_for(sources);
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, 0), 0);
}

static const struct {
    const char *status, *body, *why;
    size_t attempts;
} container_faults[] = {
    {"401 Unauthorized", "", "HTTP 401, and no error of AWS in the answer", 1},
    {"403 Forbidden", "{\"code\":\"AccessDenied\",\"message\":\"told so\"}",
     "AccessDenied: told so (HTTP 403)", 1},
    {"404 Not Found", "<html>", "HTTP 404, and no error of AWS in the answer", 1},
    {"307 Moved\r\nLocation: /x", "",
     "HTTP 307: the endpoint redirects elsewhere, which is never followed", 1},
    {"500 Internal", "", "HTTP 500, and no error of AWS in the answer (attempt 3)", 3},
    {"200 OK", "{\"Code\":\"Denied\",\"Message\":\"told so\"}", "Denied: told so", 1},
};

START_TEST(container_fails)
{
    char why[256];

    for (size_t i = 0; i < container_faults[_i].attempts; i++)
        will_answer(container_faults[_i].status, container_faults[_i].body);
    look_for_thrice("container,imds");
    snprintf(why, sizeof why, AGENT "%s", container_faults[_i].why);
    check_failure(why);
    ck_assert_uint_eq(server_requests(f.server), container_faults[_i].attempts);
}
END_TEST

START_TEST(container_gives_no_keys)
{
    char why[256];

    will_answer("200 OK", bad_keys[_i].body);
    look_for("container,imds");
    snprintf(why, sizeof why, AGENT "%s", bad_keys[_i].why);
    check_failure(why);
    ck_assert_uint_eq(server_requests(f.server), 1);
}
END_TEST

START_TEST(container_breaks_off)
{
    check_wire("; container: ", _i);
}
END_TEST

START_TEST(container_is_absent)
{
    char url[64];

    take_port_that_nobody_has(url, sizeof url);
    set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
    look_for_thrice("container,imds");
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_CREDENTIALS);
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), AGENT));
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), "(attempt 3)"));
    ck_assert_uint_eq(server_requests(f.server), 0);
}
END_TEST

START_TEST(container_is_asked_again)
{
    will_answer("503 Later", "");
    will_answer("200 OK", KEYS);
    look_for_thrice("container");
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    check_request(1, "GET /v2/credentials?id=1", LINES("amz-sdk-request: attempt=2; max=3"));
    check_signed(2);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

int main(void)
{
    Suite *suite = suite_create("fetch_machine");
    TCase *imds = tcase_create("imds"), *container = tcase_create("container");

    suite_add_tcase(suite, imds);
    tcase_add_checked_fixture(imds, start_imds, stop);
    tcase_add_test(imds, imds_asks_for_a_token_first);
    tcase_add_loop_test(imds, imds_fails, 0, COUNT(imds_faults));
    tcase_add_loop_test(imds, imds_gives_no_keys, 0, COUNT(bad_keys));
    tcase_add_loop_test(imds, imds_breaks_off, 0, COUNT(wires));
    tcase_add_test(imds, imds_is_absent);
    suite_add_tcase(suite, container);
    tcase_add_checked_fixture(container, start_container, stop);
    tcase_add_test(container, container_without_authorization);
    tcase_add_test(container, container_authorization_from_variable);
    tcase_add_test(container, container_authorization_from_file);
    tcase_add_loop_test(container, container_token_file_is_bad, 0, 2);
    tcase_add_loop_test(container, container_fails, 0, COUNT(container_faults));
    tcase_add_loop_test(container, container_gives_no_keys, 0, COUNT(bad_keys));
    tcase_add_loop_test(container, container_breaks_off, 0, COUNT(wires));
    tcase_add_test(container, container_is_absent);
    tcase_add_test(container, container_is_asked_again);
    return run(suite);
}
