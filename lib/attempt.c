/* SPDX-License-Identifier: MIT */
#include "attempt.h"
#include "answer.h"
#include "clock.h"
#include "credentials.h"
#include "fault_points.h"
#include "head.h"
#include "random.h"
#include "sigv4.h"
#include "transport.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    DRAIN_MS = 60 * 1000,
    HEADERS_MAX = 8, /* of a request, before it is signed */
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
                  call->uuid, names.data, trace.request_hash);
    return BRC_OK;
}

/* The headers of one attempt as strings, and as lines. */
struct headers {
    char invocation[64], request[64];
    const char *all[HEADERS_MAX];
    size_t count;
};

static void make_headers(brc_client *client, struct brc__call *call,
                         const struct brc__signing *signing, struct headers *headers)
{
    snprintf(headers->invocation, sizeof headers->invocation, "amz-sdk-invocation-id: %s",
             call->uuid);
    snprintf(headers->request, sizeof headers->request,
             "amz-sdk-request: attempt=%" PRId64 "; max=%" PRId64, call->attempt,
             call->limits == NULL ? client->retries.attempts_max : call->limits->attempts_max);
    headers->all[0] = headers->invocation;
    headers->all[1] = headers->request;
    headers->count = 2;
    for (size_t i = 0; i < signing->header_count; i++)
        headers->all[headers->count++] = signing->headers[i];
    for (size_t i = 0; i < headers->count; i++)
        brc__buf_appendf(&call->headers, "%s\n", headers->all[i]);
    /* libcurl's own: it would ask before it sends a body, and wait for a second; and it would send
     * what nobody signed. */
    brc__buf_text(&call->headers, "Expect:\nAccept:\n");
    if (call->body.data == NULL && strcmp(call->method, "GET") != 0 &&
        strcmp(call->method, "DELETE") != 0) /* servers may insist on a length */
        brc__buf_text(&call->headers, "Content-Length: 0\n");
}

int brc__attempt_sign(brc_client *client, struct brc__call *call,
                      const struct brc__signing *signing)
{
    brc__auto_keys struct brc__keys *acquired = NULL;
    struct brc__keys *keys = signing->keys;
    const char *bearer = brc__credentials_bearer(client->credentials);
    struct headers headers;
    int rc = BRC_OK;

    if (keys == NULL && signing->takes_bearer && bearer != NULL) {
        brc__buf_appendf(&call->headers, "Authorization: Bearer %s\n", bearer);
        return brc__attempt_leave_unsigned(client, call, signing);
    }
    if (keys == NULL) {
        rc = brc__credentials_acquire(client->credentials, signing->utc_ms / 1000, &acquired,
                                      &client->error);
        keys = acquired;
    }
    if (rc < 0)
        return rc;
    call->signed_by = acquired == NULL ? 0 : acquired->number;
    make_headers(client, call, signing, &headers);
    brc_sign_input input = {
        .size = sizeof input,
        .method = call->method,
        .url = call->url.data,
        .headers = headers.all,
        .header_count = headers.count,
        .body = call->body.data,
        .body_length = call->body.length,
        .region = signing->region,
        .service = signing->service,
        .time = signing->utc_ms / 1000,
    };
    return sign_input(client, call, &input, keys);
}

int brc__attempt_leave_unsigned(brc_client *client, struct brc__call *call,
                                const struct brc__signing *signing)
{
    struct headers headers;

    make_headers(client, call, signing, &headers);
    return call->headers.status < 0 ? fail(client, call->headers.status) : BRC_OK;
}

/* Of two limits in milliseconds, 0 being none. */
static int64_t tighter(int64_t a, int64_t b)
{
    return a == 0 || (b > 0 && b < a) ? b : a;
}

/* Whoever set another mode ought to know which one there is; once. */
static void warn_of_mode(brc_client *client)
{
    static const char *const what[] = {
        [BRC__RETRY_LEGACY] = "legacy is served as standard: it is another mode in each SDK",
        [BRC__RETRY_ADAPTIVE] =
            "adaptive is served as standard: no rate of calls is kept here, but "
            "a number in flight (brc_client_set_limits())",
    };
    struct brc__surroundings *around = &client->surroundings;

    if (around->retry_mode == BRC__RETRY_STANDARD)
        return;
    brc__log_line(&client->log, BRC_LOG_WARNING, "retries: %s: %s", around->retry_mode_name,
                  what[around->retry_mode]);
    around->retry_mode = BRC__RETRY_STANDARD;
}

int brc__attempt_start(brc_client *client, struct brc__call *call)
{
    static const struct brc__limits no_limits = {0, 0, 0};
    const struct brc__limits *limits = call->limits == NULL ? &no_limits : call->limits;
    call->started_at_ms = brc__clock_utc_ms();
    call->signed_offset_ms = client->skew.offset_ms;
    call->signed_by = 0;
    brc__buf_truncate(&call->headers, 0);
    int rc = call->kind->sign(client, call, call->started_at_ms + call->signed_offset_ms);
    if (rc < 0)
        return rc;
    BRC__FAULT(after_sign);
    call->started_at = brc__clock_steady_ms();
    struct brc__http_request request = {
        .method = call->method,
        .url = call->url.data,
        .direct = call->direct,
        .headers = call->headers.data,
        .headers_length = call->headers.length,
        .body = call->body.data,
        .body_length = call->body.length,
        .stream = call->streamed,
        .secret = call->secret,
        .ca_file = client->ca_file,
        .connect_ms = tighter(client->connect_ms, limits->connect_ms),
        .total_ms = tighter(client->total_ms, limits->total_ms),
        .idle_ms = client->idle_ms,
    };
    warn_of_mode(client);
    brc__log_line(&client->log, BRC_LOG_INFO, "call %s: %s %s, %zu bytes", call->uuid, call->method,
                  call->url.data, call->body.length);
    rc = brc__transport_submit(client->transport, &request, call, &call->exchange, &client->error);
    if (rc == 0)
        brc__attempt_pause(call);
    return rc;
}

