/* Whether a ledger's rows agree with one another: what they imply is derived anew and compared with
 * what is kept. Each finding is one row.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__VERIFY_H
#define BRC__VERIFY_H

#include "query.h"

/* All of it: the file's structure, rows that belong together, open holds, windows, totals, and the
 * costs (verify_costs.c), each worked out again from its tokens and prices. */
int brc__query_verify(struct brc__query *query);
int brc__verify_costs(struct brc__query *query);

/* A finding about a record. */
int brc__finding(struct brc__query *query, const char *finding, int64_t record, const char *text);

/* A finding about what was put: its row's id. */
int brc__unreadable(struct brc__query *query, const char *finding, int64_t id, const char *text);

#endif
