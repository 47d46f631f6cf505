/* The partitions of AWS's clients of November 2026 whose endpoints the public can reach.
 * SPDX-License-Identifier: MIT */
#include "partition.h"

#include <stdbool.h>
#include <string.h>

static const struct brc__partition partitions[] = {
    {"aws",
     "amazonaws.com",
     "api.aws",
     "us-east-1",
     {"us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-"}},
    {"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1", {"cn-"}},
    {"aws-us-gov", "amazonaws.com", "api.aws", "us-gov-west-1", {"us-gov-"}},
    {"aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1", {"eusc-de-"}},
};

enum {
    COUNT = sizeof partitions / sizeof *partitions
};

const struct brc__partition *brc__partition_find(const char *name, size_t n)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strlen(partitions[i].name) == n && memcmp(partitions[i].name, name, n) == 0)
            return &partitions[i];
    return NULL;
}

/* AREA-NUMBER, letters and digits. */
static bool is_area(const char *p)
{
    static const char digits[] = "0123456789";
    size_t area = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789");

    if (area == 0 || p[area] != '-')
        return false;
    p += area + 1;
    size_t number = strspn(p, digits);
    return number > 0 && p[number] == '\0';
}

const struct brc__partition *brc__partition_of_region(const char *region)
{
    for (size_t i = 0; i < COUNT; i++)
        for (const char *const *prefix = partitions[i].prefixes; *prefix != NULL; prefix++)
            if (strncmp(region, *prefix, strlen(*prefix)) == 0 && is_area(region + strlen(*prefix)))
                return &partitions[i];
    return NULL;
}
