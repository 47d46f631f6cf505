/* SPDX-License-Identifier: MIT */
#include "profile_settings.h"
#include "variable.h"

#include <string.h>

static const struct {
    const char *variable, *key;
} services[BRC__ENDPOINT_SERVICES] = {
    [BRC__ENDPOINT_BEDROCK_RUNTIME] = {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "bedrock_runtime"},
    [BRC__ENDPOINT_BEDROCK] = {"AWS_ENDPOINT_URL_BEDROCK", "bedrock"},
    [BRC__ENDPOINT_BEDROCK_AGENT] = {"AWS_ENDPOINT_URL_BEDROCK_AGENT", "bedrock_agent"},
    [BRC__ENDPOINT_STS] = {"AWS_ENDPOINT_URL_STS", "sts"},
    [BRC__ENDPOINT_SSO] = {"AWS_ENDPOINT_URL_SSO", "sso"},
    [BRC__ENDPOINT_SSO_OIDC] = {"AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc"},
    [BRC__ENDPOINT_COST_EXPLORER] = {"AWS_ENDPOINT_URL_COST_EXPLORER", "cost_explorer"},
    [BRC__ENDPOINT_BUDGETS] = {"AWS_ENDPOINT_URL_BUDGETS", "budgets"},
    [BRC__ENDPOINT_CLOUDWATCH] = {"AWS_ENDPOINT_URL_CLOUDWATCH", "cloudwatch"},
    [BRC__ENDPOINT_PRICING] = {"AWS_ENDPOINT_URL_PRICING", "pricing"},
    [BRC__ENDPOINT_DYNAMODB] = {"AWS_ENDPOINT_URL_DYNAMODB", "dynamodb"},
    [BRC__ENDPOINT_IAM] = {"AWS_ENDPOINT_URL_IAM", "iam"},
    [BRC__ENDPOINT_SNS] = {"AWS_ENDPOINT_URL_SNS", "sns"},
};

enum brc__endpoint_service brc__endpoint_service(const char *suffix)
{
    static const char prefix[] = "AWS_ENDPOINT_URL_";
    int i = 0;

    while (i < BRC__ENDPOINT_SERVICES &&
           strcmp(services[i].variable + sizeof prefix - 1, suffix) != 0)
        i++;
    return (enum brc__endpoint_service)i;
}

struct reader {
    const struct brc__environment *environment;
    const struct brc__profiles *profiles;
    struct brc__error *error;
    int status; /* the first fault */
};

/* Takes a variable if it is set and nothing was found before. */
static void from_variable(const struct reader *r, const char *name, struct brc__setting *setting)
{
    const char *value = setting->value == NULL ? brc__environment_get(r->environment, name) : NULL;

    if (value != NULL)
        *setting = (struct brc__setting){value, BRC__FROM_VARIABLE, name};
}

static void from_profile(const struct reader *r, const char *key, struct brc__setting *setting)
{
    const char *value =
        setting->value == NULL ? brc__profile_get(r->profiles, r->profiles->name, key) : NULL;

    if (value != NULL)
        *setting = (struct brc__setting){value, BRC__FROM_PROFILE, key};
}

static void from_either(const struct reader *r, const char *name, const char *key,
                        struct brc__setting *setting)
{
    from_variable(r, name, setting);
    from_profile(r, key, setting);
}

/* Only the first fault is told. */
static bool flag(struct reader *r, const struct brc__setting *setting, bool otherwise)
{
    struct brc__error later;
    bool is_true;

    int rc = brc__variable_flag(setting->name, setting->value, otherwise, &is_true,
                                r->status < 0 ? &later : r->error);
    if (r->status == BRC_OK)
        r->status = rc;
    return is_true;
}

static int64_t attempts(struct reader *r, const struct brc__setting *setting)
{
    struct brc__error later;
    int64_t number;

    int rc =
        brc__variable_number(setting->name, setting->value, 1, BRC__ATTEMPTS_MAX,
                             BRC__ATTEMPTS_DEFAULT, &number, r->status < 0 ? &later : r->error);
    if (r->status == BRC_OK)
        r->status = rc;
    return number;
}

