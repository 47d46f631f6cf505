/* The client's side of its ledger: has it decide on each attempt before that is made, and store
 * what came of it before anybody hears of it. Never waits for it for longer than a turn may take.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__ACCOUNTS_H
#define BRC__ACCOUNTS_H

#include "account.h"

/* Whether a call whose turn has come may make its next attempt: 0, it has a hold; 1, it waits now,
 * in the queue of what it waits for; or the failure, with its reason in client->error. */
int brc__accounts_admit(brc_client *client, struct brc__call *call);

/* Goes on with what calls wait for, and has those that waited for a profile go on, or fail by
 * `fail`, with the reason in client->error. */
void brc__accounts_serve(brc_client *client,
                         void (*fail)(brc_client *client, struct brc__call *call, int code));

/* The attempt has ended, as call->code and client->error say; its settle is stored with others'. */
void brc__accounts_take(brc_client *client, struct brc__call *call, int64_t again_in);

/* Stores the settles of the calls in client->settling. True if they can be told now, each with its
 * account's `end`: what could not be stored is the ledger's to try again, and the calls that would
 * have been successes are BRC_E_UNRECORDED. */
bool brc__accounts_settle(brc_client *client);

/* When there is something to do, on the steady clock; INT64_MAX: never. */
int64_t brc__accounts_due(const brc_client *client);

#endif
