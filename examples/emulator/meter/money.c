/* The state of the services that tell of money; /_emulator/usage, tags, anomalies,
 * messages and mails.
 *
 * SPDX-License-Identifier: MIT
 */
#include "money.h"
#include "arn.h"
#include "budgets.h"
#include "cost.h"
#include "dates.h"
#include "metrics.h"
#include "money_patterns.h"
#include "operations.h"
#include "sns.h"
#include "system_profiles.h"

#include <string.h>

#define USUAL_REGION "us-east-1"
#define MAX_TOKENS   INT64_C(10000000000) /* of one kind at once: sums stay sums */
#define MAX_CALLS    1000000000

int emu_money_init(struct emu_money *money)
{
    *money = (struct emu_money){.costs = emu_costs_new(),
                                .budgets = json_object(),
                                .metrics = emu_metrics_new(),
                                .topics = emu_topics_new()};
    return money->costs != NULL && money->budgets != NULL && money->metrics != NULL &&
                   money->topics != NULL
               ? emu_meter_init(&money->meter)
               : EMU_OUT_OF_MEMORY;
}

void emu_money_free(struct emu_money *money)
{
    emu_meter_free(&money->meter);
    json_decref(money->costs);
    json_decref(money->budgets);
    json_decref(money->metrics);
    json_decref(money->topics);
}

int emu_money_watch(struct emulator *emulator, int64_t now_us)
{
    int rc = emu_budgets_watch(emulator, now_us);

    return rc == EMU_OK ? emu_metrics_watch(emulator, now_us) : rc;
}

/* ---- usage that nobody called a model for ---- */

/* The profile in any Region, by ARN or id. */
static const struct emu_profile *find_profile(const struct emulator *emulator, const char *id)
{
    for (size_t i = 0; i < emulator->profiles.count; i++) {
        const struct emu_profile *profile = &emulator->profiles.all[i];
        const char *arn = emu_profile_arn(profile);

        if (strcmp(arn, id) == 0 || strcmp(strrchr(arn, '/') + 1, id) == 0)
            return profile;
    }
    return NULL;
}

static int64_t count_of(const json_t *told, const char *member, int64_t usual)
{
    const json_t *count = json_object_get(told, member);

    return json_is_integer(count) ? json_integer_value(count) : usual;
}

static struct emu_metered metered_of(const json_t *told, int64_t at_us, int64_t now_us)
{
    return (struct emu_metered){
        .usage = {.input = count_of(told, "inputTokens", 0),
                  .output = count_of(told, "outputTokens", 0),
                  .cache_read = count_of(told, "cacheReadInputTokens", 0),
                  .cache_write_5m = count_of(told, "cacheWriteInputTokens", 0),
                  .cache_write_1h = count_of(told, "cacheWrite1hInputTokens", 0)},
        .calls = count_of(told, "calls", 1),
        .latency_ms = count_of(told, "latencyMs", 1000),
        .at_us = at_us,
        .now_us = now_us,
    };
}

static bool is_sound(const struct emu_metered *metered)
{
    for (int kind = 0; kind < EMU_N_TOKEN_KINDS; kind++) {
        int64_t tokens = emu_usage_tokens(&metered->usage, kind);

        if (tokens < 0 || tokens > MAX_TOKENS)
            return false;
    }
    return metered->calls >= 1 && metered->calls <= MAX_CALLS && metered->latency_ms >= 0 &&
           metered->latency_ms <= EMU_MAX_DELAY_MS;
}

/* A profile's own; else what is told. */
static void name_region(struct emu_text *region, const json_t *told,
                        const struct emu_target *target)
{
    const char *given = json_string_value(json_object_get(told, "region"));
    struct emu_arn arn;

    if (target->profile != NULL && emu_arn_parse(&arn, emu_slice_of(target->id)))
        emu_text_add(region, arn.region.s, arn.region.len);
    else
        emu_text_puts(region, given != NULL ? given : USUAL_REGION);
}

