/* The calls of a client that are not done: waiting for their turn, under way, or ready to be told.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__FLIGHT_H
#define BRC__FLIGHT_H

#include "attempt.h"

/* Takes a call in, behind those that wait for the same host. One that failed already (call->code)
 * is ready to be told at once, with client->error. Returns 0, or BRC_E_NOMEM and the call is still
 * the caller's. */
int brc__flight_add(brc_client *client, struct brc__call *call);

/* The client has other credentials: nobody waits for keys of the old ones any more. */
void brc__flight_forget_keys(brc_client *client);

/* Starts the calls whose turn it is. */
void brc__flight_start(brc_client *client);

/* Tells the calls that have ended. Callbacks may add and cancel calls meanwhile. */
void brc__flight_deliver(brc_client *client);

/* When something can be started or told, on the steady clock: 0 for now, INT64_MAX for never. */
int64_t brc__flight_due(const brc_client *client);

/* Breaks a call off; it is told with the next delivery, or when it is drained. */
void brc__flight_cancel(brc_client *client, struct brc__call *call, bool drain);

/* Holds a call's events back, or no longer. */
void brc__flight_pause(struct brc__call *call, bool paused);

/* Breaks every call off at once. */
void brc__flight_cancel_all(brc_client *client);

/* Frees all calls without telling anybody, and the hosts. */
void brc__flight_free(brc_client *client);

#endif
