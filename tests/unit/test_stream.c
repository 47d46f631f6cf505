/* Streams that are not what AWS promises, and the errors it sends within them. What goes well is in
 * test_stream_transcripts.c.
 * SPDX-License-Identifier: MIT */
#include "frames.h"
#include "hearing.h"
#include "run.h"

#include <jansson.h>
#include <stdio.h>

#define FFFD "\xef\xbf\xbd"

enum {
    EVENTS_MAX = 12
};

/* An event: its type, a blank, its payload. */
typedef const char *script[EVENTS_MAX];

static void put_script(struct brc__buf *bytes, const script events)
{
    for (size_t i = 0; i < EVENTS_MAX && events[i] != NULL; i++) {
        size_t n = strcspn(events[i], " ");
        brc__auto_free char *type = brc__strndup(events[i], n);
        frame_event(bytes, type, events[i] + n + 1);
    }
}

/* The same in several chunkings and, at last, into the hearing. */
static int hear(struct hearing *hearing, const struct brc__buf *bytes)
{
    static const size_t chunks[] = {1, 7, 100, SIZE_MAX};
    brc__auto_buf struct brc__buf told = FRAMES;
    int rc = 0;

    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        if (i > 0)
            hearing_end(hearing);
        hearing_start(hearing);
        hearing->pause = i % 2;
        int now = hearing_take(hearing, bytes->data, bytes->length, chunks[i], 0);
        ck_assert(i == 0 || now == rc);
        rc = now;
        ck_assert_msg(hearing->broken == NULL, "%s", hearing->broken);
        if (i > 0)
            ck_assert_str_eq(hearing->told.data, told.data);
        brc__buf_truncate(&told, 0);
        brc__buf_append(&told, hearing->told.data, hearing->told.length);
    }
    return rc;
}

static void is_count(const struct hearing *hearing, int field, int64_t count)
{
    ck_assert_int_eq(brc_usage_int(&hearing->result->usage, field), count);
}

/* ---- faulty, and read as far as it goes */

#define START      "messageStart {\"role\":\"assistant\"}"
#define TEXT(text) "contentBlockDelta {\"contentBlockIndex\":0,\"delta\":{\"text\":\"" text "\"}}"
#define DELTA(index, delta)                                                                        \
    "contentBlockDelta {\"contentBlockIndex\":" index ",\"delta\":{" delta "}}"
#define INPUT(json)     "\"toolUse\":{\"input\":\"" json "\"}"
#define REASONING(text) "\"reasoningContent\":{\"text\":\"" text "\"}"
#define REDACTED(text)  "\"reasoningContent\":{\"redactedContent\":" text "}"
#define CITATION        "\"citation\":{\"title\":\"c\"}"
#define BEGIN(index, start)                                                                        \
    "contentBlockStart {\"contentBlockIndex\":" index ",\"start\":{" start "}}"
#define TOOL        "\"toolUse\":{\"toolUseId\":\"t\",\"name\":\"n\"}"
#define STOP(index) "contentBlockStop {\"contentBlockIndex\":" index "}"
#define END         "messageStop {\"stopReason\":\"end_turn\"}"
#define META        "metadata {\"usage\":{\"inputTokens\":1,\"outputTokens\":2}}"

#define TOOL_USE(input) "{\"toolUse\":{\"toolUseId\":\"t\",\"name\":\"n\",\"input\":" input "}}"

