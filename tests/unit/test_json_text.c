/* The tolerant reader and writer of JSON text.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <json_text.h>

#define FFFD "\xef\xbf\xbd"

static struct brc__json json(const char *text)
{
    return brc__json_of(text, strlen(text));
}

/* A value as a C string; "-" for one that is not there. */
static void show(struct brc__json value, char *to, size_t size)
{
    ck_assert_uint_lt(value.n, size);
    if (value.p == NULL) {
        strcpy(to, "-");
        return;
    }
    memcpy(to, value.p, value.n);
    to[value.n] = '\0';
}

START_TEST(white_space_around_a_value_is_no_part_of_it)
{
    char text[32];

    show(json(" \t\r\n {\"a\": 1} \n"), text, sizeof text);
    ck_assert_str_eq(text, "{\"a\": 1}");
    ck_assert_uint_eq(json("  \n").n, 0);
    ck_assert_uint_eq(json("").n, 0);
    ck_assert_ptr_null(brc__json_of(NULL, 0).p);
}
END_TEST

/* The member "a" of many an object, sound and not. */
static const struct {
    const char *object;
    const char *value; /* "-": not there */
    bool whole;
} objects[] = {
    {"{\"a\":1}", "1", true},
    {" {\n\"a\" :\t\"x\" , \"b\":2}", "\"x\"", true},
    {"{\"b\":{\"a\":1},\"a\":{\"b\":[1,{}]}}", "{\"b\":[1,{}]}", true},
    {"{}", "-", true},
    {"{ }", "-", true},
    {"{\"b\":1}", "-", true},
    {"{\"A\":1}", "-", true},
    {"{\"\":1}", "-", true},
    {"{\"aa\":1}", "-", true},
    {"{\"a\\u0000\":1}", "-", true},
    {"{\"\\u0061\":1}", "1", true},
    {"{\"\\ud800\":1,\"a\":2}", "2", true},
    {"{\"a\":1,\"a\":2}", "2", true},
    {"{\"a\":1,\"\\u0061\":null}", "null", true},
    {"{\"a\":\"}\\\"{\"}", "\"}\\\"{\"", true},
    {"{\"a\":\"\\\\\"}", "\"\\\\\"", true},
    {"{\"\\\"\":0,\"a\":[\"]\"]}", "[\"]\"]", true},
    {"{\"b\":nonsense,\"a\":-1.5e+30}", "-1.5e+30", true},
    {"{\"b\":\"\xff\",\"a\":1}", "1", true},
    {"{\"a\":1} and more", "1", true},
    /* broken: what came before the break is there */
    {"{\"a\":1", "1", false},
    {"{\"a\":1,", "1", false},
    {"{\"a\":1,}", "1", false},
    {"{\"a\":1,\"b\"", "1", false},
    {"{\"a\":1,\"b\":", "1", false},
    {"{\"a\":1,\"b\":{", "1", false},
    {"{\"a\":1,\"b\":\"", "1", false},
    {"{\"a\":1,\"b\":\"\\", "1", false},
    {"{\"a\":1,\"b\":\"\\\"", "1", false},
    {"{\"a\":1,\"b\":[\"", "1", false},
    {"{\"a\":1 \"b\":2}", "1", false},
    {"{\"a\":\"x", "-", false},
    {"{\"a\":[1}", "[1}", false},
    {"{\"a\":,}", "-", false},
    {"{\"a\" 1}", "-", false},
    {"{a:1}", "-", false},
    {"{,\"a\":1}", "-", false},
    {"{", "-", false},
    {"", "-", false},
    {"[\"a\",1]", "-", false},
    {"\"a\"", "-", false},
    {"null", "-", false},
};

