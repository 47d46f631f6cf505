/* Works on the frames of a finished stream: takes some away, puts another in their place, and says
 * how they are to be sent.
 *
 * SPDX-License-Identifier: MIT
 */
#include "stream_faults.h"
#include "event_frame.h"
#include "faults.h"
#include "stream.h"

/* Three ways for a stream to end after some events. */
static const char *const ENDS[] = {"exception", "error", "stall"};
static const char *const OTHERS[] = {"after", "noMetadata", "dribble", "eventDelayMs"};
static const char *const NOT_OF_STREAMS[] = {"status", "type", "garbage", "body"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool has(const json_t *fault, const char *member)
{
    const json_t *value = json_object_get(fault, member);

    return value != NULL && !json_is_null(value) && !json_is_false(value);
}

static size_t count(const json_t *fault, const char *const *members, size_t n_members)
{
    size_t n = 0;

    for (size_t i = 0; i < n_members; i++)
        n += has(fault, members[i]);
    return n;
}

bool emu_fault_is_for_streams(const json_t *fault)
{
    return count(fault, ENDS, COUNT(ENDS)) + count(fault, OTHERS, COUNT(OTHERS)) > 0;
}

const char *emu_stream_fault_objection(const json_t *fault)
{
    size_t n_ends = count(fault, ENDS, COUNT(ENDS));

    if (n_ends > 1)
        return "A fault has one of exception, error and stall.";
    if (n_ends == 0 && has(fault, "after"))
        return "after says where exception, error or stall comes: one of them is missing.";
    if (emu_fault_is_for_streams(fault) && count(fault, NOT_OF_STREAMS, COUNT(NOT_OF_STREAMS)) > 0)
        return "A stream's fault does not go with status, type, garbage and body.";
    return NULL;
}

/* Where the first events end, or all of them. */
static size_t end_of(const struct emu_text *frames, json_int_t n_events)
{
    size_t end = 0;

    for (json_int_t i = 0; i < n_events && end < frames->len; i++)
        end = emu_frame_end(frames, end);
    return end;
}

/* The last event is the metadata. */
static void drop_metadata(struct emu_text *frames)
{
    size_t start = 0;

    while (emu_frame_end(frames, start) < frames->len)
        start = emu_frame_end(frames, start);
    emu_text_truncate(frames, start);
}

static void end_early(const json_t *fault, struct emu_reply *reply)
{
    const char *exception = json_string_value(json_object_get(fault, "exception"));
    const char *error = json_string_value(json_object_get(fault, "error"));
    json_int_t after = json_integer_value(json_object_get(fault, "after"));

    emu_text_truncate(&reply->body, end_of(&reply->body, after));
    if (exception != NULL)
        emu_stream_add_exception(&reply->body, exception,
                                 emu_fault_error_json(fault, exception, NULL));
    else if (error != NULL)
        emu_stream_add_error(&reply->body, error, emu_fault_message(fault));
    else
        reply->stalls = true;
}

void emu_stream_fault_apply(const json_t *fault, struct emu_reply *reply)
{
    json_int_t event_delay_ms = json_integer_value(json_object_get(fault, "eventDelayMs"));

    if (has(fault, "noMetadata"))
        drop_metadata(&reply->body);
    if (count(fault, ENDS, COUNT(ENDS)) > 0)
        end_early(fault, reply);
    reply->dribbles = has(fault, "dribble");
    if (event_delay_ms > reply->event_delay_ms)
        reply->event_delay_ms = event_delay_ms;
    if (reply->body.failed)
        emu_reply_out_of_memory(reply);
}
