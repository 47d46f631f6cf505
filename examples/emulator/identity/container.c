/* The endpoint that containers fetch their credentials from: of ECS, or of EKS Pod Identity.
 *
 * SPDX-License-Identifier: MIT
 */
#include "issue.h"
#include "slice.h"
#include "uri.h"

#include <string.h>

#define ACCOUNT "123456789012"

static const struct emu_source_error ERRORS[] = {
    {"NoIdInRequest", 400},
    {"Unauthorized", 401},
    {"AccessDenied", 403},
    {"NotFound", 404},
    {"RequestEntityTooLarge", 413},
    {"TooManyRequests", 429},
    {"InternalServer", 500},
    {"NoCredentialsAssociated", 404},
    {NULL, 0},
};

static void refuse(struct emu_visit *visit, int status, const char *code, const char *message)
{
    emu_reply_json(
        visit->reply, status,
        json_pack("{s:s, s:s, s:i}", "code", code, "message", message, "HTTPErrorCode", status));
}

/* ECS tells the role, EKS the account. */
static void answer_credentials(struct emu_visit *visit, const char *role, const char *session)
{
    bool is_eks = strncmp(visit->request->uri, "/v1/", 4) == 0;
    emu_auto_text role_arn = {0};
    struct emu_issued issued;

    emu_text_printf(&role_arn, "arn:aws:iam::" ACCOUNT ":role/%s", role);
    if (emu_issue(
            visit,
            &(struct emu_session){emu_text_string(&role_arn), session, 6 * EMU_SESSION_SECONDS},
            &issued) == EMU_OK)
        emu_visit_json(visit, json_pack("{s:s*, s:s, s:s, s:s, s:s, s:s*}", "RoleArn",
                                        is_eks ? NULL : role_arn.data, "AccessKeyId",
                                        issued.access_key, "SecretAccessKey", issued.secret_key,
                                        "Token", issued.session_token, "Expiration",
                                        issued.expiration, "AccountId", is_eks ? ACCOUNT : NULL));
    else
        emu_reply_out_of_memory(visit->reply);
    emu_issued_free(&issued);
}

static void answer(struct emu_visit *visit)
{
    const char *wanted = emu_visit_told(visit, "containerToken");
    const char *given = emu_request_header(visit->request, "authorization");
    const char *role = emu_visit_told(visit, "containerRole");
    emu_auto_text path = {0};
    const char *id;

    visit->reply->request_id[0] = '\0';
    if (!emu_visit_begin(visit, "credentials"))
        return;
    emu_text_add(&path, visit->request->uri, emu_uri_path_length(visit->request->uri));
    id = strrchr(emu_text_string(&path), '/');
    if (path.failed)
        emu_reply_out_of_memory(visit->reply);
    else if (strcmp(visit->request->method, "GET") != 0)
        emu_visit_refuse(visit, "NotFound", "Only GET is here.");
    else if (wanted[0] != '\0' && (given == NULL || strcmp(given, wanted) != 0))
        emu_visit_refuse(visit, "Unauthorized", "The authorization token is missing or wrong.");
    else if (id[1] == '\0' || !emu_slice_only(emu_slice_of(id + 1), ALPHANUMERIC "_+=,.@-"))
        emu_visit_refuse(visit, "NoIdInRequest",
                         "CredentialsV2Request: No Credential ID in the request");
    else if (role[0] == '\0')
        emu_visit_refuse(visit, "NoCredentialsAssociated", "There is no role for this task.");
    else
        answer_credentials(visit, role, id + 1);
}

const struct emu_source EMU_CONTAINER = {"container", ERRORS, answer, refuse};
