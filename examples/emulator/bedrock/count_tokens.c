/* CountTokens: what a prompt would cost. It bills nothing and leaves the prompt caches alone.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "arn.h"
#include "base64.h"
#include "prompt.h"
#include "shape_macros.h"

#include <string.h>

/* Not every model can count, and no profile can. */
static const char *const COUNTING[] = {"anthropic.", "amazon.nova"};

static bool can_count(const char *model_id)
{
    struct emu_slice id = emu_slice_of(model_id);
    struct emu_arn arn;

    if (emu_arn_parse(&arn, id) && emu_slice_is(arn.type, "foundation-model"))
        id = arn.id;
    for (size_t i = 0; i < sizeof(COUNTING) / sizeof(COUNTING[0]); i++)
        if (id.len >= strlen(COUNTING[i]) && memcmp(id.s, COUNTING[i], strlen(COUNTING[i])) == 0)
            return true;
    return false;
}

/* ---- a model's own request ---- */

static const struct emu_shape ANY = {.kind = EMU_DOCUMENT};
static const struct emu_shape ROLE = {.kind = EMU_STRING, .min = 1};
static const struct emu_shape MESSAGE = STRUCTURE(REQUIRED("role", ROLE), REQUIRED("content", ANY));
static const struct emu_shape MESSAGES = {.kind = EMU_LIST, .min = 1, .member = &MESSAGE};
static const struct emu_shape NATIVE =
    STRUCTURE(REQUIRED("messages", MESSAGES), OPTIONAL("system", ANY));

/* The request in the body of InvokeModel; NULL: an error is answered. */
static json_t *read_body(const char *body, struct emu_reply *reply)
{
    emu_auto_text bytes = {0};
    emu_auto_text message = {0};
    json_t *prompt;
    int rc;

    emu_base64_decode(&bytes, body);
    prompt = json_loadb(emu_text_string(&bytes), bytes.len, JSON_ALLOW_NUL, NULL);
    rc = json_is_object(prompt) ? emu_shape_check(&NATIVE, prompt, &message) : EMU_MALFORMED;
    if (rc == EMU_OK && !bytes.failed)
        return prompt;
    json_decref(prompt);
    if (rc == EMU_OUT_OF_MEMORY || bytes.failed)
        emu_reply_out_of_memory(reply);
    else
        emu_reply_error(reply, "ValidationException", "Malformed input request: %s",
                        message.len > 0 ? message.data : "it is not a JSON object.");
    return NULL;
}

/* ---- the operation ---- */

/* The prompt to count, a new reference; NULL: an error is answered. */
static json_t *get_prompt(struct emu_call *call)
{
    const json_t *input = json_object_get(call->input, "input");
    const json_t *invoke_model = json_object_get(input, "invokeModel");
    json_t *converse = json_object_get(input, "converse");

    if (json_is_object(invoke_model))
        return read_body(json_string_value(json_object_get(invoke_model, "body")), call->reply);
    if (emu_refuse_conversation(json_object_get(converse, "messages"), call->reply))
        return NULL;
    return json_incref(converse);
}

static void count(struct emu_call *call, const json_t *prompt)
{
    json_t *no_caches = json_object();
    struct emu_usage usage;
    bool has_cache_point;
    int rc = EMU_OUT_OF_MEMORY;

    if (no_caches != NULL)
        rc = emu_prompt_measure(call->emulator->options.tokenizer, prompt,
                                emu_call_string(call, "modelId"), no_caches, &usage,
                                &has_cache_point);
    json_decref(no_caches);
    if (rc == EMU_OK)
        emu_reply_json(call->reply, 200,
                       json_pack("{s:I}", "inputTokens",
                                 (json_int_t)(usage.input + usage.cache_read +
                                              usage.cache_write_5m + usage.cache_write_1h)));
    else
        emu_reply_out_of_memory(call->reply);
}

void emu_count_tokens(struct emu_call *call)
{
    struct emu_target target;
    json_t *prompt;

    if (!emu_find_target(call, &target))
        return;
    if (!can_count(target.id)) {
        emu_reply_error(call->reply, "ValidationException",
                        "The provided model doesn't support counting tokens.");
        return;
    }
    prompt = get_prompt(call);
    if (prompt != NULL)
        count(call, prompt);
    json_decref(prompt);
}
