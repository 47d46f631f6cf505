/* A call that runs a model: Converse or ConverseStream, with a usage record for each attempt.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__MODEL_CALL_H
#define BRC__MODEL_CALL_H

#include "arn.h"
#include "call.h"
#include "stream.h"

struct brc__model_call {
    struct brc__call call; /* first */
    char region[64];       /* of the profile it goes through */
    bool diverted;         /* the URL is that of another profile */
    bool shrunk;           /* the body's maxTokens is lower than asked for */
    brc_event_fn event;    /* NULL: the answer comes in one piece */
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

/* Appends where models of that region are run, without a slash at its end. Returns 0 or the
 * failure, with its reason in client->error but for what the buffer's status says. */
int brc__model_endpoint(brc_client *client, const struct brc__arn *arn, struct brc__buf *to);

#endif
