/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* By another clock than libcurl's, which a test may slow down. */
static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int on_watch(int fd, int events, void *user_data)
{
    struct loop *loop = user_data;
    nfds_t i = 0;

    if (loop->refuse_watch != 0)
        return loop->refuse_watch;
    while (i < loop->count && loop->watched[i].fd != fd)
        i++;
    if (events == 0) {
        if (i == loop->count)
            abort(); /* it was not watched */
        loop->watched[i] = loop->watched[--loop->count];
        return 0;
    }
    if (i == LOOP_WATCHED_MAX)
        abort();
    loop->watched[i].fd = fd;
    loop->watched[i].events =
        (short)((events & BRC_WATCH_READ ? POLLIN : 0) | (events & BRC_WATCH_WRITE ? POLLOUT : 0));
    if (i == loop->count)
        loop->count++;
    return 0;
}

static int on_timer(int64_t timeout_ms, void *user_data)
{
    struct loop *loop = user_data;

    if (loop->refuse_timer != 0)
        return loop->refuse_timer;
    loop->due = timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
    return 0;
}

static void on_destroy(void *user_data)
{
    struct loop *loop = user_data;

    loop->destroyed++;
}

int loop_attach(struct loop *loop, brc_client *client)
{
    *loop = (struct loop){.due = -1};
    return brc_client_set_loop(client, on_watch, on_timer, loop, on_destroy);
}

static int until_due(const struct loop *loop, int wait_ms)
{
    int64_t left = loop->due < 0 ? wait_ms : loop->due - now_ms();

    return left < 0 ? 0 : left < wait_ms ? (int)left : wait_ms;
}

int loop_turn(struct loop *loop, brc_client *client, int wait_ms)
{
    static struct pollfd ready[LOOP_WATCHED_MAX];
    nfds_t count = loop->count;
    int rc = -1000;

    poll(loop->watched, loop->count, until_due(loop, wait_ms));
    for (nfds_t i = 0; i < count; i++)
        ready[i] = loop->watched[i];
    if (loop->due >= 0 && loop->due <= now_ms()) {
        loop->due = -1;
        rc = brc_client_notify(client, -1, 0);
    }
    for (nfds_t i = 0; i < count; i++) {
        int events = (ready[i].revents & (POLLIN | POLLERR | POLLHUP) ? BRC_WATCH_READ : 0) |
                     (ready[i].revents & (POLLOUT | POLLERR | POLLHUP) ? BRC_WATCH_WRITE : 0);
        if (events != 0 && loop->destroyed == 0)
            rc = brc_client_notify(client, ready[i].fd, events);
    }
    return rc;
}

int loop_wanted(void)
{
    const char *driver = getenv("TEST_DRIVER");

    return driver != NULL && strcmp(driver, "loop") == 0;
}

struct answer {
    int done, code;
    brc_result *result;
};

static void on_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    (void)client, (void)id;
    *(struct answer *)user_data = (struct answer){1, code, result};
}

int loop_or_ask(brc_client *client, const brc_request *request, brc_event_fn event,
                brc_result **ret_result)
{
    static struct loop loop;
    struct answer answer = {0, 0, NULL};

    if (!loop_wanted() && event != NULL)
        return brc_converse_stream(client, request, event, NULL, ret_result);
    if (!loop_wanted())
        return brc_converse(client, request, ret_result);
    *ret_result = NULL;
    int rc = loop_attach(&loop, client);
    if (rc == 0)
        rc = brc_start(client, request, event, on_done, &answer, NULL, NULL);
    while (rc == 0 && !answer.done)
        loop_turn(&loop, client, 60000);
    *ret_result = answer.result;
    return rc < 0 ? rc : answer.code;
}
