/* From the meter to the lines of a bill.
 *
 * SPDX-License-Identifier: MIT
 */
#include "cost.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKENS_PER_THOUSAND 1000 /* what Amazon's own models are counted in; others in millions */

static const char *user_string(const struct emu_use *use, const char *member)
{
    return json_string_value(json_object_get(use->user, member));
}

/* us-east-1 as USE1: the geography, the letters of the direction, the number. */
static void short_region(char out[8], const char *region)
{
    const char *direction = strchr(region, '-');
    const char *number = strrchr(region, '-');
    char letter = direction != NULL && direction[1] != '\0' ? direction[1] : 'x';
    char digit = number != NULL && number[1] != '\0' ? number[1] : '0';

    snprintf(out, 8, "%c%c%c%c", toupper((unsigned char)region[0]),
             region[0] != '\0' ? toupper((unsigned char)region[1]) : 'X',
             toupper((unsigned char)letter), digit);
}

static const char *name_service(struct emu_cost_line *line)
{
    if (!line->price->marketplace)
        return "Amazon Bedrock";
    snprintf(line->name, sizeof(line->name), "%s (Amazon Bedrock Edition)", line->price->name);
    return line->name;
}

static const char *name_usage_type(struct emu_cost_line *line)
{
    static const char *const OWN[] = {
        "input-tokens", "output-tokens", "cache-read-input-token-count",
        "cache-write-input-token-count", "cache-write-1h-input-token-count"};
    static const char *const MARKETPLACE[] = {
        "InputTokenCount", "OutputTokenCount", "CacheReadInputTokenCount",
        "CacheWriteInputTokenCount", "CacheWrite1hInputTokenCount"};
    char region[8];

    short_region(region, user_string(line->use, "region"));
    if (line->price->marketplace)
        snprintf(line->name, sizeof(line->name), "%s-MP:%s_%s%s-Units", region, region,
                 MARKETPLACE[line->kind], line->global ? "_Global" : "");
    else
        snprintf(line->name, sizeof(line->name), "%s-%s-%s%s", region, line->price->name,
                 OWN[line->kind], line->global ? "-cross-region-global" : "");
    return line->name;
}

static int visit_use(const struct emu_use *use,
                     int (*visit)(struct emu_cost_line *line, void *data), void *data)
{
    const struct emu_price *price = emu_price_of(user_string(use, "model"));
    bool global = json_is_true(json_object_get(use->user, "global"));
    int rc = EMU_OK;

    for (int kind = 0; kind < EMU_N_TOKEN_KINDS && rc >= 0; kind++) {
        int64_t tokens = emu_usage_tokens(&use->metered.usage, kind);
        struct emu_cost_line line = {.use = use, .price = price, .kind = kind, .global = global};

        if (tokens == 0)
            continue;
        line.units = emu_price_tokens(price, global, kind, tokens);
        line.millionths = price->marketplace ? tokens : tokens * TOKENS_PER_THOUSAND;
        rc = visit(&line, data);
    }
    return rc;
}

int emu_cost_walk(const struct emulator *emulator, int64_t from_us, int64_t to_us, int64_t now_us,
                  int (*visit)(struct emu_cost_line *line, void *data), void *data)
{
    int rc = EMU_OK;

    for (size_t i = 0; i < emulator->money.meter.count && rc >= 0; i++) {
        const struct emu_use *use = &emulator->money.meter.all[i];

        if (use->metered.at_us >= from_us && use->metered.at_us < to_us &&
            emu_has_settled(emulator, use->metered.now_us, now_us))
            rc = visit_use(use, visit, data);
    }
    return rc;
}

const char *emu_cost_dimension(struct emu_cost_line *line, const char *key)
{
    if (strcmp(key, "SERVICE") == 0)
        return name_service(line);
    if (strcmp(key, "USAGE_TYPE") == 0)
        return name_usage_type(line);
    if (strcmp(key, "REGION") == 0)
        return user_string(line->use, "region");
    if (strcmp(key, "LINKED_ACCOUNT") == 0 || strcmp(key, "PAYER_ACCOUNT") == 0)
        return EMU_ACCOUNT;
    if (strcmp(key, "OPERATION") == 0)
        return "InvokeModelInference";
    return strcmp(key, "RECORD_TYPE") == 0 ? "Usage" : NULL;
}

json_t *emu_cost_decimal(int64_t units, int64_t per_one)
{
    char digits[48];
    int places = 0;
    int len;

    for (int64_t rest = per_one; rest > 1; rest /= 10)
        places++;
    len = snprintf(digits, sizeof(digits), "%" PRId64 ".%0*" PRId64, units / per_one, places,
                   units % per_one);
    while (digits[len - 1] == '0')
        len--;
    if (digits[len - 1] == '.')
        len--;
    return json_stringn(digits, (size_t)len);
}
