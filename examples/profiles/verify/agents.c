/* Whether the agents of the region, and what their aliases lead to, call models through profiles:
 * an alias goes on with the version it points at, whatever becomes of the agent.
 * SPDX-License-Identifier: MIT */
#include "verify.h"

#include <stdio.h>
#include <string.h>

#define TEST_ALIAS "TSTALIASID" /* AWS's own: always the draft */

/* The profile of the account that a model of an agent is, or NULL. */
static const struct existing *profile_of(const struct checklist *list, const char *model)
{
    return strstr(model, ":application-inference-profile/") != NULL
               ? account_find(&list->state.account, model)
               : NULL;
}

/* The alias of the file that a profile stands behind now, or NULL. */
static const struct wanted *wanted_of(const struct checklist *list, const struct existing *existing)
{
    for (size_t i = 0; i < list->state.declaration.count; i++) {
        if (existing != NULL &&
            checked_profile(list, &list->state.declaration.wanted[i]) == existing)
            return &list->state.declaration.wanted[i];
    }
    return NULL;
}

/* True if the model is a profile of the file. `which` is "the draft", "alias live". */
static bool check_model(struct checklist *list, const char *agent, const char *which,
                        const char *model)
{
    const struct existing *existing = profile_of(list, model);
    const char *region = list->state.declaration.region;
    char next[2 * CELL], place[CELL];

    snprintf(next, sizeof next, "agent apply %s --profile ARN --all-aliases", agent);
    if (strstr(model, ":application-inference-profile/") == NULL)
        check(list, CHECK_FAIL, "agent", agent, next,
              "%s calls %s itself, and its cost has no tags", which, arn_id(model));
    else if (existing == NULL && strcmp(arn_part(model, 3, place), region) != 0)
        check(list, CHECK_FAIL, "agent", agent, next,
              "%s is on a profile of %s: all have to be in one region", which, place);
    else if (existing == NULL)
        check(list, CHECK_FAIL, "agent", agent, next, "%s is on %s, which is no profile there is",
              which, arn_id(model));
    else if (wanted_of(list, existing) == NULL)
        check(list, CHECK_FAIL, "agent", agent, next,
              "%s is on %s, which is none of the file now: replaced, or not from it", which,
              existing->name);
    else
        return true;
    return false;
}

/* A version as AWS has it, to be given up; NULL if it could not be read, and the line is there. */
static json_t *read_version(struct checklist *list, const char *id, const char *agent,
                            const char *version)
{
    bool draft = strcmp(version, "DRAFT") == 0;
    char operation[CLOUD_PATH] = "GET /agents/";
    json_t *answer;

    path_append(operation, id);
    strcat(operation, draft ? "/" : "/agentversions/");
    if (!draft)
        strcat(path_append(operation, version), "/");
    if (cloud_call(&list->profiles->cloud, "bedrock-agent", operation, NULL, &answer) < 0) {
        check_call_failed(list, &list->profiles->cloud, "agent", agent);
        return NULL;
    }
    json_t *read = json_incref(json_object_get(answer, draft ? "agent" : "agentVersion"));
    json_decref(answer);
    return read;
}

/* True if all models of a version are profiles of the file: its own, and those of prompts that have
 * one. */
static bool check_version(struct checklist *list, const char *agent, const char *which,
                          const json_t *version)
{
    const json_t *overrides = json_object_get(version, "promptOverrideConfiguration");
    const json_t *prompts = json_object_get(overrides, "promptConfigurations");
    bool good = check_model(list, agent, which, shown(version, "foundationModel"));
    json_t *prompt;
    size_t i;

    json_array_foreach(prompts, i, prompt)
    {
        char whose[2 * CELL];
        const char *model = text_of(prompt, "foundationModel");
        snprintf(whose, sizeof whose, "%s, in its prompt %s,", which, shown(prompt, "promptType"));
        good &= model == NULL || check_model(list, agent, whose, model);
    }
    return good;
}

