/* The smallest event loop that can drive a client: poll() and one timer.
 * SPDX-License-Identifier: MIT */
#ifndef TEST_LOOP_H
#define TEST_LOOP_H

#include <bedrockcost/bedrockcost.h>

#include <poll.h>

enum {
    LOOP_WATCHED_MAX = 4096
};

struct loop {
    struct pollfd watched[LOOP_WATCHED_MAX];
    nfds_t count;
    int64_t due;                    /* on the steady clock; -1: no timer */
    int refuse_watch, refuse_timer; /* what the next call of each returns */
    int destroyed;
};

/* Makes the loop drive the client; returns what brc_client_set_loop() did. */
int loop_attach(struct loop *loop, brc_client *client);

/* Waits for up to wait_ms and tells the client what happened. Returns what brc_client_notify() did
 * last, or -1000 if nothing happened. */
int loop_turn(struct loop *loop, brc_client *client, int wait_ms);

/* True if TEST_DRIVER=loop is in the environment. */
int loop_wanted(void);

/* brc_converse() or, with an event function that minds no user_data, brc_converse_stream(); with
 * TEST_DRIVER=loop the same by brc_start() and a loop. The client's only call. */
int loop_or_ask(brc_client *client, const brc_request *request, brc_event_fn event,
                brc_result **ret_result);

#endif
