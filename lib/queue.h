/* Where calls wait: each in the queue of its state, and for its turn at its host.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__QUEUE_H
#define BRC__QUEUE_H

#include "call.h"

/* Behind `previous`, or first for NULL. */
void brc__queue_insert(struct brc__queue *queue, struct brc__call *previous,
                       struct brc__call *call);
void brc__queue_append(struct brc__queue *queue, struct brc__call *call);

/* The call must be in the queue. */
void brc__queue_leave(struct brc__queue *queue, struct brc__call *call);

/* The first one, which leaves the queue; NULL: it is empty. */
struct brc__call *brc__queue_take(struct brc__queue *queue);

/* Finds out which host the call goes to by its URL, and whether no proxy may stand before it. */
int brc__host_of(brc_client *client, struct brc__call *call);

bool brc__host_has_room(const brc_client *client, const struct brc__host *host);

/* The host whose first waiting call came before those of all others that may start one, or is
 * urgent; NULL: none may. */
struct brc__host *brc__host_in_turn(const brc_client *client);

/* In the order of their numbers: a call that is attempted again goes before younger ones, and an
 * urgent one before all. */
void brc__host_wait(struct brc__call *call);

void brc__hosts_free(brc_client *client);

/* Until its next attempt is due, in so many milliseconds. */
void brc__queue_back_off(brc_client *client, struct brc__call *call, int64_t ms);

/* The calls whose next attempt is due go and wait for their turn. */
void brc__queue_end_backing_off(brc_client *client);

#endif
