/* One attempt of a call: signed and sent, taken in while it comes, ended.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__ATTEMPT_H
#define BRC__ATTEMPT_H

#include "call.h"
#include "credentials.h"

/* What a kind of call adds to its attempts' headers, and for whom they are signed. */
struct brc__signing {
    const char *const *headers; /* "Name: value" */
    size_t header_count;        /* at most six */
    const char *region;
    const char *service; /* signing name */
    int64_t utc_ms;
    struct brc__keys *keys; /* NULL: the client's credentials */
    bool takes_bearer;      /* a bearer token does, if the client's credentials have one */
};

/* Appends the headers, and those that sign them. Returns 0 or the failure, with the reason in
 * client->error. */
int brc__attempt_sign(brc_client *client, struct brc__call *call,
                      const struct brc__signing *signing);

/* Appends the headers alone. */
int brc__attempt_leave_unsigned(brc_client *client, struct brc__call *call,
                                const struct brc__signing *signing);

/* Signs and submits. Returns 0 or the failure, with the reason in client->error. */
int brc__attempt_start(brc_client *client, struct brc__call *call);

/* Takes what came of a streamed answer, as far as the call is not paused. */
void brc__attempt_take(brc_client *client, struct brc__call *call);

/* Holds the events back, or no longer. */
void brc__attempt_pause(struct brc__call *call);

/* Breaks the attempt off, at once or, if it may have been billed, when its answer was taken in. */
void brc__attempt_cancel(brc_client *client, struct brc__call *call, bool drain);

/* What an answer that is no success says, or why there is none; returns the code. */
int brc__attempt_failed(brc_client *client, const struct brc__ending *http);

/* Has the kind read and note how the attempt ended, and gives the exchange back. Afterwards
 * call->code and client->error are those of the call. Returns in how many milliseconds the call is
 * to be attempted again; -1: not at all. */
int64_t brc__attempt_end(brc_client *client, struct brc__call *call);

/* Has the kind note that an attempt ended before anything of it left, with that code and the reason
 * in client->error. */
void brc__attempt_end_unsent(brc_client *client, struct brc__call *call, int code);

#endif