START_TEST(member_of_an_object)
{
    const char *name = "a";
    struct brc__json value;
    char text[64];

    bool whole = brc__json_members(json(objects[_i].object), &name, &value, 1);
    show(value, text, sizeof text);
    ck_assert_msg(strcmp(text, objects[_i].value) == 0, "%s: %s", objects[_i].object, text);
    ck_assert_msg(whole == objects[_i].whole, "%s", objects[_i].object);
    show(brc__json_member(json(objects[_i].object), name), text, sizeof text);
    ck_assert_str_eq(text, objects[_i].value);
}
END_TEST

START_TEST(several_members_at_once_in_any_order)
{
    static const char *const names[] = {"x", "y", "z"};
    struct brc__json values[3];

    ck_assert(brc__json_members(json("{\"z\":3,\"w\":0,\"x\":1}"), names, values, 3));
    ck_assert(brc__json_is(values[0], "1"));
    ck_assert_ptr_null(values[1].p);
    ck_assert(brc__json_is(values[2], "3"));
}
END_TEST

static const struct {
    const char *array;
    const char *elements; /* each with a bar behind it */
} arrays[] = {
    {"[]", ""},
    {"[ ]", ""},
    {"[1]", "1|"},
    {" [ 1 , \"a,]\" ,[2,3], {\"a\":[4]} ] ", "1|\"a,]\"|[2,3]|{\"a\":[4]}|"},
    {"[null,true,-0.5]", "null|true|-0.5|"},
    {"[1,]", "1|"},
    {"[1,,2]", "1|"},
    {"[1 2]", "1|"},
    {"[1 23]", "1|"},
    {"[\"a\";23]", "\"a\"|"},
    {"[,1]", ""},
    {"[1", "1|"},
    {"[1,\"x", "1|"},
    {"[", ""},
    {"{\"a\":1}", ""},
    {"\"text\"", ""},
    {"", ""},
};

/* What stands between brackets is walked through in the same way, and a bracket ends it. */
START_TEST(insides)
{
    static const char *const elements[] = {"1", "[2,3]", "\"]\""};
    static const char *const names[] = {"\"a\"", "\"b\""}, *const values[] = {"{}", "\"}\""};
    struct brc__json array = {" 1 ,[2,3],\"]\"] ,4", 18}, object = {"\"a\":{} , \"b\":\"}\"", 16};
    struct brc__json name, value;
    size_t position = 0, i = 0;

    for (; brc__json_next_inside(array, &position, &value); i++)
        ck_assert(i < 3 && brc__json_is(value, elements[i]));
    ck_assert_uint_eq(i, 3);
    for (position = 0, i = 0; brc__json_next_member_inside(object, &position, &name, &value); i++)
        ck_assert(i < 2 && brc__json_is(name, names[i]) && brc__json_is(value, values[i]));
    ck_assert_uint_eq(i, 2);
    position = 0;
    ck_assert(!brc__json_next_inside((struct brc__json){0}, &position, &value));
    ck_assert(!brc__json_next_member_inside((struct brc__json){0}, &position, &name, &value));
    ck_assert(!brc__json_next_inside((struct brc__json){" ", 1}, &position, &value));
}
END_TEST

START_TEST(a_string_says_a_word)
{
    ck_assert(brc__json_says(json("\"word\""), "word"));
    ck_assert(brc__json_says(json("\"w\\u006frd\""), "word"));
    ck_assert(brc__json_says(json("\"\""), ""));
    ck_assert(!brc__json_says(json("\"word\""), "words"));
    ck_assert(!brc__json_says(json("\"words\""), "word"));
    ck_assert(!brc__json_says(json("\"\""), "word"));
    ck_assert(!brc__json_says(json("word"), "or"));
    ck_assert(!brc__json_says(json("\""), ""));
    ck_assert(!brc__json_says((struct brc__json){0}, ""));
}
END_TEST

START_TEST(elements_of_an_array)
{
    char all[128] = "", one[64];
    struct brc__json element;
    size_t position = 0;

    while (brc__json_next(json(arrays[_i].array), &position, &element)) {
        show(element, one, sizeof one);
        strcat(strcat(all, one), "|");
    }
    ck_assert_msg(strcmp(all, arrays[_i].elements) == 0, "%s: %s", arrays[_i].array, all);
    ck_assert_ptr_null(element.p);
}
END_TEST

