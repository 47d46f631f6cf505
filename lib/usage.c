/* SPDX-License-Identifier: MIT */
#include "usage.h"
#include "error.h"
#include "memory.h"

#include <inttypes.h>
#include <string.h>

static const char *const int_names[BRC__USAGE_INTS] = {
    [BRC_USAGE_OUTCOME] = "outcome",
    [BRC_USAGE_ATTEMPT] = "attempt",
    [BRC_USAGE_HTTP_STATUS] = "httpStatus",
    [BRC_USAGE_INPUT_TOKENS] = "inputTokens",
    [BRC_USAGE_OUTPUT_TOKENS] = "outputTokens",
    [BRC_USAGE_CACHE_READ_TOKENS] = "cacheReadInputTokens",
    [BRC_USAGE_CACHE_WRITE_TOKENS] = "cacheWriteInputTokens",
    [BRC_USAGE_CACHE_WRITE_5M_TOKENS] = "cacheWrite5mInputTokens",
    [BRC_USAGE_CACHE_WRITE_1H_TOKENS] = "cacheWrite1hInputTokens",
    [BRC_USAGE_LATENCY_MS] = "latencyMs",
    [BRC_USAGE_COST] = "costPicodollars",
    [BRC_USAGE_STARTED_AT_MS] = "startedAtMs",
    [BRC_USAGE_CODE] = "code",
    [BRC_USAGE_FIRST_EVENT_MS] = "firstEventMs",
    [BRC_USAGE_MAX_TOKENS] = "maxTokens",
};

static const char *const text_names[BRC__USAGE_TEXTS] = {
    [BRC_USAGE_PROFILE_ARN] = "profileArn",
    [BRC_USAGE_PROFILE_NAME] = "profileName",
    [BRC_USAGE_TAGS] = "tags",
    [BRC_USAGE_MODEL] = "model",
    [BRC_USAGE_CALL_ID] = "callId",
    [BRC_USAGE_REQUEST_ID] = "requestId",
    [BRC_USAGE_SERVICE_TIER] = "serviceTier",
    [BRC_USAGE_REQUEST_METADATA] = "requestMetadata",
    [BRC_USAGE_AWS_TYPE] = "awsType",
    [BRC_USAGE_ASKED_PROFILE_ARN] = "askedProfileArn",
};

int brc__usage_init(struct brc_usage *usage, const char *call_id, const char *profile_arn,
                    const char *metadata)
{
    *usage = (struct brc_usage){0};
    brc__error_text(usage->call_id, sizeof usage->call_id, call_id, strlen(call_id));
    usage->profile_arn = brc__strndup(profile_arn, strlen(profile_arn));
    if (usage->profile_arn == NULL)
        return BRC_E_NOMEM;
    if (metadata != NULL) {
        usage->request_metadata = brc__strndup(metadata, strlen(metadata));
        if (usage->request_metadata == NULL)
            return BRC_E_NOMEM;
    }
    usage->texts[BRC_USAGE_CALL_ID] = usage->call_id;
    usage->texts[BRC_USAGE_REQUEST_METADATA] = usage->request_metadata;
    brc__usage_begin(usage);
    return BRC_OK;
}

void brc__usage_begin(struct brc_usage *usage)
{
    static const int noted[] = {BRC_USAGE_REQUEST_ID, BRC_USAGE_SERVICE_TIER, BRC_USAGE_AWS_TYPE};
    static const int lent[] = {BRC_USAGE_PROFILE_NAME, BRC_USAGE_TAGS, BRC_USAGE_MODEL};

    for (int i = 0; i < BRC__USAGE_INTS; i++)
        usage->ints[i] = -1;
    for (size_t i = 0; i < sizeof noted / sizeof *noted; i++)
        brc__usage_note(usage, noted[i], "", 0);
    usage->texts[BRC_USAGE_ASKED_PROFILE_ARN] = NULL;
    usage->texts[BRC_USAGE_PROFILE_ARN] = usage->profile_arn;
    free(usage->through);
    usage->through = NULL;
    for (size_t i = 0; i < sizeof lent / sizeof *lent; i++)
        usage->texts[lent[i]] = NULL;
    free(usage->json);
    usage->json = NULL;
}

