/* Finds the operation a request means, gathers its input, and has it answered.
 *
 * SPDX-License-Identifier: MIT
 */
#include "call.h"
#include "faults.h"
#include "operations.h"
#include "uri.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct operation {
    const char *name;
    const char *method;
    const char *segments[4];       /* of the path; "{member}" takes any value; NULL ends */
    const char *query[5];          /* members taken from the query; NULL ends */
    const struct emu_shape *input; /* with the members of path and query */
    const char *resource;          /* the member that names a profile or model, or NULL */
    void (*answer)(struct emu_call *call);
};

static const struct operation OPERATIONS[] = {
    {"Converse",
     "POST",
     {"model", "{modelId}", "converse"},
     {NULL},
     &EMU_SHAPE_CONVERSE,
     "modelId",
     emu_converse},
    {"ConverseStream",
     "POST",
     {"model", "{modelId}", "converse-stream"},
     {NULL},
     &EMU_SHAPE_CONVERSE_STREAM,
     "modelId",
     emu_converse_stream},
    {"CountTokens",
     "POST",
     {"model", "{modelId}", "count-tokens"},
     {NULL},
     &EMU_SHAPE_COUNT_TOKENS,
     "modelId",
     emu_count_tokens},
    {"ListFoundationModels",
     "GET",
     {"foundation-models"},
     {"byProvider", "byCustomizationType", "byOutputModality", "byInferenceType"},
     &EMU_SHAPE_LIST_MODELS,
     NULL,
     emu_list_foundation_models},
    {"CreateInferenceProfile",
     "POST",
     {"inference-profiles"},
     {NULL},
     &EMU_SHAPE_CREATE_PROFILE,
     NULL,
     emu_create_inference_profile},
    {"GetInferenceProfile",
     "GET",
     {"inference-profiles", "{inferenceProfileIdentifier}"},
     {NULL},
     &EMU_SHAPE_ONE_PROFILE,
     "inferenceProfileIdentifier",
     emu_get_inference_profile},
    {"ListInferenceProfiles",
     "GET",
     {"inference-profiles"},
     {"maxResults", "nextToken", "type"},
     &EMU_SHAPE_LIST_PROFILES,
     NULL,
     emu_list_inference_profiles},
    {"DeleteInferenceProfile",
     "DELETE",
     {"inference-profiles", "{inferenceProfileIdentifier}"},
     {NULL},
     &EMU_SHAPE_ONE_PROFILE,
     "inferenceProfileIdentifier",
     emu_delete_inference_profile},
    {"TagResource",
     "POST",
     {"tagResource"},
     {NULL},
     &EMU_SHAPE_TAG,
     "resourceARN",
     emu_tag_resource},
    {"UntagResource",
     "POST",
     {"untagResource"},
     {NULL},
     &EMU_SHAPE_UNTAG,
     "resourceARN",
     emu_untag_resource},
    {"ListTagsForResource",
     "POST",
     {"listTagsForResource"},
     {NULL},
     &EMU_SHAPE_LIST_TAGS,
     "resourceARN",
     emu_list_tags_for_resource},
};

/* ---- which operation ---- */

static bool is_label(const char *segment)
{
    return segment[0] == '{';
}

/* Does the raw path match? *ret_label, if the operation has one, is where its value stands. */
static bool path_matches(const struct operation *operation, const char *path, size_t len,
                         const char **ret_label, size_t *ret_label_len)
{
    const char *end = path + len;

    for (const char *const *segment = operation->segments; *segment != NULL; segment++) {
        const char *next;
        size_t n;

        if (path >= end || *path++ != '/')
            return false;
        next = memchr(path, '/', (size_t)(end - path));
        n = (size_t)((next != NULL ? next : end) - path);
        if (is_label(*segment)) {
            *ret_label = path;
            *ret_label_len = n;
        }
        if (n == 0 ||
            (!is_label(*segment) && (n != strlen(*segment) || memcmp(path, *segment, n) != 0)))
            return false;
        path += n;
    }
    return path == end;
}

static const struct operation *find_operation(const struct emu_request *request,
                                              const char **ret_label, size_t *ret_label_len)
{
    size_t path_len = emu_uri_path_length(request->uri);

    for (size_t i = 0; i < sizeof(OPERATIONS) / sizeof(OPERATIONS[0]); i++)
        if (strcmp(request->method, OPERATIONS[i].method) == 0 &&
            path_matches(&OPERATIONS[i], request->uri, path_len, ret_label, ret_label_len))
            return &OPERATIONS[i];
    return NULL;
}

