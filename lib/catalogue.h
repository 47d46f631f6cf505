/* What a ledger knows of profiles, prices, budgets and its settings: read from its rows, kept in
 * memory until somebody puts something. SPDX-License-Identifier: MIT */
#ifndef BRC__CATALOGUE_H
#define BRC__CATALOGUE_H

#include "budget.h"
#include "listing.h"
#include "store.h"

struct brc__catalogue {
    int64_t generation;             /* of the rows it was read from */
    struct brc__listing **listings; /* by ARN, sorted */
    size_t listing_count;
    struct brc__priced {
        int64_t id;
        struct brc__price_table *table;
        int *references; /* of catalogues to the table */
    } * tables; /* the one that goes first comes first: the newest, of those the last put */
    size_t table_count;
    struct brc__budget *budgets; /* by name, sorted; ended ones are not there */
    size_t budget_count;
    char **required_tags; /* NULL-ended; NULL: none */
    bool admits_on_error;
    bool survives_power_loss;
    int references;
};

/* Reads the rows if their generation is another than that of *catalogue (NULL: nothing was read
 * yet), which is then replaced; on a failure it stays. Calls that are under way keep a reference to
 * the one they were admitted with; what has not changed is shared by both. Within a transaction,
 * and before anything is put in it: one that is rolled back would leave what nobody put. Allocates
 * nothing if nothing was put. Returns 0, BRC_E_LEDGER, BRC_E_NOMEM. */
int brc__catalogue_renew(struct brc__store *store, struct brc__catalogue **catalogue,
                         struct brc__error *error);
struct brc__catalogue *brc__catalogue_ref(struct brc__catalogue *catalogue);
struct brc__catalogue *brc__catalogue_unref(struct brc__catalogue *catalogue);

const struct brc__listing *brc__catalogue_by_arn(const struct brc__catalogue *catalogue,
                                                 const char *arn);
/* By ARN, alias or name; NULL if there is none, or several have that name. */
const struct brc__listing *brc__catalogue_find(const struct brc__catalogue *catalogue,
                                               const char *reference);

/* The tariff of a profile at a tier and moment, its own prices, multiplier and output_max counted
 * in. Among the tables in force, the first that has a price there counts. False: there is none, and
 * all rates are -1. *ret_table is the id of the price table, 0 for prices of its own. */
bool brc__catalogue_tariff(const struct brc__catalogue *catalogue,
                           const struct brc__listing *listing, const char *tier, int64_t at_ms,
                           struct brc__tariff *ret_tariff, int64_t *ret_table);

/* The first of the required tags that the profile lacks; NULL: none. */
const char *brc__catalogue_lacks(const struct brc__catalogue *catalogue,
                                 const struct brc__listing *listing);

/* The budget of that name; NULL if there is none, or it has ended. */
const struct brc__budget *brc__catalogue_budget(const struct brc__catalogue *catalogue,
                                                const char *name);

/* The budget behind `after` (NULL: the first) that counts what the profile spends; NULL: no more.
 */
const struct brc__budget *brc__catalogue_covering(const struct brc__catalogue *catalogue,
                                                  const struct brc__listing *listing,
                                                  const struct brc__budget *after);

/* Puts a row of these kinds, within a writing transaction: "setting", "price", "profile", "budget",
 * "override". Strict: a member that the kind does not know is an error that names it. The catalogue
 * is the one of this moment and stays as it is. What says what is there already adds no row, but
 * for budgets and overrides. Returns 0; BRC_E_INVALID, BRC_E_RANGE, BRC_E_LEDGER, BRC_E_NOMEM: some
 * rows may be there, so the transaction is to be rolled back. */
int brc__catalogue_put(struct brc__store *store, const struct brc__catalogue *catalogue,
                       const char *kind, const char *json, int64_t now_ms,
                       struct brc__error *error);

/* Puts a profile as AWS described it: AWS's names are what they are, so another profile may have
 * the same, of another account or region, or one that was deleted and made again. */
int brc__catalogue_list(struct brc__store *store, const struct brc__catalogue *catalogue,
                        const char *json, int64_t now_ms, struct brc__error *error);

#endif
