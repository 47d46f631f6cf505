/* Converse: which models answer, and what they answer.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

#include <stdlib.h>
#include <string.h>

static const json_t *content_of(const json_t *answer)
{
    const json_t *message = json_object_get(json_object_get(answer, "output"), "message");

    ck_assert_str_eq(json_string_value(json_object_get(message, "role")), "assistant");
    return json_object_get(message, "content");
}

static const char *text_of(const json_t *answer)
{
    const json_t *first = json_array_get(content_of(answer), 0);
    const char *string = json_string_value(json_object_get(first, "text"));

    return string != NULL ? string : "";
}

static const char *stop_reason(const json_t *answer)
{
    return json_string_value(json_object_get(answer, "stopReason"));
}
/* ---- answers ---- */

START_TEST(test_answer)
{
    char *arn = create_profile("n", (const char *[]){"team=a", NULL});
    char *encoded = encode(arn);
    json_t *answer = expect_json(converse(encoded, HELLO), 200);
    json_t *again = expect_json(converse(encoded, HELLO), 200);
    json_t *by_id = expect_json(converse(strrchr(arn, '/') + 1, HELLO), 200);
    json_int_t output = integer_at(answer, "usage", "outputTokens");
    size_t bytes = strlen(text_of(answer));

    ck_assert(json_equal(answer, again));
    ck_assert_int_eq(integer_at(answer, "usage", "inputTokens"), 3); /* 11 bytes */
    ck_assert_int_eq(integer_at(answer, "usage", "totalTokens"), 3 + output);
    ck_assert_ptr_null(json_object_get(json_object_get(answer, "usage"), "cacheReadInputTokens"));
    ck_assert_int_ge(integer_at(answer, "metrics", "latencyMs"), 0);
    ck_assert_int_ge(output, 1);
    ck_assert_int_le(output, 4000);
    ck_assert_uint_le(bytes, 4 * (size_t)output);
    ck_assert_uint_gt(bytes, 4 * (size_t)output - 4);
    ck_assert_str_eq(stop_reason(answer), "end_turn");
    ck_assert_ptr_null(json_object_get(answer, "serviceTier"));
    ck_assert_str_ne(text_of(answer), text_of(by_id)); /* another name for it, another answer */
    json_decref(answer);
    json_decref(again);
    json_decref(by_id);
    free(encoded);
    free(arn);
}
END_TEST

/* Over many prompts, lengths from end to end, and characters of every UTF-8 length. */
START_TEST(test_spread)
{
    json_int_t least = 4000, most = 0;
    bool widths[5] = {false};

    for (int i = 0; i < 200; i++) {
        char *body =
            text("{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"%d\"}]}]}", i);
        json_t *answer = expect_json(converse(RAW, body), 200);
        json_int_t output = integer_at(answer, "usage", "outputTokens");

        least = output < least ? output : least;
        most = output > most ? output : most;
        for (const char *c = text_of(answer); *c != '\0'; c++) {
            unsigned char byte = (unsigned char)*c;

            widths[byte < 0x80   ? 1
                   : byte < 0xC0 ? 0
                   : byte < 0xE0 ? 2
                   : byte < 0xF0 ? 3
                                 : 4] = true;
        }
        json_decref(answer);
        free(body);
    }
    ck_assert_int_lt(least, 200);
    ck_assert_int_gt(most, 3800);
    ck_assert(widths[1] && widths[2] && widths[3] && widths[4]);
}
END_TEST

START_TEST(test_seed)
{
    json_t *answers[3];
    const char *const seeds[3] = {"1", "2", "1"};

    for (int i = 0; i < 3; i++) {
        emulator_start((const char *[]){"--seed", seeds[i], NULL});
        answers[i] = expect_json(converse(RAW, HELLO), 200);
        emulator_stop();
    }
    ck_assert(json_equal(answers[0], answers[2]));
    ck_assert(!json_equal(answers[0], answers[1]));
    for (int i = 0; i < 3; i++)
        json_decref(answers[i]);
}
END_TEST

