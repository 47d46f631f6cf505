/* SPDX-License-Identifier: MIT */
#include "store.h"
#include "clock.h"
#include "database.h"
#include "fault_points.h"
#include "memory.h"
#include "store_state.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    LONGEST_WAIT_MS = 10000, /* for a turn, where nobody says how long; then somebody hangs */
    LOG_PAGES_MAX = 1000,    /* a checkpoint is due */
    LOG_PAGES_FAR = 8000,    /* and worth a wait for those who read */
    READERS_WAIT_MS = 50,
};

static int check_turn(struct brc__store *store, int rc, struct brc__error *error)
{
    if (rc != BRC__WRITER_LOCK_BUSY)
        return rc;
    return brc__error_set(
        error, BRC_E_LEDGER,
        "%s: another process has kept everybody from writing for %d s: is it stopped, "
        "or hanging?",
        store->files.path, LONGEST_WAIT_MS / 1000);
}

/* In its turn: who comes second finds all done. */
static int open_in_turn(struct brc__store *store, struct brc__error *error)
{
    int rc = brc__writer_lock_attend(&store->lock, error);

    if (rc < 0)
        return rc;
    rc = brc__ledger_file_look(&store->files, error); /* again: somebody may have made it */
    if (rc < 0)
        return rc;
    rc = brc__database_open(store, error);
    if (rc < 0)
        return rc;
    return brc__ledger_file_guard(&store->files, error);
}

static void free_p(struct brc__store **store)
{
    brc__store_free(*store);
}

static int open_store(struct brc__store *store, const char *path, struct brc__error *error)
{
    int rc = brc__ledger_file_find(&store->files, path, error);

    if (rc < 0)
        return rc;
    rc = brc__writer_lock_open(&store->lock, store->files.lock_path,
                               store->files.exists ? &store->files.file : NULL, error);
    if (rc < 0)
        return rc;
    rc = brc__writer_lock_take(&store->lock, LONGEST_WAIT_MS, error);
    if (rc != BRC_OK)
        return check_turn(store, rc, error);
    rc = open_in_turn(store, error);
    brc__writer_lock_give(&store->lock);
    return rc;
}

int brc__store_open(const char *path, struct brc__store **ret_store, struct brc__error *error)
{
    brc__cleanup(free_p) struct brc__store *store = calloc(1, sizeof *store);

    *ret_store = NULL;
    if (store == NULL)
        return brc__error_set(error, BRC_E_NOMEM, "out of memory");
    store->pid = getpid();
    store->lock.fd = -1;
    store->files = (struct brc__ledger_file){.guards = {-1, -1}};
    if (sqlite3_threadsafe() == 0)
        return brc__error_set(error, BRC_E_LEDGER,
                              "this program's SQLite was built for a single thread: use another");
    int rc = open_store(store, path, error);
    if (rc == BRC_E_NOMEM)
        return brc__error_set(error, BRC_E_NOMEM, "out of memory");
    if (rc < 0)
        return rc;
    *ret_store = brc__steal(store);
    return BRC_OK;
}

/* What a forked child leaves as it is: SQLite would undo the parent's transaction in the memory and
 * the files that they share, and its mutexes may be held by threads that are not there. Kept in
 * reach, so that nobody takes it for a leak. */
static _Atomic(struct brc__store *) left_behind;

static void leave_behind(struct brc__store *store)
{
    struct brc__store *next = atomic_load(&left_behind);

    do
        store->next = next;
    while (!atomic_compare_exchange_weak(&left_behind, &next, store));
}

/* The log into the file, all of it; nobody reads. What fails is made up for by the next. */
static void checkpoint(struct brc__store *store, int mode)
{
    int pages = 0, moved = 0;

    BRC__FAULT(before_checkpoint);
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, mode, &pages, &moved);
    store->tried_at_pages = code == SQLITE_OK ? 0 : store->log_pages;
    BRC__FAULT(after_checkpoint);
}

static void checkpoint_if_alone(struct brc__store *store)
{
    struct brc__error ignored;

    if (brc__writer_lock_try(&store->lock) && brc__writer_lock_alone(&store->lock) &&
        brc__ledger_file_same(&store->files, &store->lock.file, &ignored) == BRC_OK)
        checkpoint(store, SQLITE_CHECKPOINT_TRUNCATE);
}

