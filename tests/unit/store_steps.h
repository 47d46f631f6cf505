/* What the tests of the store share: a folder with a ledger's file, and rows in it.
 * SPDX-License-Identifier: MIT */
#ifndef STORE_STEPS_H
#define STORE_STEPS_H

#include <store.h>

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef STORE_IN_MEMORY
#define STORE_IN_MEMORY 0
#endif

#define begin(store, wait_ms) brc__store_begin(store, wait_ms, &error)
#define commit(store)         brc__store_commit(store, &error)
#define ck_ok(call)                                                                                \
    do {                                                                                           \
        int rc_ = (call);                                                                          \
        ck_assert_msg(rc_ == 0, "%s: %d %s", #call, rc_, error.text);                              \
    } while (0)

static char store_folder[64], store_path[96];
static struct brc__error error;

static inline void store_folder_make(void)
{
    /* Thousands of small ledgers need no disk. */
    snprintf(store_folder, sizeof store_folder, "%s/store.XXXXXX",
             STORE_IN_MEMORY && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(store_folder));
    snprintf(store_path, sizeof store_path, "%s/ledger.db", store_folder);
}

static inline void store_folder_remove(void)
{
    char name[400];
    struct dirent *entry;
    DIR *folder = opendir(store_folder);

    ck_assert_ptr_nonnull(folder);
    for (entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        snprintf(name, sizeof name, "%s/%s", store_folder, entry->d_name);
        unlink(name);
    }
    closedir(folder);
    rmdir(store_folder);
}

static inline struct brc__store *store_open(void)
{
    struct brc__store *store;
    int rc = brc__store_open(store_path, &store, &error);

    ck_assert_msg(rc == 0, "%d %s", rc, error.text);
    return store;
}

/* A file beside the ledger, or the ledger itself. */
static inline const char *store_file(const char *suffix)
{
    static char name[4][128];
    static int i;

    i = (i + 1) % 4;
    snprintf(name[i], sizeof name[i], "%s%s", store_path, suffix);
    return name[i];
}

static inline off_t store_size(const char *suffix)
{
    struct stat status;

    return stat(store_file(suffix), &status) == 0 ? status.st_size : -1;
}

/* Within a transaction. */
static inline int try_row(struct brc__store *store, const char *text)
{
    struct brc__statement *insert =
        brc__prepare(store, "INSERT INTO delivery VALUES ((SELECT count(*) FROM delivery), ?, 0)");

    brc__bind_text(insert, 1, text);
    return brc__step(store, insert, &error);
}

static inline void add_row(struct brc__store *store)
{
    int rc = try_row(store, "test");

    ck_assert_msg(rc == 0, "%d %s", rc, error.text);
}

/* A transaction each. */
static inline void add_rows(struct brc__store *store, int count)
{
    for (int i = 0; i < count; i++) {
        int rc = brc__store_begin(store, 60000, &error);
        ck_assert_msg(rc == 0, "%d %s", rc, error.text);
        add_row(store);
        rc = brc__store_commit(store, &error);
        ck_assert_msg(rc == 0, "%d %s", rc, error.text);
    }
}

static inline int64_t count_rows(struct brc__store *store)
{
    struct brc__statement *count = brc__prepare(store, "SELECT count(*) FROM delivery");

    int rc = brc__step(store, count, &error);
    ck_assert_msg(rc == 1, "%d %s", rc, error.text);
    int64_t rows = brc__column_int(count, 0);
    brc__statement_reset(count);
    return rows;
}

static inline int64_t own(struct brc__store *store)
{
    int64_t owner, again;

    ck_ok(begin(store, 1000));
    ck_ok(brc__store_own(store, &owner, &error));
    ck_ok(brc__store_own(store, &again, &error));
    ck_assert_int_eq(owner, again);
    ck_ok(commit(store));
    return owner;
}

/* In transactions of 50 pages and more. */
static inline void write_pages(struct brc__store *store, int pages)
{
    static char big[4000];

    memset(big, 'x', sizeof big - 1);
    for (int i = 0; i < pages; i += 50) {
        ck_ok(begin(store, 1000));
        for (int j = 0; j < 50; j++)
            ck_ok(try_row(store, big));
        ck_ok(commit(store));
    }
}

/* A line of brc__store_integrity(). */
static inline void note(const char *text, void *user_data)
{
    snprintf(user_data, 200, "%s", text);
}

#endif
