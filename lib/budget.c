/* SPDX-License-Identifier: MIT */
#include "budget.h"
#include "arn.h"
#include "row.h"
#include "strict_object.h"

enum {
    NAME_MOST = 128,
    TAG_KEY_MOST = 128,
    TAG_VALUE_MOST = 256,
    OFFSET_MOST = 14 * 60, /* minutes: of the farthest zone there is */
    NOTICE_AT = 50,        /* percent, where nothing is said */
    DEGRADE_AT = 80
};

static const int64_t limit_most = INT64_C(9223372) * 1000 * 1000 * 1000 * 1000;

/* What is read but needs more than one member to be judged. */
struct draft {
    struct brc__json owner;
    int window;
    int64_t offset_minutes, limit;
    bool all;
};

static int out_of_memory(struct brc__error *error)
{
    return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
}

static int read_owner(struct brc__json owner, struct brc__budget *budget, struct draft *draft,
                      struct brc__error *error)
{
    const struct brc__member members[] = {
        {"tag", BRC__AS_TEXT, .to = &budget->tag, .least = 1, .most = TAG_KEY_MOST},
        {"value", BRC__AS_TEXT, .to = &budget->value, .least = 0, .most = TAG_VALUE_MOST},
        {"profile", BRC__AS_TEXT, .to = &budget->profile, .least = 1, .most = BRC__ARN_LENGTH_MAX},
        {"series", BRC__AS_TEXT, .to = &budget->series, .least = 1, .most = NAME_MOST},
        {"all", BRC__AS_FLAG, .to = &draft->all},
    };

    int rc = brc__strict_object(owner, "budget.owner", members, BRC__COUNT_OF(members), error);
    if (rc < 0)
        return rc;
    int owners =
        (budget->tag != NULL) + (budget->profile != NULL) + (budget->series != NULL) + draft->all;
    if (owners == 1 && (budget->tag != NULL) == (budget->value != NULL))
        return BRC_OK;
    return brc__error_set(error, BRC_E_INVALID,
                          "budget: \"owner\" must be {\"tag\": ..., \"value\": ...}, "
                          "{\"profile\": ...}, {\"series\": ...} or {\"all\": true}");
}

/* Of a budget that goes on, what has to be there. */
static int check_members(const struct brc__budget *budget, const struct draft *draft,
                         struct brc__error *error)
{
    const char *missing = draft->owner.p == NULL ? "owner"
                          : draft->window < 0    ? "window"
                          : draft->limit < 0     ? "limit"
                                                 : NULL;

    if (missing != NULL)
        return brc__error_set(error, BRC_E_INVALID, "budget %s: member \"%s\" is missing",
                              budget->name, missing);
    if (draft->limit > limit_most)
        return brc__error_set(error, BRC_E_RANGE,
                              "budget %s: \"limit\" must be at most 9223372 USD", budget->name);
    return BRC_OK;
}

static int read_members(struct brc__json object, struct brc__budget *budget, struct draft *draft,
                        struct brc__error *error)
{
    const char *words[BRC__WINDOWS + 1] = {NULL};
    for (int i = 0; i < BRC__WINDOWS; i++)
        words[i] = brc__window_name((enum brc__window)i);
    const struct brc__member members[] = {
        {"name", BRC__AS_TEXT, .to = &budget->name, .required = true, .least = 1,
         .most = NAME_MOST},
        {"owner", BRC__AS_OBJECT, .to = &draft->owner},
        {"window", BRC__AS_WORD, .to = &draft->window, .words = words},
        {"offsetMinutes", BRC__AS_NUMBER, .to = &draft->offset_minutes, .least = -OFFSET_MOST,
         .most = OFFSET_MOST},
        {"limit", BRC__AS_MONEY, .to = &draft->limit},
        {"noticeAt", BRC__AS_NUMBER, .to = &budget->notice_at, .most = 100},
        {"degradeAt", BRC__AS_NUMBER, .to = &budget->degrade_at, .most = 100},
        {"shadow", BRC__AS_FLAG, .to = &budget->shadow},
        {"ended", BRC__AS_FLAG, .to = &budget->ended},
    };

    return brc__strict_object(object, "budget", members, BRC__COUNT_OF(members), error);
}

/* {"name": ..., "ended": true}, and nothing else. */
static int check_ended(struct brc__json object, const struct brc__budget *budget,
                       struct brc__error *error)
{
    struct brc__json name, value;
    size_t position = 0, count = 0;

    while (brc__json_next_member(object, &position, &name, &value))
        count++;
    if (count == 2)
        return BRC_OK;
    return brc__error_set(error, BRC_E_INVALID,
                          "budget %s: one that is \"ended\" has no member but its name",
                          budget->name);
}

static void write_owner(struct brc__buf *json, const struct brc__budget *budget)
{
    brc__row_open(json, "owner", '{');
    if (budget->tag != NULL) {
        brc__row_text(json, "tag", budget->tag);
        brc__row_text(json, "value", budget->value);
    } else if (budget->profile != NULL) {
        brc__row_text(json, "profile", budget->profile);
    } else if (budget->series != NULL) {
        brc__row_text(json, "series", budget->series);
    } else {
        brc__row_flag(json, "all", true);
    }
    brc__row_close(json, '}');
}

