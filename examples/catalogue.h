/* Profiles by name, so that programs keep names in their settings and no ARNs. Shared by `ask` and
 * `chat`. SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_CATALOGUE_H
#define EXAMPLES_CATALOGUE_H

#include <bedrockcost/bedrockcost.h>

enum {
    CATALOGUE_WHY = 1024
};

/* Finds the profile of that name, alias or ARN in a file as `budget profiles import` takes it, or,
 * without one, among those a ledger knows. Returns 0 and its ARN, to be freed with free(); or -1
 * and the reason. */
int catalogue_find(const char *path, brc_ledger *ledger, const char *name, char **ret_arn,
                   char ret_why[CATALOGUE_WHY]);

#endif
