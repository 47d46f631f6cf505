/* ListFoundationModels and GetFoundationModel: some of the models there are. Others can be called
 * all the same, but no profile is made of them.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "arn.h"
#include "system_profiles.h"

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
static const char *const BY_PROFILE[] = {"INFERENCE_PROFILE", NULL}; /* the API's model lacks it */
static const char *const EITHER[] = {"ON_DEMAND", "INFERENCE_PROFILE", NULL};
static const char *const NONE[] = {NULL};

#define START  "2025-01-15T00:00:00Z"
#define LEGACY "2026-03-01T00:00:00Z"
#define END    "2027-03-01T00:00:00Z"

struct model {
    const char *provider;
    const char *id;
    const char *name;
    const char *const *inputs;
    const char *const *outputs;
    const char *const *customizations;
    const char *const *inference_types;
    bool is_legacy;
};

static const struct model MODELS[] = {
#define CLAUDE(id, name, types)                                                                    \
    {                                                                                              \
        "Anthropic", "anthropic.claude-" id, "Claude " name, TEXT_IMAGE, TEXT, NONE, types, false  \
    }
#define NOVA(id, name, inputs, outputs, types)                                                     \
    {                                                                                              \
        "Amazon", "amazon.nova-" id "-v1:0", "Nova " name, inputs, outputs, TUNED, types, false    \
    }
#define TEXT_MODEL(provider, id, name, types)                                                      \
    {                                                                                              \
        provider, id, name, TEXT, TEXT, NONE, types, false                                         \
    }
    CLAUDE("fable-5-1", "Fable 5.1", BY_PROFILE),
    CLAUDE("opus-5-5", "Opus 5.5", BY_PROFILE),
    CLAUDE("opus-5", "Opus 5", BY_PROFILE),
    CLAUDE("sonnet-5-5", "Sonnet 5.5", BY_PROFILE),
    CLAUDE("sonnet-5", "Sonnet 5", BY_PROFILE),
    CLAUDE("sonnet-4-6", "Sonnet 4.6", BY_PROFILE),
    CLAUDE("sonnet-4-5-20250929-v1:0", "Sonnet 4.5", BY_PROFILE),
    CLAUDE("haiku-4-5-20251001-v1:0", "Haiku 4.5", EITHER),
    {"Anthropic", "anthropic.claude-3-haiku-20240307-v1:0", "Claude 3 Haiku", TEXT_IMAGE, TEXT,
     TUNED, PROVISIONED, true},
    NOVA("micro", "Micro", TEXT, TEXT, PROVISIONED),
    NOVA("lite", "Lite", TEXT_IMAGE, TEXT, PROVISIONED),
    NOVA("pro", "Pro", TEXT_IMAGE, TEXT, PROVISIONED),
    NOVA("premier", "Premier", TEXT_IMAGE, TEXT, BY_PROFILE),
    NOVA("2-lite", "2 Lite", TEXT_IMAGE, TEXT, BY_PROFILE),
    NOVA("canvas", "Canvas", TEXT_IMAGE, IMAGE, PROVISIONED),
    {"Amazon", "amazon.titan-text-express-v1", "Titan Text Express", TEXT, TEXT, TRAINED,
     PROVISIONED, true},
    {"Amazon", "amazon.titan-embed-text-v2:0", "Titan Embeddings V2", TEXT, EMBEDDING, NONE,
     ON_DEMAND, false},
    TEXT_MODEL("Meta", "meta.llama4-maverick-17b-instruct-v1:0", "Llama 4 Maverick 17B",
               BY_PROFILE),
    TEXT_MODEL("Meta", "meta.llama3-3-70b-instruct-v1:0", "Llama 3.3 70B", EITHER),
    TEXT_MODEL("Meta", "meta.llama3-70b-instruct-v1:0", "Llama 3 70B", ON_DEMAND),
    TEXT_MODEL("Meta", "meta.llama3-8b-instruct-v1:0", "Llama 3 8B", ON_DEMAND),
    TEXT_MODEL("Mistral AI", "mistral.mistral-large-3-675b-instruct", "Mistral Large 3", ON_DEMAND),
    TEXT_MODEL("OpenAI", "openai.gpt-5.6-terra", "GPT-5.6 Terra", ON_DEMAND),
    TEXT_MODEL("OpenAI", "openai.gpt-oss-120b-1:0", "gpt-oss-120b", ON_DEMAND),
    TEXT_MODEL("OpenAI", "openai.gpt-oss-20b-1:0", "gpt-oss-20b", ON_DEMAND),
    TEXT_MODEL("DeepSeek", "deepseek.r1-v1:0", "DeepSeek-R1", BY_PROFILE),
    TEXT_MODEL("DeepSeek", "deepseek.v3.2", "DeepSeek-V3.2", ON_DEMAND),
    TEXT_MODEL("Qwen", "qwen.qwen3-coder-next", "Qwen3 Coder Next", ON_DEMAND),
    TEXT_MODEL("MiniMax", "minimax.minimax-m2.5", "MiniMax M2.5", ON_DEMAND),
};

