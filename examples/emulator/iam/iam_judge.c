/* Who may do what: the organisation's policies first, then those of the role.
 *
 * SPDX-License-Identifier: MIT
 */
#include "iam_state.h"
#include "copy.h"

#include <string.h>

/* ---- principals ---- */

static bool is_role_of(json_t *role, const char *arn)
{
    json_t *its = json_object_get(json_object_get(role, "detail"), "Arn");

    return strcmp(json_string_value(its), arn) == 0;
}

/* The name in arn:PARTITION:sts::ACCOUNT:assumed-role/NAME/SESSION, or in the ARN of a role. */
static struct emu_slice role_name(const char *principal)
{
    static const char SESSION[] = ":assumed-role/";
    const char *session = strstr(principal, SESSION);
    const char *last = strrchr(principal, '/');
    struct emu_slice rest;

    if (session == NULL)
        return emu_slice_of(last != NULL ? last + 1 : "");
    rest = emu_slice_of(session + strlen(SESSION));
    return emu_slice_cut(&rest, '/');
}

/* The role that the principal is, or has assumed; or NULL. */
static json_t *find_role(const struct emu_iam *iam, const char *principal)
{
    struct emu_slice wanted = role_name(principal);
    bool is_session = strstr(principal, ":assumed-role/") != NULL;
    const char *name;
    json_t *role;

    json_object_foreach(iam->roles, name, role)
    {
        if (emu_slice_is(wanted, name) && (is_session || is_role_of(role, principal)))
            return role;
    }
    return NULL;
}

bool emu_iam_has_role(const struct emu_iam *iam, const char *arn)
{
    return strstr(arn, ":role/") != NULL && find_role(iam, arn) != NULL;
}

/* ---- policies ---- */

static enum emu_decision greater(enum emu_decision a, enum emu_decision b)
{
    return a > b ? a : b;
}

static enum emu_decision judge_organisation(const struct emu_iam *iam,
                                            const struct emu_access *access)
{
    enum emu_decision decision = EMU_ALLOWED; /* by the policy that is always attached */
    json_t *document;
    size_t i;

    json_array_foreach(iam->organisation, i, document)
    {
        decision = greater(decision, emu_policy_judge(document, access));
    }
    return decision;
}

static int add_sources(json_t *sources, const json_t *policies)
{
    const char *name;
    json_t *policy;

    json_object_foreach((json_t *)(uintptr_t)policies, name, policy)
    {
        if (json_array_append_new(sources, json_pack("{s:s, s:O}", "id", name, "document",
                                                     json_object_get(policy, "document"))) < 0)
            return EMU_OUT_OF_MEMORY;
    }
    return EMU_OK;
}

/* A policy that was deleted while its attachment was still in force is none any more. */
static int add_attached(json_t *sources, const struct emu_iam *iam, const json_t *attached)
{
    const char *arn;
    json_t *name;

    json_object_foreach((json_t *)(uintptr_t)attached, arn, name)
    {
        json_t *document = json_object_get(json_object_get(iam->policies, arn), "document");

        if (document != NULL && json_array_append_new(sources, json_pack("{s:O, s:O}", "id", name,
                                                                         "document", document)) < 0)
            return EMU_OUT_OF_MEMORY;
    }
    return EMU_OK;
}

json_t *emu_iam_in_force(const struct emulator *emulator, const char *principal, int64_t now_us)
{
    const json_t *role = find_role(&emulator->iam, principal);
    json_int_t changed_us = json_integer_value(json_object_get(role, "changedUs"));
    const json_t *in_force =
        emu_has_settled(emulator, changed_us, now_us) ? role : json_object_get(role, "before");
    json_t *sources = json_array();

    if (add_sources(sources, json_object_get(in_force, "policies")) == EMU_OK &&
        add_attached(sources, &emulator->iam, json_object_get(in_force, "attached")) == EMU_OK)
        return sources;
    json_decref(sources);
    return NULL;
}

enum emu_decision emu_iam_judge_sources(const json_t *sources, const struct emu_access *access)
{
    enum emu_decision decision = EMU_IMPLICIT_DENY;
    const json_t *source;
    size_t i;

    json_array_foreach(sources, i, source)
    {
        decision = greater(decision, emu_policy_judge(json_object_get(source, "document"), access));
    }
    return decision;
}

/* What is no role of ours is its own master. */
static int judge_identity(const struct emulator *emulator, const char *principal,
                          const struct emu_access *access, int64_t now_us,
                          enum emu_decision *ret_decision)
{
    json_t *sources;

    *ret_decision = EMU_ALLOWED;
    if (find_role(&emulator->iam, principal) == NULL)
        return EMU_OK;
    sources = emu_iam_in_force(emulator, principal, now_us);
    if (sources == NULL)
        return EMU_OUT_OF_MEMORY;
    *ret_decision = emu_iam_judge_sources(sources, access);
    json_decref(sources);
    return EMU_OK;
}

/* The context, and who it is; NULL if out of memory. */
static json_t *full_context(json_t *context, const json_t *role, const char *principal)
{
    json_t *full = context != NULL ? emu_copy(context) : json_object();
    const char *arn =
        role != NULL ? json_string_value(json_object_get(json_object_get(role, "detail"), "Arn"))
                     : principal;

    if (json_object_set_new(full, "aws:PrincipalArn", json_string(arn)) == 0)
        return full;
    json_decref(full);
    return NULL;
}

int emu_iam_judge(const struct emulator *emulator, const char *principal,
                  const struct emu_access *access, int64_t now_us,
                  struct emu_judgement *ret_judgement)
{
    const json_t *role = find_role(&emulator->iam, principal);
    struct emu_access full = {access->action, access->resource,
                              full_context(access->context, role, principal)};
    int rc = full.context != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;

    *ret_judgement = (struct emu_judgement){EMU_EXPLICIT_DENY, EMU_BY_ORGANISATION};
    if (rc == EMU_OK)
        ret_judgement->decision = judge_organisation(&emulator->iam, &full);
    if (rc == EMU_OK && ret_judgement->decision == EMU_ALLOWED) {
        ret_judgement->decider = EMU_BY_IDENTITY;
        rc = judge_identity(emulator, principal, &full, now_us, &ret_judgement->decision);
    }
    json_decref(full.context);
    return rc;
}
