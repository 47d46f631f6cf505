/* A ledger to test with: a file of its own, profiles and budgets whose numbers are small enough to
 * be worked out by hand, and attempts that ask for a worst case and settle to a cost. A token costs
 * one picodollar, so tokens are picodollars. SPDX-License-Identifier: MIT */
#ifndef TEST_LEDGER_FIXTURE_H
#define TEST_LEDGER_FIXTURE_H

#include <ledger.h>
#include <ledger_state.h>

/* Profiles: all of team search but OTHER; FREE costs nothing, UNPRICED has no price. */
#define SMALL_MODEL "\"model\":\"test.unit\",\"scope\":\"in-region\""
#define ARN(id)     "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/" id
#define SEARCH      ARN("search000000")
#define CHEAP       ARN("cheap0000000")
#define OTHER       ARN("other0000000")
#define FREE        ARN("free00000000")
#define UNPRICED    ARN("unpriced0000")

struct accounts {
    char folder[64];
    char path[96];
    brc_ledger *ledger;
};

/* An empty file, opened, with the price table and the profiles. */
void accounts_open(struct accounts *accounts);

/* Checks that the totals are what the rows say, and removes the file. */
void accounts_close(struct accounts *accounts);

/* Opens another handle on the same file. */
brc_ledger *accounts_join(const struct accounts *accounts);

/* Puts as brc_ledger_put() does. The first must succeed; the second tells the code. */
void put(brc_ledger *ledger, const char *kind, const char *json);
int try_put(brc_ledger *ledger, const char *kind, const char *json, struct brc__error *error);

/* A budget of team search by month, with a limit in picodollars; extra: more members, with a comma
 * first. */
void put_budget(brc_ledger *ledger, const char *name, int64_t limit, const char *extra);

/* An attempt with so many tokens of input and of output at the most. */
int try_admit(brc_ledger *ledger, const char *arn, int64_t input, int64_t output, int64_t least,
              struct brc__hold **ret_hold, struct brc__error *error);
struct brc__hold *admit(brc_ledger *ledger, const char *arn, int64_t input, int64_t output);
int admit_rc(brc_ledger *ledger, const char *arn, int64_t input, int64_t output);

/* Settles; input -1: nobody knows. Frees the hold. */
void settle_reported(brc_ledger *ledger, struct brc__hold *hold, int64_t input, int64_t output);
void settle_as(brc_ledger *ledger, struct brc__hold *hold, int outcome);
void note(struct brc__hold *hold, int outcome, int64_t input, int64_t output, const char *tier);

/* An attempt that costs so much. */
void spend(brc_ledger *ledger, int64_t cost);

/* What SQLite says in the file; statements with one value. */
int64_t ask_int(const char *path, const char *sql);
char *ask_text(const char *path, const char *sql); /* "" for null; the caller's to free */
void run_sql(const char *path, const char *sql);

/* settled, held and unreported of a budget, over all windows. */
void check_total(const struct accounts *accounts, const char *budget, int64_t settled, int64_t held,
                 int64_t unreported);

/* Derives all totals and open holds from the rows, in SQL of its own, and compares. Amounts must be
 * small enough for SQLite to add up. */
void check_rows(const char *path);

#endif
