/* The instance metadata service, version 2: a token first; who comes without one (version 1) is
 * refused.
 *
 * SPDX-License-Identifier: MIT
 */
#include "dates.h"
#include "issue.h"
#include "slice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TTL_HEADER  "x-aws-ec2-metadata-token-ttl-seconds"
#define MAX_SECONDS 21600
#define META_DATA   "/latest/meta-data/"
#define ROLES       META_DATA "iam/security-credentials"
#define INSTANCE    "i-0123456789abcdef0"

static const struct emu_source_error ERRORS[] = {
    {"Bad Request", 400},
    {"Unauthorized", 401},
    {"Forbidden", 403},
    {"Not Found", 404},
    {"Method Not Allowed", 405},
    {"RequestEntityTooLarge", 413},
    {"Internal Server Error", 500},
    {"Service Unavailable", 503},
    {NULL, 0},
};

static void answer_text(struct emu_visit *visit, const char *text)
{
    visit->reply->status = 200;
    snprintf(visit->reply->content_type, sizeof(visit->reply->content_type), "text/plain");
    emu_text_puts(&visit->reply->body, text);
    if (visit->reply->body.failed)
        emu_reply_out_of_memory(visit->reply);
}

static bool is_page(const char *code)
{
    for (const struct emu_source_error *error = ERRORS; error->code != NULL; error++)
        if (strcmp(error->code, code) == 0)
            return true;
    return false;
}

/* An error of HTTP is a page. That a role cannot be had is told with status 200. */
static void refuse(struct emu_visit *visit, int status, const char *code, const char *message)
{
    struct emu_reply *reply = visit->reply;
    char updated[32];

    if (!is_page(code)) {
        emu_format_time(updated, visit->request->now_us);
        emu_reply_json(
            reply, 200,
            json_pack("{s:s, s:s, s:s}", "Code", code, "Message", message, "LastUpdated", updated));
        return;
    }
    reply->status = status;
    snprintf(reply->content_type, sizeof(reply->content_type), "text/html");
    emu_text_printf(&reply->body,
                    "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n"
                    "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n"
                    "\t\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
                    "<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n"
                    " <head>\n  <title>%d - %s</title>\n </head>\n"
                    " <body>\n  <h1>%d - %s</h1>\n </body>\n</html>\n",
                    status, code, status, code);
    if (reply->body.failed)
        emu_reply_out_of_memory(reply);
}

/* ---- tokens ---- */

static void answer_token(struct emu_visit *visit)
{
    struct emu_identity *identity = visit->identity;
    const char *ttl = emu_request_header(visit->request, TTL_HEADER);
    long seconds = ttl != NULL && strspn(ttl, DIGITS) == strlen(ttl) ? strtol(ttl, NULL, 10) : 0;
    char token[57];

    if (!emu_visit_begin(visit, "token"))
        return;
    if (emu_request_header(visit->request, "x-forwarded-for") != NULL) {
        emu_visit_refuse(visit, "Forbidden", "Not for proxies.");
        return;
    }
    if (seconds < 1 || seconds > MAX_SECONDS) {
        emu_visit_refuse(visit, "Bad Request", "1 to %d seconds.", MAX_SECONDS);
        return;
    }
    emu_random_string(&identity->random, token, 54, ALPHANUMERIC "-_");
    strcpy(token + 54, "==");
    if (json_object_set_new(identity->imds_tokens, token,
                            json_integer(visit->request->now_us + seconds * 1000000)) < 0) {
        emu_reply_out_of_memory(visit->reply);
        return;
    }
    visit->reply->header[0] = TTL_HEADER;
    visit->reply->header[1] = ttl;
    answer_text(visit, token);
}

static bool has_token(const struct emu_visit *visit)
{
    const char *token = emu_request_header(visit->request, "x-aws-ec2-metadata-token");
    const json_t *end = token != NULL ? json_object_get(visit->identity->imds_tokens, token) : NULL;

    return json_integer_value(end) > visit->request->now_us;
}

/* ---- what a token opens ---- */

static void answer_credentials(struct emu_visit *visit, const char *role)
{
    emu_auto_text role_arn = {0};
    struct emu_issued issued;
    char updated[32];
    int rc = EMU_OUT_OF_MEMORY;

    emu_text_printf(&role_arn, "arn:aws:iam::123456789012:role/%s", role);
    emu_format_time(updated, visit->request->now_us);
    rc = emu_issue(
        visit, &(struct emu_session){emu_text_string(&role_arn), INSTANCE, 6 * EMU_SESSION_SECONDS},
        &issued);
    if (rc == EMU_OK)
        emu_visit_json(visit,
                       json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "Code", "Success",
                                 "LastUpdated", updated, "Type", "AWS-HMAC", "AccessKeyId",
                                 issued.access_key, "SecretAccessKey", issued.secret_key, "Token",
                                 issued.session_token, "Expiration", issued.expiration));
    else
        emu_reply_out_of_memory(visit->reply);
    snprintf(visit->reply->content_type, sizeof(visit->reply->content_type), "text/plain");
    emu_issued_free(&issued);
}

/* `name` is what follows the path of the roles: nothing, a slash, or a slash and a role's name. */
static void answer_roles(struct emu_visit *visit, const char *name)
{
    const char *role = emu_visit_told(visit, "imdsRole");
    bool list = name[0] == '\0' || strcmp(name, "/") == 0;

    if (!emu_visit_begin(visit, list ? "role" : "credentials"))
        return;
    if (!has_token(visit))
        emu_visit_refuse(visit, "Unauthorized", "A token is needed.");
    else if (role[0] == '\0' || (!list && strcmp(name + 1, role) != 0))
        emu_visit_refuse(visit, "Not Found", "There is no such role.");
    else if (list)
        answer_text(visit, role);
    else
        answer_credentials(visit, role);
}

static void answer_other(struct emu_visit *visit)
{
    if (!emu_visit_begin(visit, "other"))
        return;
    if (!has_token(visit))
        emu_visit_refuse(visit, "Unauthorized", "A token is needed.");
    else if (strcmp(visit->request->uri, META_DATA "placement/region") == 0)
        answer_text(visit, emu_visit_told(visit, "region"));
    else
        emu_visit_refuse(visit, "Not Found", "There is nothing here.");
}

static void answer(struct emu_visit *visit)
{
    const char *uri = visit->request->uri;
    const char *name = uri + strlen(ROLES);
    bool put = strcmp(visit->request->method, "PUT") == 0;

    visit->reply->request_id[0] = '\0';
    if (put && strcmp(uri, "/latest/api/token") == 0)
        answer_token(visit);
    else if (strcmp(visit->request->method, "GET") != 0)
        emu_visit_refuse(visit, "Method Not Allowed", "GET, and PUT for a token.");
    else if (strncmp(uri, ROLES, strlen(ROLES)) == 0 && (name[0] == '\0' || name[0] == '/'))
        answer_roles(visit, name);
    else
        answer_other(visit);
}

const struct emu_source EMU_IMDS = {"imds", ERRORS, answer, refuse};
