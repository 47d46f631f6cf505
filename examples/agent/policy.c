/* What the agent's role may do: an inline policy of its own for each profile that an agent is on,
 * so that taking one away takes nothing else away. SPDX-License-Identifier: MIT */
#include "agent.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char PREFIX[] = "BedrockCostAgent-";

const char *policy_name(const struct subject *subject, const char *profile_id,
                        char ret_name[POLICY_NAME])
{
    snprintf(ret_name, POLICY_NAME, "%s%s-%s", PREFIX, subject->id, profile_id);
    return ret_name;
}

/* The models behind a profile. Of one that was copied from a profile of AWS's, which has models in
 * several regions, that profile too: AWS does not say which it was, but what it ends in. */
static json_t *models_behind(const struct target *target)
{
    const json_t *models = json_object_get(target->profile, "models"), *model;
    json_t *arns = json_array();
    char region[CELL], account[CELL];
    size_t i;

    json_array_foreach(models, i, model)
    {
        json_array_append(arns, json_object_get(model, "modelArn"));
    }
    if (json_array_size(models) > 1)
        json_array_append_new(
            arns, json_sprintf("arn:%.*s:bedrock:%s:%s:inference-profile/*.%s",
                               (int)strcspn(target->arn + 4, ":"), target->arn + 4,
                               arn_part(target->arn, 3, region), arn_part(target->arn, 4, account),
                               arn_id(shown(json_array_get(models, 0), "modelArn"))));
    return arns;
}

json_t *policy_document(const struct target *target)
{
    /* The models only when they are called through the profile: the key is absent otherwise. */
    return json_pack("{ss s[{ss ss s[sss] ss} {ss ss s[ss] so s{s{ss}}}]}", "Version", "2012-10-17",
                     "Statement", "Sid", "CallTheProfile", "Effect", "Allow", "Action",
                     "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream",
                     "bedrock:GetInferenceProfile", "Resource", target->arn, "Sid",
                     "ItsModelsThroughItOnly", "Effect", "Allow", "Action", "bedrock:InvokeModel",
                     "bedrock:InvokeModelWithResponseStream", "Resource", models_behind(target),
                     "Condition", "StringLike", "bedrock:InferenceProfileArn", target->arn);
}

const char *policy_role(const struct subject *subject)
{
    char own[CELL], account[CELL];

    arn_part(subject->arn, 4, own);
    if (strcmp(arn_part(subject->role, 4, account), own) == 0)
        return arn_id(subject->role);
    failed("role %s is in account %s, agent %s in %s: whoever owns it must attach what --print "
           "prints; then run this again with --no-role",
           subject->role, account, subject->name, own);
    return NULL;
}

/* What IAM says of a role that cannot be worked with. */
static int role_failed(struct agent *agent, const struct subject *subject, const char *what)
{
    if (cloud_error_is(&agent->cloud, "NoSuchEntity"))
        return failed("role %s of agent %s does not exist (any more): give the agent another one "
                      "in the Bedrock console, then run this again",
                      subject->role, subject->name);
    if (cloud_error_is(&agent->cloud, "AccessDenied"))
        return failed("%s role %s: %s. Whoever owns IAM attaches what --print prints; then run "
                      "this again with --no-role",
                      what, subject->role, brc_client_error(agent->cloud.client));
    if (cloud_error_is(&agent->cloud, "UnmodifiableEntity"))
        return failed("%s role %s: %s. It is managed by AWS: give the agent a role of your own",
                      what, subject->role, brc_client_error(agent->cloud.client));
    return cloud_failed(&agent->cloud, "%s role %s", what, subject->role);
}

/* IAM hands documents out percent-encoded. */
static json_t *decoded(const char *text)
{
    char *plain = malloc(strlen(text) + 1), *to = plain;
    json_t *document = NULL;

    for (; plain != NULL && *text != '\0'; text++) {
        unsigned code;
        if (*text == '%' && isxdigit((unsigned char)text[1]) && sscanf(text, "%%%2x", &code) == 1) {
            *to++ = (char)code;
            text += 2;
        } else {
            *to++ = *text;
        }
    }
    if (plain != NULL) {
        *to = '\0';
        document = json_loads(plain, 0, NULL);
    }
    free(plain);
    return document;
}

/* All inline policies of the role. */
static int list_all(struct agent *agent, const struct subject *subject, json_t **ret_names)
{
    static const struct pages pages = {.service = "iam",
                                       .operation = "ListRolePolicies",
                                       .items = "PolicyNames",
                                       .token = "Marker"};
    const char *role = policy_role(subject);

    *ret_names = NULL;
    if (role == NULL)
        return FAILED;
    if (cloud_list(&agent->cloud, &pages, json_pack("{ss}", "RoleName", role), ret_names) < 0)
        return role_failed(agent, subject, "the policies cannot be read of");
    return DONE;
}

int policy_names(struct agent *agent, const struct subject *subject, json_t **ret_names)
{
    char prefix[POLICY_NAME];

    policy_name(subject, "", prefix);
    int rc = list_all(agent, subject, ret_names);
    for (size_t i = json_array_size(*ret_names); i-- > 0;) {
        const char *name = json_string_value(json_array_get(*ret_names, i));
        if (strncmp(name, prefix, strlen(prefix)) != 0)
            json_array_remove(*ret_names, i);
    }
    return rc;
}

/* The policy of that name, which there is; compared with the one that there should be. */
static int compare(struct agent *agent, const struct subject *subject, const struct target *target,
                   const char *name, bool *ret_same)
{
    json_t *answer, *wanted, *found;

    if (cloud_call(&agent->cloud, "iam", "GetRolePolicy",
                   json_pack("{ss ss}", "RoleName", arn_id(subject->role), "PolicyName", name),
                   &answer) < 0)
        return role_failed(agent, subject, "the policy cannot be read of");
    wanted = policy_document(target);
    found = decoded(shown(answer, "PolicyDocument"));
    *ret_same = found != NULL && json_equal(wanted, found) == 1;
    json_decref(answer);
    json_decref(wanted);
    json_decref(found);
    return DONE;
}

int policy_is_there(struct agent *agent, const struct subject *subject, const struct target *target,
                    bool *ret_there)
{
    char name[POLICY_NAME];
    json_t *names;

    *ret_there = false;
    policy_name(subject, target->id, name);
    int rc = list_all(agent, subject, &names);
    if (rc == DONE && has_text(names, name))
        rc = compare(agent, subject, target, name, ret_there);
    json_decref(names);
    return rc;
}

int policy_put(struct agent *agent, const struct subject *subject, const struct target *target)
{
    json_t *document = policy_document(target);
    char *text = json_dumps(document, JSON_COMPACT), name[POLICY_NAME];

    policy_name(subject, target->id, name);
    json_t *input = json_pack("{ss ss ss}", "RoleName", arn_id(subject->role), "PolicyName", name,
                              "PolicyDocument", text);
    free(text);
    json_decref(document);
    if (cloud_call(&agent->cloud, "iam", "PutRolePolicy", input, NULL) < 0)
        return role_failed(agent, subject, "the policy cannot be put into");
    return DONE;
}

int policy_delete(struct agent *agent, const struct subject *subject, const char *name)
{
    json_t *input = json_pack("{ss ss}", "RoleName", arn_id(subject->role), "PolicyName", name);

    int rc = cloud_call(&agent->cloud, "iam", "DeleteRolePolicy", input, NULL);
    if (rc < 0 && !cloud_error_is(&agent->cloud, "NoSuchEntity")) /* somebody was faster */
        return role_failed(agent, subject, "the policy cannot be taken from");
    return DONE;
}
