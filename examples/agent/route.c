/* Aliases: a version of the agent is a copy of its DRAFT that never changes; an alias runs one. AWS
 * makes a version when an alias is created or updated without saying which it is to run.
 * SPDX-License-Identifier: MIT */
#include "agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TOKEN = 257 /* bytes of a client token, with its NUL */
};

int alias_update(struct agent *agent, const struct subject *subject, const json_t *alias,
                 const char *number, const char *state)
{
    static const char *const kept[] = {"agentAliasName", "description", "aliasInvocationState",
                                       "routingConfiguration", NULL};
    char operation[CLOUD_PATH];
    json_t *input = json_object();

    for (const char *const *member = kept; *member != NULL; member++) {
        json_t *value = json_object_get(alias, *member);
        if (value != NULL && !json_is_null(value))
            json_object_set(input, *member, value);
    }
    if (state != NULL)
        json_object_set_new(input, "aliasInvocationState", json_string(state));
    if (number != NULL)
        json_object_del(input, "routingConfiguration");
    if (number != NULL && *number != '\0')
        json_object_set_new(input, "routingConfiguration",
                            json_pack("[{ss}]", "agentVersion", number));
    agent_operation(operation, "PUT", subject->id, "agentaliases", alias_id(alias));
    /* Once: what was carried out although no answer came would make another version. */
    if (number != NULL && *number == '\0')
        brc_client_set_retries(agent->cloud.client, 1, 0);
    int rc = cloud_call(&agent->cloud, "bedrock-agent", operation, input, NULL);
    brc_client_set_retries(agent->cloud.client, agent->attempts, 0);
    return rc;
}

/* Whether a version is what a version made now would be. */
static bool is_like_draft(const struct subject *subject, json_t *version)
{
    json_t *own = prompt_models(subject->draft), *its = prompt_models(version);
    char names[CELL];

    bool equal = strcmp(subject->model, shown(version, "foundationModel")) == 0 &&
                 json_equal(own, its) == 1 && !fields_differ(version, subject->draft, true, names);
    json_decref(own);
    json_decref(its);
    return equal;
}

int route_known(struct agent *agent, struct subject *subject, char ret_number[VERSION])
{
    json_t *numbers = subject_numbers(agent, subject), *row;
    int rc = numbers != NULL ? DONE : FAILED;
    size_t i;

    ret_number[0] = '\0';
    json_array_foreach(numbers, i, row)
    {
        json_t *version = subject_version(agent, subject, json_string_value(row));
        rc = version != NULL ? DONE : FAILED;
        if (rc == DONE && is_like_draft(subject, version))
            snprintf(ret_number, VERSION, "%s", json_string_value(row));
        if (rc != DONE || ret_number[0] != '\0')
            break;
    }
    json_decref(numbers);
    return rc;
}

/* Looked for right before each time that a version would be made: another run of this program may
 * have made it by now, and AWS has no lock to keep it from that. */
static int look_for_known(struct agent *agent, struct subject *subject, char number[VERSION])
{
    return *number == '\0' ? route_known(agent, subject, number) : DONE;
}

/* What an alias was asked for and has not done yet. */
struct change {
    const char *id;
    char from[VERSION]; /* the version before */
    const char *to;     /* "": any other */
};

static bool has_changed(const struct subject *subject, const struct change *change)
{
    const json_t *alias = subject_alias(subject, change->id);
    const char *version = alias != NULL ? alias_version(alias) : "";

    return *change->to != '\0' ? strcmp(version, change->to) == 0
                               : *version != '\0' && strcmp(version, change->from) != 0;
}

/* Until the alias runs what it is to; DONE also if it never does: the caller looks. */
static int wait_for_change(struct agent *agent, struct subject *subject,
                           const struct change *change)
{
    struct wait wait;

    for (wait_begin(agent, &wait);;) {
        int rc = wait_for_alias(agent, subject, change->id);
        const json_t *alias = subject_alias(subject, change->id);
        if (rc != DONE || has_changed(subject, change))
            return rc == DONE ? wait_for_agent(agent, subject) : rc;
        if (alias != NULL && strcmp(shown(alias, "agentAliasStatus"), "FAILED") == 0)
            return alias_has_failed(agent, subject, alias);
        if (!wait_on(&wait, "waiting: the alias does not run its new version yet"))
            return failed("alias %s of agent %s still runs version %s after %s s; nothing is lost: "
                          "run this again",
                          change->id, subject->name, change->from, agent->wait);
    }
}

