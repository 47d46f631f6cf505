/* The operations of STS: who may have which role, and who the caller is.
 *
 * SPDX-License-Identifier: MIT
 */
#include "arn.h"
#include "issue.h"
#include "lists.h"
#include "shape_macros.h"
#include "sts.h"

#include <string.h>

#define CHAINED_SECONDS 3600

/* ---- shapes ---- */

static bool match_name(struct emu_slice text)
{
    return emu_slice_only(text, ALPHANUMERIC "_+=,.@-");
}

static bool match_external_id(struct emu_slice text)
{
    return emu_slice_only(text, ALPHANUMERIC "_+=,.@:/-");
}

static const struct emu_pattern NAME_PATTERN = {"[\\w+=,.@-]*", match_name};
static const struct emu_pattern EXTERNAL_ID_PATTERN = {"[\\w+=,.@:\\/-]*", match_external_id};

static const struct emu_shape ARN = {.kind = EMU_STRING, .min = 20, .max = 2048};
static const struct emu_shape NAME = {
    .kind = EMU_STRING, .min = 2, .max = 64, .pattern = &NAME_PATTERN};
static const struct emu_shape DURATION = {.kind = EMU_INTEGER, .min = 900, .max = 43200};
static const struct emu_shape EXTERNAL_ID = {
    .kind = EMU_STRING, .min = 2, .max = 1224, .pattern = &EXTERNAL_ID_PATTERN};
static const struct emu_shape TOKEN = {.kind = EMU_STRING, .min = 4, .max = 20000};
static const struct emu_shape URL = {.kind = EMU_STRING, .min = 4, .max = 2048};
static const struct emu_shape POLICY = {.kind = EMU_STRING, .min = 1};

const struct emu_shape EMU_SHAPE_ASSUME_ROLE =
    STRUCTURE(REQUIRED("RoleArn", ARN), REQUIRED("RoleSessionName", NAME),
              OPTIONAL("DurationSeconds", DURATION), OPTIONAL("ExternalId", EXTERNAL_ID),
              OPTIONAL("SourceIdentity", NAME), OPTIONAL("Policy", POLICY));
const struct emu_shape EMU_SHAPE_ASSUME_WITH_WEB_IDENTITY =
    STRUCTURE(REQUIRED("RoleArn", ARN), REQUIRED("RoleSessionName", NAME),
              REQUIRED("WebIdentityToken", TOKEN), OPTIONAL("DurationSeconds", DURATION),
              OPTIONAL("ProviderId", URL), OPTIONAL("Policy", POLICY));
const struct emu_shape EMU_SHAPE_CALLER_IDENTITY = {.kind = EMU_STRUCTURE, .fields = FIELDS{{0}}};

/* ---- whom a role trusts ---- */

static const char *input_string(const struct emu_sts_call *call, const char *member)
{
    return json_string_value(json_object_get(call->input, member));
}

static struct emu_slice account_of(const char *arn_text)
{
    struct emu_arn arn;

    return emu_arn_parse(&arn, emu_slice_of(arn_text)) ? arn.account : (struct emu_slice){"", 0};
}

/* A principal is everybody, an account (its number, or the ARN of its root), a role, or whoever has
 * this ARN. */
static bool is_principal(const char *principal, const struct emu_key *caller)
{
    struct emu_slice account = account_of(caller->arn);
    struct emu_slice rest = emu_slice_of(principal);

    if (strcmp(principal, "*") == 0 || strcmp(principal, caller->arn) == 0 ||
        (caller->role_arn != NULL && strcmp(principal, caller->role_arn) == 0))
        return true;
    for (int i = 0; i < 4 && strncmp(principal, "arn:", 4) == 0; i++)
        emu_slice_cut(&rest, ':');
    if (rest.len == account.len + strlen(":root") && rest.s != principal &&
        memcmp(rest.s + account.len, ":root", strlen(":root")) == 0)
        rest.len = account.len;
    return account.len > 0 && rest.len == account.len &&
           memcmp(rest.s, account.s, account.len) == 0;
}

static bool trusts_caller(const json_t *role, const struct emu_sts_call *call)
{
    const char *wanted = json_string_value(json_object_get(role, "externalId"));
    const char *given = input_string(call, "ExternalId");
    json_t *principal;
    size_t i;

    if (wanted != NULL && (given == NULL || strcmp(wanted, given) != 0))
        return false;
    json_array_foreach(json_object_get(role, "principals"), i, principal)
    {
        if (is_principal(json_string_value(principal), call->caller))
            return true;
    }
    return false;
}

/* ---- sessions ---- */

