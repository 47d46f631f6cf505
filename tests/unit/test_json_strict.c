/* The strict judge of JSON: what it accepts, what it refuses, why and where; and how it takes out
 * members named twice.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <buffer.h>
#include <json_strict.h>

static const char *const accepted[] = {
    "0",
    "-0",
    "-0.0e-0",
    "10",
    "1E+2",
    "1e999",
    "-123456789012345678901234567890.5e-12345678901234567890",
    "true",
    "false",
    " \t\r\n null \n",
    "\"\"",
    "\"\x7f\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\uFfFf\"",
    "\"\\ud83d\\ude00\"",
    "\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\"",
    "\"\xee\x80\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"",
    "[]",
    "[ ]",
    "[[],{},[{}]]",
    "{}",
    "{ }",
    "{\"\":{\"\":{\"\":[]}}}",
    "{\"a\":{\"a\":1},\"b\":{\"a\":1}}",
    "{\"a\":[{\"a\":1},{\"a\":1}],\"A\":null}",
    "{\"a\":1,\"aa\":1,\"\\u0061\\u0061a\":1,\"\\u00e9\":1,\"e\":1}",
    /* the same FNV-1a */
    "{\"costarring\":1,\"liquid\":1,\"a\":1,\"a07uRsg\":1,\"aDA7Bbt\":1,\"anV3Jhw\":1}",
};

START_TEST(is_accepted)
{
    struct brc__json_fault found;
    const char *text = accepted[_i];

    ck_assert_msg(brc__json_strict(text, strlen(text), 9, &found) == 0, "%s: %s", text,
                  found.reason);
    ck_assert_ptr_null(found.reason);
    ck_assert_int_eq(brc__json_strict(text, strlen(text), 9, NULL), 0);
}
END_TEST

/* Of a text that is accepted, none that is cut is, but numbers and what has white space behind. */
START_TEST(is_refused_when_cut)
{
    const char *text = accepted[_i];
    size_t n = strlen(text);

    while (n > 0 && strchr(" \n", text[n - 1]) != NULL)
        n--;
    if (text[0] != '-' && (text[0] < '0' || text[0] > '9'))
        while (n-- > 0)
            ck_assert_int_eq(brc__json_strict(text, n, 9, NULL), BRC_E_INVALID);
}
END_TEST

#define END   "premature end of input"
#define VALUE "value expected"
#define NUL   "NUL character"

