/* Reading answers: those the API promises, and those that are faulty.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <answer.h>

#define FFFD "\xef\xbf\xbd"

/* The pieces answers are made of. */
#define MESSAGE(content) "{\"role\":\"assistant\",\"content\":[" content "]}"
#define TEXT(text)       "{\"text\":\"" text "\"}"
#define OUTPUT(content)  "\"output\":{\"message\":" MESSAGE(content) "}"
#define STOP             "\"stopReason\":\"end_turn\""
#define TOKENS           "{\"inputTokens\":12,\"outputTokens\":34,\"totalTokens\":46}"
#define USAGE            "\"usage\":" TOKENS
#define ANSWER(content)  "{" OUTPUT(content) "," STOP "," USAGE "}"

static brc_result *new_result(const char *json, size_t length)
{
    brc_result *result = brc__result_new();

    ck_assert_ptr_nonnull(result);
    ck_assert_int_eq(brc__usage_init(&result->usage, "id", "arn", NULL), 0);
    if (length > 0)
        ck_assert_int_eq(brc__buf_append(&result->json, json, length), 0);
    return result;
}

/* A message that is handed out can be sent back. */
static void send_back(const brc_result *result)
{
    brc_request *request;
    size_t length;
    const char *message = brc_result_message(result, &length);

    ck_assert_int_eq(
        brc_request_new(
            "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456",
            &request),
        0);
    ck_assert_msg(brc_request_add_message(request, message, length) == 0, "%s: %s", message,
                  brc_request_error(request));
    brc_request_free(request);
}