static const int profile_fields[] = {BRC_USAGE_PROFILE_ARN, BRC_USAGE_PROFILE_NAME, BRC_USAGE_TAGS,
                                     BRC_USAGE_MODEL};

enum {
    PROFILE_FIELDS = sizeof profile_fields / sizeof *profile_fields
};

int brc__usage_keep_profile(struct brc_usage *usage, const struct brc__usage_profile *profile)
{
    const char *texts[PROFILE_FIELDS] = {profile->arn, profile->name, profile->tags,
                                         profile->model};
    size_t size = 1;

    for (size_t i = 0; i < PROFILE_FIELDS; i++)
        size += texts[i] == NULL ? 0 : strlen(texts[i]) + 1;
    free(usage->through);
    usage->through = malloc(size);
    if (usage->through == NULL)
        return BRC_E_NOMEM;
    char *to = usage->through;
    for (size_t i = 0; i < PROFILE_FIELDS; i++) {
        size_t n = texts[i] == NULL ? 0 : strlen(texts[i]) + 1;
        usage->through_texts[profile_fields[i]] = n == 0 ? NULL : to;
        memcpy(to, n == 0 ? "" : texts[i], n);
        to += n;
    }
    return BRC_OK;
}

void brc__usage_tell_profile(struct brc_usage *usage)
{
    if (usage->through == NULL)
        return;
    for (size_t i = 0; i < PROFILE_FIELDS; i++)
        usage->texts[profile_fields[i]] = usage->through_texts[profile_fields[i]];
    if (strcmp(usage->texts[BRC_USAGE_PROFILE_ARN], usage->profile_arn) != 0)
        usage->texts[BRC_USAGE_ASKED_PROFILE_ARN] = usage->profile_arn;
}

void brc__usage_clear(struct brc_usage *usage)
{
    free(usage->profile_arn);
    free(usage->request_metadata);
    free(usage->through);
    free(usage->json);
    *usage = (struct brc_usage){0};
}

void brc__usage_note(struct brc_usage *usage, int field, const char *text, size_t n)
{
    const struct {
        char *to;
        size_t size;
    } places[BRC__USAGE_TEXTS] = {
        [BRC_USAGE_REQUEST_ID] = {usage->request_id, sizeof usage->request_id},
        [BRC_USAGE_SERVICE_TIER] = {usage->service_tier, sizeof usage->service_tier},
        [BRC_USAGE_AWS_TYPE] = {usage->aws_type, sizeof usage->aws_type},
    };

    brc__error_text(places[field].to, places[field].size, text, n);
    usage->texts[field] = *places[field].to == '\0' ? NULL : places[field].to;
}

void brc__usage_lend(struct brc_usage *usage, int field, const char *text)
{
    usage->texts[field] = text;
    free(usage->json); /* it would not say so */
    usage->json = NULL;
}

/* Adds one count to what the field has; false only if there is something that is none. */
static bool read_count(struct brc_usage *usage, int field, struct brc__json value)
{
    int64_t count;

    if (value.p == NULL || brc__json_is(value, "null"))
        return true;
    int64_t before = usage->ints[field] < 0 ? 0 : usage->ints[field];
    if (!brc__json_count(value, &count) || count > INT64_MAX - before)
        return false;
    usage->ints[field] = before + count;
    return true;
}

/* cacheDetails lists the tokens written to the cache by their time to live. */
static bool read_cache_details(struct brc_usage *usage, struct brc__json details)
{
    static const char *const names[] = {"ttl", "inputTokens"};
    struct brc__json entry, values[2];
    size_t position = 0;
    bool sound =
        brc__json_starts(details, '[') || brc__json_is(details, "null") || details.p == NULL;

    while (brc__json_next(details, &position, &entry)) {
        brc__json_members(entry, names, values, 2);
        if (brc__json_says(values[0], "5m"))
            sound &= read_count(usage, BRC_USAGE_CACHE_WRITE_5M_TOKENS, values[1]);
        else if (brc__json_says(values[0], "1h"))
            sound &= read_count(usage, BRC_USAGE_CACHE_WRITE_1H_TOKENS, values[1]);
    }
    return sound;
}

