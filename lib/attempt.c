/* SPDX-License-Identifier: MIT */
#include "attempt.h"
#include "clock.h"
#include "credentials.h"
#include "head.h"
#include "random.h"
#include "sigv4.h"
#include "url.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    DRAIN_MS = 60 * 1000,
};

static int fail(brc_client *client, int code)
{
    return brc__error_set(&client->error, code, "%s", brc_strerror(code));
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
    char invocation[64], request[64];
    const char *const headers[] = {"Content-Type: application/json", invocation, request};
    enum {
        HEADERS = sizeof headers / sizeof *headers
    };

    int rc = brc__credentials_acquire(client->credentials, utc_ms / 1000, &keys, &client->error);
    if (rc < 0)
        return rc;
    snprintf(invocation, sizeof invocation, "amz-sdk-invocation-id: %s",
             call->result->usage.call_id);
    snprintf(request, sizeof request, "amz-sdk-request: attempt=%" PRId64 "; max=%" PRId64,
             call->result->usage.ints[BRC_USAGE_ATTEMPT], client->retries.attempts_max);
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

int brc__attempt_start(brc_client *client, struct brc__call *call)
{
    struct brc__url url;
    int64_t utc_ms = brc__clock_utc_ms();

    call->signed_offset_ms = client->skew.offset_ms;
    brc__buf_truncate(&call->headers, 0);
    int rc = sign(client, call, utc_ms + call->signed_offset_ms);
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
        .stream = call->event != NULL,
        .ca_file = client->ca_file,
        .connect_ms = client->connect_ms,
        .total_ms = client->total_ms,
        .idle_ms = client->idle_ms,
    };
    brc__log_line(&client->log, BRC_LOG_INFO, "call %s: POST %s, %zu bytes",
                  call->result->usage.call_id, call->url.data, call->body.length);
    rc = brc__transport_submit(client->transport, &post, call, &call->exchange, &client->error);
    if (rc == 0)
        brc__attempt_pause(call);
    return rc;
}

/* ---- while it comes */

struct listener {
    brc_client *client;
    struct brc__call *call;
};

static int tell(const brc_event *event, void *user_data)
{
    const struct listener *listener = user_data;
    struct brc__call *call = listener->call;
    int64_t *first_event_ms = &call->result->usage.ints[BRC_USAGE_FIRST_EVENT_MS];

    if (*first_event_ms < 0)
        *first_event_ms = brc__clock_steady_ms() - call->started_at;
    int answer = call->event(listener->client, call->id, event, call->user_data);
    if (answer != BRC_EVENT_GO_ON && !call->canceled)
        brc__attempt_cancel(listener->client, call, answer == BRC_EVENT_DRAIN);
    return call->canceled || call->paused;
}

/* Takes all that came and may be taken now. A call that was cancelled is told nothing. Returns 0,
 * or the failure with its reason in error; a second look at what failed finds the same. */
static int take(brc_client *client, struct brc__call *call, struct brc__error *error)
{
    struct listener listener = {client, call};
    size_t n, used, consumed = 0;
    const char *bytes = brc__exchange_unread(call->exchange, &n);
    int rc = 1;

    while (rc > 0 && (call->canceled || !call->paused)) {
        rc = brc__stream_take(&call->stream, bytes + consumed, n - consumed, &used,
                              call->canceled ? NULL : tell, &listener, error);
        consumed += used;
    }
    client->noting++; /* the loop may be told to watch a descriptor again */
    brc__exchange_consume(call->exchange, consumed, call->stream.frames.wanted);
    client->noting--;
    return rc < 0 ? rc : BRC_OK;
}

void brc__attempt_read(brc_client *client, struct brc__call *call)
{
    struct brc__error error;

    int rc = take(client, call, &error);
    if (rc == 0)
        return;
    client->noting++;
    brc__exchange_break(call->exchange, rc, error.text);
    client->noting--;
}

