/* The services of AWS that signed calls go to: which speaks what, and where. One table.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__SERVICE_H
#define BRC__SERVICE_H

#include "endpoint.h"

#include <stdbool.h>

enum brc__protocol {
    BRC__REST_JSON, /* a method, a path, JSON */
    BRC__JSON_RPC,  /* POST, the operation in X-Amz-Target, JSON */
    BRC__QUERY,     /* POST, a form with Action and Version; XML back */
};

struct brc__service {
    const char *name;
    const char *other_name; /* that people know as well; NULL: none */
    const char *host;       /* first part of the host */
    const char *signing_name;
    const char *variable; /* AWS_ENDPOINT_URL_<this> names an endpoint of the user's own */
    enum brc__protocol protocol;
    const char *version; /* of JSON, or of the query API */
    const char *target;  /* what stands before the operation in X-Amz-Target */
    bool query_mode;     /* was a query API, and can still name errors as it did */
    bool unsigned_only;  /* the caller's right is in what is sent */
    bool bearer;         /* takes a bearer token of Bedrock in place of a signature */
    bool global;         /* one place for a whole partition */
    bool runs_models;    /* among other things, which are closed: inference.h */
};

/* Looks a service up. Returns 0, or BRC_E_INVALID with *ret_service NULL. */
int brc__service_find(const char *name, const struct brc__service **ret_service,
                      struct brc__error *error);

/* True if the operation is sent without a signature, whatever credentials there are. */
bool brc__service_is_unsigned(const struct brc__service *service, const char *operation);

struct brc__endpoint_choice {
    const char *url;         /* an endpoint of the user's own; NULL: the service's */
    const char *what;        /* where it comes from, to begin a message; may be NULL without it */
    const char *region_what; /* the same of the region; NULL: the caller gave it */
    struct brc__endpoint_kind kind;
};

/* Appends the endpoint, without a slash at its end, and tells the region to sign for: `region`
 * itself, or a text that lives for ever. Returns 0, the buffer's failure, or BRC_E_INVALID: a
 * region that is none or of no known partition (with an endpoint of one's own any region will do),
 * an endpoint that is no URL to call or that runs models, one together with fips or dual_stack. */
int brc__service_endpoint(const struct brc__service *service, const char *region,
                          const struct brc__endpoint_choice *choice, struct brc__buf *to,
                          const char **ret_signing_region, struct brc__error *error);

#endif