/* Every one of them is read without a complaint. */
static const struct {
    const char *name;
    const char *answer;
    const char *text;
    const char *message; /* NULL: any that is accepted */
} answers[] = {
    {"plain", ANSWER(TEXT("Hello")), "Hello", MESSAGE(TEXT("Hello"))},
    {"no block", ANSWER(""), "", MESSAGE("")},
    {"no text", ANSWER("{\"toolUse\":{\"toolUseId\":\"t\",\"name\":\"n\",\"input\":{}}}"), "",
     MESSAGE("{\"toolUse\":{\"toolUseId\":\"t\",\"name\":\"n\",\"input\":{}}}")},
    {"several texts", ANSWER(TEXT("a") "," TEXT("") "," TEXT("b")), "ab",
     MESSAGE(TEXT("a") "," TEXT("") "," TEXT("b"))},
    {"escapes", ANSWER(TEXT("\\\"\\n\\u00e9\\ud83d\\ude00")), "\"\n\xc3\xa9\xf0\x9f\x98\x80",
     MESSAGE(TEXT("\\\"\\n\\u00e9\\ud83d\\ude00"))},
    {"many bytes", ANSWER(TEXT("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80")),
     "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
     MESSAGE(TEXT("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"))},
    {"blocks of tomorrow", ANSWER("{\"new\":[{\"text\":\"no\"}]}," TEXT("yes") ",{\"text\":[1]},7"),
     "yes", MESSAGE("{\"new\":[{\"text\":\"no\"}]}," TEXT("yes") ",{\"text\":[1]},7")},
    {"reasoning is no text",
     ANSWER(
         "{\"reasoningContent\":{\"reasoningText\":{\"text\":\"hm\",\"signature\":\"s=\"}}}," TEXT(
             "so")),
     "so",
     MESSAGE(
         "{\"reasoningContent\":{\"reasoningText\":{\"text\":\"hm\",\"signature\":\"s=\"}}}," TEXT(
             "so"))},
    {"citations",
     ANSWER(TEXT("a") ",{\"citationsContent\":{\"content\":[" TEXT("b") "," TEXT(
         "c") "],\"citations\":[{\"title\":\"t\"}]}}," TEXT("d")),
     "abcd", NULL},
    {"citations within citations",
     ANSWER("{\"citationsContent\":{\"content\":[{\"citationsContent\":{\"content\":[" TEXT(
         "x") "]}}]}}"),
     "", NULL},
    {"numbers of any size",
     ANSWER("{\"toolUse\":{\"input\":{\"n\":[18446744073709551616,0.10,-0,1e999,1E+2]}}}"), "",
     MESSAGE("{\"toolUse\":{\"input\":{\"n\":[18446744073709551616,0.10,-0,1e999,1E+2]}}}")},
    {"blanks are kept",
     "\n{ \"output\" : { \"message\" : { \"role\" : \"assistant\", \"content\" : [ " TEXT(
         "x") " ] } },\r\n" STOP "," USAGE " }\n",
     "x", "{ \"role\" : \"assistant\", \"content\" : [ " TEXT("x") " ] }"},
    {"usage first", "{" USAGE "," STOP "," OUTPUT(TEXT("x")) "}", "x", MESSAGE(TEXT("x"))},
    {"members of tomorrow",
     "{\"new\":{\"usage\":0,\"output\":1}," OUTPUT(TEXT("x")) "," STOP "," USAGE ",\"more\":[]}",
     "x", MESSAGE(TEXT("x"))},
    {"output twice", "{" OUTPUT(TEXT("a")) "," OUTPUT(TEXT("b")) "," STOP "," USAGE "}", "b",
     MESSAGE(TEXT("b"))},
    {"usage twice", "{\"usage\":{\"inputTokens\":1}," OUTPUT("") "," STOP "," USAGE "}", "",
     MESSAGE("")},
    {"faulty elsewhere",
     "{" OUTPUT(TEXT("x")) "," STOP ",\"trace\":{\"a\":\"\\ud800\xff\",\"a\":1e999}," USAGE "}",
     "x", MESSAGE(TEXT("x"))},
    /* faulty, and repaired */
    {"lone surrogates", ANSWER(TEXT("a\\ud83d") "," TEXT("\\ude00b")), "a" FFFD FFFD "b",
     MESSAGE(TEXT("a" FFFD) "," TEXT(FFFD "b"))},
    {"bad UTF-8", ANSWER(TEXT("a\xff\xc3")), "a" FFFD FFFD, MESSAGE(TEXT("a" FFFD FFFD))},
    {"raw control characters", ANSWER(TEXT("a\nb\x01")), "a\nb\x01",
     MESSAGE(TEXT("a" FFFD "b" FFFD))},
    {"member twice in a block", ANSWER("{\"text\":\"a\",\"text\":\"b\"}"), "b",
     MESSAGE("{\"text\":\"b\"}")},
    {"lone surrogate beside a large number",
     ANSWER(TEXT("\\ud800") ",{\"n\":12345678901234567890.10}"), FFFD,
     MESSAGE(TEXT(FFFD) ",{\"n\":12345678901234567890.10}")},
    {"member twice, the last a number no double can hold",
     ANSWER(TEXT("x") ",{\"n\":\"\\ud800\",\"n\":1e999}"), "x",
     MESSAGE(TEXT("x") ",{\"n\":1e999}")},
};

START_TEST(answer_is_read)
{
    brc_result *result = new_result(answers[_i].answer, strlen(answers[_i].answer));
    struct brc__error error = {0};
    bool usage = false;
    size_t length;

    ck_assert_msg(brc__answer_read(result, &usage, &error) == 0, "%s: %s", answers[_i].name,
                  error.text);
    ck_assert(usage);
    ck_assert_int_eq(brc_usage_int(&result->usage, BRC_USAGE_INPUT_TOKENS), 12);
    ck_assert_int_eq(brc_usage_int(&result->usage, BRC_USAGE_OUTPUT_TOKENS), 34);
    ck_assert_str_eq(brc_result_stop_reason(result), "end_turn");
    const char *text = brc_result_text(result, &length);
    ck_assert_msg(strcmp(text, answers[_i].text) == 0, "%s: %s", answers[_i].name, text);
    ck_assert_uint_eq(length, strlen(text));
    const char *message = brc_result_message(result, &length);
    ck_assert_ptr_nonnull(message);
    ck_assert_uint_eq(length, strlen(message));
    if (answers[_i].message != NULL)
        ck_assert_msg(strcmp(message, answers[_i].message) == 0, "%s: %s", answers[_i].name,
                      message);
    send_back(result);
    brc_result_free(result);
}
END_TEST

