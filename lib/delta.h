/* The hot events of a stream: pieces of a string, in the one form in which AWS writes them.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__DELTA_H
#define BRC__DELTA_H

#include "json_text.h"

enum brc__delta_kind {
    BRC__DELTA_TEXT,
    BRC__DELTA_TOOL_INPUT,
    BRC__DELTA_REASONING,
};

struct brc__delta {
    enum brc__delta_kind kind;
    int64_t block;
    struct brc__json string; /* with its quotes */
    bool plain;              /* what stands between them stands for itself */
};

/* Recognises {"contentBlockIndex":0,"delta":{"text":"…"},"p":"…"}, with or without the padding p,
 * and the same with a tool's input and with reasoning. False says only that somebody else has to
 * look: where this is true and the JSON is sound, a parser finds the same. */
bool brc__delta_scan(const char *json, size_t n, struct brc__delta *ret_delta);

/* How many bytes at the end of a piece, as it stands between the quotes, have to wait for the next
 * piece, because a character is not whole: the start of one in UTF-8, or the first escape of a pair
 * of surrogates. */
size_t brc__delta_unfinished(const char *inside, size_t n);

#endif
