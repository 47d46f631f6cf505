/* Region, endpoints and the like: from which variable, key or section, and what is refused.
 * SPDX-License-Identifier: MIT */
#include "planned.h"
#include "run.h"

#include <profile_settings.h>

#include <stddef.h>
#include <stdio.h>

#define SERVICES   "[default]\nservices=s\n[services s]\nbedrock_runtime=\n  endpoint_url=http://s\n"
#define AT(member) offsetof(struct brc__profile_settings, member)
#define RUNTIME    AT(endpoints[BRC__ENDPOINT_BEDROCK_RUNTIME])
#define STS        AT(endpoints[BRC__ENDPOINT_STS])

static const struct row {
    const char *variables, *config, *credentials;
    size_t member;
    const char *told; /* "VALUE from NAME (where)" */
} rows[] = {
    {"", NULL, NULL, AT(region), "nowhere"},
    {"AWS_REGION=a\nAWS_DEFAULT_REGION=b\n", "[default]\nregion=c", NULL, AT(region),
     "a from AWS_REGION (variable)"},
    {"AWS_REGION=\nAWS_DEFAULT_REGION=b\n", "[default]\nregion=c", NULL, AT(region),
     "b from AWS_DEFAULT_REGION (variable)"},
    {"", "[default]\nregion=c", NULL, AT(region), "c from region (profile)"},
    {"", "[default]\nregion=c", "[default]\nregion=d", AT(region), "d from region (profile)"},
    {"AWS_PROFILE=x\n", "[default]\nregion=c\n[profile x]", NULL, AT(region), "nowhere"},
    {"AWS_PROFILE=none\nAWS_REGION=a\n", NULL, NULL, AT(region), "a from AWS_REGION (variable)"},
    {"AWS_CA_BUNDLE=/a\n", "[default]\nca_bundle=/b", NULL, AT(ca_bundle),
     "/a from AWS_CA_BUNDLE (variable)"},
    {"", "[default]\nca_bundle=/b", NULL, AT(ca_bundle), "/b from ca_bundle (profile)"},
    {"", "[default]\nmax_attempts=7", NULL, AT(max_attempts), "7 from max_attempts (profile)"},
    {"AWS_MAX_ATTEMPTS=8\n", "[default]\nmax_attempts=7", NULL, AT(max_attempts),
     "8 from AWS_MAX_ATTEMPTS (variable)"},
    {"", "[default]\nretry_mode=adaptive", NULL, AT(retry_mode),
     "adaptive from retry_mode (profile)"},
    {"AWS_RETRY_MODE=standard\n", "[default]\nretry_mode=adaptive", NULL, AT(retry_mode),
     "standard from AWS_RETRY_MODE (variable)"},
    {"AWS_NEW_RETRIES_2026=false\n", NULL, NULL, AT(new_retries),
     "false from AWS_NEW_RETRIES_2026 (variable)"},
    {"", "[default]\nauth_scheme_preference=x", NULL, AT(auth_schemes),
     "x from auth_scheme_preference (profile)"},
    {"AWS_BEARER_TOKEN_BEDROCK=t\n", NULL, NULL, AT(bearer_token),
     "t from AWS_BEARER_TOKEN_BEDROCK (variable)"},
    /* endpoints: the variables first, and the service's own before that of all */
    {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME=http://a\nAWS_ENDPOINT_URL=http://b\n", SERVICES, NULL,
     RUNTIME, "http://a from AWS_ENDPOINT_URL_BEDROCK_RUNTIME (variable)"},
    {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME=http://a\nAWS_ENDPOINT_URL=http://b\n", SERVICES, NULL, STS,
     "http://b from AWS_ENDPOINT_URL (variable)"},
    {"AWS_ENDPOINT_URL=http://b\n", SERVICES, NULL, RUNTIME,
     "http://b from AWS_ENDPOINT_URL (variable)"},
    {"", SERVICES, NULL, RUNTIME, "http://s from bedrock_runtime (services)"},
    {"", SERVICES, NULL, STS, "nowhere"},
    {"", SERVICES, "[default]\nendpoint_url=http://p", RUNTIME,
     "http://s from bedrock_runtime (services)"},
    {"", SERVICES, "[default]\nendpoint_url=http://p", STS, "http://p from endpoint_url (profile)"},
    {"", "[default]\nbedrock_runtime=\n  endpoint_url=http://s", NULL, RUNTIME, "nowhere"},
    {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true\nAWS_ENDPOINT_URL=http://b\n", SERVICES, NULL,
     RUNTIME, "nowhere"},
    {"AWS_ENDPOINT_URL=http://b\n", "[default]\nignore_configured_endpoint_urls=TRUE", NULL,
     RUNTIME, "nowhere"},
    {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false\n", SERVICES, NULL, RUNTIME,
     "http://s from bedrock_runtime (services)"},
};

