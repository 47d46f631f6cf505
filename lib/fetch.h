/* How the keys of each kind of source are come by: which requests, and what is read from their
 * answers. SPDX-License-Identifier: MIT */
#ifndef BRC__FETCH_H
#define BRC__FETCH_H

#include "fetch_state.h"

/* Takes the first step, and with the answer to its request each one after it. Returns one of the
 * above, or a failure with the reason in error. `now`: seconds since 1970. */
int brc__fetch_begin(brc_client *client, struct brc__fetch *fetch, int64_t now,
                     struct brc__errand **ret_errand);
int brc__fetch_go_on(brc_client *client, struct brc__fetch *fetch, const struct brc__buf *answer,
                     int64_t now, struct brc__errand **ret_errand);

/* In place of the answer came a failure, `code`, with its reason in client->error: returns it, or
 * takes the step that there is instead. */
int brc__fetch_refused(brc_client *client, struct brc__fetch *fetch, int code, int64_t now,
                       struct brc__errand **ret_errand);

/* Wipes and frees what belongs to it; it is none afterwards. */
void brc__fetch_free(struct brc__fetch *fetch);

#endif
