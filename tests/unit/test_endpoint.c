/* Where a request goes.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <endpoint.h>

#include <stdlib.h>

#define PROFILE ":123456789012:application-inference-profile/abc123def456"

static const struct {
    const char *arn;
    const char *endpoint; /* NULL: not known */
} arns[] = {
    {"arn:aws:bedrock:us-east-1" PROFILE, "https://bedrock-runtime.us-east-1.amazonaws.com"},
    {"arn:aws:bedrock:eu-central-1" PROFILE, "https://bedrock-runtime.eu-central-1.amazonaws.com"},
    {"arn:aws-us-gov:bedrock:us-gov-west-1" PROFILE,
     "https://bedrock-runtime.us-gov-west-1.amazonaws.com"},
    {"arn:aws-cn:bedrock:cn-north-1" PROFILE,
     "https://bedrock-runtime.cn-north-1.amazonaws.com.cn"},
    {"arn:aws-eusc:bedrock:eusc-de-east-1" PROFILE,
     "https://bedrock-runtime.eusc-de-east-1.amazonaws.eu"},
    {"arn:aws-iso:bedrock:us-iso-east-1" PROFILE, NULL},
    {"arn:aws-c:bedrock:cn-north-1" PROFILE, NULL},
    {"arn:aws-cn-2:bedrock:cn-north-1" PROFILE, NULL},
};