static const struct {
    const char *text;
    int64_t count; /* -1: none */
} counts[] = {
    {"0", 0},
    {"7", 7},
    {"007", 7},
    {"2147483648", 2147483648},
    {"9223372036854775807", INT64_MAX},
    {"9223372036854775808", -1},
    {"18446744073709551616", -1},
    {"99999999999999999999999999", -1},
    {"-1", -1},
    {"-0", -1},
    {"+1", -1},
    {"1e3", -1},
    {"12.0", -1},
    {"0x10", -1},
    {"\"12\"", -1},
    {"null", -1},
    {"true", -1},
    {"[1]", -1},
    {"1 2", -1},
    {"", -1},
};

START_TEST(count_is_digits_alone)
{
    int64_t count = 99;

    ck_assert_int_eq(brc__json_count(json(counts[_i].text), &count), counts[_i].count >= 0);
    ck_assert_int_eq(count, counts[_i].count >= 0 ? counts[_i].count : 0);
}
END_TEST

START_TEST(count_that_is_not_there)
{
    int64_t count = 99;

    ck_assert(!brc__json_count((struct brc__json){0}, &count));
    ck_assert_int_eq(count, 0);
}
END_TEST

static const struct {
    const char *string;
    const char *text; /* NULL: no string */
} strings[] = {
    {"\"\"", ""},
    {"\"abc\"", "abc"},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
    {"\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac"},
    {"\"\\ud83d\\uDE00\"", "\xf0\x9f\x98\x80"},
    {"\"\\ud800\\udc00\\udbff\\udfff\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
    {"\"gr\xc3\xbc\xc3\x9f\xe2\x82\xac\xf0\x9f\x98\x80\"",
     "gr\xc3\xbc\xc3\x9f\xe2\x82\xac\xf0\x9f\x98\x80"},
    {"\"\\u07ff\\u0800\\uffff\"", "\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf"},
    /* what no strict parser takes */
    {"\"\\ud83dx\"", FFFD "x"},
    {"\"\\ud83d\"", FFFD},
    {"\"\\ude00\\ud83d\"", FFFD FFFD},
    {"\"\\ude00\\ude00\"", FFFD FFFD},
    {"\"\\ud83d\\ud83d\\ude00\"", FFFD "\xf0\x9f\x98\x80"},
    {"\"\\ud83d\\n\"", FFFD "\n"},
    {"\"\\u12\"", FFFD "12"},
    {"\"\\u12g4\"", FFFD "12g4"},
    {"\"\\x\"", FFFD},
    {"\"a\xff"
     "b\xc3\"",
     "a" FFFD "b" FFFD},
    {"\"\xed\xa0\x80\"", FFFD FFFD FFFD},
    {"\"a\nb\x01\"", "a\nb\x01"},
    {"\"a\\\"", "a" FFFD},
    /* no strings */
    {"\"", NULL},
    {"\"abc", NULL},
    {"abc\"", NULL},
    {"12", NULL},
    {"null", NULL},
    {"", NULL},
};

START_TEST(string_says_its_text)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(1000);

    brc__buf_text(&text, "");
    bool is_string = brc__json_unquote(json(strings[_i].string), &text);
    ck_assert_int_eq(is_string, strings[_i].text != NULL);
    if (is_string)
        ck_assert_msg(strcmp(text.data, strings[_i].text) == 0, "%s: %s", strings[_i].string,
                      text.data);
    ck_assert_uint_eq(text.length, is_string ? strlen(strings[_i].text) : 0);
}
END_TEST

START_TEST(nul_within_a_string_is_kept)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(1000);

    ck_assert(brc__json_unquote(json("\"a\\u0000b\""), &text));
    ck_assert(brc__json_unquote(brc__json_of("\"c\0d\"", 5), &text));
    ck_assert_uint_eq(text.length, 6);
    ck_assert_mem_eq(text.data, "a\0bc\0d", 6);
}
END_TEST

