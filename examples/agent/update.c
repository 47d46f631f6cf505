/* DRAFT is changed and prepared. SPDX-License-Identifier: MIT */
#include "agent.h"

#include <stdio.h>
#include <string.h>

/* The reasons that AWS gives, and what it recommends, as one text. */
static void reasons_of(const json_t *row, char ret_text[1024])
{
    static const char *const members[] = {"failureReasons", "recommendedActions", NULL};
    const json_t *reason;
    size_t i;

    ret_text[0] = '\0';
    for (const char *const *member = members; *member != NULL; member++) {
        json_array_foreach(json_object_get(row, *member), i, reason)
        {
            size_t n = strlen(ret_text);
            snprintf(ret_text + n, 1024 - n, "%s%s", n > 0 ? " " : "", json_string_value(reason));
        }
    }
    if (ret_text[0] == '\0')
        snprintf(ret_text, 1024, "AWS gives no reason.");
}

int agent_has_failed(const struct subject *subject)
{
    char reasons[1024];

    reasons_of(subject->draft, reasons);
    return failed("agent %s is FAILED: %s Mend that, prepare the agent (`aws bedrock-agent "
                  "prepare-agent --agent-id %s`), then run this again; no alias was changed",
                  subject->name, reasons, subject->id);
}

int alias_has_failed(struct agent *agent, const struct subject *subject, const json_t *alias)
{
    char operation[CLOUD_PATH], reasons[1024];
    json_t *answer;

    agent_operation(operation, "GET", subject->id, "agentaliases", alias_id(alias));
    if (cloud_call(&agent->cloud, "bedrock-agent", operation, NULL, &answer) < 0)
        return cloud_failed(&agent->cloud, "alias %s cannot be read", alias_name(alias));
    reasons_of(json_object_get(answer, "agentAlias"), reasons);
    json_decref(answer);
    return failed("alias %s is FAILED: %s Mend that, then run this again", alias_name(alias),
                  reasons);
}

/* Whether an UpdateAgent may come through later: the role has its permissions, but they have not
 * spread yet; or somebody else's change is under way. */
static bool may_pass(const struct agent *agent)
{
    const char *why = brc_client_error(agent->cloud.client);
    bool own = why != NULL && (strstr(why, "not authorized to perform: bedrock:") != NULL ||
                               strstr(why, "iam:PassRole") != NULL);

    if (cloud_error_is(&agent->cloud, "AccessDeniedException"))
        return !own; /* else it is the caller who may not */
    if (cloud_error_is(&agent->cloud, "ValidationException"))
        return why != NULL && (strstr(why, "role") != NULL || strstr(why, "Role") != NULL);
    return cloud_error_is(&agent->cloud, "ConflictException");
}

/* Says why UpdateAgent was refused, for good. */
static int refused(struct agent *agent, const struct subject *subject, const char *model,
                   bool waited)
{
    if (waited && !cloud_error_is(&agent->cloud, "ConflictException"))
        return failed("agent %s: AWS still says that its role may not use the profile, after %s s: "
                      "%s. `agent verify %s --profile %s` says what the role lacks; a new "
                      "permission takes up to some minutes to spread, and running this again does "
                      "nothing twice",
                      subject->name, agent->wait, brc_client_error(agent->cloud.client),
                      subject->id, model);
    return cloud_failed(&agent->cloud, "agent %s cannot be updated", subject->name);
}

/* UpdateAgent, again and again while it may come through. The input stays the caller's. */
static int send(struct agent *agent, struct subject *subject, json_t *input)
{
    char operation[CLOUD_PATH];
    bool waited = false;
    struct wait wait;

    agent_operation(operation, "PUT", subject->id, NULL, NULL);
    for (wait_begin(agent, &wait);;) {
        if (cloud_call(&agent->cloud, "bedrock-agent", operation, json_incref(input), NULL) == 0)
            return DONE;
        if (!may_pass(agent))
            return refused(agent, subject, shown(input, "foundationModel"), waited);
        waited = true;
        if (!wait_on(&wait, "waiting: %s",
                     cloud_error_is(&agent->cloud, "ConflictException")
                         ? "somebody else's change of the agent is under way"
                         : "the role's permission has not spread yet"))
            return refused(agent, subject, shown(input, "foundationModel"), waited);
    }
}

/* Until the change is seen; then whether everything else is as it was. */
static int check(struct agent *agent, struct subject *subject, json_t *before, const char *model)
{
    char names[CELL];
    struct wait wait;

    for (wait_begin(agent, &wait);;) {
        int rc = wait_for_agent(agent, subject);
        if (rc != DONE)
            return rc;
        if (strcmp(shown(subject->draft, "agentStatus"), "FAILED") == 0)
            return agent_has_failed(subject);
        if (strcmp(subject->model, model) == 0)
            break;
        if (!wait_on(&wait, "waiting: the agent's new model is not seen yet"))
            return failed("agent %s still has model %s: somebody has set it back; run this again "
                          "when they are done",
                          subject->name, subject->model);
    }
    if (!fields_differ(before, subject->draft, false, names))
        return DONE;
    return failed("agent %s has lost or changed more than its model: %s. Put that right in the "
                  "Bedrock console before the agent is prepared; it was: `agent show %s --json` of "
                  "its versions has the older values",
                  subject->name, names, subject->id);
}

int update_draft(struct agent *agent, struct subject *subject, const char *model,
                 const json_t *prompts)
{
    int rc = wait_for_agent(agent, subject);

    if (rc != DONE)
        return rc;
    json_t *before = json_incref(subject->draft), *input = fields_kept(before);
    json_object_set_new(input, "foundationModel", json_string(model));
    prompt_set_models(input, prompts);
    rc = send(agent, subject, input);
    if (rc == DONE)
        rc = check(agent, subject, before, model);
    json_decref(input);
    json_decref(before);
    return rc;
}

int prepare_draft(struct agent *agent, struct subject *subject)
{
    char operation[CLOUD_PATH];
    struct wait wait;

    agent_operation(operation, "POST", subject->id, NULL, NULL);
    for (wait_begin(agent, &wait);;) {
        if (cloud_call(&agent->cloud, "bedrock-agent", operation, NULL, NULL) == 0)
            break;
        if (!cloud_error_is(&agent->cloud, "ConflictException") ||
            !wait_on(&wait, "waiting: somebody else's change of the agent is under way"))
            return cloud_failed(&agent->cloud, "agent %s cannot be prepared", subject->name);
    }
    int rc = wait_for_agent(agent, subject);
    if (rc != DONE)
        return rc;
    const char *status = shown(subject->draft, "agentStatus");
    if (strcmp(status, "FAILED") == 0)
        return agent_has_failed(subject);
    if (strcmp(status, "PREPARED") != 0)
        return failed("agent %s is %s after it was prepared: somebody has changed it meanwhile; "
                      "run this again when they are done",
                      subject->name, status);
    return DONE;
}

/* Moments of AWS up to their fraction, then the fraction. */
static bool is_later(const char *one, const char *other)
{
    int order = strncmp(one, other, 19);

    return order > 0 || (order == 0 && strlen(one) > 19 && strlen(other) > 19 &&
                         strcmp(one + 19, other + 19) > 0);
}

bool draft_is_prepared(const struct subject *subject)
{
    const char *prepared = text_of(subject->draft, "preparedAt");
    const char *updated = text_of(subject->draft, "updatedAt");

    return strcmp(shown(subject->draft, "agentStatus"), "PREPARED") == 0 &&
           (prepared == NULL || updated == NULL || !is_later(updated, prepared));
}
