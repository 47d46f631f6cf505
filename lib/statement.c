/* SPDX-License-Identifier: MIT */
#include "statement.h"
#include "store_state.h"

#include <stdlib.h>

static struct brc__statement **slot_of(struct brc__store *store, const char *sql)
{
    /* By its address: the text is static. */
    return &store->statements[((uintptr_t)sql >> 3) % BRC__STATEMENT_SLOTS];
}

struct brc__statement *brc__prepare(struct brc__store *store, const char *sql)
{
    struct brc__statement **slot = slot_of(store, sql);

    for (struct brc__statement *s = *slot; s != NULL; s = s->next)
        if (s->sql == sql)
            return s;
    struct brc__statement *statement = calloc(1, sizeof *statement);
    if (statement == NULL) {
        store->unprepared = SQLITE_NOMEM;
        return NULL;
    }
    int code =
        sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement->stmt, NULL);
    if (code != SQLITE_OK) {
        store->unprepared = code;
        free(statement);
        return NULL;
    }
    statement->sql = sql;
    statement->next = *slot;
    *slot = statement;
    return statement;
}

static void keep(struct brc__statement *statement, int code)
{
    if (statement->failed == SQLITE_OK)
        statement->failed = code;
}

void brc__bind_int(struct brc__statement *statement, int index, int64_t value)
{
    if (statement != NULL)
        keep(statement, sqlite3_bind_int64(statement->stmt, index, value));
}

void brc__bind_null(struct brc__statement *statement, int index)
{
    if (statement != NULL)
        keep(statement, sqlite3_bind_null(statement->stmt, index));
}

void brc__bind_text(struct brc__statement *statement, int index, const char *text)
{
    if (statement != NULL)
        keep(statement, sqlite3_bind_text(statement->stmt, index, text, -1, SQLITE_TRANSIENT));
}

int brc__step(struct brc__store *store, struct brc__statement *statement, struct brc__error *error)
{
    if (statement == NULL)
        return brc__store_failure(store, store->unprepared, error);
    int code = statement->failed;
    if (code == SQLITE_OK)
        code = sqlite3_step(statement->stmt);
    if (code == SQLITE_ROW)
        return 1;
    int rc = code == SQLITE_DONE ? 0 : brc__store_failure(store, code, error);
    brc__statement_reset(statement);
    return rc;
}

void brc__statement_reset(struct brc__statement *statement)
{
    if (statement == NULL)
        return;
    sqlite3_reset(statement->stmt);
    sqlite3_clear_bindings(statement->stmt);
    statement->failed = SQLITE_OK;
}

int brc__statement_run(struct brc__store *store, const char *sql)
{
    struct brc__statement *statement = brc__prepare(store, sql);

    if (statement == NULL)
        return store->unprepared;
    int code = sqlite3_step(statement->stmt);
    brc__statement_reset(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

int64_t brc__column_int(struct brc__statement *statement, int column)
{
    return sqlite3_column_int64(statement->stmt, column);
}

bool brc__column_is_null(struct brc__statement *statement, int column)
{
    return sqlite3_column_type(statement->stmt, column) == SQLITE_NULL;
}

const char *brc__column_text(struct brc__statement *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement->stmt, column);

    /* No null, but no memory for it: the next step says so. */
    if (text == NULL && sqlite3_column_type(statement->stmt, column) != SQLITE_NULL)
        keep(statement, SQLITE_NOMEM);
    return text;
}

void brc__statements_reset(struct brc__store *store)
{
    for (int i = 0; i < BRC__STATEMENT_SLOTS; i++)
        for (struct brc__statement *s = store->statements[i]; s != NULL; s = s->next)
            if (sqlite3_stmt_busy(s->stmt))
                brc__statement_reset(s);
}

void brc__statements_free(struct brc__store *store)
{
    for (int i = 0; i < BRC__STATEMENT_SLOTS; i++) {
        while (store->statements[i] != NULL) {
            struct brc__statement *statement = store->statements[i];
            store->statements[i] = statement->next;
            sqlite3_finalize(statement->stmt);
            free(statement);
        }
    }
}
