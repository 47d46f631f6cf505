/* A visit from its beginning to the answer.
 *
 * SPDX-License-Identifier: MIT
 */
#include "visit.h"

#include <string.h>

bool emu_visit_begin(struct emu_visit *visit, const char *operation)
{
    visit->operation = operation;
    if (emu_identity_log_operation(visit->identity->log, visit->source->name, operation) < 0) {
        emu_reply_out_of_memory(visit->reply);
        return false;
    }
    visit->fault = emu_identity_fault_take(visit);
    return !emu_identity_fault_refuses(visit);
}

static int status_of(const struct emu_source *source, const char *code)
{
    for (const struct emu_source_error *error = source->errors; error->code != NULL; error++)
        if (strcmp(error->code, code) == 0)
            return error->status;
    return 400;
}

void emu_visit_refuse(struct emu_visit *visit, const char *code, const char *format, ...)
{
    emu_auto_text message = {0};
    va_list args;

    va_start(args, format);
    emu_text_vprintf(&message, format, args);
    va_end(args);
    for (size_t i = 0; i < message.len; i++)
        if (message.data[i] < ' ' || message.data[i] > '~')
            message.data[i] = '?'; /* a request may hold any byte, JSON and XML not */
    if (message.failed)
        emu_reply_out_of_memory(visit->reply);
    else
        visit->source->refuse(visit, status_of(visit->source, code), code, message.data);
}

void emu_visit_json(struct emu_visit *visit, json_t *json)
{
    emu_identity_fault_omit(visit, json);
    emu_reply_json(visit->reply, 200, json);
}

const char *emu_visit_told(const struct emu_visit *visit, const char *member)
{
    const char *value = json_string_value(json_object_get(visit->identity->setup, member));

    return value != NULL ? value : "";
}

json_t *emu_visit_find(const struct emu_visit *visit, const char *list, const char *member,
                       const char *value)
{
    json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(visit->identity->setup, list), i, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, member)), value) == 0)
            return entry;
    }
    return NULL;
}
