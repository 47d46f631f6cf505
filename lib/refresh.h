/* Credentials fetched in the client's own loop: one fetch at a time, while the calls that have
 * valid keys go on and those that have none wait.
 *
 * What it wants sent, and that it has ended, is asked of it (brc__refresh_next(),
 * brc__refresh_take_end()): it knows nothing of queues. SPDX-License-Identifier: MIT */
#ifndef BRC__REFRESH_H
#define BRC__REFRESH_H

#include "client_state.h"
#include "errand.h"

/* What the next attempt of a call that the client signs has to do: 0, go on; 1, wait for the fetch
 * that is under way; or fail, with the reason in client->error. Begins a fetch where one is due.
 * `region` is where to ask STS if nothing else says. */
int brc__refresh_need(brc_client *client, const char *region);

/* The errand that the fetch wants sent next; NULL: none. */
struct brc__errand *brc__refresh_next(brc_client *client);

/* True once after a fetch has ended: *ret_code is 0, or why there are no keys, with the reason in
 * client->error. */
bool brc__refresh_take_end(brc_client *client, int *ret_code);

/* After a turn and before the next: the application may be long about other things meanwhile. Time
 * limits that pass then are not the source's fault, and it is asked again. */
void brc__refresh_rest(brc_client *client);
void brc__refresh_resume(brc_client *client);

/* Nobody is told any more how the fetch goes: its errand that is under way, to be cancelled; NULL:
 * there is none. */
struct brc__errand *brc__refresh_leave(brc_client *client);

/* Looks after a process that is to print credentials. */
void brc__refresh_poll(brc_client *client);

/* When that is to be done next, on the steady clock; INT64_MAX: never. */
int64_t brc__refresh_due(const brc_client *client);

/* Nobody waits for the fetch any more: the client goes, or has left it. Ends its process. */
struct brc__refresh *brc__refresh_free(struct brc__refresh *refresh);

#endif
