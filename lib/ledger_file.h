/* The files of a ledger: where they are, whether that is a fit place, whether they are still those
 * that were opened; and what keeps other programs' SQLite from taking them away.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__LEDGER_FILE_H
#define BRC__LEDGER_FILE_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct brc__ledger_file {
    char *path; /* without links: all who open it have the same files beside it */
    char *lock_path, *log_path, *index_path;
    bool exists;
    struct stat file, log, index; /* as opened */
    int guards[2];                /* see brc__ledger_file_guard() */
};

/* Finds it and looks whether it can be a ledger, touching nothing. Returns 0, BRC_E_LEDGER with the
 * reason in error, BRC_E_NOMEM. */
int brc__ledger_file_find(struct brc__ledger_file *files, const char *path,
                          struct brc__error *error);
void brc__ledger_file_close(struct brc__ledger_file *files);

/* Looks at the first bytes: a ledger, or nothing at all yet. Returns 0 or BRC_E_LEDGER. */
int brc__ledger_file_look(struct brc__ledger_file *files, struct brc__error *error);

/* Once SQLite has all files open: keeps an eye on them, and holds locks of our own where SQLite has
 * its locks for "the database is in use". SQLite's are dropped when another copy of it in this
 * process closes the file; the next to come would then believe itself alone, and remove the log or
 * empty its index under our eyes. Returns 0 or BRC_E_LEDGER. */
int brc__ledger_file_guard(struct brc__ledger_file *files, struct brc__error *error);

/* Whether the path still leads to the files that were opened. Returns 0 or BRC_E_LEDGER: what would
 * be written now would be lost. */
int brc__ledger_file_same(const struct brc__ledger_file *files, const struct stat *lock,
                          struct brc__error *error);

/* The name of a file system on which locks or shared memory do not work for all who see the file,
 * by statfs()'s number; else NULL. */
const char *brc__unfit_file_system(uint64_t type);

#endif
