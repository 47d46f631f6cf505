/* The model of an agent, and its role: may the one call the other?
 *
 * AWS looks when an agent is made or changed to use a profile; of a model without one it finds out
 * when the agent runs.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_state.h"
#include "access.h"
#include "system_profiles.h"

#include <string.h>

/* As GetInferenceProfile answers it; NULL: `model` is no profile of the Region. EMU_OUT_OF_MEMORY
 * or 0. */
static int find_profile(const struct emu_call *call, const char *model, json_t **ret_detail)
{
    const struct emu_profile *profile =
        emu_profiles_find(&call->emulator->profiles, call->region, model);

    if (profile == NULL)
        return emu_system_profile_get(model, call->region, ret_detail);
    *ret_detail = json_incref(profile->detail);
    return EMU_OK;
}

static void refuse(struct emu_call *call, const char *model)
{
    emu_reply_error(call->reply, "AccessDeniedException",
                    "Access denied while trying to create/update an agent using InferenceProfile "
                    "%s. Ensure Agent role has valid permissions to use the inference profile.",
                    model);
}

/* Has the role both permissions: to look at the profile, and to call it? */
static bool may_use_profile(struct emu_call *call, const char *role, const json_t *detail)
{
    const char *arn = json_string_value(json_object_get(detail, "inferenceProfileArn"));
    const struct emu_access look = {"bedrock:GetInferenceProfile", arn, NULL};
    const struct emu_invocation invocation = {role, "bedrock:InvokeModel", call->region, arn,
                                              call->request->now_us};
    struct emu_judgement judgement = {0};
    struct emu_refusal refusal = {0};
    bool allowed;

    if (emu_iam_judge(call->emulator, role, &look, call->request->now_us, &judgement) < 0 ||
        emu_access_check(call->emulator, &invocation, &refusal) < 0) {
        emu_refusal_free(&refusal);
        emu_reply_out_of_memory(call->reply);
        return false;
    }
    allowed = judgement.decision == EMU_ALLOWED && refusal.judgement.decision == EMU_ALLOWED;
    if (!allowed)
        refuse(call, arn);
    emu_refusal_free(&refusal);
    return allowed;
}

static bool exists(const struct emu_call *call, const char *model, const json_t *detail)
{
    return detail != NULL || emu_is_model_arn(model, call->region) ||
           (strncmp(model, "arn:", 4) != 0 && emu_is_model_id(emu_slice_of(model)));
}

bool emu_agent_may_use(struct emu_call *call, const char *role, const char *model)
{
    json_t *detail = NULL;
    bool allowed = false;

    if (find_profile(call, model, &detail) < 0)
        emu_reply_out_of_memory(call->reply);
    else if (!emu_iam_has_role(&call->emulator->iam, role))
        emu_reply_error(call->reply, "ValidationException",
                        "The role %s does not exist, or Amazon Bedrock cannot assume it.", role);
    else if (!exists(call, model, detail))
        emu_reply_error(call->reply, "ValidationException",
                        "The provided model identifier %s is invalid in %s.", model, call->region);
    else
        allowed = detail == NULL || may_use_profile(call, role, detail);
    json_decref(detail);
    return allowed;
}
