/* SPDX-License-Identifier: MIT */
#include "flight.h"
#include "clock.h"
#include "memory.h"
#include "refresh.h"
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

static int64_t per_host_max(const brc_client *client)
{
    return client->per_host_max > 0 ? client->per_host_max : client->in_flight_max;
}

static bool has_room(const brc_client *client, const struct brc__host *host)
{
    return client->in_flight < client->in_flight_max && host->active < per_host_max(client);
}

/* The host whose first waiting call came before those of all others that may start one, or is
 * urgent. */
static struct brc__host *host_in_turn(const brc_client *client)
{
    struct brc__host *in_turn = NULL;

    for (struct brc__host *host = client->hosts; host != NULL; host = host->next) {
        const struct brc__call *call = host->waiting.first;
        if (call != NULL && call->urgent)
            return host;
        if (call != NULL && has_room(client, host) &&
            (in_turn == NULL || call->id < in_turn->waiting.first->id))
            in_turn = host;
    }
    return in_turn;
}

/* ---- queues */

/* Behind `previous`, or first for NULL. */
static void insert(struct brc__queue *queue, struct brc__call *previous, struct brc__call *call)
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

static void leave(struct brc__queue *queue, struct brc__call *call)
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

/* In the order of their numbers: a call that is attempted again goes before younger ones, and an
 * urgent one before all. */
static void wait_at_host(struct brc__call *call)
{
    struct brc__queue *queue = &call->host->waiting;
    struct brc__call *before = call->urgent ? NULL : queue->last;

    while (before != NULL && !before->urgent && before->id > call->id)
        before = before->previous_in_queue;
    call->state = BRC__CALL_WAITING;
    insert(queue, before, call);
}

/* Until the next attempt is due. */
static void back_off(brc_client *client, struct brc__call *call, int64_t ms)
{
    struct brc__call *before = client->backing_off.last;

    call->due_at = brc__clock_steady_ms() + ms;
    while (before != NULL && before->due_at > call->due_at)
        before = before->previous_in_queue;
    call->state = BRC__CALL_BACKING_OFF;
    insert(&client->backing_off, before, call);
}

/* The calls whose next attempt is due go and wait for their turn. */
static void end_backing_off(brc_client *client)
{
    struct brc__call *call = client->backing_off.first;

    if (call == NULL)
        return;
    int64_t now = brc__clock_steady_ms();
    while (call != NULL && call->due_at <= now) {
        leave(&client->backing_off, call);
        call->attempt++;
        wait_at_host(call);
        call = client->backing_off.first;
    }
}

/* The call ended without an attempt, or before one; client->error says why. */
static void make_ready(brc_client *client, struct brc__call *call, int code)
{
    call->code = code;
    call->error = malloc(sizeof *call->error);
    if (call->error != NULL)
        *call->error = client->error;
    call->state = BRC__CALL_READY;
    insert(&client->ready, client->ready.last, call);
}

/* ---- the life of a call in here */

static struct brc__call **bucket_of(brc_client *client, int64_t id)
{
    return &client->calls[(uint64_t)id % BRC__CALL_BUCKETS];
}

/* Which host, and whether no proxy may stand before it. */
static int find_way(brc_client *client, struct brc__call *call)
{
    struct brc__url parts;

    int rc = brc__url_parse(call->url.data, call->url.length, &parts);
    if (rc < 0)
        return rc;
    call->host = host_of(client, call->url.data, &parts);
    call->direct = call->direct || brc__url_is_loopback(&parts);
    return call->host == NULL ? BRC_E_NOMEM : BRC_OK;
}

int brc__flight_add(brc_client *client, struct brc__call *call)
{
    int rc;

    if (call->code == 0) {
        rc = find_way(client, call);
        if (rc < 0)
            return rc;
    }
    call->id = ++client->last_id;
    struct brc__call **bucket = bucket_of(client, call->id);
    call->next = *bucket;
    if (call->next != NULL)
        call->next->previous = call;
    *bucket = call;
    client->call_count++;
    client->errand_count += call->kind->record == NULL;
    if (call->code == 0)
        wait_at_host(call);
    else
        make_ready(client, call, call->code);
    return BRC_OK;
}

/* Keys to sign with: 0; 1 if they are being fetched; or why there are none. */
static int prepare(brc_client *client, const struct brc__call *call)
{
    const char *region = call->kind->needs_keys_for(client, call);

    return region == NULL ? BRC_OK : brc__refresh_need(client, region);
}

static void start(brc_client *client, struct brc__call *call)
{
    leave(&call->host->waiting, call);
    client->noting++;
    int rc = prepare(client, call);
    if (rc == 0)
        rc = brc__attempt_start(client, call);
    client->noting--;
    if (rc > 0) {
        call->state = BRC__CALL_LACKING;
        insert(&client->lacking, client->lacking.last, call);
        return;
    }
    if (rc < 0) {
        make_ready(client, call, rc);
        return;
    }
    call->state = BRC__CALL_FLYING;
    call->host->active++;
    client->in_flight++;
}

/* The fetch of credentials has ended: those that lacked them go on, or fail with its reason. */
static void end_lacking(brc_client *client, int code)
{
    while (client->lacking.first != NULL) {
        struct brc__call *call = client->lacking.first;
        leave(&client->lacking, call);
        if (code < 0)
            make_ready(client, call, code);
        else
            wait_at_host(call);
    }
}

