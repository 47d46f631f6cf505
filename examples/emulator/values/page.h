/* Pages of a list whose members have keys: what is deleted between two pages shifts nothing.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_PAGE_H
#define EMULATOR_PAGE_H

#include <jansson.h>
#include <stddef.h>

#include "status.h"
#include "text.h"

struct emu_page {
    json_t *values;        /* array */
    struct emu_text token; /* of the next page; empty: this is the last */
};

/* The values of the object `all` in the order of its keys, at most `size` of them, from where the
 * token (NULL: none) left off. EMU_INVALID: the token is none; EMU_OUT_OF_MEMORY, which `all` NULL
 * says as well. Free the page on every path. */
int emu_page_take(struct emu_page *page, json_t *all, const char *token, size_t size);
void emu_page_free(struct emu_page *page);

#endif
