/* SPDX-License-Identifier: MIT */
#include "surroundings.h"
#include "credential_plan.h"
#include "private_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *variable(const char *name, void *user_data)
{
    (void)user_data;
    return getenv(name);
}

const struct brc__environment brc__program_environment = {.get = variable};

/* ---- the shared files */

struct files {
    struct brc__buf paths[BRC__SHARED_FILES], texts[BRC__SHARED_FILES];
    struct brc__shared_text found[BRC__SHARED_FILES];
};

static void free_files(struct files *files)
{
    for (int i = 0; i < BRC__SHARED_FILES; i++) {
        brc__buf_free(&files->paths[i]);
        brc__buf_free(&files->texts[i]);
    }
}

static int read_file(struct files *files, enum brc__shared_file which, char **ret_open_to_others)
{
    struct brc__buf *path = &files->paths[which], *text = &files->texts[which];
    struct brc__shared_text *found = &files->found[which];
    bool open_to_others = false;

    *path = BRC__BUF(BRC__CEILING_URL);
    *text = BRC__SECRET_BUF(BRC__CONFIG_FILE_MAX);
    int rc = brc__shared_file_path(&brc__program_environment, which, path);
    if (rc < 0)
        return rc;
    found->path = path->data == NULL ? "" : path->data;
    found->problem = "HOME is not set";
    if (*found->path != '\0')
        rc = brc__private_file_read(found->path, text, &open_to_others, &found->problem);
    if (rc < 0)
        return rc;
    found->text = text->data == NULL ? "" : text->data;
    found->length = text->length;
    if (open_to_others && found->problem == NULL && *ret_open_to_others == NULL)
        *ret_open_to_others = brc__strndup(found->path, path->length);
    return BRC_OK;
}

int brc__surroundings_profiles(struct brc__profiles *ret_profiles, char **ret_open_to_others)
{
    brc__cleanup(free_files) struct files files = {0};
    int rc = BRC_OK;

    *ret_profiles = (struct brc__profiles){0};
    *ret_open_to_others = NULL;
    for (int i = 0; rc == 0 && i < BRC__SHARED_FILES; i++)
        rc = read_file(&files, (enum brc__shared_file)i, ret_open_to_others);
    return rc < 0 ? rc : brc__profiles_init(ret_profiles, &brc__program_environment, files.found);
}

int brc__surroundings_imds(char **ret_endpoint)
{
    brc__auto_free char *open_to_others = NULL;
    brc__auto_plans struct brc__plans *plans = NULL;
    struct brc__profiles profiles;

    *ret_endpoint = NULL;
    int rc = brc__surroundings_profiles(&profiles, &open_to_others);
    if (rc == 0)
        rc = brc__plans_new(&brc__program_environment, &profiles, "imds", &plans);
    brc__profiles_destroy(&profiles);
    if (rc < 0 || plans->at[0].state != BRC__PLAN_READY)
        return rc;
    const char *endpoint = plans->at[0].base.imds.endpoint;
    *ret_endpoint = brc__strndup(endpoint, strlen(endpoint));
    return *ret_endpoint == NULL ? BRC_E_NOMEM : BRC_OK;
}

/* ---- what is set for calls */

/* A copy, if there is a value. */
static int copy(char **to, const struct brc__setting *setting)
{
    if (setting->value == NULL)
        return BRC_OK;
    *to = brc__strndup(setting->value, strlen(setting->value));
    return *to == NULL ? BRC_E_NOMEM : BRC_OK;
}

static void name(char to[BRC__SETTING_NAME_SIZE], const struct brc__setting *setting)
{
    const char *owner = setting->origin == BRC__FROM_PROFILE    ? "the profile's "
                        : setting->origin == BRC__FROM_SERVICES ? "endpoint_url of the services' "
                                                                : "";

    snprintf(to, BRC__SETTING_NAME_SIZE, "%s%s", owner, setting->name == NULL ? "" : setting->name);
}

int brc__surroundings_read(struct brc__surroundings *ret_surroundings, struct brc__error *error)
{
    struct brc__profile_settings settings;
    struct brc__profiles profiles;
    int fault = BRC_OK;

    *ret_surroundings = (struct brc__surroundings){0};
    int rc = brc__surroundings_profiles(&profiles, &ret_surroundings->open_to_others);
    if (rc == 0) {
        fault = brc__profile_settings_read(&brc__program_environment, &profiles, &settings, error);
        rc = copy(&ret_surroundings->region, &settings.region);
        name(ret_surroundings->region_name, &settings.region);
        if (rc == 0)
            rc = copy(&ret_surroundings->ca_bundle, &settings.ca_bundle);
        for (int i = 0; rc == 0 && i < BRC__ENDPOINT_SERVICES; i++) {
            rc = copy(&ret_surroundings->endpoints[i], &settings.endpoints[i]);
            name(ret_surroundings->endpoint_names[i], &settings.endpoints[i]);
        }
        ret_surroundings->endpoint_kind =
            (struct brc__endpoint_kind){settings.use_fips, settings.use_dualstack};
        ret_surroundings->retry_mode = settings.mode;
        name(ret_surroundings->retry_mode_name, &settings.retry_mode);
        ret_surroundings->attempts_max = settings.attempts_max;
        ret_surroundings->retries_of_2026 = settings.retries_of_2026;
        ret_surroundings->corrects_no_clock = settings.corrects_no_clock;
    }
    brc__profiles_destroy(&profiles);
    return rc < 0 ? rc : fault;
}

void brc__surroundings_free(struct brc__surroundings *surroundings)
{
    free(surroundings->region);
    free(surroundings->ca_bundle);
    for (int i = 0; i < BRC__ENDPOINT_SERVICES; i++)
        free(surroundings->endpoints[i]);
    free(surroundings->open_to_others);
    *surroundings = (struct brc__surroundings){0};
}