#define N_MODELS (sizeof(MODELS) / sizeof(MODELS[0]))

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

static json_t *lifecycle(const struct model *model)
{
    return json_pack("{s:s, s:s, s:s*, s:s*}", "status", model->is_legacy ? "LEGACY" : "ACTIVE",
                     "startOfLifeTime", START, "legacyTime", model->is_legacy ? LEGACY : NULL,
                     "endOfLifeTime", model->is_legacy ? END : NULL);
}

static json_t *detail(const struct model *model, const char *region)
{
    return json_pack("{s:o, s:s, s:s, s:s, s:o, s:o, s:b, s:o, s:o, s:o}", "modelArn",
                     json_sprintf("arn:%s:bedrock:%s::foundation-model/%s",
                                  emu_partition_of(region), region, model->id),
                     "modelId", model->id, "modelName", model->name, "providerName",
                     model->provider, "inputModalities", list_of(model->inputs), "outputModalities",
                     list_of(model->outputs), "responseStreamingSupported", model->outputs == TEXT,
                     "customizationsSupported", list_of(model->customizations),
                     "inferenceTypesSupported", list_of(model->inference_types), "modelLifecycle",
                     lifecycle(model));
}

void emu_list_foundation_models(struct emu_call *call)
{
    json_t *summaries = json_array();

    for (size_t i = 0; i < N_MODELS; i++) {
        if (is_wanted(call, &MODELS[i]) &&
            json_array_append_new(summaries, detail(&MODELS[i], call->region)) < 0) {
            json_decref(summaries);
            emu_reply_out_of_memory(call->reply);
            return;
        }
    }
    emu_reply_json(call->reply, 200,
                   summaries != NULL ? json_pack("{s:o}", "modelSummaries", summaries) : NULL);
}

static const struct model *find_id(const char *id)
{
    for (size_t i = 0; i < N_MODELS; i++)
        if (strcmp(MODELS[i].id, id) == 0)
            return &MODELS[i];
    return NULL;
}

bool emu_is_listed_model(const char *id)
{
    return find_id(id) != NULL;
}

/* By id, or by ARN in this Region. */
static const struct model *find(const char *identifier, const char *region)
{
    if (strncmp(identifier, "arn:", strlen("arn:")) != 0)
        return find_id(identifier);
    return emu_is_model_arn(identifier, region) ? find_id(strrchr(identifier, '/') + 1) : NULL;
}

void emu_get_foundation_model(struct emu_call *call)
{
    const char *identifier = emu_call_string(call, "modelIdentifier");
    const struct model *model = find(identifier, call->region);
    json_t *details = model != NULL ? detail(model, call->region) : NULL;

    if (model == NULL)
        emu_reply_error(call->reply, "ResourceNotFoundException",
                        "There is no foundation model %s in %s.", identifier, call->region);
    else
        emu_reply_json(call->reply, 200,
                       details != NULL ? json_pack("{s:o}", "modelDetails", details) : NULL);
}
