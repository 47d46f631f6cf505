/* What the rooms of the ledger share: the handle, and what its rows' numbers mean.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__LEDGER_STATE_H
#define BRC__LEDGER_STATE_H

#include "catalogue.h"
#include "ledger.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

enum {
    BRC__LEDGER_WAIT_MS = 10 * 1000, /* of brc_ledger_put() and its like, for others that write */
    BRC__LOST_LOOK_MS = 10 * 1000    /* how often the gate looks for owners that are gone */
};

/* use.flags */
enum {
    BRC__USE_DEGRADED = 1, /* through another profile than the one asked for */
    BRC__USE_SHRUNK = 2,   /* maxTokens was lowered to what the remainder buys */
    BRC__USE_COUNTED = 4,  /* the input is AWS's own count, not a bound */
    BRC__USE_UNHELD = 8, /* admitted while the ledger failed: row and settle were stored together */
    BRC__USE_SHADOWED = 16 /* a budget in shadow mode would have refused it */
};

/* settle.flags; the first three bits are BRC__PRICED_... of price.h */
enum {
    BRC__SETTLE_BOUND_EXCEEDED = 8, /* it cost more than was held */
    BRC__SETTLE_LOST = 16,          /* its owner was gone: nobody said what came of it */
    BRC__SETTLE_LATE = 32,          /* had been taken for lost, then its owner spoke after all */
    BRC__SETTLE_COST_CUT = 64       /* cost more than 2^63 - 1 picodollars; that is kept */
};

/* Columns of `total`. Each is the true sum or, where that passes it, 2^63 - 1: only budgets in
 * shadow mode, breaches and what was filled in or unheld can bring a sum there (totals.h). `held`
 * is what still runs, `unreported` what ended without a cost; both are sums of use.hold, none
 * counting 0. */

struct brc_ledger {
    atomic_int references;
    pid_t owner;
    pthread_mutex_t mutex;    /* over all that follows */
    struct brc__store *store; /* NULL: it could not be opened; error says why */
    struct brc__catalogue *catalogue;
    struct brc__error error;    /* of the last failure */
    struct brc__hold *owed;     /* settles that could not be stored */
    int64_t looked_for_lost_at; /* steady clock; 0: never */
    bool is_durable;            /* what the store was last told */
    /* Notices. */
    brc_notice_fn notice;
    void *user_data;
    brc_destroy_fn destroy;
    int64_t told_edge;                   /* all up to this id were delivered to the callback */
    int64_t marked_edge;                 /* all up to this id are recorded as delivered */
    atomic_bool has_edges;               /* some may be to be told */
    _Atomic int64_t looked_for_edges_at; /* steady clock */
    bool is_noticing;                    /* a thread is telling, the mutex left */
    pthread_cond_t noticed;              /* it is not any more */
    /* Threads inside a callback: of a row, which keeps the mutex, and of a notice, which does not.
     * Read without the mutex; nobody but the thread itself finds itself there. */
    _Atomic(pthread_t) telling_row, telling_notice;
    atomic_bool is_telling_row, is_telling_notice;
};

/* The mutex, for at most wait_ms, and a reference, so that a callback may free the handle. Returns
 * 0, BRC__LEDGER_BUSY, BRC_E_FORKED, BRC_E_RECURSION. */
int brc__ledger_enter(brc_ledger *ledger, int64_t wait_ms);

/* Lets go of both; the handle may be gone then. */
void brc__ledger_leave(brc_ledger *ledger);

/* Around the row function of a query, inside the mutex: every function on the ledger is
 * BRC_E_RECURSION for this thread. */
void brc__ledger_tell_rows(brc_ledger *ledger, bool telling);

/* A transaction, inside the mutex, with the catalogue of its moment. Ended by brc__store_commit()
 * or brc__store_rollback(); after anything but 0 there is none. Returns 0, BRC__LEDGER_BUSY or the
 * failure with its reason in error (also of a store that could not be opened). */
int brc__ledger_begin(brc_ledger *ledger, int64_t wait_ms, struct brc__error *error);
int brc__ledger_begin_read(brc_ledger *ledger, struct brc__error *error);

/* Rows that move money, each within a writing transaction. */

/* Running holds of owners that are gone become unreported (settle.c). */
int brc__ledger_find_lost(brc_ledger *ledger, struct brc__error *error);

/* Strict readers of the kinds `resolution` and `external` (resolve.c). A resolution looks for lost
 * owners itself. */
int brc__resolution_put(brc_ledger *ledger, const char *json, int64_t now_ms,
                        struct brc__error *error);
int brc__external_put(brc_ledger *ledger, const char *json, int64_t now_ms,
                      struct brc__error *error);

/* Totals and charges of a budget that was put in this transaction while its window is running, and
 * the edges that it has passed already (fill.c). It is of the ledger's catalogue, which was read
 * again since. A budget's owner, window and offset may not be others than before: BRC_E_INVALID. */
int brc__budget_fill(brc_ledger *ledger, const struct brc__budget *budget, int64_t now_ms,
                     struct brc__error *error);

#endif
