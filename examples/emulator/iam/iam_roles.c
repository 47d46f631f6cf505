/* Create, get, list and delete roles.
 *
 * SPDX-License-Identifier: MIT
 */
#include "iam_operations.h"
#include "iam_state.h"
#include "copy.h"

#include <strings.h>

#define DEFAULT_SESSION_SECONDS 3600

/* Names that differ in case only are one name. */
static bool is_taken(const struct emu_iam *iam, const char *role_name)
{
    const char *name;
    json_t *role;

    json_object_foreach(iam->roles, name, role)
    {
        if (strcasecmp(name, role_name) == 0)
            return true;
    }
    return false;
}

/* ---- create ---- */

/* As GetRole answers it; NULL if out of memory. */
static json_t *new_detail(struct emu_call *call, const char *trust)
{
    const char *name = emu_call_string(call, "RoleName");
    char id[EMU_IAM_ID_LENGTH + 1];
    json_t *detail;

    emu_iam_new_id(call, "AROA", id);
    detail =
        json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:i}", "Path", emu_iam_path(call), "RoleName",
                  name, "RoleId", id, "Arn",
                  json_sprintf("arn:aws:iam::" EMU_ACCOUNT ":role%s%s", emu_iam_path(call), name),
                  "CreateDate", emu_iam_time(call->request->now_us), "AssumeRolePolicyDocument",
                  emu_iam_encoded(trust), "MaxSessionDuration", DEFAULT_SESSION_SECONDS);
    if (detail != NULL && emu_iam_copy(detail, call, "Description") == 0 &&
        emu_iam_copy(detail, call, "MaxSessionDuration") == 0 &&
        emu_iam_copy(detail, call, "Tags") == 0)
        return detail;
    json_decref(detail);
    return NULL;
}

static void create(struct emu_call *call)
{
    const char *name = emu_call_string(call, "RoleName");
    json_t *role = json_pack("{s:o, s:{}, s:{}, s:I, s:{s:{}, s:{}}}", "detail",
                             new_detail(call, emu_call_string(call, "AssumeRolePolicyDocument")),
                             "policies", "attached", "changedUs", (json_int_t)call->request->now_us,
                             "before", "policies", "attached");

    if (role == NULL || json_object_set_new(call->emulator->iam.roles, name, role) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        emu_reply_json(call->reply, 200,
                       json_pack("{s:O}", "Role", json_object_get(role, "detail")));
}

void emu_iam_create_role(struct emu_call *call)
{
    const char *name = emu_call_string(call, "RoleName");
    json_t *trust = emu_iam_read_policy(call, "AssumeRolePolicyDocument", EMU_TRUST_POLICY);

    if (trust == NULL)
        return;
    if (is_taken(&call->emulator->iam, name))
        emu_reply_error(call->reply, "EntityAlreadyExists", "Role with name %s already exists.",
                        name);
    else if (emu_call_string(call, "PermissionsBoundary") != NULL)
        emu_reply_error(call->reply, "InvalidInput",
                        "The emulator judges no permissions boundaries: leave it out.");
    else if (json_object_size(call->emulator->iam.roles) >= EMU_MAX_ROLES)
        emu_reply_error(call->reply, "LimitExceeded", "Cannot exceed quota for RolesPerAccount: %d",
                        EMU_MAX_ROLES);
    else
        create(call);
    json_decref(trust);
}

/* ---- get, list, delete ---- */

void emu_iam_get_role(struct emu_call *call)
{
    json_t *role = emu_iam_role(call);
    json_t *detail;

    if (role == NULL)
        return;
    detail = emu_copy(json_object_get(role, "detail"));
    if (json_object_set_new(detail, "RoleLastUsed", json_object()) < 0) {
        json_decref(detail);
        detail = NULL;
    }
    emu_reply_json(call->reply, 200, detail != NULL ? json_pack("{s:o}", "Role", detail) : NULL);
}

/* Lists leave out what GetRole alone tells. */
static json_t *summary(json_t *role)
{
    json_t *copy = emu_copy(json_object_get(role, "detail"));

    json_object_del(copy, "Tags");
    return copy;
}

void emu_iam_list_roles(struct emu_call *call)
{
    struct emu_pages list;
    const char *name;
    json_t *role;

    emu_pages_init(&list);
    json_object_foreach(call->emulator->iam.roles, name, role)
    {
        json_t *path = json_object_get(json_object_get(role, "detail"), "Path");

        if (emu_iam_has_prefix(call, json_string_value(path)))
            emu_pages_add(&list, name, summary(role));
    }
    emu_iam_answer_page(call, "Roles", &list);
}

void emu_iam_delete_role(struct emu_call *call)
{
    json_t *role = emu_iam_role(call);

    if (role == NULL)
        return;
    if (json_object_size(json_object_get(role, "attached")) > 0) {
        emu_reply_error(call->reply, "DeleteConflict",
                        "Cannot delete entity, must detach all policies first.");
    } else if (json_object_size(json_object_get(role, "policies")) > 0) {
        emu_reply_error(call->reply, "DeleteConflict",
                        "Cannot delete entity, must delete policies first.");
    } else {
        json_object_del(call->emulator->iam.roles, emu_call_string(call, "RoleName"));
        emu_reply_json(call->reply, 200, json_object());
    }
}