static const struct {
    const char *text;
    size_t length; /* 0: up to the NUL */
    const char *reason;
    size_t line, column;
} refused[] = {
    {"", 0, END, 1, 0},
    {" \n ", 0, END, 2, 1},
    {"\xef\xbb\xbf{}", 0, VALUE, 1, 1},
    {"nul", 0, VALUE, 1, 3},
    {"nullx", 0, VALUE, 1, 5},
    {"True", 0, VALUE, 1, 4},
    {"NaN", 0, VALUE, 1, 3},
    {"-Infinity", 0, "digit expected", 1, 2},
    {"+1", 0, VALUE, 1, 1},
    {".5", 0, VALUE, 1, 1},
    {"-", 0, "digit expected", 1, 1},
    {"1.", 0, "digit expected", 1, 2},
    {"1.e5", 0, "digit expected", 1, 3},
    {"1e+", 0, "digit expected", 1, 3},
    {"01", 0, "end of input expected", 1, 2},
    {"-00", 0, "end of input expected", 1, 3},
    {"0x1", 0, "end of input expected", 1, 2},
    {"1e999 1", 0, "end of input expected", 1, 7},
    {"{} {}", 0, "end of input expected", 1, 4},
    {"[1]]", 0, "end of input expected", 1, 4},
    {"{}\0", 3, "end of input expected", 1, 3},
    {"1\0", 2, "end of input expected", 1, 2},
    {"\0", 1, VALUE, 1, 1},
    {"[", 0, END, 1, 1},
    {"[1", 0, "',' or ']' expected", 1, 2},
    {"[1,", 0, END, 1, 3},
    {"[1,]", 0, VALUE, 1, 4},
    {"[,1]", 0, VALUE, 1, 2},
    {"[1 2]", 0, "',' or ']' expected", 1, 4},
    {"[1}", 0, "',' or ']' expected", 1, 3},
    {"[1\0]", 4, "',' or ']' expected", 1, 3},
    {"[1:2]", 0, "',' or ']' expected", 1, 3},
    {"{", 0, "string or '}' expected", 1, 1},
    {"{]", 0, "string or '}' expected", 1, 2},
    {"{,}", 0, "string or '}' expected", 1, 2},
    {"{a:1}", 0, "string or '}' expected", 1, 2},
    {"{1:1}", 0, "string or '}' expected", 1, 2},
    {"{\"a\"}", 0, "':' expected", 1, 5},
    {"{\"a\" 1}", 0, "':' expected", 1, 6},
    {"{\"a\",1}", 0, "':' expected", 1, 5},
    {"{\"a\":}", 0, VALUE, 1, 6},
    {"{\"a\":1", 0, "',' or '}' expected", 1, 6},
    {"{\"a\":1]", 0, "',' or '}' expected", 1, 7},
    {"{\"a\":1,}", 0, "string expected", 1, 8},
    {"{\"a\":[1,{}],2}", 0, "string expected", 1, 13},
    {"'a'", 0, VALUE, 1, 1},
    {"// c\n1", 0, VALUE, 1, 1},
    {"\"open", 0, END, 1, 5},
    {"\"\\", 0, "invalid escape", 1, 2},
    {"\"\\x\"", 0, "invalid escape", 1, 2},
    {"\"\\u00g0\"", 0, "invalid escape", 1, 2},
    {"\"\\u00", 0, "invalid escape", 1, 2},
    {"\"\\\0\"", 4, "invalid escape", 1, 2},
    {"\"\\U0041\"", 0, "invalid escape", 1, 2},
    {"\"a\\ud800\"", 0, "lone surrogate", 1, 3},
    {"\"\\ud800\\u0041\"", 0, "lone surrogate", 1, 2},
    {"\"\\ud800\\ud800\"", 0, "lone surrogate", 1, 2},
    {"\"\\udc00\\ud800\"", 0, "lone surrogate", 1, 2},
    {"\"\\u0000\"", 0, NUL, 1, 2},
    {"{\"\\u0000\":1}", 0, NUL, 1, 3},
    {"\"a\0b\"", 5, NUL, 1, 3},
    {"\"a\nb\"", 0, "control character in a string", 1, 3},
    {"[1,\n \"\xc3\xa9\xf0\x9f\x98\x80\x1f\"]", 0, "control character in a string", 2, 5},
    {"\"\xff\"", 0, "invalid UTF-8", 1, 2},
    {"\"\xc0\x80\"", 0, "invalid UTF-8", 1, 2},
    {"\"\xe0\x9f\xbf\"", 0, "invalid UTF-8", 1, 2},
    {"\"\xed\xa0\x80\"", 0, "invalid UTF-8", 1, 2},
    {"\"\xf0\x8f\xbf\xbf\"", 0, "invalid UTF-8", 1, 2},
    {"\"\xf4\x90\x80\x80\"", 0, "invalid UTF-8", 1, 2},
    {"\"\xe2\x82\"", 0, "invalid UTF-8", 1, 2},
    {"[\xc3\xa9]", 0, VALUE, 1, 2},
    {"[1\xc2\xa0]", 0, "',' or ']' expected", 1, 3},
    {"[1,\f2]", 0, VALUE, 1, 4},
    {"{\"a\":1,\"a\":2}", 0, "duplicate name", 1, 10},
    {"{\"a\":1,\n\"b\":1,\n\"\\u0061\":2,\"b\":1}", 0, "duplicate name", 3, 8},
    {"[{\"\xc3\xa9\":1,\"b\":{\"x\":1},\"\\u00E9\":2}]", 0, "duplicate name", 1, 28},
    {"{\"\":1,\"\":1}", 0, "duplicate name", 1, 8},
    {"{\"a\":1,\"b\":1,\"b\":2,\"a\":2}", 0, "duplicate name", 1, 16},
    {"{\"b\":1,\"a\":1,\"a\":2,\"b\":2}", 0, "duplicate name", 1, 16},
    {"{\"aDA7Bbt\":1,\"a\":1,\"a07uRsg\":1,\"aDA7Bbt\":1}", 0, "duplicate name", 1, 40},
    {"{\"a\":{\"b\":1,\"c\":1,\"b\":1}}", 0, "duplicate name", 1, 21},
    {"{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":1}", 0, "duplicate name", 1, 21},
    {"[[[[[[[[[]]]]]]]]]", 0, NULL, 0, 0}, /* accepted, nine deep */
    {"[[[[[[[[[1]]]]]]]]]", 0, "nested too deeply", 1, 10},
    {"[[[[[[[[{\"a\":[]}]]]]]]]]", 0, "nested too deeply", 1, 14},
};

