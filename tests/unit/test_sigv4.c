/* What a request to sign may hold, and what is refused.
 * SPDX-License-Identifier: MIT */
#include "sigv4.h"
#include "run.h"

#include <stdio.h>
#include <string.h>

#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

enum {
    NOW = 1767323045
};

static const char *one_header[1] = {"Content-Type: text/plain"};

static brc_sign_input good_input(void)
{
    return (brc_sign_input){
        .size = sizeof(brc_sign_input),
        .method = "POST",
        .url = "https://example.com/a?b=c",
        .headers = one_header,
        .header_count = 1,
        .body = "body",
        .body_length = 4,
        .region = "us-east-1",
        .service = "bedrock",
        .time = NOW,
    };
}

static brc_credentials *credentials_new(void)
{
    brc_credentials *credentials;

    ck_assert_int_eq(brc_credentials_new("AKIDEXAMPLE", SECRET, NULL, &credentials), BRC_OK);
    return credentials;
}

static int sign(const brc_sign_input *input)
{
    brc_credentials *credentials = credentials_new();
    char *headers = (char *)&headers; /* overwritten on every path */
    int rc = brc_sign(input, credentials, &headers);

    ck_assert((rc == BRC_OK) == (headers != NULL));
    brc_free(headers);
    brc_credentials_free(credentials);
    return rc;
}

static int sign_with(const char *header)
{
    brc_sign_input input = good_input();
    const char *headers[] = {"X-First: 1", header};

    input.headers = headers;
    input.header_count = 2;
    return sign(&input);
}

START_TEST(refuses_missing_members)
{
    brc_sign_input input = good_input();

    ck_assert_int_eq(sign(&input), BRC_OK);
    input.method = NULL;
    ck_assert_int_eq(sign(&input), BRC_E_INVALID);
    input = good_input();
    input.url = NULL;
    ck_assert_int_eq(sign(&input), BRC_E_INVALID);
    input = good_input();
    input.headers = NULL;
    ck_assert_int_eq(sign(&input), BRC_E_INVALID);
    input.header_count = 0;
    ck_assert_int_eq(sign(&input), BRC_OK);
    input.body = NULL;
    ck_assert_int_eq(sign(&input), BRC_E_INVALID);
    input.body_length = 0;
    ck_assert_int_eq(sign(&input), BRC_OK);
    input.region = NULL;
    ck_assert_int_eq(sign(&input), BRC_E_INVALID);
    input = good_input();
    input.service = NULL;
    ck_assert_int_eq(sign(&input), BRC_E_INVALID);
}
END_TEST

START_TEST(refuses_missing_arguments)
{
    brc_credentials *credentials = credentials_new();
    brc_sign_input input = good_input();
    char *headers = (char *)&input;

    ck_assert_int_eq(brc_sign(NULL, credentials, &headers), BRC_E_INVALID);
    ck_assert_ptr_null(headers);
    headers = (char *)&input;
    ck_assert_int_eq(brc_sign(&input, NULL, &headers), BRC_E_INVALID);
    ck_assert_ptr_null(headers);
    ck_assert_int_eq(brc_sign(&input, credentials, NULL), BRC_E_INVALID);
    ck_assert_ptr_null(brc_free(NULL));
    brc_credentials_free(credentials);
}
END_TEST

/* A newer caller's struct: this library's members, then some it does not know. */
struct newer_input {
    brc_sign_input known;
    char unknown[64];
};

START_TEST(minds_the_size)
{
    struct newer_input newer = {.known = good_input()};

    newer.known.size = sizeof newer;
    ck_assert_int_eq(sign(&newer.known), BRC_OK);
    newer.unknown[63] = 1;
    ck_assert_int_eq(sign(&newer.known), BRC_E_INVALID);
    newer.known.size = sizeof newer - 1;
    ck_assert_int_eq(sign(&newer.known), BRC_OK);
    newer.known.size = sizeof newer.known - 1;
    ck_assert_int_eq(sign(&newer.known), BRC_E_INVALID);
    newer.known.size = 0;
    ck_assert_int_eq(sign(&newer.known), BRC_E_INVALID);
    newer.known.size = SIZE_MAX;
    ck_assert_int_eq(sign(&newer.known), BRC_E_INVALID);
}
END_TEST

