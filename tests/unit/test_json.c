/* Judging and repairing whole JSON documents.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <json.h>

#define FFFD "\xef\xbf\xbd"

static const char *const sound[] = {
    "{}",
    "[]",
    "\"\"",
    "null",
    "0",
    " \n{\"a\":[1,-2.5e-3,true,false,null,{\"a\":\"\\ud83d\\ude00\\n\"}]} \t",
    "{\"a\":1,\"A\":2,\"\\u0062\":3}",
    "9223372036854775808",
    "-123456789012345678901234567890.5",
    "1e999",
    "[-1e999,\"a \\\"12345\\\" \\u1234\",123e4567]",
    "{\"a12345\":1e999,\"a12346\":1}",
};

START_TEST(sound_document_is_accepted)
{
    struct brc__error error = {0};

    ck_assert_msg(brc__json_check(sound[_i], strlen(sound[_i]), "x", &error) == 0, "%s: %s",
                  sound[_i], error.text);
}
END_TEST

START_TEST(integer_of_a_thousand_digits_is_accepted)
{
    char number[1000];

    memset(number, '7', sizeof number);
    ck_assert_int_eq(brc__json_check(number, sizeof number, "x", NULL), 0);
}
END_TEST

static const struct {
    const char *text;
    size_t length; /* 0: up to the NUL */
} unsound[] = {
    {"{\"a\":1,\"a\":2}", 0},
    {"{\"a\":1,\"\\u0061\":2}", 0},
    {"[{\"b\":{\"a\":1,\"a\":1}}]", 0},
    {"{\"a\":1", 0},
    {"{\"a\":1}}", 0},
    {"{\"a\":[1}", 0},
    {"[1,2", 0},
    {"[1,]", 0},
    {"{,}", 0},
    {"{a:1}", 0},
    {"{'a':1}", 0},
    {"[1] [2]", 0},
    {"\"open", 0},
    {"\"\\x\"", 0},
    {"\"\\ud800\"", 0},
    {"\"\\udc00\\ud800\"", 0},
    {"\"\\u0000\"", 0},
    {"\"\xff\"", 0},
    {"\"\xc0\x80\"", 0},
    {"\"\xed\xa0\x80\"", 0},
    {"\"a\nb\"", 0},
    {"\"a\0b\"", 5},
    {"{}\0", 3},
    {"1\0", 2},
    {"[1\0]", 4},
    {"{\"a\":true\0}", 11},
    {"[1e999\0]", 8},
    {"\xef\xbb\xbf{}", 0},
    {"nul", 0},
    {"NaN", 0},
    {"-", 0},
    {"01", 0},
    {"00", 0},
    {"[1e999,001]", 0},
    {"[1e999,1e]", 0},
    {"1e999 1", 0},
    {"{\"a\":1e999,\"a\":1}", 0},
    {".5", 0},
    {"<html></html>", 0},
    {" ", 0},
};

START_TEST(unsound_document_is_refused)
{
    struct brc__error error = {0};
    size_t n = unsound[_i].length > 0 ? unsound[_i].length : strlen(unsound[_i].text);

    ck_assert_msg(brc__json_check(unsound[_i].text, n, "tools", &error) == BRC_E_INVALID, "%s",
                  unsound[_i].text);
    ck_assert_int_eq(error.code, BRC_E_INVALID);
    ck_assert_int_eq(strncmp(error.text, "tools is not acceptable JSON: ", 30), 0);
    ck_assert_int_eq(brc__json_check(unsound[_i].text, n, "tools", NULL), BRC_E_INVALID);
}
END_TEST

START_TEST(reason_says_where_and_quotes_nothing)
{
    struct brc__error error;

    brc__json_check("{\"a\":\n  secret}", 15, "x", &error);
    ck_assert_ptr_nonnull(strstr(error.text, "(line 2, column 8)"));
    ck_assert_ptr_null(strstr(error.text, "secret"));
    brc__json_check("{\"secret\":1,\"secret\":2}", 23, "x", &error);
    ck_assert_ptr_nonnull(strstr(error.text, "duplicate"));
    ck_assert_ptr_null(strstr(error.text, "secret"));
}
END_TEST

