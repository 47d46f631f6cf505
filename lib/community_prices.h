/* The community's price file, model_prices_and_context_window.json of the project LiteLLM, as rows
 * of ours. Where it leaves a doubt, the dearer price is taken, or none. SPDX-License-Identifier:
 * MIT */
#ifndef BRC__COMMUNITY_PRICES_H
#define BRC__COMMUNITY_PRICES_H

#include "price_row.h"

/* Adds rows, in no order, none twice. The file is an object that brc__json_check() accepts. Returns
 * 0; BRC_E_INVALID or BRC_E_RANGE with the name of the entry that is broken in error; BRC_E_NOMEM.
 */
int brc__community_prices(struct brc__json file, struct brc__prices *rows,
                          struct brc__error *error);

#endif
