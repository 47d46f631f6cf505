/* The parameters of a form, whose names are paths, as one JSON object.
 *
 * SPDX-License-Identifier: MIT
 */
#include "query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One parameter on its way to its place. */
struct parameter {
    const struct emu_query *form;
    const struct emu_query_arg *arg;
};

static int put(const struct parameter *parameter, json_t *parent, const struct emu_shape *shape,
               struct emu_slice path);

/* ---- values ---- */

/* NULL: not UTF-8, or out of memory. */
static json_t *typed_value(const struct emu_shape *shape, const char *value)
{
    char *end = NULL;
    json_int_t integer = 0;
    double real = 0;

    errno = 0;
    if (shape->kind == EMU_INTEGER)
        integer = strtoll(value, &end, 10);
    else if (shape->kind == EMU_FLOAT)
        real = strtod(value, &end);
    if (end != NULL && end != value && *end == '\0' && errno == 0)
        return shape->kind == EMU_INTEGER ? json_integer(integer) : json_real(real);
    if (shape->kind == EMU_BOOLEAN && (strcmp(value, "true") == 0 || strcmp(value, "false") == 0))
        return json_boolean(value[0] == 't');
    if (shape->kind == EMU_LIST && value[0] == '\0')
        return json_array();
    return json_string(value);
}

static json_t *new_container(const struct emu_shape *shape)
{
    return shape->kind == EMU_LIST ? json_array() : json_object();
}

static bool is_container(const struct emu_shape *shape, const json_t *value)
{
    return shape->kind == EMU_LIST ? json_is_array(value) : json_is_object(value);
}

/* What is to stand at the end of `path`, which begins at `shape`: the parameter's value, or the
 * container that it goes into, `old` if it is there. A new reference, or NULL. */
static json_t *value_at(const struct parameter *parameter, const struct emu_shape *shape,
                        struct emu_slice path, json_t *old)
{
    json_t *value;

    if (path.len == 0)
        return typed_value(shape, parameter->arg->value);
    value = is_container(shape, old) ? json_incref(old) : new_container(shape);
    if (value != NULL && put(parameter, value, shape, path) < 0) {
        json_decref(value);
        return NULL;
    }
    return value;
}

/* ---- places ---- */

static int put_field(const struct parameter *parameter, json_t *object,
                     const struct emu_shape *shape, struct emu_slice path)
{
    struct emu_slice name = emu_slice_cut(&path, '.');

    for (const struct emu_field *field = shape->fields; field->name != NULL; field++) {
        json_t *old = json_object_get(object, field->name);

        if (emu_slice_is(name, field->name))
            return json_object_set_new(object, field->name,
                                       value_at(parameter, field->shape, path, old)) == 0
                       ? EMU_OK
                       : EMU_MALFORMED;
    }
    return EMU_OK;
}

/* The number in front of a path, from 1 to the number of parameters; 0: there is none. */
static size_t cut_index(const struct parameter *parameter, struct emu_slice *path)
{
    struct emu_slice digits = emu_slice_cut(path, '.');
    size_t index = 0;

    if (!emu_slice_only(digits, DIGITS))
        return 0;
    for (size_t i = 0; i < digits.len && index <= parameter->form->count; i++)
        index = 10 * index + (size_t)(digits.s[i] - '0');
    return index <= parameter->form->count ? index : 0;
}

static int put_member(const struct parameter *parameter, json_t *array,
                      const struct emu_shape *shape, struct emu_slice path)
{
    bool named = emu_slice_is(emu_slice_cut(&path, '.'), "member");
    size_t index = named ? cut_index(parameter, &path) : 0;

    if (index == 0)
        return EMU_MALFORMED;
    while (json_array_size(array) < index)
        if (json_array_append_new(array, json_null()) < 0)
            return EMU_OUT_OF_MEMORY;
    return json_array_set_new(
               array, index - 1,
               value_at(parameter, shape->member, path, json_array_get(array, index - 1))) == 0
               ? EMU_OK
               : EMU_MALFORMED;
}

/* A map of structures, Map.entry.1.Name and Map.entry.1.Value.MEMBER: each member comes by itself,
 * and looks for the name beside it. */
static int put_member_of_entry(const struct parameter *parameter, json_t *map,
                               const struct emu_shape *shape, struct emu_slice path)
{
    size_t stem = strlen(parameter->arg->name) - path.len;
    emu_auto_text sibling = {0};
    const char *name;

    emu_text_printf(&sibling, "%.*sName", (int)stem, parameter->arg->name);
    name = emu_query_value(parameter->form, emu_text_string(&sibling));
    emu_slice_cut(&path, '.');
    if (name == NULL)
        return EMU_MALFORMED;
    return json_object_set_new(
               map, name, value_at(parameter, shape->member, path, json_object_get(map, name))) == 0
               ? EMU_OK
               : EMU_MALFORMED;
}

/* A map's key brings the value that belongs to it; the value alone brings nothing. */
static int put_entry(const struct parameter *parameter, json_t *map, const struct emu_shape *shape,
                     struct emu_slice path)
{
    bool named = emu_slice_is(emu_slice_cut(&path, '.'), "entry");
    size_t index = named ? cut_index(parameter, &path) : 0;
    size_t stem;
    emu_auto_text sibling = {0};
    const char *value;

    if (index == 0)
        return EMU_MALFORMED;
    if (path.len > strlen("Value.") && memcmp(path.s, "Value.", strlen("Value.")) == 0)
        return put_member_of_entry(parameter, map, shape, path);
    if (!emu_slice_is(path, "key"))
        return EMU_OK;
    stem = strlen(parameter->arg->name) - strlen("key");
    emu_text_printf(&sibling, "%.*svalue", (int)stem, parameter->arg->name);
    value = emu_query_value(parameter->form, emu_text_string(&sibling));
    if (value == NULL)
        return EMU_MALFORMED;
    return json_object_set_new(map, parameter->arg->value, typed_value(shape->member, value)) == 0
               ? EMU_OK
               : EMU_MALFORMED;
}

/* Puts the parameter into `parent`, at the place that `path` names in it. */
static int put(const struct parameter *parameter, json_t *parent, const struct emu_shape *shape,
               struct emu_slice path)
{
    switch (shape->kind) {
    case EMU_STRUCTURE:
    case EMU_UNION:
        return put_field(parameter, parent, shape, path);
    case EMU_LIST:
        return put_member(parameter, parent, shape, path);
    case EMU_MAP:
        return put_entry(parameter, parent, shape, path);
    default:
        return EMU_MALFORMED; /* a value has no parts */
    }
}

int emu_query_input(const struct emu_shape *shape, const struct emu_query *form, json_t **ret_input)
{
    json_t *input = json_object();
    int rc = input != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;

    for (size_t i = 0; rc == EMU_OK && i < form->count; i++) {
        const struct parameter parameter = {form, &form->args[i]};

        rc = put(&parameter, input, shape, emu_slice_of(form->args[i].name));
    }
    if (rc < 0) {
        json_decref(input);
        input = NULL;
    }
    *ret_input = input;
    return rc;
}
