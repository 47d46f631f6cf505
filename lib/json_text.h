/* JSON read and written as text, without building a tree.
 *
 * The reader is tolerant: it finds its way by quotes, brackets and commas alone and does not care
 * whether what lies between is sound. So usage can be read from an answer that a strict parser
 * rejects. On every document a strict parser accepts, the two agree; a fuzz target holds them to
 * it. SPDX-License-Identifier: MIT */
#ifndef BRC__JSON_TEXT_H
#define BRC__JSON_TEXT_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value within a JSON text; p is NULL for one that is not there. */
struct brc__json {
    const char *p;
    size_t n;
};

/* The one value of a whole text, without the white space around it. */
struct brc__json brc__json_of(const char *text, size_t n);

/* Looks up members of an object: ret_values[i] becomes the value named names[i] (the last one, if
 * there are several). False if the text is not an object from its brace to its brace. */
bool brc__json_members(struct brc__json object, const char *const names[],
                       struct brc__json ret_values[], size_t count);

/* One member; not there if the text is no object or has none of that name. */
struct brc__json brc__json_member(struct brc__json object, const char *name);

/* Steps through an array: call with *position 0 first. False at its end, or where it breaks. */
bool brc__json_next(struct brc__json array, size_t *position, struct brc__json *ret_element);

/* Steps through an object in the same way; the name comes with its quotes. */
bool brc__json_next_member(struct brc__json object, size_t *position, struct brc__json *ret_name,
                           struct brc__json *ret_value);

/* The same for what stands between an array's or an object's brackets. */
bool brc__json_next_inside(struct brc__json inside, size_t *position,
                           struct brc__json *ret_element);
bool brc__json_next_member_inside(struct brc__json inside, size_t *position,
                                  struct brc__json *ret_name, struct brc__json *ret_value);

/* The first character tells the kind of a value. */
static inline bool brc__json_starts(struct brc__json value, char c)
{
    return value.p != NULL && value.n > 0 && value.p[0] == c;
}

static inline bool brc__json_is(struct brc__json value, const char *literal)
{
    return value.p != NULL && value.n == strlen(literal) && memcmp(value.p, literal, value.n) == 0;
}

/* p is behind an opening quote; returns the closing one, or NULL. */
const char *brc__json_string_end(const char *p, const char *end);

/* True if the string, given with its quotes, says `word`, which is ASCII. */
bool brc__json_says(struct brc__json string, const char *word);

/* Reads one character of a string's inside at *p < end, escape or not, and moves on. Returns its
 * code point; -1 for what is none (a lone surrogate, bad UTF-8, an unknown escape). */
long brc__json_character(const char **p, const char *end);

/* Reads a count: digits alone, at most 2^63 - 1. */
bool brc__json_count(struct brc__json value, int64_t *ret_count);

/* Appends what a JSON string says. Lone surrogates and bytes that are no UTF-8 become U+FFFD; NUL
 * is kept. False if the value is no string. A failure of the buffer stays in its status. */
bool brc__json_unquote(struct brc__json string, struct brc__buf *to);

/* Appends text as a JSON string with its quotes. The text must be UTF-8. */
int brc__json_quote(struct brc__buf *to, const char *text, size_t n);

/* Appends a JSON text in which every string is sound: lone surrogates, bad UTF-8, NUL and raw
 * control characters inside strings become U+FFFD. */
int brc__json_mend(struct brc__buf *to, const char *text, size_t n);

#endif
