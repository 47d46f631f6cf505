/* What the files of `profiles export` share. SPDX-License-Identifier: MIT */
#ifndef PROFILES_EXPORT_H
#define PROFILES_EXPORT_H

#include "profiles.h"

/* ---------------------------------------------------------------- catalogue.c */

/* The profiles of the file that there are, as a ledger takes them: {"profiles": [...]}. Those that
 * others have replaced are there as well, of the same series but without alias, for somebody may
 * still call them. */
json_t *catalogue_of(const struct state *state);

/* The budgets of the file, as a ledger takes them: an array. Each is of an alias's series. */
json_t *catalogue_budgets(const struct state *state);

/* ---------------------------------------------------------------- export_ledger.c */

/* Puts both into a ledger. What it has beside what the file says stays; what it says already adds
 * nothing. DONE or FAILED. */
int catalogue_put(const struct profiles *profiles, const struct state *state);

#endif
