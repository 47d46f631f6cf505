/* Which action an operation of Bedrock is, on which resources, with which condition keys.
 *
 * SPDX-License-Identifier: MIT
 */
#include "access.h"
#include "arn.h"
#include "copy.h"
#include "operations.h"
#include "permission.h"
#include "system_profiles.h"

#include <stdint.h>
#include <string.h>

static bool refused(struct emu_call *call, const struct emu_invocation *invocation,
                    const struct emu_refusal *refusal)
{
    emu_auto_text message = {0};

    if (refusal->judgement.decision == EMU_ALLOWED)
        return false;
    emu_refusal_describe(&message, invocation, refusal);
    if (message.failed)
        emu_reply_out_of_memory(call->reply);
    else
        emu_reply_error(call->reply, "AccessDeniedException", "%s", message.data);
    return true;
}

static struct emu_invocation invocation_of(const struct emu_call *call, const char *action)
{
    return (struct emu_invocation){
        .principal = call->key->arn,
        .action = action,
        .region = call->region,
        .model_id = emu_call_string(call, "modelId"),
        .now_us = call->request->now_us,
    };
}

/* ---- calls of models ---- */

static bool permit_model(struct emu_call *call, const struct emu_operation *operation)
{
    const char *action = operation->answer == emu_converse          ? "bedrock:InvokeModel"
                         : operation->answer == emu_converse_stream ? "bedrock:InvokeModelWith"
                                                                      "ResponseStream"
                                                                    : "bedrock:CountTokens";
    const struct emu_invocation invocation = invocation_of(call, action);
    struct emu_refusal refusal;
    bool permitted = false;

    if (emu_access_check(call->emulator, &invocation, &refusal) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        permitted = !refused(call, &invocation, &refusal);
    emu_refusal_free(&refusal);
    return permitted;
}

/* ---- the control plane ---- */

/* Adds the ARN that an id or ARN of a profile or model stands for. */
static int add_resource(struct emu_text *out, const struct emu_call *call, const char *identifier)
{
    const struct emu_profile *profile =
        emu_profiles_find(&call->emulator->profiles, call->region, identifier);
    const char *partition = emu_partition_of(call->region);

    if (profile != NULL)
        emu_text_puts(out, emu_profile_arn(profile));
    else if (strncmp(identifier, "arn:", strlen("arn:")) == 0)
        emu_text_puts(out, identifier);
    else if (emu_system_profile_is_in(identifier, call->region))
        emu_text_printf(out, "arn:%s:bedrock:%s:" EMU_ACCOUNT ":inference-profile/%s", partition,
                        call->region, identifier);
    else if (emu_is_model_id(emu_slice_of(identifier)))
        emu_text_printf(out, "arn:%s:bedrock:%s::foundation-model/%s", partition, call->region,
                        identifier);
    else
        emu_text_printf(out, "arn:%s:bedrock:%s:" EMU_ACCOUNT ":application-inference-profile/%s",
                        partition, call->region, identifier);
    return out->failed ? EMU_OUT_OF_MEMORY : EMU_OK;
}

/* The tags that the request brings, as an object: lists have {key, value}, maps are what they are.
 * NULL if out of memory. */
static json_t *request_tags(const struct emu_call *call)
{
    json_t *told = json_object_get(call->input, "tags");
    json_t *tags = json_is_object(told) ? emu_copy(told) : json_object();
    const json_t *tag;
    size_t i;

    json_array_foreach(told, i, tag)
    {
        const char *key = json_string_value(json_object_get(tag, "key"));

        if (json_object_set(tags, key, json_object_get(tag, "value")) < 0) {
            json_decref(tags);
            return NULL;
        }
    }
    return tags;
}

/* aws:TagKeys: of the tags that come, or of those that are to go; no key at all if there are none.
 */
static int add_tag_keys(json_t *context, const struct emu_call *call, json_t *tags)
{
    json_t *gone = json_object_get(call->input, "tagKeys");
    json_t *keys = json_is_array(gone) ? json_copy(gone) : json_array();
    const char *key;
    json_t *value;
    int rc = keys != NULL ? 0 : -1;

    json_object_foreach(tags, key, value)
    {
        if (rc == 0)
            rc = json_array_append_new(keys, json_string(key));
    }
    if (rc == 0 && json_array_size(keys) > 0)
        rc = json_object_set(context, "aws:TagKeys", keys);
    json_decref(keys);
    return rc == 0 ? EMU_OK : EMU_OUT_OF_MEMORY;
}

/* aws:RequestTag/KEY and aws:TagKeys */
static int add_request_tags(json_t *context, const struct emu_call *call)
{
    json_t *tags = request_tags(call);
    int rc = tags != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;

    if (rc == EMU_OK)
        rc = emu_access_add_tags(context, "aws:RequestTag/", tags);
    if (rc == EMU_OK)
        rc = add_tag_keys(context, call, tags);
    json_decref(tags);
    return rc;
}

/* The tags that the resource has, an object, or NULL. */
static json_t *resource_tags(const struct emu_call *call, const char *resource)
{
    const struct emu_profile *profile =
        emu_profiles_find(&call->emulator->profiles, call->region, resource);

    return profile != NULL ? profile->tags : json_object_get(call->emulator->agents.tags, resource);
}

/* NULL if out of memory. */
static json_t *new_context(const struct emu_call *call, const char *resource)
{
    json_t *context = json_object();
    int rc = context != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;

    if (rc == EMU_OK)
        rc = emu_access_add_tags(context, "aws:ResourceTag/", resource_tags(call, resource));
    if (rc == EMU_OK)
        rc = add_request_tags(context, call);
    if (rc == EMU_OK)
        return context;
    json_decref(context);
    return NULL;
}

/* Takes over `context`. */
static bool permit_in(struct emu_call *call, const char *action, const char *resource,
                      json_t *context)
{
    const struct emu_invocation invocation = invocation_of(call, action);
    const struct emu_access access = {action, resource, context};
    struct emu_refusal refusal = {0};
    bool permitted = false;

    emu_text_puts(&refusal.resource, resource);
    if (context == NULL || emu_iam_judge(call->emulator, call->key->arn, &access,
                                         call->request->now_us, &refusal.judgement) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        permitted = !refused(call, &invocation, &refusal);
    emu_refusal_free(&refusal);
    json_decref(context);
    return permitted;
}

bool emu_permit_on(struct emu_call *call, const char *action, const char *resource)
{
    return permit_in(call, action, resource, new_context(call, resource));
}

bool emu_permit_passing(struct emu_call *call, const char *role, const char *service)
{
    return permit_in(call, "iam:PassRole", role,
                     json_pack("{s:s}", "iam:PassedToService", service));
}

/* A creation takes leave for what is created, and for what it is copied from. */
static bool permit_creation(struct emu_call *call, const char *action)
{
    const char *source =
        json_string_value(json_object_get(json_object_get(call->input, "modelSource"), "copyFrom"));
    emu_auto_text created = {0};

    if (add_resource(&created, call, "*") < 0) {
        emu_reply_out_of_memory(call->reply);
        return false;
    }
    return emu_permit_on(call, action, created.data) && emu_permit_on(call, action, source);
}

static bool permit_control(struct emu_call *call, const struct emu_operation *operation)
{
    const char *identifier =
        operation->resource != NULL ? emu_call_string(call, operation->resource) : NULL;
    char action[EMU_MAX_ACTION] = "bedrock:";
    emu_auto_text resource = {0};

    strncat(action, operation->name, sizeof(action) - strlen(action) - 1);
    if (operation->answer == emu_create_inference_profile)
        return permit_creation(call, action);
    if (identifier == NULL)
        return emu_permit_on(call, action, "*");
    if (add_resource(&resource, call, identifier) < 0) {
        emu_reply_out_of_memory(call->reply);
        return false;
    }
    return emu_permit_on(call, action, resource.data);
}

bool emu_permit(struct emu_call *call, const struct emu_asked *asked)
{
    if (call->key == NULL)
        return true;
    if (asked->service == &EMU_BEDROCK_RUNTIME)
        return permit_model(call, asked->operation);
    if (asked->service == &EMU_BEDROCK)
        return permit_control(call, asked->operation);
    if (asked->service == &EMU_BEDROCK_AGENT || asked->service == &EMU_BEDROCK_AGENT_RUNTIME)
        return emu_permit_agent(call, asked->operation);
    return asked->service != &EMU_IAM || emu_permit_iam(call, asked->operation);
}
