/* Faults are kept as the JSON objects they were asked for with; `count` goes down with each use.
 *
 * SPDX-License-Identifier: MIT
 */
#include "faults.h"
#include "patterns.h"
#include "shape_macros.h"
#include "stream_faults.h"

#include <string.h>
#include <strings.h>

static const struct emu_shape STATUS = {.kind = EMU_INTEGER, .min = 200, .max = 599};
static const struct emu_shape TYPE = {
    .kind = EMU_STRING, .min = 1, .max = 63, .pattern = &EMU_PATTERN_NO_SPACE};
static const struct emu_shape PROFILE = {.kind = EMU_STRING, .min = 1, .max = 2048};
static const struct emu_shape TEXT = {.kind = EMU_STRING};
static const struct emu_shape MESSAGE = {.kind = EMU_STRING, .max = 8000}; /* fits a header */
static const struct emu_shape DELAY = {.kind = EMU_INTEGER, .min = 0, .max = EMU_MAX_DELAY_MS};
static const struct emu_shape CUT = {
    .kind = EMU_INTEGER, .min = EMU_CUT_BEFORE_HEAD, .max = INT32_MAX};
static const struct emu_shape FLAG = {.kind = EMU_BOOLEAN};
static const struct emu_shape AFTER = {.kind = EMU_INTEGER, .min = 0, .max = INT32_MAX};
static const struct emu_shape COUNT = {.kind = EMU_INTEGER, .min = 1, .max = INT32_MAX};

const struct emu_shape EMU_SHAPE_FAULT =
    STRUCTURE(OPTIONAL("status", STATUS), OPTIONAL("type", TYPE), OPTIONAL("message", MESSAGE),
              OPTIONAL("delayMs", DELAY), OPTIONAL("cut", CUT), OPTIONAL("body", TEXT),
              OPTIONAL("garbage", FLAG), OPTIONAL("count", COUNT), OPTIONAL("profile", PROFILE),
              OPTIONAL("exception", TYPE), OPTIONAL("error", TYPE), OPTIONAL("stall", FLAG),
              OPTIONAL("after", AFTER), OPTIONAL("noMetadata", FLAG), OPTIONAL("dribble", FLAG),
              OPTIONAL("eventDelayMs", DELAY));

static json_int_t get_integer(const json_t *fault, const char *member, json_int_t otherwise)
{
    const json_t *value = json_object_get(fault, member);

    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

/* The status to answer with: as given, or that of the type, or 0 for the true answer. */
static int get_status(const json_t *fault)
{
    const char *type = json_string_value(json_object_get(fault, "type"));
    int status = (int)get_integer(fault, "status", 0);

    if (status == 0 && type != NULL) {
        status = emu_error_status(type);
        return status > 0 ? status : 500;
    }
    return status;
}

int emu_faults_add(json_t *faults, const json_t *fault)
{
    json_t *copy = json_deep_copy(fault);
    int rc = copy != NULL ? 0 : -1;

    if (rc == 0 && !json_is_integer(json_object_get(copy, "count")))
        rc = json_object_set_new(copy, "count", json_integer(1));
    if (rc < 0) {
        json_decref(copy);
        return EMU_OUT_OF_MEMORY;
    }
    return json_array_append_new(faults, copy) == 0 ? EMU_OK : EMU_OUT_OF_MEMORY;
}

/* `wanted` is an ARN or an id, and so is `resource`. */
static bool names_profile(const char *resource, const char *wanted)
{
    const char *resource_id = strrchr(resource, '/');
    const char *wanted_id = strrchr(wanted, '/');

    if (resource_id != NULL && wanted_id != NULL)
        return strcmp(resource, wanted) == 0;
    return strcmp(resource_id != NULL ? resource_id + 1 : resource,
                  wanted_id != NULL ? wanted_id + 1 : wanted) == 0;
}

json_t *emu_faults_take(json_t *faults, const char *resource, bool streams)
{
    json_t *fault;
    size_t i;

    json_array_foreach(faults, i, fault)
    {
        const char *wanted = json_string_value(json_object_get(fault, "profile"));
        json_t *count = json_object_get(fault, "count");

        if ((wanted != NULL && (resource == NULL || !names_profile(resource, wanted))) ||
            (!streams && emu_fault_is_for_streams(fault)))
            continue;
        json_incref(fault);
        json_integer_set(count, json_integer_value(count) - 1);
        if (json_integer_value(count) <= 0)
            json_array_remove(faults, i);
        return fault;
    }
    return NULL;
}

/* 408 and 424 say that the model ran and failed: it is billed. */
bool emu_fault_refuses(const json_t *fault)
{
    int status = get_status(fault);

    return status >= 300 && status != 408 && status != 424;
}

const char *emu_fault_message(const json_t *fault)
{
    const char *message = json_string_value(json_object_get(fault, "message"));

    return message != NULL ? message : "A fault was asked for.";
}

/* `type` begins with a lower case letter when it is an exception in a stream. */
json_t *emu_fault_error_json(const json_t *fault, const char *type, const char *resource)
{
    const char *message = emu_fault_message(fault);
    bool is_model_error = strcmp(type, "ModelErrorException") == 0;
    bool is_stream_error = strcasecmp(type, "ModelStreamErrorException") == 0;
    bool has_resource = is_model_error || strcmp(type, "TooManyTagsException") == 0;

    return json_pack("{s:s, s:o*, s:s*, s:s*}", "message", message, "originalStatusCode",
                     is_model_error || is_stream_error ? json_integer(500) : NULL,
                     "originalMessage", is_stream_error ? message : NULL, "resourceName",
                     has_resource ? resource : NULL);
}

static void answer_error(const json_t *fault, int status, const char *resource,
                         struct emu_reply *reply)
{
    const char *type = json_string_value(json_object_get(fault, "type"));

    if (type == NULL)
        type = emu_error_type(status);
    emu_reply_error_json(reply, status, type,
                         emu_fault_error_json(fault, type != NULL ? type : "", resource));
}

/* As many bytes as the answer has, none of them JSON. */
static void answer_garbage(struct emu_random *random, struct emu_reply *reply)
{
    for (size_t i = 0; i < reply->body.len; i++)
        reply->body.data[i] = (char)(0x80 | emu_random_below(random, 0x80));
}

void emu_fault_apply(const json_t *fault, const char *resource, struct emu_random *random,
                     struct emu_reply *reply)
{
    const json_t *body = json_object_get(fault, "body");
    json_int_t delay_ms = get_integer(fault, "delayMs", 0);
    int status = get_status(fault);

    if (status >= 300)
        answer_error(fault, status, resource, reply);
    else if (status > 0)
        reply->status = status;
    if (json_is_true(json_object_get(fault, "garbage")))
        answer_garbage(random, reply);
    if (json_is_string(body)) {
        emu_text_truncate(&reply->body, 0);
        emu_text_add(&reply->body, json_string_value(body), json_string_length(body));
    }
    if (reply->streams)
        emu_stream_fault_apply(fault, reply);
    if (delay_ms > reply->delay_ms)
        reply->delay_ms = delay_ms;
    reply->cut = get_integer(fault, "cut", EMU_NO_CUT);
}
