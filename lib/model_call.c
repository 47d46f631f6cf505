/* SPDX-License-Identifier: MIT */
#include "model_call.h"
#include "account.h"
#include "attempt.h"
#include "clock.h"
#include "endpoint.h"
#include "request.h"

#include <inttypes.h>
#include <stdio.h>

static struct brc__model_call *model_of(struct brc__call *call)
{
    return (struct brc__model_call *)call; /* its first member */
}

static int fail(brc_client *client, int code)
{
    return brc__error_set(&client->error, code, "%s", brc_strerror(code));
}

/* ---- from the request */

static int make_result(brc_client *client, struct brc__model_call *call, const brc_request *request)
{
    call->result = brc__result_new();
    if (call->result == NULL)
        return fail(client, BRC_E_NOMEM);
    int rc = brc__usage_init(&call->result->usage, call->call.uuid, request->profile_arn,
                             request->metadata);
    if (rc == 0 && call->event != NULL)
        brc__stream_init(&call->stream, call->result);
    return rc < 0 ? fail(client, rc) : BRC_OK;
}

int brc__model_endpoint(brc_client *client, const struct brc__arn *arn, struct brc__buf *to)
{
    struct brc__endpoint_kind kind_of_host = client->surroundings.endpoint_kind;
    int rc = BRC_OK;

    if (client->endpoint == NULL)
        return brc__endpoint_of(arn, kind_of_host, to, &client->error);
    /* What came from the environment was not judged before. */
    if (client->endpoint_variable != NULL)
        rc = brc__endpoint_check_configured(client->endpoint, client->endpoint_variable,
                                            kind_of_host, &client->error);
    if (rc < 0)
        return rc;
    size_t length = strlen(client->endpoint);
    while (length > 0 && client->endpoint[length - 1] == '/')
        length--;
    return brc__buf_append(to, client->endpoint, length);
}

/* Where the call goes: to that profile, through its region. */
static int make_url(brc_client *client, struct brc__model_call *call, const char *profile_arn)
{
    struct brc__buf *url = &call->call.url;
    struct brc__arn arn;

    int rc = brc__arn_parse(profile_arn, &arn);
    if (rc < 0)
        return brc__error_set(&client->error, rc, "profile: is none: %s", profile_arn);
    brc__buf_truncate(url, 0);
    snprintf(call->region, sizeof call->region, "%.*s", (int)arn.region_length, arn.region);
    rc = brc__model_endpoint(client, &arn, url);
    if (rc == BRC_E_INVALID)
        return rc;
    brc__request_path(profile_arn, url);
    brc__buf_text(url, call->event == NULL ? "/converse" : "/converse-stream");
    return url->status < 0 ? fail(client, url->status) : BRC_OK;
}

static int make_account(brc_client *client, struct brc__call *call, const brc_request *request)
{
    if (client->ledger == NULL)
        return BRC_OK;
    call->account = brc__account_new(request);
    return call->account == NULL ? fail(client, BRC_E_NOMEM) : BRC_OK;
}

static const struct brc__call_kind kind;

int brc__model_call_new(brc_client *client, const brc_request *request, brc_event_fn event,
                        struct brc__model_call **ret_call)
{
    struct brc__model_call *call = *ret_call = calloc(1, sizeof *call);
    int rc;

    if (call == NULL)
        return fail(client, BRC_E_NOMEM);
    call->event = event;
    call->call.streamed = event != NULL;
    rc = brc__call_init(client, &call->call, &kind, "POST");
    if (rc == 0 && client->environment_fault != NULL)
        rc = brc__error_set(&client->error, BRC_E_INVALID, "%s", client->environment_fault);
    if (rc == 0)
        rc = brc__request_body(request, &call->call.body, &client->error);
    if (rc == 0)
        rc = make_url(client, call, request->profile_arn);
    if (rc == 0)
        rc = make_result(client, call, request);
    if (rc == 0)
        rc = make_account(client, &call->call, request);
    call->call.code = rc;
    if (rc == BRC_E_NOMEM) {
        brc__call_free(&call->call);
        *ret_call = NULL;
    }
    return rc;
}

static void free_call(struct brc__call *base)
{
    struct brc__model_call *call = model_of(base);

    brc__call_clear(base); /* before what the exchange borrows */
    brc__stream_free(&call->stream);
    brc_result_free(call->result);
    brc__account_free(base->account);
    brc__destroy(call->destroy, call->user_data);
    free(call);
}

