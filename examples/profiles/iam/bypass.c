/* `profiles iam deny`: nobody calls a model past an application profile. SPDX-License-Identifier:
 * MIT
 */
#include "iam.h"

/* Whom it does not bind, as a member of a condition. */
static void spare(json_t *condition, const struct iam *iam)
{
    if (iam->except != NULL)
        json_object_set_new(condition, "ArnNotLike",
                            json_pack("{sO}", "aws:PrincipalArn", iam->except));
}

/* A negated condition is true where its key is not there at all: with a model called by its id.
 * Calls of the profile itself are left alone: whether AWS has the key then is not documented. */
static json_t *no_raw_models(const struct profiles *profiles, const struct iam *iam)
{
    json_t *through = iam_text(profiles, "arn:*:bedrock:*:*:application-inference-profile/*");
    json_t *condition =
        json_pack("{s{so}}", "StringNotLike", "bedrock:InferenceProfileArn", through);

    spare(condition, iam);
    return json_pack("{ss ss ss s[oo] so}", "Sid", "NoModelPastAProfile", "Effect", "Deny",
                     "Action", "bedrock:InvokeModel*", "Resource",
                     iam_text(profiles, "arn:*:bedrock:*::foundation-model/*"),
                     iam_text(profiles, "arn:*:bedrock:*:*:inference-profile/*"), "Condition",
                     condition);
}

/* The other endpoint for models, with an action of its own, which knows no profiles. */
static json_t *no_other_endpoint(const struct iam *iam)
{
    json_t *statement =
        json_pack("{ss ss ss ss}", "Sid", "NoEndpointWithoutProfiles", "Effect", "Deny", "Action",
                  "bedrock-mantle:CreateInference", "Resource", "*");
    json_t *condition = json_object();

    spare(condition, iam);
    if (json_object_size(condition) > 0)
        json_object_set(statement, "Condition", condition);
    json_decref(condition);
    return statement;
}

int iam_deny(struct profiles *profiles, const struct iam *iam)
{
    json_t *policy = json_pack("{ss s[oo]}", "Version", "2012-10-17", "Statement",
                               no_raw_models(profiles, iam), no_other_endpoint(iam));

    return iam_print(
        profiles, iam, policy,
        "It stops whatever calls models by their ids or through system-defined profiles: the "
        "console's playgrounds, agents, knowledge bases, flows and batch jobs that are on no "
        "application profile yet, and the endpoint bedrock-mantle. As a service control policy it "
        "binds every account below it, but not the management account.");
}
