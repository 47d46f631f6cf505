/* A plan: how one source of AWS's credentials chain would come by keys, or why it does not. Here is
 * what it consists of, and how its makers write it.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__PLAN_H
#define BRC__PLAN_H

#include "credentials.h"
#include "profile.h"

#include <stdint.h>

/* In the order of AWS's command line tool. */
enum brc__source {
    BRC__SOURCE_ENVIRONMENT,
    BRC__SOURCE_ASSUME_ROLE,
    BRC__SOURCE_WEB_IDENTITY,
    BRC__SOURCE_SSO,
    BRC__SOURCE_CREDENTIALS_FILE,
    BRC__SOURCE_LOGIN,
    BRC__SOURCE_PROCESS,
    BRC__SOURCE_CONFIG_FILE,
    BRC__SOURCE_CONTAINER,
    BRC__SOURCE_IMDS,
    BRC__SOURCES
};

enum brc__plan_state {
    BRC__PLAN_ABSENT, /* nothing is configured: the next source is asked */
    BRC__PLAN_BROKEN, /* something is, but cannot work: no later source is to be asked */
    BRC__PLAN_READY,
};

enum brc__base_kind {
    BRC__BASE_KEYS,
    BRC__BASE_PROCESS,
    BRC__BASE_WEB_IDENTITY,
    BRC__BASE_SSO,
    BRC__BASE_CONTAINER,
    BRC__BASE_IMDS,
};

/* Where the first keys come from. Of the parts only that of its kind is filled; NULL: not said. */
struct brc__base {
    enum brc__base_kind kind;
    const char *profile; /* NULL: from the environment or the machine */
    struct {
        const char *access_key_id, *secret_access_key, *session_token;
        const char *expiration; /* as it was written */
    } keys;
    struct {
        const char *command;
    } process;
    struct {
        const char *token_file, *role_arn;
        const char *session_name; /* NULL: one is to be made up */
        const char *region;       /* NULL: that of the call */
    } web_identity;
    struct {
        const char *session; /* NULL: the older form, with a start URL alone */
        const char *start_url, *region, *account_id, *role_name;
        const char *cache_file;
    } sso;
    struct {
        const char *url;                /* https, or a host that may be spoken to in plain http */
        const char *authorization_file; /* wins; a line feed at its end is not meant */
        const char *authorization;
    } container;
    struct {
        const char *endpoint; /* without a slash at its end */
    } imds;
};

/* A role to assume with the keys that the step before it brought. */
struct brc__role {
    const struct brc__role *next;
    const char *profile; /* that asks for it */
    const char *role_arn;
    const char *session_name; /* NULL: one is to be made up */
    const char *external_id;
    const char *region; /* NULL: that of the call */
    int64_t duration_s; /* 0: not said */
};

struct brc__plan {
    enum brc__source source;
    enum brc__plan_state state;
    const char
        *reason; /* one line, if not ready: what was looked at; what is missing, the remedy */
    struct brc__base base;
    const struct brc__role *roles; /* the first to assume first; NULL: the base is all */
};

/* What was copied for the plans. Wiped when freed. */
struct brc__plan_block;

struct brc__plans {
    struct brc__plan at[BRC__SOURCES];
    size_t count;
    struct brc__plan_block *blocks;
};

/* Wipes. NULL is fine. Returns NULL. */
struct brc__plans *brc__plans_free(struct brc__plans *plans);

#define brc__auto_plans brc__cleanup(brc__plans_free_p)

static inline void brc__plans_free_p(struct brc__plans **plans)
{
    brc__plans_free(*plans);
}

/* The keys that a base of kind BRC__BASE_KEYS has itself. Returns 0, BRC_E_NOMEM, or BRC_E_INVALID
 * with what is wrong in *ret_reason. */
int brc__plan_keys(const struct brc__base *base, struct brc__keys **ret_keys,
                   const char **ret_reason);

/* ---- for those who make plans */

struct brc__planner {
    const struct brc__environment *environment;
    const struct brc__profiles *profiles;
    struct brc__plans *plans;
    int status; /* the first failure; what is made after it is incomplete */
};

/* n bytes of zeros that live as long as the plans; NULL without memory, which `status` notes. */
void *brc__plan_alloc(struct brc__planner *planner, size_t n);

/* A copy of a text; NULL stays NULL. */
const char *brc__plan_keep(struct brc__planner *planner, const char *text);

/* The state, and its reason. No value of a file or variable belongs there, but for names. */
void brc__plan_absent(struct brc__planner *planner, struct brc__plan *plan, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void brc__plan_broken(struct brc__planner *planner, struct brc__plan *plan, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Ready, with an empty base of that kind. */
struct brc__base *brc__plan_ready(struct brc__planner *planner, struct brc__plan *plan,
                                  enum brc__base_kind kind, const char *profile);

/* Where STS is to be called for a profile: its own region, else that of the environment, else that
 * of the profile that counts, else NULL. */
const char *brc__plan_region(struct brc__planner *planner, const char *profile);

#endif