START_TEST(where_from)
{
    static const char *const places[] = {"nowhere", "variable", "profile", "services"};
    struct brc__environment environment = environment_of(rows[_i].variables);
    struct brc__profile_settings settings;
    struct brc__error error = {0};
    struct brc__profiles profiles;
    char told[200] = "nowhere";

    ck_assert_int_eq(profiles_of(&environment, rows[_i].config, rows[_i].credentials, &profiles),
                     0);
    ck_assert_int_eq(brc__profile_settings_read(&environment, &profiles, &settings, &error), 0);
    const struct brc__setting *setting =
        (const struct brc__setting *)(const void *)((const char *)&settings + rows[_i].member);
    ck_assert((setting->value == NULL) == (setting->origin == BRC__FROM_NOWHERE));
    if (setting->value != NULL)
        snprintf(told, sizeof told, "%s from %s (%s)", setting->value, setting->name,
                 places[setting->origin]);
    ck_assert_str_eq(told, rows[_i].told);
    brc__profiles_destroy(&profiles);
}
END_TEST

static const struct {
    const char *variables, *config;
    bool fips, dualstack, ignores, no_clock;
    const char *error; /* NULL: none */
} flags[] = {
    {"", NULL, false, false, false, false, NULL},
    {"AWS_USE_FIPS_ENDPOINT=true\n", NULL, true, false, false, false, NULL},
    {"AWS_USE_DUALSTACK_ENDPOINT=True\n", NULL, false, true, false, false, NULL},
    {"", "[default]\nuse_fips_endpoint=true\nuse_dualstack_endpoint=true", true, true, false, false,
     NULL},
    {"AWS_USE_FIPS_ENDPOINT=false\n", "[default]\nuse_fips_endpoint=true", false, false, false,
     false, NULL},
    {"AWS_DISABLE_CLOCK_SKEW_CORRECTION=true\n", NULL, false, false, false, true, NULL},
    {"", "[default]\ndisable_clock_skew_correction=True", false, false, false, true, NULL},
    {"AWS_DISABLE_CLOCK_SKEW_CORRECTION=no\n", NULL, false, false, false, false,
     "AWS_DISABLE_CLOCK_SKEW_CORRECTION: must be true or false"},
    {"AWS_USE_FIPS_ENDPOINT=1\n", NULL, false, false, false, false,
     "AWS_USE_FIPS_ENDPOINT: must be true or false"},
    {"AWS_USE_FIPS_ENDPOINT=1\nAWS_USE_DUALSTACK_ENDPOINT=x\n", NULL, false, false, false, false,
     "AWS_USE_FIPS_ENDPOINT: must be true or false"},
    {"AWS_USE_FIPS_ENDPOINT=1\nAWS_USE_DUALSTACK_ENDPOINT=true\n", NULL, false, true, false, false,
     "AWS_USE_FIPS_ENDPOINT: must be true or false"},
    {"", "[default]\nuse_dualstack_endpoint=on", false, false, false, false,
     "use_dualstack_endpoint: must be true or false"},
    {"", "[default]\nservices=s", false, false, false, false,
     "the profile names the services s, but there is no [services s] in the config file"},
    {"AWS_USE_FIPS_ENDPOINT=true\nAWS_ENDPOINT_URL_STS=http://x\n", NULL, true, false, false, false,
     NULL},
};

START_TEST(flags_and_faults)
{
    struct brc__environment environment = environment_of(flags[_i].variables);
    struct brc__profile_settings settings;
    struct brc__error error = {0};
    struct brc__profiles profiles;

    ck_assert_int_eq(profiles_of(&environment, flags[_i].config, NULL, &profiles), 0);
    int rc = brc__profile_settings_read(&environment, &profiles, &settings, &error);
    ck_assert_int_eq(rc, flags[_i].error != NULL ? BRC_E_INVALID : BRC_OK);
    ck_assert_str_eq(error.text, flags[_i].error != NULL ? flags[_i].error : "");
    ck_assert(settings.use_fips == flags[_i].fips);
    ck_assert(settings.use_dualstack == flags[_i].dualstack);
    ck_assert(settings.ignores_endpoints == flags[_i].ignores);
    ck_assert(settings.corrects_no_clock == flags[_i].no_clock);
    brc__profiles_destroy(&profiles);
}
END_TEST

#define MAX       "AWS_MAX_ATTEMPTS"
#define NO_NUMBER ": must be a whole number from 1 to 100"
#define NEW       "AWS_NEW_RETRIES_2026"

