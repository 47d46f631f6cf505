/* SPDX-License-Identifier: MIT */
#include "call.h"
#include "endpoint.h"
#include "request.h"

#include <stdio.h>

static int fail(brc_client *client, int code)
{
    return brc__error_set(&client->error, code, "%s", brc_strerror(code));
}

static int make_result(brc_client *client, struct brc__call *call, const brc_request *request)
{
    call->result = brc__result_new();
    if (call->result == NULL)
        return fail(client, BRC_E_NOMEM);
    int rc = brc__usage_init(&call->result->usage, request->profile_arn, request->metadata);
    if (rc == BRC_E_INVALID)
        return brc__error_set(&client->error, rc, "the system gives no random numbers");
    if (rc == 0 && call->event != NULL)
        brc__stream_init(&call->stream, call->result);
    return rc < 0 ? fail(client, rc) : BRC_OK;
}

static int make_url(brc_client *client, struct brc__call *call, const brc_request *request)
{
    int rc = BRC_OK;

    if (client->endpoint == NULL) {
        rc = brc__endpoint_of(&request->arn, &call->url, &client->error);
    } else {
        /* What came from the environment was not judged before. */
        if (client->endpoint_variable != NULL)
            rc = brc__endpoint_check(client->endpoint, client->endpoint_variable, &client->error);
        size_t length = strlen(client->endpoint);
        while (length > 0 && client->endpoint[length - 1] == '/')
            length--;
        brc__buf_append(&call->url, client->endpoint, length);
    }
    if (rc == BRC_E_INVALID)
        return rc;
    brc__request_path(request, &call->url);
    brc__buf_text(&call->url, call->event == NULL ? "/converse" : "/converse-stream");
    return call->url.status < 0 ? fail(client, call->url.status) : BRC_OK;
}

int brc__call_new(brc_client *client, const brc_request *request, brc_event_fn event,
                  struct brc__call **ret_call)
{
    struct brc__call *call = *ret_call = calloc(1, sizeof *call);

    if (call == NULL)
        return fail(client, BRC_E_NOMEM);
    call->event = event;
    call->body = BRC__BUF(BRC__CEILING_REQUEST);
    call->url = BRC__BUF(BRC__CEILING_URL);
    call->headers = BRC__SECRET_BUF(BRC__CEILING_HEADERS);
    snprintf(call->region, sizeof call->region, "%.*s", (int)request->arn.region_length,
             request->arn.region);
    if (client->environment_fault != NULL)
        call->code = brc__error_set(&client->error, BRC_E_INVALID, "%s", client->environment_fault);
    if (call->code == 0)
        call->code = brc__request_body(request, &call->body, &client->error);
    if (call->code == 0)
        call->code = make_url(client, call, request);
    if (call->code == 0)
        call->code = make_result(client, call, request);
    int rc = call->code;
    if (rc == BRC_E_NOMEM) {
        brc__call_free(call);
        *ret_call = NULL;
    }
    return rc;
}

void brc__call_free(struct brc__call *call)
{
    brc__exchange_free(call->exchange); /* before what it borrows */
    brc__buf_free(&call->body);
    brc__buf_free(&call->url);
    brc__buf_free(&call->headers);
    brc__stream_free(&call->stream);
    brc_result_free(call->result);
    free(call->error);
    brc__destroy(call->destroy, call->user_data);
    free(call);
}
