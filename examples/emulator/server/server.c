/* libmicrohttpd around emu_answer(): one thread, one poll loop, so the emulator's state needs no
 * lock, and an answer or event that waits is a suspended connection, not a sleeping thread.
 *
 * SPDX-License-Identifier: MIT
 */
#include "server.h"
#include "bill.h"
#include "exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MAX_BODY         (32 * 1024 * 1024) /* AWS takes 25,000,000 bytes */
#define MAX_CONNECTIONS  16000
#define MAX_HEADERS      (64 * 1024)
#define IDLE_SECONDS     120
#define LISTEN_BACKLOG   4096
#define MAX_HEADER_LINES 256

/* ---- the life of an exchange ---- */

static void *begin_exchange(void *server, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *exchange = calloc(1, sizeof(*exchange));

    if (exchange == NULL)
        return NULL;
    exchange->server = server;
    exchange->uri = strdup(uri);
    exchange->connection = connection;
    if (exchange->uri != NULL)
        return exchange;
    free(exchange);
    return NULL;
}

static void end_exchange(void *state, struct MHD_Connection *connection, void **exchange_state,
                         enum MHD_RequestTerminationCode reason)
{
    struct exchange *exchange = *exchange_state;
    struct emu_server *server = state;

    (void)connection;
    (void)reason;
    if (exchange == NULL)
        return;
    server->in_flight -= exchange->answered;
    emu_unwatch(exchange);
    emu_reply_free(&exchange->reply);
    emu_text_free(&exchange->body);
    free(exchange->uri);
    free(exchange);
    *exchange_state = NULL;
}

static void receive(struct exchange *exchange, const char *bytes, size_t len)
{
    if (exchange->body.len + len > MAX_BODY) {
        exchange->too_large = true;
        emu_text_free(&exchange->body);
    }
    if (!exchange->too_large)
        emu_text_add(&exchange->body, bytes, len);
}

/* ---- the request ---- */

struct header_list {
    struct emu_header lines[MAX_HEADER_LINES];
    size_t count;
};

static enum MHD_Result add_header(void *list, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    struct header_list *headers = list;

    (void)kind;
    if (headers->count < MAX_HEADER_LINES)
        headers->lines[headers->count++] = (struct emu_header){name, value != NULL ? value : ""};
    return MHD_YES;
}

static void make_reply(struct emu_server *server, struct exchange *exchange, const char *method)
{
    struct header_list headers = {.count = 0};
    struct emu_request request = {
        .method = method,
        .uri = exchange->uri,
        .headers = headers.lines,
        .body = emu_text_string(&exchange->body),
        .body_len = exchange->body.len,
        .now_us = emu_now_us(CLOCK_REALTIME),
        .too_large = exchange->too_large,
    };

    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, add_header, &headers);
    request.n_headers = headers.count;
    exchange->answered = true;
    emu_bill_in_flight(server->emulator->bill, ++server->in_flight);
    if (exchange->body.failed) {
        emu_reply_init(&exchange->reply);
        emu_reply_out_of_memory(&exchange->reply);
    } else {
        emu_answer(server->emulator, &request, &exchange->reply);
    }
}

/* ---- the answer ---- */

/* Called with the head, with each part of the body, at its end, and after a delay. */
static enum MHD_Result handle(void *state, struct MHD_Connection *connection, const char *uri,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_len, void **exchange_state)
{
    struct emu_server *server = state;
    struct exchange *exchange = *exchange_state;

    (void)connection;
    (void)uri; /* decoded: of no use */
    (void)version;
    if (exchange == NULL)
        return MHD_NO; /* there was no memory for it */
    if (!exchange->head_seen) {
        exchange->head_seen = true;
        return MHD_YES;
    }
    if (*upload_len > 0) {
        receive(exchange, upload, *upload_len);
        *upload_len = 0;
        return MHD_YES;
    }
    if (!exchange->answered)
        make_reply(server, exchange, method);
    if (exchange->reply.delay_ms > 0 && !server->stopping) {
        emu_wait_until(exchange, emu_now_us(CLOCK_MONOTONIC) + exchange->reply.delay_ms * 1000);
        exchange->reply.delay_ms = 0;
        return MHD_YES;
    }
    return emu_send(exchange);
}

/* ---- the server ---- */

struct emu_server *emu_server_start(struct emulator *emulator, uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct emu_server *server = calloc(1, sizeof(*server));

    if (server == NULL)
        return NULL;
    server->emulator = emulator;
    TAILQ_INIT(&server->delayed);
    TAILQ_INIT(&server->stalled);
    server->watch_fd = epoll_create1(EPOLL_CLOEXEC);
    server->open_fd = epoll_create1(EPOLL_CLOEXEC);
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, port, NULL, NULL, handle, server,
        MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_URI_LOG_CALLBACK, begin_exchange, server,
        MHD_OPTION_NOTIFY_COMPLETED, end_exchange, server, MHD_OPTION_NOTIFY_CONNECTION,
        emu_note_connection, server, MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MAX_HEADERS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_SECONDS, MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)LISTEN_BACKLOG,
        MHD_OPTION_END);
    if (server->daemon != NULL)
        return server;
    close(server->watch_fd);
    close(server->open_fd);
    free(server);
    return NULL;
}

uint16_t emu_server_port(const struct emu_server *server)
{
    return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

/* How long to sleep at most: until libmicrohttpd or a delayed answer needs a turn. */
static int poll_timeout(struct emu_server *server)
{
    const struct exchange *first = TAILQ_FIRST(&server->delayed);
    int64_t timeout = INT_MAX;
    MHD_UNSIGNED_LONG_LONG wanted;

    if (MHD_get_timeout(server->daemon, &wanted) == MHD_YES && wanted < (unsigned)INT_MAX)
        timeout = (int64_t)wanted;
    if (first != NULL) {
        int64_t left = first->due_us - emu_now_us(CLOCK_MONOTONIC);
        int64_t left_ms = left > 0 ? (left + 999) / 1000 : 0; /* not before its time */

        if (left_ms < timeout)
            timeout = left_ms;
    }
    return timeout == INT_MAX ? -1 : (int)timeout;
}

int emu_server_run(struct emu_server *server, int stop_fd)
{
    int epoll_fd = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    struct pollfd fds[] = {
        {stop_fd, POLLIN, 0}, {epoll_fd, POLLIN, 0}, {server->watch_fd, POLLIN, 0}};

    while (fds[0].revents == 0) {
        if (poll(fds, 3, poll_timeout(server)) < 0 && errno != EINTR)
            return -1;
        emu_resume_gone(server);
        emu_resume_due(server, emu_now_us(CLOCK_MONOTONIC));
        MHD_run(server->daemon);
        emu_drop_gone(server);
    }
    return 0;
}

void emu_server_stop(struct emu_server *server)
{
    server->stopping = true;
    emu_resume_all(server);
    MHD_run(server->daemon); /* a suspended connection could not be closed */
    MHD_stop_daemon(server->daemon);
    close(server->watch_fd);
    close(server->open_fd);
    free(server);
}
