/* SPDX-License-Identifier: MIT */
#include "flight.h"
#include "accounts.h"
#include "lookup.h"
#include "queue.h"
#include "refresh.h"

#include <stdlib.h>

/* The call ended without an attempt; client->error says why. */
static void make_ready(brc_client *client, struct brc__call *call, int code)
{
    call->code = code;
    call->error = malloc(sizeof *call->error);
    if (call->error != NULL)
        *call->error = client->error;
    call->state = BRC__CALL_READY;
    brc__queue_append(&client->ready, call);
}

/* The call ended before an attempt left. Where that has a hold already, it is on record. */
static void end_unsent(brc_client *client, struct brc__call *call, int code)
{
    if (!brc__account_holds(call)) {
        make_ready(client, call, code);
        return;
    }
    brc__attempt_end_unsent(client, call, code);
    brc__accounts_take(client, call, -1);
}

/* ---- the life of a call in here */

static struct brc__call **bucket_of(brc_client *client, int64_t id)
{
    return &client->calls[(uint64_t)id % BRC__CALL_BUCKETS];
}

int brc__flight_add(brc_client *client, struct brc__call *call)
{
    int rc;

    if (call->code == 0) {
        rc = brc__host_of(client, call);
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
        brc__host_wait(call);
    else
        make_ready(client, call, call->code);
    return BRC_OK;
}

/* Keys to sign with: 0; 1 if they are being fetched, and the call waits for them; or why there are
 * none. */
static int need_keys(brc_client *client, struct brc__call *call)
{
    const char *region = call->kind->needs_keys_for(client, call);
    int rc = region == NULL ? BRC_OK : brc__refresh_need(client, region);

    if (rc > 0) {
        call->state = BRC__CALL_LACKING;
        brc__queue_append(&client->lacking, call);
    }
    return rc;
}

/* A hold, where accounts are kept: 0; 1 if the call waits; or why it gets none. It may have one
 * already, and lead to another host than the one whose turn it was. */
static int need_hold(brc_client *client, struct brc__call *call)
{
    int rc = BRC_OK;

    if (call->account == NULL)
        return BRC_OK;
    if (!brc__account_holds(call))
        rc = brc__accounts_admit(client, call);
    if (rc != 0 || call->host != NULL)
        return rc;
    rc = brc__host_of(client, call);
    if (rc < 0)
        return brc__error_set(&client->error, rc, "%s", brc_strerror(rc));
    if (brc__host_has_room(client, call->host))
        return BRC_OK;
    brc__host_wait(call);
    return 1;
}

static void start(brc_client *client, struct brc__call *call)
{
    brc__queue_leave(&call->host->waiting, call);
    client->noting++;
    int rc = need_keys(client, call);
    if (rc == 0)
        rc = need_hold(client, call);
    if (rc == 0)
        rc = brc__attempt_start(client, call);
    client->noting--;
    if (rc > 0)
        return;
    if (rc < 0) {
        end_unsent(client, call, rc);
        return;
    }
    call->state = BRC__CALL_FLYING;
    call->host->active++;
    client->in_flight++;
}

/* The fetch of credentials has ended: those that lacked them go on, or fail with its reason. */
static void end_lacking(brc_client *client, int code)
{
    struct brc__call *call;

    while ((call = brc__queue_take(&client->lacking)) != NULL) {
        if (code < 0)
            end_unsent(client, call, code);
        else
            brc__host_wait(call);
    }
}

static void send_errand(brc_client *client, struct brc__call *errand)
{
    int rc = brc__flight_add(client, errand);

    if (rc == 0)
        return;
    errand->code = brc__error_set(&client->error, rc, "%s", brc_strerror(rc));
    errand->kind->tell(client, errand);
    brc__call_free(errand);
}

/* Sends what the fetch of credentials and the ledger want sent, and minds their ends. */
static void serve(brc_client *client)
{
    struct brc__errand *errand;
    struct brc__call *call;
    int code;

    brc__refresh_poll(client);
    while ((errand = brc__refresh_next(client)) != NULL)
        send_errand(client, &errand->call);
    if (brc__refresh_take_end(client, &code))
        end_lacking(client, code);
    brc__accounts_serve(client, end_unsent);
    while ((call = brc__queue_take(&client->posted)) != NULL)
        send_errand(client, call);
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

    brc__queue_end_backing_off(client);
    serve(client);
    while (!client->closing && !client->free_pending &&
           (host = brc__host_in_turn(client)) != NULL) {
        start(client, host->waiting.first);
        serve(client);
    }
}

int64_t brc__flight_due(const brc_client *client)
{
    if (client->ready.first != NULL || brc__transport_has_more(client->transport) ||
        client->posted.first != NULL || brc__host_in_turn(client) != NULL)
        return 0;
    int64_t due = brc__refresh_due(client), accounts_due = brc__accounts_due(client);
    if (accounts_due < due)
        due = accounts_due;
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
    struct brc__call *call;
    while ((call = brc__queue_take(&ready)) != NULL) {
        call->state = BRC__CALL_IDLE;
        tell_ready(client, call);
    }
}

static int set_canceled(brc_client *client, const char *when)
{
    return brc__error_set(&client->error, BRC_E_CANCELED, "%s %s", brc_strerror(BRC_E_CANCELED),
                          when);
}

/* What follows on an attempt that has ended, and is on record if accounts are kept. */
static void follow(brc_client *client, struct brc__call *call, int64_t again_in)
{
    call->state = BRC__CALL_IDLE;
    if (call->kind->record != NULL)
        call->kind->record(client, call);
    bool wanted = !call->canceled && !client->closing && !client->free_pending;
    if (again_in >= 0 && wanted) {
        call->attempt++;
        brc__queue_back_off(client, call, again_in);
        return;
    }
    if (again_in >= 0)
        call->code = set_canceled(client, "before it was sent again");
    tell(client, call);
}

static void end_attempt(brc_client *client, struct brc__call *call)
{
    call->state = BRC__CALL_IDLE;
    call->host->active--;
    client->in_flight--;
    int64_t again_in = brc__attempt_end(client, call);
    if (brc__account_holds(call)) {
        brc__accounts_take(client, call, again_in);
        return;
    }
    follow(client, call, again_in);
    brc__flight_start(client); /* while the handle and the connection are still warm */
}

/* The settles of all attempts that ended in this turn are stored in one step, then their calls are
 * told. */
static void settle(brc_client *client)
{
    if (!brc__accounts_settle(client))
        return;
    struct brc__queue settled = client->settling;
    client->settling = (struct brc__queue){NULL, NULL};
    struct brc__call *call;
    while ((call = brc__queue_take(&settled)) != NULL) {
        client->error = call->account->end;
        follow(client, call, call->account->again_in);
    }
    brc__flight_start(client);
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
            break;
    }
    if (client->ledger == NULL)
        return;
    settle(client);
    brc__ledger_notify(client->ledger);
}

