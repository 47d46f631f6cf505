/* Profiles by name, so that programs keep names in their settings and no ARNs. Shared by `ask` and
 * `chat`. SPDX-License-Identifier: MIT */
#ifndef BOOK_CATALOGUE_H
#define BOOK_CATALOGUE_H

#include "console.h"

/* Finds the profile of that name, alias or ARN in a file as `budget profiles import` takes it, or,
 * without one, among those a ledger knows. DONE and its ARN, to be freed with free(); FAILED, and
 * has said why. */
int catalogue_find(const char *path, brc_ledger *ledger, const char *name, char **ret_arn);

#endif
