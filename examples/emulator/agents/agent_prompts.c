/* The prompts of an agent. GetAgent shows AWS's own for those that are not overridden, and none of
 * their parts may come back as if it were the caller's.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_state.h"
#include "copy.h"

#include <stdint.h>
#include <string.h>

static const struct {
    const char *type;
    const char *state;
    const char *text;
} PROMPTS[] = {
    {"PRE_PROCESSING", "DISABLED", "Sort the input: $question$"},
    {"ORCHESTRATION", "ENABLED", "$instruction$ Answer with $tools$: $question$"},
    {"KNOWLEDGE_BASE_RESPONSE_GENERATION", "ENABLED", "Answer from $search_results$: $query$"},
    {"POST_PROCESSING", "DISABLED", "Polish the answer: $latest_response$"},
};

#define N_PROMPTS (sizeof(PROMPTS) / sizeof(PROMPTS[0]))

static bool is_overridden(const json_t *prompt)
{
    const char *mode = json_string_value(json_object_get(prompt, "promptCreationMode"));

    return mode != NULL && strcmp(mode, "OVERRIDDEN") == 0;
}

static json_t *list_of(const json_t *of)
{
    return json_object_get(json_object_get(of, "promptOverrideConfiguration"),
                           "promptConfigurations");
}

bool emu_agent_refuse_prompts(struct emu_call *call)
{
    static const char *const OWN_PARTS[] = {"basePromptTemplate", "inferenceConfiguration"};
    const json_t *prompt;
    size_t i;

    json_array_foreach(list_of(call->input), i, prompt)
    {
        for (size_t j = 0; j < sizeof(OWN_PARTS) / sizeof(OWN_PARTS[0]); j++) {
            if (is_overridden(prompt) || json_object_get(prompt, OWN_PARTS[j]) == NULL)
                continue;
            emu_reply_error(call->reply, "ValidationException",
                            "%s must be left out where the promptCreationMode is DEFAULT.",
                            OWN_PARTS[j]);
            return true;
        }
    }
    return false;
}

/* ---- what is shown ---- */

/* AWS's prompt, with whatever the caller said of it. */
static json_t *own_prompt(size_t index, const json_t *told)
{
    json_t *prompt =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:i, s:i, s:i, s:i, s:[s]}}", "promptType",
                  PROMPTS[index].type, "promptState", PROMPTS[index].state, "promptCreationMode",
                  "DEFAULT", "parserMode", "DEFAULT", "basePromptTemplate", PROMPTS[index].text,
                  "inferenceConfiguration", "temperature", 0, "topP", 1, "topK", 250,
                  "maximumLength", 2048, "stopSequences", "\n\nHuman:");

    if (told == NULL || json_object_update(prompt, (json_t *)(uintptr_t)told) == 0)
        return prompt;
    json_decref(prompt);
    return NULL;
}

static json_t *told_of(const json_t *told, const char *type)
{
    json_t *prompt;
    size_t i;

    json_array_foreach(told, i, prompt)
    {
        const char *its = json_string_value(json_object_get(prompt, "promptType"));

        if (its != NULL && strcmp(its, type) == 0)
            return prompt;
    }
    return NULL;
}

int emu_agent_add_prompts(json_t *shown)
{
    const json_t *told = list_of(shown);
    json_t *configuration = json_object_get(shown, "promptOverrideConfiguration");
    json_t *copy = configuration != NULL ? emu_copy(configuration) : json_object();
    json_t *list = json_array();
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < N_PROMPTS; i++) {
        json_t *its = told_of(told, PROMPTS[i].type);

        rc = is_overridden(its) ? json_array_append(list, its)
                                : json_array_append_new(list, own_prompt(i, its));
    }
    if (rc == 0)
        rc = json_object_set(copy, "promptConfigurations", list);
    if (rc == 0)
        rc = json_object_set(shown, "promptOverrideConfiguration", copy);
    json_decref(list);
    json_decref(copy);
    return rc;
}
