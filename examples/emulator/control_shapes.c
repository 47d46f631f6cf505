/* Inputs of the control plane's operations.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "patterns.h"

#define FIELDS (const struct emu_field[])

static const char *const PROFILE_TYPES[] = {"SYSTEM_DEFINED", "APPLICATION", NULL};

static const struct emu_shape PROFILE_NAME = {
    .kind = EMU_STRING, .min = 1, .max = 64, .pattern = &EMU_PATTERN_PROFILE_NAME};
static const struct emu_shape DESCRIPTION = {
    .kind = EMU_STRING, .min = 1, .max = 200, .pattern = &EMU_PATTERN_DESCRIPTION};
static const struct emu_shape CLIENT_TOKEN = {
    .kind = EMU_STRING, .min = 1, .max = 256, .pattern = &EMU_PATTERN_CLIENT_TOKEN};
static const struct emu_shape SOURCE_ARN = {
    .kind = EMU_STRING, .min = 1, .max = 2048, .pattern = &EMU_PATTERN_MODEL_SOURCE};
static const struct emu_shape IDENTIFIER = {
    .kind = EMU_STRING, .min = 1, .max = 2048, .pattern = &EMU_PATTERN_PROFILE_IDENTIFIER};
static const struct emu_shape MAX_RESULTS = {.kind = EMU_INTEGER, .min = 1, .max = 1000};
static const struct emu_shape PAGE_TOKEN = {
    .kind = EMU_STRING, .min = 1, .max = 2048, .pattern = &EMU_PATTERN_PAGE_TOKEN};
static const struct emu_shape PROFILE_TYPE = {.kind = EMU_STRING, .values = PROFILE_TYPES};
static const struct emu_shape RESOURCE_ARN = {
    .kind = EMU_STRING, .min = 20, .max = 1011, .pattern = &EMU_PATTERN_TAGGABLE};
static const struct emu_shape TAG_KEY = {
    .kind = EMU_STRING, .min = 1, .max = 128, .pattern = &EMU_PATTERN_TAG};
static const struct emu_shape TAG_VALUE = {
    .kind = EMU_STRING, .max = 256, .pattern = &EMU_PATTERN_TAG};

static const struct emu_shape TAG = {
    .kind = EMU_STRUCTURE,
    .fields = FIELDS{{"key", &TAG_KEY, true}, {"value", &TAG_VALUE, true}, {0}},
};
static const struct emu_shape TAG_LIST = {.kind = EMU_LIST, .max = 200, .member = &TAG};
static const struct emu_shape TAG_KEY_LIST = {.kind = EMU_LIST, .max = 200, .member = &TAG_KEY};
static const struct emu_shape MODEL_SOURCE = {
    .kind = EMU_UNION,
    .fields = FIELDS{{"copyFrom", &SOURCE_ARN, false}, {0}},
};

const struct emu_shape EMU_SHAPE_CREATE_PROFILE = {
    .kind = EMU_STRUCTURE,
    .fields = FIELDS{{"inferenceProfileName", &PROFILE_NAME, true},
                     {"modelSource", &MODEL_SOURCE, true},
                     {"description", &DESCRIPTION, false},
                     {"clientRequestToken", &CLIENT_TOKEN, false},
                     {"tags", &TAG_LIST, false},
                     {0}},
};

const struct emu_shape EMU_SHAPE_ONE_PROFILE = {
    .kind = EMU_STRUCTURE,
    .fields = FIELDS{{"inferenceProfileIdentifier", &IDENTIFIER, true}, {0}},
};

const struct emu_shape EMU_SHAPE_LIST_PROFILES = {
    .kind = EMU_STRUCTURE,
    .fields = FIELDS{{"maxResults", &MAX_RESULTS, false},
                     {"nextToken", &PAGE_TOKEN, false},
                     {"type", &PROFILE_TYPE, false},
                     {0}},
};

const struct emu_shape EMU_SHAPE_TAG = {
    .kind = EMU_STRUCTURE,
    .fields = FIELDS{{"resourceARN", &RESOURCE_ARN, true}, {"tags", &TAG_LIST, true}, {0}},
};

const struct emu_shape EMU_SHAPE_UNTAG = {
    .kind = EMU_STRUCTURE,
    .fields = FIELDS{{"resourceARN", &RESOURCE_ARN, true}, {"tagKeys", &TAG_KEY_LIST, true}, {0}},
};

const struct emu_shape EMU_SHAPE_LIST_TAGS = {
    .kind = EMU_STRUCTURE,
    .fields = FIELDS{{"resourceARN", &RESOURCE_ARN, true}, {0}},
};
