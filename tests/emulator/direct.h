/* Operations of the emulator called as functions, with a clock that is set: what settles takes no
 * time.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TESTS_EMULATOR_DIRECT_H
#define TESTS_EMULATOR_DIRECT_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"

#define SECOND INT64_C(1000000)

/* An emulator, and the moment of the next call. */
struct direct {
    struct emulator emulator;
    int64_t now_us;
};

static inline void direct_begin(struct direct *direct, int64_t settle_ms)
{
    const struct emu_options options = {
        .credentials = {.access_key = "AKID", .secret_key = "secret"}, .settle_ms = settle_ms};

    *direct = (struct direct){.now_us = 1800000000 * SECOND};
    ck_assert_int_eq(emu_init(&direct->emulator, &options), EMU_OK);
}

static inline void direct_end(struct direct *direct)
{
    emu_free(&direct->emulator);
}

/* JSON, with single quotes so that it can be read. */
static inline json_t *direct_json(const char *quoted)
{
    char *copy = strdup(quoted);
    json_t *json;

    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    json = json_loads(copy, 0, NULL);
    ck_assert_msg(json != NULL, "no JSON: %s", copy);
    free(copy);
    return json;
}

/* Calls an operation. Takes over `input`; the reply is to be freed. */
static inline void direct_ask(struct direct *direct, void (*operation)(struct emu_call *call),
                              json_t *input, struct emu_reply *reply)
{
    const struct emu_request request = {.method = "POST", .uri = "/", .now_us = direct->now_us};
    struct emu_call call = {.emulator = &direct->emulator,
                            .region = "us-east-1",
                            .request = &request,
                            .input = input,
                            .reply = reply};

    emu_reply_init(reply);
    operation(&call);
    json_decref(input);
}

/* The JSON of a success. */
static inline json_t *direct_call(struct direct *direct, void (*operation)(struct emu_call *call),
                                  json_t *input)
{
    struct emu_reply reply;
    json_t *answer;

    direct_ask(direct, operation, input, &reply);
    ck_assert_msg(reply.error_type[0] == '\0' && reply.status < 300, "%s: %s", reply.error_type,
                  emu_text_string(&reply.body));
    answer = json_loadb(reply.body.data, reply.body.len, 0, NULL);
    emu_reply_free(&reply);
    ck_assert_ptr_nonnull(answer);
    return answer;
}

static inline void direct_do(struct direct *direct, void (*operation)(struct emu_call *call),
                             const char *input)
{
    json_decref(direct_call(direct, operation, direct_json(input)));
}

static inline void direct_refused(struct direct *direct, void (*operation)(struct emu_call *call),
                                  const char *input, const char *type, const char *part)
{
    struct emu_reply reply;

    direct_ask(direct, operation, direct_json(input), &reply);
    ck_assert_str_eq(reply.error_type, type);
    ck_assert_msg(strstr(emu_text_string(&reply.body), part) != NULL, "%s",
                  emu_text_string(&reply.body));
    emu_reply_free(&reply);
}

#endif
