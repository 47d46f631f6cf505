/* Credentials that are looked for where an AWS user expects them: the plans of all sources, and the
 * one of them that counts. SPDX-License-Identifier: MIT */
#ifndef BRC__CHAIN_H
#define BRC__CHAIN_H

#include "credential_plan.h"
#include "credentials.h"

/* The plan to carry out; NULL if there is none. It lives as long as the chain, and never changes.
 */
const struct brc__plan *brc__chain_plan(const struct brc__chain *chain);

/* Says why there are no credentials, source by source; `failure` is what became of the plan that
 * was carried out, NULL if none was. */
int brc__chain_explain(const struct brc__chain *chain, const char *failure,
                       struct brc__error *error);

#endif
