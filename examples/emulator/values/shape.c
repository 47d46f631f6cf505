/* Checks a JSON value against a shape; collects every broken constraint, as the services do.
 *
 * SPDX-License-Identifier: MIT
 */
#include "shape.h"

#include <string.h>

#define MAX_ERRORS 10 /* more are counted, not listed */

struct check {
    struct emu_text path; /* of the value under the eye: messages.1.member.role */
    struct emu_text errors;
    struct emu_text mistyped; /* the first value of a wrong type */
    int n_errors;
};

static void check_value(struct check *check, const struct emu_shape *shape, const json_t *value);

static void fail(struct check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void fail(struct check *check, const char *format, ...)
{
    va_list args;

    if (++check->n_errors > MAX_ERRORS)
        return;
    emu_text_printf(&check->errors, "%sValue at '%s' failed to satisfy constraint: ",
                    check->n_errors > 1 ? "; " : "", emu_text_string(&check->path));
    va_start(args, format);
    emu_text_vprintf(&check->errors, format, args);
    va_end(args);
}

static const char *type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "Start of structure or map";
    case JSON_ARRAY:
        return "Start of list";
    case JSON_STRING:
        return "STRING_VALUE";
    case JSON_INTEGER:
    case JSON_REAL:
        return "NUMBER_VALUE";
    case JSON_TRUE:
    case JSON_FALSE:
        return "BOOLEAN_VALUE";
    case JSON_NULL:
        break;
    }
    return "NULL_VALUE";
}

static bool has_type(enum emu_kind kind, const json_t *value)
{
    switch (kind) {
    case EMU_STRING:
        return json_is_string(value);
    case EMU_INTEGER:
        return json_is_integer(value);
    case EMU_FLOAT:
        return json_is_number(value);
    case EMU_BOOLEAN:
        return json_is_boolean(value);
    case EMU_LIST:
        return json_is_array(value);
    case EMU_MAP:
    case EMU_STRUCTURE:
    case EMU_UNION:
        return json_is_object(value);
    case EMU_DOCUMENT:
        break;
    }
    return true;
}

/* Appends ".name" to the path; the length to go back to. */
static size_t enter(struct check *check, const char *name)
{
    size_t len = check->path.len;

    emu_text_printf(&check->path, "%s%s", len > 0 ? "." : "", name);
    return len;
}

static void check_length(struct check *check, const struct emu_shape *shape, size_t len)
{
    if ((int64_t)len < shape->min)
        fail(check, "Member must have length greater than or equal to %lld", (long long)shape->min);
    else if (shape->max > 0 && (int64_t)len > shape->max)
        fail(check, "Member must have length less than or equal to %lld", (long long)shape->max);
}

static void check_number(struct check *check, const struct emu_shape *shape, double value)
{
    if (value < (double)shape->min)
        fail(check, "Member must have value greater than or equal to %lld", (long long)shape->min);
    else if (value > (double)shape->max)
        fail(check, "Member must have value less than or equal to %lld", (long long)shape->max);
}

static size_t count_characters(struct emu_slice text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++)
        n += ((unsigned char)text.s[i] & 0xC0) != 0x80;
    return n;
}

static bool is_listed(const char *const *values, struct emu_slice text)
{
    for (; *values != NULL; values++)
        if (emu_slice_is(text, *values))
            return true;
    return false;
}

static void check_string(struct check *check, const struct emu_shape *shape, struct emu_slice text)
{
    check_length(check, shape, count_characters(text));
    if (shape->pattern != NULL && !shape->pattern->matches(text))
        fail(check, "Member must satisfy regular expression pattern: %s", shape->pattern->text);
    if (shape->values != NULL && !is_listed(shape->values, text)) {
        emu_auto_text set = {0};

        for (const char *const *one = shape->values; *one != NULL; one++)
            emu_text_printf(&set, "%s%s", set.len > 0 ? ", " : "", *one);
        fail(check, "Member must satisfy enum value set: [%s]", emu_text_string(&set));
    }
}

