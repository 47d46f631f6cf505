/* The life and the getters of a result.
 * SPDX-License-Identifier: MIT */
#include "answer.h"

brc_result *brc__result_new(void)
{
    enum {
        REPAIRED_MAX = 3 * BRC__CEILING_ANSWER /* a bad byte becomes U+FFFD, which has three */
    };
    brc_result *result = calloc(1, sizeof *result);

    if (result == NULL)
        return NULL;
    result->json = BRC__BUF(BRC__CEILING_ANSWER);
    result->text = BRC__BUF(REPAIRED_MAX);
    result->message = BRC__BUF(REPAIRED_MAX);
    result->stop_reason = BRC__BUF(REPAIRED_MAX);
    result->fields = BRC__BUF(BRC__CEILING_ANSWER);
    result->metadata = BRC__BUF(BRC__CEILING_ANSWER);
    return result;
}

brc_result *brc_result_free(brc_result *result)
{
    if (result == NULL)
        return NULL;
    brc__buf_free(&result->json);
    brc__buf_free(&result->text);
    brc__buf_free(&result->message);
    brc__buf_free(&result->stop_reason);
    brc__buf_free(&result->fields);
    brc__buf_free(&result->metadata);
    brc__content_free(&result->content);
    brc__usage_clear(&result->usage);
    free(result);
    return NULL;
}

/* ---- a stream as the answer it makes; what is not wanted is not made */

static void put_metadata(const brc_result *result, struct brc__buf *json)
{
    static const char *const names[] = {"usage", "metrics", "trace", "performanceConfig",
                                        "serviceTier"};
    enum {
        MEMBERS = sizeof names / sizeof *names
    };
    struct brc__json members[MEMBERS];

    brc__json_members(brc__json_of(result->metadata.data, result->metadata.length), names, members,
                      MEMBERS);
    for (size_t i = 0; i < MEMBERS; i++) {
        if (members[i].p == NULL)
            continue;
        brc__buf_appendf(json, ",\"%s\":", names[i]);
        brc__buf_append(json, members[i].p, members[i].n);
    }
}

static int compose(brc_result *result)
{
    struct brc__buf *json = &result->json;

    brc__buf_text(json, "{\"output\":{\"message\":");
    size_t start = json->length;
    brc__buf_text(json, "{\"role\":");
    brc__json_quote(json, result->role, strlen(result->role));
    brc__buf_text(json, ",\"content\":");
    brc__content_json(&result->content, json);
    brc__buf_text(json, "}");
    size_t message_end = json->length;
    brc__buf_text(json, "}");
    if (result->stop_reason.length > 0) {
        brc__buf_text(json, ",\"stopReason\":");
        brc__json_quote(json, result->stop_reason.data, result->stop_reason.length);
    }
    if (result->fields.length > 0) {
        brc__buf_text(json, ",\"additionalModelResponseFields\":");
        brc__buf_append(json, result->fields.data, result->fields.length);
    }
    put_metadata(result, json);
    brc__buf_text(json, "}");
    int rc = json->status;
    if (rc < 0)
        brc__buf_free(json); /* half an answer is none */
    else
        result->received = (struct brc__json){json->data + start, message_end - start};
    return rc;
}

/* The result does not change by what a getter makes; the making is only put off. */
static brc_result *composed(const brc_result *result)
{
    brc_result *mutable = (brc_result *)(uintptr_t)result;

    if (mutable->streamed && mutable->json.data == NULL)
        compose(mutable);
    return mutable;
}

static void gather_text(brc_result *result)
{
    result->has_text = brc__content_text(&result->content, &result->text) == BRC_OK;
    if (!result->has_text)
        brc__buf_free(&result->text);
}

/* ---- getters */

const char *brc_result_text(const brc_result *result, size_t *ret_length)
{
    if (result != NULL && result->streamed && !result->has_text)
        gather_text((brc_result *)(uintptr_t)result);
    if (result == NULL || !result->has_text)
        return brc__with_length(NULL, 0, ret_length);
    return brc__with_length(result->text.data, result->text.length, ret_length);
}

const char *brc_result_message(const brc_result *result, size_t *ret_length)
{
    if (result == NULL)
        return brc__with_length(NULL, 0, ret_length);
    const char *message = brc__answer_message(composed(result));
    return brc__with_length(message, result->message.length, ret_length);
}

const char *brc_result_json(const brc_result *result, size_t *ret_length)
{
    if (result == NULL)
        return brc__with_length(NULL, 0, ret_length);
    const struct brc__buf *json = &composed(result)->json;
    return brc__with_length(json->data, json->length, ret_length);
}

const char *brc_result_stop_reason(const brc_result *result)
{
    return result == NULL ? NULL : result->stop_reason.data;
}

const brc_usage *brc_result_usage(const brc_result *result)
{
    return result == NULL ? NULL : &result->usage;
}
