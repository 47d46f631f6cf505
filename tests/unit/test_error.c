/* Codes and their sentences, and the one clean line an object keeps of a failure.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <error.h>

#include <stdio.h>
#include <string.h>

static const int codes[] = {
    BRC_E_INVALID,   BRC_E_NOMEM,         BRC_E_RANGE,      BRC_E_RECURSION,   BRC_E_FORKED,
    BRC_E_CANCELED,  BRC_E_NOT_A_PROFILE, BRC_E_UNTAGGED,   BRC_E_CREDENTIALS, BRC_E_CONNECT,
    BRC_E_TLS,       BRC_E_TIMEOUT,       BRC_E_PROTOCOL,   BRC_E_TOO_LARGE,   BRC_E_ACCESS_DENIED,
    BRC_E_THROTTLED, BRC_E_REJECTED,      BRC_E_SERVICE,    BRC_E_BUDGET,      BRC_E_UNPRICED,
    BRC_E_UNBOUNDED, BRC_E_LEDGER,        BRC_E_UNRECORDED,
};

START_TEST(code_is_negative_and_has_a_sentence_of_its_own)
{
    const char *sentence = brc_strerror(codes[_i]);

    ck_assert_int_lt(codes[_i], 0);
    ck_assert_str_ne(sentence, brc_strerror(-9999));
    for (int other = 0; other < _i; other++) {
        ck_assert_int_ne(codes[_i], codes[other]);
        ck_assert_str_ne(sentence, brc_strerror(codes[other]));
    }
}
END_TEST

START_TEST(any_number_has_a_sentence)
{
    ck_assert_str_eq(brc_strerror(BRC_OK), "success");
    ck_assert_str_eq(brc_strerror(7), "success");
    ck_assert_str_eq(brc_strerror(INT32_MIN), "unknown error code");
}
END_TEST

START_TEST(version_is_that_of_the_headers)
{
    char version[32];

    snprintf(version, sizeof version, "%d.%d.%d", BRC_VERSION_MAJOR, BRC_VERSION_MINOR,
             BRC_VERSION_MICRO);
    ck_assert_str_eq(brc_version(), version);
}
END_TEST

static const struct {
    const char *name;
    const char *from;
    size_t size;
    const char *line;
} lines[] = {
    {"plain", "as it is", 32, "as it is"},
    {"empty", "", 32, ""},
    {"several characters", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", 32,
     "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80"},
    {"line ends", "a\r\nb\n", 32, "a  b "},
    {"controls", "\x01\x1b[31m\x7f", 32, "  [31m "},
    {"bad UTF-8", "a\xff\xc3(b\xed\xa0\x80", 32, "a?\?(b?\?\?"},
    {"fits exactly", "1234567", 8, "1234567"},
    {"cut", "12345678", 8, "1234567"},
    {"cut at a border of two", "123456\xc3\xa9", 8, "123456"},
    {"cut at a border of four", "1234\xf0\x9f\x98\x80", 8, "1234"},
    {"character fits exactly", "123\xf0\x9f\x98\x80", 8, "123\xf0\x9f\x98\x80"},
    {"no room", "abc", 1, ""},
};

START_TEST(foreign_text_becomes_one_line)
{
    char to[32];

    memset(to, '#', sizeof to);
    brc__error_text(to, lines[_i].size, lines[_i].from, strlen(lines[_i].from));
    ck_assert_msg(strcmp(to, lines[_i].line) == 0, "%s: \"%s\"", lines[_i].name, to);
}
END_TEST

START_TEST(nul_within_foreign_text_becomes_a_blank)
{
    char to[8];

    brc__error_text(to, sizeof to, "a\0b", 3);
    ck_assert_str_eq(to, "a b");
}
END_TEST

START_TEST(new_failure_forgets_all_of_the_old_one)
{
    struct brc__error error = {
        .text = "x", .aws_type = "x", .aws_message = "x", .http_status = "400", .request_id = "x"};

    ck_assert_int_eq(brc__error_set(&error, BRC_E_RANGE, "%d\nis %s", 5, "five"), BRC_E_RANGE);
    ck_assert_int_eq(error.code, BRC_E_RANGE);
    ck_assert_str_eq(error.text, "5 is five");
    ck_assert_str_eq(error.aws_type, "");
    ck_assert_str_eq(error.aws_message, "");
    ck_assert_str_eq(error.http_status, "");
    ck_assert_str_eq(error.request_id, "");
    brc__error_clear(&error);
    ck_assert_int_eq(error.code, BRC_OK);
    ck_assert_str_eq(error.text, "");
}
END_TEST

START_TEST(old_text_may_be_part_of_the_new_one)
{
    struct brc__error error = {.text = "reason"};

    brc__error_set(&error, BRC_E_CONNECT, "again: %s", error.text);
    ck_assert_str_eq(error.text, "again: reason");
}
END_TEST

/* Moves a four-byte character over the end of the text. */
START_TEST(long_failure_is_cut_at_a_border)
{
    struct brc__error error;
    size_t room = sizeof error.text - 1, before = room - 5 + (size_t)_i;
    char text[2048];

    memset(text, 'a', before);
    strcpy(text + before, "\xf0\x9f\x98\x80");
    brc__error_set(&error, BRC_E_PROTOCOL, "%s%s", text, "\xf0\x9f\x98\x80");
    ck_assert_uint_eq(strlen(error.text), before + 4 <= room ? before + 4 : before);
    ck_assert_int_eq(strncmp(error.text, text, strlen(error.text)), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("error");
    TCase *tests = tcase_create("error");

    tcase_add_loop_test(tests, code_is_negative_and_has_a_sentence_of_its_own, 0,
                        sizeof codes / sizeof *codes);
    tcase_add_test(tests, any_number_has_a_sentence);
    tcase_add_test(tests, version_is_that_of_the_headers);
    tcase_add_loop_test(tests, foreign_text_becomes_one_line, 0, sizeof lines / sizeof *lines);
    tcase_add_test(tests, nul_within_foreign_text_becomes_a_blank);
    tcase_add_test(tests, new_failure_forgets_all_of_the_old_one);
    tcase_add_test(tests, old_text_may_be_part_of_the_new_one);
    tcase_add_loop_test(tests, long_failure_is_cut_at_a_border, 0, 6);
    suite_add_tcase(suite, tests);
    return run(suite);
}
