/* SPDX-License-Identifier: MIT */
#include "request.h"
#include "json.h"
#include "json_text.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    STOPS_MAX = 2500,
    MEMBER_LENGTH_MAX = 64,
    FRAME_MAX = 128 /* bytes of a body that belong to no part: names, brackets, maxTokens */
};

int brc_request_new(const char *profile_arn, brc_request **ret_request)
{
    struct brc__arn unused;

    if (ret_request == NULL)
        return BRC_E_INVALID;
    *ret_request = NULL;
    if (profile_arn == NULL)
        return BRC_E_INVALID;
    int rc = brc__arn_parse(profile_arn, &unused);
    if (rc < 0)
        return rc;

    brc_request *request = calloc(1, sizeof *request);
    if (request == NULL)
        return BRC_E_NOMEM;
    struct brc__buf *parts[] = {&request->messages, &request->system, &request->stops,
                                &request->inference, &request->members};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        *parts[i] = BRC__BUF(BRC__CEILING_REQUEST);
    request->bound_input = -1;
    request->profile_arn = brc__strndup(profile_arn, strlen(profile_arn));
    if (request->profile_arn == NULL) {
        brc_request_free(request);
        return BRC_E_NOMEM;
    }
    brc__arn_parse(request->profile_arn, &request->arn);
    *ret_request = request;
    return BRC_OK;
}

brc_request *brc_request_free(brc_request *request)
{
    if (request == NULL)
        return NULL;
    free(request->profile_arn);
    free(request->metadata);
    brc__buf_free(&request->messages);
    brc__buf_free(&request->system);
    brc__buf_free(&request->stops);
    brc__buf_free(&request->inference);
    brc__buf_free(&request->members);
    free(request);
    return NULL;
}

const char *brc_request_error(const brc_request *request)
{
    return request == NULL ? brc_strerror(BRC_E_INVALID) : request->error.text;
}

/* The most bytes the body can have. */
static size_t body_length_max(const brc_request *request)
{
    return request->messages.length + request->system.length + request->stops.length +
           request->inference.length + request->members.length + FRAME_MAX;
}

/* Ends a change of one part: if it failed, or the request as a whole became too large, the part is
 * cut back to what it was. */
static int settle(brc_request *request, struct brc__buf *part, size_t length_before)
{
    int rc = part->status;

    if (rc == 0 && body_length_max(request) > BRC__CEILING_REQUEST)
        rc = BRC_E_TOO_LARGE;
    if (rc == 0)
        return BRC_OK;
    brc__buf_truncate(part, length_before);
    if (rc == BRC_E_TOO_LARGE)
        return brc__error_set(&request->error, rc,
                              "the request would pass the %d bytes Bedrock takes",
                              BRC__CEILING_REQUEST);
    return brc__error_set(&request->error, rc, "%s", brc_strerror(rc));
}

static void separate(struct brc__buf *part)
{
    if (part->length > 0)
        brc__buf_append(part, ",", 1);
}

static int check_length(brc_request *request, const char *given, size_t length, const char *what)
{
    if (given == NULL || length == 0)
        return brc__error_set(&request->error, BRC_E_INVALID, "%s: is empty", what);
    if (length > BRC__CEILING_REQUEST)
        return brc__error_set(&request->error, BRC_E_TOO_LARGE,
                              "%s: is longer than the %d bytes Bedrock takes in one request", what,
                              BRC__CEILING_REQUEST);
    return BRC_OK;
}

static int check_text(brc_request *request, const char *text, size_t length, const char *what)
{
    int rc = check_length(request, text, length, what);

    if (rc == 0 && !brc__utf8_without_nul(text, length))
        rc = brc__error_set(&request->error, BRC_E_INVALID,
                            "%s: is not UTF-8, or holds a NUL character", what);
    return rc;
}

static int check_json(brc_request *request, const char *json, size_t length, const char *what)
{
    int rc = check_length(request, json, length, what);

    return rc < 0 ? rc : brc__json_check(json, length, what, &request->error);
}

