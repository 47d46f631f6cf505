/* The inline policies of roles.
 *
 * SPDX-License-Identifier: MIT
 */
#include "iam_operations.h"
#include "iam_state.h"

#include <string.h>

/* The inline policy that RoleName and PolicyName name, and its role; NULL: the error is answered.
 */
static json_t *find_policy(struct emu_call *call, json_t **ret_role)
{
    const char *name = emu_call_string(call, "PolicyName");
    json_t *policy;

    *ret_role = emu_iam_role(call);
    if (*ret_role == NULL)
        return NULL;
    policy = json_object_get(json_object_get(*ret_role, "policies"), name);
    if (policy == NULL)
        emu_reply_error(call->reply, "NoSuchEntity",
                        "The role policy with name %s cannot be found.", name);
    return policy;
}

static const char *text_of(const json_t *policy)
{
    return json_string_value(json_object_get(policy, "text"));
}

/* Of all inline policies, with `policy` under its name. */
static size_t characters_with(const json_t *role, const char *policy_name, const json_t *policy)
{
    size_t n = emu_iam_characters(text_of(policy));
    const char *name;
    json_t *other;

    json_object_foreach(json_object_get(role, "policies"), name, other)
    {
        if (strcmp(name, policy_name) != 0)
            n += emu_iam_characters(text_of(other));
    }
    return n;
}

void emu_iam_put_role_policy(struct emu_call *call)
{
    const char *name = emu_call_string(call, "PolicyName");
    json_t *role = emu_iam_role(call);
    json_t *policy;

    if (role == NULL)
        return;
    policy = emu_iam_read_policy(call, "PolicyDocument", EMU_IDENTITY_POLICY);
    if (policy == NULL)
        return;
    if (characters_with(role, name, policy) > EMU_MAX_INLINE_CHARACTERS)
        emu_reply_error(call->reply, "LimitExceeded",
                        "Maximum policy size of %d bytes exceeded for role %s",
                        EMU_MAX_INLINE_CHARACTERS, emu_call_string(call, "RoleName"));
    else if (emu_iam_touch(call->emulator, role, call->request->now_us) < 0 ||
             json_object_set(json_object_get(role, "policies"), name, policy) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        emu_reply_json(call->reply, 200, json_object());
    json_decref(policy);
}

void emu_iam_get_role_policy(struct emu_call *call)
{
    json_t *role;
    const json_t *policy = find_policy(call, &role);

    if (policy != NULL)
        emu_reply_json(call->reply, 200,
                       json_pack("{s:s, s:s, s:o}", "RoleName", emu_call_string(call, "RoleName"),
                                 "PolicyName", emu_call_string(call, "PolicyName"),
                                 "PolicyDocument", emu_iam_encoded(text_of(policy))));
}

void emu_iam_list_role_policies(struct emu_call *call)
{
    json_t *role = emu_iam_role(call);
    struct emu_pages list;
    const char *name;
    json_t *policy;

    if (role == NULL)
        return;
    emu_pages_init(&list);
    json_object_foreach(json_object_get(role, "policies"), name, policy)
    {
        emu_pages_add(&list, name, json_string(name));
    }
    emu_iam_answer_page(call, "PolicyNames", &list);
}

void emu_iam_delete_role_policy(struct emu_call *call)
{
    json_t *role;

    if (find_policy(call, &role) == NULL)
        return;
    if (emu_iam_touch(call->emulator, role, call->request->now_us) < 0) {
        emu_reply_out_of_memory(call->reply);
        return;
    }
    json_object_del(json_object_get(role, "policies"), emu_call_string(call, "PolicyName"));
    emu_reply_json(call->reply, 200, json_object());
}
