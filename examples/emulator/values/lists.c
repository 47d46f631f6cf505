/* Looking for one string among others.
 *
 * SPDX-License-Identifier: MIT
 */
#include "lists.h"

#include <string.h>

bool emu_has_string(const json_t *strings, const char *string)
{
    json_t *one;
    size_t i;

    json_array_foreach(strings, i, one)
    {
        if (strcmp(json_string_value(one), string) == 0)
            return true;
    }
    return false;
}
