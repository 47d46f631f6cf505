/* The locks between processes: bytes of a file beside the ledger, held as OFD locks. Those belong
 * to what open() returned: they end with the process, however it ends, two of them exclude each
 * other within a process as well, and nothing that another library closes can drop them.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__WRITER_LOCK_H
#define BRC__WRITER_LOCK_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum {
    BRC__WRITER_LOCK_BUSY = 1
};

struct brc__writer_lock {
    int fd;
    uint64_t who; /* tells this one's marks from those of others */
    bool marked;  /* it said that it waits */
    bool served;  /* it was the last of this process to have had its turn */
    struct stat file;
};

/* Opens or makes the file. `like` is the ledger's file, or NULL: whoever may write that shall be
 * able to lock this. Returns 0 or BRC_E_LEDGER with the reason in error. */
int brc__writer_lock_open(struct brc__writer_lock *lock, const char *path, const struct stat *like,
                          struct brc__error *error);

/* Ends all that it holds. In a forked child it ends nothing of the parent's. */
void brc__writer_lock_close(struct brc__writer_lock *lock);

/* The writer's byte. Waits at most wait_ms, in sleeps. Returns 0, BRC_E_LEDGER, or
 * BRC__WRITER_LOCK_BUSY: who comes back within 20 ms is let go before those served meanwhile. */
int brc__writer_lock_take(struct brc__writer_lock *lock, int64_t wait_ms, struct brc__error *error);

/* At once or not at all, with no intention to come back. */
bool brc__writer_lock_try(struct brc__writer_lock *lock);
void brc__writer_lock_give(struct brc__writer_lock *lock);

/* The readers' byte, shared: taken while holding the writer's byte, kept without it. Returns 0 or
 * BRC_E_LEDGER. */
int brc__writer_lock_read(struct brc__writer_lock *lock, struct brc__error *error);
void brc__writer_lock_read_end(struct brc__writer_lock *lock);

/* While holding the writer's byte, so that no reader can come: true if none was left within
 * wait_ms. Ended by brc__writer_lock_read_end(). */
bool brc__writer_lock_no_readers(struct brc__writer_lock *lock, int64_t wait_ms);

/* While holding the writer's byte: says that somebody is here; asks whether that is nobody else,
 * which remains so until the byte is given or the lock is closed. */
int brc__writer_lock_attend(struct brc__writer_lock *lock, struct brc__error *error);
bool brc__writer_lock_alone(struct brc__writer_lock *lock);

/* Owner's bytes, from 1. False if somebody has it, or it cannot be had. */
bool brc__writer_lock_own(struct brc__writer_lock *lock, int64_t owner);
void brc__writer_lock_disown(struct brc__writer_lock *lock, int64_t owner);

/* Whether another lock than this one has the byte; true also if it cannot be known. */
bool brc__writer_lock_owned(const struct brc__writer_lock *lock, int64_t owner);

#endif
