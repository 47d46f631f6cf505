/* UTF-8 and hexadecimal.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <text.h>

#include <string.h>

/* First and last characters of each length, and everything that only looks like one. */
static const struct {
    const char *bytes;
    size_t length; /* of the character; 0 for none */
} characters[] = {
    {"a", 1},
    {"\x01", 1},
    {"\x7f", 1},
    {"\x80", 0}, /* continuation without a start */
    {"\xbf", 0},
    {"\xc0\x80", 0}, /* overlong */
    {"\xc1\xbf", 0},
    {"\xc2\x80", 2},
    {"\xdf\xbf", 2},
    {"\xc3", 0}, /* cut */
    {"\xc3(", 0},
    {"\xe0\x9f\xbf", 0}, /* overlong */
    {"\xe0\xa0\x80", 3},
    {"\xe2\x82\xac", 3},
    {"\xe2\x82", 0},
    {"\xe2(\xac", 0},
    {"\xed\x9f\xbf", 3},
    {"\xed\xa0\x80", 0}, /* surrogates */
    {"\xed\xbf\xbf", 0},
    {"\xee\x80\x80", 3},
    {"\xef\xbf\xbf", 3},
    {"\xf0\x8f\xbf\xbf", 0}, /* overlong */
    {"\xf0\x90\x80\x80", 4},
    {"\xf4\x8f\xbf\xbf", 4},
    {"\xf0\x9f\x98", 0},
    {"\xf0\x9f\x98x", 0},
    {"\xf4\x90\x80\x80", 0}, /* above U+10FFFF */
    {"\xf5\x80\x80\x80", 0},
    {"\xf8\x88\x80\x80\x80", 0},
    {"\xfe", 0},
    {"\xff", 0},
};

START_TEST(character_has_its_length)
{
    const char *bytes = characters[_i].bytes;

    ck_assert_uint_eq(brc__utf8_character(bytes, strlen(bytes)), characters[_i].length);
}
END_TEST

START_TEST(character_within_text_decides_for_the_text)
{
    char text[16];

    strcpy(text, "\xc3\xa9");
    strcat(text, characters[_i].bytes);
    strcat(text, "z");
    ck_assert_int_eq(brc__utf8_without_nul(text, strlen(text)), characters[_i].length > 0);
}
END_TEST

START_TEST(character_is_not_read_past_the_end)
{
    for (size_t n = 1; n < 4; n++)
        ck_assert_uint_eq(brc__utf8_character("\xf0\x9f\x98\x80", n), 0);
}
END_TEST

START_TEST(nul_is_no_text)
{
    ck_assert(brc__utf8_without_nul("", 0));
    ck_assert(!brc__utf8_without_nul("", 1));
    ck_assert(!brc__utf8_without_nul("ab\0c", 4));
    ck_assert(brc__utf8_without_nul("ab\0c", 2));
}
END_TEST

START_TEST(hexadecimal_is_lower_case_and_has_no_nul)
{
    char text[] = "........|";

    brc__hex(text, (const unsigned char[]){0x00, 0x9f, 0xa0, 0xff}, 4);
    ck_assert_str_eq(text, "009fa0ff|");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *tests = tcase_create("text");

    tcase_add_loop_test(tests, character_has_its_length, 0, sizeof characters / sizeof *characters);
    tcase_add_loop_test(tests, character_within_text_decides_for_the_text, 0,
                        sizeof characters / sizeof *characters);
    tcase_add_test(tests, character_is_not_read_past_the_end);
    tcase_add_test(tests, nul_is_no_text);
    tcase_add_test(tests, hexadecimal_is_lower_case_and_has_no_nul);
    suite_add_tcase(suite, tests);
    return run(suite);
}
