/* IAM's state: making, finding and changing it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "iam_state.h"
#include "copy.h"
#include "dates.h"

#include <ctype.h>
#include <string.h>

#define UNRESERVED  ALPHANUMERIC "-._~"
#define ID_ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

int emu_iam_init(struct emu_iam *iam)
{
    *iam = (struct emu_iam){json_object(), json_object(), json_array()};
    if (iam->roles != NULL && iam->policies != NULL && iam->organisation != NULL)
        return EMU_OK;
    emu_iam_free(iam);
    return EMU_OUT_OF_MEMORY;
}

void emu_iam_free(struct emu_iam *iam)
{
    json_decref(iam->roles);
    json_decref(iam->policies);
    json_decref(iam->organisation);
    *iam = (struct emu_iam){0};
}

json_t *emu_iam_role(struct emu_call *call)
{
    const char *name = emu_call_string(call, "RoleName");
    json_t *role = json_object_get(call->emulator->iam.roles, name);

    if (role == NULL)
        emu_reply_error(call->reply, "NoSuchEntity", "The role with name %s cannot be found.",
                        name);
    return role;
}

json_t *emu_iam_policy(struct emu_call *call)
{
    const char *arn = emu_call_string(call, "PolicyArn");
    json_t *policy = json_object_get(call->emulator->iam.policies, arn);

    if (strncmp(arn, "arn:", 4) != 0)
        emu_reply_error(call->reply, "InvalidInput", "ARN %s is not valid.", arn);
    else if (policy == NULL)
        emu_reply_error(call->reply, "NoSuchEntity",
                        "Policy %s does not exist or is not attachable.", arn);
    return policy;
}

/* ---- policies of roles ---- */

int emu_iam_touch(const struct emulator *emulator, json_t *role, int64_t now_us)
{
    json_int_t changed_us = json_integer_value(json_object_get(role, "changedUs"));

    if (emu_has_settled(emulator, changed_us, now_us) &&
        json_object_set_new(role, "before",
                            json_pack("{s:o, s:o}", "policies",
                                      emu_copy(json_object_get(role, "policies")), "attached",
                                      emu_copy(json_object_get(role, "attached")))) < 0)
        return EMU_OUT_OF_MEMORY;
    return json_object_set_new(role, "changedUs", json_integer(now_us)) == 0 ? EMU_OK
                                                                             : EMU_OUT_OF_MEMORY;
}

json_int_t emu_iam_attachments(const struct emu_iam *iam, const char *policy_arn)
{
    json_int_t n = 0;
    const char *name;
    json_t *role;

    json_object_foreach(iam->roles, name, role)
    {
        n += json_object_get(json_object_get(role, "attached"), policy_arn) != NULL;
    }
    return n;
}

int emu_iam_attach(struct emulator *emulator, const char *role_name, const char *policy_arn,
                   int64_t now_us)
{
    json_t *role = json_object_get(emulator->iam.roles, role_name);
    json_t *policy = json_object_get(emulator->iam.policies, policy_arn);
    json_t *attached = json_object_get(role, "attached");

    if (role == NULL || policy == NULL)
        return EMU_INVALID;
    if (json_object_get(attached, policy_arn) != NULL)
        return EMU_OK;
    if (emu_iam_touch(emulator, role, now_us) < 0 ||
        json_object_set(attached, policy_arn,
                        json_object_get(json_object_get(policy, "detail"), "PolicyName")) < 0)
        return EMU_OUT_OF_MEMORY;
    return EMU_OK;
}

int emu_iam_detach(struct emulator *emulator, const char *role_name, const char *policy_arn,
                   int64_t now_us)
{
    json_t *role = json_object_get(emulator->iam.roles, role_name);
    json_t *attached = json_object_get(role, "attached");

    if (json_object_get(attached, policy_arn) == NULL)
        return EMU_INVALID;
    if (emu_iam_touch(emulator, role, now_us) < 0)
        return EMU_OUT_OF_MEMORY;
    json_object_del(attached, policy_arn);
    return EMU_OK;
}

/* ---- what is new ---- */

void emu_iam_new_id(struct emu_call *call, const char *prefix, char id[EMU_IAM_ID_LENGTH + 1])
{
    size_t len = strlen(prefix);

    memcpy(id, prefix, len);
    emu_random_string(&call->emulator->random, id + len, EMU_IAM_ID_LENGTH - len, ID_ALPHABET);
}

const char *emu_iam_path(const struct emu_call *call)
{
    const char *path = emu_call_string(call, "Path");

    return path != NULL ? path : "/";
}

int emu_iam_copy(json_t *to, const struct emu_call *call, const char *member)
{
    json_t *value = json_object_get(call->input, member);

    return value == NULL ? 0 : json_object_set(to, member, value);
}

/* ---- documents ---- */

json_t *emu_iam_read_policy(struct emu_call *call, const char *member, enum emu_policy_kind kind)
{
    const char *text = emu_call_string(call, member);
    emu_auto_text message = {0};
    json_t *document;
    json_t *policy;

    if (emu_policy_read(text, kind, &document, &message) < 0) {
        emu_reply_error(call->reply, "MalformedPolicyDocument", "%s", emu_text_string(&message));
        return NULL;
    }
    policy = json_pack("{s:s, s:o}", "text", text, "document", document);
    if (policy == NULL)
        emu_reply_out_of_memory(call->reply);
    return policy;
}

json_t *emu_iam_encoded(const char *text)
{
    emu_auto_text encoded = {0};

    for (; *text != '\0'; text++) {
        if (strchr(UNRESERVED, *text) != NULL)
            emu_text_add(&encoded, text, 1);
        else
            emu_text_printf(&encoded, "%%%02X", (unsigned)(unsigned char)*text);
    }
    return encoded.failed ? NULL : json_string(emu_text_string(&encoded));
}

size_t emu_iam_characters(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += !isspace((unsigned char)*text) && ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

json_t *emu_iam_time(int64_t now_us)
{
    char text[32];

    emu_format_time(text, now_us);
    return json_string(text);
}