START_TEST(endpoint_follows_from_the_arn)
{
    brc__auto_buf struct brc__buf endpoint = BRC__BUF(BRC__CEILING_URL);
    struct brc__error error = {0};
    struct brc__arn arn;

    ck_assert_int_eq(brc__arn_parse(arns[_i].arn, &arn), 0);
    int rc = brc__endpoint_of(&arn, (struct brc__endpoint_kind){0}, &endpoint, &error);
    if (arns[_i].endpoint != NULL) {
        ck_assert_int_eq(rc, 0);
        ck_assert_str_eq(endpoint.data, arns[_i].endpoint);
        ck_assert_int_eq(brc__endpoint_check(endpoint.data, "x", &error), 0);
    } else {
        ck_assert_int_eq(rc, BRC_E_INVALID);
        ck_assert_ptr_nonnull(strstr(error.text, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"));
        ck_assert_uint_eq(endpoint.length, 0);
    }
}
END_TEST

START_TEST(endpoint_that_has_no_room)
{
    brc__auto_buf struct brc__buf endpoint = BRC__BUF(10);
    struct brc__error error = {0};
    struct brc__arn arn;

    brc__arn_parse(arns[0].arn, &arn);
    ck_assert_int_eq(brc__endpoint_of(&arn, (struct brc__endpoint_kind){0}, &endpoint, &error),
                     BRC_E_TOO_LARGE);
}
END_TEST

static const char *const allowed[] = {
    "https://bedrock-runtime.us-east-1.amazonaws.com",
    "https://vpce-0a.bedrock-runtime.us-east-1.vpce.amazonaws.com/",
    "https://gateway.example:8443/base/path",
    "HTTPS://Example.COM",
    "https://10.1.2.3",
    "https://[2001:db8::1]:443",
    "https://localhost",
    "http://127.0.0.1",
    "http://127.0.0.1:8080",
    "http://127.1.2.3:1/x",
    "http://127.255.255.255",
    "http://[::1]",
    "http://[::1]:8080/",
    "http://localhost",
    "http://LocalHost:9/path",
};

START_TEST(endpoint_is_allowed)
{
    struct brc__error error = {0};

    ck_assert_msg(brc__endpoint_check(allowed[_i], "endpoint", &error) == 0, "%s: %s", allowed[_i],
                  error.text);
}
END_TEST

static const char *const plain_http[] = {
    "http://bedrock-runtime.us-east-1.amazonaws.com",
    "http://10.1.2.3",
    "http://126.0.0.1",
    "http://128.0.0.1",
    "http://0.0.0.0",
    "http://127.evil.com",
    "http://127.0.0.1.nip.io",
    "http://127.0.0.1.",
    "http://127.0.0.256",
    "http://127.0.0",
    "http://127.1",
    "http://2130706433",
    "http://0x7f.1",
    "http://0177.0.0.1",
    "http://localhost.evil.com",
    "http://localhost.",
    "http://xlocalhost",
    "http://local",
    "http://169.254.169.254",
    "http://[::]",
    "http://[::2]",
    "http://[2001:db8::1]",
};

START_TEST(plain_http_leaves_the_machine_for_nobody)
{
    struct brc__error error = {0};

    ck_assert_msg(brc__endpoint_check(plain_http[_i], "AWS_ENDPOINT_URL", &error) == BRC_E_INVALID,
                  "%s", plain_http[_i]);
    ck_assert_msg(strstr(error.text, "AWS_ENDPOINT_URL: http is allowed only") == error.text, "%s",
                  error.text);
}
END_TEST

static const char *const no_endpoints[] = {
    "",
    "https://",
    "https:///path",
    "https://:443",
    "example.com",
    "//example.com",
    "ftp://example.com",
    "file:///etc/passwd",
    "https:/example.com",
    " https://example.com",
    "https://example.com ",
    "https://exa mple.com",
    "https://example.com/a b",
    "https://example.com\r\nX: y",
    "https://example.com/\x7f",
    "https://ex\xc3\xa4mple.com",
    "https://user@example.com",
    "https://user:password@example.com",
    "http://127.0.0.1@evil.com",
    "http://127.0.0.1:80@evil.com",
    "http://localhost:80:80",
    "http://127.0.0.1\\@evil.com",
    "http://[::1]evil.com",
    "http://[::1",
    "http://[127.0.0.1]",
    "https://example.com:",
    "https://example.com:0",
    "https://example.com:65536",
    "https://example.com:99999999999999999999",
    "https://example.com:44x",
    "https://example.com:-1",
    "https://example.com?x=y",
    "https://example.com/path?",
    "https://example.com/#fragment",
};

START_TEST(anything_else_is_no_endpoint)
{
    struct brc__error error = {0};

    ck_assert_msg(brc__endpoint_check(no_endpoints[_i], "endpoint", &error) == BRC_E_INVALID, "%s",
                  no_endpoints[_i]);
    ck_assert_msg(strstr(error.text, "endpoint: not a URL") == error.text, "%s", error.text);
}
END_TEST

START_TEST(endpoint_has_a_longest)
{
    char url[BRC__CEILING_URL];
    struct brc__error error;

    memset(url, 'x', sizeof url);
    memcpy(url, "https://h/", 10);
    url[BRC__CEILING_URL / 2] = '\0';
    ck_assert_int_eq(brc__endpoint_check(url, "endpoint", &error), 0);
    url[BRC__CEILING_URL / 2] = 'x';
    url[BRC__CEILING_URL / 2 + 1] = '\0';
    ck_assert_int_eq(brc__endpoint_check(url, "endpoint", &error), BRC_E_INVALID);
}
END_TEST

static const struct {
    const char *arn;
    struct brc__endpoint_kind kind;
    const char *endpoint;
} sisters[] = {
    {"arn:aws:bedrock:us-east-1" PROFILE,
     {.fips = true},
     "https://bedrock-runtime-fips.us-east-1.amazonaws.com"},
    {"arn:aws:bedrock:us-east-1" PROFILE,
     {.dual_stack = true},
     "https://bedrock-runtime.us-east-1.api.aws"},
    {"arn:aws-us-gov:bedrock:us-gov-west-1" PROFILE,
     {.fips = true, .dual_stack = true},
     "https://bedrock-runtime-fips.us-gov-west-1.api.aws"},
    {"arn:aws-cn:bedrock:cn-north-1" PROFILE,
     {.dual_stack = true},
     "https://bedrock-runtime.cn-north-1.api.amazonwebservices.com.cn"},
    {"arn:aws-eusc:bedrock:eusc-de-east-1" PROFILE,
     {.dual_stack = true},
     "https://bedrock-runtime.eusc-de-east-1.api.amazonwebservices.eu"},
};

START_TEST(endpoint_has_sisters)
{
    brc__auto_buf struct brc__buf endpoint = BRC__BUF(BRC__CEILING_URL);
    struct brc__error error = {0};
    struct brc__arn arn;

    ck_assert_int_eq(brc__arn_parse(sisters[_i].arn, &arn), 0);
    ck_assert_int_eq(brc__endpoint_of(&arn, sisters[_i].kind, &endpoint, &error), 0);
    ck_assert_str_eq(endpoint.data, sisters[_i].endpoint);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("endpoint");
    TCase *tests = tcase_create("endpoint");

    tcase_add_loop_test(tests, endpoint_follows_from_the_arn, 0, sizeof arns / sizeof *arns);
    tcase_add_test(tests, endpoint_that_has_no_room);
    tcase_add_loop_test(tests, endpoint_is_allowed, 0, sizeof allowed / sizeof *allowed);
    tcase_add_loop_test(tests, plain_http_leaves_the_machine_for_nobody, 0,
                        sizeof plain_http / sizeof *plain_http);
    tcase_add_loop_test(tests, anything_else_is_no_endpoint, 0,
                        sizeof no_endpoints / sizeof *no_endpoints);
    tcase_add_test(tests, endpoint_has_a_longest);
    tcase_add_loop_test(tests, endpoint_has_sisters, 0, sizeof sisters / sizeof *sisters);
    suite_add_tcase(suite, tests);
    return run(suite);
}
