/* The message a model answers with, whatever form it is then sent in.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_MESSAGE_H
#define EMULATOR_MESSAGE_H

#include "call.h"

struct emu_message {
    json_t *content; /* array */
    const char *stop_reason;
    int64_t tokens;
    struct emu_random random; /* as generating left it */
};

/* What the call's messages are answered with. The same prompt to the same model is answered with
 * the same words. */
int emu_message_generate(struct emu_message *message, struct emu_call *call);

/* The most tokens an answer may have. */
int64_t emu_output_limit(const json_t *input);

void emu_message_free(struct emu_message *message);

/* What an answer cites: an array with a Citation for each document and search result of the
 * messages that has citations enabled; NULL if out of memory. */
json_t *emu_citations(const json_t *messages);

#endif
