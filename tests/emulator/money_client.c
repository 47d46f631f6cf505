/* SPDX-License-Identifier: MIT */
#include "money_client.h"
#include "client.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *service;
    const char *target;
} TARGETS[] = {
    {"ce", "AWSInsightsIndexService"},
    {"budgets", "AWSBudgetServiceGateway"},
    {"monitoring", "GraniteServiceVersion20100801"},
};

struct emu_reply money_post(struct inside *inside, const char *service, const char *operation,
                            const char *body)
{
    struct emu_reply reply;
    char *json = quoted(body);
    char *target;
    int i = 0;

    while (strcmp(TARGETS[i].service, service) != 0)
        i++;
    target = text("%s.%s", TARGETS[i].target, operation);
    reply = inside_post(inside, service, "X-Amz-Target", target, json);
    free(target);
    free(json);
    return reply;
}

json_t *money_call(struct inside *inside, const char *service, const char *operation,
                   const char *body, int status)
{
    struct emu_reply reply = money_post(inside, service, operation, body);
    json_t *json = json_incref(reply.json);

    ck_assert_msg(reply.status == status, "%s %s: wanted %d, got %d: %s", operation, body, status,
                  reply.status, emu_text_string(&reply.body));
    ck_assert_ptr_nonnull(json);
    emu_reply_free(&reply);
    return json;
}

void money_do(struct inside *inside, const char *service, const char *operation, const char *body)
{
    json_decref(money_call(inside, service, operation, body, 200));
}

void money_fail(struct inside *inside, const char *service, const char *operation, const char *body,
                const char *type)
{
    struct emu_reply reply = money_post(inside, service, operation, body);

    ck_assert_msg(strcmp(reply.error_type, type) == 0, "%s %s: wanted %s, got %d %s: %s", operation,
                  body, type, reply.status, reply.error_type, emu_text_string(&reply.body));
    emu_reply_free(&reply);
}

bool money_tell(struct inside *inside, const char *resource, const char *body)
{
    char *json = quoted(body);
    const struct emu_request request = {.method = "POST",
                                        .uri = "/_emulator/",
                                        .body = json,
                                        .body_len = strlen(json),
                                        .now_us = inside->now_us};
    struct emu_reply reply;
    bool taken;

    emu_reply_init(&reply);
    ck_assert(emu_money_answer(&inside->emulator, resource, &request, &reply));
    taken = reply.status == 200;
    emu_reply_free(&reply);
    free(json);
    return taken;
}

char *money_profile(struct inside *inside, const char *name, const char *model, const char *tags)
{
    char *single = text("{'inferenceProfileName':'%s','modelSource':{'copyFrom':'%s'},'tags':%s}",
                        name, model, tags);
    char *body = quoted(single);
    json_t *made = inside_call(inside, "POST", "/inference-profiles", body, 201);
    char *arn = strdup(json_string_value(json_object_get(made, "inferenceProfileArn")));

    json_decref(made);
    free(body);
    free(single);
    return arn;
}

void money_use(struct inside *inside, const char *arn)
{
    char *told = text("{'profile':'%s','inputTokens':1000,'outputTokens':1000}", arn);

    ck_assert(money_tell(inside, "usage", told));
    free(told);
}