static int add_message_text(brc_request *request, const char *role, const char *text, size_t length)
{
    size_t before = request->messages.length;

    separate(&request->messages);
    brc__buf_appendf(&request->messages, "{\"role\":\"%s\",\"content\":[{\"text\":", role);
    brc__json_quote(&request->messages, text, length);
    brc__buf_text(&request->messages, "}]}");
    return settle(request, &request->messages, before);
}

static int add_system_text(brc_request *request, const char *text, size_t length)
{
    size_t before = request->system.length;

    separate(&request->system);
    brc__buf_text(&request->system, "{\"text\":");
    brc__json_quote(&request->system, text, length);
    brc__buf_text(&request->system, "}");
    return settle(request, &request->system, before);
}

int brc_request_add_text(brc_request *request, const char *role, const char *text, size_t length)
{
    if (request == NULL)
        return BRC_E_INVALID;
    int rc = check_text(request, text, length, "text");
    if (rc < 0)
        return rc;
    if (role != NULL && strcmp(role, "system") == 0)
        return add_system_text(request, text, length);
    if (role != NULL && (strcmp(role, "user") == 0 || strcmp(role, "assistant") == 0))
        return add_message_text(request, role, text, length);
    return brc__error_set(&request->error, BRC_E_INVALID,
                          "role: is not \"user\", \"assistant\" or \"system\"");
}

int brc_request_add_message(brc_request *request, const char *json, size_t length)
{
    static const char *const names[] = {"role", "content"};
    struct brc__json values[2];

    if (request == NULL)
        return BRC_E_INVALID;
    int rc = check_json(request, json, length, "message");
    if (rc < 0)
        return rc;
    struct brc__json message = brc__json_of(json, length);
    brc__json_members(message, names, values, 2);
    if (!brc__json_starts(values[0], '"') || !brc__json_starts(values[1], '['))
        return brc__error_set(&request->error, BRC_E_INVALID,
                              "message: is not an object with a string \"role\" and an array "
                              "\"content\"");
    size_t before = request->messages.length;
    separate(&request->messages);
    brc__buf_append(&request->messages, message.p, message.n);
    return settle(request, &request->messages, before);
}

int brc_request_add_stop(brc_request *request, const char *text, size_t length)
{
    if (request == NULL)
        return BRC_E_INVALID;
    int rc = check_text(request, text, length, "stop sequence");
    if (rc < 0)
        return rc;
    if (request->stops_as_json)
        return brc__error_set(&request->error, BRC_E_INVALID,
                              "stopSequences: is set already, as part of inferenceConfig");
    if (request->stop_count == STOPS_MAX)
        return brc__error_set(&request->error, BRC_E_RANGE,
                              "stopSequences: Bedrock takes no more than %d", STOPS_MAX);
    size_t before = request->stops.length;
    separate(&request->stops);
    brc__json_quote(&request->stops, text, length);
    rc = settle(request, &request->stops, before);
    if (rc == 0)
        request->stop_count++;
    return rc;
}

int brc_request_set_max_tokens(brc_request *request, int64_t max, int64_t least)
{
    if (request == NULL)
        return BRC_E_INVALID;
    if (request->max_tokens_as_json)
        return brc__error_set(&request->error, BRC_E_INVALID,
                              "maxTokens: is set already, as part of inferenceConfig");
    if (max < 1 || max > INT32_MAX || least < 1 || least > max)
        return brc__error_set(&request->error, BRC_E_RANGE,
                              "maxTokens: max must be from 1 to %d and least from 1 to max",
                              INT32_MAX);
    request->max_tokens = max;
    request->least_tokens = least;
    return BRC_OK;
}

int brc_request_set_bound(brc_request *request, int64_t input_tokens, int64_t output_tokens)
{
    if (request == NULL)
        return BRC_E_INVALID;
    if (input_tokens < 0 || input_tokens > INT32_MAX || output_tokens < 0 ||
        output_tokens > INT32_MAX)
        return brc__error_set(&request->error, BRC_E_RANGE, "bound: both must be from 0 to %d",
                              INT32_MAX);
    request->bound_input = input_tokens;
    request->bound_output = output_tokens;
    return BRC_OK;
}

