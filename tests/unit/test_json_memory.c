/* JSON judged and repaired without memory: each allocation fails once, nothing is left behind, and
 * it is never called bad syntax. Most texts need none.
 * SPDX-License-Identifier: MIT */
#include "heap.h"
#include "run.h"

#include <json.h>
#include <row.h>

/* Objects of ten members, `depth` within one another, the last twice. */
static void append_members(struct brc__buf *text, int depth, int twice)
{
    for (int i = 0; i < depth; i++) {
        brc__buf_text(text, "{");
        for (int j = 0; j < 9; j++)
            brc__buf_appendf(text, "\"member%d\":[1,\"a long text\"],", j);
        brc__buf_text(text, "\"last\":");
    }
    brc__buf_text(text, twice ? "{\"a\":1,\"a\":2}" : "0");
    for (int i = 0; i < depth; i++)
        brc__buf_text(text, "}");
}

/* Check itself allocates, so it is asked only when nothing is armed. */
static int right; /* what was said or made beside the code */

static int check(const struct brc__buf *text)
{
    struct brc__error error = {0};
    int rc = brc__json_check(text->data, text->length, "x", &error);

    right = error.code == rc && strcmp(error.text, rc == 0 ? "" : brc_strerror(rc)) == 0;
    return rc;
}

static int repair(const struct brc__buf *text)
{
    brc__auto_buf struct brc__buf to = BRC__BUF(1000 * 1000);

    int rc = brc__json_repair(&to, text->data, text->length);
    right = rc < 0 ? to.length == 0 : to.length == text->length - 6; /* "a":1, */
    return rc;
}

static int put_into_row(const struct brc__buf *text)
{
    brc__auto_buf struct brc__buf row = BRC__BUF(1000 * 1000);

    brc__row_json(&row, NULL, text->data, text->length);
    right = row.status < 0 || row.length == text->length;
    return row.status;
}

static const struct {
    int (*run)(const struct brc__buf *text);
    int depth, twice;
    long at_least, at_most; /* allocations */
} scenarios[] = {
    {check, 5, 0, 0, 0}, /* no more than a request has open */
    {check, 50, 0, 4, 5},         {check, 2000, 0, 8, 12},    {repair, 5, 1, 2, 10},
    {repair, 50, 1, 6, 20},       {put_into_row, 5, 0, 1, 8}, /* the row's own */
    {put_into_row, 50, 0, 5, 20},
};

START_TEST(survives_every_failure)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(1000 * 1000);
    long n = 0, tried, live, left;
    int rc;

    append_members(&text, scenarios[_i / 2].depth, scenarios[_i / 2].twice);
    do {
        live = heap_live();
        heap_fail(++n, _i % 2);
        rc = scenarios[_i / 2].run(&text);
        tried = heap_tried();
        left = heap_live();
        heap_fail(0, 0);
        ck_assert_int_eq(rc, tried < n ? 0 : BRC_E_NOMEM);
        ck_assert_int_eq(left, live);
        ck_assert(right);
    } while (rc != 0);
    ck_assert_int_ge(tried, scenarios[_i / 2].at_least);
    ck_assert_int_le(tried, scenarios[_i / 2].at_most);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json memory");
    TCase *tests = tcase_create("json memory");

    tcase_add_loop_test(tests, survives_every_failure, 0,
                        2 * (int)(sizeof scenarios / sizeof *scenarios));
    suite_add_tcase(suite, tests);
    return run(suite);
}