static const struct {
    int64_t time;
    int rc;
} times[] = {
    {-1, BRC_E_RANGE},        {0, BRC_OK},
    {253402300799, BRC_OK},   {253402300800, BRC_E_RANGE},
    {INT64_MAX, BRC_E_RANGE}, {INT64_MIN, BRC_E_RANGE},
};

START_TEST(minds_the_time)
{
    brc_sign_input input = good_input();

    input.time = times[_i].time;
    ck_assert_int_eq(sign(&input), times[_i].rc);
}
END_TEST

static void check_date(const brc_sign_input *input, brc_credentials *credentials, int year,
                       int month, int day)
{
    char expected[64], *headers;

    snprintf(expected, sizeof expected, "X-Amz-Date: %04d%02d%02dT235959Z\n", year, month, day);
    ck_assert_int_eq(brc_sign(input, credentials, &headers), BRC_OK);
    ck_assert_mem_eq(headers, expected, strlen(expected));
    brc_free(headers);
}

/* Every day of 400 years, against the calendar counted day by day. */
START_TEST(knows_the_calendar)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    brc_credentials *credentials = credentials_new();
    brc_sign_input input = good_input();
    int year = 1970, month = 0, day = 1, signed_every = sample_step(31);

    for (input.time = 86399; year < 2370; input.time += 86400) {
        if (input.time / 86400 % signed_every == 0)
            check_date(&input, credentials, year, month + 1, day);
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        if (day++ < lengths[month] + (leap && month == 1))
            continue;
        day = 1;
        month = (month + 1) % 12;
        year += month == 0;
    }
    brc_credentials_free(credentials);
}
END_TEST

static const char *const bad_methods[] = {"", "GE T", "GET\n", "GET:", "\xc3\xa9", "G\x7f"};

START_TEST(refuses_methods)
{
    brc_sign_input input = good_input();

    input.method = bad_methods[_i];
    ck_assert_int_eq(sign(&input), BRC_E_INVALID);
}
END_TEST

static const char *const bad_urls[] = {
    "",
    "example.com/a",
    "/a",
    "ftp://example.com/",
    "https://user@example.com/",
    "https://example.com/#a",
    "https://example.com/a b",
    "https://example.com/?a=%",
    "https://example.com/?a=%4",
    "https://example.com/?%4=a",
    "https://example.com/?a=%4g",
    "https://example.com/?a=%g4&b",
    "https://example.com/?a&%%41",
};

START_TEST(refuses_urls)
{
    brc_sign_input input = good_input();

    input.url = bad_urls[_i];
    ck_assert_int_eq(sign(&input), BRC_E_INVALID);
}
END_TEST

static const struct {
    const char *region, *service;
} bad_scopes[] = {
    {"", "bedrock"},    {"us-east-1", ""},    {"us-east-1", "s3"},
    {"us/east-1", "a"}, {"us-east-1", "a b"}, {"us-east-1\r\n", "a"},
};

START_TEST(refuses_scopes)
{
    brc_sign_input input = good_input();

    input.region = bad_scopes[_i].region;
    input.service = bad_scopes[_i].service;
    ck_assert_int_eq(sign(&input), BRC_E_INVALID);
}
END_TEST