static int tell_usage(struct emulator *emulator, const json_t *told, int64_t now_us,
                      struct emu_text *message)
{
    const char *id = json_string_value(json_object_get(told, "profile"));
    const char *at = json_string_value(json_object_get(told, "at"));
    struct emu_metered metered = metered_of(told, now_us, now_us);
    struct emu_target target = {.id = id};
    emu_auto_text region = {0};

    if (id != NULL)
        target.profile = find_profile(emulator, id);
    if (target.profile != NULL)
        target.id = emu_profile_arn(target.profile);
    name_region(&region, told, &target);
    if (id == NULL || (target.profile == NULL && !emu_is_model_id(emu_slice_of(id))) ||
        (at != NULL && !emu_date_parse(at, &metered.at_us)) || !is_sound(&metered) ||
        !EMU_PATTERN_REGION.matches(emu_slice_of(emu_text_string(&region)))) {
        emu_text_puts(message, "Usage needs the profile (ARN or id, or a model's id) it went "
                               "through, counts of tokens, and if wanted: at as "
                               "2026-01-31T12:00:00Z, calls, latencyMs, region.");
        return EMU_INVALID;
    }
    return region.failed ? EMU_OUT_OF_MEMORY
                         : emu_meter_add(emulator, region.data, &target, &metered);
}

/* ---- the resources ---- */

/* One thing told, or each of an array. */
static int tell(struct emulator *emulator, const char *resource, const json_t *told, int64_t now_us,
                struct emu_text *message)
{
    const json_t *one;
    size_t i;

    json_array_foreach(told, i, one)
    {
        int rc = tell(emulator, resource, one, now_us, message);

        if (rc < 0)
            return rc;
    }
    if (json_is_array(told))
        return EMU_OK;
    if (strcmp(resource, "usage") == 0)
        return tell_usage(emulator, told, now_us, message);
    if (strcmp(resource, "tags") == 0)
        return emu_cost_tell_tag(emulator, told, now_us, message);
    return emu_cost_tell_anomaly(emulator, told, message);
}

static void answer_told(struct emulator *emulator, const char *resource,
                        const struct emu_request *request, struct emu_reply *reply)
{
    json_t *told = json_loadb(request->body, request->body_len, 0, NULL);
    emu_auto_text message = {0};
    int rc = told != NULL ? tell(emulator, resource, told, request->now_us, &message) : EMU_INVALID;

    if (told == NULL)
        emu_text_puts(&message, "This is no JSON.");
    if (rc == EMU_OK)
        rc = emu_money_watch(emulator, request->now_us);
    if (rc == EMU_OK)
        emu_reply_json(reply, 200, json_object());
    else if (rc == EMU_INVALID)
        emu_reply_error(reply, "ValidationException", "%s", emu_text_string(&message));
    else
        emu_reply_out_of_memory(reply);
    json_decref(told);
}

/* Answers what was told to people, which may be due just now. */
static void answer_list(struct emulator *emulator, json_t *list, int64_t now_us,
                        struct emu_reply *reply)
{
    if (emu_money_watch(emulator, now_us) < 0)
        emu_reply_out_of_memory(reply);
    else
        emu_reply_json(reply, 200, json_incref(list));
}

bool emu_money_answer(struct emulator *emulator, const char *resource,
                      const struct emu_request *request, struct emu_reply *reply)
{
    bool posted = strcmp(request->method, "POST") == 0;
    bool got = strcmp(request->method, "GET") == 0;

    if (got && strcmp(resource, "messages") == 0)
        answer_list(emulator, emu_topics_messages(emulator), request->now_us, reply);
    else if (got && strcmp(resource, "mails") == 0)
        answer_list(emulator, emu_topics_mails(emulator), request->now_us, reply);
    else if (posted && (strcmp(resource, "usage") == 0 || strcmp(resource, "tags") == 0 ||
                        strcmp(resource, "anomalies") == 0))
        answer_told(emulator, resource, request, reply);
    else
        return false;
    return true;
}
