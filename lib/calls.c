/* The calls of the API: started, cancelled, paused, or waited for.
 * SPDX-License-Identifier: MIT */
#include "aws_call.h"
#include "drive.h"
#include "flight.h"
#include "imds.h"
#include "model_call.h"

#include <bedrockcost/aws.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
    struct brc__model_call *call;

    brc__model_call_new(client, request, event, &call);
    if (call == NULL)
        return BRC_E_NOMEM;
    call->done = done;
    call->user_data = user_data;
    int rc = brc__flight_add(client, &call->call);
    if (rc < 0) {
        brc__call_free(&call->call);
        return brc__error_set(&client->error, rc, "%s", brc_strerror(rc));
    }
    call->destroy = destroy;
    if (ret_id != NULL)
        *ret_id = call->call.id;
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
        brc__drive_leave(client);
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
    *ret_call = brc__call_find(client, id);
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
    brc__drive_leave(client);
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

/* Drives until the call is done. If a callback frees the client, the call ends as all others do. */
static void wait_for(brc_client *client, const bool *done)
{
    client->waiting = true;
    while (!*done && !client->free_pending)
        brc__drive(client, BRC__WAIT_MAX_MS);
    client->waiting = false;
    if (!*done)
        brc__drive_end_calls(client);
}

/* 0 if the client may wait, and is entered then. */
static int enter_to_wait(brc_client *client)
{
    int rc = brc__client_may_change(client);

    if (rc < 0)
        return rc;
    if (client->loop.watch != NULL)
        return brc__error_set(&client->error, BRC_E_INVALID,
                              "the client has a loop, which never waits; use brc_start()");
    brc__drive_enter(client);
    return BRC_OK;
}

static int converse(brc_client *client, const brc_request *request, struct waiter *waiter,
                    brc_result **ret_result)
{
    int rc = enter_to_wait(client);

    if (rc < 0)
        return rc;
    if (request == NULL)
        rc = brc__error_set(&client->error, BRC_E_INVALID, "request: is NULL");
    else
        rc = start(client, request, waiter->event == NULL ? NULL : on_event, on_done, waiter, NULL,
                   NULL);
    if (rc == 0) {
        wait_for(client, &waiter->done);
        rc = waiter->code;
        client->error = waiter->error;
        *ret_result = waiter->result;
    }
    brc__drive_leave(client);
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

struct caller {
    bool done;
    int code;
    struct brc__buf answer;
    struct brc__error error;
};

static void on_answer(brc_client *client, struct brc__errand *errand, void *user_data)
{
    struct caller *caller = user_data;

    caller->done = true;
    caller->code = errand->call.code;
    caller->answer = errand->answer;
    errand->answer = BRC__SECRET_BUF(0);
    caller->error = client->error;
}

/* Sends the errand and waits for its answer. */
static int run_errand(brc_client *client, struct brc__errand *errand, char **ret_answer)
{
    struct caller caller = {.done = false};

    errand->done = on_answer;
    errand->user_data = &caller;
    int rc = brc__flight_add(client, &errand->call);
    if (rc < 0) {
        brc__call_free(&errand->call);
        return brc__error_set(&client->error, rc, "%s", brc_strerror(rc));
    }
    wait_for(client, &caller.done);
    client->error = caller.error;
    if (caller.code < 0 && *caller.error.http_status == '\0')
        brc__buf_free(&caller.answer); /* an earlier attempt's: this failure is not of its making */
    *ret_answer = brc__buf_steal(&caller.answer);
    return caller.code;
}

/* Keeps what the machine says its region is, if it can be one. */
static void keep_region(brc_client *client, char *region)
{
    size_t n = strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-");

    if (n == 0 || strchr("\r\n", region[n]) == NULL) {
        free(region);
        return;
    }
    region[n] = '\0';
    client->surroundings.region = region;
    snprintf(client->surroundings.region_name, BRC__SETTING_NAME_SIZE, "the machine's region");
}

/* The region that the machine itself is in, if it is in one. */
static int ask_region(brc_client *client)
{
    char *token = NULL, *region = NULL;
    brc__auto_free char *endpoint = NULL;
    struct brc__errand *errand;

    int rc = brc__surroundings_imds(&endpoint);
    if (rc < 0)
        return brc__error_set(&client->error, rc, "%s", brc_strerror(rc));
    if (endpoint == NULL)
        return BRC_OK;
    rc = brc__imds_token(client, endpoint, &errand);
    if (rc == 0)
        rc = run_errand(client, errand, &token);
    if (rc == 0 && token != NULL)
        token[strcspn(token, "\r\n")] = '\0';
    if (rc == 0)
        rc = brc__imds_get(client, endpoint, "/latest/meta-data/placement/region",
                           token == NULL ? "" : token, &errand);
    if (rc == 0)
        rc = run_errand(client, errand, &region);
    brc__free_secret(token);
    if (rc == 0 && region != NULL)
        keep_region(client, region);
    return rc == BRC_E_NOMEM || rc == BRC_E_CANCELED ? rc : BRC_OK;
}

int brc_aws_call(brc_client *client, const char *service, const char *region, const char *operation,
                 const char *json, char **ret_json)
{
    struct brc__errand *errand;

    if (ret_json == NULL)
        return BRC_E_INVALID;
    *ret_json = NULL;
    int rc = enter_to_wait(client);
    if (rc < 0)
        return rc;
    if (service == NULL || operation == NULL)
        rc = brc__error_set(&client->error, BRC_E_INVALID, "service, operation: one is NULL");
    else if (client->environment_fault != NULL)
        rc = brc__error_set(&client->error, BRC_E_INVALID, "%s", client->environment_fault);
    if (rc == 0 && region == NULL && client->surroundings.region == NULL)
        rc = ask_region(client);
    if (rc == 0)
        rc = brc__aws_errand(client, service, region, operation, json, &errand);
    if (rc == 0)
        rc = run_errand(client, errand, ret_json);
    brc__drive_leave(client);
    return rc;
}

/* ---- pausing, which a blocking call does not need */

int brc_pause(brc_client *client, int64_t id, int paused)
{
    struct brc__call *call;

    int rc = find_call(client, id, paused, "paused", &call);
    if (call == NULL || !call->streamed)
        return rc;
    if (((struct brc__model_call *)call)->event == on_event)
        return brc__error_set(&client->error, BRC_E_INVALID,
                              "a blocking call cannot be paused; its callback may take its time");
    client->driving++;
    brc__flight_pause(call, paused == 1);
    brc__drive_leave(client);
    return BRC_OK;
}
