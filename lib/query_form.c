/* SPDX-License-Identifier: MIT */
#include "query_form.h"

#include <string.h>

enum {
    DEPTH_MAX = 32, /* AWS's deepest input has 5 */
    PREFIX_MAX = 4096
};

/* Members that are maps in AWS's models; every other object is a structure. */
static const struct map {
    const char *service;
    const char *member;
    const char *key;
    const char *value;
} maps[] = {
    {"sns", "Attributes", "key", "value"},
    {"sns", "attributes", "key", "value"},
    {"sns", "MessageAttributes", "Name", "Value"},
};

struct form {
    const struct brc__service *service;
    struct brc__buf *to;
    struct brc__buf prefix; /* the name of the value that is written */
    struct brc__buf text;   /* of a string, before it is encoded */
    struct brc__error *error;
};

static int put_value(struct form *form, struct brc__json value, const struct map *map, int depth);

static int failed(struct form *form, int code)
{
    return brc__error_set(form->error, code, "%s", brc_strerror(code));
}

/* "&Name=value" */
static int put_pair(struct form *form, const char *text, size_t n)
{
    brc__buf_append(form->to, "&", 1);
    brc__buf_append_encoded(form->to, form->prefix.data, form->prefix.length);
    brc__buf_append(form->to, "=", 1);
    int rc = brc__buf_append_encoded(form->to, text, n);
    if (rc == 0)
        rc = form->to->status;
    return rc < 0 ? failed(form, rc) : BRC_OK;
}

static int unquote(struct form *form, struct brc__json string)
{
    brc__buf_truncate(&form->text, 0);
    brc__json_unquote(string, &form->text);
    return form->text.status < 0 ? failed(form, form->text.status) : BRC_OK;
}

static int put_string(struct form *form, struct brc__json string)
{
    int rc = unquote(form, string);

    return rc < 0 ? rc : put_pair(form, form->text.data, form->text.length);
}

/* Goes one name deeper for what `put` writes, and comes back. */
#define DEEPER(form, call, ...)                                                                    \
    __extension__({                                                                                \
        size_t before_ = (form)->prefix.length;                                                    \
        brc__buf_appendf(&(form)->prefix, __VA_ARGS__);                                            \
        int rc_ = (form)->prefix.status < 0 ? failed((form), (form)->prefix.status) : (call);      \
        brc__buf_truncate(&(form)->prefix, before_);                                               \
        rc_;                                                                                       \
    })

static int put_list(struct form *form, struct brc__json list, int depth)
{
    struct brc__json element;
    size_t position = 0;

    for (size_t i = 1; brc__json_next(list, &position, &element); i++) {
        int rc = DEEPER(form, put_value(form, element, NULL, depth), ".member.%zu", i);
        if (rc < 0)
            return rc;
    }
    return position > 0 ? BRC_OK : put_pair(form, "", 0);
}

static int put_map(struct form *form, struct brc__json object, const struct map *map, int depth)
{
    struct brc__json name, value;
    size_t position = 0;

    for (size_t i = 1; brc__json_next_member(object, &position, &name, &value); i++) {
        int rc = DEEPER(form, put_string(form, name), ".entry.%zu.%s", i, map->key);
        if (rc == 0)
            rc = DEEPER(form, put_value(form, value, NULL, depth), ".entry.%zu.%s", i, map->value);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}

static const struct map *map_of(const struct brc__service *service, const char *member)
{
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        if (strcmp(maps[i].service, service->name) == 0 && strcmp(maps[i].member, member) == 0)
            return &maps[i];
    return NULL;
}

static bool is_name(const char *text, size_t n)
{
    return n > 0 && n <= 64 &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == n;
}

/* The names of the form are the library's to make: a dot in one, or a second Action, would say
 * something else than the object does. */
static int check_name(struct form *form, bool outermost)
{
    const char *name = form->text.data;

    if (form->text.length == 0 || !is_name(name, form->text.length))
        return brc__error_set(form->error, BRC_E_INVALID,
                              "json: a member's name is not made of letters, digits, _ and -");
    if (outermost && (strcmp(name, "Action") == 0 || strcmp(name, "Version") == 0))
        return brc__error_set(form->error, BRC_E_INVALID,
                              "json: %s is not for the caller to set: the operation says it", name);
    return BRC_OK;
}

static int put_members(struct form *form, struct brc__json object, int depth)
{
    struct brc__json name, value;
    size_t position = 0;

    while (brc__json_next_member(object, &position, &name, &value)) {
        bool outermost = form->prefix.length == 0;
        int rc = unquote(form, name);
        if (rc == 0)
            rc = check_name(form, outermost);
        if (rc < 0)
            return rc;
        const struct map *map = map_of(form->service, form->text.data);
        rc = DEEPER(form, put_value(form, value, map, depth), "%s%s", outermost ? "" : ".",
                    form->text.data);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}

static int put_value(struct form *form, struct brc__json value, const struct map *map, int depth)
{
    if (depth == DEPTH_MAX)
        return brc__error_set(form->error, BRC_E_INVALID, "json: is nested too deeply");
    if (brc__json_is(value, "null"))
        return BRC_OK;
    if (brc__json_starts(value, '{'))
        return map != NULL ? put_map(form, value, map, depth + 1)
                           : put_members(form, value, depth + 1);
    if (brc__json_starts(value, '['))
        return put_list(form, value, depth + 1);
    return brc__json_starts(value, '"') ? put_string(form, value)
                                        : put_pair(form, value.p, value.n);
}

int brc__query_form(const struct brc__service *service, const char *operation,
                    struct brc__json object, struct brc__buf *to, struct brc__error *error)
{
    brc__auto_buf struct brc__buf prefix = BRC__BUF(PREFIX_MAX);
    brc__auto_buf struct brc__buf text = BRC__SECRET_BUF(BRC__CEILING_REQUEST);
    struct form form = {service, to, prefix, text, error};

    int rc = brc__buf_appendf(to, "Action=%s&Version=%s", operation, service->version);
    if (rc < 0)
        return failed(&form, rc);
    if (object.p != NULL)
        rc = put_members(&form, object, 1);
    prefix = form.prefix; /* which the cleanup frees */
    text = form.text;
    return rc;
}
