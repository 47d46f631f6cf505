/* The ledger's file: SQLite, and the locks beside it. Nothing else in the library knows SQLite. One
 * thread at a time, but for the locks between processes, which are kept here.
 *
 * Every write, and every checkpoint, happens under the writer's byte of PATH-lock (an OFD lock),
 * which is fair between processes; SQLite's own locks are not relied on: another copy of SQLite in
 * the process would drop them. A reader takes its snapshot in a writer's turn and holds the
 * readers' byte as long as it reads, which a checkpoint does not pass. SPDX-License-Identifier: MIT
 */
#ifndef BRC__STORE_H
#define BRC__STORE_H

#include "error.h"
#include "statement.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct brc__store;

enum {
    BRC__STORE_BUSY = 1 /* others write; nothing happened */
};

/* Opens or makes the file and brings it to today's schema. Returns 0; BRC_E_LEDGER with the reason
 * in error: network file system, no such folder, read-only, damaged, of a newer version, full;
 * BRC_E_NOMEM. */
int brc__store_open(const char *path, struct brc__store **ret_store, struct brc__error *error);
struct brc__store *brc__store_free(struct brc__store *store);

/* Whether a commit also survives the loss of power (fsync), not only that of the process. */
int brc__store_set_durable(struct brc__store *store, bool power_loss, struct brc__error *error);

/* A transaction that writes. Waits at most wait_ms for other processes. Returns 0, BRC__STORE_BUSY,
 * or BRC_E_LEDGER, BRC_E_NOMEM, BRC_E_FORKED; after anything but 0 there is none. Who comes back
 * within 20 ms of BRC__STORE_BUSY has its turn before those who were served meanwhile. */
int brc__store_begin(struct brc__store *store, int64_t wait_ms, struct brc__error *error);

/* Ends it. A failed commit has rolled back, with the reason in error. Checkpoints when the log has
 * grown enough. */
int brc__store_commit(struct brc__store *store, struct brc__error *error);
void brc__store_rollback(struct brc__store *store);

/* A transaction that reads one moment's state; ended by brc__store_rollback(). Waits for its turn;
 * who keeps it waiting for ten seconds hangs, and it is BRC_E_LEDGER. */
int brc__store_read(struct brc__store *store, struct brc__error *error);

/* The owner's byte of this process's handle is locked for the life of the store, from the first
 * time on. Within a writing transaction. */
int brc__store_own(struct brc__store *store, int64_t *ret_owner, struct brc__error *error);

/* Whether somebody still holds that owner's byte. True for the store's own. */
bool brc__store_owner_lives(struct brc__store *store, int64_t owner);

int64_t brc__store_last_row(const struct brc__store *store);
int64_t brc__store_changes(const struct brc__store *store);

/* SQLite's own check of the file's structure; appends one line a finding. */
int brc__store_integrity(struct brc__store *store, void (*line)(const char *text, void *user_data),
                         void *user_data, struct brc__error *error);

#endif
