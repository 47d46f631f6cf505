/* SPDX-License-Identifier: MIT */
#include "flight.h"
#include "memory.h"
#include "url.h"

#include <stdlib.h>
#include <string.h>

/* ---- hosts: a limit and a queue each */

static struct brc__host *find_host(const brc_client *client, const char *name, size_t n)
{
    for (struct brc__host *host = client->hosts; host != NULL; host = host->next)
        if (strlen(host->name) == n && memcmp(host->name, name, n) == 0)
            return host;
    return NULL;
}

/* The host of a URL, known from before or new; NULL without memory. */
static struct brc__host *host_of(brc_client *client, const struct brc__buf *url)
{
    struct brc__url parts;

    brc__url_parse(url->data, url->length, &parts);
    size_t n = (size_t)(parts.path - url->data);
    struct brc__host *host = find_host(client, url->data, n);
    if (host != NULL)
        return host;
    host = calloc(1, sizeof *host + n + 1);
    if (host == NULL)
        return NULL;
    memcpy(host->name, url->data, n);
    host->next = client->hosts;
    client->hosts = host;
    return host;
}

static int64_t per_host_max(const brc_client *client)
{
    return client->per_host_max > 0 ? client->per_host_max : client->in_flight_max;
}

/* The host whose first waiting call came before those of all others that may start one. */
static struct brc__host *host_in_turn(const brc_client *client)
{
    struct brc__host *in_turn = NULL;

    if (client->in_flight >= client->in_flight_max)
        return NULL;
    for (struct brc__host *host = client->hosts; host != NULL; host = host->next)
        if (host->first != NULL && host->active < per_host_max(client) &&
            (in_turn == NULL || host->first->id < in_turn->first->id))
            in_turn = host;
    return in_turn;
}

/* ---- queues */

static void push(struct brc__call **first, struct brc__call **last, struct brc__call *call)
{
    call->next_in_queue = NULL;
    call->previous_in_queue = *first == NULL ? NULL : *last;
    if (*first == NULL)
        *first = call;
    else
        (*last)->next_in_queue = call;
    *last = call;
}

/* Takes a call that waits at its host out of the queue. */
static void leave_host(struct brc__call *call)
{
    struct brc__call *previous = call->previous_in_queue, *next = call->next_in_queue;

    if (previous != NULL)
        previous->next_in_queue = next;
    else
        call->host->first = next;
    if (next != NULL)
        next->previous_in_queue = previous;
    else
        call->host->last = previous;
    call->waiting = false;
}

/* The call ended without an attempt, or before one; client->error says why. */
static void make_ready(brc_client *client, struct brc__call *call, int code)
{
    call->code = code;
    call->error = malloc(sizeof *call->error);
    if (call->error != NULL)
        *call->error = client->error;
    push(&client->ready_first, &client->ready_last, call);
}

/* ---- the life of a call in here */

static struct brc__call **bucket_of(brc_client *client, int64_t id)
{
    return &client->calls[(uint64_t)id % BRC__CALL_BUCKETS];
}

int brc__flight_add(brc_client *client, struct brc__call *call)
{
    if (call->code == 0) {
        call->host = host_of(client, &call->url);
        if (call->host == NULL)
            return BRC_E_NOMEM;
    }
    call->id = ++client->last_id;
    struct brc__call **bucket = bucket_of(client, call->id);
    call->next = *bucket;
    if (call->next != NULL)
        call->next->previous = call;
    *bucket = call;
    client->call_count++;
    call->waiting = call->code == 0;
    if (call->waiting)
        push(&call->host->first, &call->host->last, call);
    else
        make_ready(client, call, call->code);
    return BRC_OK;
}

void brc__flight_start(brc_client *client)
{
    struct brc__host *host;

    while (!client->closing && !client->free_pending && (host = host_in_turn(client)) != NULL) {
        struct brc__call *call = host->first;
        leave_host(call);
        client->noting++;
        int rc = brc__call_start(client, call);
        client->noting--;
        if (rc < 0) {
            make_ready(client, call, rc);
            continue;
        }
        host->active++;
        client->in_flight++;
    }
}

bool brc__flight_due(const brc_client *client)
{
    return client->ready_first != NULL || brc__transport_ended(client->transport) != NULL ||
           host_in_turn(client) != NULL;
}

static void unlink_call(brc_client *client, struct brc__call *call)
{
    if (call->previous != NULL)
        call->previous->next = call->next;
    else
        *bucket_of(client, call->id) = call->next;
    if (call->next != NULL)
        call->next->previous = call->previous;
    client->call_count--;
}

/* The last thing that happens to a call. */
static void tell(brc_client *client, struct brc__call *call)
{
    brc_result *result = NULL;

    unlink_call(client, call);
    if (brc_result_json(call->result, NULL) != NULL)
        result = brc__steal(call->result);
    call->done(client, call->id, call->code, result, call->user_data);
    brc__call_free(call);
}

static void tell_ready(brc_client *client, struct brc__call *call)
{
    if (call->error != NULL)
        client->error = *call->error;
    else
        brc__error_set(&client->error, call->code, "%s", brc_strerror(call->code));
    tell(client, call);
}

void brc__flight_deliver(brc_client *client)
{
    struct brc__exchange *exchange;
    struct brc__call *ready = client->ready_first;

    /* Those that become ready while these are told wait for the next time, or this might never end.
     */
    client->ready_first = NULL;
    while (ready != NULL) {
        struct brc__call *call = ready;
        ready = call->next_in_queue;
        tell_ready(client, call);
    }
    while ((exchange = brc__transport_ended(client->transport)) != NULL) {
        struct brc__call *call = brc__exchange_owner(exchange);
        call->host->active--;
        client->in_flight--;
        brc__call_end(client, call);
        tell(client, call);
        brc__flight_start(client); /* while the handle and the connection are still warm */
    }
}

struct brc__call *brc__flight_find(brc_client *client, int64_t id)
{
    struct brc__call *call = *bucket_of(client, id);

    while (call != NULL && call->id != id)
        call = call->next;
    return call;
}

void brc__flight_cancel(brc_client *client, struct brc__call *call)
{
    if (call->exchange != NULL) {
        client->noting++; /* the loop may be told to watch a descriptor no longer */
        brc__exchange_break(call->exchange, BRC_E_CANCELED, "broken off while under way");
        client->noting--;
    } else if (call->waiting) {
        leave_host(call);
        struct brc__error before = client->error;
        brc__error_set(&client->error, BRC_E_CANCELED, "%s before it was sent",
                       brc_strerror(BRC_E_CANCELED));
        make_ready(client, call, BRC_E_CANCELED);
        client->error = before;
    }
}

void brc__flight_cancel_all(brc_client *client)
{
    for (size_t i = 0; i < BRC__CALL_BUCKETS; i++)
        for (struct brc__call *call = client->calls[i]; call != NULL; call = call->next)
            brc__flight_cancel(client, call);
}

void brc__flight_free(brc_client *client)
{
    for (size_t i = 0; i < BRC__CALL_BUCKETS; i++)
        while (client->calls[i] != NULL) {
            struct brc__call *call = client->calls[i];
            unlink_call(client, call);
            brc__call_free(call);
        }
    while (client->hosts != NULL) {
        struct brc__host *host = client->hosts;
        client->hosts = host->next;
        free(host);
    }
}
