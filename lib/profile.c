/* SPDX-License-Identifier: MIT */
#include "profile.h"

#include <string.h>

static const struct {
    const char *variable, *in_home;
    enum brc__config_dialect dialect;
} shared_files[BRC__SHARED_FILES] = {
    [BRC__CREDENTIALS_FILE] = {"AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials",
                               BRC__CREDENTIALS_DIALECT},
    [BRC__CONFIG_FILE] = {"AWS_CONFIG_FILE", "/.aws/config", BRC__CONFIG_DIALECT},
};

const char *brc__environment_get(const struct brc__environment *environment, const char *name)
{
    const char *value = environment->get(name, environment->user_data);

    return value != NULL && *value != '\0' ? value : NULL;
}

int brc__shared_file_path(const struct brc__environment *environment, enum brc__shared_file which,
                          struct brc__buf *to)
{
    const char *home = brc__environment_get(environment, "HOME");
    const char *path = brc__environment_get(environment, shared_files[which].variable);

    bool in_home = path == NULL || (path[0] == '~' && (path[1] == '/' || path[1] == '\0'));
    if (in_home && home == NULL)
        return BRC_OK;
    if (in_home) {
        brc__buf_text(to, home);
        path = path == NULL ? shared_files[which].in_home : path + 1;
    }
    return brc__buf_text(to, path);
}

/* ---- the profile that counts */

static const char *name_of(const struct brc__environment *environment, const char **ret_named_by)
{
    static const char *const variables[] = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"};

    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *name = brc__environment_get(environment, variables[i]);
        *ret_named_by = variables[i];
        if (name != NULL)
            return name;
    }
    *ret_named_by = NULL;
    return "default";
}

/* ---- the files */

/* "/h/.aws/credentials (there is no such file) and /h/.aws/config" */
static char *describe(const struct brc__shared_text texts[BRC__SHARED_FILES])
{
    brc__auto_buf struct brc__buf to = BRC__BUF(BRC__CEILING_URL);

    for (int i = 0; i < BRC__SHARED_FILES; i++) {
        if (i > 0)
            brc__buf_text(&to, " and ");
        if (*texts[i].path == '\0')
            brc__buf_appendf(&to, "no %s file, since HOME is not set",
                             i == BRC__CONFIG_FILE ? "config" : "credentials");
        else
            brc__buf_text(&to, texts[i].path);
        if (*texts[i].path != '\0' && texts[i].problem != NULL)
            brc__buf_appendf(&to, " (%s)", texts[i].problem);
    }
    return to.status == BRC_E_NOMEM ? NULL : brc__buf_steal(&to);
}

static int read_file(struct brc__profiles *profiles, enum brc__shared_file which,
                     const struct brc__shared_text *text)
{
    struct brc__error error = {0};

    profiles->paths[which] = brc__strndup(text->path, strlen(text->path));
    if (profiles->paths[which] == NULL)
        return BRC_E_NOMEM;
    if (*text->path == '\0' || text->problem != NULL)
        return BRC_OK;
    int rc = brc__config_file_parse(shared_files[which].dialect, text->path, text->text,
                                    text->length, &profiles->files[which], &error);
    if (rc == BRC_OK || rc == BRC_E_NOMEM || profiles->fault != NULL)
        return rc == BRC_E_NOMEM ? rc : BRC_OK;
    profiles->fault = brc__strndup(error.text, strlen(error.text));
    return profiles->fault != NULL ? BRC_OK : BRC_E_NOMEM;
}

int brc__profiles_init(struct brc__profiles *ret_profiles,
                       const struct brc__environment *environment,
                       const struct brc__shared_text texts[BRC__SHARED_FILES])
{
    struct brc__profiles *profiles = ret_profiles;

    *profiles = (struct brc__profiles){.name = NULL};
    const char *name = name_of(environment, &profiles->named_by);
    profiles->name = brc__strndup(name, strlen(name));
    profiles->looked_at = describe(texts);
    if (profiles->name == NULL || profiles->looked_at == NULL)
        return BRC_E_NOMEM;
    for (int i = 0; i < BRC__SHARED_FILES; i++) {
        int rc = read_file(profiles, i, &texts[i]);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}

void brc__profiles_destroy(struct brc__profiles *profiles)
{
    for (int i = 0; i < BRC__SHARED_FILES; i++) {
        brc__config_file_free(profiles->files[i]);
        free(profiles->paths[i]);
    }
    free(profiles->looked_at);
    free(profiles->fault);
    free(profiles->name);
    *profiles = (struct brc__profiles){.name = NULL};
}

bool brc__profile_exists(const struct brc__profiles *profiles, const char *profile)
{
    for (int i = 0; i < BRC__SHARED_FILES; i++)
        if (brc__config_file_has(profiles->files[i], BRC__CONFIG_PROFILE, profile))
            return true;
    return false;
}

const char *brc__profile_get(const struct brc__profiles *profiles, const char *profile,
                             const char *key)
{
    const char *value = NULL;

    for (int i = 0; i < BRC__SHARED_FILES && value == NULL; i++)
        value = brc__config_file_get(profiles->files[i], BRC__CONFIG_PROFILE, profile, key, NULL);
    return value;
}
