/* One call on its way: an HTTP request that waits for its turn, is attempted as often as it may be,
 * and ends once. What kind of call it is, and so how it is signed and read, is in its kind.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__CALL_H
#define BRC__CALL_H

#include "client_state.h"
#include "http.h"
#include "uuid.h"

/* How an attempt ended: what the tables of outcome.h need to know, and the code. */
struct brc__end {
    struct brc__ending http;
    bool usage; /* was read, and can be relied on */
    int code;   /* with its text in client->error */
    char request_id[96];
};

/* Limits of a call's own, besides the client's. */
struct brc__limits {
    int64_t connect_ms, total_ms; /* of each attempt */
    int64_t attempts_max;
};

struct brc__account;

struct brc__call_kind {
    /* The region it is signed for with the keys of the client's credentials; NULL: it is not. */
    const char *(*needs_keys_for)(const brc_client *client, const struct brc__call *call);
    /* The ARN of the profile it was made for. NULL for a kind that runs no model. */
    const char *(*profile)(const struct brc__call *call);
    /* Has the client's ledger decide on the next attempt, and makes of the call what it decided.
     * Returns 0; what brc__ledger_admit() does: a positive number for what the call has to wait
     * for, or the failure, with its reason in client->error. NULL for a kind that costs nothing. */
    int (*admit)(brc_client *client, struct brc__call *call);
    /* Makes the headers of an attempt, signed at utc_ms. Returns 0 or the failure, with its reason
     * in client->error. */
    int (*sign)(brc_client *client, struct brc__call *call, int64_t utc_ms);
    /* Takes what came of a streamed answer; NULL for a kind that is never streamed. */
    void (*take)(brc_client *client, struct brc__call *call);
    /* Reads the whole answer; returns the code, with its reason in client->error. */
    int (*read)(brc_client *client, struct brc__call *call, struct brc__end *end);
    /* Makes the record of the attempt, without memory or failure. NULL for a kind without. */
    void (*note)(brc_client *client, struct brc__call *call, const struct brc__end *end);
    /* Hands the record out; may run a callback. NULL likewise. */
    void (*record)(brc_client *client, struct brc__call *call);
    /* Tells whoever waits for it that the call has ended, with call->code and client->error. */
    void (*tell)(brc_client *client, struct brc__call *call);
    /* Frees what the kind added; the call itself too. */
    void (*free)(struct brc__call *call);
};

struct brc__call {
    const struct brc__call_kind *kind;
    struct brc__call *previous, *next;                   /* in its bucket */
    struct brc__call *previous_in_queue, *next_in_queue; /* in the queue of its state */
    enum {
        BRC__CALL_IDLE,        /* new, or its end is being told */
        BRC__CALL_WAITING,     /* at its host, for its turn */
        BRC__CALL_FLYING,      /* an attempt is under way */
        BRC__CALL_LACKING,     /* keys, until the fetch has ended */
        BRC__CALL_UNLISTED,    /* its profile is asked for, for the ledger's catalogue */
        BRC__CALL_UNCOUNTED,   /* AWS is asked how many tokens it has */
        BRC__CALL_BACKING_OFF, /* until its next attempt is due, or the ledger may be asked again */
        BRC__CALL_SETTLING,    /* an attempt has ended and is not yet settled */
        BRC__CALL_READY,       /* its end is to be told */
    } state;
    int64_t id;
    char uuid[BRC__UUID_SIZE]; /* the same for each attempt */
    int64_t attempt;           /* from 1 */
    struct brc__host *host;    /* NULL if it failed before it had one */
    const char *method;
    const struct brc__limits *limits; /* NULL: none but the client's */
    struct brc__buf body;
    struct brc__buf url;
    struct brc__buf headers;        /* as secret as the session token among them */
    bool streamed;                  /* its answer is */
    bool secret;                    /* so is its answer */
    bool direct;                    /* no proxy, whatever the host */
    bool urgent;                    /* others wait for it: it waits for no turn */
    struct brc__exchange *exchange; /* while an attempt is under way */
    struct brc__account *account;   /* NULL: nobody keeps accounts of it */
    struct brc__error *error;       /* why it ended without an attempt; NULL for want of memory */
    bool paused;
    bool canceled;
    int64_t started_at_ms;    /* the attempt, UTC */
    int64_t started_at;       /* the same on the steady clock */
    int64_t signed_offset_ms; /* of the clock it was signed by */
    int64_t due_at;           /* the next attempt, on the steady clock */
    int retry_cost;           /* of the attempt, in tokens; 0: it is the first */
    int64_t signed_by;        /* number of the client's keys; 0: by none of them */
    bool renewed;             /* tried again because AWS had refused its keys as ended */
    int code;
};

/* The call of that number that is not done, or NULL. */
struct brc__call *brc__call_find(brc_client *client, int64_t id);

/* Makes a zeroed call one of that kind. Returns 0, or BRC_E_INVALID with the reason in
 * client->error if the system gives no random numbers. */
int brc__call_init(brc_client *client, struct brc__call *call, const struct brc__call_kind *kind,
                   const char *method);

/* Frees what every kind has. */
void brc__call_clear(struct brc__call *call);

/* Frees the call. */
static inline void brc__call_free(struct brc__call *call)
{
    call->kind->free(call);
}

#endif
