/* What has to be there before anything is made: AWS takes much that never works then, or says
 * little. What these credentials may not look at is left to AWS. SPDX-License-Identifier: MIT */
#include "mirror.h"

#include <string.h>

enum look {
    SEEN,    /* or forbidden to these credentials: then there is a note, and no answer */
    MISSING, /* AWS says so */
    BROKEN,  /* nobody knows, for AWS did not answer; it was said */
};

static enum look look(struct mirror *mirror, const char *region, const char *service,
                      const char *operation, json_t *input, const char *missing,
                      json_t **ret_answer)
{
    int rc = cloud_call_in(&mirror->cloud, region, service, operation, input, ret_answer);
    if (rc == 0)
        return SEEN;
    json_decref(*ret_answer);
    *ret_answer = NULL;
    if (missing != NULL && cloud_error_is(&mirror->cloud, missing))
        return MISSING;
    if (rc != BRC_E_ACCESS_DENIED && rc != BRC_E_REJECTED) {
        cloud_failed(&mirror->cloud, "%s", operation);
        return BROKEN;
    }
    mirror_note(mirror, "%s: not looked at (%s)", operation, cloud_error_type(&mirror->cloud));
    return SEEN;
}

/* The services that are to publish there have to be named in the topic's policy. */
static void check_publishers(struct mirror *mirror, const char *arn, const json_t *answer)
{
    static const char *const publishers[] = {"budgets.amazonaws.com", "costalerts.amazonaws.com"};
    const char *policy =
        text_of(find_by(json_object_get(answer, "Attributes"), "key", "Policy"), "value");
    size_t count = json_object_get(mirror->settings, "anomalies") != NULL ? 2 : 1;

    if (arn != mirror_topic(mirror, NULL))
        return; /* for alarms alone, which need no policy within an account */
    for (size_t i = 0; i < count && policy != NULL; i++) {
        if (strstr(policy, publishers[i]) == NULL)
            mirror_note(
                mirror,
                "topic %s: its policy does not let %s publish, so that nothing will arrive: "
                "allow it SNS:Publish (aws sns set-topic-attributes --attribute-name "
                "Policy)",
                arn, publishers[i]);
    }
}

static int check_topic(struct mirror *mirror, const char *arn)
{
    char region[CELL], account[CELL];
    json_t *answer;

    arn_part(arn, 3, region);
    if (strcmp(arn_part(arn, 4, account), mirror->account) != 0)
        return failed(
            "topic %s is of account %s: AWS Budgets publishes to topics of its own account "
            "only, %s",
            arn, account, mirror->account);
    enum look seen = look(mirror, region, "sns", "GetTopicAttributes",
                          json_pack("{ss}", "TopicArn", arn), "NotFound", &answer);
    if (seen == MISSING)
        failed("topic %s: there is none of this name in %s: aws sns create-topic --region %s "
               "--name %s, or correct \"topics\"",
               arn, region, region, arn_id(arn));
    if (seen != SEEN)
        return FAILED;
    if (answer != NULL)
        check_publishers(mirror, arn, answer);
    json_decref(answer);
    return DONE;
}

static enum look look_at_role(struct mirror *mirror, const char *role, json_t **ret_answer)
{
    return look(mirror, NULL, "iam", "GetRole", json_pack("{ss}", "RoleName", arn_id(role)),
                "NoSuchEntity", ret_answer);
}

static int check_execution_role(struct mirror *mirror, const char *name, const char *role)
{
    json_t *answer;

    enum look seen = look_at_role(mirror, role, &answer);
    if (seen == MISSING)
        failed("actions.%s.executionRole: there is no role %s: make one that "
               "budgets.amazonaws.com may assume, and that may attach and detach the policy",
               name, role);
    if (seen != SEEN)
        return FAILED;
    const char *trust = text_of(json_object_get(answer, "Role"), "AssumeRolePolicyDocument");
    int rc = DONE;
    if (trust != NULL && strstr(trust, "budgets.amazonaws.com") == NULL)
        rc = failed("actions.%s.executionRole: %s does not trust budgets.amazonaws.com: let that "
                    "assume it (aws iam update-assume-role-policy), or the action fails when it is "
                    "needed",
                    name, role);
    json_decref(answer);
    return rc;
}

