/* No space left, as far as a process can bring that about: nothing that was committed is lost, and
 * it goes on by itself. SPDX-License-Identifier: MIT */
#include "run.h"
#include "store_steps.h"

#include <signal.h>
#include <sys/resource.h>

/* No assertion of Check's until it is lifted: they write files. */
static void limit_size(rlim_t size)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
        abort();
    limit.rlim_cur = size;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        abort();
}

/* A disk without space, as far as this process can have one; at every size. */
START_TEST(full_disk_loses_nothing_committed)
{
    static char text[3000];
    int64_t stored = 0;
    int refused = 0;

    signal(SIGXFSZ, SIG_IGN);
    memset(text, 'x', sizeof text - 1);
    struct brc__store *store = store_open();
    for (rlim_t size = 0; size < 400000; size += 3000) {
        limit_size(size);
        int rc = brc__store_begin(store, 0, &error);
        if (rc == 0)
            rc = try_row(store, text);
        if (rc == 0)
            rc = brc__store_commit(store, &error);
        else
            brc__store_rollback(store);
        limit_size(RLIM_INFINITY);
        stored += rc == 0;
        refused += rc != 0;
        ck_assert_msg(rc == 0 || strstr(error.text, "no space is left") != NULL, "%s", error.text);
        ck_assert(rc == 0 || rc == BRC_E_LEDGER);
        ck_assert_int_eq(count_rows(store), stored);
    }
    ck_assert_int_gt(stored, 10);
    ck_assert_int_gt(refused, 10);
    add_rows(store, 1); /* and it goes on */
    ck_assert_int_eq(count_rows(store), stored + 1);
    brc__store_free(store);
    store = store_open();
    ck_assert_int_eq(count_rows(store), stored + 1);
    brc__store_free(store);
}
END_TEST

START_TEST(full_disk_when_it_is_made)
{
    struct brc__store *store;
    int made = 0, refused = 0;

    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t size = 0; size < 150000; size += 1500) {
        limit_size(size);
        int rc = brc__store_open(store_path, &store, &error);
        limit_size(RLIM_INFINITY);
        ck_assert_msg(rc == 0 || rc == BRC_E_LEDGER, "%d %s", rc, error.text);
        made += rc == 0;
        refused += rc != 0;
        if (rc == 0)
            brc__store_free(store);
        else
            ck_assert_msg(strstr(error.text, "no space is left") != NULL, "%s", error.text);
        if (rc == 0 || size % 4500 == 0) { /* sometimes on what the last left behind */
            store = store_open();
            add_rows(store, 1);
            brc__store_free(store);
            store_folder_remove();
            store_folder_make();
        }
    }
    ck_assert_int_gt(made, 5);
    ck_assert_int_gt(refused, 5);
}
END_TEST

/* A checkpoint for which there is no space: nothing is lost, and it is made up for. */
START_TEST(full_disk_at_a_checkpoint)
{
    static char text[3900];

    signal(SIGXFSZ, SIG_IGN);
    memset(text, 'x', sizeof text - 1);
    struct brc__store *store = store_open();
    ck_assert_int_eq(brc__store_begin(store, 0, &error), 0);
    for (int i = 0; i < 990; i++)
        ck_assert_int_eq(try_row(store, text), 0);
    ck_assert_int_eq(brc__store_commit(store, &error), 0);
    off_t log = store_size("-wal");
    add_rows(store, 40);
    store = brc__store_free(store);
    store = store_open();
    ck_assert_int_eq(count_rows(store), 1030);
    limit_size((rlim_t)store_size("") + 8192);
    for (int i = 0; i < 2000; i++) {
        int rc = brc__store_begin(store, 0, &error);
        if (rc == 0)
            rc = try_row(store, text);
        rc = rc == 0 ? brc__store_commit(store, &error) : rc;
        if (rc != 0) {
            brc__store_rollback(store);
            break;
        }
    }
    limit_size(RLIM_INFINITY);
    int64_t rows = count_rows(store);
    ck_assert_int_gt(log, 0);
    ck_assert_int_gt(rows, 1100);
    add_rows(store, 1);
    ck_assert_int_eq(count_rows(store), rows + 1);
    brc__store_free(store);
    store = store_open();
    ck_assert_int_eq(count_rows(store), rows + 1);
    brc__store_free(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_full");
    TCase *cases = tcase_create("store_full");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, store_folder_make, store_folder_remove);
    tcase_add_test(cases, full_disk_loses_nothing_committed);
    tcase_add_test(cases, full_disk_when_it_is_made);
    tcase_add_test(cases, full_disk_at_a_checkpoint);
    return run(suite);
}
