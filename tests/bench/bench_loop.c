/* SPDX-License-Identifier: MIT */
#include "bench_loop.h"

#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/resource.h>

enum {
    EVENTS = 256,
    WAIT_MS = 100,
};

void bench_allow_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        bench_fail("descriptors");
    limit.rlim_cur = limit.rlim_max < BENCH_DESCRIPTORS ? limit.rlim_max : BENCH_DESCRIPTORS;
    if (limit.rlim_cur < BENCH_DESCRIPTORS || setrlimit(RLIMIT_NOFILE, &limit) < 0)
        bench_fail("descriptors: 4,096 are needed");
}

static struct {
    int epoll;
    double due; /* 0: no timer */
    void (*notify)(int fd, int events);
    bool watched[BENCH_DESCRIPTORS];
} loop;

void bench_loop_open(void (*notify)(int fd, int events))
{
    loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    loop.notify = notify;
}

int bench_loop_watch(int fd, int events, void *user_data)
{
    struct epoll_event event = {.events = (events & BRC_WATCH_READ ? EPOLLIN : 0U) |
                                          (events & BRC_WATCH_WRITE ? EPOLLOUT : 0U),
                                .data.fd = fd};
    int operation = events == 0 ? EPOLL_CTL_DEL : loop.watched[fd] ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

    (void)user_data;
    loop.watched[fd] = events != 0;
    return epoll_ctl(loop.epoll, operation, fd, &event);
}

int bench_loop_set_timer(int64_t timeout_ms, void *user_data)
{
    (void)user_data;
    loop.due = timeout_ms < 0 ? 0 : bench_seconds(CLOCK_MONOTONIC) + (double)timeout_ms / 1e3;
    return 0;
}

static int until_due(void)
{
    double left = loop.due == 0 ? WAIT_MS : (loop.due - bench_seconds(CLOCK_MONOTONIC)) * 1e3;

    return left <= 0 ? 0 : left < WAIT_MS ? (int)left + 1 : WAIT_MS;
}

void bench_loop_turn(void)
{
    struct epoll_event ready[EVENTS];
    int n = epoll_wait(loop.epoll, ready, EVENTS, until_due());

    if (loop.due != 0 && loop.due <= bench_seconds(CLOCK_MONOTONIC)) {
        loop.due = 0;
        loop.notify(-1, 0);
    }
    for (int i = 0; i < n; i++)
        loop.notify(ready[i].data.fd,
                    (ready[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP) ? BRC_WATCH_READ : 0) |
                        (ready[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP) ? BRC_WATCH_WRITE : 0));
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user_data, void *socket_data)
{
    (void)easy, (void)socket_data; /* its constants for sockets are those of BRC_WATCH_ */
    bench_loop_watch(fd, what == CURL_POLL_REMOVE ? 0 : what, user_data);
    return 0;
}

static int on_timer(CURLM *handle, long timeout_ms, void *user_data)
{
    (void)handle;
    return bench_loop_set_timer(timeout_ms, user_data);
}

void bench_loop_take_multi(CURLM *multi)
{
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
}
