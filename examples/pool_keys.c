/* Keys that a program has from elsewhere. SPDX-License-Identifier: MIT */
#include "pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    KEY_MAX = 4096
};

/* A file of three lines: access key id, secret access key, session token; the last one may be
 * missing. */
struct keys {
    char id[KEY_MAX], secret[KEY_MAX], token[KEY_MAX];
};

static bool read_line(FILE *file, char line[KEY_MAX])
{
    if (fgets(line, KEY_MAX, file) == NULL)
        line[0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    return line[0] != '\0';
}

static bool read_keys(const char *path, struct keys *keys)
{
    FILE *file = fopen(path, "re");

    if (file == NULL)
        return false;
    bool there = read_line(file, keys->id) && read_line(file, keys->secret);
    read_line(file, keys->token);
    fclose(file);
    return there;
}

static const char *token_of(const struct keys *keys)
{
    return keys->token[0] != '\0' ? keys->token : NULL;
}

/* So that what was read lies nowhere when it is needed no more. */
static void forget(struct keys *keys)
{
    explicit_bzero(keys, sizeof *keys);
}

static int set(brc_credentials *credentials, const char *path, int64_t ends_at)
{
    struct keys keys;
    int rc = BRC_E_CREDENTIALS;

    if (read_keys(path, &keys))
        rc = brc_credentials_set(credentials, keys.id, keys.secret, token_of(&keys), ends_at);
    forget(&keys);
    if (rc < 0)
        failed("%s: no keys: an access key id, a secret key, a token, a line each", path);
    return rc;
}

int keys_replace(const struct options *options, brc_credentials *credentials)
{
    return set(credentials, options->keys,
               options->fresh_s > 0 ? (int64_t)time(NULL) + options->fresh_s : 0);
}

/* The credentials callback: whenever there are none, or those there are end soon. */
static int fetch(brc_credentials *credentials, void *user_data)
{
    return keys_replace(user_data, credentials);
}

static int make(struct options *options, brc_credentials **ret_credentials)
{
    const char *token = getenv("AWS_BEARER_TOKEN_BEDROCK");
    struct keys keys;

    if (options->bearer)
        return brc_credentials_new_bearer(token, ret_credentials);
    if (options->keys == NULL)
        return brc_credentials_new_chain(NULL, ret_credentials);
    if (options->fresh_s > 0)
        return brc_credentials_new_callback(fetch, options, NULL, ret_credentials);
    int rc = read_keys(options->keys, &keys)
                 ? brc_credentials_new(keys.id, keys.secret, token_of(&keys), ret_credentials)
                 : BRC_E_CREDENTIALS;
    forget(&keys);
    return rc;
}

int keys_open(struct options *options, brc_credentials **ret_credentials)
{
    int rc = make(options, ret_credentials);

    return rc < 0 ? failed("no keys: %s", brc_strerror(rc)) : DONE;
}
