/* Deterministic answers of no meaning: text with characters of every UTF-8 length, tool inputs.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_GENERATE_H
#define EMULATOR_GENERATE_H

#include <jansson.h>

#include "random.h"
#include "text.h"

#define EMU_MAX_OUTPUT_TOKENS 4000

/* Appends text of `tokens` tokens: at most four bytes each, at most three bytes short. */
void emu_generate_text(struct emu_text *out, struct emu_random *random, int64_t tokens);

/* A JSON value that fits the properties of a JSON schema, one level deep; NULL if out of memory. */
json_t *emu_generate_input(struct emu_random *random, const json_t *schema);

#endif
