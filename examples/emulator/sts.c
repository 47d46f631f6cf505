/* STS: the query protocol around its operations.
 *
 * SPDX-License-Identifier: MIT
 */
#include "sts.h"
#include "sigv4_verify.h"
#include "uri.h"
#include "xml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAMESPACE "https://sts.amazonaws.com/doc/2011-06-15/"
#define VERSION   "2011-06-15"
#define FORM      "application/x-www-form-urlencoded"

static const struct emu_source_error ERRORS[] = {
    {"ValidationError", 400},
    {"ExpiredTokenException", 400},
    {"IDPCommunicationError", 400},
    {"IncompleteSignature", 400},
    {"InvalidAction", 400},
    {"InvalidIdentityToken", 400},
    {"MalformedInput", 400},
    {"MalformedPolicyDocument", 400},
    {"MissingAction", 400},
    {"PackedPolicyTooLarge", 400},
    {"Throttling", 400},
    {"AccessDenied", 403},
    {"ExpiredToken", 403},
    {"IDPRejectedClaim", 403},
    {"InvalidClientTokenId", 403},
    {"MissingAuthenticationToken", 403},
    {"RegionDisabledException", 403},
    {"SignatureDoesNotMatch", 403},
    {"RequestEntityTooLarge", 413},
    {"TooManyRequestsException", 429},
    {"InternalFailure", 500},
    {"ServiceUnavailable", 503},
    {NULL, 0},
};

static const struct operation {
    const char *name;
    const struct emu_shape *input;
    bool is_signed;
    json_t *(*answer)(struct emu_sts_call *call);
} OPERATIONS[] = {
    {"AssumeRole", &EMU_SHAPE_ASSUME_ROLE, true, emu_sts_assume_role},
    {"AssumeRoleWithWebIdentity", &EMU_SHAPE_ASSUME_WITH_WEB_IDENTITY, false,
     emu_sts_assume_role_with_web_identity},
    {"GetCallerIdentity", &EMU_SHAPE_CALLER_IDENTITY, true, emu_sts_get_caller_identity},
};

/* ---- answers ---- */

static void answer_xml(struct emu_visit *visit, int status, struct emu_text *xml)
{
    struct emu_reply *reply = visit->reply;

    emu_text_free(&reply->body);
    reply->status = status;
    snprintf(reply->content_type, sizeof(reply->content_type), "text/xml");
    reply->body = *xml;
    *xml = (struct emu_text){0};
    if (reply->body.failed)
        emu_reply_out_of_memory(reply);
}

static void refuse(struct emu_visit *visit, int status, const char *code, const char *message)
{
    json_t *error =
        json_pack("{s:{s:s, s:s, s:s}, s:s}", "Error", "Type", status < 500 ? "Sender" : "Receiver",
                  "Code", code, "Message", message, "RequestId", visit->reply->request_id);
    emu_auto_text xml = {0};

    xml.failed = error == NULL;
    emu_text_puts(&xml, "<ErrorResponse xmlns=\"" NAMESPACE "\">\n");
    emu_xml_add(&xml, error, 1);
    emu_text_puts(&xml, "</ErrorResponse>\n");
    answer_xml(visit, status, &xml);
    json_decref(error);
}

/* Takes over `result`. */
static void answer_result(struct emu_visit *visit, const char *operation, json_t *result)
{
    emu_auto_text name = {0};
    emu_auto_text xml = {0};
    json_t *answer;

    emu_identity_fault_omit(visit, result);
    emu_text_printf(&name, "%sResult", operation);
    answer = json_pack("{s:o, s:{s:s}}", emu_text_string(&name), result, "ResponseMetadata",
                       "RequestId", visit->reply->request_id);
    xml.failed = answer == NULL || name.failed;
    emu_text_printf(&xml, "<%sResponse xmlns=\"" NAMESPACE "\">\n", operation);
    emu_xml_add(&xml, answer, 1);
    emu_text_printf(&xml, "</%sResponse>\n", operation);
    answer_xml(visit, 200, &xml);
    json_decref(answer);
}

/* ---- the caller ---- */

static const struct {
    const char *of_json; /* as APIs that speak JSON call it */
    const char *of_query;
} REFUSALS[] = {
    {"MissingAuthenticationTokenException", "MissingAuthenticationToken"},
    {"IncompleteSignatureException", "IncompleteSignature"},
    {"InvalidSignatureException", "SignatureDoesNotMatch"},
    {"UnrecognizedClientException", "InvalidClientTokenId"},
    {"ExpiredTokenException", "ExpiredToken"},
};

static void refuse_signature(struct emu_visit *visit, const struct emu_verdict *verdict)
{
    const char *code = verdict->error_type;

    for (size_t i = 0; i < sizeof(REFUSALS) / sizeof(REFUSALS[0]); i++)
        if (strcmp(REFUSALS[i].of_json, code) == 0)
            code = REFUSALS[i].of_query;
    emu_visit_refuse(visit, code, "%s", emu_text_string(&verdict->message));
}

