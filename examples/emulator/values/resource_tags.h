/* Tags as lists of {"Key", "Value"}, which most services have; kept as an object.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_RESOURCE_TAGS_H
#define EMULATOR_RESOURCE_TAGS_H

#include "call.h"

/* The errors of a service that takes tags. */
struct emu_tag_errors {
    const char *invalid;
    const char *too_many;
};

/* The list, which may be NULL, put into the object `tags`. False: it breaks a rule, and the error
 * is answered. */
bool emu_resource_tags_put(struct emu_call *call, json_t *tags, const json_t *list,
                           const struct emu_tag_errors *errors);

/* The object as a list; NULL if out of memory. */
json_t *emu_resource_tags_list(json_t *tags);

/* Takes the keys, a list of strings, out. */
void emu_resource_tags_remove(json_t *tags, const json_t *keys);

#endif