START_TEST(text_that_has_no_room_is_a_failure_of_its_buffer)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(3);

    ck_assert(brc__json_unquote(json("\"ab\\u20ac\""), &text));
    ck_assert_int_eq(text.status, BRC_E_TOO_LARGE);
}
END_TEST

static const struct {
    const char *text;
    const char *string;
} quoted[] = {
    {"", "\"\""},
    {"plain", "\"plain\""},
    {"say \"hi\" \\ /", "\"say \\\"hi\\\" \\\\ /\""},
    {"a\nb\tc\r\x01\x1f\x7f", "\"a\\nb\\u0009c\\u000d\\u0001\\u001f\x7f\""},
    {"gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", "\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80\""},
};

START_TEST(text_becomes_a_string_and_comes_back)
{
    brc__auto_buf struct brc__buf string = BRC__BUF(1000), text = BRC__BUF(1000);

    ck_assert_int_eq(brc__json_quote(&string, quoted[_i].text, strlen(quoted[_i].text)), 0);
    ck_assert_str_eq(string.data, quoted[_i].string);
    brc__buf_text(&text, "");
    ck_assert(brc__json_unquote(json(string.data), &text));
    ck_assert_str_eq(text.data, quoted[_i].text);
}
END_TEST

START_TEST(quoting_keeps_to_the_ceiling)
{
    brc__auto_buf struct brc__buf string = BRC__BUF(4);

    ck_assert_int_eq(brc__json_quote(&string, "abc", 3), BRC_E_TOO_LARGE);
}
END_TEST

static const struct {
    const char *faulty;
    const char *mended;
} faults[] = {
    {"{\"a\":[1,\"b\\n\\u00e9\",2e5]}", "{\"a\":[1,\"b\\n\\u00e9\",2e5]}"},
    {"{\"a\\ud800\":\"\\udc00x\"}", "{\"a" FFFD "\":\"" FFFD "x\"}"},
    {"\"\\ud83d\\ude00 \\uD83D\"", "\"\\ud83d\\ude00 " FFFD "\""},
    {"\"a\\u0000b\"", "\"a" FFFD "b\""},
    {"\"a\xff\xc3\"", "\"a" FFFD FFFD "\""},
    {"\"a\nb\tc\"", "\"a" FFFD "b" FFFD "c\""},
    {"\"\\x\\u12\"", "\"" FFFD FFFD "12\""},
    {"[\"cut \xff", "[\"cut " FFFD},
    {"<html>", "<html>"},
    {"", ""},
};

START_TEST(faulty_strings_are_mended_and_nothing_else_changes)
{
    brc__auto_buf struct brc__buf mended = BRC__BUF(1000);

    brc__buf_text(&mended, "");
    ck_assert_int_eq(brc__json_mend(&mended, faults[_i].faulty, strlen(faults[_i].faulty)), 0);
    ck_assert_str_eq(mended.data, faults[_i].mended);
}
END_TEST

/* A second read for each escape would take minutes here. */
START_TEST(long_string_of_escapes_is_read_in_one_pass)
{
    enum {
        ESCAPES = 2 * 1000 * 1000
    };
    brc__auto_buf struct brc__buf object = BRC__BUF(2 * ESCAPES + 100);

    brc__buf_text(&object, "{\"long\":\"");
    for (int i = 0; i < ESCAPES; i++)
        brc__buf_append(&object, i % 3 == 0 ? "\\\"" : "\\n", 2);
    brc__buf_text(&object, "\",\"a\":1}");
    ck_assert(brc__json_is(brc__json_member(json(object.data), "a"), "1"));
}
END_TEST

