/* Whole conversations: in any chunks the same events, text, message and usage as Converse would
 * have answered; cut anywhere, a beginning of them and no usage. SPDX-License-Identifier: MIT */
#include "hearing.h"
#include "run.h"
#include "transcript.h"

#include <stdio.h>

static struct transcript *transcripts;
static size_t transcript_count;

/* A message that is handed out can be sent back. */
static void send_back(const char *message, size_t length)
{
    brc_request *request;

    ck_assert_int_eq(
        brc_request_new(
            "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456",
            &request),
        0);
    ck_assert_msg(brc_request_add_message(request, message, length) == 0, "%s: %s", message,
                  brc_request_error(request));
    brc_request_free(request);
}

static void is_json(const char *name, const char *text, size_t length, const json_t *expected)
{
    json_error_t reason;
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &reason);

    ck_assert_msg(json != NULL, "%s: %s: %s", name, text, reason.text);
    ck_assert_msg(json_equal(json, expected), "%s: %s", name, text);
    json_decref(json);
}

/* ---- whole */

static void check_usage(const struct transcript *t, const brc_usage *usage)
{
    static const struct {
        const char *name;
        int field;
    } counts[] = {
        {"inputTokens", BRC_USAGE_INPUT_TOKENS},
        {"outputTokens", BRC_USAGE_OUTPUT_TOKENS},
        {"cacheReadInputTokens", BRC_USAGE_CACHE_READ_TOKENS},
        {"cacheWriteInputTokens", BRC_USAGE_CACHE_WRITE_TOKENS},
    };
    const json_t *tier = json_object_get(json_object_get(t->answer, "serviceTier"), "type");
    const char *served = brc_usage_text(usage, BRC_USAGE_SERVICE_TIER);

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const json_t *count = json_object_get(json_object_get(t->answer, "usage"), counts[i].name);
        ck_assert_msg(brc_usage_int(usage, counts[i].field) ==
                          (count == NULL ? -1 : json_integer_value(count)),
                      "%s: %s", t->name, counts[i].name);
    }
    ck_assert_int_eq(served == NULL, tier == NULL);
    ck_assert(tier == NULL || strcmp(served, json_string_value(tier)) == 0);
}

static void check_result(const struct transcript *t, const brc_result *result)
{
    const json_t *output = json_object_get(t->answer, "output");
    size_t length;

    const char *text = brc_result_text(result, &length);
    ck_assert_msg(strcmp(text, t->text.data) == 0, "%s: %s", t->name, text);
    ck_assert_uint_eq(length, strlen(text));
    const char *json = brc_result_json(result, &length);
    ck_assert_uint_eq(json[length], '\0');
    is_json(t->name, json, length, t->answer);
    const char *message = brc_result_message(result, &length);
    ck_assert_uint_eq(length, strlen(message));
    is_json(t->name, message, length, json_object_get(output, "message"));
    send_back(message, length);
    ck_assert_str_eq(brc_result_stop_reason(result),
                     json_string_value(json_object_get(t->answer, "stopReason")));
    check_usage(t, brc_result_usage(result));
}

static void hear_whole(const struct transcript *t, size_t chunk, unsigned seed, int pause)
{
    struct hearing hearing;

    hearing_start(&hearing);
    hearing.pause = pause;
    ck_assert_int_eq(hearing_take(&hearing, t->bytes.data, t->bytes.length, chunk, seed), 0);
    ck_assert_msg(hearing_finish(&hearing) == 0, "%s: %s", t->name, hearing.error.text);
    ck_assert_msg(hearing.broken == NULL, "%s: %s", t->name, hearing.broken);
    ck_assert_msg(strcmp(hearing.told.data, t->told.data) == 0, "%s, chunks of %zu:\n%s", t->name,
                  chunk, hearing.told.data);
    ck_assert_str_eq(hearing.texts.data, t->text.data);
    ck_assert(hearing.stream.usage_whole);
    ck_assert_uint_eq(hearing.stream.received, t->bytes.length);
    check_result(t, hearing.result);
    hearing_end(&hearing);
}

