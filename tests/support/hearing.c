/* SPDX-License-Identifier: MIT */
#include "hearing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <text.h>

enum {
    TOLD_MAX = 1 << 30
};

void hearing_start(struct hearing *hearing)
{
    *hearing = (struct hearing){
        .result = brc__result_new(),
        .told = BRC__BUF(TOLD_MAX),
        .texts = BRC__BUF(TOLD_MAX),
    };
    if (hearing->result == NULL || brc__usage_init(&hearing->result->usage, "id", "arn", NULL) < 0)
        abort();
    brc__buf_text(&hearing->told, "");
    brc__buf_text(&hearing->texts, "");
    brc__stream_init(&hearing->stream, hearing->result);
}

void hearing_end(struct hearing *hearing)
{
    brc__stream_free(&hearing->stream);
    brc_result_free(hearing->result);
    brc__buf_free(&hearing->told);
    brc__buf_free(&hearing->texts);
}

bool hearing_is_utf8(const char *p, size_t n)
{
    while (n > 0) {
        size_t length = brc__utf8_character(p, n);
        if (length == 0)
            return false;
        p += length;
        n -= length;
    }
    return true;
}

/* ---- the callback */

static void must(struct hearing *hearing, bool truth, const char *promise)
{
    if (!truth && hearing->broken == NULL)
        hearing->broken = promise;
}

/* Which types belong to no block, have a text, and have the names of a tool. */
static const struct {
    const char *name;
    bool blockless, text, tool;
} types[] = {
    [BRC_EVENT_MESSAGE_START] = {"start", .blockless = true},
    [BRC_EVENT_TEXT_DELTA] = {"text", .text = true},
    [BRC_EVENT_REASONING_DELTA] = {"reasoning", .text = true},
    [BRC_EVENT_TOOL_START] = {"tool", .tool = true},
    [BRC_EVENT_TOOL_DELTA] = {"input", .text = true, .tool = true},
    [BRC_EVENT_TOOL_STOP] = {"call", .text = true, .tool = true},
    [BRC_EVENT_OTHER] = {.name = "other"},
    [BRC_EVENT_MESSAGE_STOP] = {"stop", .blockless = true},
    [BRC_EVENT_METADATA] = {"metadata", .blockless = true},
};

static void check_text(struct hearing *hearing, const char *text, size_t n)
{
    must(hearing, hearing_is_utf8(text, n), "a text is UTF-8");
    must(hearing, text[n] == '\0', "there is a NUL after a text");
}

static void check_event(struct hearing *hearing, const brc_event *event)
{
    int64_t type = brc_event_int(event, BRC_EVENT_TYPE);
    size_t n, json_length;
    const char *text = brc_event_text(event, BRC_EVENT_TEXT, &n);
    const char *name = brc_event_text(event, BRC_EVENT_NAME, NULL);
    const char *json = brc_event_json(event, &json_length);

    must(hearing, types[type].blockless == (brc_event_int(event, BRC_EVENT_BLOCK) == -1), "block");
    must(hearing, !types[type].text || text != NULL, "an event with a text has one");
    must(hearing, types[type].tool || brc_event_text(event, BRC_EVENT_TOOL_NAME, NULL) == NULL,
         "no other event names a tool");
    must(hearing,
         types[type].blockless || text == NULL || types[type].text || type == BRC_EVENT_OTHER,
         "no other event has a text");
    must(hearing, name != NULL, "an event has a name");
    if (text != NULL)
        check_text(hearing, text, n);
    if (json == NULL)
        must(hearing, text != NULL && n == 3 && strcmp(text, "\xef\xbf\xbd") == 0,
             "only the rest of a broken character has no JSON");
}

/* A blank and the text, if the event has that field. */
static void note_text(struct brc__buf *told, const brc_event *event, int field)
{
    size_t n;
    const char *text = brc_event_text(event, field, &n);

    if (text == NULL)
        return;
    brc__buf_text(told, " ");
    brc__buf_append(told, text, n);
}

static void note(struct hearing *hearing, const brc_event *event)
{
    static const int fields[] = {BRC_EVENT_ROLE, BRC_EVENT_TOOL_USE_ID, BRC_EVENT_TOOL_NAME,
                                 BRC_EVENT_STOP_REASON, BRC_EVENT_TEXT};
    struct brc__buf *told = &hearing->told;
    int64_t type = brc_event_int(event, BRC_EVENT_TYPE);
    int64_t block = brc_event_int(event, BRC_EVENT_BLOCK);
    size_t n;

    brc__buf_text(told, types[type].name);
    if (block >= 0)
        brc__buf_appendf(told, " %" PRId64, block);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        note_text(told, event, fields[i]);
    if (type == BRC_EVENT_OTHER)
        note_text(told, event, BRC_EVENT_NAME);
    brc__buf_text(told, "\n");
    if (type == BRC_EVENT_TEXT_DELTA) {
        const char *text = brc_event_text(event, BRC_EVENT_TEXT, &n);
        brc__buf_append(&hearing->texts, text, n);
        hearing->disordered |= block < hearing->last;
        hearing->last = block;
    }
}

static int hear(const brc_event *event, void *user_data)
{
    struct hearing *hearing = user_data;
    int64_t type = brc_event_int(event, BRC_EVENT_TYPE);

    hearing->count++;
    must(hearing, type >= BRC_EVENT_MESSAGE_START && type <= BRC_EVENT_METADATA, "type");
    if (hearing->broken != NULL)
        return hearing->pause;
    check_event(hearing, event);
    note(hearing, event);
    return hearing->pause;
}

/* ---- handing on */

/* Takes what is there, given in a block that ends where the bytes end. */
static int take_exact(struct hearing *hearing, const char *bytes, size_t n, size_t *ret_used)
{
    brc__auto_free char *copy = malloc(n > 0 ? n : 1);

    if (copy == NULL)
        abort();
    if (n > 0)
        memcpy(copy, bytes, n);
    size_t count = hearing->count;
    int rc = brc__stream_take(&hearing->stream, copy, n, ret_used, hear, hearing, &hearing->error);
    must(hearing, *ret_used <= n, "no more is used than is there");
    if (rc > 0)
        must(hearing, rc == hearing->pause && hearing->count == count + 1,
             "a pause is one event later");
    if (rc == 0)
        must(hearing, n - *ret_used < hearing->stream.frames.wanted, "all that is whole is used");
    if (rc < 0)
        must(hearing, hearing->error.code == rc && hearing->error.text[0] != '\0',
             "a failure has a text");
    return rc;
}

int hearing_take(struct hearing *hearing, const char *bytes, size_t n, size_t chunk, unsigned seed)
{
    size_t start = 0, end = 0, used;
    int rc = 0;

    while (end < n) {
        size_t size = seed == 0 ? chunk : 1 + (size_t)rand_r(&seed) % chunk;
        end = size < n - end ? end + size : n;
        do {
            rc = take_exact(hearing, bytes + start, end - start, &used);
            start += used;
        } while (rc > 0);
        if (rc < 0)
            break;
    }
    hearing->left = n - start;
    return rc;
}

int hearing_finish(struct hearing *hearing)
{
    return brc__stream_end(&hearing->stream, hearing->left, &hearing->error);
}
