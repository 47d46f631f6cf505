/* The content of a message that comes in pieces, put together into what Converse would have
 * answered. SPDX-License-Identifier: MIT */
#ifndef BRC__CONTENT_H
#define BRC__CONTENT_H

#include "buffer.h"
#include "json_text.h"

/* One content block. The first piece that is more than text decides its kind. */
struct brc__block {
    int64_t index;
    enum brc__block_kind {
        BRC__BLOCK_TEXT,
        BRC__BLOCK_REASONING,
        BRC__BLOCK_TOOL_USE,
        BRC__BLOCK_TOOL_RESULT,
        BRC__BLOCK_CITATIONS,
        BRC__BLOCK_IMAGE,
    } kind;
    struct brc__buf text;      /* a text, a reasoning, or the input of a tool as JSON text */
    struct brc__buf started;   /* the object it was started with, as received; or empty */
    struct brc__buf elements;  /* citations, or what a tool's result holds, as received */
    struct brc__buf signature; /* of a reasoning */
    struct brc__buf blob;      /* of a reasoning that is redacted, or an image, decoded */
    struct brc__buf names;     /* tool use id, NUL, name, NUL */
    char held[6];              /* the unfinished end of the last piece, see delta.h */
    size_t held_length;
};

/* In the order of their indexes. */
struct brc__content {
    struct brc__block *blocks;
    size_t count, capacity;
};

/* The block of that index, made if need be. Pointers to blocks do not outlive this call. Returns 0,
 * BRC_E_NOMEM, or BRC_E_TOO_LARGE. */
int brc__content_block(struct brc__content *content, int64_t index, struct brc__block **ret_block);

/* Appends the texts of all blocks. */
int brc__content_text(const struct brc__content *content, struct brc__buf *to);

/* Appends the blocks as a JSON array. */
int brc__content_json(const struct brc__content *content, struct brc__buf *to);

/* The input of a tool as it goes into JSON: as it came if that is JSON, {} if nothing came, else a
 * string of what came. */
int brc__block_input(const struct brc__block *block, struct brc__buf *to);

void brc__content_free(struct brc__content *content);

#endif
