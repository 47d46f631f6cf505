/* SPDX-License-Identifier: MIT */
#include "content.h"
#include "crypto.h"
#include "json.h"

enum {
    BLOCKS_MAX = 4096, /* an answer has a handful */
};

/* ---- blocks */

static void init_block(struct brc__block *block, int64_t index)
{
    enum {
        TEXT_MAX = 3 * BRC__CEILING_ANSWER /* a bad byte becomes U+FFFD, which has three */
    };

    *block = (struct brc__block){.index = index};
    block->text = block->signature = block->names = BRC__BUF(TEXT_MAX);
    block->started = block->elements = block->blob = BRC__BUF(BRC__CEILING_ANSWER);
}

static void free_block(struct brc__block *block)
{
    brc__buf_free(&block->text);
    brc__buf_free(&block->started);
    brc__buf_free(&block->elements);
    brc__buf_free(&block->signature);
    brc__buf_free(&block->blob);
    brc__buf_free(&block->names);
}

void brc__content_free(struct brc__content *content)
{
    for (size_t i = 0; i < content->count; i++)
        free_block(&content->blocks[i]);
    free(content->blocks);
    *content = (struct brc__content){0};
}

static int grow(struct brc__content *content)
{
    size_t capacity = 2 * content->capacity + 2;

    struct brc__block *blocks = realloc(content->blocks, capacity * sizeof *blocks);
    if (blocks == NULL)
        return BRC_E_NOMEM;
    content->blocks = blocks;
    content->capacity = capacity;
    return BRC_OK;
}

int brc__content_block(struct brc__content *content, int64_t index, struct brc__block **ret_block)
{
    size_t at = content->count; /* nearly always the last one, or a new one behind it */

    *ret_block = NULL;
    while (at > 0 && content->blocks[at - 1].index > index)
        at--;
    if (at > 0 && content->blocks[at - 1].index == index) {
        *ret_block = &content->blocks[at - 1];
        return BRC_OK;
    }
    if (content->count == BLOCKS_MAX)
        return BRC_E_TOO_LARGE;
    if (content->count == content->capacity) {
        int rc = grow(content);
        if (rc < 0)
            return rc;
    }
    struct brc__block *block = &content->blocks[at];
    memmove(block + 1, block, (content->count++ - at) * sizeof *block);
    init_block(block, index);
    *ret_block = block;
    return BRC_OK;
}

int brc__content_text(const struct brc__content *content, struct brc__buf *to)
{
    brc__buf_text(to, "");
    for (size_t i = 0; i < content->count; i++) {
        const struct brc__block *block = &content->blocks[i];
        if (block->kind == BRC__BLOCK_TEXT || block->kind == BRC__BLOCK_CITATIONS)
            brc__buf_append(to, block->text.data, block->text.length);
    }
    return to->status;
}

/* ---- as JSON */

/* Appends what stands between the braces of the object the block was started with, and a comma. */
static void put_started(const struct brc__block *block, struct brc__buf *to)
{
    struct brc__json started = brc__json_of(block->started.data, block->started.length);

    if (started.n <= 2)
        return;
    struct brc__json inside = brc__json_of(started.p + 1, started.n - 2);
    brc__buf_append(to, inside.p, inside.n);
    if (inside.n > 0)
        brc__buf_text(to, ",");
}

static void put_string(const struct brc__buf *text, struct brc__buf *to)
{
    brc__json_quote(to, text->length == 0 ? "" : text->data, text->length);
}

static void put_blob(const struct brc__buf *blob, struct brc__buf *to)
{
    brc__buf_text(to, "\"");
    brc__base64_encode(to, blob->data, blob->length);
    brc__buf_text(to, "\"");
}

static void put_elements(const struct brc__block *block, struct brc__buf *to)
{
    brc__buf_text(to, "[");
    brc__buf_append(to, block->elements.data, block->elements.length);
    brc__buf_text(to, "]");
}

