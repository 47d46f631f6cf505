/* The resources of a call of a model, each judged for itself.
 *
 * SPDX-License-Identifier: MIT
 */
#include "access.h"
#include "arn.h"
#include "emulator.h"
#include "system_profiles.h"

#include <string.h>

#define PROFILE_KEY "bedrock:InferenceProfileArn"

/* What is being called. */
struct called {
    json_t *detail; /* as GetInferenceProfile answers it; NULL: a model itself */
    json_t *tags;   /* of an application profile */
};

static int find_called(const struct emulator *emulator, const struct emu_invocation *invocation,
                       struct called *called)
{
    const struct emu_profile *profile =
        emu_profiles_find(&emulator->profiles, invocation->region, invocation->model_id);

    *called = (struct called){0};
    if (profile == NULL)
        return emu_system_profile_get(invocation->model_id, invocation->region, &called->detail);
    called->detail = json_incref(profile->detail);
    called->tags = profile->tags;
    return EMU_OK;
}

/* ---- contexts ---- */

/* Of the models behind a profile. */
static json_t *model_context(const struct called *called)
{
    json_t *arn = json_object_get(called->detail, "inferenceProfileArn");

    return arn != NULL ? json_pack("{s:O}", PROFILE_KEY, arn) : json_object();
}

int emu_access_add_tags(json_t *context, const char *prefix, json_t *tags)
{
    const char *key;
    json_t *value;

    json_object_foreach(tags, key, value)
    {
        emu_auto_text name = {0};

        emu_text_printf(&name, "%s%s", prefix, key);
        if (name.failed || json_object_set(context, name.data, value) < 0)
            return EMU_OUT_OF_MEMORY;
    }
    return EMU_OK;
}

/* Of the profile itself: with its tags. */
static json_t *profile_context(const struct called *called)
{
    json_t *context = model_context(called);

    if (emu_access_add_tags(context, "aws:ResourceTag/", called->tags) == EMU_OK)
        return context;
    json_decref(context);
    return NULL;
}

/* ---- judging ---- */

/* Takes over `context`. */
static int judge(const struct emulator *emulator, const struct emu_invocation *invocation,
                 const char *resource, json_t *context, struct emu_refusal *refusal)
{
    const struct emu_access access = {invocation->action, resource, context};
    int rc = context != NULL ? emu_iam_judge(emulator, invocation->principal, &access,
                                             invocation->now_us, &refusal->judgement)
                             : EMU_OUT_OF_MEMORY;

    json_decref(context);
    if (rc == EMU_OK && refusal->judgement.decision != EMU_ALLOWED)
        emu_text_puts(&refusal->resource, resource);
    return refusal->resource.failed ? EMU_OUT_OF_MEMORY : rc;
}

static int judge_model(const struct emulator *emulator, const struct emu_invocation *invocation,
                       struct emu_refusal *refusal)
{
    emu_auto_text arn = {0};

    if (strncmp(invocation->model_id, "arn:", 4) == 0)
        emu_text_puts(&arn, invocation->model_id);
    else
        emu_text_printf(&arn, "arn:%s:bedrock:%s::foundation-model/%s",
                        emu_partition_of(invocation->region), invocation->region,
                        invocation->model_id);
    return arn.failed ? EMU_OUT_OF_MEMORY
                      : judge(emulator, invocation, arn.data, json_object(), refusal);
}

static int judge_profile(const struct emulator *emulator, const struct emu_invocation *invocation,
                         const struct called *called, struct emu_refusal *refusal)
{
    const char *arn = json_string_value(json_object_get(called->detail, "inferenceProfileArn"));
    int rc = judge(emulator, invocation, arn, profile_context(called), refusal);
    const json_t *model;
    size_t i;

    json_array_foreach(json_object_get(called->detail, "models"), i, model)
    {
        if (rc == EMU_OK && refusal->judgement.decision == EMU_ALLOWED)
            rc = judge(emulator, invocation, json_string_value(json_object_get(model, "modelArn")),
                       model_context(called), refusal);
    }
    return rc;
}

int emu_access_check(const struct emulator *emulator, const struct emu_invocation *invocation,
                     struct emu_refusal *ret_refusal)
{
    struct called called;
    int rc = find_called(emulator, invocation, &called);

    *ret_refusal = (struct emu_refusal){0};
    if (rc == EMU_OK && called.detail != NULL)
        rc = judge_profile(emulator, invocation, &called, ret_refusal);
    else if (rc == EMU_OK)
        rc = judge_model(emulator, invocation, ret_refusal);
    json_decref(called.detail);
    return rc;
}

void emu_refusal_free(struct emu_refusal *refusal)
{
    emu_text_free(&refusal->resource);
}

void emu_refusal_describe(struct emu_text *message, const struct emu_invocation *invocation,
                          const struct emu_refusal *refusal)
{
    const char *policy = refusal->judgement.decider == EMU_BY_ORGANISATION
                             ? "service control policy"
                             : "identity-based policy";

    emu_text_printf(message, "User: %s is not authorized to perform: %s on resource: %s ",
                    invocation->principal, invocation->action, emu_text_string(&refusal->resource));
    if (refusal->judgement.decision == EMU_EXPLICIT_DENY)
        emu_text_printf(message, "with an explicit deny in %s %s", policy[0] == 'i' ? "an" : "a",
                        policy);
    else
        emu_text_printf(message, "because no %s allows the %s action", policy, invocation->action);
}
