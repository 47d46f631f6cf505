/* SPDX-License-Identifier: MIT */
#include "sso_cache.h"
#include "date.h"
#include "private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* ---- reading */

static bool is_text(struct brc__json value)
{
    return brc__json_starts(value, '"') && value.n > 2;
}

static bool read_date(struct brc__json value, int64_t *ret_seconds)
{
    *ret_seconds = 0;
    return is_text(value) && brc__iso_date(value.p + 1, value.n - 2, ret_seconds) == 0;
}

static bool read_members(struct brc__sso_cache *cache)
{
    enum {
        ACCESS_TOKEN,
        EXPIRES_AT,
        REFRESH_TOKEN,
        CLIENT_ID,
        CLIENT_SECRET,
        REGISTRATION_EXPIRES_AT,
        MEMBERS
    };
    static const char *const names[MEMBERS] = {"accessToken",  "expiresAt",
                                               "refreshToken", "clientId",
                                               "clientSecret", "registrationExpiresAt"};
    struct brc__json values[MEMBERS];

    brc__json_members(brc__json_of(cache->text.data, cache->text.length), names, values, MEMBERS);
    cache->access_token = values[ACCESS_TOKEN];
    cache->refresh_token = values[REFRESH_TOKEN];
    cache->client_id = values[CLIENT_ID];
    cache->client_secret = values[CLIENT_SECRET];
    cache->registered_until = INT64_MAX;
    if (values[REGISTRATION_EXPIRES_AT].p != NULL) /* no date: it has passed */
        read_date(values[REGISTRATION_EXPIRES_AT], &cache->registered_until);
    return is_text(cache->access_token) && read_date(values[EXPIRES_AT], &cache->expires_at);
}

int brc__sso_cache_read(const char *path, struct brc__sso_cache *ret_cache,
                        bool *ret_open_to_others, const char **ret_problem)
{
    *ret_cache = (struct brc__sso_cache){.text = BRC__SECRET_BUF(BRC__SSO_CACHE_MAX)};
    int rc = brc__private_file_read(path, &ret_cache->text, ret_open_to_others, ret_problem);
    if (rc == 0 && *ret_problem == NULL && !read_members(ret_cache))
        *ret_problem = "it has none that could be used";
    return rc;
}

bool brc__sso_cache_is_renewable(const struct brc__sso_cache *cache, int64_t now)
{
    return is_text(cache->refresh_token) && is_text(cache->client_id) &&
           is_text(cache->client_secret) && cache->registered_until > now;
}

void brc__sso_cache_free(struct brc__sso_cache *cache)
{
    brc__buf_free(&cache->text);
}

/* ---- writing */

static void put_member(struct brc__buf *json, const char *name, struct brc__json value)
{
    brc__buf_appendf(json, "%s\"%s\": ", json->length > 1 ? ", " : "", name);
    brc__buf_append(json, value.p, value.n);
}

/* All members of the file but those that are to be replaced. */
static void put_others(struct brc__buf *json, const struct brc__sso_cache *cache,
                       bool refresh_token_too)
{
    struct brc__json object = brc__json_of(cache->text.data, cache->text.length), name, value;
    size_t position = 0;

    while (brc__json_next_member(object, &position, &name, &value)) {
        if (brc__json_says(name, "accessToken") || brc__json_says(name, "expiresAt") ||
            (refresh_token_too && brc__json_says(name, "refreshToken")))
            continue;
        brc__buf_text(json, json->length > 1 ? ", " : "");
        brc__buf_append(json, name.p, name.n);
        brc__buf_text(json, ": ");
        brc__buf_append(json, value.p, value.n);
    }
}

static const char *problem_of(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return "there is no room for it";
    case EACCES:
    case EPERM:
    case EROFS:
        return "its folder may not be written to by this user";
    default:
        return "it cannot be written";
    }
}

/* 0, or errno. */
static int write_all(int fd, const struct brc__buf *text)
{
    for (size_t at = 0; at < text->length;) {
        ssize_t n = write(fd, text->data + at, text->length - at);
        if (n < 0 && errno != EINTR)
            return errno;
        at += n < 0 ? 0 : (size_t)n;
    }
    return fsync(fd) < 0 ? errno : 0;
}

/* A file that only its owner may read, beside the one that it then takes the place of. Returns 0 or
 * errno. */
static int replace(const char *path, const struct brc__buf *text)
{
    const size_t size = strlen(path) + sizeof ".XXXXXX";
    brc__auto_free char *beside = malloc(size);

    if (beside == NULL)
        return ENOMEM;
    snprintf(beside, size, "%s.XXXXXX", path);
    int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return errno;
    int number = write_all(fd, text);
    if (close(fd) < 0 && number == 0)
        number = errno;
    if (number == 0 && rename(beside, path) < 0)
        number = errno;
    if (number != 0)
        unlink(beside);
    return number;
}

int brc__sso_cache_write(const char *path, const struct brc__sso_cache *cache,
                         struct brc__json access_token, struct brc__json refresh_token,
                         int64_t expires_at, const char **ret_problem)
{
    brc__auto_buf struct brc__buf json = BRC__SECRET_BUF(2 * BRC__SSO_CACHE_MAX);
    brc__auto_free char *real = realpath(path, NULL); /* a link stays one */
    char date[BRC__ISO_DATE_SIZE];

    *ret_problem = NULL;
    int number = real == NULL ? errno : 0;
    brc__buf_text(&json, "{");
    put_others(&json, cache, refresh_token.p != NULL);
    put_member(&json, "accessToken", access_token);
    if (refresh_token.p != NULL)
        put_member(&json, "refreshToken", refresh_token);
    brc__iso_date_text(expires_at, date);
    brc__buf_appendf(&json, ", \"expiresAt\": \"%s\"}", date);
    if (json.status == BRC_E_NOMEM)
        return BRC_E_NOMEM;
    if (number == 0 && json.length <= BRC__SSO_CACHE_MAX && json.status == 0)
        number = replace(real, &json);
    else if (number == 0)
        number = EFBIG;
    if (number == ENOMEM)
        return BRC_E_NOMEM;
    if (number != 0)
        *ret_problem = problem_of(number);
    return BRC_OK;
}