START_TEST(test_max_tokens)
{
    json_t *whole = expect_json(converse(RAW, HELLO), 200);
    json_t *cut =
        expect_json(converse(RAW, HELLO_WITH("\"inferenceConfig\":{\"maxTokens\":7}")), 200);
    char *exactly = text(HELLO_WITH("\"inferenceConfig\":{\"maxTokens\":%d}"),
                         (int)integer_at(whole, "usage", "outputTokens"));
    json_t *same = expect_json(converse(RAW, exactly), 200);

    ck_assert_int_eq(integer_at(cut, "usage", "outputTokens"), 7);
    ck_assert_str_eq(stop_reason(cut), "max_tokens");
    ck_assert_int_eq(strncmp(text_of(cut), text_of(whole), strlen(text_of(cut))), 0);
    ck_assert(json_equal(whole, same));
    json_decref(whole);
    json_decref(cut);
    json_decref(same);
    free(exactly);
}
END_TEST

START_TEST(test_stop_sequences)
{
    json_t *whole = expect_json(converse(RAW, HELLO), 200);
    char *stop = strndup(text_of(whole) + 40, 6);
    json_t *request = json_pack("{s:[{s:s, s:[{s:s}]}], s:{s:[s, s, s%]}}", "messages", "role",
                                "user", "content", "text", "hello world", "inferenceConfig",
                                "stopSequences", "never said", stop, "\0", (size_t)1);
    char *body;
    json_t *answer;
    const char *said;

    ck_assert_ptr_nonnull(request); /* the answer's 40th byte begins a character */
    body = json_dumps(request, 0);
    answer = expect_json(converse(RAW, body), 200);
    said = text_of(answer);
    ck_assert_str_eq(stop_reason(answer), "stop_sequence");
    ck_assert_ptr_null(strstr(said, stop));
    ck_assert_int_eq(strncmp(said, text_of(whole), strlen(said)), 0);
    ck_assert_int_eq(integer_at(answer, "usage", "outputTokens"),
                     (json_int_t)(strlen(said) + 6 + 3) / 4);
    json_decref(whole);
    json_decref(request);
    json_decref(answer);
    free(body);
    free(stop);
}
END_TEST

START_TEST(test_echoes)
{
    json_t *answer = expect_json(
        converse(RAW, HELLO_WITH(
                          "\"serviceTier\":{\"type\":\"flex\"},\"performanceConfig\":"
                          "{\"latency\":\"optimized\"},\"tomorrow\":{\"x\":1},\"requestMetadata\":"
                          "{\"team\":\"a,b-c.d\"},\"additionalModelRequestFields\":[1]")),
        200);

    ck_assert_str_eq(
        json_string_value(json_object_get(json_object_get(answer, "serviceTier"), "type")), "flex");
    ck_assert_ptr_nonnull(json_object_get(answer, "performanceConfig"));
    json_decref(answer);
}
END_TEST

#define TOOLS(choice)                                                                              \
    "\"toolConfig\":{\"tools\":[{\"cachePoint\":{\"type\":\"default\"}},{\"toolSpec\":{\"name\":"  \
    "\"first\",\"inputSchema\":{\"json\":{}}}},{\"toolSpec\":{\"name\":\"second\",\"inputSchema\"" \
    ":{\"json\":{\"properties\":{\"s\":{\"type\":\"string\"},\"i\":{\"type\":\"integer\"},\"n\":"  \
    "{\"type\":\"number\"},\"b\":{\"type\":\"boolean\"},\"a\":{\"type\":\"array\"},\"o\":"         \
    "{\"type\":\"object\"},\"z\":{\"type\":\"null\"},\"e\":{\"enum\":[\"x\"]}}}}}}],"              \
    "\"toolChoice\":" choice "}"

