/* Lists of exchanges, linked through themselves: nothing is allocated, and leaving costs the same
 * anywhere. SPDX-License-Identifier: MIT */
#ifndef BRC__EXCHANGE_LIST_H
#define BRC__EXCHANGE_LIST_H

#include "exchange.h"

struct brc__exchange_list {
    struct brc__exchange *first, *last;
    enum brc__link link;
};

void brc__exchange_append(struct brc__exchange_list *list, struct brc__exchange *exchange);

/* The exchange must be in the list. */
void brc__exchange_detach(struct brc__exchange_list *list, struct brc__exchange *exchange);

#endif
