/* SPDX-License-Identifier: MIT */
#include "plan.h"
#include "date.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct brc__plan_block {
    struct brc__plan_block *next;
    size_t size; /* of all of it */
    max_align_t bytes[];
};

void *brc__plan_alloc(struct brc__planner *planner, size_t n)
{
    if (n > SIZE_MAX - sizeof(struct brc__plan_block)) {
        planner->status = BRC_E_NOMEM;
        return NULL;
    }
    struct brc__plan_block *block = calloc(1, sizeof *block + n);
    if (block == NULL) {
        planner->status = BRC_E_NOMEM;
        return NULL;
    }
    block->size = sizeof *block + n;
    block->next = planner->plans->blocks;
    planner->plans->blocks = block;
    return block->bytes;
}

struct brc__plans *brc__plans_free(struct brc__plans *plans)
{
    if (plans == NULL)
        return NULL;
    while (plans->blocks != NULL) {
        struct brc__plan_block *block = plans->blocks;
        plans->blocks = block->next;
        brc__wipe(block, block->size);
        free(block);
    }
    free(plans);
    return NULL;
}

const char *brc__plan_keep(struct brc__planner *planner, const char *text)
{
    if (text == NULL)
        return NULL;
    size_t size = strlen(text) + 1;
    char *copy = brc__plan_alloc(planner, size);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

static void conclude(struct brc__planner *planner, struct brc__plan *plan,
                     enum brc__plan_state state, const char *format, va_list arguments)
    __attribute__((format(printf, 4, 0)));

/* Names come from outside, so that the line is made clean. */
static void conclude(struct brc__planner *planner, struct brc__plan *plan,
                     enum brc__plan_state state, const char *format, va_list arguments)
{
    char raw[1000], line[sizeof raw];

    vsnprintf(raw, sizeof raw, format, arguments);
    brc__error_text(line, sizeof line, raw, strlen(raw));
    plan->state = state;
    plan->base = (struct brc__base){.kind = BRC__BASE_KEYS};
    plan->roles = NULL;
    plan->reason = brc__plan_keep(planner, line);
}

void brc__plan_absent(struct brc__planner *planner, struct brc__plan *plan, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    conclude(planner, plan, BRC__PLAN_ABSENT, format, arguments);
    va_end(arguments);
}

void brc__plan_broken(struct brc__planner *planner, struct brc__plan *plan, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    conclude(planner, plan, BRC__PLAN_BROKEN, format, arguments);
    va_end(arguments);
}

struct brc__base *brc__plan_ready(struct brc__planner *planner, struct brc__plan *plan,
                                  enum brc__base_kind kind, const char *profile)
{
    plan->state = BRC__PLAN_READY;
    plan->reason = NULL;
    plan->base = (struct brc__base){.kind = kind, .profile = brc__plan_keep(planner, profile)};
    return &plan->base;
}

const char *brc__plan_region(struct brc__planner *planner, const char *profile)
{
    const char *region =
        profile != NULL ? brc__profile_get(planner->profiles, profile, "region") : NULL;

    if (region == NULL)
        region = brc__environment_get(planner->environment, "AWS_REGION");
    if (region == NULL)
        region = brc__environment_get(planner->environment, "AWS_DEFAULT_REGION");
    if (region == NULL)
        region = brc__profile_get(planner->profiles, planner->profiles->name, "region");
    return brc__plan_keep(planner, region);
}

int brc__plan_keys(const struct brc__base *base, struct brc__keys **ret_keys,
                   const char **ret_reason)
{
    const char *date = base->keys.expiration;
    int64_t expires_at = 0;

    *ret_keys = NULL;
    if (date != NULL && (brc__iso_date(date, strlen(date), &expires_at) < 0 || expires_at <= 0)) {
        *ret_reason = "the expiration of its keys is no date of ISO 8601";
        return BRC_E_INVALID;
    }
    int rc = brc__keys_new(base->keys.access_key_id, base->keys.secret_access_key,
                           base->keys.session_token, expires_at, ret_keys);
    if (rc == BRC_E_INVALID)
        *ret_reason = "one of its values holds a character that no key has, or its access key id "
                      "is too long";
    return rc;
}
