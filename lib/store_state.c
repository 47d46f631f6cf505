/* SPDX-License-Identifier: MIT */
#include "store_state.h"

#include <errno.h>

/* By errno where SQLite still has it; often it has not. */
static const char *reason_of_io(sqlite3 *db, int code)
{
    switch (sqlite3_system_errno(db)) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return "no space is left for it, within the disk, quota or limit: make room, it goes on by "
               "itself";
    case EROFS:
        return "its disk became read-only: mount it for writing";
    default:
        break;
    }
    if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE)
        return "it cannot be written: either no space is left for it, within the disk, quota or "
               "limit, and it goes on by itself when there is, or the disk fails: see the system's "
               "log";
    return "its disk fails: see the system's log";
}

static const char *reason_of(sqlite3 *db, int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return "no space is left for it: make room, it goes on by itself";
    case SQLITE_IOERR:
        return reason_of_io(db, code);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        return "its contents are damaged: restore a backup";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return "this user must be able to read and write it, what lies beside it, and their folder";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return "another program has it for itself: close it there";
    default:
        return NULL;
    }
}

int brc__store_failure(struct brc__store *store, int code, struct brc__error *error)
{
    if ((code & 0xff) == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM)
        return brc__error_set(error, BRC_E_NOMEM, "out of memory");
    const char *reason = reason_of(store->db, code);
    if (reason == NULL)
        return brc__error_set(error, BRC_E_LEDGER, "%s: %s (SQLite's code %d)", store->files.path,
                              sqlite3_errmsg(store->db), code);
    return brc__error_set(error, BRC_E_LEDGER, "%s: %s (SQLite's code %d)", store->files.path,
                          reason, code);
}

int brc__store_run(struct brc__store *store, const char *sql)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL);
}

int brc__store_number(struct brc__store *store, const char *sql, int64_t *ret_number)
{
    sqlite3_stmt *stmt;

    *ret_number = 0;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL);
    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        *ret_number = sqlite3_column_int64(stmt, 0);
    int end = sqlite3_finalize(stmt);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : end;
}
