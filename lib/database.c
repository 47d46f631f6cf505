/* What is chosen of SQLite, and why:
 *   vfs "unix"           whatever the application made its default
 *   NOMUTEX              one thread at a time, by contract
 *   write-ahead log      a commit is one append; readers see one moment and stop nobody
 *   no auto-checkpoint, none on close, no busy handler: turns are taken with writer_lock.h; but
 *                        while it is opened, others than us, who know of no turns, are waited for
 *   synchronous          NORMAL survives the process, FULL the loss of power
 *   mmap_size 0          a failing disk is an error, not a signal
 *   temp_store MEMORY    what is sorted is not spread over other folders
 *   cell_size_check      damage is found where it is read
 *   no triggers, no views, no trust in the schema, defensive: a file made by others runs nothing
 *
 * SPDX-License-Identifier: MIT */
#include "database.h"
#include "schema.h"
#include "store_state.h"

#include <stdio.h>
#include <string.h>

enum {
    OTHERS_WAIT_MS = 2000
};

/* Called after each commit with the length of the log. */
static int on_log(void *user_data, sqlite3 *db, const char *name, int pages)
{
    struct brc__store *store = user_data;

    (void)db, (void)name;
    store->log_pages = pages;
    return SQLITE_OK;
}

static int configure(struct brc__store *store)
{
    sqlite3 *db = store->db;

    sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_busy_timeout(db, OTHERS_WAIT_MS);
    sqlite3_wal_hook(db, on_log, store); /* in the place of the one that checkpoints */
    return brc__store_run(store, "PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
                                 "PRAGMA cell_size_check=ON; PRAGMA synchronous=NORMAL;"
                                 "PRAGMA foreign_keys=OFF; PRAGMA locking_mode=NORMAL;");
}

/* Before the log is switched on, so that the first bytes of the file itself say whose it is,
 * whatever is still in the log. */
static int mark_as_ours(struct brc__store *store)
{
    char sql[64];

    snprintf(sql, sizeof sql, "PRAGMA application_id=%d", BRC__SCHEMA_APPLICATION);
    return brc__store_run(store, sql);
}

static int switch_log_on(struct brc__store *store)
{
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(store->db, "PRAGMA journal_mode=WAL", -1, &stmt, NULL);

    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(stmt);
    const char *mode = code == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    bool is_on = mode != NULL && strcmp(mode, "wal") == 0;
    int end = sqlite3_finalize(stmt);
    if (is_on)
        return SQLITE_OK;
    return code == SQLITE_ROW ? SQLITE_CANTOPEN : end;
}

static int migrate(struct brc__store *store, int64_t version)
{
    char sql[64];
    int code = brc__store_run(store, "BEGIN IMMEDIATE");

    for (int64_t i = version; i < BRC__SCHEMA_VERSION && code == SQLITE_OK; i++)
        code = brc__store_run(store, brc__schema_steps[i]);
    snprintf(sql, sizeof sql, "PRAGMA user_version=%d", BRC__SCHEMA_VERSION);
    if (code == SQLITE_OK)
        code = brc__store_run(store, sql);
    if (code == SQLITE_OK)
        code = brc__store_run(store, "COMMIT");
    if (!sqlite3_get_autocommit(store->db))
        brc__store_run(store, "ROLLBACK");
    return code;
}

/* Which version the file is of, 0 for an empty one. */
static int read_version(struct brc__store *store, int64_t *ret_version, struct brc__error *error)
{
    const char *path = store->files.path;
    int64_t tables = 0;
    int code = brc__store_number(store, "PRAGMA user_version", ret_version);

    if (code == SQLITE_OK)
        code = brc__store_number(store, "SELECT count(*) FROM sqlite_schema", &tables);
    if (code != SQLITE_OK)
        return brc__store_failure(store, code, error);
    if (*ret_version > BRC__SCHEMA_VERSION)
        return brc__error_set(error, BRC_E_LEDGER,
                              "%s: it is of version %lld, this program knows up to %d: use a newer "
                              "program",
                              path, (long long)*ret_version, BRC__SCHEMA_VERSION);
    if (*ret_version < 0 || (*ret_version == 0) != (tables == 0))
        return brc__error_set(error, BRC_E_LEDGER,
                              "%s: its tables are not those of a ledger: restore a backup", path);
    return BRC_OK;
}

int brc__database_open(struct brc__store *store, struct brc__error *error)
{
    int64_t version = 0;
    int code = sqlite3_open_v2(store->files.path, &store->db,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                                   SQLITE_OPEN_PRIVATECACHE,
                               "unix");

    if (store->db == NULL)
        return BRC_E_NOMEM;
    if (code == SQLITE_OK)
        code = configure(store);
    if (code != SQLITE_OK)
        return brc__store_failure(store, code, error);
    int rc = read_version(store, &version, error);
    if (rc < 0)
        return rc;
    if (version == 0)
        code = mark_as_ours(store);
    if (code == SQLITE_OK)
        code = switch_log_on(store);
    if (code == SQLITE_OK && version < BRC__SCHEMA_VERSION)
        code = migrate(store, version);
    sqlite3_busy_timeout(store->db, 0);
    return code == SQLITE_OK ? BRC_OK : brc__store_failure(store, code, error);
}
