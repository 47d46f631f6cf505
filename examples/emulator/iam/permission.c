/* An operation is an action on resources, with condition keys: who may do that on each of them may
 * have the operation.
 *
 * SPDX-License-Identifier: MIT
 */
#include "permission.h"
#include "access.h"
#include "actions.h"

#include <stdio.h>
#include <string.h>

#define MAX_ACTION 64 /* the longest is DeleteModelInvocationLoggingConfiguration */

/* What leave is taken for. */
struct leave {
    struct emu_call *call;
    const struct emu_asked *asked;
    const struct emu_action *action;
    char name[MAX_ACTION]; /* of the action */
};

/* False: it is refused, and the error is answered. */
static bool is_allowed(const struct leave *leave, const struct emu_invocation *invocation,
                       const struct emu_refusal *refusal)
{
    const char *denied = leave->asked->service->denied;
    struct emu_reply *reply = leave->call->reply;
    emu_auto_text message = {0};

    if (refusal->judgement.decision == EMU_ALLOWED)
        return true;
    emu_refusal_describe(&message, invocation, refusal);
    if (message.failed)
        emu_reply_out_of_memory(reply);
    else
        emu_reply_error(reply, denied != NULL ? denied : "AccessDeniedException", "%s",
                        message.data);
    return false;
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

/* ---- condition keys ---- */

/* The tags that the request brings, as an object: lists have a key and a value each, maps are what
 * they are. NULL if out of memory. */
static json_t *request_tags(const struct emu_call *call)
{
    static const struct {
        const char *member;
        const char *key;
        const char *value;
    } FORMS[] = {
        {"tags", "key", "value"}, {"Tags", "Key", "Value"}, {"ResourceTags", "Key", "Value"}};
    json_t *map = json_object_get(call->input, "tags");
    json_t *tags = json_object();
    int rc = json_is_object(map) ? json_object_update(tags, map) : 0;

    for (size_t f = 0; f < sizeof(FORMS) / sizeof(FORMS[0]); f++) {
        const json_t *tag;
        size_t i;

        json_array_foreach(json_object_get(call->input, FORMS[f].member), i, tag)
        {
            const char *key = json_string_value(json_object_get(tag, FORMS[f].key));

            if (rc == 0)
                rc = json_object_set(tags, key, json_object_get(tag, FORMS[f].value));
        }
    }
    if (rc == 0)
        return tags;
    json_decref(tags);
    return NULL;
}

/* The keys of the tags that are to go, a list, or NULL. */
static json_t *tags_to_go(const struct emu_call *call)
{
    static const char *const MEMBERS[] = {"tagKeys", "TagKeys", "ResourceTagKeys"};

    for (size_t i = 0; i < sizeof(MEMBERS) / sizeof(MEMBERS[0]); i++)
        if (json_is_array(json_object_get(call->input, MEMBERS[i])))
            return json_object_get(call->input, MEMBERS[i]);
    return NULL;
}

/* aws:TagKeys: of the tags that come, or of those that are to go; no key at all if there are none.
 */
static int add_tag_keys(json_t *context, const struct emu_call *call, json_t *tags)
{
    json_t *gone = tags_to_go(call);
    json_t *keys = gone != NULL ? json_copy(gone) : json_array();
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

/* ---- judging ---- */

static bool permit_model(const struct leave *leave)
{
    const struct emu_invocation invocation = invocation_of(leave->call, leave->name);
    struct emu_refusal refusal;
    bool permitted = false;

    if (emu_access_check(leave->call->emulator, &invocation, &refusal) < 0)
        emu_reply_out_of_memory(leave->call->reply);
    else
        permitted = is_allowed(leave, &invocation, &refusal);
    emu_refusal_free(&refusal);
    return permitted;
}

/* Takes over `context`; NULL: there was no memory for it. */
static bool permit_in(const struct leave *leave, const char *action, const char *resource,
                      json_t *context)
{
    const struct emu_call *call = leave->call;
    const struct emu_invocation invocation = invocation_of(call, action);
    const struct emu_access access = {action, resource, context};
    struct emu_refusal refusal = {0};
    bool permitted = false;

    emu_text_puts(&refusal.resource, resource);
    if (context == NULL || emu_iam_judge(call->emulator, call->key->arn, &access,
                                         call->request->now_us, &refusal.judgement) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        permitted = is_allowed(leave, &invocation, &refusal);
    emu_refusal_free(&refusal);
    json_decref(context);
    return permitted;
}

/* The action, and what else it is if the request brings tags. */
static bool permit_on(const struct leave *leave, const char *resource)
{
    const char *tagging = leave->action->tagging;
    json_t *tags = request_tags(leave->call);
    bool is_tagging = tagging != NULL && json_object_size(tags) > 0;

    json_decref(tags);
    return permit_in(leave, leave->name, resource, new_context(leave->call, resource)) &&
           (!is_tagging || permit_in(leave, tagging, resource, new_context(leave->call, resource)));
}

static bool permit_looked_up(const struct leave *leave)
{
    emu_auto_text resource = {0};

    if (leave->action->look_up(&resource, leave->call) == EMU_OK)
        return permit_on(leave, resource.data);
    emu_reply_out_of_memory(leave->call->reply);
    return false;
}

/* Each resource that the pattern stands for. */
static bool permit_pattern(const struct leave *leave, const char *pattern)
{
    bool more = true;

    for (size_t i = 0; more; i++) {
        emu_auto_text resource = {0};

        if (emu_resource_fill(&resource, pattern, leave->call, leave->asked->operation, i, &more) <
            0) {
            emu_reply_out_of_memory(leave->call->reply);
            return false;
        }
        if (!permit_on(leave, emu_text_string(&resource)))
            return false;
    }
    return true;
}

static bool permit_resources(const struct leave *leave)
{
    const struct emu_action *action = leave->action;
    const size_t n = sizeof(action->resources) / sizeof(action->resources[0]);

    if (action->calls_model)
        return permit_model(leave);
    if (action->look_up != NULL)
        return permit_looked_up(leave);
    for (size_t i = 0; i < n && action->resources[i] != NULL; i++)
        if (!permit_pattern(leave, action->resources[i]))
            return false;
    return true;
}

/* Who hands a role to a service takes leave for that, too. */
static bool permit_role(const struct leave *leave)
{
    const char *member = leave->action->role;
    const char *role = member != NULL ? emu_call_string(leave->call, member) : NULL;

    return role == NULL ||
           permit_in(leave, "iam:PassRole", role,
                     json_pack("{s:s}", "iam:PassedToService", leave->action->role_user));
}

bool emu_permit(struct emu_call *call, const struct emu_asked *asked)
{
    const struct emu_action *action = emu_action_of(asked->service, asked->operation);
    bool is_prefix = action->name[strlen(action->name) - 1] == ':';
    struct leave leave = {call, asked, action, ""};

    if (call->key == NULL)
        return true;
    snprintf(leave.name, sizeof(leave.name), "%s%s", action->name,
             is_prefix ? asked->operation->name : "");
    return permit_resources(&leave) && permit_role(&leave);
}