/* Not what the API promises: BRC_E_PROTOCOL, and whatever can be read is there. */
static const struct {
    const char *answer;
    bool usage; /* the counts can be relied on: 12 and 34 */
    const char *text;
    bool message;
    const char *stop_reason;
} faulty[] = {
    {"", false, NULL, false, NULL},
    {"  \n", false, NULL, false, NULL},
    {"<html><body>502 Bad Gateway</body></html>", false, NULL, false, NULL},
    {"null", false, NULL, false, NULL},
    {"\"" USAGE "\"", false, NULL, false, NULL},
    {"12", false, NULL, false, NULL},
    {"[" ANSWER(TEXT("x")) "]", false, NULL, false, NULL},
    {"{}", false, NULL, false, NULL},
    {"{\"message\":\"something else\"}", false, NULL, false, NULL},
    /* no message, sound usage */
    {"{" STOP "," USAGE "}", true, NULL, false, "end_turn"},
    {"{\"output\":null," STOP "," USAGE "}", true, NULL, false, "end_turn"},
    {"{\"output\":{\"message\":\"x\"}," STOP "," USAGE "}", true, NULL, false, "end_turn"},
    {"{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":\"x\"}}," USAGE "}", true, NULL,
     false, NULL},
    {"{\"output\":{\"message\":{\"role\":\"assistant\"}},\"stopReason\":7," USAGE "}", true, NULL,
     false, NULL},
    /* no usage, or one that cannot be relied on: the rest is there */
    {"{" OUTPUT(TEXT("x")) "," STOP "}", false, "x", true, "end_turn"},
    {"{" OUTPUT(TEXT("x")) "," STOP ",\"usage\":null}", false, "x", true, "end_turn"},
    {"{" OUTPUT(TEXT("x")) "," STOP ",\"usage\":[" TOKENS "]}", false, "x", true, "end_turn"},
    {"{" OUTPUT(TEXT("x")) "," STOP "," USAGE ",\"usage\":{}}", false, "x", true, "end_turn"},
    {"{" OUTPUT(TEXT("x")) "," STOP ",\"usage\":{\"inputTokens\":-1,\"outputTokens\":34}}", false,
     "x", true, "end_turn"},
    {"{" OUTPUT(TEXT("x")) ",\"usage\":{\"inputTokens\":9223372036854775808,\"outputTokens\":3}}",
     false, "x", true, NULL},
    /* cut, though the server said it was whole */
    {"{" OUTPUT(TEXT("x")) "," STOP "," USAGE, true, "x", true, "end_turn"},
    {"{" OUTPUT(TEXT("x")) "," STOP ",\"usage\":{\"inputTokens\":12,\"outpu", false, "x", true,
     "end_turn"},
    {"{" OUTPUT(TEXT("x")) ",\"stopReason\":\"end", false, "x", true, NULL},
    {"{" USAGE ",\"output\":{\"message\":{\"role\":\"assist", true, NULL, false, NULL},
    {"{\"output\":{\"message\":" MESSAGE(TEXT("x")), false, NULL, false, NULL},
};

START_TEST(faulty_answer_gives_what_it_has)
{
    brc_result *result = new_result(faulty[_i].answer, strlen(faulty[_i].answer));
    struct brc__error error = {0};
    bool usage = !faulty[_i].usage;

    ck_assert_int_eq(brc__answer_read(result, &usage, &error), BRC_E_PROTOCOL);
    ck_assert_int_eq(error.code, BRC_E_PROTOCOL);
    ck_assert_int_eq(strncmp(error.text, "the answer ", 11), 0);
    ck_assert_int_eq(usage, faulty[_i].usage);
    if (usage)
        ck_assert_int_eq(brc_usage_int(&result->usage, BRC_USAGE_OUTPUT_TOKENS), 34);
    const char *text = brc_result_text(result, NULL);
    ck_assert_int_eq(text != NULL, faulty[_i].text != NULL);
    if (text != NULL)
        ck_assert_str_eq(text, faulty[_i].text);
    ck_assert_int_eq(brc_result_message(result, NULL) != NULL, faulty[_i].message);
    if (faulty[_i].message)
        send_back(result);
    const char *stop_reason = brc_result_stop_reason(result);
    ck_assert_int_eq(stop_reason != NULL, faulty[_i].stop_reason != NULL);
    if (stop_reason != NULL)
        ck_assert_str_eq(stop_reason, faulty[_i].stop_reason);
    brc_result_free(result);
}
END_TEST

