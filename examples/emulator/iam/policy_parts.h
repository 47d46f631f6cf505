/* The parts that the evaluator of policies is made of.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_POLICY_PARTS_H
#define EMULATOR_POLICY_PARTS_H

#include <jansson.h>
#include <stdbool.h>

#include "slice.h"

/* An operator's name taken apart: "ForAnyValue:StringLikeIfExists". */
struct emu_operator {
    enum {
        EMU_ANY_KEY,
        EMU_FOR_ANY_VALUE,
        EMU_FOR_ALL_VALUES
    } set;
    bool if_exists;
    bool negated;
    bool (*matches)(struct emu_slice pattern, struct emu_slice value); /* NULL: the operator Null */
};

/* False: it is not known. */
bool emu_operator_read(struct emu_operator *ret_operator, const char *name);

/* Do the conditions of a statement hold? */
bool emu_conditions_hold(const json_t *conditions, json_t *context);

/* The value of a condition key, or NULL; case does not count. */
json_t *emu_context_get(const json_t *context, const char *key);

/* * stands for any characters, ? for one. */
bool emu_pattern_matches(struct emu_slice pattern, struct emu_slice text, bool ignore_case);

/* The same for each of the six parts of an ARN. */
bool emu_arn_like(struct emu_slice pattern, struct emu_slice arn);

/* The same, as the element Resource has it: * alone is anything, parts that are missing at the end
 * are *, and the type of the resource is no pattern if its id is given. */
bool emu_resource_matches(struct emu_slice pattern, struct emu_slice arn);

/* The members of a value that may stand alone or in an array. */
size_t emu_values_count(const json_t *value);
const json_t *emu_values_get(const json_t *value, size_t index);

#endif
