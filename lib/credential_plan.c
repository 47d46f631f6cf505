/* Where AWS's own tools differ from one another, this is the chain of the command line tool. Not
 * so:
 *
 * - Keys in the environment serve even if a profile is named there that does not exist, or a file
 *   breaks the rules: they need neither.
 * - A profile named `default` need not exist.
 * - A duration that is no number of seconds, or that no role has, is an error; there it is ignored.
 * - Who has to be asked for the code of a device is an error: nobody is there.
 *
 * SPDX-License-Identifier: MIT */
#include "credential_plan.h"
#include "machine_plan.h"
#include "profile_plan.h"
#include "variable.h"

#include <string.h>

static const char *const names[BRC__SOURCES] = {
    [BRC__SOURCE_ENVIRONMENT] = "environment",
    [BRC__SOURCE_ASSUME_ROLE] = "assume-role",
    [BRC__SOURCE_WEB_IDENTITY] = "web-identity",
    [BRC__SOURCE_SSO] = "sso",
    [BRC__SOURCE_CREDENTIALS_FILE] = "shared-credentials-file",
    [BRC__SOURCE_LOGIN] = "login",
    [BRC__SOURCE_PROCESS] = "process",
    [BRC__SOURCE_CONFIG_FILE] = "config-file",
    [BRC__SOURCE_CONTAINER] = "container",
    [BRC__SOURCE_IMDS] = "imds",
};

const char *brc__source_name(enum brc__source source)
{
    return names[source];
}

/* ---- profiles that assume roles */

static const char *get(const struct brc__planner *planner, const char *profile, const char *key)
{
    return brc__profile_get(planner->profiles, profile, key);
}

/* A role for a web identity is another source's. */
static bool assumes_role(const struct brc__planner *planner, const char *profile)
{
    return get(planner, profile, "role_arn") != NULL &&
           get(planner, profile, "web_identity_token_file") == NULL;
}

static bool has_keys(const struct brc__planner *planner, const char *profile)
{
    return get(planner, profile, "aws_access_key_id") != NULL ||
           get(planner, profile, "aws_secret_access_key") != NULL;
}

/* What the profile says by itself, the environment left out. */
static void plan_profile(struct brc__planner *planner, enum brc__source source, const char *profile,
                         bool ask_environment, struct brc__plan *plan)
{
    switch (source) {
    case BRC__SOURCE_WEB_IDENTITY:
        brc__plan_web_identity(planner, profile, ask_environment, plan);
        return;
    case BRC__SOURCE_SSO:
        brc__plan_sso(planner, profile, plan);
        return;
    case BRC__SOURCE_CREDENTIALS_FILE:
        brc__plan_file_keys(planner, profile, BRC__CREDENTIALS_FILE, plan);
        return;
    case BRC__SOURCE_LOGIN:
        brc__plan_login(planner, profile, plan);
        return;
    case BRC__SOURCE_PROCESS:
        brc__plan_process(planner, profile, plan);
        return;
    default:
        brc__plan_file_keys(planner, profile, BRC__CONFIG_FILE, plan);
        return;
    }
}

/* The keys that a source_profile has, from the first source that it says anything of. */
static void plan_source_profile(struct brc__planner *planner, const char *profile,
                                struct brc__plan *plan)
{
    for (int source = BRC__SOURCE_WEB_IDENTITY; source <= BRC__SOURCE_CONFIG_FILE; source++) {
        plan_profile(planner, source, profile, false, plan);
        if (plan->state != BRC__PLAN_ABSENT)
            return;
    }
    brc__plan_broken(planner, plan,
                     "profile %s, a source_profile, has no credentials: no keys, no role, no "
                     "web_identity_token_file, no SSO, no credential_process",
                     profile);
}

static void plan_credential_source(struct brc__planner *planner, const char *profile,
                                   const char *named, struct brc__plan *plan)
{
    static const struct {
        const char *name;
        void (*make)(struct brc__planner *planner, struct brc__plan *plan);
    } known[] = {
        {"Environment", brc__plan_environment},
        {"Ec2InstanceMetadata", brc__plan_imds},
        {"EcsContainer", brc__plan_container},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(named, known[i].name) != 0)
            continue;
        known[i].make(planner, plan);
        if (plan->state != BRC__PLAN_READY && plan->reason != NULL)
            brc__plan_broken(planner, plan, "profile %s has credential_source = %s, but %s",
                             profile, known[i].name, plan->reason);
        return;
    }
    brc__plan_broken(planner, plan,
                     "credential_source of profile %s is none of Environment, Ec2InstanceMetadata, "
                     "EcsContainer",
                     profile);
}

