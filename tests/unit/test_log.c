/* Log lines: who gets them, and that each is one clean line.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <log.h>

#include <string.h>

struct heard {
    int count;
    int level;
    char text[2048];
};

static void hear(int level, const char *text, void *user_data)
{
    struct heard *heard = user_data;

    heard->count++;
    heard->level = level;
    ck_assert_uint_lt(strlen(text), sizeof heard->text);
    strcpy(heard->text, text);
}

START_TEST(nobody_listens)
{
    struct brc__log log = {.level = BRC_LOG_DEBUG};

    ck_assert(!brc__log_wants(&log, BRC_LOG_WARNING));
    brc__log_line(&log, BRC_LOG_WARNING, "%d", 1);
}
END_TEST

START_TEST(lines_up_to_the_wanted_level_are_heard)
{
    struct heard heard = {0};
    struct brc__log log = {.level = _i, .fn = hear, .user_data = &heard};

    for (int level = BRC_LOG_WARNING; level <= BRC_LOG_DEBUG; level++) {
        ck_assert_int_eq(brc__log_wants(&log, level), level <= _i);
        brc__log_line(&log, level, "level %d", level);
    }
    ck_assert_int_eq(heard.count, _i);
    ck_assert_int_eq(heard.level, _i);
}
END_TEST

START_TEST(line_is_clean)
{
    struct heard heard = {0};
    struct brc__log log = {.level = BRC_LOG_INFO, .fn = hear, .user_data = &heard};

    brc__log_line(&log, BRC_LOG_INFO, "%s: %s", "a\r\nb", "\x1b[1m\xff");
    ck_assert_str_eq(heard.text, "a  b:  [1m?");
}
END_TEST

/* Moves a character of four bytes over the end of the longest line. */
START_TEST(long_line_is_cut_at_a_border)
{
    struct heard heard = {0};
    struct brc__log log = {.level = BRC_LOG_INFO, .fn = hear, .user_data = &heard};
    char text[2048];
    size_t before = 1018 + (size_t)_i;

    memset(text, 'a', before);
    strcpy(text + before, "\xf0\x9f\x98\x80");
    brc__log_line(&log, BRC_LOG_INFO, "%s%s", text, "\xf0\x9f\x98\x80");
    ck_assert_uint_eq(strlen(heard.text), before + 4 <= 1023 ? before + 4 : before);
    ck_assert_int_eq(strncmp(heard.text, text, strlen(heard.text)), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log");
    TCase *tests = tcase_create("log");

    tcase_add_test(tests, nobody_listens);
    tcase_add_loop_test(tests, lines_up_to_the_wanted_level_are_heard, BRC_LOG_WARNING,
                        BRC_LOG_DEBUG + 1);
    tcase_add_test(tests, line_is_clean);
    tcase_add_loop_test(tests, long_line_is_cut_at_a_border, 0, 6);
    suite_add_tcase(suite, tests);
    return run(suite);
}