static const struct {
    const char *name;
    script events;
    const char *told;
    const char *content; /* NULL: none that can be read */
    bool sound;
} scripts[] = {
    {"payload that is no JSON",
     {START, TEXT("a"), "contentBlockDelta <html>", "contentBlockDelta ", "contentBlockStop {", END,
      META},
     "start assistant\ntext 0 a\nother 0 contentBlockDelta\nother 0 contentBlockDelta\n"
     "other 0 contentBlockStop\nstop end_turn\nmetadata\n",
     "[{\"text\":\"a\"}]",
     false},
    {"starts that are no JSON",
     {"messageStart ", "contentBlockStart null", "contentBlockStart [", END, META},
     "start assistant\nother 0 contentBlockStart\nother 0 contentBlockStart\nstop end_turn\n"
     "metadata\n",
     "[]",
     false},
    {"stop that is no JSON",
     {START, TEXT("a"), "messageStop ", META},
     "start assistant\ntext 0 a\nstop\nmetadata\n",
     "[{\"text\":\"a\"}]",
     false},
    {"index that is none, for the block that is open",
     {START, DELTA("5", "\"text\":\"a\""), DELTA("-1", "\"text\":\"b\""),
      DELTA("\"5\"", "\"text\":\"c\""), "contentBlockDelta {\"delta\":{\"text\":\"d\"}}",
      DELTA("1.5", "\"text\":\"e\""), END, META},
     "start assistant\ntext 5 a\ntext 5 b\ntext 5 c\ntext 5 d\ntext 5 e\nstop end_turn\nmetadata\n",
     "[{\"text\":\"abcde\"}]",
     false},
    {"blocks out of order",
     {START, DELTA("9000000000", "\"text\":\"d\""), DELTA("2", "\"text\":\"b\""),
      DELTA("1000000000", "\"text\":\"c\""), DELTA("0", "\"text\":\"a\""),
      DELTA("2", "\"text\":\"B\""), STOP("2"), END, META},
     "start assistant\ntext 9000000000 d\ntext 2 b\ntext 1000000000 c\ntext 0 a\ntext 2 B\n"
     "other 2 contentBlockStop\nstop end_turn\nmetadata\n",
     "[{\"text\":\"a\"},{\"text\":\"bB\"},{\"text\":\"c\"},{\"text\":\"d\"}]",
     true},
    {"delta that is no object",
     {START, "contentBlockDelta {\"contentBlockIndex\":0,\"delta\":[]}",
      DELTA("0", "\"text\":{\"a\":1}"), DELTA("0", "\"toolUse\":{\"input\":{}}"), END, META},
     "start assistant\nother 0 contentBlockDelta\nother 0 contentBlockDelta\n"
     "other 0 contentBlockDelta\nstop end_turn\nmetadata\n",
     "[]",
     true},
    {"NUL, and raw control characters",
     {START, TEXT("a\\u0000b"), TEXT("\x01"), END, META},
     NULL,
     "[{\"text\":\"a" FFFD "b\\u0001\"}]",
     true},
    /* tools */
    {"input that is no JSON",
     {START, BEGIN("0", TOOL), DELTA("0", INPUT("{\\\"a\\\":")), STOP("0"), END, META},
     "start assistant\ntool 0 t n\ninput 0 t n {\"a\":\ncall 0 t n {\"a\":\nstop "
     "end_turn\nmetadata\n",
     "[" TOOL_USE("\"{\\\"a\\\":\"") "]",
     true},
    {"input with a member twice, and with NUL",
     {START, BEGIN("0", TOOL), DELTA("0", INPUT("{\\\"a\\\":1,\\\"a\\\":2}")), STOP("0"),
      BEGIN("1", TOOL), DELTA("1", INPUT("\\\"\\\\u0000\\\"")), STOP("1"), END, META},
     NULL,
     "[" TOOL_USE("\"{\\\"a\\\":1,\\\"a\\\":2}\"") "," TOOL_USE("\"\\\"\\\\u0000\\\"\"") "]",
     true},
    {"tool without a start",
     {START, DELTA("0", INPUT("{}")), STOP("0"), END, META},
     "start assistant\ninput 0 {}\ncall 0 {}\nstop end_turn\nmetadata\n",
     "[{\"toolUse\":{\"input\":{}}}]",
     true},
    {"tool without a name",
     {START, BEGIN("0", "\"toolUse\":{}"), STOP("0"), BEGIN("1", "\"toolUse\":{\"name\":\"n\"}"),
      END, META},
     "start assistant\ntool 0  \ncall 0   {}\ntool 1  n\nstop end_turn\nmetadata\n",
     "[{\"toolUse\":{\"input\":{}}},{\"toolUse\":{\"name\":\"n\",\"input\":{}}}]",
     false},
    {"tool started again",
     {START, BEGIN("0", TOOL), DELTA("0", INPUT("[1,")),
      BEGIN("0", "\"toolUse\":{\"toolUseId\":\"u\",\"name\":\"m\"}"), DELTA("0", INPUT("2]")),
      STOP("0"), END, META},
     "start assistant\ntool 0 t n\ninput 0 t n [1,\ntool 0 u m\ninput 0 u m 2]\ncall 0 u m [1,2]\n"
     "stop end_turn\nmetadata\n",
     "[{\"toolUse\":{\"toolUseId\":\"u\",\"name\":\"m\",\"input\":[1,2]}}]",
     true},
    /* the first piece decides */
    {"a text stays a text",
     {START, TEXT("a"), DELTA("0", INPUT("{}")), DELTA("0", REASONING("r")), BEGIN("0", TOOL),
      DELTA("0", "\"toolResult\":[{}]"), DELTA("0", "\"image\":{}"), TEXT("b"), STOP("0"), END,
      META},
     "start assistant\ntext 0 a\nother 0 contentBlockDelta\nother 0 contentBlockDelta\n"
     "other 0 contentBlockStart\nother 0 contentBlockDelta\nother 0 contentBlockDelta\ntext 0 b\n"
     "other 0 contentBlockStop\nstop end_turn\nmetadata\n",
     "[{\"text\":\"ab\"}]",
     false},
    {"a text stays a text in any form",
     {START, TEXT("a"), DELTA("0", REDACTED("\"AA==\"")),
      "contentBlockDelta {\"delta\":{\"toolUse\":{\"input\":\"x\"}},\"contentBlockIndex\":0}",
      "contentBlockDelta {\"delta\":{\"text\":\"b\"},\"contentBlockIndex\":0}", END, META},
     "start assistant\ntext 0 a\nother 0 contentBlockDelta\nother 0 contentBlockDelta\ntext 0 b\n"
     "stop end_turn\nmetadata\n",
     "[{\"text\":\"ab\"}]",
     false},
    {"a tool stays a tool",
     {START, BEGIN("0", TOOL), TEXT("a"), DELTA("0", REASONING("r")), DELTA("0", CITATION),
      BEGIN("0", "\"image\":{}"), DELTA("0", INPUT("[]")), STOP("0"), END, META},
     "start assistant\ntool 0 t n\nother 0 contentBlockDelta\nother 0 contentBlockDelta\n"
     "other 0 contentBlockDelta\nother 0 contentBlockStart\ninput 0 t n []\ncall 0 t n []\n"
     "stop end_turn\nmetadata\n",
     "[" TOOL_USE("[]") "]",
     false},
    {"citations stay citations",
     {START, DELTA("0", CITATION), TEXT("a"), DELTA("0", "\"image\":{\"source\":{}}"),
      BEGIN("0", "\"toolResult\":{}"), END, META},
     "start assistant\nother 0 contentBlockDelta\ntext 0 a\nother 0 contentBlockDelta\n"
     "other 0 contentBlockStart\nstop end_turn\nmetadata\n",
     "[{\"citationsContent\":{\"content\":[{\"text\":\"a\"}],\"citations\":[{\"title\":\"c\"}]}}]",
     false},
    {"an empty text is nothing yet",
     {START, TEXT(""), BEGIN("0", TOOL), STOP("0"), DELTA("1", "\"text\":\"\""),
      DELTA("1", REASONING("r")), END, META},
     "start assistant\ntext 0 \ntool 0 t n\ncall 0 t n {}\ntext 1 \nreasoning 1 r\nstop end_turn\n"
     "metadata\n",
     "[" TOOL_USE("{}") ",{\"reasoningContent\":{\"reasoningText\":{\"text\":\"r\"}}}]",
     true},
    {"the beginning of a character is a text",
     {START, TEXT("\\ud83d"), DELTA("0", INPUT("\\ude00")), TEXT("\\ude00"), END, META},
     "start assistant\ntext 0 \nother 0 contentBlockDelta\ntext 0 \xf0\x9f\x98\x80\n"
     "stop end_turn\nmetadata\n",
     "[{\"text\":\"\xf0\x9f\x98\x80\"}]",
     false},
    /* base64 */
    {"base64 that is none",
     {START, DELTA("0", REDACTED("\"AA==\"")), DELTA("0", REDACTED("\"AA=\"")),
      DELTA("0", REDACTED("1")), DELTA("0", REDACTED("\"//8=\"")), END, META},
     "start assistant\nother 0 contentBlockDelta\nother 0 contentBlockDelta\n"
     "other 0 contentBlockDelta\nother 0 contentBlockDelta\nstop end_turn\nmetadata\n",
     "[{\"reasoningContent\":{\"redactedContent\":\"AP//\"}}]",
     false},
    {"image with bytes and an error",
     {START, BEGIN("0", "\"image\":{\"format\":\"png\"}"),
      DELTA("0", "\"image\":{\"error\":{\"message\":\"m\"},\"source\":{\"bytes\":\"AA==\"}}"), END,
      META},
     NULL,
     "[{\"image\":{\"format\":\"png\",\"source\":{\"bytes\":\"AA==\"},"
     "\"error\":{\"message\":\"m\"}}}]",
     true},
    {"reasoning that is both",
     {START, DELTA("0", REASONING("r")), DELTA("0", REDACTED("\"AA==\"")),
      DELTA("1", "\"reasoningContent\":{\"signature\":\"s\"}"), END, META},
     NULL,
     "[{\"reasoningContent\":{\"reasoningText\":{\"text\":\"r\"}}},"
     "{\"reasoningContent\":{\"redactedContent\":\"AA==\"}},"
     "{\"reasoningContent\":{\"reasoningText\":{\"text\":\"\",\"signature\":\"s\"}}}]",
     true},
    /* the message */
    {"no start, role of another",
     {"messageStart {\"role\":\"a_role_that_is_long\"}", "messageStart {\"role\":1}", TEXT("a"),
      END, META},
     "start assistant\nstart assistant\ntext 0 a\nstop end_turn\nmetadata\n",
     "[{\"text\":\"a\"}]",
     true},
    {"after the end",
     {START, END, TEXT("a"), META, TEXT("b")},
     "start assistant\nstop end_turn\ntext 0 a\nmetadata\ntext 0 b\n",
     "[{\"text\":\"ab\"}]",
     true},
};

