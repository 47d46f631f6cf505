/* SSO OIDC: a new access token for a refresh token.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fault_list.h"
#include "issue.h"
#include "slice.h"

#include <ctype.h>
#include <string.h>

#define TOKEN_LENGTH 120

static const struct emu_source_error ERRORS[] = {
    {"InvalidRequestException", 400},
    {"AccessDeniedException", 400},
    {"AuthorizationPendingException", 400},
    {"ExpiredTokenException", 400},
    {"InvalidGrantException", 400},
    {"InvalidScopeException", 400},
    {"SlowDownException", 400},
    {"UnauthorizedClientException", 400},
    {"UnsupportedGrantTypeException", 400},
    {"InvalidClientException", 401},
    {"RequestEntityTooLarge", 413},
    {"TooManyRequestsException", 429},
    {"InternalServerException", 500},
    {NULL, 0},
};

/* "InvalidGrantException" is invalid_grant in the body. */
static void add_short_name(struct emu_text *out, const char *code)
{
    size_t len = strlen(code);
    const char *ending = strstr(code, "Exception");

    if (ending != NULL)
        len = (size_t)(ending - code);
    for (size_t i = 0; i < len; i++) {
        char c = (char)tolower((unsigned char)code[i]);

        if (i > 0 && isupper((unsigned char)code[i]))
            emu_text_puts(out, "_");
        emu_text_add(out, &c, 1);
    }
}

static void refuse(struct emu_visit *visit, int status, const char *code, const char *message)
{
    emu_auto_text name = {0};

    add_short_name(&name, code);
    emu_reply_error_json(
        visit->reply, status, code,
        json_pack("{s:s, s:s}", "error", emu_text_string(&name), "error_description", message));
}

static bool says(const json_t *input, const json_t *entry, const char *member)
{
    const char *given = json_string_value(json_object_get(input, member));
    const char *wanted = json_string_value(json_object_get(entry, member));

    return given != NULL && wanted != NULL && strcmp(given, wanted) == 0;
}

static void make_token(struct emu_visit *visit, char token[TOKEN_LENGTH + 1], const char *start)
{
    strcpy(token, start);
    emu_random_string(&visit->identity->random, token + strlen(start), TOKEN_LENGTH - strlen(start),
                      ALPHANUMERIC "-_");
}

/* The new token opens what the refresh token does. */
static int add_access_token(struct emu_visit *visit, const char *token, json_t *roles)
{
    json_t *entry = json_pack("{s:s, s:O}", "accessToken", token, "roles", roles);
    json_t *tokens = json_object_get(visit->identity->setup, "ssoTokens");

    return json_array_append_new(tokens, entry) == 0 ? EMU_OK : EMU_OUT_OF_MEMORY;
}

static void answer_refresh(struct emu_visit *visit, json_t *entry)
{
    bool rotates = !json_is_false(json_object_get(entry, "rotates"));
    json_int_t seconds =
        emu_fault_integer(visit->identity->setup, "lifetimeSeconds", EMU_SESSION_SECONDS);
    char access[TOKEN_LENGTH + 1];
    char refresh[TOKEN_LENGTH + 1];

    make_token(visit, access, "aoaAAAAA");
    make_token(visit, refresh, "aorAAAAA");
    if (add_access_token(visit, access, json_object_get(entry, "roles")) < 0 ||
        (rotates && json_object_set_new(entry, "refreshToken", json_string(refresh)) < 0) ||
        emu_identity_log_session(visit->identity->log, visit->source->name, access) < 0) {
        emu_reply_out_of_memory(visit->reply);
        return;
    }
    emu_visit_json(visit,
                   json_pack("{s:s, s:s, s:I, s:s*}", "accessToken", access, "tokenType", "Bearer",
                             "expiresIn", emu_fault_integer(visit->fault, "expiresIn", seconds),
                             "refreshToken", rotates ? refresh : NULL));
}

static void answer_input(struct emu_visit *visit, const json_t *input)
{
    const char *grant = json_string_value(json_object_get(input, "grantType"));
    const char *token = json_string_value(json_object_get(input, "refreshToken"));
    json_t *entry =
        token != NULL ? emu_visit_find(visit, "refreshTokens", "refreshToken", token) : NULL;

    if (grant == NULL || (token == NULL && strcmp(grant, "refresh_token") == 0))
        emu_visit_refuse(visit, "InvalidRequestException", "Missing or invalid parameter");
    else if (strcmp(grant, "refresh_token") != 0)
        emu_visit_refuse(visit, "UnsupportedGrantTypeException", "Only refresh_token is here");
    else if (entry == NULL || json_is_true(json_object_get(entry, "expired")))
        emu_visit_refuse(visit, "InvalidGrantException", "Invalid refresh token provided");
    else if (!says(input, entry, "clientId") || !says(input, entry, "clientSecret"))
        emu_visit_refuse(visit, "InvalidClientException", "Invalid client or client credentials");
    else
        answer_refresh(visit, entry);
}

static void answer(struct emu_visit *visit)
{
    json_t *input;

    if (!emu_visit_begin(visit, "CreateToken"))
        return;
    if (strcmp(visit->request->method, "POST") != 0 ||
        emu_request_json(visit->request, &input) < 0) {
        emu_visit_refuse(visit, "InvalidRequestException", "POST with a JSON object is wanted");
        return;
    }
    answer_input(visit, input);
    json_decref(input);
}

const struct emu_source EMU_OIDC = {"oidc", ERRORS, answer, refuse};