/* The role goes to the front: what it is assumed with is found out after it. False after it has
 * said what is wrong. */
static bool add_role(struct brc__planner *planner, const char *profile, struct brc__plan *plan,
                     const struct brc__role **roles)
{
    struct brc__error error;
    int64_t duration_s;

    if (get(planner, profile, "mfa_serial") != NULL) {
        brc__plan_broken(planner, plan,
                         "profile %s has an mfa_serial: nobody is here to be asked for the code. "
                         "Sign in elsewhere and use the keys of that session, SSO, or a "
                         "credential_process",
                         profile);
        return false;
    }
    if (brc__variable_number("duration_seconds", get(planner, profile, "duration_seconds"), 900,
                             43200, 0, &duration_s, &error) < 0) {
        brc__plan_broken(planner, plan, "profile %s: %s", profile, error.text);
        return false;
    }
    struct brc__role *role = brc__plan_alloc(planner, sizeof *role);
    if (role == NULL)
        return false;
    role->next = *roles;
    role->profile = brc__plan_keep(planner, profile);
    role->role_arn = brc__plan_keep(planner, get(planner, profile, "role_arn"));
    role->session_name = brc__plan_keep(planner, get(planner, profile, "role_session_name"));
    role->external_id = brc__plan_keep(planner, get(planner, profile, "external_id"));
    role->region = brc__plan_region(planner, profile);
    role->duration_s = duration_s;
    *roles = role;
    return planner->status == BRC_OK;
}

static bool is_visited(const struct brc__role *roles, const char *profile)
{
    for (; roles != NULL; roles = roles->next)
        if (strcmp(roles->profile, profile) == 0)
            return true;
    return false;
}

/* Checks the source_profile of a profile. False after it has said what is wrong. */
static bool check_source(struct brc__planner *planner, const char *profile, const char *source,
                         const struct brc__role *roles, struct brc__plan *plan)
{
    if (!brc__profile_exists(planner->profiles, source)) {
        brc__plan_broken(planner, plan,
                         "the source_profile of profile %s, %s, does not exist in %s", profile,
                         source, planner->profiles->looked_at);
        return false;
    }
    /* A profile may be its own source if it has keys. */
    if (is_visited(roles, source) && (strcmp(source, profile) != 0 || !has_keys(planner, source))) {
        brc__plan_broken(planner, plan,
                         "the source_profile of profile %s, %s, leads in a circle: one of them "
                         "needs keys of its own",
                         profile, source);
        return false;
    }
    return true;
}

/* How the keys come about with which a profile's role is assumed. Returns the profile whose role is
 * to be assumed before; NULL when the end is reached, the plan made or broken. */
static const char *step(struct brc__planner *planner, const char *profile, struct brc__plan *plan,
                        const struct brc__role **roles)
{
    const char *source = get(planner, profile, "source_profile");
    const char *named = get(planner, profile, "credential_source");

    if (!add_role(planner, profile, plan, roles))
        return NULL;
    if (source != NULL && named != NULL) {
        brc__plan_broken(planner, plan,
                         "profile %s has both source_profile and credential_source: remove one",
                         profile);
        return NULL;
    }
    if (named != NULL) {
        plan_credential_source(planner, profile, named, plan);
        return NULL;
    }
    if (source == NULL) {
        brc__plan_broken(planner, plan,
                         "profile %s has a role_arn, but nothing to assume it with: add "
                         "source_profile or credential_source",
                         profile);
        return NULL;
    }
    if (!check_source(planner, profile, source, *roles, plan))
        return NULL;
    if (assumes_role(planner, source) && !has_keys(planner, source))
        return source;
    plan_source_profile(planner, source, plan);
    return NULL;
}

