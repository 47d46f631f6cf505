/* The client: its life, and what drives its calls.
 * SPDX-License-Identifier: MIT */
#include "client_state.h"
#include "clock.h"
#include "endpoint.h"
#include "flight.h"
#include "memory.h"

#include <string.h>
#include <unistd.h>

enum {
    CONNECT_MS = 10 * 1000,
    TOTAL_MS = 15 * 60 * 1000,
    IDLE_MS = 5 * 60 * 1000, /* a model may think that long before the first byte */
    IN_FLIGHT = 256,
    WAIT_MAX_MS = 24 * 60 * 60 * 1000,
};

/* ---- life */

/* What cannot be used is noted, for the calls to fail with. */
static int read_environment(brc_client *client)
{
    struct brc__error error;

    int rc = brc__retries_init(&client->retries, getenv("AWS_MAX_ATTEMPTS"),
                               getenv("AWS_NEW_RETRIES_2026"), &error);
    if (rc == 0)
        rc = brc__skew_init(&client->skew, getenv("AWS_DISABLE_CLOCK_SKEW_CORRECTION"), &error);
    if (rc == 0)
        return BRC_OK;
    client->environment_fault = brc__strndup(error.text, strlen(error.text));
    return client->environment_fault == NULL ? BRC_E_NOMEM : BRC_OK;
}

int brc_client_new(brc_credentials *credentials, brc_client **ret_client)
{
    if (ret_client == NULL)
        return BRC_E_INVALID;
    *ret_client = NULL;
    if (credentials == NULL)
        return BRC_E_INVALID;
    brc_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return BRC_E_NOMEM;
    client->owner = getpid();
    client->credentials = brc_credentials_ref(credentials);
    client->connect_ms = CONNECT_MS;
    client->total_ms = TOTAL_MS;
    client->idle_ms = IDLE_MS;
    client->in_flight_max = IN_FLIGHT;
    client->loop.due = INT64_MAX;

    int rc = read_environment(client);
    if (rc == 0)
        rc = brc__transport_new(&client->transport);
    const char *endpoint = brc__endpoint_from_environment(&client->endpoint_variable);
    if (rc == 0 && endpoint != NULL) {
        client->endpoint = brc__strndup(endpoint, strlen(endpoint));
        if (client->endpoint == NULL)
            rc = BRC_E_NOMEM;
    }
    if (rc < 0) {
        brc_client_free(client);
        return rc;
    }
    brc__transport_keep(client->transport, client->in_flight_max);
    *ret_client = client;
    return BRC_OK;
}

/* Every call that is not done ends cancelled, and is told so. */
static void end_calls(brc_client *client)
{
    client->closing = true;
    client->driving++;
    while (client->call_count > 0) {
        brc__flight_cancel_all(client);
        brc__flight_deliver(client);
    }
    client->driving--;
    client->closing = false;
}

brc_client *brc_client_free(brc_client *client)
{
    if (client == NULL || client->closing)
        return NULL;
    if (client->driving > 0 || client->noting > 0) {
        client->free_pending = true;
        return NULL;
    }
    if (client->owner == getpid())
        end_calls(client);
    else
        brc__transport_disown(client->transport);
    client->noting++; /* the loop hears of the descriptors that close, and lastly of its timer */
    brc__flight_free(client);
    brc__transport_free(client->transport);
    if (client->loop.due != INT64_MAX && client->owner == getpid())
        client->loop.timer(-1, client->loop.user_data);
    brc_credentials_free(client->credentials);
    free(client->endpoint);
    free(client->ca_file);
    free(client->environment_fault);
    brc__destroy(client->usage.destroy, client->usage.user_data);
    brc__destroy(client->log.destroy, client->log.user_data);
    brc__destroy(client->loop.destroy, client->loop.user_data);
    free(client);
    return NULL;
}

/* ---- driving */

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

/* It may change, which is a call of the system to find out: it is asked once. */
static void enter(brc_client *client)
{
    brc__error_clear(&client->error);
    client->driving++;
}

/* Returns the number of calls not yet done. The outermost one sets the timer, or does the freeing
 * that was put off. */
static int leave(brc_client *client)
{
    int count = (int)client->call_count;

    if (client->driving == 1 && client->loop.watch != NULL && !client->free_pending)
        set_timer(client);
    client->driving--;
    if (client->driving == 0 && client->free_pending)
        brc_client_free(client);
    return count;
}

/* One round: start what may start, move, tell what has ended. */
static void drive(brc_client *client, int wait_ms)
{
    brc__flight_start(client);
    int64_t due = brc__flight_due(client), now = brc__clock_steady_ms();
    if (due - now < wait_ms)
        wait_ms = due > now ? (int)(due - now) : 0;
    client->noting++;
    brc__transport_turn(client->transport, wait_ms);
    client->noting--;
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
    if (timeout_ms < 0 || timeout_ms > WAIT_MAX_MS)
        return brc__error_set(&client->error, BRC_E_RANGE,
                              "timeout: must be from 0 to %d milliseconds", WAIT_MAX_MS);
    enter(client);
    if (client->call_count > 0)
        drive(client, (int)timeout_ms);
    return leave(client);
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
    enter(client);
    if (fd < 0)
        client->loop.due = INT64_MAX; /* it has fired */
    brc__flight_start(client);
    client->noting++;
    brc__transport_notify(client->transport, fd, events);
    client->noting--;
    brc__flight_deliver(client);
    brc__flight_start(client);
    return leave(client);
}

/* ---- calls */

/* May be called inside done and the usage callback, where the client is being driven. */
static int may_call(const brc_client *client)
{
    if (client == NULL)
        return BRC_E_INVALID;
    if (client->owner != getpid())
        return BRC_E_FORKED;
    if (client->noting > 0)
        return BRC_E_RECURSION;
    return client->closing ? BRC_E_INVALID : BRC_OK;
}

