/* A call that runs a model: Converse or ConverseStream, with a usage record for each attempt.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__MODEL_CALL_H
#define BRC__MODEL_CALL_H

#include "call.h"
#include "stream.h"

struct brc__model_call {
    struct brc__call call; /* first */
    char region[64];
    brc_event_fn event; /* NULL: the answer comes in one piece */
    brc_done_fn done;
    void *user_data;
    brc_destroy_fn destroy;
    brc_result *result; /* made first: the end of an attempt is recorded without memory */
    struct brc__stream stream;
};

/* Makes a call from a request, which is not needed afterwards; a stream if there is an event
 * function. Returns 0; BRC_E_NOMEM with no call; or another code, with a call that has it and
 * cannot be started, and the reason in client->error. */
int brc__model_call_new(brc_client *client, const brc_request *request, brc_event_fn event,
                        struct brc__model_call **ret_call);

#endif
