/* Who may call which profiles; nothing else, and no model past them. SPDX-License-Identifier: MIT
 */
#include "iam.h"

json_t *policy_to_call(const json_t *profiles, size_t first, size_t count)
{
    json_t *arns = json_array(), *models = json_array(), *model;
    size_t m;

    for (size_t i = first; i < first + count; i++) {
        const json_t *profile = json_array_get(profiles, i);
        const char *system = text_of(profile, "system");
        iam_append(arns, text_of(profile, "arn"));
        json_array_foreach(json_object_get(profile, "models"), m, model)
            iam_append(models, shown(model, "modelArn"));
        if (system != NULL)
            iam_append(models, system);
    }
    /* The key of the condition is there only when a call goes through a profile. */
    return json_pack("{ss s[{ss ss s[ss] sO} {ss ss s[ss] so s{s{sO}}} {ss ss s[ss] so}]}",
                     "Version", "2012-10-17", "Statement",
                     /* */
                     "Sid", "CallTheProfiles", "Effect", "Allow", "Action", "bedrock:InvokeModel",
                     "bedrock:InvokeModelWithResponseStream", "Resource", arns,
                     /* */
                     "Sid", "TheirModelsThroughThemOnly", "Effect", "Allow", "Action",
                     "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "Resource",
                     models, "Condition", "StringLike", "bedrock:InferenceProfileArn", arns,
                     /* */
                     "Sid", "ReadTheProfiles", "Effect", "Allow", "Action",
                     "bedrock:GetInferenceProfile", "bedrock:ListTagsForResource", "Resource",
                     arns);
}

json_t *policy_to_stop(const json_t *profiles, size_t first, size_t count)
{
    json_t *arns = json_array();

    for (size_t i = first; i < first + count; i++)
        iam_append(arns, text_of(json_array_get(profiles, i), "arn"));
    return json_pack("{ss s[{ss ss ss so}]}", "Version", "2012-10-17", "Statement", "Sid",
                     "StopTheProfiles", "Effect", "Deny", "Action", "bedrock:InvokeModel*",
                     "Resource", arns);
}
