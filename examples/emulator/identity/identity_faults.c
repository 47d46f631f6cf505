/* Which members a fault of a source has, whom it strikes, and what it does.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fault_list.h"
#include "shape_macros.h"
#include "visit.h"

#include <stdio.h>
#include <string.h>

#define MAX_SIZE (32 * 1024 * 1024)

static const struct emu_shape WHICH = ENUM("sts", "imds", "container", "sso", "oidc");
static const struct emu_shape NAME = {.kind = EMU_STRING, .min = 1, .max = 63};
static const struct emu_shape NAMES = LIST_OF(NAME);
static const struct emu_shape SECONDS = {.kind = EMU_INTEGER, .min = -INT32_MAX, .max = INT32_MAX};
static const struct emu_shape SIZE = {.kind = EMU_INTEGER, .min = 0, .max = MAX_SIZE};

static const struct emu_shape FAULT =
    STRUCTURE(OPTIONAL("skip", EMU_FAULT_SKIP), OPTIONAL("which", WHICH),
              OPTIONAL("operation", NAME), OPTIONAL("status", EMU_FAULT_STATUS),
              OPTIONAL("type", EMU_FAULT_TYPE), OPTIONAL("message", EMU_FAULT_MESSAGE),
              OPTIONAL("delayMs", EMU_FAULT_DELAY), OPTIONAL("cut", EMU_FAULT_CUT),
              OPTIONAL("body", EMU_FAULT_BODY), OPTIONAL("garbage", EMU_FAULT_FLAG),
              OPTIONAL("count", EMU_FAULT_COUNT), OPTIONAL("contentType", NAME),
              OPTIONAL("omit", NAMES), OPTIONAL("expiresIn", SECONDS), OPTIONAL("size", SIZE));

int emu_identity_fault_check(const json_t *fault, struct emu_text *message)
{
    return emu_shape_check(&FAULT, fault, message);
}

static const char *string_of(const json_t *fault, const char *member)
{
    return json_string_value(json_object_get(fault, member));
}

static bool fits(const json_t *fault, const void *call)
{
    const struct emu_visit *visit = call;
    const char *which = string_of(fault, "which");
    const char *operation = string_of(fault, "operation");

    return (which == NULL || strcmp(which, visit->source->name) == 0) &&
           (operation == NULL || strcmp(operation, visit->operation) == 0);
}

json_t *emu_identity_fault_take(struct emu_visit *visit)
{
    return emu_fault_list_take(visit->identity->faults, fits, visit);
}

/* Type and status as given, or what is usual for the other. */
static void find_error(const struct emu_visit *visit, int *ret_status, const char **ret_code)
{
    *ret_status = (int)emu_fault_integer(visit->fault, "status", 0);
    *ret_code = string_of(visit->fault, "type");
    for (const struct emu_source_error *error = visit->source->errors; error->code != NULL;
         error++) {
        if (*ret_code == NULL && *ret_status == error->status)
            *ret_code = error->code;
        else if (*ret_code != NULL && *ret_status == 0 && strcmp(*ret_code, error->code) == 0)
            *ret_status = error->status;
    }
}

bool emu_identity_fault_refuses(struct emu_visit *visit)
{
    const char *code;
    int status;

    if (visit->fault == NULL)
        return false;
    find_error(visit, &status, &code);
    if (status < 300 && (code == NULL || status > 0))
        return false;
    visit->source->refuse(visit, status > 0 ? status : 400, code != NULL ? code : "Fault",
                          emu_fault_message(visit->fault));
    return true;
}

static void omit(json_t *object, const char *name)
{
    const char *key;
    json_t *value;

    json_object_del(object, name);
    json_object_foreach(object, key, value)
    {
        omit(value, name);
    }
}

void emu_identity_fault_omit(const struct emu_visit *visit, json_t *answer)
{
    json_t *name;
    size_t i;

    json_array_foreach(json_object_get(visit->fault, "omit"), i, name)
    {
        omit(answer, json_string_value(name));
    }
}

/* JSON and XML stay what they are with blanks at their end. */
static void pad(struct emu_text *body, size_t size)
{
    static const char BLANKS[] = "                                                                ";

    while (body->len < size && !body->failed) {
        size_t left = size - body->len;

        emu_text_add(body, BLANKS, left < sizeof(BLANKS) - 1 ? left : sizeof(BLANKS) - 1);
    }
}

void emu_identity_fault_spoil(struct emu_visit *visit)
{
    struct emu_reply *reply = visit->reply;
    const char *type = string_of(visit->fault, "contentType");
    int status = (int)emu_fault_integer(visit->fault, "status", 0);

    if (status > 0 && status < 300)
        reply->status = status;
    if (type != NULL)
        snprintf(reply->content_type, sizeof(reply->content_type), "%s", type);
    emu_fault_spoil(visit->fault, &visit->identity->random, reply);
    pad(&reply->body, (size_t)emu_fault_integer(visit->fault, "size", 0));
    if (reply->body.failed)
        emu_reply_out_of_memory(reply);
}
