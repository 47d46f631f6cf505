/* The service that models are called through.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "service.h"

static const struct emu_operation OPERATIONS[] = {
    EMU_REST("Converse", "POST", EMU_STRINGS("model", "{modelId}", "converse"), EMU_NO_STRINGS,
             EMU_SHAPE_CONVERSE, "modelId", emu_converse),
    EMU_REST("ConverseStream", "POST", EMU_STRINGS("model", "{modelId}", "converse-stream"),
             EMU_NO_STRINGS, EMU_SHAPE_CONVERSE_STREAM, "modelId", emu_converse_stream),
    EMU_REST("CountTokens", "POST", EMU_STRINGS("model", "{modelId}", "count-tokens"),
             EMU_NO_STRINGS, EMU_SHAPE_COUNT_TOKENS, "modelId", emu_count_tokens),
    {0},
};

const struct emu_service EMU_BEDROCK_RUNTIME = {
    .name = "bedrock-runtime",
    .signing_name = "bedrock",
    .protocol = EMU_REST_JSON,
    .unthrottled = true,
    .operations = OPERATIONS,
};
