/* Comparing and cutting slices.
 *
 * SPDX-License-Identifier: MIT
 */
#include "slice.h"

#include <string.h>

struct emu_slice emu_slice_of(const char *string)
{
    return (struct emu_slice){string, strlen(string)};
}

bool emu_slice_is(struct emu_slice slice, const char *string)
{
    return slice.len == strlen(string) && memcmp(slice.s, string, slice.len) == 0;
}

bool emu_slice_only(struct emu_slice slice, const char *set)
{
    for (size_t i = 0; i < slice.len; i++)
        if (slice.s[i] == '\0' || strchr(set, slice.s[i]) == NULL)
            return false;
    return true;
}

struct emu_slice emu_slice_cut(struct emu_slice *rest, char separator)
{
    const char *end = rest->len > 0 ? memchr(rest->s, separator, rest->len) : NULL;
    struct emu_slice front = {rest->s, end != NULL ? (size_t)(end - rest->s) : rest->len};
    size_t used = front.len + (end != NULL ? 1 : 0);

    rest->s += used;
    rest->len -= used;
    return front;
}
