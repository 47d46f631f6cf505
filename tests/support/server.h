/* A scripted HTTP server on loopback, written on sockets so that it can also do what no server
 * should: stop in the middle, say a wrong length, hang up on a request it has read.
 * SPDX-License-Identifier: MIT */
#ifndef TEST_SERVER_H
#define TEST_SERVER_H

#include <stddef.h>

struct server;

/* What follows the last byte of a reply. */
enum server_then {
    SERVER_KEEP,  /* wait for the next request on this connection */
    SERVER_CLOSE, /* close in good order */
    SERVER_RESET, /* close with a TCP reset */
    SERVER_HANG,  /* say nothing more until the client goes */
};

struct server_reply {
    const char *bytes; /* sent as they are; NULL for none */
    size_t length;     /* 0: as long as the string */
    size_t chunk;      /* bytes a write; 0: all at once */
    int delay_ms;      /* before the first byte */
    enum server_then then;
};

struct server *server_start(void);
void server_stop(struct server *server);

/* "http://127.0.0.1:PORT" */
const char *server_url(const struct server *server);

/* The replies to the next requests, in order; the last one serves all that follow. Copied. */
void server_script(struct server *server, const struct server_reply *replies, size_t count);

/* Chooses the reply to a request in place of the script; NULL: the script again. Called with each
 * whole request in the thread of its connection, several at a time; it may take its time. The
 * reply's bytes must last as long as the server. */
typedef struct server_reply (*server_choose_fn)(const char *request, void *user_data);
void server_choose(struct server *server, server_choose_fn choose, void *user_data);

/* Replies wait while they are held back. */
void server_hold(struct server *server, int held);

/* What came in so far: whole requests, connections, and bytes of any kind. */
size_t server_requests(struct server *server);
size_t server_connections(struct server *server);
size_t server_bytes(struct server *server);

/* What went out: replies to their last byte, and connections that the server closed. */
size_t server_replies(struct server *server);
size_t server_closed(struct server *server);

/* The last whole request, head and body; the caller's to free. */
char *server_last_request(struct server *server);

/* One of the first 31 whole requests, from 0, or "" if there was none; the caller's to free. */
char *server_request(struct server *server, size_t i);

/* "HTTP/1.1 STATUS\r\n" + headers + a right Content-Length + body; the caller's to free. headers
 * are lines that each end with \r\n, or "". */
char *server_answer(const char *status, const char *headers, const char *body);

#endif
