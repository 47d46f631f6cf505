/* What the rooms of the store share: the handle, and what SQLite's failures mean.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__STORE_STATE_H
#define BRC__STORE_STATE_H

#include "ledger_file.h"
#include "writer_lock.h"

#include <sqlite3.h>
#include <sys/types.h>

enum {
    BRC__STATEMENT_SLOTS = 128
};

struct brc__statement {
    struct brc__statement *next; /* of the same slot */
    const char *sql;
    sqlite3_stmt *stmt;
    int failed; /* SQLite's code of the first bind that failed; 0: none */
};

struct brc__store {
    struct brc__store *next; /* see brc__store_free() */
    sqlite3 *db;
    pid_t pid;
    struct brc__ledger_file files;
    struct brc__writer_lock lock;
    struct brc__statement *statements[BRC__STATEMENT_SLOTS];
    int unprepared;        /* SQLite's code of the last statement that could not be prepared */
    bool writing, reading; /* a transaction is open */
    int log_pages;         /* as of the last commit */
    int tried_at_pages;    /* a checkpoint could not be made then; 0: none failed */
    int64_t owner;         /* 0: none yet */
    bool owner_is_stored;  /* its row is committed */
};

/* Puts into error what SQLite's code means and what to do about it. Returns BRC_E_LEDGER or
 * BRC_E_NOMEM. */
int brc__store_failure(struct brc__store *store, int code, struct brc__error *error);

/* One or more statements of our own, without rows. Returns SQLite's code. */
int brc__store_run(struct brc__store *store, const char *sql);

/* A number that a pragma or query answers with. Returns SQLite's code. */
int brc__store_number(struct brc__store *store, const char *sql, int64_t *ret_number);

/* Statements let go of the snapshot they read; or of their memory. */
void brc__statements_reset(struct brc__store *store);
void brc__statements_free(struct brc__store *store);

#endif
