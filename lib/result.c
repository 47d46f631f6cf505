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
    brc__usage_clear(&result->usage);
    free(result);
    return NULL;
}

static const char *with_length(const char *text, size_t length, size_t *ret_length)
{
    if (ret_length != NULL)
        *ret_length = text == NULL ? 0 : length;
    return text;
}

const char *brc_result_text(const brc_result *result, size_t *ret_length)
{
    if (result == NULL || !result->has_text)
        return with_length(NULL, 0, ret_length);
    return with_length(result->text.data, result->text.length, ret_length);
}

const char *brc_result_message(const brc_result *result, size_t *ret_length)
{
    if (result == NULL)
        return with_length(NULL, 0, ret_length);
    /* The result does not change by it; the message is only put off until somebody wants it. */
    const char *message = brc__answer_message((brc_result *)(uintptr_t)result);
    return with_length(message, result->message.length, ret_length);
}

const char *brc_result_json(const brc_result *result, size_t *ret_length)
{
    if (result == NULL)
        return with_length(NULL, 0, ret_length);
    return with_length(result->json.data, result->json.length, ret_length);
}

const char *brc_result_stop_reason(const brc_result *result)
{
    return result == NULL ? NULL : result->stop_reason.data;
}

const brc_usage *brc_result_usage(const brc_result *result)
{
    return result == NULL ? NULL : &result->usage;
}
