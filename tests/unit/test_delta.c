/* The scanner of the hot events, and where a piece may end.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <delta.h>
#include <stdio.h>

/* A scan of a copy that ends where its block ends; the string is given back as it stands. */
static bool scan(const char *json, size_t n, struct brc__delta *ret_delta, char *ret_string)
{
    brc__auto_free char *copy = malloc(n > 0 ? n : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, json, n);
    bool found = brc__delta_scan(copy, n, ret_delta);
    if (found) {
        memcpy(ret_string, ret_delta->string.p, ret_delta->string.n);
        ret_string[ret_delta->string.n] = '\0';
    }
    return found;
}

#define TEXT(string)   "{\"contentBlockIndex\":0,\"delta\":{\"text\":" string "}}"
#define PADDED(string) "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"x\"},\"p\":" string "}"
#define INDEX(number)  "{\"contentBlockIndex\":" number ",\"delta\":{\"text\":\"x\"}}"
#define INPUT(string)  "{\"contentBlockIndex\":7,\"delta\":{\"toolUse\":{\"input\":" string "}}}"
#define REASONING(string)                                                                          \
    "{\"contentBlockIndex\":7,\"delta\":{\"reasoningContent\":{\"text\":" string "}}}"

static const struct {
    const char *json;
    enum brc__delta_kind kind;
    int64_t block;
    const char *string;
    bool plain;
} hot[] = {
    {TEXT("\"\""), BRC__DELTA_TEXT, 0, "\"\"", true},
    {TEXT("\"Hello, world\""), BRC__DELTA_TEXT, 0, "\"Hello, world\"", true},
    {TEXT("\"}},\""), BRC__DELTA_TEXT, 0, "\"}},\"", true},
    {TEXT("\"a\\\"b\\\\\""), BRC__DELTA_TEXT, 0, "\"a\\\"b\\\\\"", false},
    {TEXT("\"gr\xc3\xbc\xc3\x9f\""), BRC__DELTA_TEXT, 0, "\"gr\xc3\xbc\xc3\x9f\"", false},
    {TEXT("\"\xff\x01\""), BRC__DELTA_TEXT, 0, "\"\xff\x01\"", false},
    {PADDED("\"\""), BRC__DELTA_TEXT, 0, "\"x\"", true},
    {PADDED("\"abcdefghijklmnopqrstuvwxyzABCD0123456789\""), BRC__DELTA_TEXT, 0, "\"x\"", true},
    {INDEX("1"), BRC__DELTA_TEXT, 1, "\"x\"", true},
    {INDEX("10"), BRC__DELTA_TEXT, 10, "\"x\"", true},
    {INDEX("999999999"), BRC__DELTA_TEXT, 999999999, "\"x\"", true},
    {INPUT("\"{\\\"a\\\":\""), BRC__DELTA_TOOL_INPUT, 7, "\"{\\\"a\\\":\"", false},
    {INPUT("\"1}\""), BRC__DELTA_TOOL_INPUT, 7, "\"1}\"", true},
    {REASONING("\"hm\""), BRC__DELTA_REASONING, 7, "\"hm\"", true},
};

START_TEST(hot_is_found)
{
    struct brc__delta delta;
    char string[100];
    size_t n = strlen(hot[_i].json);

    ck_assert_msg(scan(hot[_i].json, n, &delta, string), "%s", hot[_i].json);
    ck_assert_int_eq(delta.kind, hot[_i].kind);
    ck_assert_int_eq(delta.block, hot[_i].block);
    ck_assert_str_eq(string, hot[_i].string);
    ck_assert_int_eq(delta.plain, hot[_i].plain);
    /* Cut anywhere it is somebody else's. */
    while (n-- > 0)
        ck_assert(!scan(hot[_i].json, n, &delta, string));
}
END_TEST

/* Sound or not: a parser has to look. */
static const char *const cold[] = {
    "",
    "{}",
    "null",
    " " TEXT("\"x\""),
    TEXT("\"x\"") " ",
    TEXT("\"x\"") "}",
    TEXT("x"),
    TEXT("1"),
    TEXT("\"x"),
    TEXT("\"x\\\""),
    TEXT("\"x\" "),
    TEXT("\"x\",\"text\":\"y\""),
    INDEX(""),
    INDEX("-1"),
    INDEX("00"),
    INDEX("01"),
    INDEX("1.0"),
    INDEX("1e1"),
    INDEX("\"1\""),
    INDEX("1000000000"),
    INDEX("99999999999999999999"),
    PADDED("1"),
    PADDED("\"a\\n\""),
    PADDED("\"\xc3\xa9\""),
    PADDED("\"a\",\"q\":\"b\""),
    PADDED("\"a\",\"contentBlockIndex\":1"),
    PADDED("\"a\",\"p\":\"b\""),
    "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"x\"},\"q\":\"a\"}",
    "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"x\"},\"delta\":{\"text\":\"y\"}}",
    "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"x\",\"toolUse\":{\"input\":\"y\"}}}",
    "{\"contentBlockIndex\":0,\"delta\":{\"toolUse\":{\"input\":\"x\"},\"text\":\"y\"}}",
    "{\"contentBlockIndex\":0,\"delta\":{\"toolUse\":{\"input\":\"x\",\"seq\":1}}}",
    "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"signature\":\"x\"}}}",
    "{\"contentBlockIndex\":0,\"delta\":{}}",
    "{\"delta\":{\"text\":\"x\"},\"contentBlockIndex\":0}",
    "{\"contentBlockIndex\":0,\"start\":{\"text\":\"x\"}}",
    "{\"contentBlockIndex\":0}",
};

