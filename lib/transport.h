/* HTTP exchanges, any number at once, which know neither AWS nor JSON.
 *
 * Submitting starts one, driving moves all of them, and each comes out once at its end. An exchange
 * sends its request at most once: where libcurl would send it again by itself, on a new connection,
 * the exchange ends instead. Two drivers over one core: turns, which wait by themselves, or a loop
 * of somebody else's, which is told what to watch. SPDX-License-Identifier: MIT */
#ifndef BRC__TRANSPORT_H
#define BRC__TRANSPORT_H

#include "error.h"
#include "http.h"

/* The loop is to watch fd for the BRC_WATCH_ bits in events. Returns 0 if it does. */
typedef int (*brc__watch_fn)(int fd, int events, void *user_data);

int brc__transport_new(struct brc__transport **ret_transport);

/* Breaks off whatever is under way, closes the connections. */
struct brc__transport *brc__transport_free(struct brc__transport *transport);

/* How many connections without use are kept at the most. */
void brc__transport_keep(struct brc__transport *transport, int64_t connections);

/* In a child process after fork(), before it is freed: the connections are the parent's, so nothing
 * may be said over them, and no loop is told that they close. */
void brc__transport_disown(struct brc__transport *transport);

/* Before the first exchange: driving is brc__transport_notify() from now on. Returns 0 or
 * BRC_E_NOMEM. */
int brc__transport_set_loop(struct brc__transport *transport, brc__watch_fn watch, void *user_data);

/* Starts an exchange. Nothing has left when this returns. Returns 0, BRC_E_NOMEM, or BRC_E_INVALID
 * if libcurl does not take what it is given, with the reason in error. */
int brc__transport_submit(struct brc__transport *transport, const struct brc__http_request *request,
                          void *owner, struct brc__exchange **ret_exchange,
                          struct brc__error *error);

/* Waits for up to wait_ms for something to happen, unless something has, and moves every exchange
 * as far as it goes. */
void brc__transport_turn(struct brc__transport *transport, int wait_ms);

/* Ends the wait of a turn; from any thread. Returns 0 or BRC_E_NOMEM. */
int brc__transport_wakeup(struct brc__transport *transport);

/* Moves the exchange that waits for fd, or with fd -1 those whose time has come. */
void brc__transport_notify(struct brc__transport *transport, int fd, int events);

/* When the loop has to notify with fd -1, on the steady clock; INT64_MAX for never. */
int64_t brc__transport_due(const struct brc__transport *transport);

/* The next exchange whose streamed answer has bytes that were not looked at yet, or NULL. It is not
 * returned again before more have come. */
struct brc__exchange *brc__transport_news(struct brc__transport *transport);

/* Consumes bytes of a streamed answer; `wanted` says how many of what comes next are needed in one
 * piece before there is a use in looking. */
void brc__exchange_consume(struct brc__exchange *exchange, size_t n, size_t wanted);

/* Nobody reads the streamed answer for now: it fills its inbox and rests, its idle limit stands
 * still, and it does not end while something is unread. Or somebody does again. */
void brc__exchange_hold(struct brc__exchange *exchange, bool held);

/* Ends it at that time on the steady clock, if it has not ended before. */
void brc__exchange_set_deadline(struct brc__exchange *exchange, int64_t at);

/* True if there are news or ended exchanges. */
bool brc__transport_has_more(const struct brc__transport *transport);

/* The next exchange that has ended, or NULL. */
struct brc__exchange *brc__transport_ended(struct brc__transport *transport);

/* Ends an exchange that is under way, or all of them. */
void brc__exchange_break(struct brc__exchange *exchange, int code, const char *message);
void brc__transport_break(struct brc__transport *transport, int code, const char *message);

/* Gives an exchange back; one that is under way is broken off. */
struct brc__exchange *brc__exchange_free(struct brc__exchange *exchange);

#endif