/* A refusal that is none, or none for long: DONE, and it is worth another try. */
static int judge_refusal(struct agent *agent, struct subject *subject, struct wait *wait,
                         const char *id, const char *name)
{
    bool unclear = agent->cloud.code == BRC_E_CONNECT || agent->cloud.code == BRC_E_TIMEOUT ||
                   agent->cloud.code == BRC_E_PROTOCOL || agent->cloud.code == BRC_E_SERVICE;

    if (cloud_error_is(&agent->cloud, "ServiceQuotaExceededException"))
        return failed("alias %s: %s. What nobody needs can go: `agent show %s` says which versions "
                      "aliases run, `aws bedrock-agent delete-agent-version --agent-id %s "
                      "--agent-version N` deletes another, `aws bedrock-agent delete-agent-alias` "
                      "an alias; then run this again",
                      name, brc_client_error(agent->cloud.client), subject->id, subject->id);
    if ((!unclear && !cloud_error_is(&agent->cloud, "ConflictException")) ||
        !wait_on(wait, "waiting: alias %s cannot be changed now", name))
        return cloud_failed(&agent->cloud, "alias %s of agent %s cannot be changed", name,
                            subject->name);
    int rc = wait_for_agent(agent, subject);
    if (rc == DONE)
        rc = id != NULL ? wait_for_alias(agent, subject, id)
                        : subject_reread_aliases(agent, subject);
    return rc;
}

/* The alias runs another version now; is it one with the model? Hands its number out. */
static int check_version(struct agent *agent, struct subject *subject, const char *id,
                         const char *model, char number[VERSION])
{
    const json_t *alias = subject_alias(subject, id);
    const char *own = alias != NULL ? alias_version(alias) : "";
    json_t *version = subject_version(agent, subject, own);

    if (version == NULL)
        return FAILED;
    if (strcmp(shown(version, "foundationModel"), model) != 0)
        return failed("alias %s runs version %s now, whose model is %s and not %s: somebody has "
                      "changed the agent meanwhile; run this again when they are done",
                      alias_name(alias), own, shown(version, "foundationModel"), model);
    snprintf(number, VERSION, "%s", own);
    return DONE;
}

int route_alias(struct agent *agent, struct subject *subject, const char *id, char number[VERSION],
                const char *model)
{
    const json_t *alias = subject_alias(subject, id);
    struct change change = {.id = id, .to = number};
    char name[CELL];
    struct wait wait;
    int rc = DONE;

    snprintf(change.from, sizeof change.from, "%s", alias_version(alias));
    snprintf(name, sizeof name, "%s", alias_name(alias));
    for (wait_begin(agent, &wait); rc == DONE && !has_changed(subject, &change);) {
        rc = look_for_known(agent, subject, number);
        alias = subject_alias(subject, id);
        if (rc == DONE && alias_update(agent, subject, alias, number, NULL) < 0)
            rc = judge_refusal(agent, subject, &wait, id, name);
        else if (rc == DONE)
            rc = wait_for_change(agent, subject, &change);
    }
    return rc == DONE ? check_version(agent, subject, id, model, number) : rc;
}

/* What AWS knows a creation by, so that it happens once: of characters that it allows. */
static void token_of(const struct subject *subject, const char *name, char ret_token[TOKEN])
{
    size_t n = (size_t)snprintf(ret_token, TOKEN, "bedrockcost-agent-%s-alias", subject->id);

    for (; *name != '\0' && n + 4 < TOKEN; name++)
        n += (size_t)snprintf(ret_token + n, TOKEN - n, "%02x", (unsigned char)*name);
}

static int create_alias(struct agent *agent, const struct subject *subject, const char *name,
                        const char *number, char ret_id[CELL])
{
    char operation[CLOUD_PATH], token[TOKEN];
    json_t *answer;

    token_of(subject, name, token);
    json_t *input = json_pack("{ss ss}", "agentAliasName", name, "clientToken", token);
    if (*number != '\0')
        json_object_set_new(input, "routingConfiguration",
                            json_pack("[{ss}]", "agentVersion", number));
    agent_operation(operation, "PUT", subject->id, "agentaliases", NULL);
    int rc = cloud_call(&agent->cloud, "bedrock-agent", operation, input, &answer);
    snprintf(ret_id, CELL, "%s", shown(json_object_get(answer, "agentAlias"), "agentAliasId"));
    json_decref(answer);
    return rc;
}

int route_new_alias(struct agent *agent, struct subject *subject, const char *name,
                    char number[VERSION], const char *model)
{
    struct change change = {.from = "", .to = number};
    char id[CELL];
    struct wait wait;

    wait_begin(agent, &wait);
    int rc = look_for_known(agent, subject, number);
    while (rc == DONE && create_alias(agent, subject, name, number, id) < 0) {
        bool conflict = cloud_error_is(&agent->cloud, "ConflictException");
        rc = judge_refusal(agent, subject, &wait, NULL, name);
        if (rc == DONE && conflict) /* after any other failure it may have been carried out */
            rc = look_for_known(agent, subject, number);
        const json_t *alias = rc == DONE ? subject_alias(subject, name) : NULL;
        if (alias != NULL) { /* somebody was faster */
            snprintf(id, sizeof id, "%s", alias_id(alias));
            return route_alias(agent, subject, id, number, model);
        }
    }
    change.id = id;
    if (rc == DONE)
        rc = wait_for_change(agent, subject, &change);
    return rc == DONE ? check_version(agent, subject, id, model, number) : rc;
}
