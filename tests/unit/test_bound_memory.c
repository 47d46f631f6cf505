/* The bound without memory: only the list of uses takes any, and a failure leaves nothing behind.
 * SPDX-License-Identifier: MIT */
#include "heap.h"
#include "request_steps.h"
#include "run.h"

#include <bound.h>

/* Enough uses that the list has to grow. */
static brc_request *many_uses(void)
{
    brc_request *request = new_request();
    char name[32];

    ck_assert_int_eq(brc_request_add_text(request, "user", "x", 1), 0);
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "member%d", i);
        ck_assert_int_eq(brc_request_set_json(request, name, "1", 1), 0);
    }
    return request;
}

START_TEST(survives_every_failure)
{
    brc_request *request = many_uses();
    struct brc__bound bound;
    long n = 0, tried;
    int rc;

    do {
        long live = heap_live();
        heap_fail(++n, _i);
        rc = brc__bound_of(request, &bound);
        tried = heap_tried();
        heap_fail(0, 0);
        ck_assert(rc == (tried < n ? BRC_OK : BRC_E_NOMEM));
        ck_assert_int_eq(bound.input, rc == BRC_OK ? 65 : 0);
        ck_assert(rc == BRC_OK || heap_live() == live);
        brc__bound_clear(&bound);
        ck_assert_int_eq(heap_live(), live);
    } while (rc != BRC_OK);
    ck_assert_int_gt(n, 2);
    brc_request_free(request);
}
END_TEST

/* Texts alone need none. */
START_TEST(takes_no_memory_for_texts)
{
    brc_request *request = new_request();
    struct brc__bound bound;

    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(brc_request_add_text(request, "user", "a long text\n\xef\xb7\xba", 15), 0);
    heap_fail(1, 1);
    int rc = brc__bound_of(request, &bound);
    long tried = heap_tried();
    heap_fail(0, 0);
    ck_assert_int_eq(rc, 0);
    ck_assert_int_eq(tried, 0);
    ck_assert_int_eq(bound.input, 100 * (64 + 12 + 33));
    brc__bound_clear(&bound);
    brc_request_free(request);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bound memory");
    TCase *tcase = tcase_create("bound memory");

    tcase_add_loop_test(tcase, survives_every_failure, 0, 2);
    tcase_add_test(tcase, takes_no_memory_for_texts);
    suite_add_tcase(suite, tcase);
    return run(suite);
}
