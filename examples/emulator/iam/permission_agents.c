/* Which resources the operations on agents and those of IAM are about.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_state.h"
#include "permission.h"

#include <stdio.h>
#include <string.h>

static void action_of(char action[EMU_MAX_ACTION], const char *prefix,
                      const struct emu_operation *operation)
{
    snprintf(action, EMU_MAX_ACTION, "%s:%s", prefix, operation->name);
}

/* Takes over `resource`, a string, or NULL: out of memory. */
static bool permit_on(struct emu_call *call, const char *action, json_t *resource)
{
    bool permitted = false;

    if (resource == NULL)
        emu_reply_out_of_memory(call->reply);
    else
        permitted = emu_permit_on(call, action, json_string_value(resource));
    json_decref(resource);
    return permitted;
}

/* ---- agents ---- */

/* Of an alias where one is named; making and listing them is up to the agent. */
static json_t *agent_resource(const struct emu_call *call)
{
    const char *arn = emu_call_string(call, "resourceArn");
    const char *agent = emu_call_string(call, "agentId");
    const char *alias = emu_call_string(call, "agentAliasId");

    if (arn != NULL)
        return json_string(arn);
    if (agent == NULL)
        return json_string("*");
    return alias != NULL ? emu_agent_arn(call, "agent-alias", agent, alias)
                         : emu_agent_arn(call, "agent", agent, NULL);
}

/* Who makes an agent or changes one hands it a role, which takes leave too. */
bool emu_permit_agent(struct emu_call *call, const struct emu_operation *operation)
{
    const char *role = emu_call_string(call, "agentResourceRoleArn");
    char action[EMU_MAX_ACTION];

    action_of(action, "bedrock", operation);
    return permit_on(call, action, agent_resource(call)) &&
           (role == NULL || emu_permit_passing(call, role, "bedrock.amazonaws.com"));
}

/* ---- IAM ---- */

/* A role's ARN has its path, which the call does not have. */
static json_t *role_resource(const struct emu_call *call, const char *name)
{
    const json_t *role = json_object_get(call->emulator->iam.roles, name);
    json_t *arn = json_object_get(json_object_get(role, "detail"), "Arn");
    const char *path = emu_call_string(call, "Path");

    if (arn != NULL)
        return json_incref(arn);
    return json_sprintf("arn:aws:iam::" EMU_ACCOUNT ":role%s%s", path != NULL ? path : "/", name);
}

static json_t *iam_resource(const struct emu_call *call)
{
    const char *role = emu_call_string(call, "RoleName");
    const char *source = emu_call_string(call, "PolicySourceArn");
    const char *policy = emu_call_string(call, "PolicyArn");
    const char *name = emu_call_string(call, "PolicyName");
    const char *path = emu_call_string(call, "Path");

    if (role != NULL)
        return role_resource(call, role);
    if (source != NULL || policy != NULL)
        return json_string(source != NULL ? source : policy);
    if (name != NULL)
        return json_sprintf("arn:aws:iam::" EMU_ACCOUNT ":policy%s%s", path != NULL ? path : "/",
                            name);
    return json_string("*");
}

bool emu_permit_iam(struct emu_call *call, const struct emu_operation *operation)
{
    char action[EMU_MAX_ACTION];

    action_of(action, "iam", operation);
    return permit_on(call, action, iam_resource(call));
}
