/* What a prompt costs: its tokens, and which of them the prompt cache has seen before.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_PROMPT_H
#define EMULATOR_PROMPT_H

#include <jansson.h>
#include <stdbool.h>

#include "bill.h"
#include "tokenizer.h"

/* Sets the input kinds of `usage` for the `system` and `messages` of `input`, sent to the model
 * `model_id`, and adds the prefixes that end at its cache points to the set `caches`. Tools cost
 * nothing but to an adversarial tokenizer, and cache points among them do nothing. */
int emu_prompt_measure(enum emu_tokenizer tokenizer, const json_t *input, const char *model_id,
                       json_t *caches, struct emu_usage *usage, bool *ret_has_cache_point);

#endif
