/* Path and query of a URL as the canonical request of SigV4 has them.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__CANONICAL_URI_H
#define BRC__CANONICAL_URI_H

#include "sink.h"
#include "url.h"

/* True if every '%' in the query stands before two hexadecimal digits. */
bool brc__query_is_valid(const struct brc__url *url);

/* What is on the wire is encoded once more, whatever it is: '%' becomes "%25". Returns 0 or
 * BRC_E_NOMEM. */
int brc__put_canonical_path(struct brc__sink *sink, const struct brc__url *url);

/* Decoded, encoded in the one canonical way, sorted by encoded name, then encoded value. The query
 * has to be valid. Returns 0 or BRC_E_NOMEM. */
int brc__put_canonical_query(struct brc__sink *sink, const struct brc__url *url);

#endif