/* Appends what stands between the brackets of an array or object. */
static void append_inside(struct brc__buf *part, struct brc__json container)
{
    struct brc__json inside = brc__json_of(container.p + 1, container.n - 2);

    if (inside.n == 0)
        return;
    separate(part);
    brc__buf_append(part, inside.p, inside.n);
}

static int set_system(brc_request *request, struct brc__json value)
{
    size_t before = request->system.length;

    if (!brc__json_starts(value, '['))
        return brc__error_set(&request->error, BRC_E_INVALID, "system: is not an array");
    append_inside(&request->system, value);
    return settle(request, &request->system, before);
}

static int already_set(brc_request *request, const char *member)
{
    return brc__error_set(&request->error, BRC_E_INVALID, "%s: is set already", member);
}

static int set_inference_config(brc_request *request, struct brc__json value)
{
    static const char *const names[] = {"maxTokens", "stopSequences"};
    struct brc__json given[2];

    if (!brc__json_starts(value, '{'))
        return brc__error_set(&request->error, BRC_E_INVALID, "inferenceConfig: is not an object");
    if (request->inference_as_json)
        return already_set(request, "inferenceConfig");
    brc__json_members(value, names, given, 2);
    if (given[0].p != NULL && request->max_tokens > 0)
        return already_set(request, "inferenceConfig.maxTokens");
    if (given[1].p != NULL && request->stop_count > 0)
        return already_set(request, "inferenceConfig.stopSequences");

    append_inside(&request->inference, value);
    int rc = settle(request, &request->inference, 0);
    if (rc == 0) {
        request->inference_as_json = 1;
        request->max_tokens_as_json = given[0].p != NULL;
        request->stops_as_json = given[1].p != NULL;
    }
    return rc;
}

/* The members are kept as one object; a new one takes the place of its closing brace. */
static int set_member(brc_request *request, const char *member, struct brc__json value)
{
    struct brc__buf *members = &request->members;
    size_t before = members->length;

    if (brc__json_member(brc__json_of(members->data, before), member).p != NULL)
        return already_set(request, member);
    if (before == 0)
        brc__buf_text(members, "{");
    else
        members->data[before - 1] = ',';
    brc__buf_appendf(members, "\"%s\":", member);
    brc__buf_append(members, value.p, value.n);
    brc__buf_text(members, "}");
    int rc = settle(request, members, before);
    if (rc < 0 && before > 0)
        members->data[before - 1] = '}';
    return rc;
}

