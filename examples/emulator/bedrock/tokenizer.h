/* How a text is cut into tokens.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_TOKENIZER_H
#define EMULATOR_TOKENIZER_H

#include <stddef.h>
#include <stdint.h>

#define EMU_BYTES_PER_TOKEN 4

enum emu_tokenizer {
    EMU_PLAIN,      /* four bytes a token; nothing else costs any */
    EMU_ADVERSARIAL /* the dearest that can be: normalised, then a byte a token; every message and
                       tool costs some of its own; an answer is always as long as it may be */
};

/* What a text weighs, in quarters of a token. */
int64_t emu_weigh(enum emu_tokenizer tokenizer, const char *text, size_t len);

/* What a prompt weighs besides its texts. */
int64_t emu_weigh_frame(enum emu_tokenizer tokenizer, size_t messages, size_t tools);

static inline int64_t emu_tokens_of(int64_t weight)
{
    return (weight + EMU_BYTES_PER_TOKEN - 1) / EMU_BYTES_PER_TOKEN;
}

#endif
