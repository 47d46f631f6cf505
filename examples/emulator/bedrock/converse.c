/* Converse and ConverseStream: one answer in two forms, what it costs, who is charged.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "journal.h"
#include "meter.h"
#include "prompt.h"
#include "stream.h"

struct answer {
    struct emu_message message;
    struct emu_usage usage;
    bool has_cache_point;
};

/* ---- making an answer ---- */

static int64_t latency_ms(const struct emu_usage *usage)
{
    return 100 + usage->output;
}

static int bill(struct emu_call *call, const struct emu_target *target,
                const struct emu_usage *usage)
{
    int rc = emu_meter_call(call, target, usage, latency_ms(usage));

    return rc < 0
               ? rc
               : emu_journal_add(call->emulator->options.journal, call->request, target->id, usage);
}

/* Generates the answer and bills it: all of it, whatever the client will read. False: an error is
 * answered. */
static bool make_answer(struct emu_call *call, struct answer *answer)
{
    struct emu_target target;
    int rc;

    *answer = (struct answer){0};
    if (!emu_find_target(call, &target) ||
        emu_refuse_conversation(json_object_get(call->input, "messages"), call->reply))
        return false;
    rc = emu_message_generate(&answer->message, call);
    if (rc == EMU_OK)
        rc = emu_prompt_measure(call->emulator->options.tokenizer, call->input,
                                emu_call_string(call, "modelId"), call->emulator->prompt_caches,
                                &answer->usage, &answer->has_cache_point);
    answer->usage.output = answer->message.tokens;
    if (call->emulator->options.tokenizer == EMU_ADVERSARIAL)
        answer->usage.output = emu_output_limit(call->input);
    if (rc == EMU_OK)
        rc = bill(call, &target, &answer->usage);
    call->reply->delay_ms = call->emulator->options.service_time_ms; /* the model did run */
    if (rc < 0)
        emu_reply_out_of_memory(call->reply);
    return rc == EMU_OK;
}

/* ---- the forms of the answer ---- */

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

/* What both forms say about the answer. */
static json_t *metadata_json(const struct emu_call *call, const struct answer *answer)
{
    json_t *json =
        json_pack("{s:o, s:{s:I}}", "usage", usage_json(&answer->usage, answer->has_cache_point),
                  "metrics", "latencyMs", (json_int_t)latency_ms(&answer->usage));

    if (echo(json, call->input, "performanceConfig") == 0 &&
        echo(json, call->input, "serviceTier") == 0)
        return json;
    json_decref(json);
    return NULL;
}

static json_t *answer_json(const struct emu_call *call, const struct answer *answer)
{
    json_t *json =
        json_pack("{s:{s:{s:s, s:O}}, s:s}", "output", "message", "role", "assistant", "content",
                  answer->message.content, "stopReason", answer->message.stop_reason);
    json_t *metadata = metadata_json(call, answer);
    bool complete = metadata != NULL && json_object_update(json, metadata) == 0;

    json_decref(metadata);
    if (complete)
        return json;
    json_decref(json);
    return NULL;
}

/* ---- the operations ---- */

void emu_converse(struct emu_call *call)
{
    struct answer answer;

    if (make_answer(call, &answer))
        emu_reply_json(call->reply, 200, answer_json(call, &answer));
    emu_message_free(&answer.message);
}

void emu_converse_stream(struct emu_call *call)
{
    struct emu_reply *reply = call->reply;
    struct answer answer;

    if (make_answer(call, &answer)) {
        emu_reply_stream(reply, call->emulator->options.event_time_ms);
        emu_stream_add(&reply->body, &answer.message, metadata_json(call, &answer));
        if (reply->body.failed)
            emu_reply_out_of_memory(reply);
    }
    emu_message_free(&answer.message);
}
