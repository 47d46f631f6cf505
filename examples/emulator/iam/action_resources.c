/* The resources of a call: by a pattern, or looked up where a call has a name only.
 *
 * SPDX-License-Identifier: MIT
 */
#include "actions.h"
#include "arn.h"
#include "system_profiles.h"

#include <stdio.h>
#include <string.h>

/* ---- patterns ---- */

/* A pattern being filled in. */
struct filling {
    const struct emu_call *call;
    const struct emu_operation *operation;
    size_t index;
    bool more;
};

/* The member of a path, "Budget.BudgetName", or NULL. */
static const json_t *member_at(const json_t *input, struct emu_slice path)
{
    while (path.len > 0) {
        struct emu_slice part = emu_slice_cut(&path, '.');
        char name[32];

        snprintf(name, sizeof(name), "%.*s", (int)part.len, part.s);
        input = json_object_get(input, name);
    }
    return input;
}

/* What a name in braces stands for; NULL: the call has none. */
static const char *value_of(struct filling *filling, struct emu_slice name)
{
    const json_t *member = member_at(filling->call->input, name);

    if (emu_slice_is(name, "region"))
        return filling->call->region;
    if (emu_slice_is(name, "partition"))
        return emu_partition_of(filling->call->region);
    if (emu_slice_is(name, "operation"))
        return filling->operation->name;
    if (!json_is_array(member))
        return json_string_value(member);
    filling->more = filling->index + 1 < json_array_size(member);
    return json_string_value(json_array_get(member, filling->index));
}

/* False: the call has not all that the alternative names. */
static bool fill_alternative(struct emu_text *resource, struct emu_slice rest,
                             struct filling *filling)
{
    while (rest.len > 0) {
        struct emu_slice fixed = emu_slice_cut(&rest, '{');
        struct emu_slice name = emu_slice_cut(&rest, '}');
        const char *value = name.len > 0 ? value_of(filling, name) : "";

        if (value == NULL)
            return false;
        emu_text_add(resource, fixed.s, fixed.len);
        emu_text_puts(resource, value);
    }
    return true;
}

int emu_resource_fill(struct emu_text *resource, const char *pattern, const struct emu_call *call,
                      const struct emu_operation *operation, size_t index, bool *ret_more)
{
    struct filling filling = {.call = call, .operation = operation, .index = index};
    struct emu_slice rest = emu_slice_of(pattern);

    while (!fill_alternative(resource, emu_slice_cut(&rest, '|'), &filling) && rest.len > 0)
        emu_text_truncate(resource, 0);
    *ret_more = filling.more;
    return resource->failed ? EMU_OUT_OF_MEMORY : EMU_OK;
}

/* ---- Bedrock ---- */

int emu_resource_of_bedrock(struct emu_text *resource, const struct emu_call *call)
{
    const char *model = emu_call_string(call, "modelIdentifier");
    const char *profile_id = emu_call_string(call, "inferenceProfileIdentifier");
    const char *arn = emu_call_string(call, "resourceARN");
    const char *id = model != NULL ? model : profile_id != NULL ? profile_id : arn;
    const struct emu_profile *profile =
        emu_profiles_find(&call->emulator->profiles, call->region, id);
    const char *partition = emu_partition_of(call->region);

    if (profile != NULL)
        emu_text_puts(resource, emu_profile_arn(profile));
    else if (strncmp(id, "arn:", strlen("arn:")) == 0)
        emu_text_puts(resource, id);
    else if (emu_system_profile_is_in(id, call->region))
        emu_text_printf(resource, "arn:%s:bedrock:%s:" EMU_ACCOUNT ":inference-profile/%s",
                        partition, call->region, id);
    else if (emu_is_model_id(emu_slice_of(id)))
        emu_text_printf(resource, "arn:%s:bedrock:%s::foundation-model/%s", partition, call->region,
                        id);
    else
        emu_text_printf(resource,
                        "arn:%s:bedrock:%s:" EMU_ACCOUNT ":application-inference-profile/%s",
                        partition, call->region, id);
    return resource->failed ? EMU_OUT_OF_MEMORY : EMU_OK;
}

/* ---- IAM ---- */

/* A role's ARN has its path, which only its creation tells. */
static void add_role(struct emu_text *resource, const struct emu_call *call, const char *name,
                     const char *path)
{
    const json_t *role = json_object_get(call->emulator->iam.roles, name);
    const char *arn = json_string_value(json_object_get(json_object_get(role, "detail"), "Arn"));

    if (arn != NULL)
        emu_text_puts(resource, arn);
    else
        emu_text_printf(resource, "arn:aws:iam::" EMU_ACCOUNT ":role%s%s", path, name);
}

int emu_resource_of_iam(struct emu_text *resource, const struct emu_call *call)
{
    const char *role = emu_call_string(call, "RoleName");
    const char *source = emu_call_string(call, "PolicySourceArn");
    const char *policy = emu_call_string(call, "PolicyArn");
    const char *name = emu_call_string(call, "PolicyName");
    const char *path = emu_call_string(call, "Path");

    if (path == NULL)
        path = "/";
    if (role != NULL)
        add_role(resource, call, role, path);
    else if (source != NULL || policy != NULL)
        emu_text_puts(resource, source != NULL ? source : policy);
    else if (name != NULL)
        emu_text_printf(resource, "arn:aws:iam::" EMU_ACCOUNT ":policy%s%s", path, name);
    else
        emu_text_puts(resource, "*");
    return resource->failed ? EMU_OUT_OF_MEMORY : EMU_OK;
}
