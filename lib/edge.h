/* Edges: what the owner of a budget ought to know, each recorded once.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__EDGE_H
#define BRC__EDGE_H

#include "totals.h"

/* Kinds of edges; the column `kind`, and the member `edge` of the row. */
#define BRC__EDGE_NOTICE          "notice"
#define BRC__EDGE_DEGRADE         "degrade"
#define BRC__EDGE_LIMIT           "limit"
#define BRC__EDGE_DEGRADE_REFUSED "degrade_refused" /* subject: the profile's ARN */
#define BRC__EDGE_BOUND_EXCEEDED  "bound_exceeded"  /* subject: the use's id */
#define BRC__EDGE_LATE            "late"            /* subject: the use's id */
#define BRC__EDGE_UNPRICED        "unpriced"        /* of a budget in shadow mode; subject: ARN */
#define BRC__EDGE_UNBOUNDED       "unbounded"       /* likewise */

struct brc__edge {
    const char *kind, *subject; /* once per budget, window, kind and subject; "" for no subject */
    const struct brc__budget *budget;
    int64_t window_ms;
    const struct brc__total *total;
    const char *profile; /* ARN or NULL */
    const char *reason;  /* or NULL */
    int64_t use;         /* 0: none */
    int64_t cost, hold;  /* -1: none */
};

/* Records it unless it is there. Within a writing transaction. */
int brc__edge_put(brc_ledger *ledger, const struct brc__edge *edge, int64_t now_ms,
                  struct brc__error *error);

/* The edges that a budget's window has passed: notice, degrade, limit. */
int brc__edges_passed(brc_ledger *ledger, const struct brc__budget *budget, int64_t window_ms,
                      const struct brc__total *total, int64_t now_ms, struct brc__error *error);

/* The row of kind "edge" as it is told: `json` is the column. */
void brc__edge_row(struct brc__buf *to, int64_t id, const char *json);

/* The limit at a moment, or at the end of a window that is over. */
int64_t brc__limit_of(const struct brc__budget *budget, int64_t window_ms, int64_t now_ms);

/* Whom a budget is of, in words: team=search. */
void brc__owner_words(struct brc__buf *to, const struct brc__budget *budget);

#endif
