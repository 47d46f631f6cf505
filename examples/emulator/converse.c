/* Converse: what is answered, what it costs, who is charged.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "generate.h"
#include "prompt.h"

#include <stdlib.h>
#include <string.h>

#define TOOL_USE_ID_LENGTH   22
#define TOOL_USE_ID_ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* ---- the answer ---- */

struct answer {
    json_t *content; /* of the message */
    const char *stop_reason;
    int64_t tokens;
};

static int64_t max_tokens(const json_t *input)
{
    const json_t *max = json_object_get(json_object_get(input, "inferenceConfig"), "maxTokens");

    return json_is_integer(max) ? json_integer_value(max) : EMU_MAX_OUTPUT_TOKENS;
}

/* The same prompt to the same model is answered with the same words. */
static int seed_answer(struct emu_call *call, struct emu_random *random)
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
    *random = emu_random_from(call->emulator->options.seed, text.data, text.len);
    return EMU_OK;
}

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
        const char *found =
            memmem(text->data, text->len, json_string_value(stop), json_string_length(stop));

        if (found != NULL && (first == NULL || found < first)) {
            first = found;
            *ret_len = json_string_length(stop);
        }
    }
    return first;
}

static json_t *text_content(const struct emu_text *text)
{
    return text->len > 0 ? json_pack("[{s:s%}]", "text", text->data, text->len) : json_array();
}

static int answer_text(struct emu_call *call, struct emu_random *random, struct answer *answer)
{
    int64_t wanted = (int64_t)emu_random_below(random, EMU_MAX_OUTPUT_TOKENS + 1);
    int64_t max = max_tokens(call->input);
    emu_auto_text text = {0};
    const char *stop;
    size_t stop_len;

    answer->tokens = wanted < max ? wanted : max;
    answer->stop_reason = wanted <= max ? "end_turn" : "max_tokens";
    emu_generate_text(&text, random, answer->tokens);
    if (text.failed)
        return EMU_OUT_OF_MEMORY;
    stop = find_stop(&text, call->input, &stop_len);
    if (stop != NULL) {
        size_t len = (size_t)(stop - text.data);

        answer->tokens = emu_tokens_of((int64_t)(len + stop_len));
        answer->stop_reason = "stop_sequence";
        emu_text_truncate(&text, len);
    }
    answer->content = text_content(&text);
    return answer->content != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;
}

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

static int answer_tool(struct emu_call *call, const json_t *tool, struct emu_random *random,
                       struct answer *answer)
{
    const json_t *schema = json_object_get(json_object_get(tool, "inputSchema"), "json");
    json_t *input = emu_generate_input(random, schema);
    char *text = input != NULL ? json_dumps(input, JSON_COMPACT) : NULL;
    int64_t max = max_tokens(call->input);
    char id[TOOL_USE_ID_LENGTH + 1];

    if (text == NULL) {
        json_decref(input);
        return EMU_OUT_OF_MEMORY;
    }
    answer->tokens = emu_tokens_of((int64_t)strlen(text));
    free(text);
    if (answer->tokens > max) {
        json_decref(input);
        *answer = (struct answer){json_array(), "max_tokens", max};
    } else {
        emu_random_string(random, id, TOOL_USE_ID_LENGTH, TOOL_USE_ID_ALPHABET);
        answer->stop_reason = "tool_use";
        answer->content = json_pack(
            "[{s:{s:o, s:s, s:o}}]", "toolUse", "toolUseId", json_sprintf("tooluse_%s", id), "name",
            json_string_value(json_object_get(tool, "name")), "input", input);
    }
    return answer->content != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;
}

static int generate(struct emu_call *call, struct answer *answer)
{
    const json_t *tool = forced_tool(call->input);
    struct emu_random random;
    int rc = seed_answer(call, &random);

    if (rc < 0)
        return rc;
    return tool != NULL ? answer_tool(call, tool, &random, answer)
                        : answer_text(call, &random, answer);
}

/* ---- its form ---- */

/* The longer-lived writes come first. */
static json_t *cache_details(const struct emu_usage *usage)
{
    json_t *details = json_array();
    int rc = 0;

    if (usage->cache_write_1h > 0)
        rc = json_array_append_new(details, json_pack("{s:s, s:I}", "ttl", "1h", "inputTokens",
                                                      (json_int_t)usage->cache_write_1h));
    if (rc == 0 && usage->cache_write_5m > 0)
        rc = json_array_append_new(details, json_pack("{s:s, s:I}", "ttl", "5m", "inputTokens",
                                                      (json_int_t)usage->cache_write_5m));
    if (rc == 0)
        return details;
    json_decref(details);
    return NULL;
}

static json_t *usage_json(const struct emu_usage *usage, bool has_cache_point)
{
    int64_t cache_write = usage->cache_write_5m + usage->cache_write_1h;
    int64_t total = usage->input + usage->output + usage->cache_read + cache_write;

    if (!has_cache_point)
        return json_pack("{s:I, s:I, s:I}", "inputTokens", (json_int_t)usage->input, "outputTokens",
                         (json_int_t)usage->output, "totalTokens", (json_int_t)total);
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "inputTokens", (json_int_t)usage->input,
                     "outputTokens", (json_int_t)usage->output, "totalTokens", (json_int_t)total,
                     "cacheReadInputTokens", (json_int_t)usage->cache_read, "cacheWriteInputTokens",
                     (json_int_t)cache_write, "cacheDetails", cache_details(usage));
}

/* Repeats a member of the request in the answer. */
static int echo(json_t *json, const json_t *input, const char *member)
{
    json_t *value = json_object_get(input, member);

    return json_is_object(value) ? json_object_set(json, member, value) : 0;
}

static json_t *answer_json(const struct emu_call *call, const struct answer *answer,
                           const struct emu_usage *usage, bool has_cache_point)
{
    json_t *json = json_pack("{s:{s:{s:s, s:O}}, s:s, s:o, s:{s:I}}", "output", "message", "role",
                             "assistant", "content", answer->content, "stopReason",
                             answer->stop_reason, "usage", usage_json(usage, has_cache_point),
                             "metrics", "latencyMs", (json_int_t)(100 + usage->output));

    if (echo(json, call->input, "performanceConfig") == 0 &&
        echo(json, call->input, "serviceTier") == 0)
        return json;
    json_decref(json);
    return NULL;
}

void emu_converse(struct emu_call *call)
{
    struct emulator *emulator = call->emulator;
    struct answer answer = {0};
    struct emu_usage usage;
    struct emu_target target;
    bool has_cache_point;
    int rc;

    if (!emu_find_target(call, &target) ||
        emu_refuse_conversation(json_object_get(call->input, "messages"), call->reply))
        return;
    rc = generate(call, &answer);
    if (rc == EMU_OK)
        rc = emu_prompt_measure(call->input, emu_call_string(call, "modelId"),
                                emulator->prompt_caches, &usage, &has_cache_point);
    if (rc == EMU_OK) {
        usage.output = answer.tokens;
        rc = emu_bill_add(emulator->bill, target.id,
                          target.profile != NULL ? emu_profile_name(target.profile) : NULL,
                          target.profile != NULL ? target.profile->tags : NULL, &usage);
    }
    if (rc == EMU_OK)
        emu_reply_json(call->reply, 200, answer_json(call, &answer, &usage, has_cache_point));
    else
        emu_reply_out_of_memory(call->reply);
    call->reply->delay_ms = emulator->options.service_time_ms; /* the model did run */
    json_decref(answer.content);
}
