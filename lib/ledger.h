/* The ledger's side of an attempt: a hold of its worst case before it, a settle after it. Knows no
 * HTTP. SPDX-License-Identifier: MIT */
#ifndef BRC__LEDGER_H
#define BRC__LEDGER_H

#include "bound.h"
#include "catalogue.h"
#include "usage.h"

#include <bedrockcost/budget.h>

enum {
    BRC__LEDGER_BUSY = 1,     /* others write: ask again in some milliseconds */
    BRC__LEDGER_UNLISTED = 2, /* the profile is not in the catalogue: put it, then ask again */
    BRC__LEDGER_UNCOUNTED = 3 /* the profile's tokens are counted by AWS: have it done, ask again */
};

enum {
    BRC__MODEL_SIZE = 256 /* of what CountTokens takes, with its NUL */
};

/* What an attempt asks for. */
struct brc__asking {
    const char *call_id;
    int64_t attempt;
    const char *profile_arn; /* the one the request was made for */
    const struct brc__bound *bound;
    int64_t counted_input; /* tokens, as AWS counted them for this profile's model; -1: not asked;
                              -2: asked in vain, so the bound counts */
    char *ret_model; /* [BRC__MODEL_SIZE]: with BRC__LEDGER_UNCOUNTED, the model to ask about */
    const char *metadata; /* of the request; or NULL */
    int64_t wait_ms;
};

/* What it got, kept until its settle is stored; has room for that from the start. */
struct brc__hold {
    struct brc__hold *next;             /* for whoever keeps several */
    struct brc__catalogue *catalogue;   /* a reference; what the next two lie in */
    const struct brc__listing *listing; /* the profile to go through, another after a degrade */
    struct brc__tariff tariff;          /* of the tier asked for; rates -1: it has none */
    int64_t use;    /* its row; 0: none could be stored and the ledger admits then */
    int64_t amount; /* picodollars; -1: not known, where no budget asks */
    int64_t output; /* maxTokens to send; 0: as the request says */
    bool degraded;  /* the listing is not the one that was asked for */
    /* The rest is the ledger's own: what was asked, and what is to be settled. */
    struct brc__settlement *settlement;
};

/* Decides on an attempt, in one atomic step for all budgets that apply: holds, lowers maxTokens,
 * degrades, or refuses. Returns 0 and a hold, owned; BRC__LEDGER_BUSY; BRC__LEDGER_UNLISTED;
 * BRC__LEDGER_UNCOUNTED if counted_input is -1 and the profile's listing counts tokens; or, with
 * the reason in error and for BRC_E_BUDGET everything an operator needs to know: BRC_E_BUDGET,
 * BRC_E_UNPRICED, BRC_E_UNBOUNDED, BRC_E_UNTAGGED, BRC_E_LEDGER, BRC_E_FORKED, BRC_E_NOMEM. */
int brc__ledger_admit(brc_ledger *ledger, const struct brc__asking *asking,
                      struct brc__hold **ret_hold, struct brc__error *error);

/* Notes on the hold what came of the attempt, and works out its cost, which goes into the record.
 * No memory is needed and nothing can fail. */
void brc__ledger_note(struct brc__hold *hold, struct brc_usage *usage);

/* Stores the settles of all holds of the list in one transaction, recording the edges they cross.
 * Returns 0; BRC__LEDGER_BUSY; or why none of them could be stored. A hold that was settled before
 * stays as it was. Frees nothing. */
int brc__ledger_settle(brc_ledger *ledger, struct brc__hold *list, int64_t wait_ms,
                       struct brc__error *error);

/* Takes over holds whose settles could not be stored; they are tried again with each later
 * admission or settle, and a last time when the ledger is freed. */
void brc__ledger_owe(brc_ledger *ledger, struct brc__hold *list);

struct brc__hold *brc__hold_free(struct brc__hold *hold);

/* Tells whoever registered of notices that nobody has been told of; none are due: costs nothing. */
void brc__ledger_notify(brc_ledger *ledger);

/* Puts what GetInferenceProfile and ListTagsForResource answered (JSON) into the catalogue. Returns
 * 0, BRC__LEDGER_BUSY or the failure, with its reason in error. */
int brc__ledger_list(brc_ledger *ledger, const char *arn, const char *profile_json,
                     const char *tags_json, int64_t wait_ms, struct brc__error *error);

brc_ledger *brc__ledger_ref(brc_ledger *ledger);

#endif
