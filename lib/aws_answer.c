/* SPDX-License-Identifier: MIT */
#include "aws_answer.h"
#include "answer.h"
#include "head.h"
#include "json_text.h"
#include "retry.h"
#include "xml.h"

#include <stdio.h>
#include <string.h>

static int settle(const struct brc__buf *to, struct brc__error *error)
{
    int rc = to->status;

    return rc < 0 ? brc__error_set(error, rc, "%s", brc_strerror(rc)) : BRC_OK;
}

static int unreadable(struct brc__error *error, const char *what)
{
    return brc__error_set(error, BRC_E_PROTOCOL, "the answer %s", what);
}

static bool is_object(struct brc__json value)
{
    static const char *const names[] = {"x"};
    struct brc__json members[1];

    return brc__json_members(value, names, members, 1);
}

/* --------------------------------------------------------------- request id */

static void note_id_in_head(const char *head, char *ret_id)
{
    static const char *const names[] = {"x-amzn-RequestId", "x-amz-request-id"};
    size_t n = 0;

    for (size_t i = 0; head != NULL && n == 0 && i < sizeof names / sizeof *names; i++) {
        const char *value = brc__head_value(head, names[i], &n);
        if (value != NULL)
            brc__error_text(ret_id, BRC__REQUEST_ID_SIZE, value, n);
    }
}

/* An id has no character that JSON escapes. */
static void note_id_in_body(struct brc__json id, char *ret_id)
{
    if (ret_id[0] == '\0' && brc__json_starts(id, '"'))
        brc__error_text(ret_id, BRC__REQUEST_ID_SIZE, id.p + 1, id.n - 2);
}

/* ------------------------------------------------------------------ success */

static int read_json(const struct brc__aws_reply *reply, struct brc__buf *to,
                     struct brc__error *error)
{
    struct brc__json value = brc__json_of(reply->body, reply->length);

    if (value.n == 0)
        value = brc__json_of("{}", 2);
    if (!is_object(value))
        return unreadable(error, "is not one whole JSON object");
    brc__buf_append(to, value.p, value.n);
    return settle(to, error);
}

static int read_xml(const char *operation, const struct brc__aws_reply *reply, struct brc__buf *to,
                    char *ret_id, struct brc__error *error)
{
    brc__auto_buf struct brc__buf json = BRC__SECRET_BUF(BRC__CEILING_ANSWER);
    char response[128], result[128];

    int rc = brc__xml_to_json(reply->body, reply->length, "the answer", &json, error);
    if (rc < 0)
        return rc;
    snprintf(response, sizeof response, "%sResponse", operation);
    snprintf(result, sizeof result, "%sResult", operation);
    struct brc__json document = brc__json_of(json.data, json.length);
    struct brc__json outermost = brc__json_member(document, response);
    if (outermost.p == NULL)
        return unreadable(error, "is not that of the operation");
    struct brc__json metadata = brc__json_member(outermost, "ResponseMetadata");
    note_id_in_body(brc__json_member(metadata, "RequestId"), ret_id);
    struct brc__json value = brc__json_member(outermost, result);
    if (value.p == NULL || brc__json_starts(value, '"')) /* an element without elements */
        value = brc__json_of("{}", 2);
    if (!is_object(value))
        return unreadable(error, "has a result that is no object");
    brc__buf_append(to, value.p, value.n);
    return settle(to, error);
}

/* -------------------------------------------------------------------- error */

/* The error within XML, as JSON: {"Type":…,"Code":…,"Message":…}; not there if there is none, or
 * memory ran out, which costs the text and not the error. */
static struct brc__json error_in_xml(const struct brc__aws_reply *reply, struct brc__buf *json,
                                     char *ret_id)
{
    struct brc__error ignored;

    if (brc__xml_to_json(reply->body, reply->length, "", json, &ignored) < 0)
        return (struct brc__json){0};
    struct brc__json document = brc__json_of(json->data, json->length);
    struct brc__json outermost = brc__json_member(document, "ErrorResponse");
    note_id_in_body(brc__json_member(outermost, "RequestId"), ret_id);
    struct brc__json found = brc__json_member(outermost, "Error");
    return is_object(found) ? found : (struct brc__json){0};
}

/* Services that once spoke the query protocol still name their errors as they did then, before a
 * semicolon in a header of its own: as if it were the header that everybody else has. */
static const char *head_with_query_error(const char *head, char *to, size_t size)
{
    size_t n;
    const char *value = head == NULL ? NULL : brc__head_value(head, "x-amzn-query-error", &n);

    if (value == NULL)
        return head;
    const char *semicolon = memchr(value, ';', n);
    if (semicolon != NULL)
        n = (size_t)(semicolon - value);
    snprintf(to, size, "x-amzn-ErrorType: %.*s\r\n", (int)(n < size ? n : size), value);
    return to;
}

/* JSON-RPC services say 400 for all that a caller can be blamed for; the type tells what it is. */
static int code_of_400(const char *aws_type)
{
    const struct brc__failure failure = {
        .reach = BRC__COMPLETE,
        .code = BRC_E_REJECTED,
        .status = 400,
        .aws_type = aws_type,
    };

    if (brc__retry_class(&failure, false) == BRC__RETRY_THROTTLING)
        return brc__status_code(429, aws_type);
    int code = brc__status_code(403, aws_type);
    bool denied =
        strcmp(aws_type, "AccessDeniedException") == 0 || strcmp(aws_type, "AccessDenied") == 0;
    return code == BRC_E_CREDENTIALS || denied ? code : brc__status_code(400, aws_type);
}

static int read_error(const struct brc__aws_reply *reply, struct brc__buf *to, char *ret_id,
                      struct brc__error *error)
{
    brc__auto_buf struct brc__buf json = BRC__SECRET_BUF(BRC__CEILING_ANSWER);
    char head[sizeof error->aws_type + 64];
    struct brc__json body = brc__json_of(reply->body, reply->length);

    if (brc__json_starts(body, '<'))
        body = error_in_xml(reply, &json, ret_id);
    brc__answer_error(reply->status, head_with_query_error(reply->head, head, sizeof head), body.p,
                      body.n, error);
    if (reply->status == 400)
        error->code = code_of_400(error->aws_type);
    snprintf(error->http_status, sizeof error->http_status, "%d", reply->status);
    memcpy(error->request_id, ret_id, BRC__REQUEST_ID_SIZE);
    size_t before = to->length;
    if (is_object(body) && brc__buf_append(to, body.p, body.n) < 0)
        brc__buf_truncate(to, before); /* the error is what counts */
    return error->code;
}

int brc__aws_answer_read(const struct brc__service *service, const char *operation,
                         const struct brc__aws_reply *reply, struct brc__buf *to,
                         char ret_request_id[BRC__REQUEST_ID_SIZE], struct brc__error *error)
{
    ret_request_id[0] = '\0';
    note_id_in_head(reply->head, ret_request_id);
    if (reply->status < 200 || reply->status > 299)
        return read_error(reply, to, ret_request_id, error);
    return service->protocol == BRC__QUERY ? read_xml(operation, reply, to, ret_request_id, error)
                                           : read_json(reply, to, error);
}