static const char *needs_keys_for(const brc_client *client, const struct brc__call *base)
{
    bool has_bearer = brc__credentials_bearer(client->credentials) != NULL;

    return has_bearer ? NULL : ((const struct brc__model_call *)base)->region;
}

/* The call becomes what its hold was taken for: through that profile, with that many tokens. */
static int obey(brc_client *client, struct brc__model_call *call, const struct brc__hold *hold)
{
    struct brc__call *base = &call->call;
    bool divert = hold->degraded && hold->listing != NULL;
    const struct brc__account *account = base->account;
    int rc = BRC_OK;

    if (divert || call->diverted) {
        base->host = NULL; /* it may be another */
        rc = make_url(client, call, divert ? hold->listing->arn : call->result->usage.profile_arn);
        call->diverted = divert;
    }
    if (rc == 0 && (hold->output > 0 || call->shrunk)) {
        call->shrunk = hold->output > 0;
        rc = brc__request_lower_max_tokens(&base->body, account->max_tokens_at,
                                           call->shrunk ? hold->output : account->bound.output);
        if (rc < 0)
            fail(client, rc);
    }
    if (rc == 0 && divert)
        brc__log_line(&client->log, BRC_LOG_WARNING, "call %s: degraded to %s", base->uuid,
                      hold->listing->arn);
    if (rc == 0 && call->shrunk)
        brc__log_line(&client->log, BRC_LOG_WARNING, "call %s: maxTokens lowered to %" PRId64,
                      base->uuid, hold->output);
    return rc;
}

/* Copies what the record will say of the profile: at the end of the attempt there may be no memory.
 */
static int keep_profile(brc_client *client, struct brc_usage *usage, const struct brc__hold *hold)
{
    const struct brc__listing *listing = hold->listing;

    if (listing == NULL)
        return BRC_OK;
    const struct brc__usage_profile profile = {listing->arn, listing->name, listing->tags,
                                               listing->model};
    int rc = brc__usage_keep_profile(usage, &profile);
    return rc < 0 ? fail(client, rc) : BRC_OK;
}

static const char *profile(const struct brc__call *base)
{
    return ((const struct brc__model_call *)base)->result->usage.profile_arn;
}

static int admit(brc_client *client, struct brc__call *base)
{
    struct brc__model_call *call = model_of(base);
    struct brc_usage *usage = &call->result->usage;

    int rc = brc__account_ask(client, base, usage->profile_arn, usage->request_metadata);
    if (rc != 0)
        return rc;
    brc__usage_begin(usage);
    rc = keep_profile(client, usage, base->account->hold);
    return rc < 0 ? rc : obey(client, call, base->account->hold);
}

static int sign(brc_client *client, struct brc__call *base, int64_t utc_ms)
{
    static const char *const headers[] = {"Content-Type: application/json"};
    struct brc_usage *usage = &model_of(base)->result->usage;
    const struct brc__signing signing = {
        .headers = headers,
        .header_count = 1,
        .region = model_of(base)->region,
        .service = "bedrock",
        .utc_ms = utc_ms,
        .takes_bearer = true,
    };

    if (base->account == NULL) /* else it began with the hold */
        brc__usage_begin(usage);
    return brc__attempt_sign(client, base, &signing);
}

/* ---- while it comes */

struct listener {
    brc_client *client;
    struct brc__model_call *call;
};

static int hand_on(const brc_event *event, void *user_data)
{
    const struct listener *listener = user_data;
    struct brc__model_call *call = listener->call;
    int64_t *first_event_ms = &call->result->usage.ints[BRC_USAGE_FIRST_EVENT_MS];

    if (*first_event_ms < 0)
        *first_event_ms = brc__clock_steady_ms() - call->call.started_at;
    int answer = call->event(listener->client, call->call.id, event, call->user_data);
    if (answer != BRC_EVENT_GO_ON && !call->call.canceled)
        brc__attempt_cancel(listener->client, &call->call, answer == BRC_EVENT_DRAIN);
    return call->call.canceled || call->call.paused;
}

/* Takes all that came and may be taken now. A call that was cancelled is told nothing. Returns 0,
 * or the failure with its reason in error; a second look at what failed finds the same. */