int brc__block_input(const struct brc__block *block, struct brc__buf *to)
{
    const struct brc__buf *input = &block->text;

    if (input->length == 0)
        return brc__buf_text(to, "{}");
    int rc = brc__json_check(input->data, input->length, "", NULL);
    if (rc == BRC_OK)
        return brc__buf_append(to, input->data, input->length);
    if (rc != BRC_E_INVALID)
        return to->status = rc;
    put_string(input, to);
    return to->status;
}

/* A reasoning that is redacted is one without text; of one that is both, both are handed out. */
static void put_reasoning(const struct brc__block *block, struct brc__buf *to)
{
    bool redacted = block->blob.length > 0;
    bool readable = !redacted || block->text.length > 0 || block->signature.length > 0;

    if (readable) {
        brc__buf_text(to, "{\"reasoningContent\":{\"reasoningText\":{\"text\":");
        put_string(&block->text, to);
        if (block->signature.length > 0) {
            brc__buf_text(to, ",\"signature\":");
            put_string(&block->signature, to);
        }
        brc__buf_text(to, redacted ? "}}}," : "}}}");
    }
    if (redacted) {
        brc__buf_text(to, "{\"reasoningContent\":{\"redactedContent\":");
        put_blob(&block->blob, to);
        brc__buf_text(to, "}}");
    }
}

/* The elements of an image are members: what else came with it. */
static void put_image(const struct brc__block *block, struct brc__buf *to)
{
    brc__buf_text(to, "{\"image\":{");
    put_started(block, to);
    if (block->blob.length > 0) {
        brc__buf_text(to, "\"source\":{\"bytes\":");
        put_blob(&block->blob, to);
        brc__buf_text(to, block->elements.length > 0 ? "}," : "}");
    } else if (block->elements.length == 0) {
        brc__buf_text(to, "\"source\":{}");
    }
    brc__buf_append(to, block->elements.data, block->elements.length);
    brc__buf_text(to, "}}");
}

static void put_block(const struct brc__block *block, struct brc__buf *to)
{
    switch (block->kind) {
    case BRC__BLOCK_TEXT:
        brc__buf_text(to, "{\"text\":");
        put_string(&block->text, to);
        brc__buf_text(to, "}");
        break;
    case BRC__BLOCK_REASONING:
        put_reasoning(block, to);
        break;
    case BRC__BLOCK_TOOL_USE:
        brc__buf_text(to, "{\"toolUse\":{");
        put_started(block, to);
        brc__buf_text(to, "\"input\":");
        brc__block_input(block, to);
        brc__buf_text(to, "}}");
        break;
    case BRC__BLOCK_TOOL_RESULT:
        brc__buf_text(to, "{\"toolResult\":{");
        put_started(block, to);
        brc__buf_text(to, "\"content\":");
        put_elements(block, to);
        brc__buf_text(to, "}}");
        break;
    case BRC__BLOCK_CITATIONS:
        brc__buf_text(to, "{\"citationsContent\":{\"content\":[{\"text\":");
        put_string(&block->text, to);
        brc__buf_text(to, "}],\"citations\":");
        put_elements(block, to);
        brc__buf_text(to, "}}");
        break;
    case BRC__BLOCK_IMAGE:
        put_image(block, to);
    }
}

/* Converse answers with no text rather than with an empty one, and takes none back. */
static bool is_empty(const struct brc__block *block)
{
    return block->kind == BRC__BLOCK_TEXT && block->text.length == 0;
}

int brc__content_json(const struct brc__content *content, struct brc__buf *to)
{
    const char *comma = "";

    brc__buf_text(to, "[");
    for (size_t i = 0; i < content->count; i++) {
        if (is_empty(&content->blocks[i]))
            continue;
        brc__buf_text(to, comma);
        put_block(&content->blocks[i], to);
        comma = ",";
    }
    return brc__buf_text(to, "]");
}