START_TEST(is_refused)
{
    struct brc__json_fault found;
    const char *text = refused[_i].text, *reason = refused[_i].reason;
    size_t n = refused[_i].length > 0 ? refused[_i].length : strlen(text);
    int expected = reason == NULL ? 0 : BRC_E_INVALID;

    ck_assert_msg(brc__json_strict(text, n, 9, &found) == expected, "%s", text);
    ck_assert_int_eq(brc__json_strict(text, n, 9, NULL), expected);
    if (reason == NULL)
        return;
    ck_assert_str_eq(found.reason, reason);
    ck_assert_msg(found.line == refused[_i].line && found.column == refused[_i].column,
                  "%s: line %zu, column %zu", text, found.line, found.column);
}
END_TEST

static int judge(const struct brc__buf *text)
{
    ck_assert_int_eq(text->status, 0);
    return brc__json_strict(text->data, text->length, BRC__JSON_DEEPEST, NULL);
}

/* Arrays and objects in turn, with something in the innermost or not. */
static int judge_nested(int depth, const char *innermost)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(10 * 1000 * 1000);

    for (int i = 0; i < depth; i++)
        brc__buf_text(&text, i % 2 == 0 ? "[" : i == depth - 1 ? "{" : "{\"a\":");
    brc__buf_text(&text, innermost);
    for (int i = depth - 1; i >= 0; i--)
        brc__buf_text(&text, i % 2 == 0 ? "]" : "}");
    return judge(&text);
}

START_TEST(nesting_has_an_end)
{
    ck_assert_int_eq(judge_nested(2048, ""), 0);
    ck_assert_int_eq(judge_nested(2048, "\"a\":1"), BRC_E_INVALID);
    ck_assert_int_eq(judge_nested(2047, "1"), 0);
    ck_assert_int_eq(judge_nested(2049, ""), BRC_E_INVALID);
    ck_assert_int_eq(judge_nested(1000 * 1000, ""), BRC_E_INVALID);
}
END_TEST

/* An object of `count` names in a mixed order; names may be escaped or not. */
static void append_object(struct brc__buf *text, unsigned count, unsigned also)
{
    brc__buf_text(text, "{");
    for (unsigned i = 0; i <= count; i++) {
        unsigned number = i == count ? also : i * 7919U % count; /* a prime */
        brc__buf_appendf(text, "%s\"%s%u\" : {\"name%u\":[]}", i > 0 ? ", " : "",
                         i % 3 == 0 ? "n\\u0061me" : "name", number, number);
    }
    brc__buf_text(text, "}");
}

static const unsigned counts[] = {1, 2, 31, 32, 33, 62, 63, 64, 65, 1000, 20 * 1000};

START_TEST(one_name_among_many_is_found)
{
    unsigned count = counts[_i];

    for (unsigned also = 0; also <= count; also += count < 100 ? 1 : count / 4) {
        brc__auto_buf struct brc__buf text = BRC__BUF(10 * 1000 * 1000);
        append_object(&text, count, also);
        ck_assert_int_eq(judge(&text), also == count ? 0 : BRC_E_INVALID);
        size_t before = text.length;
        ck_assert_int_eq(brc__json_keep_last(text.data, &text.length), 0);
        ck_assert(also == count ? text.length == before : text.length < before);
        ck_assert_int_eq(judge(&text), 0);
    }
}
END_TEST

