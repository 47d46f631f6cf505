/* Generates messages: reasoning if the model is to think, then a tool's input or text, which cites
 * the sources that are to be cited.
 *
 * SPDX-License-Identifier: MIT
 */
#include "message.h"
#include "generate.h"
#include "prompt.h"

#include <stdlib.h>
#include <string.h>

#define MAX_REASONING_TOKENS 200
#define SIGNATURE_LENGTH     172 /* of four, so that it is base64 */
#define TOOL_USE_ID_LENGTH   22
#define ALPHABET             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static int seed(struct emu_message *message, const struct emu_call *call)
{
    char *messages =
        json_dumps(json_object_get(call->input, "messages"), JSON_COMPACT | JSON_SORT_KEYS);
    emu_auto_text text = {0};

    if (messages == NULL)
        return EMU_OUT_OF_MEMORY;
    emu_text_printf(&text, "%s\n%s", emu_call_string(call, "modelId"), messages);
    free(messages);
    if (text.failed)
        return EMU_OUT_OF_MEMORY;
    message->random = emu_random_from(call->emulator->options.seed, text.data, text.len);
    return EMU_OK;
}

int64_t emu_output_limit(const json_t *input)
{
    const json_t *max = json_object_get(json_object_get(input, "inferenceConfig"), "maxTokens");

    return json_is_integer(max) ? json_integer_value(max) : EMU_MAX_OUTPUT_TOKENS;
}

/* How many tokens there may yet be. */
static int64_t tokens_left(const struct emu_message *message, const json_t *input)
{
    return emu_output_limit(input) - message->tokens;
}

/* Takes over `block`. */
static int add_block(struct emu_message *message, json_t *block)
{
    return json_array_append_new(message->content, block) == 0 ? EMU_OK : EMU_OUT_OF_MEMORY;
}

/* ---- reasoning ---- */

/* Anthropic's way to ask for it. */
static bool is_to_think(const json_t *input)
{
    const json_t *fields = json_object_get(input, "additionalModelRequestFields");
    const char *type =
        json_string_value(json_object_get(json_object_get(fields, "thinking"), "type"));

    return type != NULL && (strcmp(type, "enabled") == 0 || strcmp(type, "adaptive") == 0);
}

static int add_reasoning(struct emu_message *message, const json_t *input)
{
    int64_t wanted = 1 + (int64_t)emu_random_below(&message->random, MAX_REASONING_TOKENS);
    int64_t left = tokens_left(message, input);
    char signature[SIGNATURE_LENGTH + 1];
    emu_auto_text text = {0};

    message->tokens += wanted < left ? wanted : left;
    emu_generate_text(&text, &message->random, message->tokens);
    if (text.failed)
        return EMU_OUT_OF_MEMORY;
    emu_random_string(&message->random, signature, SIGNATURE_LENGTH, ALPHABET);
    return add_block(message, json_pack("{s:{s:{s:s%, s:s}}}", "reasoningContent", "reasoningText",
                                        "text", text.data, text.len, "signature", signature));
}

/* ---- text ---- */

/* Where the first of the stop sequences begins, or NULL; *ret_len is its length. */
static const char *find_stop(const struct emu_text *text, const json_t *input, size_t *ret_len)
{
    const json_t *config = json_object_get(input, "inferenceConfig");
    const char *first = NULL;
    const json_t *stop;
    size_t i;

    *ret_len = 0;
    json_array_foreach(json_object_get(config, "stopSequences"), i, stop)
    {
        const char *found = memmem(emu_text_string(text), text->len, json_string_value(stop),
                                   json_string_length(stop));

        if (found != NULL && (first == NULL || found < first)) {
            first = found;
            *ret_len = json_string_length(stop);
        }
    }
    return first;
}

/* Text, or text with citations if there is something to cite. */
static int add_text_block(struct emu_message *message, const json_t *input,
                          const struct emu_text *text)
{
    json_t *citations = emu_citations(json_object_get(input, "messages"));

    if (citations == NULL)
        return EMU_OUT_OF_MEMORY;
    if (json_array_size(citations) > 0)
        return add_block(message, json_pack("{s:{s:[{s:s%}], s:o}}", "citationsContent", "content",
                                            "text", text->data, text->len, "citations", citations));
    json_decref(citations);
    return add_block(message, json_pack("{s:s%}", "text", text->data, text->len));
}