/* How long the session may last; 0: an error is answered. */
static int64_t find_duration(const struct emu_sts_call *call, const json_t *role)
{
    const json_t *wanted = json_object_get(call->input, "DurationSeconds");
    const json_t *longest = json_object_get(role, "maxSessionDuration");
    int64_t seconds = json_is_integer(wanted) ? json_integer_value(wanted) : EMU_SESSION_SECONDS;
    int64_t limit = json_is_integer(longest) ? json_integer_value(longest) : EMU_SESSION_SECONDS;

    if (call->caller != NULL && call->caller->role_arn != NULL && seconds > CHAINED_SECONDS) {
        emu_visit_refuse(call->visit, "ValidationError",
                         "The requested DurationSeconds exceeds the 1 hour session limit for roles "
                         "assumed by role chaining.");
        return 0;
    }
    if (seconds > limit) {
        emu_visit_refuse(call->visit, "ValidationError",
                         "The requested DurationSeconds exceeds the MaxSessionDuration set for "
                         "this role.");
        return 0;
    }
    return seconds;
}

/* What both ways to a role answer, with further members: strings, left out if NULL. */
static json_t *assume(const struct emu_sts_call *call, const json_t *role, const char *subject,
                      const char *audience, const char *provider)
{
    const char *source = input_string(call, "SourceIdentity");
    struct emu_session session = {input_string(call, "RoleArn"),
                                  input_string(call, "RoleSessionName"), find_duration(call, role)};
    struct emu_issued issued;
    json_t *result = NULL;
    int rc;

    if (session.seconds == 0)
        return NULL;
    rc = emu_issue(call->visit, &session, &issued);
    if (rc == EMU_OK)
        result =
            json_pack("{s:s*, s:{s:s, s:s}, s:{s:s, s:s, s:s, s:s}, s:s*, s:s*, s:s*}",
                      "SubjectFromWebIdentityToken", subject, "AssumedRoleUser", "AssumedRoleId",
                      issued.user_id.data, "Arn", issued.arn.data, "Credentials", "AccessKeyId",
                      issued.access_key, "SecretAccessKey", issued.secret_key, "SessionToken",
                      issued.session_token, "Expiration", issued.expiration, "Provider", provider,
                      "Audience", audience, "SourceIdentity", source);
    if (rc == EMU_INVALID)
        emu_visit_refuse(call->visit, "ValidationError", "%s is invalid", session.role_arn);
    else if (result == NULL)
        emu_reply_out_of_memory(call->visit->reply);
    emu_issued_free(&issued);
    return result;
}

json_t *emu_sts_assume_role(struct emu_sts_call *call)
{
    const char *role_arn = input_string(call, "RoleArn");
    const json_t *role = emu_visit_find(call->visit, "roles", "arn", role_arn);

    if (role != NULL && trusts_caller(role, call))
        return assume(call, role, NULL, NULL, NULL);
    emu_visit_refuse(call->visit, "AccessDenied",
                     "User: %s is not authorized to perform: sts:AssumeRole on resource: %s",
                     call->caller->arn, role_arn);
    return NULL;
}

json_t *emu_sts_assume_role_with_web_identity(struct emu_sts_call *call)
{
    const json_t *token = emu_visit_find(call->visit, "webIdentityTokens", "token",
                                         input_string(call, "WebIdentityToken"));
    const json_t *role = emu_visit_find(call->visit, "roles", "arn", input_string(call, "RoleArn"));
    const char *subject = json_string_value(json_object_get(token, "subject"));
    const char *audience = json_string_value(json_object_get(token, "audience"));
    const char *provider = json_string_value(json_object_get(token, "provider"));

    if (token == NULL)
        emu_visit_refuse(call->visit, "InvalidIdentityToken",
                         "The ID Token provided is not a valid JWT. (You may see this error if you "
                         "sent an Access Token)");
    else if (json_is_true(json_object_get(token, "expired")))
        emu_visit_refuse(call->visit, "ExpiredTokenException",
                         "Token expired: current date/time must be before the expiration "
                         "date/time");
    else if (role == NULL || !emu_has_string(json_object_get(role, "subjects"), subject))
        emu_visit_refuse(call->visit, "AccessDenied",
                         "Not authorized to perform sts:AssumeRoleWithWebIdentity");
    else
        return assume(call, role, subject, audience != NULL ? audience : "sts.amazonaws.com",
                      provider != NULL ? provider : "https://oidc.example.com");
    return NULL;
}

json_t *emu_sts_get_caller_identity(struct emu_sts_call *call)
{
    struct emu_slice account = account_of(call->caller->arn);
    json_t *result = json_pack("{s:s, s:s, s:s%}", "Arn", call->caller->arn, "UserId",
                               call->caller->user_id, "Account", account.s, account.len);

    if (result == NULL)
        emu_reply_out_of_memory(call->visit->reply);
    return result;
}
