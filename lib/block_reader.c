/* SPDX-License-Identifier: MIT */
#include "block_reader.h"
#include "crypto.h"
#include "delta.h"

/* Whether a block takes a piece of that kind: the first one that is more than text decides, and
 * only citations come to a text that is there already. One that is not taken makes the stream
 * faulty. */
static bool takes(struct brc__block_reader *reader, struct brc__block *block,
                  enum brc__block_kind kind)
{
    bool empty = block->text.length == 0 && block->held_length == 0;

    if (block->kind == BRC__BLOCK_TEXT && (empty || kind == BRC__BLOCK_CITATIONS))
        block->kind = kind;
    bool taken =
        block->kind == kind || (block->kind == BRC__BLOCK_CITATIONS && kind == BRC__BLOCK_TEXT);
    reader->faulty |= !taken;
    return taken;
}

/* ---- pieces of text */

static struct brc__json inside(struct brc__json string)
{
    return (struct brc__json){string.p + 1, string.n - 2};
}

/* Appends a piece, given with its quotes, to the block's text. What ends within a character is held
 * until the next piece; what was held goes before this one. */
static int append_piece(struct brc__block_reader *reader, struct brc__block *block,
                        struct brc__json string)
{
    size_t unfinished = brc__delta_unfinished(inside(string).p, inside(string).n);

    if (block->held_length == 0 && unfinished == 0) {
        brc__json_unquote(string, &block->text);
        return block->text.status;
    }
    struct brc__buf *scratch = &reader->scratch;
    brc__buf_truncate(scratch, 0);
    brc__buf_text(scratch, "\"");
    brc__buf_append(scratch, block->held, block->held_length);
    brc__buf_append(scratch, inside(string).p, inside(string).n);
    if (scratch->status < 0)
        return scratch->status;
    unfinished = brc__delta_unfinished(scratch->data + 1, scratch->length - 1);
    block->held_length = unfinished;
    memcpy(block->held, scratch->data + scratch->length - unfinished, unfinished);
    brc__buf_truncate(scratch, scratch->length - unfinished);
    brc__buf_text(scratch, "\"");
    brc__json_unquote(brc__json_of(scratch->data, scratch->length), &block->text);
    return scratch->status < 0 ? scratch->status : block->text.status;
}

static void set_text(brc_event *event, const struct brc__block *block, size_t before)
{
    const struct brc__buf *text = &block->text;

    event->text = text->data == NULL
                      ? (struct brc__json){"", 0}
                      : (struct brc__json){text->data + before, text->length - before};
}

/* Of a block that has a text. */
static void set_block_event(brc_event *event, const struct brc__block *block)
{
    static const int types[] = {
        [BRC__BLOCK_TEXT] = BRC_EVENT_TEXT_DELTA,
        [BRC__BLOCK_CITATIONS] = BRC_EVENT_TEXT_DELTA,
        [BRC__BLOCK_REASONING] = BRC_EVENT_REASONING_DELTA,
        [BRC__BLOCK_TOOL_USE] = BRC_EVENT_TOOL_DELTA,
    };

    event->type = types[block->kind];
    event->block = block->index;
    event->tool_names = block->kind == BRC__BLOCK_TOOL_USE ? block->names.data : NULL;
}

static int read_piece(struct brc__block_reader *reader, struct brc__block *block,
                      enum brc__block_kind kind, struct brc__json string)
{
    if (!takes(reader, block, kind))
        return BRC_OK;
    size_t before = block->text.length;
    int rc = append_piece(reader, block, string);
    set_block_event(&reader->event, block);
    set_text(&reader->event, block, before);
    return rc;
}

/* ---- contentBlockStart, contentBlockDelta, contentBlockStop */

/* Keeps the object a block was started with. */
static int start_block(struct brc__block_reader *reader, struct brc__block *block,
                       enum brc__block_kind kind, struct brc__json started)
{
    if (!takes(reader, block, kind))
        return BRC_OK;
    brc__buf_truncate(&block->started, 0);
    return brc__buf_append(&block->started, started.p, started.n);
}

static int start_tool(struct brc__block_reader *reader, struct brc__block *block,
                      struct brc__json started)
{
    static const char *const names[] = {"toolUseId", "name"};
    struct brc__json values[2];

    if (!takes(reader, block, BRC__BLOCK_TOOL_USE))
        return BRC_OK;
    brc__json_members(started, names, values, 2);
    brc__buf_truncate(&block->names, 0);
    for (size_t i = 0; i < 2; i++) {
        reader->faulty |= !brc__json_unquote(values[i], &block->names);
        brc__buf_append(&block->names, "", 1);
    }
    int rc = start_block(reader, block, BRC__BLOCK_TOOL_USE, started);
    set_block_event(&reader->event, block);
    reader->event.type = BRC_EVENT_TOOL_START;
    return rc < 0 ? rc : block->names.status;
}