START_TEST(in_any_chunks)
{
    static const size_t sizes[] = {196, 1000, 16384};
    const struct transcript *t = &transcripts[_i];

    for (size_t chunk = 1; chunk <= 64; chunk += (size_t)sample_step(7))
        hear_whole(t, chunk, 0, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        hear_whole(t, sizes[i], 0, 0);
    for (unsigned seed = 1; seed <= 20; seed += (unsigned)sample_step(5))
        hear_whole(t, 10 * seed, seed, 0);
}
END_TEST

/* A callback that ends the taking at each event loses none and hears none twice. */
START_TEST(with_pauses)
{
    hear_whole(&transcripts[_i], 1, 0, 1);
    hear_whole(&transcripts[_i], 50, 1, 2);
    hear_whole(&transcripts[_i], SIZE_MAX, 0, 3);
}
END_TEST

/* Nobody listens, as while a cancelled call is drained. */
START_TEST(with_no_callback)
{
    const struct transcript *t = &transcripts[_i];
    struct hearing hearing;
    size_t used;

    hearing_start(&hearing);
    int rc = brc__stream_take(&hearing.stream, t->bytes.data, t->bytes.length, &used, NULL, NULL,
                              &hearing.error);
    ck_assert_int_eq(rc, 0);
    ck_assert_uint_eq(used, t->bytes.length);
    ck_assert_int_eq(brc__stream_end(&hearing.stream, 0, &hearing.error), 0);
    check_result(t, hearing.result);
    hearing_end(&hearing);
}
END_TEST

/* ---- cut */

static const char *expected_end(const struct transcript *t, size_t n, size_t left)
{
    if (left > 0)
        return "the event stream ends within a frame";
    if (n < t->message_end)
        return "the event stream ends before its message does";
    return n < t->usage_end ? "the event stream ends without usage that can be read" : "";
}

static void hear_part(const struct transcript *t, size_t n)
{
    struct hearing hearing;
    size_t length;

    hearing_start(&hearing);
    ck_assert_int_eq(hearing_take(&hearing, t->bytes.data, n, SIZE_MAX, 0), 0);
    int rc = hearing_finish(&hearing);
    ck_assert_int_eq(rc, n == t->bytes.length ? 0 : BRC_E_PROTOCOL);
    ck_assert_str_eq(hearing.error.text, expected_end(t, n, hearing.left));
    ck_assert_msg(hearing.broken == NULL, "%s: %s", t->name, hearing.broken);
    ck_assert_mem_eq(hearing.told.data, t->told.data, hearing.told.length);
    ck_assert_int_eq(hearing.stream.usage_whole, n >= t->usage_end);
    if (n < t->usage_end)
        ck_assert_int_eq(brc_usage_int(&hearing.result->usage, BRC_USAGE_INPUT_TOKENS), -1);
    /* The texts told are the text there is. */
    ck_assert_str_eq(brc_result_text(hearing.result, NULL), hearing.texts.data);
    if (hearing.left == 0 || n % 16 == 0) {
        const char *message = brc_result_message(hearing.result, &length);
        ck_assert_ptr_nonnull(message);
        send_back(message, length);
    }
    hearing_end(&hearing);
}

START_TEST(cut_anywhere)
{
    const struct transcript *t = &transcripts[_i];
    /* Of a long one, a byte here and there. */
    size_t step = (1 + t->bytes.length / 4000) * (size_t)sample_step(7);

    for (size_t n = 0; n < t->bytes.length; n += step)
        hear_part(t, n);
    hear_part(t, t->message_end);
    hear_part(t, t->bytes.length);
}
END_TEST

/* What is there was read: the names stand here, so that a folder half empty is noticed. */
START_TEST(all_are_here)
{
    static const char *const names[] = {
        "blocks",    "citations",      "images",      "metadata", "never_whole", "nothing",
        "reasoning", "redacted",       "server_tool", "spaced",   "split_bytes", "split_surrogates",
        "text",      "tool_fragments", "tools",       "unknown",
    };

    ck_assert_uint_eq(transcript_count, sizeof names / sizeof *names);
    for (size_t i = 0; i < transcript_count; i++)
        ck_assert_str_eq(transcripts[i].name, names[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stream_transcripts");
    TCase *tcase = tcase_create("stream_transcripts");

    transcript_count = transcripts_load(&transcripts);
    tcase_add_test(tcase, all_are_here);
    tcase_add_loop_test(tcase, in_any_chunks, 0, (int)transcript_count);
    tcase_add_loop_test(tcase, with_pauses, 0, (int)transcript_count);
    tcase_add_loop_test(tcase, with_no_callback, 0, (int)transcript_count);
    tcase_add_loop_test(tcase, cut_anywhere, 0, (int)transcript_count);
    suite_add_tcase(suite, tcase);
    int rc = run(suite);
    transcripts_free(transcripts, transcript_count);
    return rc;
}
