/* Blobs of the JSON API.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_BASE64_H
#define EMULATOR_BASE64_H

#include "text.h"

/* Appends the bytes that `base64`, which matches EMU_PATTERN_BASE64, stands for. */
void emu_base64_decode(struct emu_text *out, const char *base64);

/* Appends the bytes, encoded. */
void emu_base64_encode(struct emu_text *out, const char *bytes, size_t len);

#endif
