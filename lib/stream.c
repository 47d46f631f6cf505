/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include <stdio.h>

void brc__stream_init(struct brc__stream *stream, brc_result *result)
{
    *stream = (struct brc__stream){
        .reader = {.result = result, .scratch = BRC__BUF(2 * BRC__FRAME_PAYLOAD_MAX)},
        .frames = BRC__FRAMES,
    };
    result->streamed = true;
    snprintf(result->role, sizeof result->role, "assistant");
}

void brc__stream_free(struct brc__stream *stream)
{
    brc__buf_free(&stream->reader.scratch);
}

/* ---- the events of the message as a whole */

static int read_message_start(struct brc__stream *stream, struct brc__json json)
{
    brc_result *result = stream->reader.result;
    struct brc__json role = brc__json_member(json, "role");

    if (brc__json_starts(role, '"') && role.n - 2 < sizeof result->role)
        brc__error_text(result->role, sizeof result->role, role.p + 1, role.n - 2);
    stream->reader.event.type = BRC_EVENT_MESSAGE_START;
    return BRC_OK;
}

static int read_message_stop(struct brc__stream *stream, struct brc__json json)
{
    static const char *const names[] = {"stopReason", "additionalModelResponseFields"};
    brc_result *result = stream->reader.result;
    struct brc__json values[2];

    stream->reader.faulty |= !brc__json_members(json, names, values, 2);
    brc__buf_truncate(&result->stop_reason, 0);
    brc__json_unquote(values[0], &result->stop_reason);
    if (values[1].p != NULL) {
        brc__buf_truncate(&result->fields, 0);
        brc__buf_append(&result->fields, values[1].p, values[1].n);
    }
    stream->message_whole = true;
    stream->reader.event.type = BRC_EVENT_MESSAGE_STOP;
    return result->stop_reason.status < 0 ? result->stop_reason.status : result->fields.status;
}

/* Counts that come before the message is whole are a lower bound, no more. */
static int read_metadata(struct brc__stream *stream, struct brc__json json)
{
    static const char *const names[] = {"usage", "serviceTier"};
    brc_result *result = stream->reader.result;
    struct brc__json values[2];

    brc__json_members(json, names, values, 2);
    bool sound = brc__usage_read(&result->usage, values[0]);
    stream->usage_whole = sound && stream->message_whole;
    brc__answer_tier(&result->usage, values[1]);
    stream->reader.event.type = BRC_EVENT_METADATA;
    brc__buf_truncate(&result->metadata, 0);
    return brc__buf_append(&result->metadata, json.p, json.n);
}

static int read_block_start(struct brc__stream *stream, struct brc__json json)
{
    return brc__block_read(&stream->reader, BRC__BLOCK_START, json);
}

static int read_block_delta(struct brc__stream *stream, struct brc__json json)
{
    return brc__block_read(&stream->reader, BRC__BLOCK_DELTA, json);
}

static int read_block_stop(struct brc__stream *stream, struct brc__json json)
{
    return brc__block_read(&stream->reader, BRC__BLOCK_STOP, json);
}

/* ---- frames */

static bool is(struct brc__span span, const char *text)
{
    return span.p != NULL && span.n == strlen(text) && memcmp(span.p, text, span.n) == 0;
}

/* Returns 0 with event.type 0 for an event this library does not know. */
static int read_event(struct brc__stream *stream, const struct brc__frame *frame)
{
    static const struct {
        const char *name;
        int (*read)(struct brc__stream *stream, struct brc__json json);
    } events[] = {
        {"contentBlockDelta", read_block_delta}, {"contentBlockStart", read_block_start},
        {"contentBlockStop", read_block_stop},   {"messageStart", read_message_start},
        {"messageStop", read_message_stop},      {"metadata", read_metadata},
    };
    struct brc__json json = brc__json_of(frame->payload.p, frame->payload.n);

    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        if (!is(frame->headers[BRC__EVENT_TYPE], events[i].name))
            continue;
        stream->reader.event = (brc_event){
            .type = BRC_EVENT_OTHER,
            .block = -1,
            .name = events[i].name,
            .json = json,
            .result = stream->reader.result,
        };
        return events[i].read(stream, json);
    }
    stream->reader.event.type = 0;
    return BRC_OK;
}

/* An error that AWS sends within a stream, modelled (its payload has a message) or not. */
static int read_error(const struct brc__frame *frame, struct brc__error *error)
{
    const struct brc__span *headers = frame->headers;
    bool modelled = headers[BRC__EXCEPTION_TYPE].p != NULL;
    struct brc__span type = headers[modelled ? BRC__EXCEPTION_TYPE : BRC__ERROR_CODE];
    struct brc__span message = headers[BRC__ERROR_MESSAGE];

    if (modelled)
        return brc__answer_exception(type.p, type.n, frame->payload.p, frame->payload.n, error);
    brc__error_set(error, BRC_E_SERVICE, "the stream ended with an error: %.*s: %.*s",
                   type.p == NULL ? 0 : (int)type.n, type.p == NULL ? "" : type.p,
                   message.p == NULL ? 0 : (int)message.n, message.p == NULL ? "" : message.p);
    if (type.p != NULL)
        brc__error_text(error->aws_type, sizeof error->aws_type, type.p, type.n);
    if (message.p != NULL)
        brc__error_text(error->aws_message, sizeof error->aws_message, message.p, message.n);
    return error->code;
}

static int read_frame(struct brc__stream *stream, const struct brc__frame *frame,
                      struct brc__error *error)
{
    struct brc__span type = frame->headers[BRC__MESSAGE_TYPE];

    if (is(type, "event")) {
        int rc = read_event(stream, frame);
        return rc < 0 ? brc__error_set(error, rc, "%s", brc_strerror(rc)) : rc;
    }
    if (is(type, "exception") || is(type, "error"))
        return read_error(frame, error);
    return brc__error_set(error, BRC_E_PROTOCOL,
                          "the event stream has a frame that is no event and no error");
}

int brc__stream_take(struct brc__stream *stream, const char *bytes, size_t n, size_t *ret_used,
                     brc__stream_fn fn, void *user_data, struct brc__error *error)
{
    struct brc__frame frame;
    int rc, told = 0;

    *ret_used = 0;
    while (told == 0) {
        rc = brc__frames_next(&stream->frames, bytes + *ret_used, n - *ret_used, &frame, error);
        if (rc <= 0)
            return rc;
        rc = read_frame(stream, &frame, error);
        if (rc < 0)
            return rc;
        if (rc != BRC__BLOCK_AGAIN) {
            *ret_used += frame.length;
            stream->received += frame.length;
        }
        if (stream->received > BRC__CEILING_ANSWER)
            return brc__error_set(error, BRC_E_TOO_LARGE, "the answer is larger than its ceiling");
        if (fn != NULL && stream->reader.event.type != 0)
            told = fn(&stream->reader.event, user_data);
    }
    return told;
}

int brc__stream_end(const struct brc__stream *stream, size_t left, struct brc__error *error)
{
    const char *what = NULL;

    if (left > 0)
        what = "ends within a frame";
    else if (!stream->message_whole)
        what = "ends before its message does";
    else if (!stream->usage_whole)
        what = "ends without usage that can be read";
    else if (stream->reader.faulty)
        what = "has an event that cannot be read";
    return what == NULL ? BRC_OK
                        : brc__error_set(error, BRC_E_PROTOCOL, "the event stream %s", what);
}