START_TEST(cold_is_not)
{
    struct brc__delta delta;
    char string[100];

    ck_assert_msg(!scan(cold[_i], strlen(cold[_i]), &delta, string), "%s", cold[_i]);
}
END_TEST

/* ---- where a piece ends */

static const struct {
    const char *piece;
    size_t unfinished;
} ends[] = {
    {"", 0},
    {"a", 0},
    /* UTF-8 */
    {"\xc3", 1},
    {"a\xc3", 1},
    {"\xc3\xa9", 0},
    {"\xe2", 1},
    {"\xe2\x82", 2},
    {"\xe2\x82\xac", 0},
    {"\xf0", 1},
    {"\xf0\x9f", 2},
    {"\xf0\x9f\x98", 3},
    {"\xf0\x9f\x98\x80", 0},
    {"\xf4\x8f\xbf", 3},
    {"\xc3\xa9\xf0\x9f\x98", 3},
    /* what begins nothing */
    {"\x80", 0},
    {"\xc0", 0},
    {"\xc1", 0},
    {"\xf5", 0},
    {"\xff", 0},
    {"\xc3\xa9\xa9", 0},
    {"\xe2\x82\xac\x80", 0},
    {"\x80\x80\x80\x80", 0},
    {"\xf8\x80\x80", 0},
    {"\xc3\xa9"
     "a",
     0},
    /* surrogates */
    {"\\ud800", 6},
    {"\\uD83d", 6},
    {"\\udBfF", 6},
    {"a\\ud83d", 6},
    {"\\\\\\ud83d", 6},
    {"\\\\ud83d", 0},
    {"\\\\\\\\ud83d", 0},
    {"\\udc00", 0},
    {"\\ud7ff", 0},
    {"\\u00e9", 0},
    {"\\ue000", 0},
    {"\\ud83d\\ude00", 0},
    {"\\ud83d\\ud83d", 6},
    {"\\ude00\\ud83d", 6},
    {"ud83d", 0},
    {"\\ud83", 0},
    {"\\ud8zz", 0},
    {"\\xd83d", 0},
    {"\\ud83d\xc3", 1},
};

START_TEST(unfinished)
{
    size_t n = strlen(ends[_i].piece);
    brc__auto_free char *copy = malloc(n + 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, ends[_i].piece, n);
    ck_assert_msg(brc__delta_unfinished(copy, n) == ends[_i].unfinished, "%s", ends[_i].piece);
}
END_TEST

/* NUL bytes end no list of characters to look for. */
START_TEST(unfinished_with_nul)
{
    ck_assert_uint_eq(brc__delta_unfinished("\\ud\0"
                                            "00",
                                            6),
                      0);
    ck_assert_uint_eq(brc__delta_unfinished("\\ud8\0"
                                            "0",
                                            6),
                      0);
    ck_assert_uint_eq(brc__delta_unfinished("\\ud80\0", 6), 0);
    ck_assert_uint_eq(brc__delta_unfinished("\0\0\0\0\0\0", 6), 0);
}
END_TEST

/* Every character that has more than one byte, cut behind each of them. */
START_TEST(every_character)
{
    for (unsigned long c = 0x80; c <= 0x10ffff; c += c < 0x1000 ? 1 : 97) {
        char string[16];
        brc__auto_buf struct brc__buf text = BRC__BUF(100);

        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        if (c < 0x10000)
            snprintf(string, sizeof string, "\"\\u%04lx\"", c);
        else
            snprintf(string, sizeof string, "\"\\u%04lx\\u%04lx\"", 0xd800 + ((c - 0x10000) >> 10),
                     0xdc00 + ((c - 0x10000) & 0x3ff));
        ck_assert(brc__json_unquote(brc__json_of(string, strlen(string)), &text));
        for (size_t i = 1; i < text.length; i++)
            ck_assert_uint_eq(brc__delta_unfinished(text.data, i), i);
        ck_assert_uint_eq(brc__delta_unfinished(text.data, text.length), 0);
        ck_assert_uint_eq(brc__delta_unfinished(string + 1, 6), c < 0x10000 ? 0 : 6);
    }
}
END_TEST

#define COUNT(table) (sizeof(table) / sizeof *(table))

int main(void)
{
    Suite *suite = suite_create("delta");
    TCase *tcase = tcase_create("delta");

    tcase_add_loop_test(tcase, hot_is_found, 0, COUNT(hot));
    tcase_add_loop_test(tcase, cold_is_not, 0, COUNT(cold));
    tcase_add_loop_test(tcase, unfinished, 0, COUNT(ends));
    tcase_add_test(tcase, unfinished_with_nul);
    tcase_add_test(tcase, every_character);
    suite_add_tcase(suite, tcase);
    return run(suite);
}
