/* Arrays of strings in JSON.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_LISTS_H
#define EMULATOR_LISTS_H

#include <jansson.h>
#include <stdbool.h>

/* True if `strings`, an array or NULL, has this one. */
bool emu_has_string(const json_t *strings, const char *string);

#endif
