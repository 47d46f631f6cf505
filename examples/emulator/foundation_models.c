/* ListFoundationModels: some of the models there are. Others can be called all the same.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "arn.h"

#include <string.h>
#include <strings.h>

/* Sets of enumerated values. */
static const char *const TEXT[] = {"TEXT", NULL};
static const char *const IMAGE[] = {"IMAGE", NULL};
static const char *const TEXT_IMAGE[] = {"TEXT", "IMAGE", NULL};
static const char *const EMBEDDING[] = {"EMBEDDING", NULL};
static const char *const TUNED[] = {"FINE_TUNING", "DISTILLATION", NULL};
static const char *const TRAINED[] = {"FINE_TUNING", "CONTINUED_PRE_TRAINING", NULL};
static const char *const ON_DEMAND[] = {"ON_DEMAND", NULL};
static const char *const PROVISIONED[] = {"ON_DEMAND", "PROVISIONED", NULL};
static const char *const NONE[] = {NULL};

struct model {
    const char *provider;
    const char *id;
    const char *name;
    const char *const *inputs;
    const char *const *outputs;
    const char *const *customizations;
    const char *const *inference_types;
    const char *status;
};

static const struct model MODELS[] = {
#define CLAUDE(id, name)                                                                           \
    {                                                                                              \
        "Anthropic", "anthropic.claude-" id, "Claude " name, TEXT_IMAGE, TEXT, NONE, ON_DEMAND,    \
            "ACTIVE"                                                                               \
    }
#define NOVA(id, name, inputs, outputs)                                                            \
    {                                                                                              \
        "Amazon", "amazon.nova-" id "-v1:0", "Nova " name, inputs, outputs, TUNED, PROVISIONED,    \
            "ACTIVE"                                                                               \
    }
#define TEXT_MODEL(provider, id, name)                                                             \
    {                                                                                              \
        provider, id, name, TEXT, TEXT, NONE, ON_DEMAND, "ACTIVE"                                  \
    }
    CLAUDE("fable-5-1", "Fable 5.1"),
    CLAUDE("opus-5-5", "Opus 5.5"),
    CLAUDE("opus-5", "Opus 5"),
    CLAUDE("sonnet-5-5", "Sonnet 5.5"),
    CLAUDE("sonnet-5", "Sonnet 5"),
    CLAUDE("sonnet-4-6", "Sonnet 4.6"),
    CLAUDE("sonnet-4-5-20250929-v1:0", "Sonnet 4.5"),
    CLAUDE("haiku-4-5-20251001-v1:0", "Haiku 4.5"),
    {"Anthropic", "anthropic.claude-3-haiku-20240307-v1:0", "Claude 3 Haiku", TEXT_IMAGE, TEXT,
     TUNED, PROVISIONED, "LEGACY"},
    NOVA("micro", "Micro", TEXT, TEXT),
    NOVA("lite", "Lite", TEXT_IMAGE, TEXT),
    NOVA("pro", "Pro", TEXT_IMAGE, TEXT),
    NOVA("premier", "Premier", TEXT_IMAGE, TEXT),
    NOVA("2-lite", "2 Lite", TEXT_IMAGE, TEXT),
    NOVA("canvas", "Canvas", TEXT_IMAGE, IMAGE),
    {"Amazon", "amazon.titan-text-express-v1", "Titan Text Express", TEXT, TEXT, TRAINED,
     PROVISIONED, "LEGACY"},
    {"Amazon", "amazon.titan-embed-text-v2:0", "Titan Embeddings V2", TEXT, EMBEDDING, NONE,
     ON_DEMAND, "ACTIVE"},
    TEXT_MODEL("Meta", "meta.llama4-maverick-17b-instruct-v1:0", "Llama 4 Maverick 17B"),
    TEXT_MODEL("Meta", "meta.llama3-3-70b-instruct-v1:0", "Llama 3.3 70B"),
    TEXT_MODEL("Meta", "meta.llama3-70b-instruct-v1:0", "Llama 3 70B"),
    TEXT_MODEL("Meta", "meta.llama3-8b-instruct-v1:0", "Llama 3 8B"),
    TEXT_MODEL("Mistral AI", "mistral.mistral-large-3-675b-instruct", "Mistral Large 3"),
    TEXT_MODEL("OpenAI", "openai.gpt-5.6-terra", "GPT-5.6 Terra"),
    TEXT_MODEL("OpenAI", "openai.gpt-oss-120b-1:0", "gpt-oss-120b"),
    TEXT_MODEL("OpenAI", "openai.gpt-oss-20b-1:0", "gpt-oss-20b"),
    TEXT_MODEL("DeepSeek", "deepseek.r1-v1:0", "DeepSeek-R1"),
    TEXT_MODEL("DeepSeek", "deepseek.v3.2", "DeepSeek-V3.2"),
    TEXT_MODEL("Qwen", "qwen.qwen3-coder-next", "Qwen3 Coder Next"),
    TEXT_MODEL("MiniMax", "minimax.minimax-m2.5", "MiniMax M2.5"),
};

/* ---- filters ---- */

/* `wanted` NULL: any. */
static bool has(const char *const *values, const char *wanted)
{
    if (wanted == NULL)
        return true;
    for (; *values != NULL; values++)
        if (strcmp(*values, wanted) == 0)
            return true;
    return false;
}

static bool is_wanted(const struct emu_call *call, const struct model *model)
{
    const char *provider = emu_call_string(call, "byProvider");

    return (provider == NULL || strcasecmp(provider, model->provider) == 0) &&
           has(model->customizations, emu_call_string(call, "byCustomizationType")) &&
           has(model->outputs, emu_call_string(call, "byOutputModality")) &&
           has(model->inference_types, emu_call_string(call, "byInferenceType"));
}

/* ---- the answer ---- */

/* NULL if out of memory. */
static json_t *list_of(const char *const *values)
{
    json_t *list = json_array();

    for (; *values != NULL; values++) {
        if (json_array_append_new(list, json_string(*values)) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *summary(const struct model *model, const char *region)
{
    return json_pack("{s:o, s:s, s:s, s:s, s:o, s:o, s:b, s:o, s:o, s:{s:s}}", "modelArn",
                     json_sprintf("arn:%s:bedrock:%s::foundation-model/%s",
                                  emu_partition_of(region), region, model->id),
                     "modelId", model->id, "modelName", model->name, "providerName",
                     model->provider, "inputModalities", list_of(model->inputs), "outputModalities",
                     list_of(model->outputs), "responseStreamingSupported", model->outputs == TEXT,
                     "customizationsSupported", list_of(model->customizations),
                     "inferenceTypesSupported", list_of(model->inference_types), "modelLifecycle",
                     "status", model->status);
}

void emu_list_foundation_models(struct emu_call *call)
{
    json_t *summaries = json_array();

    for (size_t i = 0; i < sizeof(MODELS) / sizeof(MODELS[0]); i++) {
        if (is_wanted(call, &MODELS[i]) &&
            json_array_append_new(summaries, summary(&MODELS[i], call->region)) < 0) {
            json_decref(summaries);
            emu_reply_out_of_memory(call->reply);
            return;
        }
    }
    emu_reply_json(call->reply, 200,
                   summaries != NULL ? json_pack("{s:o}", "modelSummaries", summaries) : NULL);
}