bool brc__usage_read(struct brc_usage *usage, struct brc__json tokens)
{
    static const int fields[] = {BRC_USAGE_INPUT_TOKENS, BRC_USAGE_OUTPUT_TOKENS,
                                 BRC_USAGE_CACHE_READ_TOKENS, BRC_USAGE_CACHE_WRITE_TOKENS};
    enum {
        COUNTS = sizeof fields / sizeof *fields,
        DETAILS = COUNTS
    };
    const char *names[COUNTS + 1];
    struct brc__json values[COUNTS + 1];

    for (size_t i = 0; i < COUNTS; i++)
        names[i] = int_names[fields[i]];
    names[DETAILS] = "cacheDetails";
    for (int field = BRC_USAGE_INPUT_TOKENS; field <= BRC_USAGE_CACHE_WRITE_1H_TOKENS; field++)
        usage->ints[field] = -1;

    bool sound = brc__json_members(tokens, names, values, COUNTS + 1);
    for (size_t i = 0; i < COUNTS; i++)
        sound &= read_count(usage, fields[i], values[i]);
    sound &= read_cache_details(usage, values[DETAILS]);
    return sound && usage->ints[BRC_USAGE_INPUT_TOKENS] >= 0 &&
           usage->ints[BRC_USAGE_OUTPUT_TOKENS] >= 0;
}

int64_t brc_usage_int(const brc_usage *usage, int field)
{
    if (usage == NULL || field < 1 || field >= BRC__USAGE_INTS)
        return -1;
    return usage->ints[field];
}

const char *brc_usage_text(const brc_usage *usage, int field)
{
    if (usage == NULL || field < 1 || field >= BRC__USAGE_TEXTS)
        return NULL;
    return usage->texts[field];
}

static const char *outcome_name(int64_t outcome)
{
    return outcome == BRC_OUTCOME_REPORTED     ? "reported"
           : outcome == BRC_OUTCOME_NOT_BILLED ? "not_billed"
                                               : "unreported";
}

static void append_int(struct brc__buf *json, const struct brc_usage *usage, int field)
{
    int64_t value = usage->ints[field];

    if (field == BRC_USAGE_OUTCOME)
        brc__buf_appendf(json, "\"%s\"", outcome_name(value));
    else if (value == -1 && field != BRC_USAGE_CODE)
        brc__buf_text(json, "null");
    else
        brc__buf_appendf(json, "%" PRId64, value);
}

static void append_text(struct brc__buf *json, const struct brc_usage *usage, int field)
{
    const char *value = usage->texts[field];

    if (value == NULL)
        brc__buf_text(json, "null");
    else if (field == BRC_USAGE_REQUEST_METADATA || field == BRC_USAGE_TAGS)
        brc__buf_text(json, value);
    else
        brc__json_quote(json, value, strlen(value));
}

static char *make_json(const struct brc_usage *usage)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(BRC__CEILING_REQUEST + 64 * 1024);

    for (int i = 1; i < BRC__USAGE_TEXTS; i++) {
        brc__buf_appendf(&json, "%s\"%s\":", i == 1 ? "{" : ",", text_names[i]);
        append_text(&json, usage, i);
    }
    for (int i = 1; i < BRC__USAGE_INTS; i++) {
        brc__buf_appendf(&json, ",\"%s\":", int_names[i]);
        append_int(&json, usage, i);
    }
    brc__buf_text(&json, "}");
    return json.status < 0 ? NULL : brc__buf_steal(&json);
}

const char *brc_usage_json(const brc_usage *usage)
{
    if (usage == NULL)
        return NULL;
    if (usage->json == NULL) {
        /* The record itself does not change; its text is only put off until somebody wants it. */
        struct brc_usage *cache = (struct brc_usage *)(uintptr_t)usage;
        cache->json = make_json(usage);
    }
    return usage->json;
}
