/* Managed policies: create, get, list and delete. They have one version.
 *
 * SPDX-License-Identifier: MIT
 */
#include "iam_operations.h"
#include "iam_state.h"
#include "copy.h"

#include <string.h>

#define ONLY_VERSION "v1"

/* ---- create ---- */

/* As GetPolicy answers it, but for its attachments, which are counted when it is asked for. */
static json_t *new_detail(struct emu_call *call, const char *arn)
{
    char id[EMU_IAM_ID_LENGTH + 1];
    json_t *detail;

    emu_iam_new_id(call, "ANPA", id);
    detail = json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:b, s:o, s:o}", "PolicyName",
                       emu_call_string(call, "PolicyName"), "PolicyId", id, "Arn", arn, "Path",
                       emu_iam_path(call), "DefaultVersionId", ONLY_VERSION, "AttachmentCount", 0,
                       "PermissionsBoundaryUsageCount", 0, "IsAttachable", 1, "CreateDate",
                       emu_iam_time(call->request->now_us), "UpdateDate",
                       emu_iam_time(call->request->now_us));
    if (detail != NULL && emu_iam_copy(detail, call, "Description") == 0 &&
        emu_iam_copy(detail, call, "Tags") == 0)
        return detail;
    json_decref(detail);
    return NULL;
}

/* Their paths do not tell policies of one name apart. */
static bool is_taken(const struct emu_iam *iam, const char *policy_name)
{
    const char *arn;
    json_t *policy;

    json_object_foreach(iam->policies, arn, policy)
    {
        if (strcmp(strrchr(arn, '/') + 1, policy_name) == 0)
            return true;
    }
    return false;
}

static void create(struct emu_call *call, const char *arn, json_t *policy)
{
    json_t *detail = new_detail(call, arn);

    if (json_object_set_new(policy, "detail", detail) < 0 ||
        json_object_set(call->emulator->iam.policies, arn, policy) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        emu_reply_json(call->reply, 200, json_pack("{s:O}", "Policy", detail));
}

void emu_iam_create_policy(struct emu_call *call)
{
    json_t *policy = emu_iam_read_policy(call, "PolicyDocument", EMU_IDENTITY_POLICY);
    const char *name = emu_call_string(call, "PolicyName");
    json_t *policies = call->emulator->iam.policies;
    emu_auto_text arn = {0};

    if (policy == NULL)
        return;
    emu_text_printf(&arn, "arn:aws:iam::" EMU_ACCOUNT ":policy%s%s", emu_iam_path(call), name);
    if (arn.failed)
        emu_reply_out_of_memory(call->reply);
    else if (is_taken(&call->emulator->iam, name))
        emu_reply_error(call->reply, "EntityAlreadyExists",
                        "A policy called %s already exists. Duplicate names are not allowed.",
                        name);
    else if (emu_iam_characters(emu_call_string(call, "PolicyDocument")) >
             EMU_MAX_MANAGED_CHARACTERS)
        emu_reply_error(call->reply, "LimitExceeded", "Cannot exceed quota for PolicySize: %d",
                        EMU_MAX_MANAGED_CHARACTERS);
    else if (json_object_size(policies) >= EMU_MAX_POLICIES)
        emu_reply_error(call->reply, "LimitExceeded",
                        "Cannot exceed quota for PoliciesPerAccount: %d", EMU_MAX_POLICIES);
    else
        create(call, arn.data, policy);
    json_decref(policy);
}

/* ---- get ---- */

/* NULL if out of memory. */
static json_t *detail_now(const struct emu_iam *iam, const char *arn, const json_t *policy)
{
    json_t *detail = emu_copy(json_object_get(policy, "detail"));

    if (json_object_set_new(detail, "AttachmentCount",
                            json_integer(emu_iam_attachments(iam, arn))) == 0)
        return detail;
    json_decref(detail);
    return NULL;
}

void emu_iam_get_policy(struct emu_call *call)
{
    const json_t *policy = emu_iam_policy(call);

    if (policy != NULL)
        emu_reply_json(call->reply, 200,
                       json_pack("{s:o}", "Policy",
                                 detail_now(&call->emulator->iam,
                                            emu_call_string(call, "PolicyArn"), policy)));
}

void emu_iam_get_policy_version(struct emu_call *call)
{
    const char *version = emu_call_string(call, "VersionId");
    const json_t *policy = emu_iam_policy(call);

    if (policy == NULL)
        return;
    if (strcmp(version, ONLY_VERSION) != 0) {
        emu_reply_error(call->reply, "NoSuchEntity",
                        "Policy %s version %s does not exist or is not attachable.",
                        emu_call_string(call, "PolicyArn"), version);
        return;
    }
    emu_reply_json(call->reply, 200,
                   json_pack("{s:{s:o, s:s, s:b, s:O}}", "PolicyVersion", "Document",
                             emu_iam_encoded(json_string_value(json_object_get(policy, "text"))),
                             "VersionId", version, "IsDefaultVersion", 1, "CreateDate",
                             json_object_get(json_object_get(policy, "detail"), "CreateDate")));
}

/* ---- list, delete ---- */

static bool is_wanted(const struct emu_call *call, const char *arn, const json_t *policy)
{
    const char *scope = emu_call_string(call, "Scope");
    const char *usage = emu_call_string(call, "PolicyUsageFilter");
    json_t *path = json_object_get(json_object_get(policy, "detail"), "Path");

    if (scope != NULL && strcmp(scope, "AWS") == 0) /* none of AWS's are here */
        return false;
    if (usage != NULL && strcmp(usage, "PermissionsBoundary") == 0)
        return false;
    if (json_is_true(json_object_get(call->input, "OnlyAttached")) &&
        emu_iam_attachments(&call->emulator->iam, arn) == 0)
        return false;
    return emu_iam_has_prefix(call, json_string_value(path));
}

/* Lists leave out what GetPolicy alone tells. */
static json_t *summary(const struct emu_iam *iam, const char *arn, const json_t *policy)
{
    json_t *detail = detail_now(iam, arn, policy);

    json_object_del(detail, "Description");
    json_object_del(detail, "Tags");
    return detail;
}

void emu_iam_list_policies(struct emu_call *call)
{
    const struct emu_iam *iam = &call->emulator->iam;
    struct emu_pages list;
    const char *arn;
    json_t *policy;

    emu_pages_init(&list);
    json_object_foreach(iam->policies, arn, policy)
    {
        if (is_wanted(call, arn, policy))
            emu_pages_add(&list, arn, summary(iam, arn, policy));
    }
    emu_iam_answer_page(call, "Policies", &list);
}

void emu_iam_delete_policy(struct emu_call *call)
{
    const char *arn = emu_call_string(call, "PolicyArn");

    if (emu_iam_policy(call) == NULL)
        return;
    if (emu_iam_attachments(&call->emulator->iam, arn) > 0) {
        emu_reply_error(call->reply, "DeleteConflict",
                        "Cannot delete a policy attached to entities.");
        return;
    }
    json_object_del(call->emulator->iam.policies, arn);
    emu_reply_json(call->reply, 200, json_object());
}
