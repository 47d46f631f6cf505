/* The fields of an agent: UpdateAgent replaces them all, so all are sent again.
 * SPDX-License-Identifier: MIT */
#include "agent.h"

#include <stdio.h>
#include <string.h>

/* What an agent has, and whether UpdateAgent takes it and a version has it too. */
static const struct field {
    const char *name;
    bool sent, in_versions;
} fields[] = {
    {"agentId", false, false},
    {"agentArn", false, false},
    {"agentVersion", false, false},
    {"agentStatus", false, false},
    {"clientToken", false, false},
    {"createdAt", false, false},
    {"updatedAt", false, false},
    {"preparedAt", false, false},
    {"failureReasons", false, false},
    {"recommendedActions", false, false},
    {"agentName", true, false},
    {"foundationModel", true, false}, /* compared by whoever changes it */
    {"agentResourceRoleArn", true, true},
    {"instruction", true, true},
    {"description", true, true},
    {"idleSessionTTLInSeconds", true, true},
    {"customerEncryptionKeyArn", true, true},
    {"orchestrationType", true, false},
    {"customOrchestration", true, false},
    {"promptOverrideConfiguration", true, true},
    {"guardrailConfiguration", true, true},
    {"memoryConfiguration", true, true},
    {"agentCollaboration", true, true},
};

static const struct field *field_named(const char *name)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    }
    return NULL;
}

static bool is_text(const json_t *row, const char *member, const char *text)
{
    return strcmp(shown(row, member), text) == 0;
}

static const json_t *prompts_of(const json_t *draft)
{
    return json_object_get(json_object_get(draft, "promptOverrideConfiguration"),
                           "promptConfigurations");
}

/* Whether a prompt is AWS's own all through; AWS may show the agent's model in it as well. */
static bool is_default(const json_t *prompt, const char *model)
{
    return is_text(prompt, "promptCreationMode", "DEFAULT") &&
           !is_text(prompt, "parserMode", "OVERRIDDEN") &&
           (text_of(prompt, "foundationModel") == NULL ||
            is_text(prompt, "foundationModel", model)) &&
           json_object_get(prompt, "additionalModelRequestFields") == NULL;
}

/* Prompts as UpdateAgent takes them: GetAgent shows AWS's own templates too, which may not be sent
 * back, or they would be nobody's default any more. NULL if nothing is left. */
static json_t *own_prompts(const json_t *draft)
{
    json_t *kept = json_deep_copy(json_object_get(draft, "promptOverrideConfiguration"));
    json_t *prompts = json_object_get(kept, "promptConfigurations");

    for (size_t i = json_array_size(prompts); i-- > 0;) {
        json_t *prompt = json_array_get(prompts, i);
        if (is_default(prompt, shown(draft, "foundationModel")))
            json_array_remove(prompts, i);
        else if (is_text(prompt, "promptCreationMode", "DEFAULT")) {
            json_object_del(prompt, "basePromptTemplate");
            json_object_del(prompt, "inferenceConfiguration");
        }
    }
    if (json_array_size(prompts) > 0 || json_object_get(kept, "overrideLambda") != NULL)
        return kept;
    json_decref(kept);
    return NULL;
}

/* AWS may show a field of which nothing is set, and does not take all of those back. */
static bool is_unset(const json_t *value)
{
    const json_t *memory = json_object_get(value, "enabledMemoryTypes");

    return value == NULL || json_is_null(value) ||
           (json_is_object(value) && json_object_size(value) == 0) ||
           (memory != NULL && json_array_size(memory) == 0);
}

/* A field as it is sent, and compared; NULL if there is none. To be given up. */
static json_t *sent(const json_t *draft, const char *name)
{
    json_t *value = json_object_get(draft, name);

    if (is_unset(value))
        return NULL;
    if (strcmp(name, "promptOverrideConfiguration") == 0)
        return own_prompts(draft);
    return json_incref(value);
}

