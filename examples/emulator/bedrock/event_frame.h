/* Frames of application/vnd.amazon.eventstream: lengths, headers, a payload and two checksums.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_EVENT_FRAME_H
#define EMULATOR_EVENT_FRAME_H

#include "text.h"

#define EMU_MAX_HEADER_VALUE 32767

/* All our headers are strings. */
struct emu_frame_header {
    const char *name;
    const char *value; /* longer ones are cut at EMU_MAX_HEADER_VALUE bytes */
};

/* Appends a frame. */
void emu_frame_add(struct emu_text *out, const struct emu_frame_header *headers, size_t n_headers,
                   const char *payload, size_t payload_len);

/* Where the frame that begins at `at` ends; out.len if no whole frame does. */
size_t emu_frame_end(const struct emu_text *out, size_t at);

#endif
