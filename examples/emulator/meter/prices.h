/* What tokens cost here: a small table of sample prices, no authority.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_PRICES_H
#define EMULATOR_PRICES_H

#include <stdbool.h>
#include <stdint.h>

#include "bill.h"

/* Money is counted in these: a price is so many for a token. */
#define EMU_UNITS_PER_USD INT64_C(100000000000)

enum emu_token_kind {
    EMU_INPUT,
    EMU_OUTPUT,
    EMU_CACHE_READ,
    EMU_CACHE_WRITE_5M,
    EMU_CACHE_WRITE_1H,
    EMU_N_TOKEN_KINDS
};

struct emu_price {
    const char *prefix;     /* of the model's id */
    const char *name;       /* in the service's name, or the usage types of Amazon Bedrock */
    bool marketplace;       /* billed as a service of its own */
    bool global_is_cheaper; /* by an eleventh, through a global profile */
    int64_t units[EMU_N_TOKEN_KINDS]; /* a token */
};

/* Never NULL: an unknown model costs what the last row says. */
const struct emu_price *emu_price_of(const char *model);

/* So many tokens of that kind. */
int64_t emu_usage_tokens(const struct emu_usage *usage, enum emu_token_kind kind);

/* What they cost, in units. */
int64_t emu_price_tokens(const struct emu_price *price, bool global, enum emu_token_kind kind,
                         int64_t tokens);

#endif
