/* Prices what comes in on stdin, for price_oracle.py: blocks of a tariff (13 numbers) and as many
 * counts (6 numbers) as the argument says, each number eight bytes of this machine. Out come, for
 * each counts: the code, the cost, the flags, and the worst case of as many tokens (-1 for none).
 * SPDX-License-Identifier: MIT */
#include <price.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void answer(const struct brc__tariff *tariff, const int64_t n[6])
{
    const struct brc__counts counts = {n[0], n[1], n[2], n[3], n[4], n[5]};
    int64_t out[4] = {0}, input = 0;
    unsigned flags = 0;

    out[0] = brc__tariff_cost(tariff, &counts, &out[1], &flags);
    out[2] = (int64_t)flags;
    for (int i = 0; i < 6; i++)
        if (i != 1 && n[i] > 0 && __builtin_add_overflow(input, n[i], &input))
            input = INT64_MAX;
    if (brc__tariff_worst(tariff, input, n[1], &out[3]) < 0)
        out[3] = -1;
    if (fwrite(out, sizeof out, 1, stdout) != 1)
        exit(EXIT_FAILURE);
}

int main(int argc, char *argv[])
{
    int64_t n[13], each = argc == 2 ? atoll(argv[1]) : 0;

    while (fread(n, sizeof *n, 13, stdin) == 13) {
        struct brc__tariff tariff = {.threshold = n[10], .multiplier = n[11], .output_max = n[12]};
        memcpy(tariff.rates.of, n, sizeof tariff.rates);
        memcpy(tariff.long_rates.of, n + 5, sizeof tariff.long_rates);
        for (int64_t i = 0; i < each; i++) {
            int64_t counts[6];
            if (fread(counts, sizeof *counts, 6, stdin) != 6)
                return EXIT_FAILURE;
            answer(&tariff, counts);
        }
    }
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