static void call_operation(struct emu_sts_call *call, const struct operation *operation)
{
    emu_auto_text message = {0};
    json_t *result;
    int rc = emu_shape_check(operation->input, call->input, &message);

    if (rc == EMU_INVALID) {
        emu_visit_refuse(call->visit, "ValidationError", "%s", message.data);
    } else if (rc == EMU_MALFORMED) {
        emu_visit_refuse(call->visit, "MalformedInput", "%s", message.data);
    } else if (rc < 0) {
        emu_reply_out_of_memory(call->visit->reply);
    } else {
        result = operation->answer(call);
        if (result != NULL)
            answer_result(call->visit, operation->name, result);
    }
}

static void call_signed(struct emu_sts_call *call, const struct operation *operation)
{
    struct emu_verdict verdict;

    if (emu_sigv4_verify(&verdict, call->visit->request, call->visit->identity->keyring, "sts") <
        0) {
        emu_reply_out_of_memory(call->visit->reply);
    } else if (verdict.error_type != NULL) {
        refuse_signature(call->visit, &verdict);
    } else {
        call->caller = &verdict.key;
        call_operation(call, operation);
    }
    emu_verdict_free(&verdict);
}

/* ---- the request ---- */

static json_t *input_value(const struct emu_shape *shape, const char *value)
{
    char *end;
    long long number;

    if (shape == NULL || shape->kind != EMU_INTEGER)
        return json_string(value);
    errno = 0;
    number = strtoll(value, &end, 10);
    return *value != '\0' && *end == '\0' && errno == 0 ? json_integer(number) : json_string(value);
}

/* The parameters as an object; what is of lists is of no use here. */
static int gather_input(const struct emu_shape *shape, const struct emu_query *form,
                        json_t **ret_input)
{
    json_t *input = json_object();
    int rc = input != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;

    for (size_t i = 0; rc == EMU_OK && i < form->count; i++) {
        const char *name = form->args[i].name;
        const struct emu_shape *field = emu_shape_field(shape, name);

        if (field != NULL &&
            json_object_set_new(input, name, input_value(field, form->args[i].value)) < 0)
            rc = EMU_MALFORMED; /* not UTF-8 */
    }
    if (rc < 0) {
        json_decref(input);
        input = NULL;
    }
    *ret_input = input;
    return rc;
}

static void answer_operation(struct emu_visit *visit, const struct operation *operation,
                             const struct emu_query *form)
{
    struct emu_sts_call call = {.visit = visit};
    json_t *input;
    int rc;

    if (!emu_visit_begin(visit, operation->name))
        return;
    rc = gather_input(operation->input, form, &input);
    call.input = input;
    if (rc == EMU_MALFORMED)
        emu_visit_refuse(visit, "MalformedInput", "A parameter is not UTF-8.");
    else if (rc < 0)
        emu_reply_out_of_memory(visit->reply);
    else if (operation->is_signed)
        call_signed(&call, operation);
    else
        call_operation(&call, operation);
    json_decref(input);
}

static void answer_form(struct emu_visit *visit, const struct emu_query *form)
{
    const char *action = emu_query_value(form, "Action");
    const char *version = emu_query_value(form, "Version");

    if (action == NULL) {
        emu_visit_refuse(visit, "MissingAction", "The request must contain the parameter Action.");
        return;
    }
    for (size_t i = 0; i < sizeof(OPERATIONS) / sizeof(OPERATIONS[0]); i++) {
        if (strcmp(OPERATIONS[i].name, action) == 0 && version != NULL &&
            strcmp(version, VERSION) == 0) {
            answer_operation(visit, &OPERATIONS[i], form);
            return;
        }
    }
    emu_visit_refuse(visit, "InvalidAction", "Could not find operation %s for version %s", action,
                     version != NULL ? version : "NO_VERSION_SPECIFIED");
}

static void answer(struct emu_visit *visit)
{
    const struct emu_request *request = visit->request;
    const char *type = emu_request_header(request, "content-type");
    bool is_form = strcmp(request->method, "POST") == 0 && type != NULL &&
                   strncasecmp(type, FORM, strlen(FORM)) == 0;
    struct emu_query form = {0};
    int rc = is_form ? emu_form_parse(&form, request->body, request->body_len) : EMU_OK;

    if (rc == EMU_MALFORMED)
        emu_visit_refuse(visit, "MalformedInput", "The body cannot be decoded.");
    else if (rc < 0)
        emu_reply_out_of_memory(visit->reply);
    else
        answer_form(visit, &form);
    emu_query_free(&form);
}

const struct emu_source EMU_STS = {"sts", ERRORS, answer, refuse};
