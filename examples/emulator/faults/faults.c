/* Which members a fault of Bedrock has, whom it strikes, and the error it answers.
 *
 * SPDX-License-Identifier: MIT
 */
#include "faults.h"
#include "services.h"
#include "shape_macros.h"
#include "stream_faults.h"

#include <string.h>
#include <strings.h>

static const struct emu_shape PROFILE = {.kind = EMU_STRING, .min = 1, .max = 2048};
static const struct emu_shape AFTER = {.kind = EMU_INTEGER, .min = 0, .max = INT32_MAX};

static const struct emu_shape NAME = {.kind = EMU_STRING, .min = 1, .max = 63};

static const struct emu_shape FAULT =
    STRUCTURE(OPTIONAL("skip", EMU_FAULT_SKIP), OPTIONAL("service", NAME),
              OPTIONAL("operation", NAME), OPTIONAL("drop", EMU_FAULT_FLAG),
              OPTIONAL("status", EMU_FAULT_STATUS), OPTIONAL("type", EMU_FAULT_TYPE),
              OPTIONAL("message", EMU_FAULT_MESSAGE), OPTIONAL("delayMs", EMU_FAULT_DELAY),
              OPTIONAL("cut", EMU_FAULT_CUT), OPTIONAL("body", EMU_FAULT_BODY),
              OPTIONAL("garbage", EMU_FAULT_FLAG), OPTIONAL("count", EMU_FAULT_COUNT),
              OPTIONAL("profile", PROFILE), OPTIONAL("exception", EMU_FAULT_TYPE),
              OPTIONAL("error", EMU_FAULT_TYPE), OPTIONAL("stall", EMU_FAULT_FLAG),
              OPTIONAL("after", AFTER), OPTIONAL("noMetadata", EMU_FAULT_FLAG),
              OPTIONAL("dribble", EMU_FAULT_FLAG), OPTIONAL("eventDelayMs", EMU_FAULT_DELAY));

int emu_fault_check(const json_t *fault, struct emu_text *message)
{
    int rc = emu_shape_check(&FAULT, fault, message);
    const char *objection = rc == EMU_OK ? emu_stream_fault_objection(fault) : NULL;

    if (objection == NULL)
        return rc;
    emu_text_puts(message, objection);
    return message->failed ? EMU_OUT_OF_MEMORY : EMU_INVALID;
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

/* True if the fault has no such member, or one that is `name`. */
static bool is_for(const json_t *fault, const char *member, const char *name)
{
    const char *wanted = json_string_value(json_object_get(fault, member));

    return wanted == NULL || strcmp(wanted, name) == 0;
}

static bool fits(const json_t *fault, const void *call)
{
    const struct emu_struck *struck = call;
    const char *profile = json_string_value(json_object_get(fault, "profile"));

    if (profile != NULL && (struck->resource == NULL || !names_profile(struck->resource, profile)))
        return false;
    return is_for(fault, "operation", struck->operation) &&
           is_for(fault, "service", struck->service->name) &&
           (struck->streams || !emu_fault_is_for_streams(fault));
}

json_t *emu_faults_take(json_t *faults, const struct emu_struck *call)
{
    return emu_fault_list_take(faults, fits, call);
}

/* ---- what it answers ---- */

static bool drops(const json_t *fault)
{
    return json_is_true(json_object_get(fault, "drop"));
}

/* The status to answer with: as given, or that of the type, or 0 for the true answer. */
static int get_status(const json_t *fault, const struct emu_service *service)
{
    const char *type = json_string_value(json_object_get(fault, "type"));
    int status = (int)emu_fault_integer(fault, "status", 0);

    if (status == 0 && type != NULL)
        return emu_service_error_status(service, emu_service_error_name(service, type));
    return status == 0 && drops(fault) ? 503 : status;
}

/* 408 and 424 say that the model ran and failed: it is billed. */
bool emu_fault_refuses(const json_t *fault, const struct emu_struck *call)
{
    int status = get_status(fault, call->service);

    return drops(fault) || (status >= 300 && status != 408 && status != 424);
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

void emu_fault_answer(const json_t *fault, const struct emu_struck *call, struct emu_reply *reply)
{
    const char *type = json_string_value(json_object_get(fault, "type"));
    int status = get_status(fault, call->service);

    if (status < 300)
        return;
    type = type != NULL ? emu_service_error_name(call->service, type)
                        : emu_service_error_type(call->service, status);
    emu_reply_error_json(reply, status, type,
                         emu_fault_error_json(fault, type != NULL ? type : "", call->resource));
}

void emu_fault_apply(const json_t *fault, struct emu_random *random, struct emu_reply *reply)
{
    int status = (int)emu_fault_integer(fault, "status", 0);

    if (status > 0 && status < 300)
        reply->status = status;
    emu_fault_spoil(fault, random, reply);
    if (drops(fault))
        reply->cut = EMU_CUT_BEFORE_HEAD;
    if (reply->streams)
        emu_stream_fault_apply(fault, reply);
}