static int start(brc_client *client, const brc_request *request, brc_event_fn event,
                 brc_done_fn done, void *user_data, brc_destroy_fn destroy, int64_t *ret_id)
{
    struct brc__call *call;

    brc__call_new(client, request, event, &call);
    if (call == NULL)
        return BRC_E_NOMEM;
    call->done = done;
    call->user_data = user_data;
    int rc = brc__flight_add(client, call);
    if (rc < 0) {
        brc__call_free(call);
        return brc__error_set(&client->error, rc, "%s", brc_strerror(rc));
    }
    call->destroy = destroy;
    if (ret_id != NULL)
        *ret_id = call->id;
    return BRC_OK;
}

/* Inside a callback the client's error is that of the call which the callback is about. */
static int start_inside(brc_client *client, const brc_request *request, brc_event_fn event,
                        brc_done_fn done, void *user_data, brc_destroy_fn destroy, int64_t *ret_id)
{
    struct brc__error before = client->error;

    int rc = start(client, request, event, done, user_data, destroy, ret_id);
    client->error = before;
    return rc;
}

int brc_start(brc_client *client, const brc_request *request, brc_event_fn event, brc_done_fn done,
              void *user_data, brc_destroy_fn destroy, int64_t *ret_id)
{
    if (ret_id != NULL)
        *ret_id = 0;
    int rc = may_call(client);
    if (rc == 0 && (request == NULL || done == NULL))
        rc = BRC_E_INVALID;
    if (rc == 0) {
        rc = (client->driving++ > 0 ? start_inside : start)(client, request, event, done, user_data,
                                                            destroy, ret_id);
        leave(client);
    }
    if (rc < 0)
        brc__destroy(destroy, user_data);
    return rc;
}

/* 0 and the call, or NULL if there is none; or why nothing may be done with it. */
static int find_call(brc_client *client, int64_t id, int flag, const char *name,
                     struct brc__call **ret_call)
{
    *ret_call = NULL;
    int rc = may_call(client);
    if (rc < 0)
        return rc;
    if (flag != 0 && flag != 1)
        return brc__error_set(&client->error, BRC_E_RANGE, "%s: must be 0 or 1", name);
    *ret_call = brc__flight_find(client, id);
    return BRC_OK;
}

int brc_cancel(brc_client *client, int64_t id, int drain)
{
    struct brc__call *call;

    int rc = find_call(client, id, drain, "drain", &call);
    if (call == NULL)
        return rc;
    client->driving++;
    brc__flight_cancel(client, call, drain == 1);
    leave(client);
    return BRC_OK;
}

/* ---- the blocking calls: a start and a wait */

struct waiter {
    brc_event_fn event;
    void *user_data;
    bool done;
    int code;
    brc_result *result;
    struct brc__error error; /* other calls may end after this one, in the same round */
};

static int on_event(brc_client *client, int64_t id, const brc_event *event, void *user_data)
{
    const struct waiter *waiter = user_data;

    return waiter->event(client, id, event, waiter->user_data);
}

static void on_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    struct waiter *waiter = user_data;

    (void)id;
    waiter->done = true;
    waiter->code = code;
    waiter->result = result;
    waiter->error = client->error;
}

/* If a callback frees the client, the call ends as all others do. */
static int ask(brc_client *client, const brc_request *request, struct waiter *waiter)
{
    int rc = start(client, request, waiter->event == NULL ? NULL : on_event, on_done, waiter, NULL,
                   NULL);

    while (rc == 0 && !waiter->done && !client->free_pending)
        drive(client, WAIT_MAX_MS);
    if (rc == 0 && !waiter->done)
        end_calls(client);
    if (rc < 0)
        return rc;
    client->error = waiter->error;
    return waiter->code;
}

static int converse(brc_client *client, const brc_request *request, struct waiter *waiter,
                    brc_result **ret_result)
{
    int rc = brc__client_may_change(client);

    if (rc < 0)
        return rc;
    enter(client);
    if (request == NULL)
        rc = brc__error_set(&client->error, BRC_E_INVALID, "request: is NULL");
    else if (client->loop.watch != NULL)
        rc = brc__error_set(&client->error, BRC_E_INVALID,
                            "the client has a loop, which never waits; use brc_start()");
    else
        rc = ask(client, request, waiter);
    *ret_result = waiter->result;
    leave(client);
    return rc;
}

int brc_converse(brc_client *client, const brc_request *request, brc_result **ret_result)
{
    struct waiter waiter = {.event = NULL};

    if (ret_result == NULL)
        return BRC_E_INVALID;
    *ret_result = NULL;
    return converse(client, request, &waiter, ret_result);
}

int brc_converse_stream(brc_client *client, const brc_request *request, brc_event_fn event,
                        void *user_data, brc_result **ret_result)
{
    struct waiter waiter = {.event = event, .user_data = user_data};

    if (ret_result == NULL)
        return BRC_E_INVALID;
    *ret_result = NULL;
    if (event == NULL)
        return BRC_E_INVALID;
    return converse(client, request, &waiter, ret_result);
}

/* ---- pausing, which a blocking call does not need */

int brc_pause(brc_client *client, int64_t id, int paused)
{
    struct brc__call *call;

    int rc = find_call(client, id, paused, "paused", &call);
    if (call == NULL || call->event == NULL)
        return rc;
    if (call->event == on_event)
        return brc__error_set(&client->error, BRC_E_INVALID,
                              "a blocking call cannot be paused; its callback may take its time");
    client->driving++;
    brc__flight_pause(call, paused == 1);
    leave(client);
    return BRC_OK;
}
