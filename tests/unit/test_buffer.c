/* Growing bytes: ceilings, sticky failures, wiping.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <buffer.h>

START_TEST(empty_buffer_holds_nothing)
{
    struct brc__buf b = BRC__BUF(10);

    ck_assert_ptr_null(b.data);
    ck_assert_ptr_null(brc__buf_steal(&b));
    brc__buf_free(&b);
}
END_TEST

START_TEST(empty_append_makes_an_empty_string)
{
    brc__auto_buf struct brc__buf b = BRC__BUF(0);

    ck_assert_int_eq(brc__buf_append(&b, NULL, 0), 0);
    ck_assert_str_eq(b.data, "");
    ck_assert_uint_eq(b.length, 0);
}
END_TEST

START_TEST(bytes_keep_their_order_through_every_growth)
{
    brc__auto_buf struct brc__buf b = BRC__BUF(100 * 1000);

    for (size_t i = 0; i < 100 * 1000 / (size_t)sample_step(10); i++) {
        char c = (char)(i % 251);
        ck_assert_int_eq(brc__buf_append(&b, &c, 1), 0);
        ck_assert_int_eq(b.data[b.length], '\0');
    }
    for (size_t i = 0; i < b.length; i++)
        ck_assert_int_eq(b.data[i], (char)(i % 251));
}
END_TEST

START_TEST(ceiling_is_exact)
{
    brc__auto_buf struct brc__buf b = BRC__BUF(4);

    ck_assert_int_eq(brc__buf_text(&b, "abcd"), 0);
    ck_assert_int_eq(brc__buf_text(&b, "e"), BRC_E_TOO_LARGE);
    ck_assert_str_eq(b.data, "abcd");
}
END_TEST

START_TEST(huge_size_does_not_wrap)
{
    brc__auto_buf struct brc__buf b = BRC__BUF(100);

    brc__buf_text(&b, "abc");
    ck_assert_int_eq(brc__buf_reserve(&b, SIZE_MAX), BRC_E_TOO_LARGE);
    ck_assert_uint_eq(b.length, 3);
}
END_TEST

START_TEST(first_failure_stays_and_nothing_more_is_added)
{
    brc__auto_buf struct brc__buf b = BRC__BUF(4);

    brc__buf_text(&b, "abcde");
    ck_assert_int_eq(brc__buf_text(&b, "x"), BRC_E_TOO_LARGE);
    ck_assert_int_eq(brc__buf_appendf(&b, "%d", 1), BRC_E_TOO_LARGE);
    ck_assert_int_eq(b.status, BRC_E_TOO_LARGE);
    ck_assert_uint_eq(b.length, 0);
}
END_TEST

START_TEST(reserve_makes_room_without_adding)
{
    brc__auto_buf struct brc__buf b = BRC__BUF(1000);

    ck_assert_int_eq(brc__buf_reserve(&b, 500), 0);
    ck_assert_uint_eq(b.length, 0);
    ck_assert_uint_ge(b.capacity, 501);
    const char *before = b.data;
    ck_assert_int_eq(brc__buf_appendf(&b, "%0500d", 0), 0);
    ck_assert_ptr_eq(b.data, before);
}
END_TEST

START_TEST(formatted_text_may_reach_the_ceiling)
{
    brc__auto_buf struct brc__buf b = BRC__BUF(6);

    ck_assert_int_eq(brc__buf_appendf(&b, "%s-%d", "ab", 123), 0);
    ck_assert_str_eq(b.data, "ab-123");
    ck_assert_int_eq(brc__buf_appendf(&b, "%c", 'x'), BRC_E_TOO_LARGE);
    ck_assert_str_eq(b.data, "ab-123");
}
END_TEST

START_TEST(truncate_cuts_back_and_forgets_the_failure)
{
    brc__auto_buf struct brc__buf b = BRC__BUF(6);

    brc__buf_text(&b, "abcdef");
    brc__buf_text(&b, "g");
    brc__buf_truncate(&b, 2);
    ck_assert_int_eq(b.status, 0);
    ck_assert_int_eq(brc__buf_text(&b, "xy"), 0);
    ck_assert_str_eq(b.data, "abxy");
}
END_TEST

START_TEST(stolen_bytes_belong_to_the_caller)
{
    struct brc__buf b = BRC__BUF(6);

    brc__buf_text(&b, "abc");
    brc__auto_free char *text = brc__buf_steal(&b);
    ck_assert_str_eq(text, "abc");
    ck_assert_ptr_null(b.data);
    ck_assert_uint_eq(b.ceiling, 6);
    ck_assert_int_eq(brc__buf_text(&b, "new"), 0);
    ck_assert_str_eq(b.data, "new");
    brc__buf_free(&b);
    ck_assert_ptr_null(b.data);
}
END_TEST

START_TEST(secret_bytes_survive_growth_and_stealing_keeps_the_mark)
{
    struct brc__buf b = BRC__SECRET_BUF(10 * 1000);

    for (int i = 0; i < 1000; i++)
        brc__buf_appendf(&b, "%d,", i % 10);
    ck_assert_int_eq(b.status, 0);
    ck_assert_uint_eq(b.length, 2000);
    ck_assert_int_eq(strncmp(b.data + 1990, "5,6,7,8,9,", 10), 0);
    brc__free_secret(brc__buf_steal(&b));
    ck_assert_int_eq(b.secret, 1);
    brc__buf_free(&b);
}
END_TEST

START_TEST(stealing_a_variable_leaves_null)
{
    char text[] = "x", *p = text;

    ck_assert_ptr_eq(brc__steal(p), text);
    ck_assert_ptr_null(p);
}
END_TEST

START_TEST(copies_end_with_nul_and_impossible_ones_fail)
{
    brc__auto_free char *copy = brc__strndup("abcdef", 3);

    ck_assert_str_eq(copy, "abc");
    ck_assert_ptr_null(brc__strndup("abc", SIZE_MAX));
}
END_TEST

START_TEST(wiping_leaves_zeros)
{
    char secret[] = "secret";
    static const char zeros[sizeof secret];

    brc__wipe(secret, sizeof secret);
    ck_assert_mem_eq(secret, zeros, sizeof secret);
    brc__wipe(NULL, 3);
    brc__free_secret(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("buffer");
    TCase *tests = tcase_create("buffer");

    tcase_add_test(tests, empty_buffer_holds_nothing);
    tcase_add_test(tests, empty_append_makes_an_empty_string);
    tcase_add_test(tests, bytes_keep_their_order_through_every_growth);
    tcase_add_test(tests, ceiling_is_exact);
    tcase_add_test(tests, huge_size_does_not_wrap);
    tcase_add_test(tests, first_failure_stays_and_nothing_more_is_added);
    tcase_add_test(tests, reserve_makes_room_without_adding);
    tcase_add_test(tests, formatted_text_may_reach_the_ceiling);
    tcase_add_test(tests, truncate_cuts_back_and_forgets_the_failure);
    tcase_add_test(tests, stolen_bytes_belong_to_the_caller);
    tcase_add_test(tests, secret_bytes_survive_growth_and_stealing_keeps_the_mark);
    tcase_add_test(tests, stealing_a_variable_leaves_null);
    tcase_add_test(tests, copies_end_with_nul_and_impossible_ones_fail);
    tcase_add_test(tests, wiping_leaves_zeros);
    suite_add_tcase(suite, tests);
    return run(suite);
}