json_t *fields_kept(json_t *draft)
{
    json_t *input = json_object(), *value;
    const char *name;

    json_object_foreach(draft, name, value)
    {
        const struct field *field = field_named(name);
        if (field == NULL)
            failed("the agent has a field %s that is new to this program; it is sent back as it is",
                   name);
        if (field == NULL || field->sent) {
            value = sent(draft, name);
            if (value != NULL)
                json_object_set_new(input, name, value);
        }
    }
    return input;
}

/* Prompts without the models in them, which are compared apart. */
static void strip_models(json_t *configuration)
{
    json_t *prompt;
    size_t i;

    json_array_foreach(json_object_get(configuration, "promptConfigurations"), i, prompt)
    {
        json_object_del(prompt, "foundationModel");
    }
    prompt = json_object_get(configuration, "promptConfigurations");
    for (i = json_array_size(prompt); i-- > 0;) { /* with a model it was not AWS's own */
        if (is_default(json_array_get(prompt, i), ""))
            json_array_remove(prompt, i);
    }
}

/* Whether a prompt of AWS's own was switched on or off, of which no other trace is left. */
static bool states_differ(const json_t *one, const json_t *other)
{
    const json_t *prompt, *twin;
    size_t i, k;

    json_array_foreach(prompts_of(one), i, prompt)
    {
        json_array_foreach(prompts_of(other), k, twin)
        {
            if (is_text(twin, "promptType", shown(prompt, "promptType")) &&
                !is_text(twin, "promptState", shown(prompt, "promptState")))
                return true;
        }
    }
    return false;
}

static bool prompts_differ(const json_t *one, const json_t *other)
{
    json_t *a = own_prompts(one), *b = own_prompts(other);

    strip_models(a);
    strip_models(b);
    bool none = json_array_size(json_object_get(a, "promptConfigurations")) == 0 &&
                json_array_size(json_object_get(b, "promptConfigurations")) == 0;
    bool equal = none || (a != NULL && b != NULL && json_equal(a, b) == 1);
    json_decref(a);
    json_decref(b);
    return !equal || states_differ(one, other);
}

static bool differs(const json_t *one, const json_t *other, const char *name)
{
    if (strcmp(name, "promptOverrideConfiguration") == 0)
        return prompts_differ(one, other);
    json_t *a = sent(one, name), *b = sent(other, name);
    bool equal = a == b || (a != NULL && b != NULL && json_equal(a, b) == 1);
    json_decref(a);
    json_decref(b);
    return !equal;
}

bool fields_differ(json_t *one, json_t *other, bool versions, char ret_names[CELL])
{
    json_t *all = json_object(), *value;
    const char *name;

    ret_names[0] = '\0';
    json_object_update(all, one);
    json_object_update(all, other);
    json_object_foreach(all, name, value)
    {
        const struct field *field = field_named(name);
        bool counts = field == NULL ? !versions
                      : versions    ? field->in_versions
                                    : field->sent && strcmp(name, "foundationModel") != 0;
        size_t n = strlen(ret_names);
        if (counts && differs(one, other, name))
            snprintf(ret_names + n, CELL - n, "%s%s", n > 0 ? ", " : "", name);
    }
    json_decref(all);
    return ret_names[0] != '\0';
}

json_t *prompt_models(const json_t *draft_or_version)
{
    const char *own = shown(draft_or_version, "foundationModel");
    json_t *models = json_object(), *prompt;
    size_t i;

    json_array_foreach(prompts_of(draft_or_version), i, prompt)
    {
        const char *model = text_of(prompt, "foundationModel");
        if (model != NULL && *model != '\0' && !is_default(prompt, own))
            json_object_set_new(models, shown(prompt, "promptType"), json_string(model));
    }
    return models;
}

void prompt_set_models(json_t *input, const json_t *models)
{
    json_t *prompt;
    size_t i;

    json_array_foreach(prompts_of(input), i, prompt)
    {
        json_t *model = json_object_get(models, shown(prompt, "promptType"));
        if (model != NULL)
            json_object_set(prompt, "foundationModel", model);
    }
}