static void is_content(const char *name, const brc_result *result, const char *expected)
{
    size_t length;
    const char *text = brc_result_message(result, &length);
    json_t *message =
        json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
    json_t *content = json_loads(expected, JSON_DECODE_INT_AS_REAL, NULL);

    ck_assert_msg(message != NULL && content != NULL, "%s: %s", name, text);
    ck_assert_msg(json_equal(json_object_get(message, "content"), content), "%s: %s", name, text);
    json_decref(content);
    json_decref(message);
}

START_TEST(script_is_heard)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;
    struct hearing hearing;
    const char *name = scripts[_i].name;

    put_script(&bytes, scripts[_i].events);
    ck_assert_int_eq(hear(&hearing, &bytes), 0);
    if (scripts[_i].told != NULL)
        ck_assert_msg(strcmp(hearing.told.data, scripts[_i].told) == 0, "%s:\n%s", name,
                      hearing.told.data);
    ck_assert_msg(hearing_finish(&hearing) == (scripts[_i].sound ? 0 : BRC_E_PROTOCOL), "%s: %s",
                  name, hearing.error.text);
    /* The usage is there all the same. */
    ck_assert(hearing.stream.usage_whole);
    is_count(&hearing, BRC_USAGE_INPUT_TOKENS, 1);
    is_count(&hearing, BRC_USAGE_OUTPUT_TOKENS, 2);
    if (scripts[_i].content != NULL)
        is_content(name, hearing.result, scripts[_i].content);
    hearing_end(&hearing);
}
END_TEST

