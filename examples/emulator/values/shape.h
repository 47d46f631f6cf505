/* Shapes of JSON values as AWS's service models describe them, and one check for all of them.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_SHAPE_H
#define EMULATOR_SHAPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "slice.h"
#include "status.h"
#include "text.h"

enum emu_kind {
    EMU_STRING,
    EMU_INTEGER,
    EMU_FLOAT,
    EMU_BOOLEAN,
    EMU_LIST,
    EMU_MAP,
    EMU_STRUCTURE, /* unknown members are ignored */
    EMU_UNION,     /* a structure with exactly one member */
    EMU_DOCUMENT,  /* any JSON value */
};

struct emu_pattern {
    const char *text; /* as in the service's model: for the error message */
    bool (*matches)(struct emu_slice text);
};

struct emu_field {
    const char *name; /* NULL ends an array of fields */
    const struct emu_shape *shape;
    bool required;
};

struct emu_shape {
    enum emu_kind kind;
    int64_t min; /* of a number's value, a string's characters, a list's or map's members */
    int64_t max; /* lengths: 0 means no limit */
    const struct emu_pattern *pattern; /* strings */
    const char *const *values;         /* strings: the enumeration, NULL-terminated */
    const struct emu_shape *key;       /* maps */
    const struct emu_shape *member;    /* lists, maps */
    const struct emu_field *fields;    /* structures, unions */
};

/* EMU_OK; EMU_INVALID: a constraint is broken (ValidationException); EMU_MALFORMED: a value has the
 * wrong JSON type (SerializationException); EMU_OUT_OF_MEMORY. `message` says what, as AWS does. */
int emu_shape_check(const struct emu_shape *shape, const json_t *value, struct emu_text *message);

const struct emu_shape *emu_shape_field(const struct emu_shape *shape, const char *name);

#endif
