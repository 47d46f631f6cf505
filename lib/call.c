/* The life of one call: body, signature, exchange, answer, usage record, result. One attempt for
 * now; whatever belongs to an attempt is in start_attempt() and end_attempt().
 * SPDX-License-Identifier: MIT */
#include "answer.h"
#include "client.h"
#include "clock.h"
#include "credentials.h"
#include "endpoint.h"
#include "request.h"
#include "sigv4.h"
#include "url.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    WAIT_MS = 60 * 1000 /* how long one wait may be; the transport's limits end it earlier */
};

struct call {
    brc_client *client;
    struct brc__buf body;
    struct brc__buf url;
    struct brc__buf headers; /* as secret as the session token among them */
    struct brc__exchange *exchange;
    brc_result *result; /* made first: the end of an attempt is recorded without memory */
    int64_t started_at; /* on the steady clock */
    int code;
};

static void clear_call(struct call *call)
{
    brc__exchange_free(call->exchange); /* before what it borrows */
    brc__buf_free(&call->body);
    brc__buf_free(&call->url);
    brc__buf_free(&call->headers);
    brc_result_free(call->result);
}
#define auto_call brc__cleanup(clear_call)

static int fail(struct call *call, int code)
{
    return brc__error_set(&call->client->error, code, "%s", brc_strerror(code));
}

static int make_result(struct call *call, const brc_request *request)
{
    brc_result *result = brc__result_new();

    if (result == NULL)
        return fail(call, BRC_E_NOMEM);
    call->result = result;
    int rc = brc__usage_init(&result->usage, request->profile_arn, request->metadata);
    if (rc == BRC_E_INVALID)
        return brc__error_set(&call->client->error, rc, "the system gives no random numbers");
    return rc < 0 ? fail(call, rc) : BRC_OK;
}

static int make_url(struct call *call, const brc_request *request)
{
    brc_client *client = call->client;
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
    return call->url.status < 0 ? fail(call, call->url.status) : BRC_OK;
}

/* Appends the headers that sign; a debug log gets what may be shown of it. */
static int sign_input(struct call *call, const brc_sign_input *input, struct brc__keys *keys)
{
    const struct brc__log *log = &call->client->log;
    brc__auto_buf struct brc__buf names = BRC__BUF(BRC__CEILING_HEADERS);
    struct brc__sigv4_trace trace = {.signed_headers = &names};

    if (!brc__log_wants(log, BRC_LOG_DEBUG)) {
        int rc = brc__sigv4_sign(input, keys, NULL, &call->headers);
        return rc < 0 ? fail(call, rc) : BRC_OK;
    }
    int rc = brc__sigv4_sign(input, keys, &trace, &call->headers);
    if (rc < 0)
        return fail(call, rc);
    brc__log_line(log, BRC_LOG_DEBUG, "call %s: signed %s, SHA-256 of the canonical request %s",
                  call->result->usage.call_id, names.data, trace.request_hash);
    return BRC_OK;
}

/* Appends the request's own headers and those that sign them. */
static int sign(struct call *call, int64_t utc_ms, const brc_request *request)
{
    brc_client *client = call->client;
    brc__auto_keys struct brc__keys *keys = NULL;
    char invocation[64], region[64];
    const char *const headers[] = {"Content-Type: application/json", invocation};
    enum {
        HEADERS = sizeof headers / sizeof *headers
    };

    int rc = brc__credentials_acquire(client->credentials, utc_ms / 1000, &keys, &client->error);
    if (rc < 0)
        return rc;
    snprintf(invocation, sizeof invocation, "amz-sdk-invocation-id: %s",
             call->result->usage.call_id);
    snprintf(region, sizeof region, "%.*s", (int)request->arn.region_length, request->arn.region);
    brc_sign_input input = {
        .size = sizeof input,
        .method = "POST",
        .url = call->url.data,
        .headers = headers,
        .header_count = HEADERS,
        .body = call->body.data,
        .body_length = call->body.length,
        .region = region,
        .service = "bedrock",
        .time = utc_ms / 1000,
    };
    for (size_t i = 0; i < HEADERS; i++)
        brc__buf_appendf(&call->headers, "%s\n", headers[i]);
    /* libcurl's own: it would ask before it sends a body, and wait for a second; and it would send
     * what nobody signed. */
    brc__buf_text(&call->headers, "Expect:\nAccept:\n");
    return sign_input(call, &input, keys);
}

