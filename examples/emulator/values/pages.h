/* Lists that are answered a page at a time: a call's input and answer around page.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_PAGES_H
#define EMULATOR_PAGES_H

#include "call.h"

/* What there is to list, in any order; pages are sorted by key, and a token says after which key
 * the next begins: what is deleted between two pages makes none be left out. */
struct emu_pages {
    json_t *items; /* by key */
    bool failed;
};

void emu_pages_init(struct emu_pages *pages);
void emu_pages_free(struct emu_pages *pages);

/* Takes over `item`; one of the same key is replaced. A failed allocation is remembered. */
void emu_pages_add(struct emu_pages *pages, const char *key, json_t *item);

/* The same of what has its place in the order and no key. */
void emu_pages_append(struct emu_pages *pages, json_t *item);

/* All of it, for emu_page_take(); NULL if out of memory. */
json_t *emu_pages_all(const struct emu_pages *pages);

struct emu_page_names {
    const char *items;     /* members of the answer: the page, */
    const char *token;     /* of answer and input: the token, */
    const char *size;      /* of the input: how many at most */
    size_t usual_size;     /* if it does not say */
    const char *bad_token; /* the error of a token that is none of ours */
    bool counted;          /* the answer says ReturnSize and TotalSize as well */
};

/* Answers the page that the call asks for, and frees the list. */
void emu_pages_answer(struct emu_pages *pages, struct emu_call *call,
                      const struct emu_page_names *names);

#endif
