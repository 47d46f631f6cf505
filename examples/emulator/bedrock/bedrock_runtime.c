/* The service that models are called through.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "service.h"

static const struct emu_operation OPERATIONS[] = {
    {"Converse",
     "POST",
     {"model", "{modelId}", "converse"},
     {NULL},
     &EMU_SHAPE_CONVERSE,
     "modelId",
     emu_converse},
    {"ConverseStream",
     "POST",
     {"model", "{modelId}", "converse-stream"},
     {NULL},
     &EMU_SHAPE_CONVERSE_STREAM,
     "modelId",
     emu_converse_stream},
    {"CountTokens",
     "POST",
     {"model", "{modelId}", "count-tokens"},
     {NULL},
     &EMU_SHAPE_COUNT_TOKENS,
     "modelId",
     emu_count_tokens},
    {0},
};

const struct emu_service EMU_BEDROCK_RUNTIME = {
    .name = "bedrock-runtime",
    .signing_name = "bedrock",
    .protocol = EMU_REST_JSON,
    .unthrottled = true,
    .operations = OPERATIONS,
};