/* requestMetadata goes into every usage record too. */
static int set_metadata(brc_request *request, struct brc__json value)
{
    if (!brc__json_starts(value, '{'))
        return brc__error_set(&request->error, BRC_E_INVALID, "requestMetadata: is not an object");
    if (request->metadata != NULL)
        return already_set(request, "requestMetadata");
    char *metadata = brc__strndup(value.p, value.n);
    if (metadata == NULL)
        return brc__error_set(&request->error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    /* A record is one line; in sound JSON a line ends only where a blank may stand as well. */
    for (char *p = metadata; *p != '\0'; p++)
        if (*p == '\n' || *p == '\r')
            *p = ' ';
    int rc = set_member(request, "requestMetadata", value);
    if (rc < 0)
        free(metadata);
    else
        request->metadata = metadata;
    return rc;
}

static int check_member_name(brc_request *request, const char *member)
{
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    size_t length = member == NULL ? 0 : strlen(member);

    if (length == 0 || length > MEMBER_LENGTH_MAX || strspn(member, LETTERS) == 0 ||
        strspn(member, LETTERS "0123456789") < length)
        return brc__error_set(&request->error, BRC_E_INVALID,
                              "member: a name is a letter, then letters and digits, at most %d",
                              MEMBER_LENGTH_MAX);
    if (strcmp(member, "modelId") == 0)
        return brc__error_set(&request->error, BRC_E_INVALID,
                              "modelId: a request goes through the profile it was made for; make "
                              "another one with brc_request_new()");
    if (strcmp(member, "messages") == 0)
        return brc__error_set(&request->error, BRC_E_INVALID,
                              "messages: add each with brc_request_add_message()");
    return BRC_OK;
}

int brc_request_set_json(brc_request *request, const char *member, const char *json, size_t length)
{
    if (request == NULL)
        return BRC_E_INVALID;
    int rc = check_member_name(request, member);
    if (rc < 0)
        return rc;
    rc = check_json(request, json, length, member);
    if (rc < 0)
        return rc;
    struct brc__json value = brc__json_of(json, length);
    if (strcmp(member, "system") == 0)
        return set_system(request, value);
    if (strcmp(member, "inferenceConfig") == 0)
        return set_inference_config(request, value);
    if (strcmp(member, "requestMetadata") == 0)
        return set_metadata(request, value);
    return set_member(request, member, value);
}

/* What stands before maxTokens in a body. */
#define MESSAGES   "{\"messages\":["
#define SYSTEM     ",\"system\":["
#define INFERENCE  ",\"inferenceConfig\":{"
#define MAX_TOKENS "\"maxTokens\":"

static void append_inference_config(const brc_request *request, struct brc__buf *to)
{
    const char *comma = "";

    if (request->max_tokens == 0 && request->stops.length == 0 && request->inference.length == 0)
        return;
    brc__buf_text(to, INFERENCE);
    if (request->max_tokens > 0) {
        brc__buf_appendf(to, MAX_TOKENS "%" PRId64, request->max_tokens);
        comma = ",";
    }
    if (request->stops.length > 0) {
        brc__buf_appendf(to, "%s\"stopSequences\":[", comma);
        brc__buf_append(to, request->stops.data, request->stops.length);
        brc__buf_text(to, "]");
        comma = ",";
    }
    if (request->inference.length > 0) {
        brc__buf_text(to, comma);
        brc__buf_append(to, request->inference.data, request->inference.length);
    }
    brc__buf_text(to, "}");
}

int brc__request_body(const brc_request *request, struct brc__buf *to, struct brc__error *error)
{
    if (request->messages.length == 0)
        return brc__error_set(error, BRC_E_INVALID, "the request has no message");

    brc__buf_reserve(to, body_length_max(request));
    brc__buf_text(to, MESSAGES);
    brc__buf_append(to, request->messages.data, request->messages.length);
    brc__buf_text(to, "]");
    if (request->system.length > 0) {
        brc__buf_text(to, SYSTEM);
        brc__buf_append(to, request->system.data, request->system.length);
        brc__buf_text(to, "]");
    }
    append_inference_config(request, to);
    if (request->members.length > 0) {
        brc__buf_text(to, ",");
        brc__buf_append(to, request->members.data + 1, request->members.length - 2);
    }
    brc__buf_text(to, "}");
    if (to->status < 0)
        return brc__error_set(error, to->status, "%s", brc_strerror(to->status));
    return BRC_OK;
}

size_t brc__request_max_tokens_at(const brc_request *request)
{
    size_t at = strlen(MESSAGES) + request->messages.length + 1;

    if (request->system.length > 0)
        at += strlen(SYSTEM) + request->system.length + 1;
    return request->max_tokens == 0 ? 0 : at + strlen(INFERENCE) + strlen(MAX_TOKENS);
}

int brc__request_lower_max_tokens(struct brc__buf *body, size_t at, int64_t max_tokens)
{
    char digits[24];
    size_t room = 0, n = (size_t)snprintf(digits, sizeof digits, "%" PRId64, max_tokens);

    while (at > 0 && at + room < body->length &&
           strchr("0123456789 ", body->data[at + room]) != NULL)
        room++;
    if (max_tokens < 1 || n > room)
        return BRC_E_INVALID;
    memset(body->data + at, ' ', room);
    memcpy(body->data + at, digits, n);
    return BRC_OK;
}

int brc__request_path(const char *profile_arn, struct brc__buf *to)
{
    brc__buf_text(to, "/model/");
    return brc__buf_append_encoded(to, profile_arn, strlen(profile_arn));
}