static int read_start(struct brc__block_reader *reader, struct brc__block *block,
                      struct brc__json start)
{
    enum {
        TOOL_USE,
        TOOL_RESULT,
        IMAGE,
        KINDS
    };
    static const char *const names[KINDS] = {"toolUse", "toolResult", "image"};
    struct brc__json values[KINDS];

    brc__json_members(start, names, values, KINDS);
    if (brc__json_starts(values[TOOL_USE], '{'))
        return start_tool(reader, block, values[TOOL_USE]);
    if (brc__json_starts(values[TOOL_RESULT], '{'))
        return start_block(reader, block, BRC__BLOCK_TOOL_RESULT, values[TOOL_RESULT]);
    if (brc__json_starts(values[IMAGE], '{'))
        return start_block(reader, block, BRC__BLOCK_IMAGE, values[IMAGE]);
    return BRC_OK;
}

/* Appends an element, or a member if it has a name; all of it or, without memory, nothing. */
static int add_element(struct brc__block *block, const char *name, struct brc__json element)
{
    struct brc__buf *elements = &block->elements;

    int rc = brc__buf_reserve(elements, strlen(",\"\":") + strlen(name) + element.n);
    if (rc < 0)
        return rc;
    if (elements->length > 0)
        brc__buf_text(elements, ",");
    if (*name != '\0')
        brc__buf_appendf(elements, "\"%s\":", name);
    return brc__buf_append(elements, element.p, element.n);
}

/* A solidus may be escaped, so base64 is unquoted as any string. */
static int add_blob(struct brc__block_reader *reader, struct brc__block *block,
                    struct brc__json base64)
{
    struct brc__buf *scratch = &reader->scratch;
    int rc = BRC_E_INVALID;

    brc__buf_truncate(scratch, 0);
    if (brc__json_unquote(base64, scratch))
        rc = scratch->status < 0 ? scratch->status
                                 : brc__base64_decode(&block->blob, scratch->data, scratch->length);
    reader->faulty |= rc == BRC_E_INVALID;
    return rc == BRC_E_INVALID ? BRC_OK : rc;
}

static int read_reasoning(struct brc__block_reader *reader, struct brc__block *block,
                          struct brc__json reasoning)
{
    enum {
        TEXT,
        SIGNATURE,
        REDACTED,
        KINDS
    };
    static const char *const names[KINDS] = {"text", "signature", "redactedContent"};
    struct brc__json values[KINDS];

    if (!takes(reader, block, BRC__BLOCK_REASONING))
        return BRC_OK;
    brc__json_members(reasoning, names, values, KINDS);
    if (brc__json_starts(values[TEXT], '"'))
        return read_piece(reader, block, BRC__BLOCK_REASONING, values[TEXT]);
    if (brc__json_unquote(values[SIGNATURE], &block->signature))
        return block->signature.status;
    if (values[REDACTED].p != NULL)
        return add_blob(reader, block, values[REDACTED]);
    return BRC_OK;
}

static int read_tool_result(struct brc__block_reader *reader, struct brc__block *block,
                            struct brc__json list)
{
    struct brc__json element;
    size_t position = 0;

    if (!takes(reader, block, BRC__BLOCK_TOOL_RESULT))
        return BRC_OK;
    while (brc__json_next(list, &position, &element))
        add_element(block, "", element);
    return block->elements.status;
}

static int read_image(struct brc__block_reader *reader, struct brc__block *block,
                      struct brc__json image)
{
    static const char *const names[] = {"source", "error"};
    struct brc__json values[2];

    if (!takes(reader, block, BRC__BLOCK_IMAGE))
        return BRC_OK;
    brc__json_members(image, names, values, 2);
    struct brc__json bytes = brc__json_member(values[0], "bytes");
    int rc = bytes.p == NULL ? BRC_OK : add_blob(reader, block, bytes);
    if (rc < 0)
        return rc;
    for (size_t i = bytes.p == NULL ? 0 : 1; i < 2; i++)
        if (values[i].p != NULL)
            add_element(block, names[i], values[i]);
    return block->elements.status;
}

static int read_delta(struct brc__block_reader *reader, struct brc__block *block,
                      struct brc__json delta)
{
    enum {
        TEXT,
        TOOL_USE,
        REASONING,
        CITATION,
        TOOL_RESULT,
        IMAGE,
        KINDS
    };
    static const char *const names[KINDS] = {"text",     "toolUse",    "reasoningContent",
                                             "citation", "toolResult", "image"};
    struct brc__json values[KINDS];

