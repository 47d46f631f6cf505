/* STS: the query protocol around its operations.
 *
 * SPDX-License-Identifier: MIT
 */
#include "sts.h"
#include "query.h"
#include "sigv4_verify.h"
#include "xml.h"

#include <string.h>

#define NAMESPACE "https://sts.amazonaws.com/doc/2011-06-15/"
#define VERSION   "2011-06-15"

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

static void refuse(struct emu_visit *visit, int status, const char *code, const char *message)
{
    emu_xml_error(visit->reply, NAMESPACE, status, code, message);
}

/* Takes over `result`. */
static void answer_result(struct emu_visit *visit, const char *operation, json_t *result)
{
    emu_identity_fault_omit(visit, result);
    emu_xml_result(visit->reply, NAMESPACE, operation, result);
}

/* ---- the caller ---- */

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
        emu_visit_refuse(call->visit, emu_query_error_code(verdict.error_type), "%s",
                         emu_text_string(&verdict.message));
    } else {
        call->caller = &verdict.key;
        call_operation(call, operation);
    }
    emu_verdict_free(&verdict);
}

/* ---- the request ---- */

static void answer_operation(struct emu_visit *visit, const struct operation *operation,
                             const struct emu_query *form)
{
    struct emu_sts_call call = {.visit = visit};
    json_t *input;
    int rc;

    if (!emu_visit_begin(visit, operation->name))
        return;
    rc = emu_query_input(operation->input, form, &input);
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
    struct emu_query form;
    int rc = emu_query_form(visit->request, &form);

    if (rc == EMU_MALFORMED)
        emu_visit_refuse(visit, "MalformedInput", "The body cannot be decoded.");
    else if (rc < 0)
        emu_reply_out_of_memory(visit->reply);
    else
        answer_form(visit, &form);
    emu_query_free(&form);
}

const struct emu_source EMU_STS = {"sts", ERRORS, answer, refuse};