START_TEST(numbers_stay_as_they_are)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;
    struct hearing hearing;
    const script events = {START, BEGIN("0", TOOL),
                           DELTA("0", INPUT("[18446744073709551616,0.10,1e999]")), END, META};

    put_script(&bytes, events);
    ck_assert_int_eq(hear(&hearing, &bytes), 0);
    ck_assert_str_eq(
        brc_result_message(hearing.result, NULL),
        "{\"role\":\"assistant\",\"content\":[" TOOL_USE("[18446744073709551616,0.10,1e999]") "]}");
    hearing_end(&hearing);
}
END_TEST

/* ---- usage */

static const struct {
    const char *name;
    script events;
    int64_t input, output; /* as noted, whole or not */
    bool whole;
    const char *reason;
} usages[] = {
    {"after the message", {START, END, META}, 1, 2, true, ""},
    {"before it", {START, META, END}, 1, 2, false, "ends without usage that can be read"},
    {"before it and after", {START, META, END, META}, 1, 2, true, ""},
    {"none", {START, END}, -1, -1, false, "ends without usage that can be read"},
    {"message without end", {START, META}, 1, 2, false, "ends before its message does"},
    {"nothing at all", {NULL}, -1, -1, false, "ends before its message does"},
    {"zero",
     {START, END, "metadata {\"usage\":{\"inputTokens\":0,\"outputTokens\":0}}"},
     0,
     0,
     true,
     ""},
    {"twice, the last one counts",
     {START, END, "metadata {\"usage\":{\"inputTokens\":7,\"outputTokens\":8}}", META},
     1,
     2,
     true,
     ""},
    {"twice, the last one unreadable",
     {START, END, META, "metadata {\"usage\":{\"inputTokens\":7}}"},
     7,
     -1,
     false,
     "ends without usage that can be read"},
    {"no JSON",
     {START, END, "metadata usage"},
     -1,
     -1,
     false,
     "ends without usage that can be read"},
    {"empty", {START, END, "metadata "}, -1, -1, false, "ends without usage that can be read"},
    {"no usage in it",
     {START, END, "metadata {}"},
     -1,
     -1,
     false,
     "ends without usage that can be read"},
    {"negative",
     {START, END, "metadata {\"usage\":{\"inputTokens\":-1,\"outputTokens\":2}}"},
     -1,
     2,
     false,
     "ends without usage that can be read"},
    {"broken elsewhere",
     {START, END, "metadata {\"usage\":{\"inputTokens\":1,\"outputTokens\":2},\"trace\":\xff}"},
     1,
     2,
     true,
     ""},
    {"faulty event besides",
     {START, "contentBlockStop ", END, META},
     1,
     2,
     true,
     "has an event that cannot be read"},
};

