/* Damaged copies of a ledger: cut, with bits turned, with parts of another moment. Each is opened,
 * or refused; what is read of one that opened is what was there at some moment, or SQLite's check
 * finds the damage; nothing crashes. SPDX-License-Identifier: MIT */
#include "run.h"

#define STORE_IN_MEMORY 1
#include "store_steps.h"

enum {
    ROWS = 120,
    PAGE = 4096
};

struct bytes {
    unsigned char data[600000];
    size_t size;
};
static struct bytes database, log_file;

static void read_file(const char *path, struct bytes *to)
{
    FILE *file = fopen(path, "r");

    ck_assert_ptr_nonnull(file);
    to->size = fread(to->data, 1, sizeof to->data, file);
    ck_assert_uint_lt(to->size, sizeof to->data);
    fclose(file);
}

static void write_file(const char *path, const unsigned char *data, size_t size)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

/* Half of the rows in the file, half in the log: as a machine that lost its power leaves them. */
static void start(void)
{
    store_folder_make();
    struct brc__store *store = store_open();
    add_rows(store, ROWS / 2);
    brc__store_free(store);
    store = store_open();
    add_rows(store, ROWS / 2);
    read_file(store_path, &database);
    read_file(store_file("-wal"), &log_file);
    brc__store_free(store);
    ck_assert_uint_gt(log_file.size, 50 * 4096);
}

static void put_back(void)
{
    unlink(store_file("-shm"));
    write_file(store_path, database.data, database.size);
    write_file(store_file("-wal"), log_file.data, log_file.size);
}

enum verdict {
    WHOLE,   /* some moment's state */
    FOUND,   /* opened, the damage is found */
    ALTERED, /* opened, and only the rows' own meaning tells */
    REFUSED,
    VERDICTS
};

/* Reads all rows; -1 if that fails. Each moment's state is rows 0 to n - 1. */
static int64_t read_rows(struct brc__store *store)
{
    struct brc__statement *all = brc__prepare(store, "SELECT edge, consumer FROM delivery");
    int64_t rows = 0;
    int rc;

    for (rc = brc__step(store, all, &error); rc == 1; rc = brc__step(store, all, &error)) {
        const char *text = brc__column_text(all, 1);
        if (brc__column_int(all, 0) != rows || text == NULL || strcmp(text, "test") != 0) {
            brc__statement_reset(all);
            return -1;
        }
        rows++;
    }
    return rc < 0 ? -1 : rows;
}

static enum verdict judge(int64_t least, int64_t *ret_rows)
{
    struct brc__store *store;
    char found[200] = "";

    *ret_rows = -1;
    int rc = brc__store_open(store_path, &store, &error);
    if (rc < 0) {
        ck_assert_int_eq(rc, BRC_E_LEDGER);
        ck_assert_str_ne(error.text, "");
        return REFUSED;
    }
    rc = brc__store_integrity(store, note, found, &error);
    ck_assert(rc == 0 || rc == BRC_E_LEDGER);
    int64_t rows = read_rows(store);
    brc__store_free(store);
    if (rc < 0 || found[0] != '\0')
        return FOUND;
    if (rows < 0)
        return ALTERED;
    ck_assert_int_ge(rows, least);
    ck_assert_int_le(rows, ROWS);
    *ret_rows = rows;
    return WHOLE;
}

START_TEST(log_cut_at_any_point)
{
    int64_t rows, last = ROWS / 2;

    for (size_t size = 0; size <= log_file.size; size += size < 9000 ? 397 : 7919) {
        put_back();
        ck_assert_int_eq(truncate(store_file("-wal"), (off_t)size), 0);
        ck_assert_int_eq(judge(ROWS / 2, &rows), WHOLE);
        ck_assert_int_ge(rows, last); /* what is whole of it counts */
        last = rows;
    }
    put_back();
    ck_assert_int_eq(judge(ROWS, &rows), WHOLE);
}
END_TEST

START_TEST(bits_of_the_log_turned)
{
    int64_t rows;

    for (size_t i = 0; i < 250; i++) {
        size_t at = i < 60 ? i : i * 104729 % log_file.size;
        put_back();
        log_file.data[at] ^= (unsigned char)(1 << i % 8);
        write_file(store_file("-wal"), log_file.data, log_file.size);
        log_file.data[at] ^= (unsigned char)(1 << i % 8);
        ck_assert_int_eq(judge(ROWS / 2, &rows), WHOLE);
    }
}
END_TEST

START_TEST(database_cut_at_any_point)
{
    int counts[VERDICTS] = {0};
    int64_t rows;

    for (size_t size = 0; size < database.size; size += 3001) {
        put_back();
        unlink(store_file("-wal"));
        ck_assert_int_eq(truncate(store_path, (off_t)size), 0);
        enum verdict verdict = judge(0, &rows);
        counts[verdict]++;
        if (verdict == WHOLE) /* the empty file is a new ledger; a table without rows has no tail */
            ck_assert(size == 0 || size + PAGE > database.size);
    }
    ck_assert_int_ge(counts[WHOLE], 1);
    ck_assert_int_gt(counts[REFUSED], 0);
}
END_TEST

START_TEST(bits_of_the_database_turned)
{
    int counts[VERDICTS] = {0};
    int64_t rows;

    for (size_t i = 0; i < 400; i++) {
        size_t at = i < 100 ? i : i * 104729 % database.size;
        put_back();
        unlink(store_file("-wal"));
        database.data[at] ^= (unsigned char)(1 << i % 8);
        write_file(store_path, database.data, database.size);
        database.data[at] ^= (unsigned char)(1 << i % 8);
        counts[judge(0, &rows)]++;
    }
    ck_assert_int_gt(counts[REFUSED], 10);
    ck_assert_int_gt(counts[FOUND], 10);
    ck_assert_int_lt(counts[ALTERED], 100);
}
END_TEST

/* An index of memory that has nothing to do with the log is made anew. */
START_TEST(index_is_not_believed)
{
    static unsigned char nonsense[32768];
    int64_t rows;

    for (int i = 0; i < 20; i++) {
        put_back();
        memset(nonsense, i * 13, sizeof nonsense);
        write_file(store_file("-shm"), nonsense, i % 2 == 0 ? sizeof nonsense : 100);
        ck_assert_int_eq(judge(ROWS, &rows), WHOLE);
        ck_assert_int_eq(rows, ROWS);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_torn");
    TCase *cases = tcase_create("store_torn");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, start, store_folder_remove);
    tcase_add_test(cases, log_cut_at_any_point);
    tcase_add_test(cases, bits_of_the_log_turned);
    tcase_add_test(cases, database_cut_at_any_point);
    tcase_add_test(cases, bits_of_the_database_turned);
    tcase_add_test(cases, index_is_not_believed);
    return run(suite);
}