/* Text and usage are sound, but nobody can make a message of it that AWS would take back. */
static const char *const without_message[] = {
    ANSWER(TEXT("x") ",nonsense"),
    ANSWER(TEXT("x") ",{\"toolUse\":{\"input\":{\"a\" 1}}}"),
    "{\"output\":{\"message\":{\"content\":[" TEXT("x") "]}}," USAGE "}",
    "{\"output\":{\"message\":{\"role\":null,\"content\":[" TEXT("x") "]}}," USAGE "}",
};

START_TEST(message_that_cannot_go_back_is_none)
{
    brc_result *result = new_result(without_message[_i], strlen(without_message[_i]));
    struct brc__error error = {0};
    bool usage;
    size_t length = 99;

    ck_assert_int_eq(brc__answer_read(result, &usage, &error), 0);
    ck_assert(usage);
    ck_assert_str_eq(brc_result_text(result, NULL), "x");
    ck_assert_ptr_null(brc_result_message(result, &length));
    ck_assert_uint_eq(length, 0);
    brc_result_free(result);
}
END_TEST

START_TEST(message_is_made_once)
{
    static const char answer[] = ANSWER(TEXT("\\ud800"));
    brc_result *result = new_result(answer, strlen(answer));
    struct brc__error error = {0};
    bool usage;

    ck_assert_int_eq(brc__answer_read(result, &usage, &error), 0);
    const char *message = brc_result_message(result, NULL);
    ck_assert_ptr_nonnull(message);
    ck_assert_ptr_eq(brc_result_message(result, NULL), message);
    brc_result_free(result);
}
END_TEST

static const struct {
    const char *answer;
    const char *reason;
} reasons[] = {
    {"<html>", "the answer is not one whole JSON object"},
    {"{}", "the answer has no message that could be read"},
    {"{" OUTPUT("") "}", "the answer has no usage, or usage that cannot be read"},
};

START_TEST(reason_is_told)
{
    brc_result *result = new_result(reasons[_i].answer, strlen(reasons[_i].answer));
    struct brc__error error = {0};
    bool usage;

    brc__answer_read(result, &usage, &error);
    ck_assert_str_eq(error.text, reasons[_i].reason);
    brc_result_free(result);
}
END_TEST

static const struct {
    const char *answer;
    size_t answer_length;
} nuls[] = {
    {ANSWER(TEXT("a\\u0000b")), sizeof ANSWER(TEXT("a\\u0000b")) - 1},
    {ANSWER("{\"text\":\"a\0b\"}"), sizeof ANSWER("{\"text\":\"a\0b\"}") - 1},
};

START_TEST(nul_is_kept_in_the_text_and_replaced_in_the_message)
{
    brc_result *result = new_result(nuls[_i].answer, nuls[_i].answer_length);
    struct brc__error error = {0};
    bool usage;
    size_t length;

    ck_assert_int_eq(brc__answer_read(result, &usage, &error), 0);
    const char *text = brc_result_text(result, &length);
    ck_assert_uint_eq(length, 3);
    ck_assert_mem_eq(text, "a\0b", 4);
    ck_assert_str_eq(brc_result_message(result, NULL), MESSAGE(TEXT("a" FFFD "b")));
    send_back(result);
    brc_result_free(result);
}
END_TEST

static const struct {
    const char *member;
    const char *tier; /* NULL: unknown */
} tiers[] = {
    {"\"serviceTier\":{\"type\":\"flex\"}", "flex"},
    {"\"serviceTier\":{\"type\":\"tier-of-tomorrow\",\"x\":1}", "tier-of-tomorrow"},
    {"\"serviceTier\":{\"type\":\"\"}", NULL},
    {"\"serviceTier\":{\"type\":null}", NULL},
    {"\"serviceTier\":{\"type\":5}", NULL},
    {"\"serviceTier\":{}", NULL},
    {"\"serviceTier\":\"flex\"", NULL},
    {"\"serviceTier\":null", NULL},
    {"\"serviceTier\":{\"type\":\"a2345678901234567890123456789012345678901234567890123456789012"
     "3\"}",
     "a23456789012345678901234567890123456789012345678901234567890123"},
    {"\"serviceTier\":{\"type\":\"a2345678901234567890123456789012345678901234567890123456789012"
     "34\"}",
     NULL},
};

