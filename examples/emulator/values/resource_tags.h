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

/* Answers ListTagsForResource, TagResource and UntagResource, whose tags or keys are in `member`.
 * NULL for the tags: there are none, and the error is answered. */
void emu_resource_tags_tell(struct emu_call *call, json_t *tags, const char *member);
void emu_resource_tags_tag(struct emu_call *call, json_t *tags, const char *member,
                           const struct emu_tag_errors *errors);
void emu_resource_tags_untag(struct emu_call *call, json_t *tags, const char *member);

#endif