START_TEST(deep_nesting_costs_no_stack)
{
    enum {
        DEPTH = 200 * 1000
    };
    brc__auto_buf struct brc__buf object = BRC__BUF(10 * DEPTH);
    struct brc__json value;

    brc__buf_text(&object, "{\"deep\":");
    for (int i = 0; i < DEPTH; i++)
        brc__buf_text(&object, i % 2 == 0 ? "[" : "{\"a\":");
    for (int i = DEPTH; i-- > 0;)
        brc__buf_text(&object, i % 2 == 0 ? "]" : "}");
    brc__buf_text(&object, ",\"a\":1}");
    ck_assert(brc__json_is(brc__json_member(json(object.data), "a"), "1"));
    value = brc__json_member(json(object.data), "deep");
    ck_assert_uint_eq(value.n, object.length - strlen("{\"deep\":,\"a\":1}"));
}
END_TEST

static const struct {
    const char *object;
    const char *members; /* "NAME=VALUE;" of each */
} walks[] = {
    {"{}", ""},
    {"{ }", ""},
    {"{\"a\":1}", "\"a\"=1;"},
    {" { \"a\" : 1 , \"b\":[2,{\"c\":3}], \"a\" :\"}\" } ",
     "\"a\"=1;\"b\"=[2,{\"c\":3}];\"a\"=\"}\";"},
    {"{\"a\":{},\"\\u0062\":null}", "\"a\"={};\"\\u0062\"=null;"},
    {"{\"a\":1,}", "\"a\"=1;"},
    {"{\"a\":1 \"b\":2}", "\"a\"=1;"},
    {"{\"a\":[];\"b\":2}", "\"a\"=[];"},
    {"{\"a\":1,b:2}", "\"a\"=1;"},
    {"{\"a\"}", ""},
    {"{\"a\":}", ""},
    {"{\"a", ""},
    {"{", ""},
    {"[\"a\"]", ""},
    {"", ""},
};

START_TEST(object_is_walked_through)
{
    struct brc__json name, value;
    size_t position = 0;
    char all[200] = "", part[100];

    while (brc__json_next_member(json(walks[_i].object), &position, &name, &value)) {
        show(name, part, sizeof part);
        strcat(strcat(all, part), "=");
        show(value, part, sizeof part);
        strcat(strcat(all, part), ";");
    }
    ck_assert_str_eq(all, walks[_i].members);
    ck_assert_ptr_null(name.p);
    ck_assert_ptr_null(value.p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json_text");
    TCase *tests = tcase_create("json_text");

    tcase_add_test(tests, white_space_around_a_value_is_no_part_of_it);
    tcase_add_loop_test(tests, member_of_an_object, 0, sizeof objects / sizeof *objects);
    tcase_add_test(tests, several_members_at_once_in_any_order);
    tcase_add_test(tests, insides);
    tcase_add_test(tests, a_string_says_a_word);
    tcase_add_loop_test(tests, elements_of_an_array, 0, sizeof arrays / sizeof *arrays);
    tcase_add_loop_test(tests, count_is_digits_alone, 0, sizeof counts / sizeof *counts);
    tcase_add_test(tests, count_that_is_not_there);
    tcase_add_loop_test(tests, string_says_its_text, 0, sizeof strings / sizeof *strings);
    tcase_add_test(tests, nul_within_a_string_is_kept);
    tcase_add_test(tests, text_that_has_no_room_is_a_failure_of_its_buffer);
    tcase_add_loop_test(tests, text_becomes_a_string_and_comes_back, 0,
                        sizeof quoted / sizeof *quoted);
    tcase_add_test(tests, quoting_keeps_to_the_ceiling);
    tcase_add_loop_test(tests, faulty_strings_are_mended_and_nothing_else_changes, 0,
                        sizeof faults / sizeof *faults);
    tcase_add_test(tests, long_string_of_escapes_is_read_in_one_pass);
    tcase_add_test(tests, deep_nesting_costs_no_stack);
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, object_is_walked_through, 0, sizeof walks / sizeof walks[0]);
    return run(suite);
}
