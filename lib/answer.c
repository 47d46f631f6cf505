/* SPDX-License-Identifier: MIT */
#include "answer.h"
#include "head.h"
#include "json.h"
#include "json_text.h"
#include "outcome.h"

#include <stdio.h>
#include <string.h>

/* Appends the texts of a list of content blocks; a block with citations holds such a list itself.
 */
static void append_texts(struct brc__json content, struct brc__buf *text, int depth)
{
    static const char *const names[] = {"text", "citationsContent"};
    struct brc__json block, values[2];
    size_t position = 0;

    while (brc__json_next(content, &position, &block)) {
        brc__json_members(block, names, values, 2);
        brc__json_unquote(values[0], text);
        if (values[1].p != NULL && depth == 0)
            append_texts(brc__json_member(values[1], "content"), text, depth + 1);
    }
}

static int read_text(brc_result *result, struct brc__json message)
{
    struct brc__json content = brc__json_member(message, "content");

    if (!brc__json_starts(content, '['))
        return BRC_E_PROTOCOL;
    brc__buf_text(&result->text, "");
    append_texts(content, &result->text, 0);
    result->has_text = result->text.status == 0;
    return result->text.status;
}

const char *brc__answer_message(brc_result *result)
{
    const struct brc__json received = result->received;

    if (result->message.length > 0 || received.p == NULL)
        return result->message.data;
    int rc = brc__json_check(received.p, received.n, "", NULL);
    if (rc == BRC_OK)
        brc__buf_append(&result->message, received.p, received.n);
    else if (rc == BRC_E_INVALID)
        rc = brc__json_repair(&result->message, received.p, received.n);
    if (rc < 0 || result->message.status < 0)
        brc__buf_free(&result->message); /* half a message is none */
    return result->message.data;
}

static int unreadable(struct brc__error *error, const char *what)
{
    return brc__error_set(error, BRC_E_PROTOCOL, "the answer %s", what);
}

void brc__answer_tier(struct brc_usage *usage, struct brc__json tier)
{
    struct brc__json type = brc__json_member(tier, "type");

    if (brc__json_starts(type, '"') && type.n - 2 < sizeof usage->service_tier)
        brc__usage_note(usage, BRC_USAGE_SERVICE_TIER, type.p + 1, type.n - 2);
}

int brc__answer_read(brc_result *result, bool *ret_usage, struct brc__error *error)
{
    enum {
        OUTPUT,
        STOP_REASON,
        USAGE,
        SERVICE_TIER,
        MEMBERS
    };
    static const char *const names[MEMBERS] = {"output", "stopReason", "usage", "serviceTier"};
    struct brc__json members[MEMBERS];

    struct brc__json answer = brc__json_of(result->json.data, result->json.length);
    bool object = brc__json_members(answer, names, members, MEMBERS);
    *ret_usage = brc__usage_read(&result->usage, members[USAGE]);
    brc__answer_tier(&result->usage, members[SERVICE_TIER]);
    brc__json_unquote(members[STOP_REASON], &result->stop_reason);
    struct brc__json message = brc__json_member(members[OUTPUT], "message");
    int rc = result->stop_reason.status;
    if (rc == 0)
        rc = read_text(result, message);
    if (rc == 0 && brc__json_starts(brc__json_member(message, "role"), '"'))
        result->received = message;
    if (rc < 0 && rc != BRC_E_PROTOCOL)
        return brc__error_set(error, rc, "%s", brc_strerror(rc));
    if (!object)
        return unreadable(error, "is not one whole JSON object");
    if (rc < 0)
        return unreadable(error, "has no message that could be read");
    if (!*ret_usage)
        return unreadable(error, "has no usage, or usage that cannot be read");
    return BRC_OK;
}

/* "aws.service#Type:http://…" says "Type". */
static void note_type(struct brc__error *error, const char *type, size_t n)
{
    const char *colon = memchr(type, ':', n);
    if (colon != NULL)
        n = (size_t)(colon - type);
    size_t start = n;
    while (start > 0 && type[start - 1] != '#')
        start--;
    brc__error_text(error->aws_type, sizeof error->aws_type, type + start, n - start);
}

/* Reads a string member into a text of fixed size. Memory that runs out costs the text, not the
 * error. */
static void note_member(struct brc__json member, struct brc__buf *scratch, char *to, size_t size)
{
    brc__buf_truncate(scratch, 0);
    if (brc__json_unquote(member, scratch) && scratch->data != NULL)
        brc__error_text(to, size, scratch->data, scratch->length);
}

static void read_error_body(struct brc__error *error, const char *body, size_t length)
{
    enum {
        CODE,
        CODE_UPPER,
        TYPE,
        MESSAGE,
        MESSAGE_UPPER,
        MEMBERS
    };
    static const char *const names[MEMBERS] = {"code", "Code", "__type", "message", "Message"};
    brc__auto_buf struct brc__buf scratch = BRC__BUF(BRC__CEILING_ANSWER);
    struct brc__json members[MEMBERS];
    char type[sizeof error->aws_type + 256] = "";

    brc__json_members(brc__json_of(body, length), names, members, MEMBERS);
    for (int i = CODE; i <= TYPE && error->aws_type[0] == '\0'; i++) {
        note_member(members[i], &scratch, type, sizeof type);
        note_type(error, type, strlen(type));
    }
    for (int i = MESSAGE; i <= MESSAGE_UPPER && error->aws_message[0] == '\0'; i++)
        note_member(members[i], &scratch, error->aws_message, sizeof error->aws_message);
}

int brc__answer_error(int status, const char *head, const char *body, size_t length,
                      struct brc__error *error)
{
    size_t n;

    brc__error_clear(error);
    const char *type = brc__head_value(head, "x-amzn-ErrorType", &n);
    if (type != NULL)
        note_type(error, type, n);
    read_error_body(error, body, length);
    error->code = brc__status_code(status, error->aws_type);
    if (status >= 300 && status < 400)
        snprintf(error->text, sizeof error->text,
                 "HTTP %d: the endpoint redirects elsewhere, which is never followed", status);
    else if (error->aws_type[0] == '\0' && error->aws_message[0] == '\0')
        snprintf(error->text, sizeof error->text, "HTTP %d, and no error of AWS in the answer",
                 status);
    else
        snprintf(error->text, sizeof error->text, "%s: %s (HTTP %d)",
                 error->aws_type[0] == '\0' ? "AWS" : error->aws_type,
                 error->aws_message[0] == '\0' ? "no message" : error->aws_message, status);
    return error->code;
}

int brc__answer_exception(const char *type, size_t type_length, const char *body, size_t length,
                          struct brc__error *error)
{
    brc__error_clear(error);
    brc__error_text(error->aws_type, sizeof error->aws_type, type, type_length);
    if (error->aws_type[0] >= 'a' && error->aws_type[0] <= 'z')
        error->aws_type[0] = (char)(error->aws_type[0] - 'a' + 'A');
    read_error_body(error, body, length);
    error->code = brc__exception_code(error->aws_type);
    snprintf(error->text, sizeof error->text, "%s: %s (within the stream)", error->aws_type,
             error->aws_message[0] == '\0' ? "no message" : error->aws_message);
    return error->code;
}
