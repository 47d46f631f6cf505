/* SPDX-License-Identifier: MIT */
#include "uuid.h"
#include "random.h"
#include "text.h"

int brc__uuid(char ret_uuid[BRC__UUID_SIZE])
{
    static const unsigned char group_bytes[] = {4, 2, 2, 2, 6};
    unsigned char random[16];
    const unsigned char *from = random;
    char *to = ret_uuid;

    if (brc__random(random, sizeof random) < 0)
        return -1;
    random[6] = (unsigned char)((random[6] & 0x0f) | 0x40);
    random[8] = (unsigned char)((random[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < sizeof group_bytes; i++) {
        if (i > 0)
            *to++ = '-';
        brc__hex(to, from, group_bytes[i]);
        to += 2 * group_bytes[i];
        from += group_bytes[i];
    }
    *to = '\0';
    return 0;
}