static void check_list(struct check *check, const struct emu_shape *shape, const json_t *list)
{
    const json_t *member;
    size_t i;

    check_length(check, shape, json_array_size(list));
    json_array_foreach(list, i, member)
    {
        size_t outer = check->path.len;

        emu_text_printf(&check->path, ".%zu.member", i + 1);
        check_value(check, shape->member, member);
        emu_text_truncate(&check->path, outer);
    }
}

static void check_map(struct check *check, const struct emu_shape *shape, const json_t *map)
{
    void *iter;

    check_length(check, shape, json_object_size(map));
    for (iter = json_object_iter((json_t *)(uintptr_t)map); iter != NULL;
         iter = json_object_iter_next((json_t *)(uintptr_t)map, iter)) {
        const char *key = json_object_iter_key(iter);
        size_t outer = enter(check, key);

        check_string(check, shape->key, emu_slice_of(key));
        check_value(check, shape->member, json_object_iter_value(iter));
        emu_text_truncate(&check->path, outer);
    }
}

static void check_fields(struct check *check, const struct emu_shape *shape, const json_t *object)
{
    int n_present = 0;

    for (const struct emu_field *field = shape->fields; field->name != NULL; field++) {
        const json_t *value = json_object_get(object, field->name);
        bool present = value != NULL && !json_is_null(value);
        size_t outer = enter(check, field->name);

        n_present += present;
        if (present)
            check_value(check, field->shape, value);
        else if (field->required)
            fail(check, "Member must not be null");
        emu_text_truncate(&check->path, outer);
    }
    if (shape->kind == EMU_UNION && n_present != 1)
        fail(check, "Member must have exactly one of its known members set");
}

static void check_value(struct check *check, const struct emu_shape *shape, const json_t *value)
{
    if (!has_type(shape->kind, value)) {
        if (check->mistyped.len == 0)
            emu_text_printf(&check->mistyped, "%s found at '%s' where not expected.",
                            type_name(value), emu_text_string(&check->path));
        return;
    }
    switch (shape->kind) {
    case EMU_STRING:
        check_string(check, shape,
                     (struct emu_slice){json_string_value(value), json_string_length(value)});
        break;
    case EMU_INTEGER:
    case EMU_FLOAT:
        check_number(check, shape, json_number_value(value));
        break;
    case EMU_LIST:
        check_list(check, shape, value);
        break;
    case EMU_MAP:
        check_map(check, shape, value);
        break;
    case EMU_STRUCTURE:
    case EMU_UNION:
        check_fields(check, shape, value);
        break;
    case EMU_BOOLEAN:
    case EMU_DOCUMENT:
        break;
    }
}

static int summarise(const struct check *check, struct emu_text *message)
{
    if (check->path.failed || check->errors.failed || check->mistyped.failed)
        return EMU_OUT_OF_MEMORY;
    if (check->mistyped.len > 0)
        emu_text_puts(message, check->mistyped.data);
    else if (check->n_errors > 0)
        emu_text_printf(message, "%d validation error%s detected: %s", check->n_errors,
                        check->n_errors > 1 ? "s" : "", check->errors.data);
    if (message->failed)
        return EMU_OUT_OF_MEMORY;
    if (check->mistyped.len > 0)
        return EMU_MALFORMED;
    return check->n_errors > 0 ? EMU_INVALID : EMU_OK;
}

int emu_shape_check(const struct emu_shape *shape, const json_t *value, struct emu_text *message)
{
    struct check check = {0};
    int rc;

    check_value(&check, shape, value);
    rc = summarise(&check, message);
    emu_text_free(&check.path);
    emu_text_free(&check.errors);
    emu_text_free(&check.mistyped);
    return rc;
}

const struct emu_shape *emu_shape_field(const struct emu_shape *shape, const char *name)
{
    for (const struct emu_field *field = shape->fields; field->name != NULL; field++)
        if (strcmp(field->name, name) == 0)
            return field->shape;
    return NULL;
}
