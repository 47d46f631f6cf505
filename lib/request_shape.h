/* What a Converse request can consist of, and what each part of it means for the bound. Data only.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__REQUEST_SHAPE_H
#define BRC__REQUEST_SHAPE_H

#include "json_text.h"

enum brc__rule {
    BRC__UNBOUNDED,
    BRC__FREE,      /* never reaches the model */
    BRC__TEXT,      /* a string */
    BRC__JSON,      /* anything, read by the model as it stands */
    BRC__SIGNATURE, /* the same, and only the model that made it can read it */
    BRC__ROLE,      /* of a message */
    BRC__MAX_TOKENS,
    BRC__TIER,    /* name of a service tier */
    BRC__LATENCY, /* "standard" or "optimized" */
    BRC__OBJECT,
    BRC__LIST /* of objects */
};

struct brc__member {
    const char *name;
    enum brc__rule rule;
    const struct brc__shape *shape; /* of an object, or of a list's elements */
    int tokens;                     /* that it adds besides what is in it */
    bool is_read;                   /* the model may read its name, too */
    bool is_common;                 /* every model accepts it, so it is no use of its own */
};

struct brc__shape {
    const char *group; /* what precedes its members' names among the uses; NULL: they are none */
    const struct brc__member *members;
    size_t count;
};

extern const struct brc__shape brc__message_shape;
extern const struct brc__shape brc__system_shape; /* of its elements */
extern const struct brc__shape brc__inference_shape;
extern const struct brc__shape brc__request_shape; /* its other members */

/* The member of that name, given with its quotes; NULL if the shape has none. */
const struct brc__member *brc__shape_member(const struct brc__shape *shape, struct brc__json name);

#endif
