/* The token that signing in with SSO (`aws sso login`) leaves in a file: read, and when it was
 * renewed written back as AWS's own programs do, so that they and the next run have it too.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__SSO_CACHE_H
#define BRC__SSO_CACHE_H

#include "json_text.h"

enum {
    BRC__SSO_CACHE_MAX = 64 * 1024,
};

struct brc__sso_cache {
    struct brc__buf text; /* secret; what follows lies within it */
    struct brc__json access_token;
    struct brc__json refresh_token, client_id, client_secret; /* as JSON texts; may be missing */
    int64_t expires_at;                                       /* seconds since 1970 */
    int64_t registered_until; /* of the client; INT64_MAX: not said */
};

#define brc__auto_sso_cache brc__cleanup(brc__sso_cache_free)

/* Returns 0 or BRC_E_NOMEM; to be freed in either case. *ret_problem: why there is no token, a
 * static text, or NULL. *ret_open_to_others: others than the file's owner may read it. */
int brc__sso_cache_read(const char *path, struct brc__sso_cache *ret_cache,
                        bool *ret_open_to_others, const char **ret_problem);

/* True if it has all that a renewal takes. */
bool brc__sso_cache_is_renewable(const struct brc__sso_cache *cache, int64_t now);

/* Puts a renewed token in place of the one in the file, which keeps all its other members: either
 * whole or not at all. `refresh_token` may be missing: the old one stays. Returns 0 or BRC_E_NOMEM;
 * *ret_problem: why it could not be written, a static text, or NULL. */
int brc__sso_cache_write(const char *path, const struct brc__sso_cache *cache,
                         struct brc__json access_token, struct brc__json refresh_token,
                         int64_t expires_at, const char **ret_problem);

void brc__sso_cache_free(struct brc__sso_cache *cache);

#endif
