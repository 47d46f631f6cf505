/* Prints the runs of the table of NFKC: first code point, last, bytes.
 * SPDX-License-Identifier: MIT */
#include <nfkc.h>

#include <stdio.h>

int main(void)
{
    struct brc__nfkc_run run = {0};

    for (uint32_t c = 0; c < 0x110000; c = run.last + 1) {
        brc__nfkc_run_of(c, &run);
        printf("%u %u %d\n", (unsigned)c, (unsigned)run.last, run.bytes);
        if (run.first != c)
            return 1;
    }
    return 0;
}