static int take(brc_client *client, struct brc__model_call *call, struct brc__error *error)
{
    struct listener listener = {client, call};
    size_t n, used, consumed = 0;
    const char *bytes = brc__exchange_unread(call->call.exchange, &n);
    int rc = 1;

    while (rc > 0 && (call->call.canceled || !call->call.paused)) {
        rc = brc__stream_take(&call->stream, bytes + consumed, n - consumed, &used,
                              call->call.canceled ? NULL : hand_on, &listener, error);
        consumed += used;
    }
    client->noting++; /* the loop may be told to watch a descriptor again */
    brc__exchange_consume(call->call.exchange, consumed, call->stream.frames.wanted);
    client->noting--;
    return rc < 0 ? rc : BRC_OK;
}

static void take_what_came(brc_client *client, struct brc__call *base)
{
    struct brc__error error;

    int rc = take(client, model_of(base), &error);
    if (rc == 0)
        return;
    client->noting++;
    brc__exchange_break(base->exchange, rc, error.text);
    client->noting--;
}

/* ---- its end */

static int cut(struct brc__error *error, const struct brc__ending *http, size_t bytes)
{
    return brc__error_set(error, http->code, "the answer was cut after %zu bytes: %s", bytes,
                          http->message);
}

/* An answer that came to its end is one, whatever became of the connection after it. */
static int read_stream(brc_client *client, struct brc__model_call *call, struct brc__end *end)
{
    struct brc__error *error = &client->error;
    size_t left;

    int rc = take(client, call, error);
    call->result->began = call->stream.received > 0;
    end->usage = call->stream.usage_whole && rc == 0;
    if (rc < 0)
        return rc;
    brc__exchange_unread(call->call.exchange, &left);
    rc = brc__stream_end(&call->stream, left, error);
    return rc < 0 && !end->usage && end->http.code < 0
               ? cut(error, &end->http, call->stream.received + left)
               : rc;
}

static int read_whole(brc_client *client, struct brc__model_call *call, struct brc__end *end)
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
static int read_answer(brc_client *client, struct brc__call *base, struct brc__end *end)
{
    struct brc__model_call *call = model_of(base);

    if (end->http.status != 200)
        return brc__attempt_failed(client, &end->http);
    return call->event != NULL ? read_stream(client, call, end) : read_whole(client, call, end);
}

/* What the hold says of the attempt: which profile and how many tokens; and what it cost. */
static void note_hold(struct brc_usage *usage, const struct brc__account *account)
{
    if (account == NULL || account->hold == NULL)
        return;
    if (account->hold->output > 0)
        usage->ints[BRC_USAGE_MAX_TOKENS] = account->hold->output;
    brc__ledger_note(account->hold, usage);
    brc__usage_tell_profile(usage); /* what the ledger lent goes when the hold does */
}

/* The record of the attempt. */
static void note(brc_client *client, struct brc__call *base, const struct brc__end *end)
{
    struct brc_usage *usage = &model_of(base)->result->usage;
    const struct brc__ending *http = &end->http;
    enum brc__reach reach = end->usage ? BRC__COMPLETE : http->reach;

    brc__usage_note(usage, BRC_USAGE_REQUEST_ID, end->request_id, strlen(end->request_id));
    brc__usage_note(usage, BRC_USAGE_AWS_TYPE, client->error.aws_type,
                    strlen(client->error.aws_type));
    usage->ints[BRC_USAGE_ATTEMPT] = base->attempt;
    usage->ints[BRC_USAGE_OUTCOME] = brc__outcome(reach, http->status, end->usage);
    usage->ints[BRC_USAGE_HTTP_STATUS] = http->status > 0 ? http->status : -1;
    usage->ints[BRC_USAGE_STARTED_AT_MS] = base->started_at_ms;
    usage->ints[BRC_USAGE_LATENCY_MS] = brc__clock_steady_ms() - base->started_at;
    usage->ints[BRC_USAGE_CODE] = end->code;
    note_hold(usage, base->account);
}

/* Whoever wants the record gets it. */
static void record(brc_client *client, struct brc__call *base)
{
    if (client->usage.fn != NULL)
        client->usage.fn(&model_of(base)->result->usage, client->usage.user_data);
}

/* The last thing that happens to it. */
static void tell(brc_client *client, struct brc__call *base)
{
    struct brc__model_call *call = model_of(base);
    brc_result *result = NULL;

    if (call->result != NULL && call->result->began)
        result = brc__steal(call->result);
    call->done(client, base->id, base->code, result, call->user_data);
}

static const struct brc__call_kind kind = {
    .needs_keys_for = needs_keys_for,
    .profile = profile,
    .admit = admit,
    .sign = sign,
    .take = take_what_came,
    .read = read_answer,
    .note = note,
    .record = record,
    .tell = tell,
    .free = free_call,
};