static int check_action(struct mirror *mirror, const char *name, const json_t *action)
{
    const char *policy = shown(action, "policy");
    const json_t *role;
    json_t *answer;
    size_t i;

    enum look seen = look(mirror, NULL, "iam", "GetPolicy", json_pack("{ss}", "PolicyArn", policy),
                          "NoSuchEntity", &answer);
    if (seen == MISSING)
        failed(
            "actions.%s.policy: there is no policy %s: `profiles iam deny team KEY=VALUE` prints "
            "one; make it with aws iam create-policy",
            name, policy);
    if (seen != SEEN)
        return FAILED;
    json_decref(answer);
    int rc = check_execution_role(mirror, name, shown(action, "executionRole"));
    json_array_foreach(json_object_get(action, "roles"), i, role)
    {
        const char *text = json_string_value(role);
        if (rc != DONE || text == NULL)
            continue;
        seen = look_at_role(mirror, text, &answer);
        if (seen == MISSING)
            failed("actions.%s.roles: there is no role %s: name those that call the profiles", name,
                   text);
        if (seen != SEEN)
            rc = FAILED;
        json_decref(answer);
    }
    return rc;
}

static int check_actions(struct mirror *mirror)
{
    const char *name;
    json_t *action;
    int rc = DONE;

    json_object_foreach(json_object_get(mirror->settings, "actions"), name, action)
    {
        if (find_by(mirror->budgets, "name", name) == NULL)
            rc = failed("actions.%s: the ledger has no budget of this name: `budget show` lists "
                        "them",
                        name);
        else if (check_action(mirror, name, action) != DONE)
            rc = FAILED;
    }
    return rc;
}

/* The keys that AWS budgets go by: members of an object. */
static json_t *used_keys(const struct mirror *mirror)
{
    json_t *keys = json_object();
    char reason[2 * CELL];
    const json_t *row, *tag;
    size_t i, k;

    json_array_foreach(mirror->budgets, i, row)
    {
        json_t *wanted = mirror_budget(mirror, row, reason);
        json_t *tags = mirror_tags(wanted);
        json_array_foreach(tags, k, tag)
        {
            json_object_set_new(keys, shown(tag, "Key"), json_true());
        }
        json_decref(tags);
        json_decref(wanted);
    }
    return keys;
}

/* Without active tags a budget stays at 0, and says nothing. One request, charged. */
static int check_tags(struct mirror *mirror)
{
    json_t *keys = used_keys(mirror), *names = json_array(), *answer = NULL, *value;
    const char *key;
    int rc = DONE;

    json_object_foreach(keys, key, value)
    {
        json_array_append_new(names, json_string(key));
    }
    if (json_array_size(names) > 0) {
        mirror->charged++;
        if (look(mirror, NULL, "ce", "ListCostAllocationTags",
                 json_pack("{sO ss}", "TagKeys", names, "Type", "UserDefined"), NULL,
                 &answer) != SEEN)
            rc = FAILED;
    }
    json_object_foreach(keys, key, value)
    {
        const json_t *tag = find_by(json_object_get(answer, "CostAllocationTags"), "TagKey", key);
        if (answer != NULL && strcmp(shown(tag, "Status"), "Active") != 0)
            step_say(
                step_add(mirror, "wait", "tag", key),
                "it is not active as a cost allocation tag: AWS's budgets and anomalies see "
                "nothing by it. `profiles activate`: AWS knows the key up to 24 hours after its "
                "first use, and counts from up to 24 hours after it is active on, not before");
    }
    json_decref(names);
    json_decref(answer);
    json_decref(keys);
    return rc;
}

int mirror_check(struct mirror *mirror)
{
    const json_t *topic;
    int rc = DONE;
    size_t i;

    json_array_foreach(json_object_get(mirror->settings, "topics"), i, topic)
    {
        if (check_topic(mirror, json_string_value(topic)) != DONE)
            rc = FAILED;
    }
    if (check_actions(mirror) != DONE)
        rc = FAILED;
    if (check_tags(mirror) != DONE)
        rc = FAILED;
    return rc;
}
