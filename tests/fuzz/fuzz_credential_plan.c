/* Any bytes as environment and shared files: every source is told of, a plan that is ready has all
 * that it needs, a reason is one line, and plain http goes to few.
 *
 * The bytes are the environment as NAME=value lines, the config file and the credentials file, with
 * a NUL between them.
 * SPDX-License-Identifier: MIT */
#include <credential_plan.h>
#include <profile_settings.h>
#include <url.h>

#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    VARIABLES_MAX = 32,
};

static char *variables[VARIABLES_MAX];

static void must(bool truth)
{
    if (!truth)
        abort();
}

static const char *look_up(const char *name, void *user_data)
{
    size_t n = strlen(name);

    (void)user_data;
    for (int i = 0; i < VARIABLES_MAX && variables[i] != NULL; i++)
        if (strncmp(variables[i], name, n) == 0 && variables[i][n] == '=')
            return variables[i] + n + 1;
    return NULL;
}

/* Cuts the text up into its lines. */
static void take_variables(char *text)
{
    char *save = NULL, *line = strtok_r(text, "\n", &save);

    memset(variables, 0, sizeof variables);
    for (int i = 0; i < VARIABLES_MAX && line != NULL; i++) {
        variables[i] = line;
        line = strtok_r(NULL, "\n", &save);
    }
}

static void check_url(const char *text)
{
    struct brc__url url;

    must(text != NULL && brc__url_parse(text, strlen(text), &url) == 0);
    must(url.https || brc__url_is_loopback(&url) || strncmp(url.host, "169.254.1", 9) == 0 ||
         strncasecmp(url.host, "[fd00:ec2::2", 12) == 0);
}

static void check_base(const struct brc__base *base)
{
    switch (base->kind) {
    case BRC__BASE_KEYS:
        must(base->keys.access_key_id != NULL && base->keys.secret_access_key != NULL);
        return;
    case BRC__BASE_PROCESS:
        must(base->process.command != NULL);
        return;
    case BRC__BASE_WEB_IDENTITY:
        must(base->web_identity.token_file != NULL && base->web_identity.role_arn != NULL);
        return;
    case BRC__BASE_SSO:
        must(base->sso.start_url != NULL && base->sso.region != NULL &&
             base->sso.account_id != NULL && base->sso.role_name != NULL &&
             base->sso.cache_file != NULL);
        return;
    case BRC__BASE_CONTAINER:
        check_url(base->container.url);
        must(base->container.authorization == NULL ||
             strpbrk(base->container.authorization, "\r\n") == NULL);
        return;
    case BRC__BASE_IMDS:
        check_url(base->imds.endpoint);
        return;
    }
}

static void check_plan(const struct brc__plan *plan)
{
    int n = 0;

    if (plan->state != BRC__PLAN_READY) {
        must(plan->reason != NULL && *plan->reason != '\0' && plan->roles == NULL);
        for (const char *p = plan->reason; *p != '\0'; p++)
            must((unsigned char)*p >= ' ');
        return;
    }
    must(plan->reason == NULL);
    check_base(&plan->base);
    for (const struct brc__role *role = plan->roles; role != NULL; role = role->next, n++)
        must(role->role_arn != NULL && role->profile != NULL && role->duration_s >= 0);
    must((n > 0) == (plan->source == BRC__SOURCE_ASSUME_ROLE) && n <= BRC__ROLES_MAX);
}

static void check(char *text, const struct brc__shared_text files[BRC__SHARED_FILES])
{
    const struct brc__environment environment = {.get = look_up};
    brc__auto_plans struct brc__plans *plans = NULL;
    struct brc__profile_settings settings;
    struct brc__profiles profiles;
    struct brc__error error;

    take_variables(text);
    int rc = brc__profiles_init(&profiles, &environment, files);
    if (rc == 0) {
        brc__profile_settings_read(&environment, &profiles, &settings, &error);
        rc = brc__plans_new(&environment, &profiles, NULL, &plans);
    }
    brc__profiles_destroy(&profiles);
    must(rc == 0 && plans->count == BRC__SOURCES);
    for (int i = 0; i < BRC__SOURCES; i++) {
        must(plans->at[i].source == (enum brc__source)i);
        check_plan(&plans->at[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    brc__auto_free char *text = brc__strndup((const char *)data, size);
    struct brc__shared_text files[] = {{"/credentials", "", 0, NULL}, {"/config", "", 0, NULL}};

    if (text == NULL || size > 20000)
        return 0;
    char *end = text + size, *config = text + strlen(text) + 1;
    if (config <= end) {
        files[BRC__CONFIG_FILE].text = config;
        files[BRC__CONFIG_FILE].length = strlen(config);
        char *credentials = config + strlen(config) + 1;
        if (credentials <= end) {
            files[BRC__CREDENTIALS_FILE].text = credentials;
            files[BRC__CREDENTIALS_FILE].length = (size_t)(end - credentials);
        }
    }
    check(text, files);
    return 0;
}