static enum brc__retry_mode mode(struct reader *r, const struct brc__setting *setting)
{
    static const char *const words[] = {[BRC__RETRY_STANDARD] = "standard",
                                        [BRC__RETRY_LEGACY] = "legacy",
                                        [BRC__RETRY_ADAPTIVE] = "adaptive",
                                        NULL};
    struct brc__error later;
    size_t place;

    int rc = brc__variable_word(setting->name, setting->value, words, &place,
                                r->status < 0 ? &later : r->error);
    if (r->status == BRC_OK)
        r->status = rc;
    return (enum brc__retry_mode)place;
}

/* ---- endpoints */

static void read_endpoint(const struct reader *r, int service, const char *section,
                          struct brc__setting *setting)
{
    from_variable(r, services[service].variable, setting);
    from_variable(r, "AWS_ENDPOINT_URL", setting);
    const char *value =
        section != NULL && setting->value == NULL
            ? brc__config_file_get(r->profiles->files[BRC__CONFIG_FILE], BRC__CONFIG_SERVICES,
                                   section, services[service].key, "endpoint_url")
            : NULL;
    if (value != NULL)
        *setting = (struct brc__setting){value, BRC__FROM_SERVICES, services[service].key};
    from_profile(r, "endpoint_url", setting);
}

static void read_endpoints(struct reader *r, struct brc__profile_settings *settings)
{
    const char *section = brc__profile_get(r->profiles, r->profiles->name, "services");
    char name[200];

    if (section != NULL && !brc__config_file_has(r->profiles->files[BRC__CONFIG_FILE],
                                                 BRC__CONFIG_SERVICES, section)) {
        brc__error_text(name, sizeof name, section, strlen(section));
        if (r->status == BRC_OK)
            r->status = brc__error_set(r->error, BRC_E_INVALID,
                                       "the profile names the services %s, but there is no "
                                       "[services %s] in the config file",
                                       name, name);
        section = NULL;
    }
    for (int i = 0; i < BRC__ENDPOINT_SERVICES; i++)
        read_endpoint(r, i, section, &settings->endpoints[i]);
}

int brc__profile_settings_read(const struct brc__environment *environment,
                               const struct brc__profiles *profiles,
                               struct brc__profile_settings *ret_settings, struct brc__error *error)
{
    struct reader r = {.environment = environment, .profiles = profiles, .error = error};
    struct brc__profile_settings *to = ret_settings;

    *to = (struct brc__profile_settings){.use_fips = false};
    from_variable(&r, "AWS_REGION", &to->region);
    from_either(&r, "AWS_DEFAULT_REGION", "region", &to->region);
    from_either(&r, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &to->fips);
    from_either(&r, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", &to->dualstack);
    from_either(&r, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls",
                &to->ignore_endpoints);
    from_either(&r, "AWS_DISABLE_CLOCK_SKEW_CORRECTION", "disable_clock_skew_correction",
                &to->no_clock_correction);
    from_either(&r, "AWS_CA_BUNDLE", "ca_bundle", &to->ca_bundle);
    from_either(&r, "AWS_RETRY_MODE", "retry_mode", &to->retry_mode);
    from_either(&r, "AWS_MAX_ATTEMPTS", "max_attempts", &to->max_attempts);
    from_variable(&r, "AWS_NEW_RETRIES_2026", &to->new_retries);
    from_either(&r, "AWS_AUTH_SCHEME_PREFERENCE", "auth_scheme_preference", &to->auth_schemes);
    from_variable(&r, "AWS_BEARER_TOKEN_BEDROCK", &to->bearer_token);
    to->mode = mode(&r, &to->retry_mode);
    to->attempts_max = attempts(&r, &to->max_attempts);
    to->retries_of_2026 = flag(&r, &to->new_retries, true);
    to->corrects_no_clock = flag(&r, &to->no_clock_correction, false);
    to->use_fips = flag(&r, &to->fips, false);
    to->use_dualstack = flag(&r, &to->dualstack, false);
    to->ignores_endpoints = flag(&r, &to->ignore_endpoints, false);
    if (!to->ignores_endpoints)
        read_endpoints(&r, to);
    return r.status;
}
