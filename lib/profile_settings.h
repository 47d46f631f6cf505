/* What environment and profile say besides credentials: region, endpoints, and how to call. Pure.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__PROFILE_SETTINGS_H
#define BRC__PROFILE_SETTINGS_H

#include "profile.h"
#include "retry.h"

enum brc__origin {
    BRC__FROM_NOWHERE,
    BRC__FROM_VARIABLE,
    BRC__FROM_PROFILE,
    BRC__FROM_SERVICES, /* the section that the profile names */
};

/* Borrowed from environment and profiles. */
struct brc__setting {
    const char *value; /* NULL: nowhere */
    enum brc__origin origin;
    const char *name; /* of the variable, or of the key */
};

/* The services whose endpoints may be configured one by one. */
enum brc__endpoint_service {
    BRC__ENDPOINT_BEDROCK_RUNTIME,
    BRC__ENDPOINT_BEDROCK,
    BRC__ENDPOINT_BEDROCK_AGENT,
    BRC__ENDPOINT_STS,
    BRC__ENDPOINT_SSO,
    BRC__ENDPOINT_SSO_OIDC,
    BRC__ENDPOINT_COST_EXPLORER,
    BRC__ENDPOINT_BUDGETS,
    BRC__ENDPOINT_CLOUDWATCH,
    BRC__ENDPOINT_PRICING,
    BRC__ENDPOINT_DYNAMODB,
    BRC__ENDPOINT_IAM,
    BRC__ENDPOINT_SNS,
    BRC__ENDPOINT_SERVICES
};

struct brc__profile_settings {
    struct brc__setting region;
    /* As written; */
    struct brc__setting fips, dualstack, ignore_endpoints, no_clock_correction;
    struct brc__setting retry_mode, max_attempts, new_retries;
    /* and as meant. */
    bool use_fips, use_dualstack, ignores_endpoints, corrects_no_clock, retries_of_2026;
    enum brc__retry_mode mode;
    int64_t attempts_max;
    struct brc__setting ca_bundle; /* a path */
    struct brc__setting auth_schemes;
    struct brc__setting bearer_token;                      /* a secret */
    struct brc__setting endpoints[BRC__ENDPOINT_SERVICES]; /* none while they are ignored */
};

/* The service whose endpoint AWS_ENDPOINT_URL_<suffix> names; BRC__ENDPOINT_SERVICES if there is
 * none.
 */
enum brc__endpoint_service brc__endpoint_service(const char *suffix);

/* Variables win over the profile that counts; of endpoints, the service's own wins at each place.
 * Returns 0, or BRC_E_INVALID with a text that names what is wrong: a flag neither true nor false,
 * a mode or number of attempts that is none, a services section that is not there. The settings can
 * be used all the same, without what is wrong. */
int brc__profile_settings_read(const struct brc__environment *environment,
                               const struct brc__profiles *profiles,
                               struct brc__profile_settings *ret_settings,
                               struct brc__error *error);

#endif
