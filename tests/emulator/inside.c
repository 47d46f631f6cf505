/* Calls that are made as the server makes them, and calls of operations alone.
 *
 * SPDX-License-Identifier: MIT
 */
#include "inside.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

void inside_start(struct inside *inside, const struct emu_options *options)
{
    *inside = (struct inside){.now_us = INSIDE_START_US, .region = "us-east-1"};
    ck_assert_int_eq(emu_init(&inside->emulator, options), EMU_OK);
}

void inside_stop(struct inside *inside)
{
    emu_free(&inside->emulator);
}

void inside_begin(struct inside *inside, int64_t settle_ms)
{
    const struct emu_options options = {.credentials = {"A", "s", NULL}, .settle_ms = settle_ms};

    inside_start(inside, &options);
}

/* ---- requests ---- */

static struct emu_reply answer(struct inside *inside, const char *signing_name,
                               const struct emu_request *request)
{
    const struct emu_caller caller = {signing_name, inside->region, inside->key};
    struct emu_reply reply;

    emu_reply_init(&reply);
    emu_call_operation(&inside->emulator, request, &caller, &reply);
    return reply;
}

json_t *inside_call(struct inside *inside, const char *method, const char *uri, const char *body,
                    int status)
{
    const struct emu_request request = {
        .method = method,
        .uri = uri,
        .body = body != NULL ? body : "",
        .body_len = body != NULL ? strlen(body) : 0,
        .now_us = inside->now_us,
    };
    struct emu_reply reply = answer(inside, "bedrock", &request);
    json_t *json = json_loadb(reply.body.data, reply.body.len, JSON_ALLOW_NUL, NULL);

    ck_assert_msg(reply.status == status, "%s %s: wanted %d, got %d %s: %s", method, uri, status,
                  reply.status, reply.error_type, emu_text_string(&reply.body));
    ck_assert_ptr_nonnull(json);
    emu_reply_free(&reply);
    return json;
}

struct emu_reply inside_post(struct inside *inside, const char *signing_name, const char *header,
                             const char *value, const char *body)
{
    const struct emu_header headers[] = {{header, value}};
    const struct emu_request request = {
        .method = "POST",
        .uri = "/",
        .headers = headers,
        .n_headers = 1,
        .body = body,
        .body_len = strlen(body),
        .now_us = inside->now_us,
    };

    return answer(inside, signing_name, &request);
}

/* ---- operations ---- */

char *quoted(const char *string)
{
    char *copy = strdup(string);

    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

json_t *inside_json(const char *string)
{
    char *text = quoted(string);
    json_t *json = json_loads(text, 0, NULL);

    ck_assert_msg(json != NULL, "no JSON: %s", text);
    free(text);
    return json;
}

void inside_ask(struct inside *inside, inside_operation *operation, json_t *input,
                struct emu_reply *reply)
{
    const struct emu_request request = {.method = "POST", .uri = "/", .now_us = inside->now_us};
    struct emu_call call = {.emulator = &inside->emulator,
                            .region = inside->region,
                            .request = &request,
                            .input = input,
                            .reply = reply};

    emu_reply_init(reply);
    operation(&call);
    json_decref(input);
}

json_t *inside_succeed(struct inside *inside, inside_operation *operation, json_t *input)
{
    struct emu_reply reply;
    json_t *answer;

    inside_ask(inside, operation, input, &reply);
    ck_assert_msg(reply.error_type[0] == '\0' && reply.status < 300, "%s: %s", reply.error_type,
                  emu_text_string(&reply.body));
    answer = json_loadb(reply.body.data, reply.body.len, 0, NULL);
    emu_reply_free(&reply);
    ck_assert_ptr_nonnull(answer);
    return answer;
}

void inside_do(struct inside *inside, inside_operation *operation, const char *input)
{
    json_decref(inside_succeed(inside, operation, inside_json(input)));
}
