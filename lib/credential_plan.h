/* From environment and shared files to what is to be done for credentials: the sources of AWS's
 * chain in their order, and for each a plan or the reason why there is none. Pure: nothing here
 * reads a file, asks a clock, runs a program or sends a byte.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__CREDENTIAL_PLAN_H
#define BRC__CREDENTIAL_PLAN_H

#include "plan.h"

enum {
    BRC__ROLES_MAX = 100, /* of one plan, each with the keys of the one before */
};

/* The word by which a source is called for: "environment", "assume-role", "web-identity", "sso",
 * "shared-credentials-file", "login", "process", "config-file", "container", "imds". */
const char *brc__source_name(enum brc__source source);

/* One plan for each source of the list, whose names commas separate, in its order; NULL: all, in
 * AWS's. Whoever carries them out
 * takes the first that is not absent; if that is broken, its reason is the answer. All is copied.
 * Returns 0, BRC_E_NOMEM, or BRC_E_INVALID for a list with an unknown name or one twice. */
int brc__plans_new(const struct brc__environment *environment, const struct brc__profiles *profiles,
                   const char *sources, struct brc__plans **ret_plans);

#endif
