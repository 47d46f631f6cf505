/* One call, from its request to its end; its attempts are in attempt.h.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__CALL_H
#define BRC__CALL_H

#include "client_state.h"
#include "stream.h"

struct brc__call {
    struct brc__call *previous, *next;                   /* in its bucket */
    struct brc__call *previous_in_queue, *next_in_queue; /* in the queue of its state */
    enum {
        BRC__CALL_IDLE,        /* new, or its end is being told */
        BRC__CALL_WAITING,     /* at its host, for its turn */
        BRC__CALL_FLYING,      /* an attempt is under way */
        BRC__CALL_BACKING_OFF, /* until its next attempt is due */
        BRC__CALL_READY,       /* its end is to be told */
    } state;
    int64_t id;
    brc_event_fn event; /* NULL: the answer comes in one piece */
    brc_done_fn done;
    void *user_data;
    brc_destroy_fn destroy;
    struct brc__host *host; /* NULL if it failed before it had one */
    struct brc__buf body;
    struct brc__buf url;
    char region[64];
    struct brc__buf headers;        /* as secret as the session token among them */
    struct brc__exchange *exchange; /* while an attempt is under way */
    brc_result *result;       /* made first: the end of an attempt is recorded without memory */
    struct brc__error *error; /* why it ended without an attempt; NULL for want of memory */
    struct brc__stream stream;
    bool paused;
    bool canceled;
    int64_t started_at;       /* the attempt, on the steady clock */
    int64_t signed_offset_ms; /* of the clock it was signed by */
    int64_t due_at;           /* the next attempt, on the steady clock */
    int retry_cost;           /* of the attempt, in tokens; 0: it is the first */
    int code;
};

/* Makes a call from a request, which is not needed afterwards; a stream if there is an event
 * function. Returns 0; BRC_E_NOMEM with no call; or another code, with a call that has it and
 * cannot be started, and the reason in client->error. */
int brc__call_new(brc_client *client, const brc_request *request, brc_event_fn event,
                  struct brc__call **ret_call);

void brc__call_free(struct brc__call *call);

#endif