static const struct {
    int depth;
    int code;
} depths[] = {{2000, 0}, {200 * 1000, BRC_E_INVALID}};

START_TEST(nesting_has_an_end)
{
    int depth = depths[_i].depth;
    brc__auto_buf struct brc__buf text = BRC__BUF(1000 * 1000);
    brc__auto_buf struct brc__buf repaired = BRC__BUF(1000 * 1000);

    for (int i = 0; i < 2 * depth; i++)
        brc__buf_text(&text, i < depth ? "[" : "]");
    ck_assert_int_eq(brc__json_check(text.data, text.length, "x", NULL), depths[_i].code);
    ck_assert_int_eq(brc__json_repair(&repaired, text.data, text.length),
                     depths[_i].code == 0 ? 0 : BRC_E_PROTOCOL);
}
END_TEST

static const struct {
    const char *faulty;
    const char *repaired; /* NULL: nothing to mend */
} faults[] = {
    {"{\"a\":\"\\ud800\"}", "{\"a\":\"" FFFD "\"}"},
    {"{\"a\":\"x\\u0000\xff\n\"}", "{\"a\":\"x" FFFD FFFD FFFD "\"}"},
    {"{\"a\":1,\"b\":2,\"a\":3}", "{\"b\":2,\"a\":3}"},
    {"{\"\\ud800\":1,\"\\ud801\":2}", "{\"" FFFD "\":2}"},
    /* only what is faulty changes */
    {"{ \"a\": \"\\udc00\\u00e9\", \"n\": 0.1, \"big\": 12345678901234567890, \"x\": 1e999 }",
     "{ \"a\": \"" FFFD "\\u00e9\", \"n\": 0.1, \"big\": 12345678901234567890, \"x\": 1e999 }"},
    {"{\"n\":\"\\ud800\",\"n\":1e999}", "{\"n\":1e999}"},
    {"{\"a\":1,\"a\":12345678901234567890}", "{\"a\":12345678901234567890}"},
    {"{\"a\":1", NULL},
    {"{\"a\":\"x", NULL},
    {"<html>", NULL},
};

START_TEST(faulty_document_is_repaired_so_that_it_is_accepted)
{
    brc__auto_buf struct brc__buf repaired = BRC__BUF(1000);
    const char *faulty = faults[_i].faulty, *expected = faults[_i].repaired;

    int rc = brc__json_repair(&repaired, faulty, strlen(faulty));
    ck_assert_int_eq(rc, expected == NULL ? BRC_E_PROTOCOL : 0);
    if (expected == NULL)
        return;
    ck_assert_str_eq(repaired.data, expected);
    ck_assert_int_eq(brc__json_check(repaired.data, repaired.length, "x", NULL), 0);
}
END_TEST

START_TEST(repair_keeps_to_the_ceiling)
{
    brc__auto_buf struct brc__buf strings = BRC__BUF(5), members = BRC__BUF(5);

    ck_assert_int_eq(brc__json_repair(&strings, "[\"\\ud800\"]", 10), BRC_E_TOO_LARGE);
    ck_assert_int_eq(brc__json_repair(&members, "{\"a\":1,\"a\":2}", 13), BRC_E_TOO_LARGE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *tests = tcase_create("json");

    tcase_add_loop_test(tests, sound_document_is_accepted, 0, sizeof sound / sizeof *sound);
    tcase_add_test(tests, integer_of_a_thousand_digits_is_accepted);
    tcase_add_loop_test(tests, unsound_document_is_refused, 0, sizeof unsound / sizeof *unsound);
    tcase_add_test(tests, reason_says_where_and_quotes_nothing);
    tcase_add_loop_test(tests, nesting_has_an_end, 0, sizeof depths / sizeof *depths);
    tcase_add_loop_test(tests, faulty_document_is_repaired_so_that_it_is_accepted, 0,
                        sizeof faults / sizeof *faults);
    tcase_add_test(tests, repair_keeps_to_the_ceiling);
    suite_add_tcase(suite, tests);
    return run(suite);
}
