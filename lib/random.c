/* SPDX-License-Identifier: MIT */
#include "random.h"

#include <unistd.h>

int brc__random(void *bytes, size_t n)
{
    return getentropy(bytes, n) == 0 ? 0 : -1;
}
