/* What a call has beside itself while a ledger keeps accounts of it: what it may cost, the hold of
 * the attempt under way, and that attempt's end until its settle is stored.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__ACCOUNT_H
#define BRC__ACCOUNT_H

#include "call.h"
#include "ledger.h"

enum {
    BRC__COUNT_NOT_ASKED = -1, /* a `counted_input` that is none */
    BRC__COUNT_FAILED = -2
};

struct brc__account {
    struct brc__bound bound;
    size_t max_tokens_at;        /* where they stand in the body */
    int64_t counted_input;       /* tokens as AWS counted them, or one of the above */
    char model[BRC__MODEL_SIZE]; /* to be asked for the count */
    bool looked_up;              /* the profile was put into the catalogue for this call */
    struct brc__hold *hold; /* of the attempt that is to be made, is under way, or is not settled */
    int64_t again_in;       /* after the attempt that is being settled; -1: no more */
    struct brc__error end;  /* of the attempt that ended last; has its place from the start */
};

/* NULL without memory. */
struct brc__account *brc__account_new(const brc_request *request);
struct brc__account *brc__account_free(struct brc__account *account);

/* True if the call has a hold that is to be settled, whatever comes. */
static inline bool brc__account_holds(const struct brc__call *call)
{
    return call->account != NULL && call->account->hold != NULL;
}

/* How long the client may wait for others that write. A loop has other things to do; a blocking
 * call that has nothing under way has not. */
int64_t brc__account_wait_ms(const brc_client *client);

/* Others write: the client leaves the ledger alone for some milliseconds, longer each time, so that
 * many who wait do not keep the machine busy with asking. */
void brc__account_note_busy(brc_client *client);

/* Asks the ledger about the call's next attempt. What it returns is brc__ledger_admit()'s; a
 * refusal of a later attempt also says what the one before failed with. */
int brc__account_ask(brc_client *client, struct brc__call *call, const char *profile_arn,
                     const char *metadata);

#endif