START_TEST(usage_is_noted)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;
    struct hearing hearing;
    char reason[100] = "";

    put_script(&bytes, usages[_i].events);
    frame_event(&bytes, "eventOfTomorrow", "");
    ck_assert_int_eq(hear(&hearing, &bytes), 0);
    int rc = hearing_finish(&hearing);
    if (usages[_i].reason[0] != '\0')
        snprintf(reason, sizeof reason, "the event stream %s", usages[_i].reason);
    ck_assert_int_eq(rc, reason[0] == '\0' ? 0 : BRC_E_PROTOCOL);
    ck_assert_msg(strcmp(hearing.error.text, reason) == 0, "%s: %s", usages[_i].name,
                  hearing.error.text);
    ck_assert_msg(hearing.stream.usage_whole == usages[_i].whole, "%s", usages[_i].name);
    is_count(&hearing, BRC_USAGE_INPUT_TOKENS, usages[_i].input);
    is_count(&hearing, BRC_USAGE_OUTPUT_TOKENS, usages[_i].output);
    hearing_end(&hearing);
}
END_TEST

#define COUNT(table) (sizeof(table) / sizeof *(table))

int main(void)
{
    Suite *suite = suite_create("stream");
    TCase *tcase = tcase_create("stream");

    tcase_add_loop_test(tcase, script_is_heard, 0, COUNT(scripts));
    tcase_add_test(tcase, numbers_stay_as_they_are);
    tcase_add_loop_test(tcase, usage_is_noted, 0, COUNT(usages));
    suite_add_tcase(suite, tcase);
    return run(suite);
}
