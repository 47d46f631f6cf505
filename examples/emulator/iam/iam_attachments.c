/* Managed policies of roles: attach, detach, list.
 *
 * SPDX-License-Identifier: MIT
 */
#include "iam_operations.h"
#include "iam_state.h"

#include <string.h>

void emu_iam_attach_role_policy(struct emu_call *call)
{
    const char *arn = emu_call_string(call, "PolicyArn");
    json_t *role = emu_iam_role(call);
    const json_t *attached = json_object_get(role, "attached");

    if (role == NULL || emu_iam_policy(call) == NULL)
        return;
    if (json_object_get(attached, arn) == NULL && json_object_size(attached) >= EMU_MAX_ATTACHED)
        emu_reply_error(call->reply, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: %d",
                        EMU_MAX_ATTACHED);
    else if (emu_iam_attach(call->emulator, emu_call_string(call, "RoleName"), arn,
                            call->request->now_us) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        emu_reply_json(call->reply, 200, json_object());
}

void emu_iam_detach_role_policy(struct emu_call *call)
{
    const char *arn = emu_call_string(call, "PolicyArn");

    if (emu_iam_role(call) == NULL)
        return;
    switch (emu_iam_detach(call->emulator, emu_call_string(call, "RoleName"), arn,
                           call->request->now_us)) {
    case EMU_OK:
        emu_reply_json(call->reply, 200, json_object());
        break;
    case EMU_INVALID:
        emu_reply_error(call->reply, "NoSuchEntity", "Policy %s was not found.", arn);
        break;
    default:
        emu_reply_out_of_memory(call->reply);
    }
}

static const char *path_of(const struct emu_iam *iam, const char *policy_arn)
{
    const json_t *detail = json_object_get(json_object_get(iam->policies, policy_arn), "detail");

    return json_string_value(json_object_get(detail, "Path"));
}

void emu_iam_list_attached_role_policies(struct emu_call *call)
{
    json_t *role = emu_iam_role(call);
    struct emu_pages list;
    const char *arn;
    json_t *name;

    if (role == NULL)
        return;
    emu_pages_init(&list);
    json_object_foreach(json_object_get(role, "attached"), arn, name)
    {
        if (emu_iam_has_prefix(call, path_of(&call->emulator->iam, arn)))
            emu_pages_add(&list, arn,
                          json_pack("{s:O, s:s}", "PolicyName", name, "PolicyArn", arn));
    }
    emu_iam_answer_page(call, "AttachedPolicies", &list);
}