    brc__json_members(delta, names, values, KINDS);
    struct brc__json input = brc__json_member(values[TOOL_USE], "input");
    if (brc__json_starts(input, '"'))
        return read_piece(reader, block, BRC__BLOCK_TOOL_USE, input);
    if (brc__json_starts(values[TEXT], '"'))
        return read_piece(reader, block, BRC__BLOCK_TEXT, values[TEXT]);
    if (brc__json_starts(values[REASONING], '{'))
        return read_reasoning(reader, block, values[REASONING]);
    if (brc__json_starts(values[CITATION], '{'))
        return takes(reader, block, BRC__BLOCK_CITATIONS) ? add_element(block, "", values[CITATION])
                                                          : BRC_OK;
    if (brc__json_starts(values[TOOL_RESULT], '['))
        return read_tool_result(reader, block, values[TOOL_RESULT]);
    if (brc__json_starts(values[IMAGE], '{'))
        return read_image(reader, block, values[IMAGE]);
    return BRC_OK;
}

static int read_stop(struct brc__block_reader *reader, struct brc__block *block)
{
    if (block->kind != BRC__BLOCK_TOOL_USE)
        return BRC_OK;
    set_block_event(&reader->event, block);
    reader->event.type = BRC_EVENT_TOOL_STOP;
    set_text(&reader->event, block, 0);
    if (block->text.length == 0)
        reader->event.text = (struct brc__json){"{}", 2};
    return BRC_OK;
}

/* What was held to the end never became a character: it is told as U+FFFD, before the stop. */
static void flush_held(struct brc__block_reader *reader, struct brc__block *block)
{
    size_t before = block->text.length;

    brc__buf_text(&block->text, "\xef\xbf\xbd");
    block->held_length = 0;
    set_block_event(&reader->event, block);
    set_text(&reader->event, block, before);
    reader->event.json = (struct brc__json){0};
}

/* ---- all three */

static int find_block(struct brc__block_reader *reader, struct brc__json index,
                      struct brc__block **ret_block)
{
    int64_t number;

    if (!brc__json_count(index, &number)) { /* the block that is open is the most likely one */
        reader->faulty = true;
        const struct brc__content *content = &reader->result->content;
        number = content->count == 0 ? 0 : content->blocks[content->count - 1].index;
    }
    reader->event.block = number;
    return brc__content_block(&reader->result->content, number, ret_block);
}

/* The form that nearly every event has. */
static int read_hot(struct brc__block_reader *reader, const struct brc__delta *delta)
{
    static const enum brc__block_kind kinds[] = {
        [BRC__DELTA_TEXT] = BRC__BLOCK_TEXT,
        [BRC__DELTA_TOOL_INPUT] = BRC__BLOCK_TOOL_USE,
        [BRC__DELTA_REASONING] = BRC__BLOCK_REASONING,
    };
    struct brc__block *block;

    int rc = brc__content_block(&reader->result->content, delta->block, &block);
    if (rc < 0)
        return rc;
    reader->event.block = delta->block;
    if (!delta->plain || block->held_length > 0)
        return read_piece(reader, block, kinds[delta->kind], delta->string);
    if (!takes(reader, block, kinds[delta->kind]))
        return BRC_OK;
    set_block_event(&reader->event, block);
    size_t before = block->text.length;
    rc = brc__buf_append(&block->text, delta->string.p + 1, delta->string.n - 2);
    set_text(&reader->event, block, before);
    return rc;
}

int brc__block_read(struct brc__block_reader *reader, enum brc__block_event what,
                    struct brc__json json)
{
    static const char *const names[] = {"contentBlockIndex", "start", "delta"};
    struct brc__json values[3];
    struct brc__delta delta;
    struct brc__block *block;

    if (what == BRC__BLOCK_DELTA && brc__delta_scan(json.p, json.n, &delta))
        return read_hot(reader, &delta);
    reader->faulty |= !brc__json_members(json, names, values, 3);
    int rc = find_block(reader, values[0], &block);
    if (rc < 0)
        return rc;
    if (what == BRC__BLOCK_START)
        return read_start(reader, block, values[1]);
    if (what == BRC__BLOCK_DELTA)
        return read_delta(reader, block, values[2]);
    if (block->held_length > 0) {
        flush_held(reader, block);
        return block->text.status < 0 ? block->text.status : BRC__BLOCK_AGAIN;
    }
    return read_stop(reader, block);
}
