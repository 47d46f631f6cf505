/* The ledger's file: transactions, statements, owners, snapshots, checkpoints.
 * SPDX-License-Identifier: MIT */
#include "run.h"
#include "store_steps.h"

START_TEST(keeps_what_is_committed)
{
    struct brc__store *store = store_open();

    add_rows(store, 3);
    ck_ok(begin(store, 0));
    add_row(store);
    ck_assert_int_eq(count_rows(store), 4);
    brc__store_rollback(store);
    ck_assert_int_eq(count_rows(store), 3);
    ck_ok(begin(store, 0));
    add_row(store);
    brc__store_free(store); /* in the middle of it */

    store = store_open();
    ck_assert_int_eq(count_rows(store), 3);
    brc__store_free(store);
    ck_assert_ptr_null(brc__store_free(NULL));
}
END_TEST

START_TEST(one_transaction_at_a_time)
{
    struct brc__store *store = store_open();

    ck_assert_int_eq(commit(store), BRC_E_LEDGER);
    brc__store_rollback(store);
    ck_ok(begin(store, 0));
    ck_assert_int_eq(begin(store, 0), BRC_E_LEDGER);
    ck_assert_int_eq(brc__store_read(store, &error), BRC_E_LEDGER);
    add_row(store);
    ck_ok(commit(store));
    ck_assert_int_eq(commit(store), BRC_E_LEDGER);
    ck_ok(brc__store_read(store, &error));
    ck_assert_int_eq(commit(store), BRC_E_LEDGER);
    ck_assert_int_eq(count_rows(store), 1);
    brc__store_rollback(store);
    ck_ok(begin(store, 0));
    brc__store_free(store);
}
END_TEST

START_TEST(two_stores_take_turns)
{
    struct brc__store *one = store_open(), *two = store_open();

    ck_ok(begin(one, 0));
    add_row(one);
    ck_assert_int_eq(begin(two, 0), BRC__STORE_BUSY);
    ck_assert_int_eq(begin(two, 2), BRC__STORE_BUSY);
    ck_ok(commit(one));
    ck_ok(begin(two, 0));
    ck_assert_int_eq(count_rows(two), 1);
    add_row(two);
    ck_ok(commit(two));
    brc__store_free(one); /* lets go of nothing of the other's */
    ck_ok(begin(two, 0));
    ck_ok(commit(two));
    brc__store_free(two);
}
END_TEST

START_TEST(reader_sees_one_moment)
{
    struct brc__store *one = store_open(), *two = store_open();

    add_rows(one, 2);
    ck_ok(brc__store_read(two, &error));
    add_rows(one, 2); /* before anything else was read */
    ck_assert_int_eq(count_rows(two), 2);
    ck_assert_int_eq(count_rows(one), 4);
    brc__store_rollback(two);
    ck_assert_int_eq(count_rows(two), 4);
    brc__store_free(one);
    brc__store_free(two);
}
END_TEST

/* An unfinished query would hold the moment it began at. */
START_TEST(unfinished_query_ends_with_its_transaction)
{
    struct brc__store *one = store_open(), *two = store_open();
    struct brc__statement *all = brc__prepare(two, "SELECT edge FROM delivery");

    add_rows(one, 5);
    ck_ok(brc__store_read(two, &error));
    ck_assert_int_eq(brc__step(two, all, &error), 1);
    brc__store_rollback(two);
    add_rows(one, 1);
    ck_ok(begin(two, 0));
    ck_assert_int_eq(brc__step(two, all, &error), 1);
    add_row(two);
    ck_ok(commit(two));
    ck_ok(brc__store_read(one, &error));
    ck_assert_int_eq(count_rows(one), 7);
    brc__store_free(one);
    brc__store_free(two);
}
END_TEST

START_TEST(statements_are_kept_by_address)
{
    static const char once[] = "SELECT ?, ?, ?", copy[] = "SELECT ?, ?, ?";
    struct brc__store *store = store_open();
    struct brc__statement *statement = brc__prepare(store, once);

    ck_assert_ptr_nonnull(statement);
    ck_assert_ptr_eq(brc__prepare(store, once), statement);
    ck_assert_ptr_ne(brc__prepare(store, copy), statement);
    char text[] = "caf\303\251";
    brc__bind_int(statement, 1, INT64_MIN);
    brc__bind_text(statement, 2, text);
    brc__bind_text(statement, 3, NULL);
    text[0] = 'x'; /* it was copied */
    ck_assert_int_eq(brc__step(store, statement, &error), 1);
    ck_assert_int_eq(brc__column_int(statement, 0), INT64_MIN);
    ck_assert_str_eq(brc__column_text(statement, 1), "caf\303\251");
    ck_assert(brc__column_is_null(statement, 2) && !brc__column_is_null(statement, 1));
    ck_assert_ptr_null(brc__column_text(statement, 2));
    ck_assert_int_eq(brc__column_int(statement, 2), 0);
    ck_assert_int_eq(brc__step(store, statement, &error), 0);
    brc__bind_null(statement, 1); /* the rest was forgotten */
    ck_assert_int_eq(brc__step(store, statement, &error), 1);
    ck_assert(brc__column_is_null(statement, 0) && brc__column_is_null(statement, 1));
    brc__statement_reset(statement);
    brc__store_free(store);
}
END_TEST