static const char *const bad_headers[] = {
    NULL,
    "",
    ":",
    ": value",
    "Name",
    "Na me: value",
    "Name : value",
    " Name: value",
    "Na\xc3\xa9me: value",
    "Name\n: value",
    "Name: a\nb",
    "Name: a\r\nb: c",
    "Name: a\rb",
    "Name: a\r b",
    "Name: a\n",
    "Name: a\r\n",
    "Name: a\r\n\r\n b",
    "Name: a\n\n b",
    "Name: a\r\r\n b",
    "Name: \x01",
    "Name: a\x7f",
    "User-Agent: a\x02",
    "Authorization: x",
    "authorization:",
    "X-Amz-Date: 20260102T030405Z",
    "x-amz-date:",
    "X-AMZ-SECURITY-TOKEN: x",
    "Host:",
    "Host:  ",
    "x-amz-content-sha256: UNSIGNED-PAYLOAD",
    "x-amz-content-sha256:",
    "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "x-amz-content-sha256: 230D8358DC8E8890B4C58DEEB62912EE2F20357AE92A5CC861B98E68FE31ACB5",
};

START_TEST(refuses_headers)
{
    ck_assert_int_eq(sign_with(bad_headers[_i]), BRC_E_INVALID);
}
END_TEST

static const char *const twice[] = {
    "Host: example.com",
    "X-Amz-Content-Sha256: 230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5",
};

START_TEST(takes_only_one)
{
    const char *headers[] = {twice[_i], twice[_i]};
    brc_sign_input input = good_input();

    input.headers = headers;
    input.header_count = 1;
    ck_assert_int_eq(sign(&input), BRC_OK);
    input.header_count = 2;
    ck_assert_int_eq(sign(&input), BRC_E_INVALID);
}
END_TEST

START_TEST(keeps_to_the_ceiling)
{
    brc_credentials *credentials = credentials_new();
    brc_sign_input input = good_input();
    struct brc__buf lines = BRC__SECRET_BUF(100);
    struct brc__error error;
    struct brc__keys *keys;

    ck_assert_int_eq(brc__credentials_acquire(credentials, NOW, &keys, &error), BRC_OK);
    ck_assert_int_eq(brc__sigv4_sign(&input, keys, NULL, &lines), BRC_E_TOO_LARGE);
    brc__buf_free(&lines);
    brc__keys_release(keys);
    brc_credentials_free(credentials);
}
END_TEST

/* An invalid request is told before anything is fetched. */
static int never_fetched(brc_credentials *credentials, void *user_data)
{
    (void)credentials;
    ++*(int *)user_data;
    return -1;
}

START_TEST(checks_before_it_fetches)
{
    brc_credentials *credentials;
    brc_sign_input input = good_input();
    char *headers;
    int fetched = 0;

    ck_assert_int_eq(brc_credentials_new_callback(never_fetched, &fetched, NULL, &credentials), 0);
    input.time = -1;
    ck_assert_int_eq(brc_sign(&input, credentials, &headers), BRC_E_RANGE);
    ck_assert_int_eq(fetched, 0);
    input.time = NOW;
    ck_assert_int_eq(brc_sign(&input, credentials, &headers), BRC_E_CREDENTIALS);
    ck_assert_ptr_null(headers);
    ck_assert_int_eq(fetched, 1);
    brc_credentials_free(credentials);
}
END_TEST

#define LOOP(cases, test, table)                                                                   \
    tcase_add_loop_test(cases, test, 0, sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("sigv4");
    TCase *cases = tcase_create("sigv4");

    suite_add_tcase(suite, cases);
    tcase_add_test(cases, refuses_missing_members);
    tcase_add_test(cases, refuses_missing_arguments);
    tcase_add_test(cases, minds_the_size);
    LOOP(cases, minds_the_time, times);
    tcase_add_test(cases, knows_the_calendar);
    LOOP(cases, refuses_methods, bad_methods);
    LOOP(cases, refuses_urls, bad_urls);
    LOOP(cases, refuses_scopes, bad_scopes);
    LOOP(cases, refuses_headers, bad_headers);
    LOOP(cases, takes_only_one, twice);
    tcase_add_test(cases, keeps_to_the_ceiling);
    tcase_add_test(cases, checks_before_it_fetches);
    return run(suite);
}
