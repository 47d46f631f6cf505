/* SPDX-License-Identifier: MIT */
#include "profile_plan.h"
#include "crypto.h"

#include <string.h>

static const char *get(const struct brc__planner *planner, const char *profile, const char *key)
{
    return brc__profile_get(planner->profiles, profile, key);
}

/* The profile is not there, or lacks what this source begins with. */
static void say_absent(struct brc__planner *planner, const char *profile, struct brc__plan *plan,
                       const char *what)
{
    if (brc__profile_exists(planner->profiles, profile))
        brc__plan_absent(planner, plan, "profile %s has no %s", profile, what);
    else
        brc__plan_absent(planner, plan, "there is no profile %s in %s", profile,
                         planner->profiles->looked_at);
}

/* ---- web identity */

/* Each of the three is looked up by itself, as AWS's command line tool does it. */
static const char *identity_setting(const struct brc__planner *planner, const char *profile,
                                    bool ask_environment, const char *name, const char *key)
{
    const char *value = ask_environment ? brc__environment_get(planner->environment, name) : NULL;

    return value != NULL ? value : get(planner, profile, key);
}

void brc__plan_web_identity(struct brc__planner *planner, const char *profile, bool ask_environment,
                            struct brc__plan *plan)
{
    const char *file = identity_setting(planner, profile, ask_environment,
                                        "AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
    const char *role =
        identity_setting(planner, profile, ask_environment, "AWS_ROLE_ARN", "role_arn");
    const char *session = identity_setting(planner, profile, ask_environment,
                                           "AWS_ROLE_SESSION_NAME", "role_session_name");

    if (file == NULL && ask_environment) {
        brc__plan_absent(planner, plan,
                         "AWS_WEB_IDENTITY_TOKEN_FILE is not set, and profile %s has no "
                         "web_identity_token_file",
                         profile);
        return;
    }
    if (file == NULL) {
        say_absent(planner, profile, plan, "web_identity_token_file");
        return;
    }
    if (role == NULL) {
        brc__plan_broken(planner, plan,
                         "there is a token file of a web identity, but no role for it: set %s",
                         ask_environment ? "AWS_ROLE_ARN, or role_arn in the profile"
                                         : "role_arn in the profile");
        return;
    }
    const char *from =
        ask_environment &&
                brc__environment_get(planner->environment, "AWS_WEB_IDENTITY_TOKEN_FILE") != NULL
            ? NULL
            : profile;
    struct brc__base *base = brc__plan_ready(planner, plan, BRC__BASE_WEB_IDENTITY, from);
    base->web_identity.token_file = brc__plan_keep(planner, file);
    base->web_identity.role_arn = brc__plan_keep(planner, role);
    base->web_identity.session_name = brc__plan_keep(planner, session);
    base->web_identity.region = brc__plan_region(planner, profile);
}

/* ---- sso */

struct sso {
    const char *session, *start_url, *region, *account_id, *role_name;
};

/* A key of the sign-in, which stands in the session or, without one, in the profile. False if both
 * have it and differ. */
static bool take_sign_in(const struct brc__planner *planner, const char *profile,
                         const char *session, const char *key, const char **ret_value)
{
    const char *own = get(planner, profile, key);

    *ret_value = own;
    if (session == NULL)
        return true;
    *ret_value = brc__config_file_get(planner->profiles->files[BRC__CONFIG_FILE],
                                      BRC__CONFIG_SSO_SESSION, session, key, NULL);
    if (*ret_value == NULL)
        *ret_value = own;
    return own == NULL || strcmp(own, *ret_value) == 0;
}

/* ~/.aws/sso/cache/HASH.json: where signing in left its token. NULL if HOME is not set, or without
 * memory. */
static const char *cache_file(struct brc__planner *planner, const struct sso *sso)
{
    static const char folder[] = "/.aws/sso/cache/", end[] = ".json";
    const char *home = brc__environment_get(planner->environment, "HOME");
    const char *key = sso->session != NULL ? sso->session : sso->start_url;
    char hash[BRC__SHA1_HEX_SIZE];

    if (home == NULL)
        return NULL;
    if (brc__sha1_hex(key, strlen(key), hash) < 0) {
        planner->status = BRC_E_NOMEM;
        return NULL;
    }
    brc__auto_buf struct brc__buf path = BRC__BUF(BRC__CEILING_URL);
    brc__buf_text(&path, home);
    brc__buf_text(&path, folder);
    brc__buf_text(&path, hash);
    if (brc__buf_text(&path, end) == BRC_E_NOMEM)
        planner->status = BRC_E_NOMEM;
    return path.status == BRC_OK ? brc__plan_keep(planner, path.data) : NULL;
}

/* False after it has said what is wrong. */
static bool check_sso(struct brc__planner *planner, const char *profile, struct brc__plan *plan,
                      const struct sso *sso)
{
    const struct {
        const char *key, *value, *place;
    } needed[] = {
        {"sso_account_id", sso->account_id, "the profile"},
        {"sso_role_name", sso->role_name, "the profile"},
        {"sso_region", sso->region, "its sso-session"},
        {"sso_start_url", sso->start_url, "its sso-session"},
    };

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (needed[i].value != NULL)
            continue;
        brc__plan_broken(planner, plan,
                         "profile %s is set up for SSO, but %s is missing: it "
                         "belongs in %s",
                         profile, needed[i].key,
                         sso->session != NULL ? needed[i].place : "the profile");
        return false;
    }
    return true;
}