/* True if what an alias leads to is on a profile of the file. */
static bool check_alias(struct checklist *list, const char *id, const char *agent,
                        const json_t *alias)
{
    const json_t *route = json_array_get(json_object_get(alias, "routingConfiguration"), 0);
    const char *number = shown(route, "agentVersion");
    char which[CELL];

    json_t *version = read_version(list, id, agent, number);
    if (version == NULL)
        return false;
    snprintf(which, sizeof which, "alias %.99s (version %.9s)", shown(alias, "agentAliasName"),
             number);
    bool good = check_version(list, agent, which, version);
    json_decref(version);
    return good;
}

static bool check_aliases(struct checklist *list, const char *id, const char *agent,
                          size_t *ret_count)
{
    char operation[CLOUD_PATH] = "POST /agents/";
    const struct pages pages = {.service = "bedrock-agent",
                                .operation = operation,
                                .items = "agentAliasSummaries",
                                .token = "nextToken"};
    json_t *aliases, *alias;
    bool good = true;
    size_t i;

    *ret_count = 0;
    path_append(operation, id);
    strcat(operation, "/agentaliases/");
    if (cloud_list(&list->profiles->cloud, &pages, json_object(), &aliases) < 0) {
        check_call_failed(list, &list->profiles->cloud, "agent", agent);
        return false;
    }
    json_array_foreach(aliases, i, alias)
    {
        if (strcmp(shown(alias, "agentAliasId"), TEST_ALIAS) == 0)
            continue;
        good &= check_alias(list, id, agent, alias);
        ++*ret_count;
    }
    json_decref(aliases);
    return good;
}

/* Notes in `used` which alias of the file the agent is on. */
static void check_agent(struct checklist *list, const json_t *summary, json_t *used)
{
    const char *id = shown(summary, "agentId"), *name = shown(summary, "agentName");
    json_t *draft = read_version(list, id, name, "DRAFT");
    size_t aliases;

    if (draft == NULL)
        return;
    bool good = check_version(list, name, "the draft", draft);
    const char *model = shown(draft, "foundationModel");
    const struct wanted *wanted = wanted_of(list, profile_of(list, model));
    if (wanted != NULL)
        json_object_set_new(used, wanted->alias, json_true());
    good &= check_aliases(list, id, name, &aliases);
    if (good && strcmp(shown(draft, "agentStatus"), "PREPARED") != 0)
        check(list, CHECK_FAIL, "agent", name, "aws bedrock-agent prepare-agent --agent-id ID",
              "its draft has changes that are not prepared");
    else if (good)
        check(list, CHECK_PASS, "agent", name, NULL, "on %s, and so %s its %zu alias%s",
              wanted->alias, aliases == 1 ? "is" : "are", aliases, aliases == 1 ? "" : "es");
    json_decref(draft);
}

/* A profile that the file has for agents, and that none is on. */
static void check_unused(struct checklist *list, const json_t *used)
{
    for (size_t i = 0; i < list->state.declaration.count; i++) {
        const struct wanted *wanted = &list->state.declaration.wanted[i];
        const struct existing *existing = checked_profile(list, wanted);
        char next[PROFILE_ARN + CELL];
        if (existing == NULL || !json_is_true(json_object_get(wanted->declared, "agent")) ||
            json_object_get(used, wanted->alias) != NULL)
            continue;
        snprintf(next, sizeof next, "agent apply AGENT --profile %s --all-aliases", existing->arn);
        check(list, CHECK_FAIL, "agent", wanted->alias, next,
              "the file has this profile for an agent, and none is on it");
    }
}

void check_agents(struct checklist *list)
{
    static const struct pages pages = {.service = "bedrock-agent",
                                       .operation = "POST /agents/",
                                       .items = "agentSummaries",
                                       .token = "nextToken"};
    json_t *agents, *agent, *used = json_object();
    size_t i;

    if (list->no_agents) {
        json_decref(used);
        return;
    }
    if (cloud_list(&list->profiles->cloud, &pages, json_object(), &agents) < 0) {
        check_call_failed(list, &list->profiles->cloud, "agent", "");
    } else {
        json_array_foreach(agents, i, agent)
        {
            check_agent(list, agent, used);
        }
        if (json_array_size(agents) == 0)
            check(list, CHECK_PASS, "agent", "", NULL, "there is none in %s",
                  list->state.declaration.region);
        check_unused(list, used);
    }
    json_decref(agents);
    json_decref(used);
}
