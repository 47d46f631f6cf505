/* SPDX-License-Identifier: MIT */
#include "planned.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- given */

static const char *look_up(const char *name, void *user_data)
{
    static char values[16][8192];
    static unsigned turn;
    size_t n = strlen(name);

    for (const char *line = user_data; line != NULL && *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (strncmp(line, name, n) == 0 && line[n] == '=') {
            char *value = values[turn++ % 16];
            snprintf(value, sizeof values[0], "%.*s", (int)(length - n - 1), line + n + 1);
            for (char *p = value; *p != '\0'; p++)
                if (*p == '|') /* a line feed within a value */
                    *p = '\n';
            return value;
        }
        line += length + (line[length] == '\n');
    }
    return NULL;
}

struct brc__environment environment_of(const char *variables)
{
    struct brc__environment environment = {.get = look_up};

    memcpy(&environment.user_data, &variables, sizeof variables); /* look_up() only reads */
    return environment;
}

static struct brc__shared_text shared(const char *path, const char *text)
{
    return (struct brc__shared_text){
        .path = path,
        .text = text,
        .length = text != NULL ? strlen(text) : 0,
        .problem = text != NULL ? NULL : "there is no such file",
    };
}

int profiles_of(const struct brc__environment *environment, const char *config,
                const char *credentials, struct brc__profiles *ret_profiles)
{
    const struct brc__shared_text texts[] = {
        [BRC__CONFIG_FILE] = shared("/aws/config", config),
        [BRC__CREDENTIALS_FILE] = shared("/aws/credentials", credentials),
    };

    return brc__profiles_init(ret_profiles, environment, texts);
}

/* ---- told */

struct line {
    char *to;
    size_t size, length;
};

__attribute__((format(printf, 2, 3))) static void put(struct line *line, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int n = vsnprintf(line->to + line->length, line->size - line->length, format, arguments);
    va_end(arguments);
    line->length += (size_t)n;
    if (line->length >= line->size)
        line->length = line->size - 1;
}

static void put_part(struct line *line, const char *name, const char *value)
{
    if (value != NULL)
        put(line, " %s=%s", name, value);
}

static void put_base(struct line *line, const struct brc__base *base)
{
    static const char *const kinds[] = {
        [BRC__BASE_KEYS] = "keys",
        [BRC__BASE_PROCESS] = "process",
        [BRC__BASE_WEB_IDENTITY] = "web-identity",
        [BRC__BASE_SSO] = "sso",
        [BRC__BASE_CONTAINER] = "container",
        [BRC__BASE_IMDS] = "imds",
    };
    const struct {
        const char *name, *value;
    } parts[] = {
        {"of", base->profile},
        {"id", base->keys.access_key_id},
        {"secret", base->keys.secret_access_key},
        {"token", base->keys.session_token},
        {"until", base->keys.expiration},
        {"command", base->process.command},
        {"file", base->web_identity.token_file},
        {"arn", base->web_identity.role_arn},
        {"name", base->web_identity.session_name},
        {"region", base->web_identity.region},
        {"session", base->sso.session},
        {"url", base->sso.start_url},
        {"region", base->sso.region},
        {"account", base->sso.account_id},
        {"role", base->sso.role_name},
        {"cache", base->sso.cache_file},
        {"url", base->container.url},
        {"authorization-file", base->container.authorization_file},
        {"authorization", base->container.authorization},
        {"endpoint", base->imds.endpoint},
    };

    put(line, "ready: %s", kinds[base->kind]);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        put_part(line, parts[i].name, parts[i].value);
}

void describe_plan(const struct brc__plan *plan, char *to, size_t size)
{
    struct line line = {.to = to, .size = size};

    if (plan->state != BRC__PLAN_READY) {
        put(&line, "%s: %s", plan->state == BRC__PLAN_ABSENT ? "absent" : "broken", plan->reason);
        return;
    }
    put_base(&line, &plan->base);
    for (const struct brc__role *role = plan->roles; role != NULL; role = role->next) {
        put(&line, " > %s of=%s", role->role_arn, role->profile);
        put_part(&line, "name", role->session_name);
        put_part(&line, "external", role->external_id);
        put_part(&line, "region", role->region);
        if (role->duration_s != 0)
            put(&line, " for=%lld", (long long)role->duration_s);
    }
}
