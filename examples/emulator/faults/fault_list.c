/* The list of faults as a resource, the taking of one, and the damage any of them can do.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fault_list.h"
#include "patterns.h"

#include <string.h>

const struct emu_shape EMU_FAULT_STATUS = {.kind = EMU_INTEGER, .min = 200, .max = 599};
const struct emu_shape EMU_FAULT_TYPE = {
    .kind = EMU_STRING, .min = 1, .max = 63, .pattern = &EMU_PATTERN_NO_SPACE};
const struct emu_shape EMU_FAULT_MESSAGE = {.kind = EMU_STRING, .max = 8000}; /* fits a header */
const struct emu_shape EMU_FAULT_DELAY = {.kind = EMU_INTEGER, .min = 0, .max = EMU_MAX_DELAY_MS};
const struct emu_shape EMU_FAULT_CUT = {
    .kind = EMU_INTEGER, .min = EMU_CUT_BEFORE_HEAD, .max = INT32_MAX};
const struct emu_shape EMU_FAULT_BODY = {.kind = EMU_STRING};
const struct emu_shape EMU_FAULT_FLAG = {.kind = EMU_BOOLEAN};
const struct emu_shape EMU_FAULT_COUNT = {.kind = EMU_INTEGER, .min = 1, .max = INT32_MAX};
const struct emu_shape EMU_FAULT_SKIP = {.kind = EMU_INTEGER, .min = 0, .max = INT32_MAX};

/* ---- the resource ---- */

static void answer_list(json_t *faults, struct emu_reply *reply)
{
    emu_reply_json(reply, 200, json_pack("{s:O}", "faults", faults));
}

static int append(json_t *faults, const json_t *fault)
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

static void add(json_t *faults, int (*check)(const json_t *fault, struct emu_text *message),
                const struct emu_request *request, struct emu_reply *reply)
{
    emu_auto_text message = {0};
    json_t *fault;
    int rc = emu_request_json(request, &fault);

    if (rc == EMU_OK)
        rc = check(fault, &message);
    if (rc == EMU_INVALID || rc == EMU_MALFORMED)
        emu_reply_error(reply, "ValidationException", "%s",
                        message.len > 0 ? message.data : "A fault is a JSON object.");
    else if (rc < 0 || append(faults, fault) < 0)
        emu_reply_out_of_memory(reply);
    else
        answer_list(faults, reply);
    json_decref(fault);
}

bool emu_fault_list_answer(json_t *faults,
                           int (*check)(const json_t *fault, struct emu_text *message),
                           const struct emu_request *request, struct emu_reply *reply)
{
    if (strcmp(request->method, "POST") == 0) {
        add(faults, check, request, reply);
        return true;
    }
    if (strcmp(request->method, "DELETE") == 0)
        json_array_clear(faults);
    else if (strcmp(request->method, "GET") != 0)
        return false;
    answer_list(faults, reply);
    return true;
}

/* ---- one of them ---- */

/* Takes one off a member; false if there is none left to take. */
static bool one_less(const json_t *fault, const char *member)
{
    json_t *n = json_object_get(fault, member);

    if (json_integer_value(n) <= 0)
        return false;
    json_integer_set(n, json_integer_value(n) - 1);
    return true;
}

json_t *emu_fault_list_take(json_t *faults, bool (*fits)(const json_t *fault, const void *call),
                            const void *call)
{
    json_t *fault;
    size_t i;

    json_array_foreach(faults, i, fault)
    {
        if (!fits(fault, call) || one_less(fault, "skip"))
            continue;
        json_incref(fault);
        one_less(fault, "count");
        if (emu_fault_integer(fault, "count", 0) <= 0)
            json_array_remove(faults, i);
        return fault;
    }
    return NULL;
}

json_int_t emu_fault_integer(const json_t *fault, const char *member, json_int_t otherwise)
{
    const json_t *value = json_object_get(fault, member);

    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

const char *emu_fault_message(const json_t *fault)
{
    const char *message = json_string_value(json_object_get(fault, "message"));

    return message != NULL ? message : "A fault was asked for.";
}

/* As many bytes as the answer has, none of them JSON. */
static void answer_garbage(struct emu_random *random, struct emu_reply *reply)
{
    for (size_t i = 0; i < reply->body.len; i++)
        reply->body.data[i] = (char)(0x80 | emu_random_below(random, 0x80));
}

void emu_fault_spoil(const json_t *fault, struct emu_random *random, struct emu_reply *reply)
{
    const json_t *body = json_object_get(fault, "body");
    json_int_t delay_ms = emu_fault_integer(fault, "delayMs", 0);

    if (json_is_true(json_object_get(fault, "garbage")))
        answer_garbage(random, reply);
    if (json_is_string(body)) {
        emu_text_truncate(&reply->body, 0);
        emu_text_add(&reply->body, json_string_value(body), json_string_length(body));
    }
    if (delay_ms > reply->delay_ms)
        reply->delay_ms = delay_ms;
    reply->cut = emu_fault_integer(fault, "cut", EMU_NO_CUT);
}