START_TEST(test_tools)
{
    json_t *answer =
        expect_json(converse(RAW, HELLO_WITH(TOOLS("{\"tool\":{\"name\":\"second\"}}"))), 200);
    const json_t *use = json_object_get(json_array_get(content_of(answer), 0), "toolUse");
    const json_t *input = json_object_get(use, "input");

    ck_assert_str_eq(stop_reason(answer), "tool_use");
    ck_assert_str_eq(json_string_value(json_object_get(use, "name")), "second");
    ck_assert_uint_eq(strlen(json_string_value(json_object_get(use, "toolUseId"))), 30);
    ck_assert(json_is_string(json_object_get(input, "s")));
    ck_assert(json_is_integer(json_object_get(input, "i")));
    ck_assert(json_is_real(json_object_get(input, "n")));
    ck_assert(json_is_boolean(json_object_get(input, "b")));
    ck_assert(json_is_array(json_object_get(input, "a")));
    ck_assert(json_is_object(json_object_get(input, "o")));
    ck_assert(json_is_null(json_object_get(input, "z")));
    ck_assert_str_eq(json_string_value(json_object_get(input, "e")), "x");
    ck_assert_int_gt(integer_at(answer, "usage", "outputTokens"), 5);
    json_decref(answer);

    answer = expect_json(converse(RAW, HELLO_WITH(TOOLS("{\"any\":{}}"))), 200);
    use = json_object_get(json_array_get(content_of(answer), 0), "toolUse");
    ck_assert_str_eq(json_string_value(json_object_get(use, "name")), "first");
    json_decref(answer);

    answer = expect_json(converse(RAW, HELLO_WITH(TOOLS("{\"auto\":{}}"))), 200);
    ck_assert_str_eq(stop_reason(answer), "end_turn");
    json_decref(answer);

    answer = expect_json(converse(RAW, HELLO_WITH("\"inferenceConfig\":{\"maxTokens\":2}," TOOLS(
                                           "{\"tool\":{\"name\":\"second\"}}"))),
                         200);
    ck_assert_str_eq(stop_reason(answer), "max_tokens");
    ck_assert_int_eq(integer_at(answer, "usage", "outputTokens"), 2);
    ck_assert_uint_eq(json_array_size(content_of(answer)), 0);
    json_decref(answer);
}
END_TEST

/* ---- models ---- */

static const struct {
    const char *model;
    int status;
    const char *type;
} MODELS[] = {
#define ARN "arn%3Aaws%3Abedrock%3Aus-east-1%3A"
    {"amazon.nova-lite-v1%3A0", 200, ""},
    {"global.amazon.nova-lite-v1%3A0", 200, ""},
    {ARN "%3Afoundation-model%2Famazon.nova-lite-v1%3A0", 200, ""},
    {ARN "123456789012%3Ainference-profile%2Fus.amazon.nova-lite-v1%3A0", 200, ""},
    {ARN "123456789012%3Aapplication-inference-profile%2Fabcdef123456", 404,
     "ResourceNotFoundException"},
    {ARN "999999999999%3Aapplication-inference-profile%2Fabcdef123456", 404,
     "ResourceNotFoundException"},
    {ARN "123456789012%3Ainference-profile%2Fmars.amazon.nova-lite-v1%3A0", 404,
     "ResourceNotFoundException"},
    {ARN "123456789012%3Aprovisioned-model%2Fabcdef123456", 404, "ResourceNotFoundException"},
    {"arn%3Aaws%3Abedrock%3Aus-west-2%3A%3Afoundation-model%2Fa.b", 404,
     "ResourceNotFoundException"},
    {"abcdef123456", 400, "ValidationException"},
    {"not%20a%20model", 400, "ValidationException"},
    {"arn%3Aaws%3As3%3A%3A%3Abucket%2Fkey", 400, "ValidationException"},
    {"a/b", 404, "UnknownOperationException"},
    {"%zz", 400, "SerializationException"},
};

START_TEST(test_model)
{
    struct response response = converse(MODELS[_i].model, HELLO_WITH("\"modelId\":\"smuggled.x\""));

    if (MODELS[_i].status == 200)
        json_decref(expect_json(response, 200));
    else
        expect_error(response, MODELS[_i].status, MODELS[_i].type, NULL);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("converse");
    TCase *tcase = emulator_case(suite, "converse");
    TCase *own_start = tcase_create("own start");

    tcase_add_test(tcase, test_answer);
    tcase_add_test(tcase, test_spread);
    tcase_add_test(tcase, test_max_tokens);
    tcase_add_test(tcase, test_stop_sequences);
    tcase_add_test(tcase, test_echoes);
    tcase_add_test(tcase, test_tools);
    tcase_add_loop_test(tcase, test_model, 0, COUNT(MODELS));
    tcase_add_test(own_start, test_seed);
    suite_add_tcase(suite, own_start);
    return run_suite(suite, argc, argv);
}