/* No attempt is under way: the call ends. */
static void cancel_unsent(brc_client *client, struct brc__call *call, struct brc__queue *queue,
                          const char *when)
{
    struct brc__error before = client->error;

    brc__queue_leave(queue, call);
    end_unsent(client, call, set_canceled(client, when));
    client->error = before;
}

void brc__flight_cancel(brc_client *client, struct brc__call *call, bool drain)
{
    switch (call->state) {
    case BRC__CALL_WAITING:
        cancel_unsent(client, call, &call->host->waiting, "before it was sent");
        break;
    case BRC__CALL_BACKING_OFF:
        cancel_unsent(client, call, &client->backing_off,
                      call->attempt > 1 ? "before it was sent again" : "before it was sent");
        break;
    case BRC__CALL_LACKING:
        cancel_unsent(client, call, &client->lacking, "before it was sent");
        break;
    case BRC__CALL_UNLISTED:
        cancel_unsent(client, call, &client->unlisted, "before it was sent");
        break;
    case BRC__CALL_UNCOUNTED:
        cancel_unsent(client, call, &client->uncounted, "before it was sent");
        break;
    case BRC__CALL_FLYING:
        brc__attempt_cancel(client, call, drain);
        break;
    case BRC__CALL_SETTLING: /* the attempt has ended; there is to be no other */
    case BRC__CALL_IDLE:     /* its record is being told */
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
    struct brc__call *errand;
    while ((errand = brc__queue_take(&client->posted)) != NULL)
        brc__call_free(errand);
    brc__lookups_free(client);
    brc__hosts_free(client);
}
