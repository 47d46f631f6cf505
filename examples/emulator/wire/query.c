/* Query: a form is posted to "/", its parameter Action names the operation, the answer is XML.
 *
 * SPDX-License-Identifier: MIT
 */
#include "query.h"
#include "wire.h"
#include "xml.h"

#include <string.h>
#include <strings.h>

#define FORM "application/x-www-form-urlencoded"

/* ---- errors ---- */

static const struct {
    const char *of_json; /* as APIs that speak JSON call it */
    const char *of_query;
    int status;
} ERRORS[] = {
    {"MissingAuthenticationTokenException", "MissingAuthenticationToken", 403},
    {"IncompleteSignatureException", "IncompleteSignature", 400},
    {"InvalidSignatureException", "SignatureDoesNotMatch", 403},
    {"UnrecognizedClientException", "InvalidClientTokenId", 403},
    {"ExpiredTokenException", "ExpiredToken", 403},
    {"AccessDeniedException", "AccessDenied", 403},
    {"ThrottlingException", "Throttling", 400},
    {"ValidationException", "ValidationError", 400},
    {"SerializationException", "MalformedInput", 400},
    {"UnknownOperationException", "InvalidAction", 400},
    {"RequestEntityTooLargeException", "RequestEntityTooLarge", 413},
    {"InternalServerException", "InternalFailure", 500},
    {"ServiceUnavailableException", "ServiceUnavailable", 503},
};

#define N_ERRORS (sizeof(ERRORS) / sizeof(ERRORS[0]))

const char *emu_query_error_code(const char *type)
{
    for (size_t i = 0; i < N_ERRORS; i++)
        if (strcmp(ERRORS[i].of_json, type) == 0)
            return ERRORS[i].of_query;
    return type;
}

int emu_query_error_status(const char *code)
{
    for (size_t i = 0; i < N_ERRORS; i++)
        if (strcmp(ERRORS[i].of_query, code) == 0)
            return ERRORS[i].status;
    return 400;
}

/* ---- the request ---- */

int emu_query_form(const struct emu_request *request, struct emu_query *ret_form)
{
    const char *type = emu_request_header(request, "content-type");

    *ret_form = (struct emu_query){0};
    if (strcmp(request->method, "POST") != 0 || type == NULL ||
        strncasecmp(type, FORM, strlen(FORM)) != 0)
        return EMU_OK;
    return emu_form_parse(ret_form, request->body, request->body_len);
}

static int find(const struct emu_request *request, struct emu_asked *asked)
{
    struct emu_query form;
    int rc = emu_query_form(request, &form);
    const char *action = rc == EMU_OK ? emu_query_value(&form, "Action") : NULL;
    const char *version = rc == EMU_OK ? emu_query_value(&form, "Version") : NULL;

    if (rc == EMU_OK)
        rc = EMU_INVALID;
    if (action != NULL && version != NULL && strcmp(version, asked->service->version) == 0 &&
        emu_uri_path_length(request->uri) == 1)
        for (const struct emu_operation *one = asked->service->operations; one->name != NULL; one++)
            if (strcmp(one->name, action) == 0)
                asked->operation = one;
    emu_query_free(&form);
    return asked->operation != NULL ? EMU_OK : rc;
}

static int gather(const struct emu_request *request, const struct emu_asked *asked,
                  json_t **ret_input)
{
    struct emu_query form;
    int rc = emu_query_form(request, &form);

    *ret_input = NULL;
    if (rc == EMU_OK)
        rc = emu_query_input(asked->operation->input, &form, ret_input);
    emu_query_free(&form);
    return rc;
}

/* ---- the answer ---- */

static void write(const struct emu_request *request, const struct emu_asked *asked,
                  struct emu_reply *reply)
{
    const char *message = json_string_value(json_object_get(reply->json, "message"));

    (void)request;
    reply->error_in_body = true;
    if (reply->json == NULL)
        return; /* there was no memory for it */
    if (reply->error_type[0] == '\0')
        emu_xml_result(reply, asked->service->xmlns, asked->operation->name,
                       json_incref(reply->json));
    else
        emu_xml_error(reply, asked->service->xmlns, reply->status, reply->error_type,
                      message != NULL ? message : "");
}

const struct emu_wire EMU_WIRE_QUERY = {find, gather, write};