static int add_text(struct emu_message *message, const json_t *input)
{
    int64_t wanted = (int64_t)emu_random_below(&message->random, EMU_MAX_OUTPUT_TOKENS + 1);
    int64_t left = tokens_left(message, input);
    int64_t tokens = wanted < left ? wanted : left;
    emu_auto_text text = {0};
    const char *stop;
    size_t stop_len;

    message->stop_reason = wanted <= left ? "end_turn" : "max_tokens";
    emu_generate_text(&text, &message->random, tokens);
    if (text.failed)
        return EMU_OUT_OF_MEMORY;
    stop = find_stop(&text, input, &stop_len);
    if (stop != NULL) {
        size_t len = (size_t)(stop - text.data);

        tokens = emu_tokens_of((int64_t)(len + stop_len));
        message->stop_reason = "stop_sequence";
        emu_text_truncate(&text, len);
    }
    message->tokens += tokens;
    return text.len > 0 ? add_text_block(message, input, &text) : EMU_OK;
}

/* ---- tools ---- */

/* The tool the request insists on, or NULL. */
static const json_t *forced_tool(const json_t *input)
{
    const json_t *config = json_object_get(input, "toolConfig");
    const json_t *choice = json_object_get(config, "toolChoice");
    const json_t *named = json_object_get(json_object_get(choice, "tool"), "name");
    const json_t *tool;
    size_t i;

    if (named == NULL && !json_is_object(json_object_get(choice, "any")))
        return NULL;
    json_array_foreach(json_object_get(config, "tools"), i, tool)
    {
        const json_t *spec = json_object_get(tool, "toolSpec");

        if (json_is_object(spec) &&
            (named == NULL || json_equal(json_object_get(spec, "name"), named)))
            return spec;
    }
    return NULL;
}

/* Takes over `tool_input`. */
static int add_tool_use(struct emu_message *message, const json_t *tool, json_t *tool_input)
{
    char id[TOOL_USE_ID_LENGTH + 1];

    emu_random_string(&message->random, id, TOOL_USE_ID_LENGTH, ALPHABET);
    return add_block(message, json_pack("{s:{s:o, s:s, s:o}}", "toolUse", "toolUseId",
                                        json_sprintf("tooluse_%s", id), "name",
                                        json_string_value(json_object_get(tool, "name")), "input",
                                        tool_input));
}

static int add_tool(struct emu_message *message, const json_t *input, const json_t *tool)
{
    const json_t *schema = json_object_get(json_object_get(tool, "inputSchema"), "json");
    json_t *tool_input = emu_generate_input(&message->random, schema);
    char *text = tool_input != NULL ? json_dumps(tool_input, JSON_COMPACT) : NULL;
    int64_t left = tokens_left(message, input);
    int64_t tokens;

    if (text == NULL) {
        json_decref(tool_input);
        return EMU_OUT_OF_MEMORY;
    }
    tokens = emu_tokens_of((int64_t)strlen(text));
    free(text);
    message->tokens += tokens < left ? tokens : left;
    message->stop_reason = tokens <= left ? "tool_use" : "max_tokens";
    if (tokens <= left)
        return add_tool_use(message, tool, tool_input);
    json_decref(tool_input);
    return EMU_OK;
}

/* ---- the message ---- */

int emu_message_generate(struct emu_message *message, struct emu_call *call)
{
    const json_t *tool = forced_tool(call->input);
    int rc;

    *message = (struct emu_message){.content = json_array()};
    rc = message->content != NULL ? seed(message, call) : EMU_OUT_OF_MEMORY;
    if (rc == EMU_OK && is_to_think(call->input))
        rc = add_reasoning(message, call->input);
    if (rc == EMU_OK)
        rc = tool != NULL ? add_tool(message, call->input, tool) : add_text(message, call->input);
    return rc;
}

void emu_message_free(struct emu_message *message)
{
    json_decref(message->content);
    *message = (struct emu_message){0};
}