static int write_json(struct brc__budget *budget, struct brc__error *error)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(BRC__CEILING_PUT);

    brc__row_open(&json, NULL, '{');
    brc__row_text(&json, "name", budget->name);
    if (budget->ended) {
        brc__row_flag(&json, "ended", true);
    } else {
        write_owner(&json, budget);
        brc__row_text(&json, "window", brc__window_name(budget->window));
        brc__row_int(&json, "offsetMinutes", budget->offset_minutes);
        brc__row_money(&json, "limit", budget->limit);
        brc__row_int(&json, "noticeAt", budget->notice_at);
        brc__row_int(&json, "degradeAt", budget->degrade_at);
        brc__row_flag(&json, "shadow", budget->shadow);
    }
    brc__row_close(&json, '}');
    if (json.status < 0)
        return out_of_memory(error);
    free(budget->json);
    budget->json = brc__buf_steal(&json);
    return BRC_OK;
}

static int read_budget(struct brc__json object, struct brc__budget *budget,
                       struct brc__error *error)
{
    struct draft draft = {.window = -1, .limit = -1};

    int rc = read_members(object, budget, &draft, error);
    if (rc < 0)
        return rc;
    rc = budget->ended ? check_ended(object, budget, error) : check_members(budget, &draft, error);
    if (rc < 0 || budget->ended)
        return rc < 0 ? rc : write_json(budget, error);
    rc = read_owner(draft.owner, budget, &draft, error);
    if (rc < 0)
        return rc;
    budget->window = (enum brc__window)draft.window;
    budget->offset_minutes = (int)draft.offset_minutes;
    budget->limit = draft.limit;
    return write_json(budget, error);
}

int brc__budget_read(struct brc__json object, struct brc__budget *ret_budget,
                     struct brc__error *error)
{
    *ret_budget = (struct brc__budget){.notice_at = NOTICE_AT, .degrade_at = DEGRADE_AT};
    ret_budget->references = malloc(sizeof *ret_budget->references);
    if (ret_budget->references == NULL)
        return out_of_memory(error);
    *ret_budget->references = 1;
    int rc = read_budget(object, ret_budget, error);
    if (rc < 0)
        brc__budget_clear(ret_budget);
    return rc;
}

struct brc__budget brc__budget_share(const struct brc__budget *budget)
{
    struct brc__budget other = *budget;

    __atomic_add_fetch(budget->references, 1, __ATOMIC_RELAXED);
    other.override_limit = 0;
    other.override_until_ms = 0;
    return other;
}

int brc__budget_own(struct brc__budget *budget, const char *arn, struct brc__error *error)
{
    char *copy = strdup(arn);

    if (copy == NULL)
        return out_of_memory(error);
    free(budget->profile);
    budget->profile = copy;
    return write_json(budget, error);
}

struct brc__json brc__budget_owner(const struct brc__budget *budget)
{
    return brc__json_member(brc__json_of(budget->json, strlen(budget->json)), "owner");
}

static void free_texts(const struct brc__budget *budget)
{
    free(budget->name);
    free(budget->json);
    free(budget->tag);
    free(budget->value);
    free(budget->profile);
    free(budget->series);
    free(budget->references);
}

void brc__budget_clear(struct brc__budget *budget)
{
    int *references = budget->references;

    if (references == NULL || __atomic_sub_fetch(references, 1, __ATOMIC_ACQ_REL) == 0)
        free_texts(budget);
    *budget = (struct brc__budget){0};
}

bool brc__budget_covers(const struct brc__budget *budget, const struct brc__listing *listing)
{
    if (budget->tag != NULL) {
        const char *value = brc__listing_tag(listing, budget->tag);
        return value != NULL && strcmp(value, budget->value) == 0;
    }
    if (budget->series != NULL)
        return listing->series != NULL && strcmp(listing->series, budget->series) == 0;
    return budget->profile == NULL || strcmp(budget->profile, listing->arn) == 0;
}

int64_t brc__budget_limit(const struct brc__budget *budget, int64_t at_ms)
{
    return at_ms < budget->override_until_ms ? budget->override_limit : budget->limit;
}

static int read_override(struct brc__json object, struct brc__override *override,
                         struct brc__error *error)
{
    const struct brc__member members[] = {
        {"budget", BRC__AS_TEXT, .to = &override->budget, .required = true, .least = 1,
         .most = NAME_MOST},
        {"limit", BRC__AS_MONEY, .to = &override->limit, .required = true},
        {"until", BRC__AS_MOMENT, .to = &override->until_ms, .required = true},
        {"by", BRC__AS_TEXT, .to = &override->by, .required = true},
        {"why", BRC__AS_TEXT, .to = &override->why, .required = true},
    };

    int rc = brc__strict_object(object, "override", members, BRC__COUNT_OF(members), error);
    if (rc < 0)
        return rc;
    if (override->limit > limit_most)
        return brc__error_set(error, BRC_E_RANGE,
                              "override: \"limit\" must be at most 9223372 USD");
    return BRC_OK;
}

int brc__override_read(struct brc__json object, struct brc__override *ret_override,
                       struct brc__error *error)
{
    *ret_override = (struct brc__override){0};
    int rc = read_override(object, ret_override, error);
    if (rc < 0)
        brc__override_clear(ret_override);
    return rc;
}

void brc__override_clear(struct brc__override *override)
{
    free(override->budget);
    free(override->by);
    free(override->why);
    *override = (struct brc__override){0};
}