/* ---- its input ---- */

static int set_label(json_t *input, const struct operation *operation, const char *value,
                     size_t len)
{
    emu_auto_text decoded = {0};
    emu_auto_text member = {0};
    json_t *string;
    int rc = emu_uri_decode(&decoded, value, len);

    if (rc < 0)
        return rc;
    for (const char *const *segment = operation->segments; *segment != NULL; segment++)
        if (is_label(*segment))
            emu_text_add(&member, *segment + 1, strlen(*segment) - 2);
    string = json_stringn(decoded.data, decoded.len);
    if (string == NULL)
        return EMU_MALFORMED; /* not UTF-8 */
    return json_object_set_new(input, emu_text_string(&member), string) == 0 ? EMU_OK
                                                                             : EMU_OUT_OF_MEMORY;
}

/* The JSON value of a query argument: what its member's shape says. */
static json_t *argument_value(const struct emu_shape *shape, const char *value)
{
    char *end;
    long long number;

    if (shape->kind != EMU_INTEGER)
        return json_string(value);
    errno = 0;
    number = strtoll(value, &end, 10);
    return *value != '\0' && *end == '\0' && errno == 0 ? json_integer(number) : NULL;
}

static int set_arguments(json_t *input, const struct operation *operation, const char *uri)
{
    struct emu_query query;
    int rc = emu_query_parse(&query, uri);

    for (const char *const *name = operation->query; rc == EMU_OK && *name != NULL; name++) {
        const char *value = emu_query_value(&query, *name);

        if (value != NULL &&
            json_object_set_new(
                input, *name, argument_value(emu_shape_field(operation->input, *name), value)) < 0)
            rc = EMU_MALFORMED;
    }
    emu_query_free(&query);
    return rc;
}

/* Body, path and query as one JSON object. */
static int gather_input(const struct operation *operation, const struct emu_request *request,
                        const char *label, size_t label_len, json_t **ret_input)
{
    json_t *input = NULL;
    int rc = EMU_OK;

    if (strcmp(request->method, "POST") == 0 && request->body_len > 0) {
        rc = emu_request_json(request, &input);
    } else {
        input = json_object();
        rc = input != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;
    }
    if (rc == EMU_OK && label != NULL)
        rc = set_label(input, operation, label, label_len);
    if (rc == EMU_OK)
        rc = set_arguments(input, operation, request->uri);
    if (rc < 0) {
        json_decref(input);
        input = NULL;
    }
    *ret_input = input;
    return rc;
}

/* ---- the answer ---- */

static void answer_checked(struct emu_call *call, const struct operation *operation)
{
    emu_auto_text message = {0};

    switch (emu_shape_check(operation->input, call->input, &message)) {
    case EMU_OK:
        operation->answer(call);
        break;
    case EMU_INVALID:
        emu_reply_error(call->reply, "ValidationException", "%s", message.data);
        break;
    case EMU_MALFORMED:
        emu_reply_error(call->reply, "SerializationException", "%s", message.data);
        break;
    default:
        emu_reply_out_of_memory(call->reply);
    }
}

static void answer(struct emu_call *call, const struct operation *operation)
{
    const char *resource =
        operation->resource != NULL ? emu_call_string(call, operation->resource) : NULL;
    bool streams = operation->answer == emu_converse_stream;
    json_t *fault = emu_faults_take(call->emulator->faults, resource, streams);

    if (fault == NULL || !emu_fault_refuses(fault))
        answer_checked(call, operation);
    if (fault != NULL)
        emu_fault_apply(fault, resource, &call->emulator->random, call->reply);
    json_decref(fault);
}

void emu_call_operation(struct emulator *emulator, const struct emu_request *request,
                        const char *region, struct emu_reply *reply)
{
    const char *label = NULL;
    size_t label_len = 0;
    const struct operation *operation = find_operation(request, &label, &label_len);
    json_t *input;
    int rc;

    if (operation == NULL) {
        emu_reply_error(reply, "UnknownOperationException",
                        "There is no such operation here, or not with this method.");
        return;
    }
    rc = gather_input(operation, request, label, label_len, &input);
    if (rc == EMU_OK) {
        struct emu_call call = {emulator, region, request, input, reply};

        answer(&call, operation);
        json_decref(input);
    } else if (rc == EMU_MALFORMED) {
        emu_reply_error(reply, "SerializationException", "The request of %s cannot be read.",
                        operation->name);
    } else {
        emu_reply_out_of_memory(reply);
    }
}
