/* SPDX-License-Identifier: MIT */
#include "drive.h"
#include "clock.h"
#include "flight.h"
#include "refresh.h"

enum {
    LEDGER_WAIT_MAX_MS =
        10 * 1000 /* until a client that is freed leaves its settles to the ledger */
};

/* Sets the application's timer to when the client has to be called next, if that has changed. */
static void set_timer(brc_client *client)
{
    struct brc__loop *loop = &client->loop;
    int64_t now = brc__clock_steady_ms();
    int64_t due = brc__flight_due(client), transport_due = brc__transport_due(client->transport);

    if (transport_due < due)
        due = transport_due;
    if (due == loop->due || (due <= now && loop->due <= now))
        return;
    int64_t timeout = due == INT64_MAX ? -1 : due < now ? 0 : due - now;
    loop->due = due;
    client->noting++;
    int rc = loop->timer(timeout, loop->user_data);
    if (rc != 0)
        brc__transport_break(client->transport, BRC_E_CANCELED,
                             "the application's loop sets no timer");
    client->noting--;
}

void brc__drive_enter(brc_client *client)
{
    brc__error_clear(&client->error);
    client->driving++;
}

int brc__drive_leave(brc_client *client)
{
    int count = (int)(client->call_count - client->errand_count);

    if (client->driving == 1 && client->loop.watch != NULL && !client->free_pending)
        set_timer(client);
    client->driving--;
    if (client->driving == 0 && client->free_pending)
        brc_client_free(client);
    return count;
}

void brc__drive(brc_client *client, int wait_ms)
{
    brc__refresh_resume(client);
    brc__flight_start(client);
    int64_t due = brc__flight_due(client), now = brc__clock_steady_ms();
    if (due - now < wait_ms)
        wait_ms = due > now ? (int)(due - now) : 0;
    client->noting++;
    brc__transport_turn(client->transport, wait_ms);
    client->noting--;
    brc__refresh_rest(client);
    brc__flight_deliver(client);
}

int brc_client_perform(brc_client *client, int64_t timeout_ms)
{
    int rc = brc__client_may_change(client);

    if (rc < 0)
        return rc;
    if (client->loop.watch != NULL)
        return brc__error_set(&client->error, BRC_E_INVALID,
                              "the client has a loop, which drives it");
    if (timeout_ms < 0 || timeout_ms > BRC__WAIT_MAX_MS)
        return brc__error_set(&client->error, BRC_E_RANGE,
                              "timeout: must be from 0 to %d milliseconds", BRC__WAIT_MAX_MS);
    brc__drive_enter(client);
    if (client->call_count > 0)
        brc__drive(client, (int)timeout_ms);
    return brc__drive_leave(client);
}

int brc_client_wakeup(brc_client *client)
{
    if (client == NULL || client->loop.watch != NULL)
        return BRC_E_INVALID;
    return brc__transport_wakeup(client->transport);
}

static int on_watch(int fd, int events, void *user_data)
{
    brc_client *client = user_data;

    client->noting++;
    int rc = client->loop.watch(fd, events, client->loop.user_data);
    client->noting--;
    return rc;
}

int brc_client_set_loop(brc_client *client, brc_watch_fn watch, brc_timer_fn timer, void *user_data,
                        brc_destroy_fn destroy)
{
    int rc = brc__client_may_change(client);

    if (rc == 0 && (watch == NULL || timer == NULL))
        rc = brc__error_set(&client->error, BRC_E_INVALID, "watch, timer: one is NULL");
    else if (rc == 0 && (client->last_id > 0 || client->loop.watch != NULL))
        rc = brc__error_set(&client->error, BRC_E_INVALID,
                            "the loop can only be set once, and before the first call");
    if (rc == 0)
        rc = brc__transport_set_loop(client->transport, on_watch, client);
    if (rc < 0) {
        brc__destroy(destroy, user_data);
        return rc;
    }
    client->loop = (struct brc__loop){watch, timer, user_data, destroy, INT64_MAX};
    return BRC_OK;
}

int brc_client_notify(brc_client *client, int fd, int events)
{
    int rc = brc__client_may_change(client);

    if (rc < 0)
        return rc;
    if (client->loop.watch == NULL)
        return brc__error_set(&client->error, BRC_E_INVALID, "the client has no loop");
    brc__drive_enter(client);
    if (fd < 0)
        client->loop.due = INT64_MAX; /* it has fired */
    brc__flight_start(client);
    client->noting++;
    brc__transport_notify(client->transport, fd, events);
    client->noting--;
    brc__flight_deliver(client);
    brc__flight_start(client);
    return brc__drive_leave(client);
}

void brc__drive_end_calls(brc_client *client)
{
    client->closing = true;
    client->ledger_until = brc__clock_steady_ms() + LEDGER_WAIT_MAX_MS;
    client->driving++;
    while (client->call_count > 0) {
        brc__flight_cancel_all(client);
        brc__flight_deliver(client);
    }
    client->driving--;
    client->closing = false;
}
