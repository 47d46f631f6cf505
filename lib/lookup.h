/* Asks AWS what a profile is and which tags it has, for the ledger's catalogue: once, however many
 * calls wait for it. SPDX-License-Identifier: MIT */
#ifndef BRC__LOOKUP_H
#define BRC__LOOKUP_H

#include "arn.h"
#include "errand.h"

/* Begins to ask about that profile, unless it is being asked about. Returns 0 or BRC_E_NOMEM, with
 * the reason in client->error. */
int brc__lookup_begin(brc_client *client, const char *profile_arn);

bool brc__lookup_is_under_way(const brc_client *client, const char *profile_arn);

/* Begins what there is room for, and puts what was answered into the ledger, as far as others who
 * write let it. */
void brc__lookup_serve(brc_client *client);

/* True for each that has ended: that profile is in the catalogue if *ret_code is 0, else the reason
 * is in client->error. */
bool brc__lookup_take_end(brc_client *client, char ret_arn[BRC__ARN_LENGTH_MAX + 1], int *ret_code);

/* When brc__lookup_serve() has something to do, on the steady clock; INT64_MAX: never. */
int64_t brc__lookup_due(const brc_client *client);

/* The client goes. Their errands have ended, or are freed without a word. */
void brc__lookups_free(brc_client *client);

#endif