START_TEST(service_tier_is_noted_whole_or_not_at_all)
{
    brc__auto_buf struct brc__buf answer = BRC__BUF(1000);
    struct brc__error error;
    bool usage;

    brc__buf_appendf(&answer, "{%s,%s", tiers[_i].member, &ANSWER("")[1]);
    brc_result *result = new_result(answer.data, answer.length);
    ck_assert_int_eq(brc__answer_read(result, &usage, &error), 0);
    const char *tier = brc_usage_text(&result->usage, BRC_USAGE_SERVICE_TIER);
    ck_assert_int_eq(tier != NULL, tiers[_i].tier != NULL);
    if (tier != NULL)
        ck_assert_str_eq(tier, tiers[_i].tier);
    brc_result_free(result);
}
END_TEST

START_TEST(deep_nesting_costs_the_message_alone)
{
    enum {
        DEPTH = 200 * 1000
    };
    brc__auto_buf struct brc__buf answer = BRC__BUF(BRC__CEILING_ANSWER);
    struct brc__error error = {0};
    bool usage;

    brc__buf_text(&answer,
                  "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[" TEXT("x") ",");
    for (int i = 0; i < 2 * DEPTH; i++)
        brc__buf_text(&answer, i < DEPTH ? "[" : "]");
    brc__buf_text(&answer, "]}}," STOP "," USAGE "}");
    brc_result *result = new_result(answer.data, answer.length);
    ck_assert_int_eq(brc__answer_read(result, &usage, &error), 0);
    ck_assert(usage);
    ck_assert_str_eq(brc_result_text(result, NULL), "x");
    ck_assert_ptr_null(brc_result_message(result, NULL));
    brc_result_free(result);
}
END_TEST

START_TEST(result_hands_out_what_was_received)
{
    static const char answer[] = " <html>\n";
    brc_result *result = new_result(answer, strlen(answer));
    size_t length;

    ck_assert_str_eq(brc_result_json(result, &length), answer);
    ck_assert_uint_eq(length, strlen(answer));
    ck_assert_ptr_eq(brc_result_usage(result), &result->usage);
    ck_assert_ptr_null(brc_result_free(result));
}
END_TEST

START_TEST(null_has_nothing)
{
    size_t lengths[3] = {9, 9, 9};

    ck_assert_ptr_null(brc_result_text(NULL, &lengths[0]));
    ck_assert_ptr_null(brc_result_message(NULL, &lengths[1]));
    ck_assert_ptr_null(brc_result_json(NULL, &lengths[2]));
    for (int i = 0; i < 3; i++)
        ck_assert_uint_eq(lengths[i], 0);
    ck_assert_ptr_null(brc_result_stop_reason(NULL));
    ck_assert_ptr_null(brc_result_usage(NULL));
    ck_assert_ptr_null(brc_result_free(NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("answer");
    TCase *tests = tcase_create("answer");

    tcase_add_loop_test(tests, answer_is_read, 0, sizeof answers / sizeof *answers);
    tcase_add_loop_test(tests, faulty_answer_gives_what_it_has, 0, sizeof faulty / sizeof *faulty);
    tcase_add_loop_test(tests, message_that_cannot_go_back_is_none, 0,
                        sizeof without_message / sizeof *without_message);
    tcase_add_test(tests, message_is_made_once);
    tcase_add_loop_test(tests, reason_is_told, 0, sizeof reasons / sizeof *reasons);
    tcase_add_loop_test(tests, nul_is_kept_in_the_text_and_replaced_in_the_message, 0,
                        sizeof nuls / sizeof *nuls);
    tcase_add_loop_test(tests, service_tier_is_noted_whole_or_not_at_all, 0,
                        sizeof tiers / sizeof *tiers);
    tcase_add_test(tests, deep_nesting_costs_the_message_alone);
    tcase_add_test(tests, result_hands_out_what_was_received);
    tcase_add_test(tests, null_has_nothing);
    suite_add_tcase(suite, tests);
    return run(suite);
}
