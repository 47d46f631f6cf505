/* A row holds for each model whose id begins with its prefix; the first that fits counts.
 *
 * SPDX-License-Identifier: MIT
 */
#include "prices.h"

#include <stddef.h>
#include <string.h>

/* Arguments: USD for a million tokens, times 100,000. */
#define ROW(prefix, name, marketplace, global, in, out, read, write_5m, write_1h)                  \
    {                                                                                              \
        prefix, name, marketplace, global,                                                         \
        {                                                                                          \
            in, out, read, write_5m, write_1h                                                      \
        }                                                                                          \
    }
#define CLAUDE(id, name, global, in, out, read, write_5m, write_1h)                                \
    ROW("anthropic.claude-" id, "Claude " name, true, global, in, out, read, write_5m, write_1h)
#define NOVA(id, name, global, in, out, read)                                                      \
    ROW("amazon.nova-" id, "Nova" name, false, global, in, out, read, 0, 0)

static const struct emu_price PRICES[] = {
    CLAUDE("fable-5-1", "Fable 5.1", false, 1100000, 5500000, 27500, 1375000, 2200000),
    CLAUDE("opus-5-5", "Opus 5.5", true, 440000, 2200000, 22000, 550000, 880000),
    CLAUDE("opus", "Opus 5", true, 550000, 2750000, 55000, 687500, 1100000),
    CLAUDE("sonnet-5-5", "Sonnet 5.5", true, 220000, 1100000, 22000, 275000, 440000),
    CLAUDE("sonnet-5", "Sonnet 5", true, 330000, 1650000, 33000, 412500, 660000),
    CLAUDE("sonnet-4-5", "Sonnet 4.5", true, 330000, 1650000, 33000, 412500, 660000),
    CLAUDE("sonnet-4-6", "Sonnet 4.6", true, 330000, 1650000, 33000, 412500, 660000),
    CLAUDE("haiku-4-5", "Haiku 4.5", true, 110000, 550000, 11000, 137500, 220000),
    CLAUDE("3-haiku", "3 Haiku", false, 25000, 125000, 2500, 31250, 50000),
    CLAUDE("", "", false, 330000, 1650000, 33000, 412500, 660000),
    NOVA("micro", "Micro", false, 3500, 14000, 875),
    NOVA("lite", "Lite", false, 6000, 24000, 1500),
    NOVA("pro", "Pro", false, 80000, 320000, 20000),
    NOVA("premier", "Premier", false, 250000, 1250000, 62500),
    NOVA("2-lite", "2.0Lite", true, 33000, 275000, 8250),
    ROW("", "Other", false, false, 100000, 400000, 10000, 125000, 200000),
};

const struct emu_price *emu_price_of(const char *model)
{
    size_t i = 0;

    while (strncmp(model, PRICES[i].prefix, strlen(PRICES[i].prefix)) != 0)
        i++;
    return &PRICES[i];
}

int64_t emu_usage_tokens(const struct emu_usage *usage, enum emu_token_kind kind)
{
    switch (kind) {
    case EMU_INPUT:
        return usage->input;
    case EMU_OUTPUT:
        return usage->output;
    case EMU_CACHE_READ:
        return usage->cache_read;
    case EMU_CACHE_WRITE_5M:
        return usage->cache_write_5m;
    default:
        return usage->cache_write_1h;
    }
}

int64_t emu_price_tokens(const struct emu_price *price, bool global, enum emu_token_kind kind,
                         int64_t tokens)
{
    int64_t units = price->units[kind];

    return tokens * (global && price->global_is_cheaper ? units / 11 * 10 : units);
}
