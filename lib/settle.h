/* From a hold to what it really cost. SPDX-License-Identifier: MIT */
#ifndef BRC__SETTLE_H
#define BRC__SETTLE_H

#include "hold.h"

/* Tries again what is owed, as far as it goes; inside the mutex, outside of a transaction. */
void brc__ledger_pay(brc_ledger *ledger, int64_t wait_ms);

#endif