START_TEST(failing_statements_say_why)
{
    struct brc__store *store = store_open();
    struct brc__statement *none = brc__prepare(store, "SELECT nonsense FROM nowhere");

    ck_assert_ptr_null(none);
    brc__bind_int(none, 1, 1);
    brc__bind_null(none, 1);
    brc__bind_text(none, 1, "x");
    brc__statement_reset(none);
    ck_assert_int_eq(brc__step(store, none, &error), BRC_E_LEDGER);
    ck_assert_ptr_nonnull(strstr(error.text, "nowhere"));

    struct brc__statement *insert = brc__prepare(store, "INSERT INTO delivery VALUES (1, ?, 0)");
    ck_ok(begin(store, 0));
    brc__bind_text(insert, 2, "out of range");
    ck_assert_int_eq(brc__step(store, insert, &error), BRC_E_LEDGER);
    brc__bind_text(insert, 1, "a");
    ck_assert_int_eq(brc__step(store, insert, &error), 0);
    ck_assert_int_eq(brc__store_changes(store), 1);
    brc__bind_text(insert, 1, "a");
    ck_assert_int_eq(brc__step(store, insert, &error), BRC_E_LEDGER); /* the constraint */
    brc__bind_text(insert, 1, "b");
    ck_assert_int_eq(brc__step(store, insert, &error), 0);
    ck_ok(commit(store));
    ck_assert_int_eq(count_rows(store), 2);
    brc__store_free(store);
}
END_TEST

START_TEST(amounts_stay_integers)
{
    struct brc__store *store = store_open();
    struct brc__statement *insert = brc__prepare(
        store, "INSERT INTO override (put_at_ms, budget, amount, until_ms, by, why) VALUES "
               "(0, 'b', ?, 0, '', '')");
    struct brc__statement *amount = brc__prepare(store, "SELECT amount FROM override");

    ck_ok(begin(store, 0));
    brc__bind_text(insert, 1, "1.5");
    ck_assert_int_eq(brc__step(store, insert, &error), BRC_E_LEDGER);
    brc__bind_int(insert, 1, INT64_MAX);
    ck_ok(brc__step(store, insert, &error));
    ck_assert_int_eq(brc__store_last_row(store), 1);
    ck_ok(commit(store));
    ck_assert_int_eq(brc__step(store, amount, &error), 1);
    ck_assert_int_eq(brc__column_int(amount, 0), INT64_MAX);
    brc__store_free(store);
}
END_TEST

START_TEST(knows_whose_owner_lives)
{
    struct brc__store *one = store_open(), *two = store_open();
    int64_t first = own(one), second = own(two);

    ck_assert_int_ne(first, second);
    ck_assert(brc__store_owner_lives(one, first) && brc__store_owner_lives(one, second));
    ck_assert(brc__store_owner_lives(two, first) && brc__store_owner_lives(two, second));
    ck_assert(!brc__store_owner_lives(two, second + 1) && !brc__store_owner_lives(two, 0));
    brc__store_free(one);
    ck_assert(!brc__store_owner_lives(two, first));
    one = store_open();
    ck_assert_int_gt(own(one), second); /* no number comes twice */
    brc__store_free(one);
    brc__store_free(two);
}
END_TEST

/* What was rolled back has no row, so nobody shall own it: another takes the number. */
START_TEST(owner_begins_with_its_commit)
{
    struct brc__store *one = store_open(), *two = store_open();
    int64_t owner, other;

    ck_ok(begin(one, 0));
    ck_ok(brc__store_own(one, &owner, &error));
    ck_assert(brc__store_owner_lives(two, owner)); /* locked before it can be seen */
    brc__store_rollback(one);
    ck_assert(!brc__store_owner_lives(one, owner) && !brc__store_owner_lives(two, owner));
    other = own(two);
    ck_assert_int_eq(other, owner);
    ck_assert_int_ne(own(one), owner);
    /* A file put back from an old copy has no row of those who live. */
    ck_ok(begin(two, 0));
    ck_ok(brc__step(two, brc__prepare(two, "DELETE FROM owner"), &error));
    ck_ok(commit(two));
    struct brc__store *three = store_open();
    ck_assert_int_eq(own(three), 3);
    brc__store_free(three);
    brc__store_free(one);
    brc__store_free(two);
}
END_TEST

