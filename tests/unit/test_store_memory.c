/* The store and memory: for every n the n-th allocation fails, SQLite's included, alone or with all
 * later ones. What was committed is there, what failed is not, nothing is lost of the heap.
 * SPDX-License-Identifier: MIT */
#include "heap.h"
#include "run.h"

#define STORE_IN_MEMORY 1
#include "store_steps.h"

/* Opened, owned, written, read, closed. Counts what was committed. No assertion of Check's in here:
 * they allocate. */
static int use_store(int64_t *stored)
{
    struct brc__store *store;
    int64_t owner;

    *stored = 0;
    int rc = brc__store_open(store_path, &store, &error);
    for (int i = 0; i < 2 && rc == 0; i++) {
        rc = brc__store_begin(store, 0, &error);
        if (rc == 0 && i == 0)
            rc = brc__store_own(store, &owner, &error);
        if (rc == 0)
            rc = try_row(store, "some text that is copied");
        if (rc == 0)
            rc = brc__store_commit(store, &error);
        *stored += rc == 0;
    }
    if (rc == 0)
        rc = brc__store_read(store, &error);
    if (rc == 0) {
        struct brc__statement *all = brc__prepare(store, "SELECT edge, consumer FROM delivery");
        for (rc = brc__step(store, all, &error); rc == 1; rc = brc__step(store, all, &error))
            brc__column_text(all, 1);
        brc__store_rollback(store);
    }
    brc__store_free(store);
    return rc;
}

START_TEST(survives_every_failure)
{
    long n = 0, tried;
    int64_t stored, before = 0;
    int failures = 0;

    ck_assert_int_eq(use_store(&stored), 0); /* what SQLite keeps for the whole process */
    store_folder_remove();
    store_folder_make();
    long live = heap_live();
    do {
        /* Making the tables has thousands, much alike. */
        n += _i % 2 == 0 && n > 200 ? 11 : 1;
        heap_fail(n, _i / 2);
        int rc = use_store(&stored);
        tried = heap_tried();
        heap_fail(0, 0);
        ck_assert_msg(rc == 0 || rc == BRC_E_NOMEM, "%ld: %d %s", n, rc, error.text);
        failures += rc != 0;
        ck_assert_int_eq(heap_live(), live);
        struct brc__store *store = store_open();
        before += stored;
        ck_assert_int_eq(count_rows(store), before);
        brc__store_free(store);
        ck_assert_int_eq(heap_live(), live);
        if (_i % 2 == 0) { /* made anew each time */
            store_folder_remove();
            store_folder_make();
            before = 0;
        }
    } while (n <= tried);
    ck_assert_int_gt(failures, 100);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_memory");
    TCase *cases = tcase_create("store_memory");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, store_folder_make, store_folder_remove);
    tcase_add_loop_test(cases, survives_every_failure, 0, 4);
    return run(suite);
}
