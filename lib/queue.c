/* SPDX-License-Identifier: MIT */
#include "queue.h"
#include "clock.h"
#include "url.h"

#include <stdlib.h>
#include <string.h>

void brc__queue_insert(struct brc__queue *queue, struct brc__call *previous, struct brc__call *call)
{
    struct brc__call *next = previous == NULL ? queue->first : previous->next_in_queue;

    call->previous_in_queue = previous;
    call->next_in_queue = next;
    if (previous != NULL)
        previous->next_in_queue = call;
    else
        queue->first = call;
    if (next != NULL)
        next->previous_in_queue = call;
    else
        queue->last = call;
}

void brc__queue_append(struct brc__queue *queue, struct brc__call *call)
{
    brc__queue_insert(queue, queue->last, call);
}

void brc__queue_leave(struct brc__queue *queue, struct brc__call *call)
{
    struct brc__call *previous = call->previous_in_queue, *next = call->next_in_queue;

    if (previous != NULL)
        previous->next_in_queue = next;
    else
        queue->first = next;
    if (next != NULL)
        next->previous_in_queue = previous;
    else
        queue->last = previous;
}

struct brc__call *brc__queue_take(struct brc__queue *queue)
{
    struct brc__call *call = queue->first;

    if (call != NULL)
        brc__queue_leave(queue, call);
    return call;
}

/* ---- hosts: a limit and a queue each */

static struct brc__host *find_host(const brc_client *client, const char *name, size_t n)
{
    for (struct brc__host *host = client->hosts; host != NULL; host = host->next)
        if (strlen(host->name) == n && memcmp(host->name, name, n) == 0)
            return host;
    return NULL;
}

/* The host of a URL, known from before or new; NULL without memory. */
static struct brc__host *host_of(brc_client *client, const char *url, const struct brc__url *parts)
{
    size_t n = (size_t)(parts->path - url);
    struct brc__host *host = find_host(client, url, n);
    if (host != NULL)
        return host;
    host = calloc(1, sizeof *host + n + 1);
    if (host == NULL)
        return NULL;
    memcpy(host->name, url, n);
    host->next = client->hosts;
    client->hosts = host;
    return host;
}

int brc__host_of(brc_client *client, struct brc__call *call)
{
    struct brc__url parts;

    int rc = brc__url_parse(call->url.data, call->url.length, &parts);
    if (rc < 0)
        return rc;
    call->host = host_of(client, call->url.data, &parts);
    call->direct = call->direct || brc__url_is_loopback(&parts);
    return call->host == NULL ? BRC_E_NOMEM : BRC_OK;
}

static int64_t per_host_max(const brc_client *client)
{
    return client->per_host_max > 0 ? client->per_host_max : client->in_flight_max;
}

bool brc__host_has_room(const brc_client *client, const struct brc__host *host)
{
    return client->in_flight < client->in_flight_max && host->active < per_host_max(client);
}

struct brc__host *brc__host_in_turn(const brc_client *client)
{
    struct brc__host *in_turn = NULL;

    for (struct brc__host *host = client->hosts; host != NULL; host = host->next) {
        const struct brc__call *call = host->waiting.first;
        if (call != NULL && call->urgent)
            return host;
        if (call != NULL && brc__host_has_room(client, host) &&
            (in_turn == NULL || call->id < in_turn->waiting.first->id))
            in_turn = host;
    }
    return in_turn;
}

void brc__host_wait(struct brc__call *call)
{
    struct brc__queue *queue = &call->host->waiting;
    struct brc__call *before = call->urgent ? NULL : queue->last;

    while (before != NULL && !before->urgent && before->id > call->id)
        before = before->previous_in_queue;
    call->state = BRC__CALL_WAITING;
    brc__queue_insert(queue, before, call);
}

void brc__hosts_free(brc_client *client)
{
    while (client->hosts != NULL) {
        struct brc__host *host = client->hosts;
        client->hosts = host->next;
        free(host);
    }
}

/* ---- time */

void brc__queue_back_off(brc_client *client, struct brc__call *call, int64_t ms)
{
    struct brc__call *before = client->backing_off.last;

    call->due_at = brc__clock_steady_ms() + ms;
    while (before != NULL && before->due_at > call->due_at)
        before = before->previous_in_queue;
    call->state = BRC__CALL_BACKING_OFF;
    brc__queue_insert(&client->backing_off, before, call);
}

void brc__queue_end_backing_off(brc_client *client)
{
    struct brc__call *call = client->backing_off.first;

    if (call == NULL)
        return;
    int64_t now = brc__clock_steady_ms();
    while (call != NULL && call->due_at <= now) {
        brc__queue_leave(&client->backing_off, call);
        brc__host_wait(call);
        call = client->backing_off.first;
    }
}
