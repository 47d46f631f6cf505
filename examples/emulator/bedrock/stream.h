/* An answer as a run of events.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_STREAM_H
#define EMULATOR_STREAM_H

#include "message.h"

/* Appends the frames of all of ConverseStream's events for this message, the last of which is the
 * metadata. Takes over `metadata`; NULL (out of memory) makes `out` fail. */
void emu_stream_add(struct emu_text *out, struct emu_message *message, json_t *metadata);

/* Appends the frame of an event. Takes over `json`, its members. */
void emu_stream_add_event(struct emu_text *out, const char *type, json_t *json);

/* Appends the frame of an exception. Takes over `json`, its members. */
void emu_stream_add_exception(struct emu_text *out, const char *type, json_t *json);

/* Appends the frame of an error that no model knows. */
void emu_stream_add_error(struct emu_text *out, const char *code, const char *message);

#endif
