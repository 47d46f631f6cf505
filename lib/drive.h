/* What moves a client: rounds by turns, or by the application's loop.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__DRIVE_H
#define BRC__DRIVE_H

#include "client_state.h"

enum {
    BRC__WAIT_MAX_MS = 24 * 60 * 60 * 1000,
};

/* Begins a function that runs callbacks. That it may change the client was asked before: it takes a
 * call of the system to find out. */
void brc__drive_enter(brc_client *client);

/* Ends it. Returns the number of calls not yet done. The outermost one sets the timer, or does the
 * freeing that was put off. */
int brc__drive_leave(brc_client *client);

/* One round: start what may start, move, tell what has ended. */
void brc__drive(brc_client *client, int wait_ms);

/* Every call that is not done ends cancelled, and is told so. */
void brc__drive_end_calls(brc_client *client);

#endif