/* ---- while it comes */

void brc__attempt_take(brc_client *client, struct brc__call *call)
{
    if (call->kind->take != NULL)
        call->kind->take(client, call);
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

int brc__attempt_failed(brc_client *client, const struct brc__ending *http)
{
    struct brc__error *error = &client->error;

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

/* What the head says of any answer; its kind may have read the id elsewhere. */
static void note_head(brc_client *client, struct brc__end *end)
{
    struct brc__error *error = &client->error;
    size_t n;
    const char *id = brc__head_value(end->http.head, "x-amzn-RequestId", &n);

    if (id != NULL)
        brc__error_text(end->request_id, sizeof end->request_id, id, n);
    if (error->code == 0)
        return;
    snprintf(error->request_id, sizeof error->request_id, "%s", end->request_id);
    if (end->http.status > 0)
        snprintf(error->http_status, sizeof error->http_status, "%d", end->http.status);
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

    if (http->reach != BRC__COMPLETE || (call->streamed && http->status == 200))
        return false;
    return brc__skew_sample(&client->skew, &sample);
}

static void __attribute__((format(printf, 2, 3)))
add_to_error(brc_client *client, const char *format, ...)
{
    char *text = client->error.text;
    size_t length = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + length, sizeof client->error.text - length, format, arguments);
    va_end(arguments);
}

/* AWS refused the keys as ended. True if the next attempt has others. */
static bool gets_other_keys(brc_client *client, const struct brc__call *call)
{
    static const char *const why[] = {
        [BRC__REFUSED_FIXED] = "nothing fetches others in the place of these keys: set new ones",
        [BRC__REFUSED_FRESH] = "their source gave these keys less than a minute ago",
        [BRC__REFUSED_SPENT] = "others are fetched for the next attempt",
    };
    enum brc__refusal refusal = brc__credentials_refused(client->credentials, call->signed_by);

    add_to_error(client, "; %s", why[refusal]);
    return refusal == BRC__REFUSED_SPENT;
}

static bool has_attempts_left(const brc_client *client, const struct brc__call *call)
{
    return call->attempt < client->retries.attempts_max &&
           (call->limits == NULL || call->attempt < call->limits->attempts_max);
}

/* Whether and when to try again: milliseconds, or -1. */
static int64_t next_in(brc_client *client, struct brc__call *call, const struct brc__end *end)
{
    bool corrected = clock_corrected(client, call, &end->http);
    bool may_repeat = client->retries.pay_twice || call->urgent; /* fetching keys costs nothing */
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
    bool others = call->signed_by != 0 && brc__retry_needs_keys(&failure) &&
                  gets_other_keys(client, call); /* also where this call cannot use them */
    if (!has_attempts_left(client, call))
        return -1;
    if (others && !call->renewed) {
        call->renewed = true;
        call->retry_cost = 0;
        return 0;
    }
    brc__random(&chance, sizeof chance);
    return brc__retry_delay(&client->retries, brc__retry_class(&failure, may_repeat), call->attempt,
                            chance, brc__retry_hint(end->http.head, brc__clock_utc_ms()),
                            &call->retry_cost);
}

/* The last of several attempts says so. */
static void note_attempts(brc_client *client, const struct brc__call *call)
{
    if (client->error.code < 0 && call->attempt > 1)
        add_to_error(client, " (attempt %" PRId64 ")", call->attempt);
}

static void log_end(brc_client *client, const struct brc__call *call, const struct brc__end *end,
                    int64_t again_in)
{
    char again[48] = "";

    if (again_in >= 0)
        snprintf(again, sizeof again, ", again in %" PRId64 " ms", again_in);
    client->noting++;
    brc__log_line(&client->log, end->code < 0 ? BRC_LOG_WARNING : BRC_LOG_INFO,
                  "call %s: %s, HTTP %d, %" PRId64 " ms%s", call->uuid, brc_strerror(end->code),
                  end->http.status, brc__clock_steady_ms() - call->started_at, again);
    client->noting--;
}

int64_t brc__attempt_end(brc_client *client, struct brc__call *call)
{
    struct brc__end end = {.http = brc__exchange_ending(call->exchange)};

    brc__error_clear(&client->error);
    end.code = call->kind->read(client, call, &end);
    if (call->canceled)
        end.code = note_canceled(&client->error);
    call->code = end.code;
    note_head(client, &end);
    int64_t again_in = next_in(client, call, &end);
    note_attempts(client, call);
    log_end(client, call, &end, again_in);
    call->exchange = brc__exchange_free(call->exchange);
    if (call->kind->note != NULL)
        call->kind->note(client, call, &end);
    return again_in;
}

void brc__attempt_end_unsent(brc_client *client, struct brc__call *call, int code)
{
    struct brc__end end = {.http = {.reach = BRC__UNSENT, .code = code, .head = ""}, .code = code};

    call->code = code;
    call->kind->note(client, call, &end);
}
