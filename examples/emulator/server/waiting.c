/* Who waits is a suspended connection in one of two queues: for its time, or for ever. And whose
 * client has gone, waiting or not.
 *
 * SPDX-License-Identifier: MIT
 */
#include "exchange.h"

#include <sys/epoll.h>
#include <sys/socket.h>

int64_t emu_now_us(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Mostly, it is the last to be due. */
void emu_wait_until(struct exchange *exchange, int64_t due_us)
{
    struct exchanges *delayed = &exchange->server->delayed;
    struct exchange *earlier;

    exchange->due_us = due_us;
    exchange->queue = delayed;
    TAILQ_FOREACH_REVERSE(earlier, delayed, exchanges, next)
    {
        if (earlier->due_us <= due_us)
            break;
    }
    if (earlier != NULL)
        TAILQ_INSERT_AFTER(delayed, earlier, exchange, next);
    else
        TAILQ_INSERT_HEAD(delayed, exchange, next);
    MHD_suspend_connection(exchange->connection);
}

void emu_wait_for_ever(struct exchange *exchange)
{
    exchange->queue = &exchange->server->stalled;
    TAILQ_INSERT_TAIL(exchange->queue, exchange, next);
    MHD_suspend_connection(exchange->connection);
}

static void resume(struct exchange *exchange)
{
    TAILQ_REMOVE(exchange->queue, exchange, next);
    exchange->queue = NULL;
    MHD_resume_connection(exchange->connection);
}

void emu_resume_due(struct emu_server *server, int64_t now_us)
{
    struct exchange *first = TAILQ_FIRST(&server->delayed);

    while (first != NULL && first->due_us <= now_us) {
        resume(first);
        first = TAILQ_FIRST(&server->delayed);
    }
}

void emu_resume_all(struct emu_server *server)
{
    emu_resume_due(server, INT64_MAX);
    while (!TAILQ_EMPTY(&server->stalled))
        resume(TAILQ_FIRST(&server->stalled));
}

static int socket_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

/* libmicrohttpd does not see the client of a suspended connection go. */
void emu_watch(struct exchange *exchange)
{
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data.ptr = exchange};

    if (!exchange->watched && epoll_ctl(exchange->server->watch_fd, EPOLL_CTL_ADD,
                                        socket_of(exchange->connection), &event) < 0)
        exchange->gone = true; /* rather than never to learn of it */
    exchange->watched = true;
}

void emu_unwatch(struct exchange *exchange)
{
    if (exchange->watched)
        epoll_ctl(exchange->server->watch_fd, EPOLL_CTL_DEL, socket_of(exchange->connection), NULL);
    exchange->watched = false;
}

void emu_resume_gone(struct emu_server *server)
{
    struct epoll_event events[64];
    int n = epoll_wait(server->watch_fd, events, 64, 0);

    for (int i = 0; i < n; i++) {
        struct exchange *exchange = events[i].data.ptr;

        exchange->gone = true;
        if (exchange->queue != NULL)
            resume(exchange);
    }
}

/* ---- clients that go within their requests ---- */

void emu_note_connection(void *state, struct MHD_Connection *connection, void **connection_state,
                         enum MHD_ConnectionNotificationCode code)
{
    const struct emu_server *server = state;
    struct epoll_event event = {.events = EPOLLRDHUP};

    (void)connection_state;
    if (code != MHD_CONNECTION_NOTIFY_STARTED)
        return; /* a socket that is closed is watched no more */
    event.data.fd = socket_of(connection);
    epoll_ctl(server->open_fd, EPOLL_CTL_ADD, event.data.fd, &event);
}

/* libmicrohttpd waits for edges: of bytes that come with the connection's end it reads the bytes
 * only, and then holds the connection until it is idle for too long. Shutting down what is at its
 * end makes another edge. */
void emu_drop_gone(struct emu_server *server)
{
    struct epoll_event events[64];
    int n = epoll_wait(server->open_fd, events, 64, 0);

    for (int i = 0; i < n; i++) {
        int fd = events[i].data.fd;
        char byte;

        if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
            continue; /* it is still reading */
        shutdown(fd, SHUT_RD);
        epoll_ctl(server->open_fd, EPOLL_CTL_DEL, fd, NULL);
    }
}
