/* SPDX-License-Identifier: MIT */
#include "slow_server.h"
#include "bench.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    REQUEST_MAX = 8192,
    EVENTS = 512
};

struct connection {
    struct connection *next; /* in the order their pieces are due, as the delay is the same */
    int fd;
    double due;
    bool waiting, gone;
    size_t sent; /* of the answer */
    size_t length;
    char request[REQUEST_MAX + 1];
};

static int listener, epoll;
static struct slow_answer answer;
static struct connection *first, *last;

static void watch(int fd, void *data)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = data};

    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        bench_fail("server: epoll");
}

static void accept_one(void)
{
    int fd = accept(listener, NULL, NULL);

    if (fd < 0)
        return;
    struct connection *c = malloc(sizeof *c);
    if (c == NULL)
        bench_fail("server: memory");
    c->fd = fd;
    c->waiting = c->gone = false;
    c->length = 0;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    watch(fd, c);
}

static void drop(struct connection *c)
{
    close(c->fd);
    free(c);
}

/* Closes the connection, or has it closed when its next piece is due. */
static void leave(struct connection *c)
{
    if (!c->waiting) {
        drop(c);
        return;
    }
    c->gone = true;
    epoll_ctl(epoll, EPOLL_CTL_DEL, c->fd, NULL);
}

static bool is_whole(const struct connection *c)
{
    const char *blank = strstr(c->request, "\r\n\r\n");

    if (blank == NULL)
        return false;
    const char *line = strcasestr(c->request, "\r\ncontent-length:");
    if (line == NULL)
        bench_fail("server: no Content-Length");
    size_t head = (size_t)(blank + 4 - c->request);
    return c->length >= head + strtoul(line + strlen("\r\ncontent-length:"), NULL, 10);
}

static void wait_for_piece(struct connection *c)
{
    c->due = bench_seconds(CLOCK_MONOTONIC) + answer.delay_us / 1e6;
    c->next = NULL;
    if (first == NULL)
        first = c;
    else
        last->next = c;
    last = c;
}

static void receive(struct connection *c)
{
    ssize_t n = recv(c->fd, c->request + c->length, REQUEST_MAX - c->length, 0);

    if (n <= 0) {
        leave(c);
        return;
    }
    c->length += (size_t)n;
    c->request[c->length] = '\0';
    if (!is_whole(c))
        return;
    c->length = c->sent = 0;
    c->waiting = true;
    wait_for_piece(c);
}

static void send_piece(struct connection *c)
{
    size_t left = answer.length - c->sent, n = c->sent == 0 ? answer.first : answer.piece;

    if (n > left)
        n = left;
    if (send(c->fd, answer.bytes + c->sent, n, MSG_NOSIGNAL) != (ssize_t)n) {
        c->waiting = false;
        leave(c);
        return;
    }
    c->sent += n;
    c->waiting = c->sent < answer.length;
    if (c->waiting)
        wait_for_piece(c);
}

/* Sends what is due; returns how long it is until the next is, NULL for never. */
static const struct timespec *send_due(void)
{
    static struct timespec until;
    double now = bench_seconds(CLOCK_MONOTONIC);

    while (first != NULL && first->due <= now) {
        struct connection *c = first;
        first = c->next;
        if (c->gone)
            drop(c);
        else
            send_piece(c);
    }
    if (first == NULL)
        return NULL;
    double left = first->due - bench_seconds(CLOCK_MONOTONIC);
    if (left < 0)
        left = 0;
    until.tv_sec = (time_t)left;
    until.tv_nsec = (long)((left - (double)until.tv_sec) * 1e9);
    return &until;
}

static _Noreturn void serve(void)
{
    struct epoll_event events[EVENTS];

    epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(listener, NULL);
    for (;;) {
        int n = epoll_pwait2(epoll, events, EVENTS, send_due(), NULL);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr == NULL)
                accept_one();
            else
                receive(events[i].data.ptr);
        }
    }
}

struct slow_server slow_server_start(const struct slow_answer *the_answer)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    struct slow_server server;

    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, SOMAXCONN) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) < 0)
        bench_fail("server: listen");
    snprintf(server.url, sizeof server.url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    answer = *the_answer;
    server.process = fork();
    if (server.process < 0)
        bench_fail("server: fork");
    if (server.process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        prctl(PR_SET_TIMERSLACK, 1L);
        serve();
    }
    close(listener);
    return server;
}

void slow_server_stop(const struct slow_server *server)
{
    kill(server->process, SIGKILL);
    waitpid(server->process, NULL, 0);
}
