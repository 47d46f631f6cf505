/* What the parts of the server share: one request and its answer, and who waits for what.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_EXCHANGE_H
#define EMULATOR_EXCHANGE_H

#include <microhttpd.h>
#include <sys/queue.h>
#include <time.h>

#include "emulator.h"

TAILQ_HEAD(exchanges, exchange);

/* One request on its way in and one answer on its way out. */
struct exchange {
    struct emu_server *server;
    char *uri; /* raw */
    struct emu_text body;
    bool head_seen;
    bool too_large;
    bool answered; /* the reply is made, and waits for its time if it is delayed */
    struct emu_reply reply;
    struct MHD_Connection *connection;
    struct exchanges *queue; /* where it waits, its connection suspended; or NULL */
    int64_t due_us;
    TAILQ_ENTRY(exchange) next;

    /* of a stream */
    size_t frame_end; /* of the frame on its way */
    bool rested;      /* the time between that frame and the next is over */
    bool watched;     /* watch_fd tells when the client goes */
    bool gone;        /* it went */
};

struct emu_server {
    struct emulator *emulator;
    struct MHD_Daemon *daemon;
    struct exchanges delayed; /* soonest first */
    struct exchanges stalled; /* until their clients go */
    int watch_fd;             /* epoll: the clients of streams that wait */
    int open_fd;              /* epoll: all clients */
    int64_t in_flight;        /* answered, and not yet read to the end */
    bool stopping;            /* nothing waits any more */
};

/* CLOCK_MONOTONIC for delays, CLOCK_REALTIME for signatures. */
int64_t emu_now_us(clockid_t clock);

/* ---- waiting ---- */

/* Sets the connection aside until the moment, or for ever. */
void emu_wait_until(struct exchange *exchange, int64_t due_us);
void emu_wait_for_ever(struct exchange *exchange);

/* From now on the client's going ends the wait; until emu_unwatch(). */
void emu_watch(struct exchange *exchange);
void emu_unwatch(struct exchange *exchange);

/* Watches each connection from its beginning: an MHD_NotifyConnectionCallback. */
void emu_note_connection(void *server, struct MHD_Connection *connection, void **state,
                         enum MHD_ConnectionNotificationCode code);

/* Makes libmicrohttpd see the end of clients that went within their requests. */
void emu_drop_gone(struct emu_server *server);

/* Ends the waits whose time has come, those of clients that went, and all. */
void emu_resume_due(struct emu_server *server, int64_t now_us);
void emu_resume_gone(struct emu_server *server);
void emu_resume_all(struct emu_server *server);

/* ---- sending ---- */

/* Queues the reply, whose body is then read as its faults and its pace want it. */
enum MHD_Result emu_send(struct exchange *exchange);

#endif
