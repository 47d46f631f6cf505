/* The way of an attempt through one profile: what it can cost at the most there, and whether a
 * request may go there instead of where it was made for. Knows no totals. SPDX-License-Identifier:
 * MIT */
#ifndef BRC__ROUTE_H
#define BRC__ROUTE_H

#include "hold.h"

struct brc__route {
    const struct brc__listing *listing;
    struct brc__tariff tariff,
        default_tariff; /* of the tier asked for, and what may serve instead */
    int64_t table;
    bool is_priced;
    char unbounded[160];  /* why there is no worst case, or "" */
    int64_t input;        /* tokens at the most; -1: no bound */
    int64_t output;       /* the same; what the request says, else what the model can */
    int64_t output_least; /* to how few the caller lets it be lowered; = output: not at all */
    int64_t worst;        /* picodollars; -1: not priced, or not bounded */
};

/* Of a request through a listing. counted_input -1: its bound counts. */
void brc__route_plan(const struct brc__catalogue *catalogue, const struct brc__listing *listing,
                     const struct brc__bound *bound, int64_t counted_input, int64_t at_ms,
                     struct brc__route *ret_route);

/* The most that it costs with so much output; -1: more than can be counted. */
int64_t brc__route_worst(const struct brc__route *route, int64_t output);

/* The most output within the route's own, and not below its least, whose worst case is within
 * `amount`; -1: there is none. */
int64_t brc__route_output(const struct brc__route *route, int64_t amount);

/* The way through where the listing degrades to. False, with the reason, if the request may not go
 * there. Lowers the output to what the target can, where the caller allows it. */
bool brc__route_degrade(const struct brc__catalogue *catalogue, const struct brc__route *from,
                        const struct brc__bound *bound, int64_t at_ms, struct brc__route *ret_route,
                        struct brc__error *ret_reason);

#endif
