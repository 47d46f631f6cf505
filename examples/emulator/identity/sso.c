/* The portal of IAM Identity Center: credentials of a role for an access token.
 *
 * SPDX-License-Identifier: MIT
 */
#include "issue.h"
#include "uri.h"

#include <string.h>

static const struct emu_source_error ERRORS[] = {
    {"InvalidRequestException", 400},
    {"UnauthorizedException", 401},
    {"ForbiddenException", 403},
    {"ResourceNotFoundException", 404},
    {"RequestEntityTooLarge", 413},
    {"TooManyRequestsException", 429},
    {"InternalServerException", 500},
    {"ServiceUnavailableException", 503},
    {NULL, 0},
};

static void refuse(struct emu_visit *visit, int status, const char *code, const char *message)
{
    emu_auto_text type = {0};

    emu_text_printf(&type, "com.amazonaws.switchboard.portal#%s", code);
    emu_reply_error_json(
        visit->reply, status, code,
        json_pack("{s:s, s:s}", "message", message, "__type", emu_text_string(&type)));
}

static bool has_role(const json_t *token, const char *account, const char *name)
{
    json_t *role;
    size_t i;

    json_array_foreach(json_object_get(token, "roles"), i, role)
    {
        if (strcmp(json_string_value(json_object_get(role, "accountId")), account) == 0 &&
            strcmp(json_string_value(json_object_get(role, "roleName")), name) == 0)
            return true;
    }
    return false;
}

static void answer_credentials(struct emu_visit *visit, const char *account, const char *name)
{
    emu_auto_text role_arn = {0};
    struct emu_issued issued;
    int rc;

    emu_text_printf(&role_arn,
                    "arn:aws:iam::%s:role/aws-reserved/sso.amazonaws.com/"
                    "AWSReservedSSO_%s_0123456789abcdef",
                    account, name);
    rc = emu_issue(
        visit, &(struct emu_session){emu_text_string(&role_arn), "someone", EMU_SESSION_SECONDS},
        &issued);
    if (rc == EMU_OK)
        emu_visit_json(visit, json_pack("{s:{s:s, s:s, s:s, s:I}}", "roleCredentials",
                                        "accessKeyId", issued.access_key, "secretAccessKey",
                                        issued.secret_key, "sessionToken", issued.session_token,
                                        "expiration", (json_int_t)(issued.expires_us / 1000)));
    else if (rc == EMU_INVALID)
        emu_visit_refuse(visit, "InvalidRequestException", "The account is none.");
    else
        emu_reply_out_of_memory(visit->reply);
    emu_issued_free(&issued);
}

static void answer_query(struct emu_visit *visit, const struct emu_query *query)
{
    const char *bearer = emu_request_header(visit->request, "x-amz-sso_bearer_token");
    const char *account = emu_query_value(query, "account_id");
    const char *name = emu_query_value(query, "role_name");
    const json_t *token =
        bearer != NULL ? emu_visit_find(visit, "ssoTokens", "accessToken", bearer) : NULL;

    if (strcmp(visit->request->method, "GET") != 0 || account == NULL || name == NULL)
        emu_visit_refuse(visit, "InvalidRequestException",
                         "GET with account_id and role_name is wanted.");
    else if (token == NULL || json_is_true(json_object_get(token, "expired")))
        emu_visit_refuse(visit, "UnauthorizedException", "Session token not found or invalid");
    else if (!has_role(token, account, name))
        emu_visit_refuse(visit, "ForbiddenException", "No access");
    else
        answer_credentials(visit, account, name);
}

static void answer(struct emu_visit *visit)
{
    struct emu_query query;
    int rc;

    if (!emu_visit_begin(visit, "GetRoleCredentials"))
        return;
    rc = emu_query_parse(&query, visit->request->uri);
    if (rc == EMU_OK)
        answer_query(visit, &query);
    else if (rc == EMU_MALFORMED)
        emu_visit_refuse(visit, "InvalidRequestException", "The query cannot be decoded.");
    else
        emu_reply_out_of_memory(visit->reply);
    emu_query_free(&query);
}

const struct emu_source EMU_SSO = {"sso", ERRORS, answer, refuse};
