/* jansson copies an object without a word about members that it had no memory for.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_COPY_H
#define EMULATOR_COPY_H

#include <jansson.h>

/* A shallow copy of an object; NULL if it is none, or out of memory. */
static inline json_t *emu_copy(json_t *object)
{
    json_t *copy = json_is_object(object) ? json_copy(object) : NULL;

    if (json_object_size(copy) == json_object_size(object))
        return copy;
    json_decref(copy);
    return NULL;
}

#endif
