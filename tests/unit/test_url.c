/* URLs taken apart, and URLs refused.
 * SPDX-License-Identifier: MIT */
#include "run.h"
#include "url.h"

#include <bedrockcost/base.h>

#include <string.h>

static const struct {
    const char *url;
    bool https;
    const char *host;
    int port;
    const char *path;
    const char *query; /* NULL: there is none */
} good[] = {
    {"https://example.com", true, "example.com", 443, "", NULL},
    {"http://example.com", false, "example.com", 80, "", NULL},
    {"https://example.com/", true, "example.com", 443, "/", NULL},
    {"HtTpS://Example.COM/A", true, "Example.COM", 443, "/A", NULL},
    {"https://example.com?a=b", true, "example.com", 443, "", "a=b"},
    {"https://example.com/?", true, "example.com", 443, "/", ""},
    {"https://example.com/a/b?c=/d?e", true, "example.com", 443, "/a/b", "c=/d?e"},
    {"http://127.0.0.1:8080/x", false, "127.0.0.1", 8080, "/x", NULL},
    {"http://[::1]:9/", false, "[::1]", 9, "/", NULL},
    {"http://[2001:db8::8.8.8.8]", false, "[2001:db8::8.8.8.8]", 80, "", NULL},
    {"https://a_b-c.d:443", true, "a_b-c.d", 443, "", NULL},
    {"https://a:0080/", true, "a", 80, "/", NULL},
    {"https://a:65535/", true, "a", 65535, "/", NULL},
    {"https://a/user@host:80/[x]", true, "a", 443, "/user@host:80/[x]", NULL},
    {"https://a/arn%3Aaws%2fx", true, "a", 443, "/arn%3Aaws%2fx", NULL},
};

START_TEST(takes_apart)
{
    struct brc__url url;

    ck_assert_int_eq(brc__url_parse(good[_i].url, strlen(good[_i].url), &url), BRC_OK);
    ck_assert_int_eq(url.https, good[_i].https);
    ck_assert_int_eq(url.port, good[_i].port);
    ck_assert_uint_eq(url.host_length, strlen(good[_i].host));
    ck_assert_mem_eq(url.host, good[_i].host, url.host_length);
    ck_assert_uint_eq(url.path_length, strlen(good[_i].path));
    ck_assert_mem_eq(url.path, good[_i].path, url.path_length);
    const char *query = good[_i].query != NULL ? good[_i].query : "";
    ck_assert_int_eq(url.has_query, good[_i].query != NULL);
    ck_assert_uint_eq(url.query_length, strlen(query));
    ck_assert_mem_eq(url.query, query, url.query_length);
}
END_TEST

static const char *const bad[] = {
    "",
    "http",
    "https:/",
    "https://",
    "https:///a",
    "https://?a",
    "https://:80/",
    "ftp://a/",
    "httpss://a/",
    " https://a/",
    "//a/",
    "https://user@a/",
    "https://user:word@a/",
    "https://a#",
    "https://a/b#c",
    "https://a/b?c#d",
    "https://a:/",
    "https://a:0/",
    "https://a:65536/",
    "https://a:99999999999999999999/",
    "https://a:-1/",
    "https://a:+1/",
    "https://a:8o/",
    "https://a:80:80/",
    "https://a b/",
    "https://a/b c",
    "https://a/b\tc",
    "https://a/b\r\nHost: c",
    "https://a/\x7f",
    "https://a/\xc3\xa9",
    "https://\xc3\xa9/",
    "https://a\\b/",
    "https://a%2Eb/",
    "https://a,b/",
    "https://[]/",
    "https://[::1/",
    "https://[::1]x/",
    "https://[::1]:/",
    "https://[1:2]/",
    "https://[fe80::1%25eth0]/",
    "https://[11111111111111111111111111111111111111111111111111111111111111]/",
    "https://::1/",
};

START_TEST(refuses)
{
    struct brc__url url;

    ck_assert_int_eq(brc__url_parse(bad[_i], strlen(bad[_i]), &url), BRC_E_INVALID);
}
END_TEST

/* Every byte at every place of a path that crosses the blocks the check works in. */
START_TEST(refuses_bytes_everywhere)
{
    char text[] = "https://a/0123456789012345678901234567890123456789";
    struct brc__url url;

    for (size_t at = 10; at < sizeof text - 1; at++) {
        char kept = text[at];
        for (int c = 0; c < 256; c++) {
            bool fine = c > ' ' && c < 0x7f && c != '#';
            text[at] = (char)c;
            int rc = brc__url_parse(text, sizeof text - 1, &url);
            ck_assert_int_eq(rc, fine ? BRC_OK : BRC_E_INVALID);
        }
        text[at] = kept;
    }
}
END_TEST

/* What stands behind the given length is not looked at. */
START_TEST(keeps_to_the_length)
{
    struct brc__url url;

    ck_assert_int_eq(brc__url_parse("https://a:80/b?c d", 12, &url), BRC_OK);
    ck_assert_int_eq(url.port, 80);
    ck_assert_uint_eq(url.path_length, 0);
    ck_assert(!url.has_query);
    ck_assert_int_eq(brc__url_parse("https://[::1]", 12, &url), BRC_E_INVALID);
}
END_TEST

START_TEST(bounds_the_host)
{
    char text[8 + 254 + 1] = "https://";
    struct brc__url url;

    memset(text + 8, 'a', 254);
    ck_assert_int_eq(brc__url_parse(text, 8 + 253, &url), BRC_OK);
    ck_assert_int_eq(brc__url_parse(text, 8 + 254, &url), BRC_E_INVALID);
}
END_TEST

static const struct {
    const char *url;
    bool is;
} loopback[] = {
    {"http://localhost", true},
    {"http://LocalHost:80/", true},
    {"http://127.0.0.1/", true},
    {"http://127.255.255.254:1/", true},
    {"http://[::1]/", true},
    {"http://localhost.example/", false},
    {"http://localhos/", false},
    {"http://128.0.0.1/", false},
    {"http://127.1/", false},
    {"http://0177.0.0.1/", false},
    {"http://2130706433/", false},
    {"http://127.0.0.1.example.com/", false},
    {"http://10.127.0.0/", false},
    {"http://[::2]/", false},
    {"http://[::ffff:127.0.0.1]/", false},
};

START_TEST(knows_loopback)
{
    struct brc__url url;

    ck_assert_int_eq(brc__url_parse(loopback[_i].url, strlen(loopback[_i].url), &url), BRC_OK);
    ck_assert_int_eq(brc__url_is_loopback(&url), loopback[_i].is);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("url");
    TCase *cases = tcase_create("url");

    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, takes_apart, 0, sizeof good / sizeof good[0]);
    tcase_add_loop_test(cases, refuses, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(cases, refuses_bytes_everywhere);
    tcase_add_test(cases, keeps_to_the_length);
    tcase_add_test(cases, bounds_the_host);
    tcase_add_loop_test(cases, knows_loopback, 0, sizeof loopback / sizeof loopback[0]);
    return run(suite);
}