static const struct {
    const char *variables, *config;
    int64_t attempts;
    bool of_2026;
    const char *error; /* NULL: none */
} retries[] = {
    {"", NULL, 3, true, NULL},
    {MAX "=\n" NEW "=\n", NULL, 3, true, NULL},
    {MAX "=1\n" NEW "=true\n", NULL, 1, true, NULL},
    {MAX "=100\n" NEW "=TRUE\n", NULL, 100, true, NULL},
    {MAX "=007\n" NEW "=False\n", NULL, 7, false, NULL},
    {"", "[default]\nmax_attempts=9", 9, true, NULL},
    {MAX "=5\n", "[default]\nmax_attempts=9", 5, true, NULL},
    {"", "[default]\nmax_attempts=many", 3, true, "max_attempts" NO_NUMBER},
    {MAX "=0\n", NULL, 3, true, MAX NO_NUMBER},
    {MAX "=101\n" NEW "=false\n", NULL, 3, false, MAX NO_NUMBER},
    {MAX "=-1\n", NULL, 3, true, MAX NO_NUMBER},
    {MAX "=+1\n", NULL, 3, true, MAX NO_NUMBER},
    {MAX "= 5\n", NULL, 3, true, MAX NO_NUMBER},
    {MAX "=5 \n", NULL, 3, true, MAX NO_NUMBER},
    {MAX "=5.0\n", NULL, 3, true, MAX NO_NUMBER},
    {MAX "=1e1\n", NULL, 3, true, MAX NO_NUMBER},
    {MAX "=0x5\n", NULL, 3, true, MAX NO_NUMBER},
    {MAX "=three\n", NULL, 3, true, MAX NO_NUMBER},
    {MAX "=18446744073709551617\n", NULL, 3, true, MAX NO_NUMBER},
    {MAX "=5\n" NEW "=1\n", NULL, 5, true, NEW ": must be true or false"},
    {MAX "=5\n" NEW "=yes\n", NULL, 5, true, NEW ": must be true or false"},
    {NEW "=true \n", NULL, 3, true, NEW ": must be true or false"},
    {NEW "=falsehood\n", NULL, 3, true, NEW ": must be true or false"},
};

START_TEST(how_to_retry)
{
    struct brc__environment environment = environment_of(retries[_i].variables);
    struct brc__profile_settings settings;
    struct brc__error error = {0};
    struct brc__profiles profiles;

    ck_assert_int_eq(profiles_of(&environment, retries[_i].config, NULL, &profiles), 0);
    int rc = brc__profile_settings_read(&environment, &profiles, &settings, &error);
    ck_assert_int_eq(rc, retries[_i].error != NULL ? BRC_E_INVALID : BRC_OK);
    ck_assert_str_eq(error.text, retries[_i].error != NULL ? retries[_i].error : "");
    ck_assert_int_eq(settings.attempts_max, retries[_i].attempts);
    ck_assert(settings.retries_of_2026 == retries[_i].of_2026);
    brc__profiles_destroy(&profiles);
}
END_TEST

#define MODE    "AWS_RETRY_MODE"
#define NO_MODE ": must be standard, legacy or adaptive"

static const struct {
    const char *variables, *config;
    enum brc__retry_mode mode;
    const char *error; /* NULL: none */
} modes[] = {
    {"", NULL, BRC__RETRY_STANDARD, NULL},
    {MODE "=\n", "[default]\nretry_mode=legacy", BRC__RETRY_LEGACY, NULL},
    {MODE "=standard\n", "[default]\nretry_mode=legacy", BRC__RETRY_STANDARD, NULL},
    {MODE "=legacy\n", NULL, BRC__RETRY_LEGACY, NULL},
    {MODE "=Adaptive\n", NULL, BRC__RETRY_ADAPTIVE, NULL},
    {"", "[default]\nretry_mode=adaptive", BRC__RETRY_ADAPTIVE, NULL},
    {"", "[default]\nretry_mode=fast", BRC__RETRY_STANDARD, "retry_mode" NO_MODE},
    {MODE "=standard \n", NULL, BRC__RETRY_STANDARD, MODE NO_MODE},
    {MODE "=adaptiv\n", NULL, BRC__RETRY_STANDARD, MODE NO_MODE},
    {MODE "=3\nAWS_MAX_ATTEMPTS=x\n", NULL, BRC__RETRY_STANDARD, MODE NO_MODE},
};

START_TEST(which_mode)
{
    struct brc__environment environment = environment_of(modes[_i].variables);
    struct brc__profile_settings settings;
    struct brc__error error = {0};
    struct brc__profiles profiles;

    ck_assert_int_eq(profiles_of(&environment, modes[_i].config, NULL, &profiles), 0);
    int rc = brc__profile_settings_read(&environment, &profiles, &settings, &error);
    ck_assert_int_eq(rc, modes[_i].error != NULL ? BRC_E_INVALID : BRC_OK);
    ck_assert_str_eq(error.text, modes[_i].error != NULL ? modes[_i].error : "");
    ck_assert_int_eq(settings.mode, modes[_i].mode);
    ck_assert_int_eq(settings.attempts_max, BRC__ATTEMPTS_DEFAULT);
    brc__profiles_destroy(&profiles);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("profile_settings");
    TCase *cases = tcase_create("profile_settings");

    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, where_from, 0, sizeof rows / sizeof rows[0]);
    tcase_add_loop_test(cases, flags_and_faults, 0, sizeof flags / sizeof flags[0]);
    tcase_add_loop_test(cases, which_mode, 0, sizeof modes / sizeof modes[0]);
    tcase_add_loop_test(cases, how_to_retry, 0, sizeof retries / sizeof retries[0]);
    return run(suite);
}
