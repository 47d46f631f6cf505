/* One attempt of a call: signed and sent, read while it comes, ended.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__ATTEMPT_H
#define BRC__ATTEMPT_H

#include "call.h"

/* Signs and submits. Returns 0 or the failure, with the reason in client->error. */
int brc__attempt_start(brc_client *client, struct brc__call *call);

/* Tells the events of a stream that came, as far as the call is not paused. */
void brc__attempt_read(brc_client *client, struct brc__call *call);

/* Holds the events back, or no longer. */
void brc__attempt_pause(struct brc__call *call);

/* Breaks the attempt off, at once or, if it may have been billed, when its answer was taken in. */
void brc__attempt_cancel(brc_client *client, struct brc__call *call, bool drain);

/* Reads how the attempt ended, gives the usage record out, and the exchange back. Afterwards
 * call->code and client->error are those of the call. Returns in how many milliseconds the call is
 * to be attempted again; -1: not at all. */
int64_t brc__attempt_end(brc_client *client, struct brc__call *call);

#endif
