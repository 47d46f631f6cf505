/* What a program finds around it: the environment and the two shared files, read here and now.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__SURROUNDINGS_H
#define BRC__SURROUNDINGS_H

#include "endpoint.h"
#include "profile_settings.h"

/* Asks getenv(). */
extern const struct brc__environment brc__program_environment;

/* The profiles of both files; `open_to_others` becomes the path of one that others may read, if
 * there is one. Returns 0 or BRC_E_NOMEM; to be destroyed in either case. */
int brc__surroundings_profiles(struct brc__profiles *ret_profiles, char **ret_open_to_others);

/* Where the metadata service is that this machine may have; NULL if it is not to be asked. Owned.
 * Returns 0 or BRC_E_NOMEM. */
int brc__surroundings_imds(char **ret_endpoint);

enum {
    BRC__SETTING_NAME_SIZE = 96
};

/* What is set for calls, copied. */
struct brc__surroundings {
    char *region;                            /* NULL: nowhere */
    char *endpoints[BRC__ENDPOINT_SERVICES]; /* NULL: the services' own */
    /* Where they came from, for errors. */
    char region_name[BRC__SETTING_NAME_SIZE];
    char endpoint_names[BRC__ENDPOINT_SERVICES][BRC__SETTING_NAME_SIZE];
    char *ca_bundle; /* NULL: the system's */
    struct brc__endpoint_kind endpoint_kind;
    enum brc__retry_mode retry_mode; /* standard once the user was told that another is not there */
    char retry_mode_name[BRC__SETTING_NAME_SIZE];
    int64_t attempts_max;
    bool retries_of_2026, corrects_no_clock;
    char *open_to_others; /* a shared file that others may read; NULL: there is none */
};

/* Returns 0; BRC_E_NOMEM; or BRC_E_INVALID with the reason in error: what is wrong is left out. */
int brc__surroundings_read(struct brc__surroundings *ret_surroundings, struct brc__error *error);

void brc__surroundings_free(struct brc__surroundings *surroundings);

#endif
