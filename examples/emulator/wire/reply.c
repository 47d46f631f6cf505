/* Answers: JSON bodies, streams, and the errors of Amazon Bedrock with their statuses.
 *
 * SPDX-License-Identifier: MIT
 */
#include "reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first type of a status is the one a fault without a type gets. */
static const struct {
    const char *type;
    int status;
} ERRORS[] = {
    {"ValidationException", 400},
    {"ConflictException", 400},
    {"IncompleteSignatureException", 400},
    {"SerializationException", 400},
    {"ServiceQuotaExceededException", 400},
    {"TooManyTagsException", 400},
    {"AccessDeniedException", 403},
    {"ExpiredTokenException", 403},
    {"InvalidSignatureException", 403},
    {"MissingAuthenticationTokenException", 403},
    {"UnrecognizedClientException", 403},
    {"ResourceNotFoundException", 404},
    {"UnknownOperationException", 404},
    {"ModelTimeoutException", 408},
    {"RequestEntityTooLargeException", 413},
    {"ModelErrorException", 424},
    {"ModelStreamErrorException", 424},
    {"ThrottlingException", 429},
    {"ModelNotReadyException", 429},
    {"InternalServerException", 500},
    {"ServiceUnavailableException", 503},
};

#define N_ERRORS (sizeof(ERRORS) / sizeof(ERRORS[0]))

const char *emu_error_type(int status)
{
    for (size_t i = 0; i < N_ERRORS; i++)
        if (ERRORS[i].status == status)
            return ERRORS[i].type;
    return NULL;
}

int emu_error_status(const char *type)
{
    for (size_t i = 0; i < N_ERRORS; i++)
        if (strcmp(ERRORS[i].type, type) == 0)
            return ERRORS[i].status;
    return 0;
}

void emu_reply_init(struct emu_reply *reply)
{
    *reply = (struct emu_reply){.cut = EMU_NO_CUT};
}

/* Takes the answer out, if there is one. */
static void clear(struct emu_reply *reply)
{
    emu_text_free(&reply->body);
    json_decref(reply->json);
    reply->json = NULL;
    reply->streams = false;
}

void emu_reply_free(struct emu_reply *reply)
{
    clear(reply);
}

void emu_reply_out_of_memory(struct emu_reply *reply)
{
    clear(reply);
    reply->status = 500;
    snprintf(reply->error_type, sizeof(reply->error_type), "InternalServerException");
}

void emu_reply_json(struct emu_reply *reply, int status, json_t *json)
{
    char *body = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;

    clear(reply);
    reply->json = json;
    reply->status = status;
    reply->error_type[0] = '\0';
    if (body != NULL)
        emu_text_puts(&reply->body, body);
    free(body);
    if (body == NULL || reply->body.failed)
        emu_reply_out_of_memory(reply);
}

void emu_reply_stream(struct emu_reply *reply, int64_t event_delay_ms)
{
    clear(reply);
    reply->streams = true;
    reply->status = 200;
    reply->event_delay_ms = event_delay_ms;
}

void emu_reply_error_json(struct emu_reply *reply, int status, const char *type, json_t *json)
{
    bool complete = json != NULL;

    emu_reply_json(reply, status, json);
    if (complete && reply->error_type[0] == '\0' && type != NULL)
        snprintf(reply->error_type, sizeof(reply->error_type), "%s", type);
}

void emu_reply_error(struct emu_reply *reply, const char *type, const char *format, ...)
{
    emu_auto_text message = {0};
    json_t *json = NULL;
    va_list args;

    va_start(args, format);
    emu_text_vprintf(&message, format, args);
    va_end(args);
    if (!message.failed)
        json = json_pack("{s:s%}", "message", message.data, message.len);
    emu_reply_error_json(reply, emu_error_status(type), type, json);
}
