/* SPDX-License-Identifier: MIT */
#include "call.h"
#include "answer.h"
#include "clock.h"
#include "credentials.h"
#include "endpoint.h"
#include "head.h"
#include "request.h"
#include "sigv4.h"
#include "url.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- from the request */

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
    return call->url.status < 0 ? fail(client, call->url.status) : BRC_OK;
}

int brc__call_new(brc_client *client, const brc_request *request, struct brc__call **ret_call)
{
    struct brc__call *call = *ret_call = calloc(1, sizeof *call);

    if (call == NULL)
        return fail(client, BRC_E_NOMEM);
    call->body = BRC__BUF(BRC__CEILING_REQUEST);
    call->url = BRC__BUF(BRC__CEILING_URL);
    call->headers = BRC__SECRET_BUF(BRC__CEILING_HEADERS);
    snprintf(call->region, sizeof call->region, "%.*s", (int)request->arn.region_length,
             request->arn.region);
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
    brc_result_free(call->result);
    free(call->error);
    brc__destroy(call->destroy, call->user_data);
    free(call);
}

/* ---- to the wire */

/* Appends the headers that sign; a debug log gets what may be shown of it. */
static int sign_input(brc_client *client, struct brc__call *call, const brc_sign_input *input,
                      struct brc__keys *keys)
{
    const struct brc__log *log = &client->log;
    brc__auto_buf struct brc__buf names = BRC__BUF(BRC__CEILING_HEADERS);
    struct brc__sigv4_trace trace = {.signed_headers = &names};

    if (!brc__log_wants(log, BRC_LOG_DEBUG)) {
        int rc = brc__sigv4_sign(input, keys, NULL, &call->headers);
        return rc < 0 ? fail(client, rc) : BRC_OK;
    }
    int rc = brc__sigv4_sign(input, keys, &trace, &call->headers);
    if (rc < 0)
        return fail(client, rc);
    brc__log_line(log, BRC_LOG_DEBUG, "call %s: signed %s, SHA-256 of the canonical request %s",
                  call->result->usage.call_id, names.data, trace.request_hash);
    return BRC_OK;
}

/* Appends the request's own headers and those that sign them. */
static int sign(brc_client *client, struct brc__call *call, int64_t utc_ms)
{
    brc__auto_keys struct brc__keys *keys = NULL;
    char invocation[64];
    const char *const headers[] = {"Content-Type: application/json", invocation};
    enum {
        HEADERS = sizeof headers / sizeof *headers
    };

    int rc = brc__credentials_acquire(client->credentials, utc_ms / 1000, &keys, &client->error);
    if (rc < 0)
        return rc;
    snprintf(invocation, sizeof invocation, "amz-sdk-invocation-id: %s",
             call->result->usage.call_id);
    brc_sign_input input = {
        .size = sizeof input,
        .method = "POST",
        .url = call->url.data,
        .headers = headers,
        .header_count = HEADERS,
        .body = call->body.data,
        .body_length = call->body.length,
        .region = call->region,
        .service = "bedrock",
        .time = utc_ms / 1000,
    };
    for (size_t i = 0; i < HEADERS; i++)
        brc__buf_appendf(&call->headers, "%s\n", headers[i]);
    /* libcurl's own: it would ask before it sends a body, and wait for a second; and it would send
     * what nobody signed. */
    brc__buf_text(&call->headers, "Expect:\nAccept:\n");
    return sign_input(client, call, &input, keys);
}

int brc__call_start(brc_client *client, struct brc__call *call)
{
    struct brc__url url;
    int64_t utc_ms = brc__clock_utc_ms();

    int rc = sign(client, call, utc_ms);
    if (rc == 0)
        rc = brc__url_parse(call->url.data, call->url.length, &url);
    if (rc < 0)
        return rc;
    call->started_at = brc__clock_steady_ms();
    call->result->usage.ints[BRC_USAGE_STARTED_AT_MS] = utc_ms;
    struct brc__post post = {
        .url = call->url.data,
        .loopback = brc__url_is_loopback(&url),
        .headers = call->headers.data,
        .headers_length = call->headers.length,
        .body = call->body.data,
        .body_length = call->body.length,
        .ca_file = client->ca_file,
        .connect_ms = client->connect_ms,
        .total_ms = client->total_ms,
        .idle_ms = client->idle_ms,
    };
    brc__log_line(&client->log, BRC_LOG_INFO, "call %s: POST %s, %zu bytes",
                  call->result->usage.call_id, call->url.data, call->body.length);
    return brc__transport_submit(client->transport, &post, call, &call->exchange, &client->error);
}

/* ---- and back */

/* What the answer says, or why there is none; returns the call's code. */
static int read_ending(brc_client *client, struct brc__call *call, const struct brc__ending *ending,
                       bool *ret_usage)
{
    struct brc__error *error = &client->error;
    brc_result *result = call->result;

    *ret_usage = false;
    if (ending->reach != BRC__COMPLETE) {
        if (ending->status != 200)
            return brc__error_set(error, ending->code, "%s: %s", brc_strerror(ending->code),
                                  ending->message);
        result->json = *ending->body;
        *ending->body = BRC__BUF(BRC__CEILING_ANSWER);
        result->json.status = 0;
        return brc__error_set(error, ending->code, "the answer was cut after %zu bytes: %s",
                              result->json.length, ending->message);
    }
    if (ending->status != 200)
        return brc__answer_error(ending->status, ending->head, ending->body->data,
                                 ending->body->length, error);
    result->json = *ending->body;
    *ending->body = BRC__BUF(BRC__CEILING_ANSWER);
    return brc__answer_read(result, ret_usage, error);
}

static void note_request_id(brc_client *client, struct brc__call *call, const char *head)
{
    struct brc__error *error = &client->error;
    size_t n;
    const char *id = brc__head_value(head, "x-amzn-RequestId", &n);

    if (id == NULL)
        return;
    brc__usage_note(&call->result->usage, BRC_USAGE_REQUEST_ID, id, n);
    if (error->code < 0)
        brc__error_text(error->request_id, sizeof error->request_id, id, n);
}

void brc__call_end(brc_client *client, struct brc__call *call)
{
    struct brc__ending ending = brc__exchange_ending(call->exchange);
    struct brc_usage *usage = &call->result->usage;
    bool usage_read;

    brc__error_clear(&client->error);
    call->code = read_ending(client, call, &ending, &usage_read);
    note_request_id(client, call, ending.head);
    if (call->code < 0 && ending.status > 0)
        snprintf(client->error.http_status, sizeof client->error.http_status, "%d", ending.status);
    brc__usage_note(usage, BRC_USAGE_AWS_TYPE, client->error.aws_type,
                    strlen(client->error.aws_type));
    usage->ints[BRC_USAGE_OUTCOME] = brc__outcome(ending.reach, ending.status, usage_read);
    usage->ints[BRC_USAGE_HTTP_STATUS] = ending.status > 0 ? ending.status : -1;
    usage->ints[BRC_USAGE_LATENCY_MS] = brc__clock_steady_ms() - call->started_at;
    usage->ints[BRC_USAGE_CODE] = call->code;
    client->noting++;
    brc__log_line(&client->log, call->code < 0 ? BRC_LOG_WARNING : BRC_LOG_INFO,
                  "call %s: %s, HTTP %d, %" PRId64 " ms", usage->call_id, brc_strerror(call->code),
                  ending.status, usage->ints[BRC_USAGE_LATENCY_MS]);
    client->noting--;
    call->exchange = brc__exchange_free(call->exchange);
    if (client->usage.fn != NULL)
        client->usage.fn(usage, client->usage.user_data);
}
