/* Answers each line "WINDOW OFFSET MOMENT" with the first and behind last millisecond.
 * SPDX-License-Identifier: MIT */
#include <window.h>

#include <inttypes.h>
#include <stdio.h>

int main(void)
{
    char name[16];
    int offset;
    int64_t at, start, end;

    while (scanf("%15s %d %" SCNd64, name, &offset, &at) == 3) {
        int window = brc__window_of(name);
        if (window < 0)
            return 1;
        brc__window_bounds((enum brc__window)window, offset, at, &start, &end);
        printf("%" PRId64 " %" PRId64 "\n", start, end);
    }
    return 0;
}