/* Gathers what profile and session say. False after it has said what is wrong. */
static bool take_sso(struct brc__planner *planner, const char *profile, struct brc__plan *plan,
                     struct sso *ret_sso)
{
    const struct brc__config_file *config = planner->profiles->files[BRC__CONFIG_FILE];
    const char *session = get(planner, profile, "sso_session");

    *ret_sso = (struct sso){.session = session,
                            .account_id = get(planner, profile, "sso_account_id"),
                            .role_name = get(planner, profile, "sso_role_name")};
    if (session != NULL && !brc__config_file_has(config, BRC__CONFIG_SSO_SESSION, session)) {
        brc__plan_broken(planner, plan,
                         "profile %s names the sso_session %s, but there is no [sso-session %s] "
                         "in the config file",
                         profile, session, session);
        return false;
    }
    const char *differs = NULL;
    if (!take_sign_in(planner, profile, session, "sso_region", &ret_sso->region))
        differs = "sso_region";
    if (!take_sign_in(planner, profile, session, "sso_start_url", &ret_sso->start_url))
        differs = "sso_start_url";
    if (differs != NULL) {
        brc__plan_broken(planner, plan,
                         "%s of profile %s and of its sso-session %s differ: remove that of the "
                         "profile",
                         differs, profile, session);
        return false;
    }
    return check_sso(planner, profile, plan, ret_sso);
}

void brc__plan_sso(struct brc__planner *planner, const char *profile, struct brc__plan *plan)
{
    struct sso sso;

    /* A session alone is for other tokens than these. */
    if (get(planner, profile, "sso_account_id") == NULL &&
        get(planner, profile, "sso_role_name") == NULL) {
        say_absent(planner, profile, plan, "sso_account_id and sso_role_name");
        return;
    }
    if (!take_sso(planner, profile, plan, &sso))
        return;
    const char *file = cache_file(planner, &sso);
    if (file == NULL) {
        brc__plan_broken(planner, plan,
                         "profile %s is set up for SSO, but HOME, where its sign-in would be, is "
                         "not set",
                         profile);
        return;
    }
    struct brc__base *base = brc__plan_ready(planner, plan, BRC__BASE_SSO, profile);
    base->sso.session = brc__plan_keep(planner, sso.session);
    base->sso.start_url = brc__plan_keep(planner, sso.start_url);
    base->sso.region = brc__plan_keep(planner, sso.region);
    base->sso.account_id = brc__plan_keep(planner, sso.account_id);
    base->sso.role_name = brc__plan_keep(planner, sso.role_name);
    base->sso.cache_file = file;
}

/* ---- keys in a file */

void brc__plan_file_keys(struct brc__planner *planner, const char *profile,
                         enum brc__shared_file which, struct brc__plan *plan)
{
    const struct brc__config_file *file = planner->profiles->files[which];
    const char *path = planner->profiles->paths[which];
#define OWN(key) brc__config_file_get(file, BRC__CONFIG_PROFILE, profile, key, NULL)
    const char *id = OWN("aws_access_key_id"), *secret = OWN("aws_secret_access_key");

    if (id == NULL && !brc__config_file_has(file, BRC__CONFIG_PROFILE, profile)) {
        brc__plan_absent(planner, plan, "there is no profile %s in %s", profile,
                         file != NULL ? path : planner->profiles->looked_at);
        return;
    }
    if (id == NULL) {
        brc__plan_absent(planner, plan, "profile %s has no aws_access_key_id in %s%s", profile,
                         path, secret != NULL ? ", though it has an aws_secret_access_key" : "");
        return;
    }
    if (secret == NULL) {
        brc__plan_broken(planner, plan,
                         "profile %s has an aws_access_key_id, but no aws_secret_access_key in %s",
                         profile, path);
        return;
    }
    const char *token = OWN("aws_security_token");
    if (token == NULL)
        token = OWN("aws_session_token");
    struct brc__base *base = brc__plan_ready(planner, plan, BRC__BASE_KEYS, profile);
    base->keys.access_key_id = brc__plan_keep(planner, id);
    base->keys.secret_access_key = brc__plan_keep(planner, secret);
    base->keys.session_token = brc__plan_keep(planner, token);
#undef OWN
}

/* ---- the rest */

void brc__plan_process(struct brc__planner *planner, const char *profile, struct brc__plan *plan)
{
    const char *command = get(planner, profile, "credential_process");

    if (command == NULL)
        say_absent(planner, profile, plan, "credential_process");
    else
        brc__plan_ready(planner, plan, BRC__BASE_PROCESS, profile)->process.command =
            brc__plan_keep(planner, command);
}

void brc__plan_login(struct brc__planner *planner, const char *profile, struct brc__plan *plan)
{
    if (get(planner, profile, "login_session") == NULL)
        say_absent(planner, profile, plan, "login_session");
    else
        brc__plan_broken(planner, plan,
                         "profile %s has a login_session, which is not served here: use a profile "
                         "whose credential_process is `aws configure export-credentials --profile "
                         "%s`",
                         profile, profile);
}
