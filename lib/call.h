/* One call and its attempt: made from a request, started, ended.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__CALL_H
#define BRC__CALL_H

#include "client_state.h"

struct brc__call {
    struct brc__call *previous, *next;                   /* in its bucket */
    struct brc__call *previous_in_queue, *next_in_queue; /* at the host, or among the ready ones */
    bool waiting;                                        /* at the host */
    int64_t id;
    brc_done_fn done;
    void *user_data;
    brc_destroy_fn destroy;
    struct brc__host *host; /* NULL if it failed before it had one */
    struct brc__buf body;
    struct brc__buf url;
    char region[64];
    struct brc__buf headers;        /* as secret as the session token among them */
    struct brc__exchange *exchange; /* while the attempt is under way */
    brc_result *result;       /* made first: the end of an attempt is recorded without memory */
    struct brc__error *error; /* why it ended without an attempt; NULL for want of memory */
    int64_t started_at;       /* on the steady clock */
    int code;
};

/* Makes a call from a request, which is not needed afterwards. Returns 0; BRC_E_NOMEM with no call;
 * or another code, with a call that has it and cannot be started, and the reason in client->error.
 */
int brc__call_new(brc_client *client, const brc_request *request, struct brc__call **ret_call);

void brc__call_free(struct brc__call *call);

/* Signs and submits. Returns 0 or the failure, with the reason in client->error. */
int brc__call_start(brc_client *client, struct brc__call *call);

/* Reads how the attempt ended, gives the usage record out, and the exchange back. Afterwards
 * call->code and client->error are those of the call. */
void brc__call_end(brc_client *client, struct brc__call *call);

#endif
