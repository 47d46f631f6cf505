/* The regular expressions of AWS's service models, matched by hand: no expression can run away, and
 * nothing is allocated.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_PATTERNS_H
#define EMULATOR_PATTERNS_H

#include "shape.h"

extern const struct emu_pattern EMU_PATTERN_PROFILE_NAME;
extern const struct emu_pattern EMU_PATTERN_DESCRIPTION;
extern const struct emu_pattern EMU_PATTERN_CLIENT_TOKEN;
extern const struct emu_pattern EMU_PATTERN_PROFILE_IDENTIFIER;
extern const struct emu_pattern EMU_PATTERN_MODEL_SOURCE;
extern const struct emu_pattern EMU_PATTERN_TAGGABLE;
extern const struct emu_pattern EMU_PATTERN_TAG;
extern const struct emu_pattern EMU_PATTERN_NO_SPACE;
extern const struct emu_pattern EMU_PATTERN_MODEL_ID;
extern const struct emu_pattern EMU_PATTERN_COUNTED_MODEL_ID;
extern const struct emu_pattern EMU_PATTERN_PROVIDER;
extern const struct emu_pattern EMU_PATTERN_TOOL_NAME;
extern const struct emu_pattern EMU_PATTERN_TOOL_USE_ID;
extern const struct emu_pattern EMU_PATTERN_METADATA;
extern const struct emu_pattern EMU_PATTERN_BASE64;
extern const struct emu_pattern EMU_PATTERN_S3_URI;
extern const struct emu_pattern EMU_PATTERN_FOUNDATION_MODEL;
extern const struct emu_pattern EMU_PATTERN_ROLE;

#endif