/* Sends what the fetch wants sent, and minds its end. */
static void serve_refresh(brc_client *client)
{
    struct brc__errand *errand;
    int code;

    brc__refresh_poll(client);
    while ((errand = brc__refresh_next(client)) != NULL) {
        int rc = brc__flight_add(client, &errand->call);
        if (rc == 0)
            continue;
        errand->call.code = brc__error_set(&client->error, rc, "%s", brc_strerror(rc));
        errand->done(client, errand, errand->user_data);
        brc__call_free(&errand->call);
    }
    if (brc__refresh_take_end(client, &code))
        end_lacking(client, code);
}

void brc__flight_forget_keys(brc_client *client)
{
    struct brc__errand *errand = brc__refresh_leave(client);

    if (errand != NULL)
        brc__flight_cancel(client, &errand->call, false);
    client->refresh = brc__refresh_free(client->refresh);
    end_lacking(client, BRC_OK);
}

void brc__flight_start(brc_client *client)
{
    struct brc__host *host;

    end_backing_off(client);
    serve_refresh(client);
    while (!client->closing && !client->free_pending && (host = host_in_turn(client)) != NULL) {
        start(client, host->waiting.first);
        serve_refresh(client);
    }
}

int64_t brc__flight_due(const brc_client *client)
{
    if (client->ready.first != NULL || brc__transport_has_more(client->transport) ||
        host_in_turn(client) != NULL)
        return 0;
    int64_t due = brc__refresh_due(client);
    if (client->backing_off.first != NULL && client->backing_off.first->due_at < due)
        due = client->backing_off.first->due_at;
    return due;
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
    client->errand_count -= call->kind->record == NULL;
}

/* The last thing that happens to a call. */
static void tell(brc_client *client, struct brc__call *call)
{
    unlink_call(client, call);
    call->kind->tell(client, call);
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

/* Those that become ready while these are told wait for the next time, or this might never end. */
static void deliver_ready(brc_client *client)
{
    struct brc__queue ready = client->ready;

    client->ready = (struct brc__queue){NULL, NULL};
    while (ready.first != NULL) {
        struct brc__call *call = ready.first;
        leave(&ready, call);
        call->state = BRC__CALL_IDLE;
        tell_ready(client, call);
    }
}

static int set_canceled(brc_client *client, const char *when)
{
    return brc__error_set(&client->error, BRC_E_CANCELED, "%s %s", brc_strerror(BRC_E_CANCELED),
                          when);
}

static void end_attempt(brc_client *client, struct brc__call *call)
{
    call->state = BRC__CALL_IDLE;
    call->host->active--;
    client->in_flight--;
    int64_t again_in = brc__attempt_end(client, call);
    bool wanted = !call->canceled && !client->closing && !client->free_pending;
    if (again_in >= 0 && wanted) {
        back_off(client, call, again_in);
    } else {
        if (again_in >= 0)
            call->code = set_canceled(client, "before it was sent again");
        tell(client, call);
    }
    brc__flight_start(client); /* while the handle and the connection are still warm */
}

/* Whatever came of an answer is told before its end is. */
void brc__flight_deliver(brc_client *client)
{
    struct brc__exchange *exchange;

    deliver_ready(client);
    for (;;) {
        if ((exchange = brc__transport_news(client->transport)) != NULL)
            brc__attempt_take(client, brc__exchange_owner(exchange));
        else if ((exchange = brc__transport_ended(client->transport)) != NULL)
            end_attempt(client, brc__exchange_owner(exchange));
        else
            return;
    }
}

struct brc__call *brc__flight_find(brc_client *client, int64_t id)
{
    struct brc__call *call = *bucket_of(client, id);

    while (call != NULL && call->id != id)
        call = call->next;
    return call;
}

/* No attempt is under way: the call is ready to be told. */
static void cancel_unsent(brc_client *client, struct brc__call *call, struct brc__queue *queue,
                          const char *when)
{
    struct brc__error before = client->error;

    leave(queue, call);
    make_ready(client, call, set_canceled(client, when));
    client->error = before;
}

void brc__flight_cancel(brc_client *client, struct brc__call *call, bool drain)
{
    switch (call->state) {
    case BRC__CALL_WAITING:
        cancel_unsent(client, call, &call->host->waiting, "before it was sent");
        break;
    case BRC__CALL_BACKING_OFF:
        cancel_unsent(client, call, &client->backing_off, "before it was sent again");
        break;
    case BRC__CALL_LACKING:
        cancel_unsent(client, call, &client->lacking, "before it was sent");
        break;
    case BRC__CALL_FLYING:
        brc__attempt_cancel(client, call, drain);
        break;
    case BRC__CALL_IDLE: /* the record of an attempt is being told; there is to be no other */
        call->canceled = true;
        break;
    case BRC__CALL_READY:
        break;
    }
}

void brc__flight_pause(struct brc__call *call, bool paused)
{
    call->paused = paused;
    if (call->state == BRC__CALL_FLYING)
        brc__attempt_pause(call);
}

void brc__flight_cancel_all(brc_client *client)
{
    for (size_t i = 0; i < BRC__CALL_BUCKETS; i++)
        for (struct brc__call *call = client->calls[i]; call != NULL; call = call->next)
            brc__flight_cancel(client, call, false);
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