void brc__attempt_pause(struct brc__call *call)
{
    brc__exchange_hold(call->exchange, call->paused && !call->canceled);
}

void brc__attempt_cancel(brc_client *client, struct brc__call *call, bool drain)
{
    bool draining = call->canceled;

    call->canceled = true;
    brc__attempt_pause(call);
    if (drain && brc__exchange_has_left(call->exchange)) {
        if (!draining)
            brc__exchange_set_deadline(call->exchange, brc__clock_steady_ms() + DRAIN_MS);
        return;
    }
    client->noting++; /* the loop may be told to watch a descriptor no longer */
    brc__exchange_break(call->exchange, BRC_E_CANCELED, "broken off while under way");
    client->noting--;
}

/* ---- its end */

/* How the attempt ended: what the tables of outcome.h need to know, and the code. */
struct end {
    struct brc__ending http;
    bool usage; /* was read, and can be relied on */
    int code;   /* with its text in client->error */
};

static int cut(struct brc__error *error, const struct brc__ending *http, size_t bytes)
{
    return brc__error_set(error, http->code, "the answer was cut after %zu bytes: %s", bytes,
                          http->message);
}

/* An answer that came to its end is one, whatever became of the connection after it. */
static int read_stream(brc_client *client, struct brc__call *call, struct end *end)
{
    struct brc__error *error = &client->error;
    size_t left;

    int rc = take(client, call, error);
    call->result->began = call->stream.received > 0;
    end->usage = call->stream.usage_whole && rc == 0;
    if (rc < 0)
        return rc;
    brc__exchange_unread(call->exchange, &left);
    rc = brc__stream_end(&call->stream, left, error);
    return rc < 0 && !end->usage && end->http.code < 0
               ? cut(error, &end->http, call->stream.received + left)
               : rc;
}

static int read_whole(brc_client *client, struct brc__call *call, struct end *end)
{
    brc_result *result = call->result;

    result->began = end->http.body->length > 0;
    result->json = *end->http.body;
    *end->http.body = BRC__BUF(BRC__CEILING_ANSWER);
    if (end->http.reach == BRC__COMPLETE)
        return brc__answer_read(result, &end->usage, &client->error);
    result->json.status = 0;
    return cut(&client->error, &end->http, result->json.length);
}

/* What the answer says, or why there is none; returns the code. */
static int read_answer(brc_client *client, struct brc__call *call, struct end *end)
{
    const struct brc__ending *http = &end->http;
    struct brc__error *error = &client->error;

    if (http->status == 200 && call->event != NULL)
        return read_stream(client, call, end);
    if (http->status == 200)
        return read_whole(client, call, end);
    if (http->reach != BRC__COMPLETE)
        return brc__error_set(error, http->code, "%s: %s", brc_strerror(http->code), http->message);
    return brc__answer_error(http->status, http->head, http->body->data, http->body->length, error);
}

