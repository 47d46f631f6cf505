/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <stdint.h>
#include <string.h>

/* A call through a volatile pointer cannot be known to be memset, so it cannot be optimised away;
 * this floor knows no OpenSSL. */
static void *(*const volatile forced_memset)(void *, int, size_t) = memset;

void brc__wipe(void *p, size_t n)
{
    if (p != NULL)
        forced_memset(p, 0, n);
}

char *brc__strndup(const char *s, size_t n)
{
    if (n == SIZE_MAX)
        return NULL;
    char *copy = malloc(n + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

void brc__free_secret(char *s)
{
    if (s == NULL)
        return;
    brc__wipe(s, strlen(s));
    free(s);
}
