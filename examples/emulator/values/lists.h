/* Arrays in JSON: of strings, and of what an object says as pairs.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_LISTS_H
#define EMULATOR_LISTS_H

#include <jansson.h>
#include <stdbool.h>

/* True if `strings`, an array or NULL, has this one. */
bool emu_has_string(const json_t *strings, const char *string);

/* The object as an array of objects with these two members; NULL if out of memory. */
json_t *emu_pairs(json_t *object, const char *key_member, const char *value_member);

#endif