static int start_attempt(struct call *call, const brc_request *request)
{
    brc_client *client = call->client;
    struct brc__url url;
    int64_t utc_ms = brc__clock_utc_ms();

    int rc = sign(call, utc_ms, request);
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

/* What the answer says, or why there is none; returns the call's code. */
static int read_ending(struct call *call, const struct brc__ending *ending, bool *ret_usage)
{
    struct brc__error *error = &call->client->error;
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

static void note_request_id(struct call *call, const char *head)
{
    struct brc__error *error = &call->client->error;
    size_t n;
    const char *id = brc__answer_header(head, "x-amzn-RequestId", &n);

    if (id == NULL)
        return;
    brc__usage_note(&call->result->usage, BRC_USAGE_REQUEST_ID, id, n);
    if (error->code < 0)
        brc__error_text(error->request_id, sizeof error->request_id, id, n);
}

static void end_attempt(struct call *call)
{
    brc_client *client = call->client;
    struct brc__ending ending = brc__exchange_ending(call->exchange);
    struct brc_usage *usage = &call->result->usage;
    bool usage_read;

    call->code = read_ending(call, &ending, &usage_read);
    note_request_id(call, ending.head);
    if (call->code < 0 && ending.status > 0)
        snprintf(client->error.http_status, sizeof client->error.http_status, "%d", ending.status);
    brc__usage_note(usage, BRC_USAGE_AWS_TYPE, client->error.aws_type,
                    strlen(client->error.aws_type));
    usage->ints[BRC_USAGE_OUTCOME] = brc__outcome(ending.reach, ending.status, usage_read);
    usage->ints[BRC_USAGE_HTTP_STATUS] = ending.status > 0 ? ending.status : -1;
    usage->ints[BRC_USAGE_LATENCY_MS] = brc__clock_steady_ms() - call->started_at;
    usage->ints[BRC_USAGE_CODE] = call->code;
    brc__log_line(&client->log, call->code < 0 ? BRC_LOG_WARNING : BRC_LOG_INFO,
                  "call %s: %s, HTTP %d, %" PRId64 " ms", usage->call_id, brc_strerror(call->code),
                  ending.status, usage->ints[BRC_USAGE_LATENCY_MS]);
    if (client->usage.fn != NULL)
        client->usage.fn(usage, client->usage.user_data);
}

/* Drives the client until the call's exchange has ended. */
static void wait_for(struct call *call)
{
    struct brc__transport *transport = call->client->transport;

    while (brc__transport_ended(transport) != call->exchange)
        brc__transport_turn(transport, WAIT_MS);
}

static int converse(brc_client *client, const brc_request *request, brc_result **ret_result)
{
    auto_call struct call call = {
        .client = client,
        .body = BRC__BUF(BRC__CEILING_REQUEST),
        .url = BRC__BUF(BRC__CEILING_URL),
        .headers = BRC__SECRET_BUF(BRC__CEILING_HEADERS),
    };

    int rc = brc__request_body(request, &call.body, &client->error);
    if (rc == 0)
        rc = make_url(&call, request);
    if (rc == 0)
        rc = make_result(&call, request);
    if (rc == 0)
        rc = start_attempt(&call, request);
    if (rc < 0)
        return rc;
    wait_for(&call);
    end_attempt(&call);
    if (call.result->json.data != NULL)
        *ret_result = brc__steal(call.result);
    return call.code;
}

int brc_converse(brc_client *client, const brc_request *request, brc_result **ret_result)
{
    if (ret_result == NULL)
        return BRC_E_INVALID;
    *ret_result = NULL;
    int rc = brc__client_enter(client);
    if (rc < 0)
        return rc;
    rc = request == NULL ? brc__error_set(&client->error, BRC_E_INVALID, "request: is NULL")
                         : converse(client, request, ret_result);
    brc__client_leave(client);
    return rc;
}
