/* REST with JSON: method and path name the operation; its input is in path, query and body.
 *
 * SPDX-License-Identifier: MIT
 */
#include "services.h"
#include "uri.h"
#include "wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- which operation ---- */

static bool is_label(const char *segment)
{
    return segment[0] == '{';
}

/* Does the raw path match? `labels` is where the values of its labels stand. */
static bool path_matches(const struct emu_operation *operation, struct emu_slice path,
                         struct emu_slice labels[EMU_MAX_LABELS])
{
    size_t n_labels = 0;

    if (path.len == 0 || path.s[0] != '/')
        return false;
    for (const char *const *segment = operation->segments; *segment != NULL; segment++) {
        const char *end;
        struct emu_slice part;

        if (path.len == 0)
            return false;
        path.s++; /* the slash in front */
        path.len--;
        end = memchr(path.s, '/', path.len);
        part = (struct emu_slice){path.s, end != NULL ? (size_t)(end - path.s) : path.len};
        if (is_label(*segment) ? part.len == 0 : !emu_slice_is(part, *segment))
            return false;
        if (is_label(*segment))
            labels[n_labels++] = part;
        path.s += part.len;
        path.len -= part.len;
    }
    return path.len == 0;
}

static int find(const struct emu_request *request, struct emu_asked *asked)
{
    const char *signing_name = asked->service->signing_name;
    struct emu_slice path = {request->uri, emu_uri_path_length(request->uri)};

    for (size_t i = 0; emu_service_at(i) != NULL; i++) {
        const struct emu_service *service = emu_service_at(i);

        if (strcmp(service->signing_name, signing_name) != 0)
            continue;
        for (const struct emu_operation *one = service->operations; one->name != NULL; one++) {
            if (strcmp(one->method, request->method) == 0 &&
                path_matches(one, path, asked->labels)) {
                asked->service = service;
                asked->operation = one;
                return EMU_OK;
            }
        }
    }
    return EMU_INVALID;
}

/* ---- its input ---- */

static int set_label(json_t *input, const char *segment, struct emu_slice value)
{
    emu_auto_text decoded = {0};
    emu_auto_text member = {0};
    json_t *string;
    int rc = emu_uri_decode(&decoded, value.s, value.len);

    if (rc < 0)
        return rc;
    emu_text_add(&member, segment + 1, strlen(segment) - 2); /* without the braces */
    string = json_stringn(emu_text_string(&decoded), decoded.len);
    if (string == NULL)
        return EMU_MALFORMED; /* not UTF-8 */
    return json_object_set_new(input, emu_text_string(&member), string) == 0 ? EMU_OK
                                                                             : EMU_OUT_OF_MEMORY;
}

static int set_labels(json_t *input, const struct emu_asked *asked)
{
    size_t n = 0;
    int rc = EMU_OK;

    for (const char *const *segment = asked->operation->segments; rc == EMU_OK && *segment != NULL;
         segment++)
        if (is_label(*segment))
            rc = set_label(input, *segment, asked->labels[n++]);
    return rc;
}

/* The JSON value of a query argument: what its member's shape says. */
static json_t *argument_value(const struct emu_shape *shape, const char *value)
{
    char *end;
    long long number;

    if (shape->kind == EMU_BOOLEAN && (strcmp(value, "true") == 0 || strcmp(value, "false") == 0))
        return json_boolean(value[0] == 't');
    if (shape->kind != EMU_INTEGER)
        return json_string(value);
    errno = 0;
    number = strtoll(value, &end, 10);
    return *value != '\0' && *end == '\0' && errno == 0 ? json_integer(number) : NULL;
}

/* All of one name, in their order; NULL: one of them is no UTF-8. */
static json_t *argument_list(const struct emu_shape *shape, const struct emu_query *query,
                             const char *name)
{
    json_t *list = json_array();

    for (size_t i = 0; i < query->count; i++) {
        if (strcmp(query->args[i].name, name) == 0 &&
            json_array_append_new(list, argument_value(shape->member, query->args[i].value)) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static int set_arguments(json_t *input, const struct emu_operation *operation, const char *uri)
{
    struct emu_query query;
    int rc = emu_query_parse(&query, uri);

    for (const char *const *name = operation->query; rc == EMU_OK && *name != NULL; name++) {
        const struct emu_shape *shape = emu_shape_field(operation->input, *name);
        const char *value = emu_query_value(&query, *name);

        if (value != NULL &&
            json_object_set_new(input, *name,
                                shape->kind == EMU_LIST ? argument_list(shape, &query, *name)
                                                        : argument_value(shape, value)) < 0)
            rc = EMU_MALFORMED;
    }
    emu_query_free(&query);
    return rc;
}

static bool has_body(const struct emu_request *request)
{
    return request->body_len > 0 &&
           (strcmp(request->method, "POST") == 0 || strcmp(request->method, "PUT") == 0);
}

static int gather(const struct emu_request *request, const struct emu_asked *asked,
                  json_t **ret_input)
{
    json_t *input = NULL;
    int rc = EMU_OK;

    if (has_body(request)) {
        rc = emu_request_json(request, &input);
    } else {
        input = json_object();
        rc = input != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;
    }
    if (rc == EMU_OK)
        rc = set_labels(input, asked);
    if (rc == EMU_OK)
        rc = set_arguments(input, asked->operation, request->uri);
    if (rc < 0) {
        json_decref(input);
        input = NULL;
    }
    *ret_input = input;
    return rc;
}

/* ---- its answer ---- */

/* A reply is made as this protocol has it. */
static void leave(const struct emu_request *request, const struct emu_asked *asked,
                  struct emu_reply *reply)
{
    (void)request;
    (void)asked;
    (void)reply;
}

const struct emu_wire EMU_WIRE_REST_JSON = {find, gather, leave};