/* Says that the call was cancelled, whatever came of the attempt. */
static int note_canceled(struct brc__error *error)
{
    char why[sizeof error->text];

    if (error->code == BRC_E_CANCELED)
        return BRC_E_CANCELED;
    snprintf(why, sizeof why, "%s",
             error->code == 0 ? "its whole answer was taken in" : error->text);
    return brc__error_set(error, BRC_E_CANCELED, "%s: %s", brc_strerror(BRC_E_CANCELED), why);
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

static void note_end(brc_client *client, struct brc__call *call, const struct end *end)
{
    struct brc_usage *usage = &call->result->usage;
    const struct brc__ending *http = &end->http;
    enum brc__reach reach = end->usage ? BRC__COMPLETE : http->reach;

    note_request_id(client, call, http->head);
    if (end->code < 0 && http->status > 0)
        snprintf(client->error.http_status, sizeof client->error.http_status, "%d", http->status);
    brc__usage_note(usage, BRC_USAGE_AWS_TYPE, client->error.aws_type,
                    strlen(client->error.aws_type));
    usage->ints[BRC_USAGE_OUTCOME] = brc__outcome(reach, http->status, end->usage);
    usage->ints[BRC_USAGE_HTTP_STATUS] = http->status > 0 ? http->status : -1;
    usage->ints[BRC_USAGE_LATENCY_MS] = brc__clock_steady_ms() - call->started_at;
    usage->ints[BRC_USAGE_CODE] = end->code;
}

/* True if the answer is an error that came of a wrong clock, which is right now. */
static bool clock_corrected(brc_client *client, const struct brc__call *call,
                            const struct brc__ending *http)
{
    struct brc__skew_sample sample = {
        .head = http->head,
        .utc_ms = brc__clock_utc_ms(),
        .took_ms = brc__clock_steady_ms() - call->started_at,
        .signed_offset_ms = call->signed_offset_ms,
        .is_error = http->status >= 300,
    };

    if (http->reach != BRC__COMPLETE || (call->event != NULL && http->status == 200))
        return false;
    return brc__skew_sample(&client->skew, &sample);
}

/* Whether and when to try again: milliseconds, or -1. */
static int64_t next_in(brc_client *client, struct brc__call *call, const struct end *end)
{
    bool corrected = clock_corrected(client, call, &end->http);
    struct brc__failure failure = {
        .reach = end->http.reach,
        .code = end->code,
        .status = end->http.status,
        .aws_type = client->error.aws_type,
        .clock_corrected = corrected,
    };
    uint32_t chance = UINT32_MAX; /* without random numbers, the longest wait */

    if (end->code == 0)
        brc__retry_succeeded(&client->retries, call->retry_cost);
    if (end->code == 0 || call->canceled)
        return -1;
    brc__random(&chance, sizeof chance);
    return brc__retry_delay(&client->retries, brc__retry_class(&failure, client->retries.pay_twice),
                            call->result->usage.ints[BRC_USAGE_ATTEMPT], chance,
                            brc__retry_hint(end->http.head, brc__clock_utc_ms()),
                            &call->retry_cost);
}

/* The last of several attempts says so. */
static void note_attempts(brc_client *client, const struct brc__call *call)
{
    int64_t attempts = call->result->usage.ints[BRC_USAGE_ATTEMPT];
    char *text = client->error.text;
    size_t length = strlen(text), room = sizeof client->error.text - length;

    if (client->error.code < 0 && attempts > 1)
        snprintf(text + length, room, " (attempt %" PRId64 ")", attempts);
}

static void log_end(brc_client *client, const struct brc_usage *usage, int64_t again_in)
{
    char again[48] = "";

    if (again_in >= 0)
        snprintf(again, sizeof again, ", again in %" PRId64 " ms", again_in);
    client->noting++;
    brc__log_line(&client->log, usage->ints[BRC_USAGE_CODE] < 0 ? BRC_LOG_WARNING : BRC_LOG_INFO,
                  "call %s: %s, HTTP %" PRId64 ", %" PRId64 " ms%s", usage->call_id,
                  brc_strerror((int)usage->ints[BRC_USAGE_CODE]),
                  usage->ints[BRC_USAGE_HTTP_STATUS], usage->ints[BRC_USAGE_LATENCY_MS], again);
    client->noting--;
}

int64_t brc__attempt_end(brc_client *client, struct brc__call *call)
{
    struct brc_usage *usage = &call->result->usage;
    struct end end = {.http = brc__exchange_ending(call->exchange)};

    brc__error_clear(&client->error);
    end.code = read_answer(client, call, &end);
    if (call->canceled)
        end.code = note_canceled(&client->error);
    call->code = end.code;
    note_end(client, call, &end);
    int64_t again_in = next_in(client, call, &end);
    note_attempts(client, call);
    log_end(client, usage, again_in);
    call->exchange = brc__exchange_free(call->exchange);
    if (client->usage.fn != NULL)
        client->usage.fn(usage, client->usage.user_data);
    return again_in;
}