START_TEST(log_does_not_grow_for_ever)
{
    struct brc__store *store = store_open();
    off_t largest = 0;

    for (int i = 0; i < 6; i++) {
        write_pages(store, 1000);
        if (store_size("-wal") > largest)
            largest = store_size("-wal");
    }
    ck_assert_int_gt(largest, 900 * 4096); /* not with every commit */
    ck_assert_int_lt(largest, 2500 * 4096);
    ck_assert_int_gt(store_size(""), 4000 * 4096);
    brc__store_free(store);
    ck_assert_int_eq(store_size("-wal"), 0);
    store = store_open();
    ck_assert_int_eq(count_rows(store), 6000);
    brc__store_free(store);
}
END_TEST

START_TEST(checkpoint_waits_for_readers)
{
    struct brc__store *one = store_open(), *two = store_open();

    add_rows(one, 1);
    off_t before = store_size("");
    ck_ok(brc__store_read(two, &error));
    write_pages(one, 2000);
    ck_assert_int_eq(store_size(""), before);
    ck_assert_int_eq(count_rows(two), 1);
    brc__store_rollback(two);
    write_pages(one, 500);
    ck_assert_int_gt(store_size(""), 2000 * 4096);
    brc__store_free(two);
    brc__store_free(one);
}
END_TEST

START_TEST(close_leaves_the_log_to_others)
{
    struct brc__store *one = store_open(), *two = store_open();

    add_rows(one, 1);
    off_t before = store_size("-wal");
    ck_assert_int_gt(before, 0);
    brc__store_free(one);
    ck_assert_int_eq(store_size("-wal"), before);
    ck_assert_int_eq(count_rows(two), 1);
    brc__store_free(two);
    ck_assert_int_eq(store_size("-wal"), 0);
}
END_TEST

START_TEST(durability_is_a_choice)
{
    /* Answered when it is prepared, so each is asked anew. */
    static const char questions[2][20] = {"PRAGMA synchronous", "PRAGMA synchronous"};
    struct brc__store *store = store_open();

    for (int full = 1; full >= 0; full--) {
        ck_ok(brc__store_set_durable(store, full, &error));
        struct brc__statement *statement = brc__prepare(store, questions[full]);
        ck_assert_int_eq(brc__step(store, statement, &error), 1);
        ck_assert_int_eq(brc__column_int(statement, 0), full + 1);
        brc__statement_reset(statement);
        add_rows(store, 1);
    }
    ck_ok(begin(store, 0));
    ck_assert_int_eq(brc__store_set_durable(store, true, &error), BRC_E_LEDGER);
    brc__store_rollback(store);
    brc__store_free(store);
}
END_TEST

START_TEST(integrity_is_checked)
{
    struct brc__store *store = store_open();
    char found[200] = "";

    write_pages(store, 100);
    ck_ok(brc__store_integrity(store, note, found, &error));
    ck_assert_str_eq(found, "");
    brc__store_free(store);
    FILE *file = fopen(store_path, "r+");
    for (long page = 40; page < 60; page++) {
        ck_assert_int_eq(fseek(file, page * 4096, SEEK_SET), 0);
        ck_assert_int_gt(fprintf(file, "nonsense"), 0);
    }
    fclose(file);
    store = store_open();
    int rc = brc__store_integrity(store, note, found, &error);
    ck_assert(rc == 0 || rc == BRC_E_LEDGER);
    ck_assert(rc < 0 || found[0] != '\0');
    brc__store_free(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store");
    TCase *cases = tcase_create("store");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, store_folder_make, store_folder_remove);
    tcase_add_test(cases, keeps_what_is_committed);
    tcase_add_test(cases, one_transaction_at_a_time);
    tcase_add_test(cases, two_stores_take_turns);
    tcase_add_test(cases, reader_sees_one_moment);
    tcase_add_test(cases, unfinished_query_ends_with_its_transaction);
    tcase_add_test(cases, statements_are_kept_by_address);
    tcase_add_test(cases, failing_statements_say_why);
    tcase_add_test(cases, amounts_stay_integers);
    tcase_add_test(cases, knows_whose_owner_lives);
    tcase_add_test(cases, owner_begins_with_its_commit);
    tcase_add_test(cases, log_does_not_grow_for_ever);
    tcase_add_test(cases, checkpoint_waits_for_readers);
    tcase_add_test(cases, close_leaves_the_log_to_others);
    tcase_add_test(cases, durability_is_a_choice);
    tcase_add_test(cases, integrity_is_checked);
    return run(suite);
}
