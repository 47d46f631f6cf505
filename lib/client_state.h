/* What the rooms of the top floor share: the client, and the calls it has.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__CLIENT_STATE_H
#define BRC__CLIENT_STATE_H

#include "error.h"
#include "log.h"
#include "retry.h"
#include "skew.h"
#include "surroundings.h"
#include "transport.h"

#include <bedrockcost/budget.h>

#include <stdbool.h>
#include <sys/types.h>

/* Who gets the usage records. */
struct brc__usage_sink {
    brc_usage_fn fn;
    void *user_data;
    brc_destroy_fn destroy;
};

/* The application's loop; watch is NULL if it has none. */
struct brc__loop {
    brc_watch_fn watch;
    brc_timer_fn timer;
    void *user_data;
    brc_destroy_fn destroy;
    int64_t due; /* what the timer was last set to, on the steady clock; INT64_MAX: never */
};

struct brc__queue {
    struct brc__call *first, *last;
};

/* One host and the calls that wait for it, in order. */
struct brc__host {
    struct brc__host *next;
    int64_t active;
    struct brc__queue waiting;
    char name[]; /* "https://HOST:PORT" */
};

enum {
    BRC__CALL_BUCKETS = 256
};

struct brc_client {
    pid_t owner;
    brc_credentials *credentials;
    struct brc__transport *transport;
    char *endpoint;                /* NULL: the ARN's own */
    const char *endpoint_variable; /* where it came from, if from the environment */
    char *environment_fault;       /* which other variable cannot be used, and why; or NULL */
    char *ca_file;
    int64_t connect_ms, total_ms, idle_ms;
    int64_t in_flight_max, per_host_max; /* per_host_max 0: none of its own */
    struct brc__usage_sink usage;
    struct brc__log log;
    struct brc__loop loop;
    struct brc__error error;
    int64_t last_id;
    struct brc__call *calls[BRC__CALL_BUCKETS]; /* all that are not done, by number */
    int64_t call_count, in_flight;
    struct brc__host *hosts;
    struct brc__queue ready;       /* ended without an exchange; done is due */
    struct brc__queue backing_off; /* until the next attempt, the soonest first */
    struct brc__queue lacking;     /* keys to sign with, until the fetch has ended */
    struct brc__refresh *refresh;  /* NULL: nothing was ever fetched */
    struct brc__queue posted;      /* errands that are to be sent and have no number yet */
    int64_t errand_count;          /* those of the calls that are the client's own */
    brc_ledger *ledger;            /* NULL: nobody keeps accounts */
    int64_t ledger_due;            /* others write: not to be asked before this, steady clock */
    int64_t ledger_pause_ms;     /* how long it was left alone the last time; 0: it was not busy */
    int64_t ledger_until;        /* how long the client waits for it while it is freed */
    bool waiting;                /* inside a blocking call */
    struct brc__queue unlisted;  /* until their profile is in the ledger's catalogue */
    struct brc__queue uncounted; /* until AWS has said how many tokens they have */
    struct brc__queue settling;  /* their attempts have ended and are not settled yet */
    struct brc__lookup *lookups; /* profiles that AWS is asked about */
    struct brc__surroundings surroundings;
    bool told_of_sso_file; /* that others may read it; of the shared files: it was taken out */
    struct brc__retries retries;
    struct brc__skew skew;
    int driving;       /* inside a function that runs callbacks */
    int noting;        /* inside one that must not find the client half changed */
    bool closing;      /* being freed */
    bool free_pending; /* freed from inside a callback */
};

/* Ends the life of a user_data; there may be nothing to do. */
static inline void brc__destroy(brc_destroy_fn destroy, void *user_data)
{
    if (destroy != NULL)
        destroy(user_data);
}

/* 0; BRC_E_INVALID for NULL, BRC_E_FORKED, or BRC_E_RECURSION inside one of its callbacks. */
int brc__client_may_change(const brc_client *client);

#endif