static void plan_assume_role(struct brc__planner *planner, struct brc__plan *plan)
{
    const struct brc__role *roles = NULL;
    const char *profile = planner->profiles->name;
    int n = 0;

    if (!assumes_role(planner, profile)) {
        if (get(planner, profile, "role_arn") != NULL)
            brc__plan_absent(planner, plan, "the role_arn of profile %s is for its web identity",
                             profile);
        else
            brc__plan_absent(planner, plan, "profile %s has no role_arn", profile);
        return;
    }
    while (profile != NULL && n++ < BRC__ROLES_MAX)
        profile = step(planner, profile, plan, &roles);
    if (profile != NULL)
        brc__plan_broken(planner, plan, "the source_profiles of profile %s are more than %d",
                         planner->profiles->name, BRC__ROLES_MAX);
    if (plan->state == BRC__PLAN_READY)
        plan->roles = roles;
}

/* ---- the chain */

/* The profile that counts cannot be looked up: no source that asks it can say anything. False if it
 * can. */
static bool say_no_profile(struct brc__planner *planner, struct brc__plan *plan)
{
    const struct brc__profiles *profiles = planner->profiles;

    if (profiles->fault != NULL) {
        brc__plan_broken(planner, plan, "%s", profiles->fault);
        return true;
    }
    if (brc__profile_exists(profiles, profiles->name))
        return false;
    if (profiles->named_by == NULL || strcmp(profiles->name, "default") == 0)
        return false;
    brc__plan_broken(planner, plan, "there is no profile %s, which %s names, in %s", profiles->name,
                     profiles->named_by, profiles->looked_at);
    return true;
}

static bool environment_has_web_identity(const struct brc__planner *planner)
{
    return brc__environment_get(planner->environment, "AWS_WEB_IDENTITY_TOKEN_FILE") != NULL &&
           brc__environment_get(planner->environment, "AWS_ROLE_ARN") != NULL;
}

static void make(struct brc__planner *planner, enum brc__source source, struct brc__plan *plan)
{
    const struct brc__profiles *profiles = planner->profiles;

    plan->source = source;
    if (source == BRC__SOURCE_ENVIRONMENT)
        brc__plan_environment(planner, plan);
    else if (source == BRC__SOURCE_CONTAINER)
        brc__plan_container(planner, plan);
    else if (source == BRC__SOURCE_IMDS)
        brc__plan_imds(planner, plan);
    else if (source == BRC__SOURCE_WEB_IDENTITY && environment_has_web_identity(planner))
        brc__plan_web_identity(planner, profiles->name, true, plan);
    else if (say_no_profile(planner, plan))
        return;
    else if (source == BRC__SOURCE_ASSUME_ROLE)
        plan_assume_role(planner, plan);
    else
        plan_profile(planner, source, profiles->name, true, plan);
}

/* The source that the n characters at `name` name; BRC__SOURCES if none is. */
static enum brc__source source_named(const char *name, size_t n)
{
    int source = 0;

    while (source < BRC__SOURCES &&
           (strlen(names[source]) != n || memcmp(names[source], name, n) != 0))
        source++;
    return source;
}

/* Returns how many, 0 if the list is not known. */
static size_t read_list(const char *list, enum brc__source ret_sources[BRC__SOURCES])
{
    unsigned seen = 0;

    for (size_t count = 0;; list++) {
        size_t n = strcspn(list, ",");
        enum brc__source source = source_named(list, n);
        if (source == BRC__SOURCES || (seen & 1U << source) != 0)
            return 0;
        seen |= 1U << source;
        ret_sources[count++] = source;
        list += n;
        if (*list == '\0')
            return count;
    }
}

int brc__plans_new(const struct brc__environment *environment, const struct brc__profiles *profiles,
                   const char *sources, struct brc__plans **ret_plans)
{
    struct brc__planner planner = {.environment = environment, .profiles = profiles};
    enum brc__source list[BRC__SOURCES];
    size_t count = BRC__SOURCES;

    *ret_plans = NULL;
    for (int i = 0; i < BRC__SOURCES; i++)
        list[i] = i;
    if (sources != NULL)
        count = read_list(sources, list);
    if (count == 0)
        return BRC_E_INVALID;
    brc__auto_plans struct brc__plans *plans = calloc(1, sizeof *plans);
    if (plans == NULL)
        return BRC_E_NOMEM;
    planner.plans = plans;
    for (; plans->count < count && planner.status == BRC_OK; plans->count++)
        make(&planner, list[plans->count], &plans->at[plans->count]);
    if (planner.status < 0)
        return planner.status;
    *ret_plans = brc__steal(plans);
    return BRC_OK;
}