/* Equal but for where they end, or in the last character. */
START_TEST(long_names_are_told_apart)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(10 * 1000 * 1000);
    char name[301];

    memset(name, 'x', 300);
    name[300] = '\0';
    brc__buf_text(&text, "{");
    for (int i = 0; i < 300; i++)
        brc__buf_appendf(&text, "\"%s\":1,\"%sy\":1,", name + i, name + i);
    brc__buf_text(&text, "\"\":1}");
    ck_assert_int_eq(judge(&text), 0);
    brc__buf_truncate(&text, text.length - 5);
    brc__buf_text(&text, "\"xxy\":1}");
    ck_assert_int_eq(judge(&text), BRC_E_INVALID);
}
END_TEST

static const struct {
    const char *text, *kept; /* NULL: refused */
} doubled[] = {
    {"1", "1"},
    {" { \"a\" : 1 } ", " { \"a\" : 1 } "},
    {"{\"a\":1,\"a\":2}", "{\"a\":2}"},
    {"{\"a\":1, \"b\":2, \"a\":3}", "{\"b\":2, \"a\":3}"},
    {"{\"a\":1,\"a\":2,\"a\":1e999,\"b\":[]}", "{\"a\":1e999,\"b\":[]}"},
    {"{ \"a\":1 ,\n\"\\u0061\":2 }", "{ \"\\u0061\":2 }"},
    {"{\"a\":{\"b\":1,\"b\":2},\"c\":{\"b\":1,\"b\":2},\"a\":{\"d\":{},\"d\":[]}}",
     "{\"c\":{\"b\":2},\"a\":{\"d\":[]}}"},
    {"[{\"a\":1,\"a\":2},{\"a\":1,\"b\":1,\"b\":2,\"a\":2}]", "[{\"a\":2},{\"b\":2,\"a\":2}]"},
    {"{\"a\":\",\\\"a\\\":\",\"a\":\"}\"}", "{\"a\":\"}\"}"},
    {"{\"a\":1,\"a\":2", NULL},
    {"{\"a\":1,\"a\":\"\x01\"}", NULL},
    {"\x01", NULL},
    {"", NULL},
};

START_TEST(the_last_of_a_name_is_kept)
{
    char text[100];
    size_t n = strlen(doubled[_i].text);
    const char *kept = doubled[_i].kept;

    memcpy(text, doubled[_i].text, n + 1);
    ck_assert_int_eq(brc__json_keep_last(text, &n), kept == NULL ? BRC_E_INVALID : 0);
    if (kept == NULL)
        return;
    text[n] = '\0';
    ck_assert_str_eq(text, kept);
}
END_TEST

START_TEST(nothing_is_no_json)
{
    size_t n = 0;

    ck_assert_int_eq(brc__json_strict(NULL, 0, 9, NULL), BRC_E_INVALID);
    ck_assert_int_eq(brc__json_keep_last(NULL, &n), BRC_E_INVALID);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

int main(void)
{
    Suite *suite = suite_create("json_strict");
    TCase *tests = tcase_create("json_strict");

    tcase_add_loop_test(tests, is_accepted, 0, COUNT(accepted));
    tcase_add_loop_test(tests, is_refused_when_cut, 0, COUNT(accepted));
    tcase_add_loop_test(tests, is_refused, 0, COUNT(refused));
    tcase_add_test(tests, nesting_has_an_end);
    tcase_add_loop_test(tests, one_name_among_many_is_found, 0, COUNT(counts));
    tcase_add_test(tests, long_names_are_told_apart);
    tcase_add_loop_test(tests, the_last_of_a_name_is_kept, 0, COUNT(doubled));
    tcase_add_test(tests, nothing_is_no_json);
    suite_add_tcase(suite, tests);
    return run(suite);
}