struct brc__store *brc__store_free(struct brc__store *store)
{
    if (store == NULL)
        return NULL;
    bool is_ours = store->pid == getpid();
    if (is_ours && store->db != NULL) {
        brc__store_rollback(store);
        brc__statements_free(store);
        if (store->files.guards[1] >= 0)
            checkpoint_if_alone(store);
        sqlite3_close(store->db);
    }
    /* Closing ends nothing of the parent's: these locks belong to what both have open. */
    brc__ledger_file_close(&store->files);
    brc__writer_lock_close(&store->lock);
    if (is_ours)
        free(store);
    else
        leave_behind(store);
    return NULL;
}

int brc__store_set_durable(struct brc__store *store, bool power_loss, struct brc__error *error)
{
    int code =
        brc__store_run(store, power_loss ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");

    return code == SQLITE_OK ? BRC_OK : brc__store_failure(store, code, error);
}

/* Real time, whatever a test makes of the library's clocks: other processes are waited for. */
static int64_t real_ms(void)
{
    struct timespec t = {0};

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool is_busy(int code)
{
    return (code & 0xff) == SQLITE_BUSY;
}

/* In a turn: begins, unless the files went away or another program, which does not know of turns,
 * is writing. */
static int begin(struct brc__store *store, bool writing, struct brc__error *error)
{
    int rc = brc__ledger_file_same(&store->files, &store->lock.file, error);

    if (rc < 0)
        return rc;
    /* A snapshot is taken with the first thing that is read. */
    int code = writing ? brc__statement_run(store, "BEGIN IMMEDIATE")
                       : brc__store_run(store, "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1");
    if (code == SQLITE_OK)
        return BRC_OK;
    if (!sqlite3_get_autocommit(store->db))
        brc__store_run(store, "ROLLBACK");
    return is_busy(code) ? BRC__STORE_BUSY : brc__store_failure(store, code, error);
}

/* A turn, and a transaction in it. */
static int begin_in_turn(struct brc__store *store, bool writing, int64_t wait_ms,
                         struct brc__error *error)
{
    const struct timespec a_while = {.tv_nsec = 1000000};
    int64_t end = real_ms() + wait_ms, left = wait_ms;

    if (store->pid != getpid())
        return brc__error_set(error, BRC_E_FORKED, "this ledger was opened before fork()");
    if (store->writing || store->reading)
        return brc__error_set(error, BRC_E_LEDGER, "%s: a transaction is open already",
                              store->files.path);
    for (;;) {
        int rc = brc__writer_lock_take(&store->lock, left, error);
        if (rc != BRC_OK)
            return rc < 0 ? rc : BRC__STORE_BUSY;
        rc = begin(store, writing, error);
        if (rc == BRC_OK)
            return BRC_OK;
        brc__writer_lock_give(&store->lock);
        left = end - real_ms();
        if (rc < 0 || left <= 0)
            return rc;
        nanosleep(&a_while, NULL);
    }
}

int brc__store_begin(struct brc__store *store, int64_t wait_ms, struct brc__error *error)
{
    int rc = begin_in_turn(store, true, wait_ms, error);

    if (rc == BRC_OK)
        store->writing = true;
    return rc;
}

static void checkpoint_if_due(struct brc__store *store)
{
    int since = store->log_pages - store->tried_at_pages;

    if (store->log_pages < LOG_PAGES_MAX ||
        (store->tried_at_pages > 0 && since >= 0 && since < LOG_PAGES_MAX / 4))
        return;
    int64_t wait_ms = store->log_pages >= LOG_PAGES_FAR ? READERS_WAIT_MS : 0;
    if (!brc__writer_lock_no_readers(&store->lock, wait_ms)) {
        store->tried_at_pages = store->log_pages;
        return;
    }
    checkpoint(store, SQLITE_CHECKPOINT_RESTART);
    brc__writer_lock_read_end(&store->lock);
}

/* The transaction did not happen, nor did an owner that began in it. */
static void forget_transaction(struct brc__store *store)
{
    if (store->owner != 0 && !store->owner_is_stored) {
        brc__writer_lock_disown(&store->lock, store->owner);
        store->owner = 0;
    }
}

int brc__store_commit(struct brc__store *store, struct brc__error *error)
{
    if (!store->writing)
        return brc__error_set(error, BRC_E_LEDGER, "%s: no transaction is open", store->files.path);
    if (sqlite3_get_autocommit(store->db)) {
        brc__store_rollback(store);
        return brc__error_set(error, BRC_E_LEDGER,
                              "%s: the transaction had to be given up when a step of it failed",
                              store->files.path);
    }
    brc__statements_reset(store);
    int code = brc__statement_run(store, "COMMIT");
    if (code != SQLITE_OK) {
        int rc = brc__store_failure(store, code, error);
        brc__store_rollback(store);
        return rc;
    }
    store->owner_is_stored = store->owner != 0;
    checkpoint_if_due(store);
    store->writing = false;
    brc__writer_lock_give(&store->lock);
    return BRC_OK;
}

void brc__store_rollback(struct brc__store *store)
{
    if (!store->writing && !store->reading)
        return;
    brc__statements_reset(store);
    if (!sqlite3_get_autocommit(store->db))
        brc__store_run(store, "ROLLBACK");
    if (store->writing) {
        forget_transaction(store);
        brc__writer_lock_give(&store->lock);
    }
    if (store->reading)
        brc__writer_lock_read_end(&store->lock);
    store->writing = store->reading = false;
}

int brc__store_read(struct brc__store *store, struct brc__error *error)
{
    int rc = begin_in_turn(store, false, LONGEST_WAIT_MS, error);

    if (rc != BRC_OK)
        return check_turn(store, rc, error);
    store->reading = true;
    rc = brc__writer_lock_read(&store->lock, error);
    brc__writer_lock_give(&store->lock);
    if (rc < 0)
        brc__store_rollback(store);
    return rc;
}

/* A number whose byte nobody has. It may be had by others if the file is an old copy. */
static int take_owners_byte(struct brc__store *store, struct brc__error *error)
{
    enum {
        TRIES = 10000
    };
    int64_t last;
    int code = brc__store_number(store, "SELECT max(id) FROM owner", &last);

    if (code != SQLITE_OK)
        return brc__store_failure(store, code, error);
    for (int64_t owner = last + 1; owner <= last + TRIES; owner++) {
        if (!brc__writer_lock_own(&store->lock, owner))
            continue;
        store->owner = owner;
        store->owner_is_stored = false;
        return BRC_OK;
    }
    return brc__error_set(error, BRC_E_LEDGER, "%s: no lock for this process can be had",
                          store->files.lock_path);
}

static int insert_owner(struct brc__store *store, struct brc__error *error)
{
    char host[256] = "";
    struct brc__statement *insert =
        brc__prepare(store, "INSERT INTO owner (id, started_at_ms, pid, host) VALUES (?, ?, ?, ?)");

    gethostname(host, sizeof host - 1);
    brc__bind_int(insert, 1, store->owner);
    brc__bind_int(insert, 2, brc__clock_utc_ms());
    brc__bind_int(insert, 3, getpid());
    brc__bind_text(insert, 4, host);
    return brc__step(store, insert, error);
}

int brc__store_own(struct brc__store *store, int64_t *ret_owner, struct brc__error *error)
{
    *ret_owner = 0;
    if (store->owner == 0) {
        int rc = take_owners_byte(store, error);
        if (rc < 0)
            return rc;
        BRC__FAULT(after_owner_locked);
        rc = insert_owner(store, error);
        if (rc < 0) {
            forget_transaction(store);
            return rc;
        }
    }
    *ret_owner = store->owner;
    return BRC_OK;
}

bool brc__store_owner_lives(struct brc__store *store, int64_t owner)
{
    return owner != 0 && (owner == store->owner || brc__writer_lock_owned(&store->lock, owner));
}

int64_t brc__store_last_row(const struct brc__store *store)
{
    return sqlite3_last_insert_rowid(store->db);
}

int64_t brc__store_changes(const struct brc__store *store)
{
    return sqlite3_changes64(store->db);
}

int brc__store_integrity(struct brc__store *store, void (*line)(const char *text, void *user_data),
                         void *user_data, struct brc__error *error)
{
    struct brc__statement *check = brc__prepare(store, "PRAGMA integrity_check");
    int rc;

    for (;;) {
        rc = brc__step(store, check, error);
        if (rc <= 0)
            return rc;
        const char *text = brc__column_text(check, 0);
        if (text != NULL && strcmp(text, "ok") != 0)
            line(text, user_data);
    }
}
