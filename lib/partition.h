/* The partitions of AWS: which regions each has, and how its endpoints end.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__PARTITION_H
#define BRC__PARTITION_H

#include <stddef.h>

struct brc__partition {
    const char *name;
    const char *suffix, *dual_suffix; /* of endpoints; with IPv6 too */
    const char *global_region;        /* that services sign for which are the same in all of it */
    const char *prefixes[10];         /* of its regions, before AREA-NUMBER */
};

/* NULL: no partition that is known. */
const struct brc__partition *brc__partition_find(const char *name, size_t n);
const struct brc__partition *brc__partition_of_region(const char *region);

#endif
