/* CountTokens: the same count as Converse's, without its price; what cannot be counted.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define NOVA      "amazon.nova-lite-v1%3A0"
#define CLAUDE    "anthropic.claude-haiku-4-5-20251001-v1%3A0"
#define POINT     "{\"cachePoint\":{\"type\":\"default\"}}"
#define USER(...) "\"messages\":[{\"role\":\"user\",\"content\":[" __VA_ARGS__ "]}]"

static struct response count_tokens(const char *model, const char *body)
{
    char *target = text("/model/%s/count-tokens", model);
    struct response response = call("POST", target, body);

    free(target);
    return response;
}

/* The answer's one member; `body` is freed. */
static json_int_t count_of(const char *model, char *body)
{
    json_t *answer = expect_json(count_tokens(model, body), 200);
    json_int_t n = json_integer_value(json_object_get(answer, "inputTokens"));

    ck_assert_uint_eq(json_object_size(answer), 1);
    json_decref(answer);
    free(body);
    return n;
}

static char *of_converse(const char *prompt)
{
    return text("{\"input\":{\"converse\":%s}}", prompt);
}

static char *of_invoke_model(const char *body)
{
    size_t len = strlen(body);
    unsigned char *base64 = calloc(1, len / 3 * 4 + 5);
    char *input;

    EVP_EncodeBlock(base64, (const unsigned char *)body, (int)len);
    input = text("{\"input\":{\"invokeModel\":{\"body\":\"%s\"}}}", (char *)base64);
    free(base64);
    return input;
}

/* ---- counts ---- */

static const struct {
    const char *prompt;
    int tokens;
} PROMPTS[] = {
    {HELLO, 3},
    {"{\"system\":[{\"text\":\"1234567890123456\"}," POINT
     "]," USER("{\"text\":\"12345678\"}," POINT ",{\"text\":\"1\"}") "}",
     7},
    {"{" USER("{\"toolResult\":{\"toolUseId\":\"t\",\"content\":[{\"text\":\"12345\"},{\"json\":{"
              "\"text\":\"\\u00e9\"}}]}}") "}",
     2},
    {"{" USER("{\"image\":{\"format\":\"png\",\"source\":{\"bytes\":\"aaaa\"}}}") "}", 0},
    {HELLO_WITH("\"toolConfig\":{\"tools\":[{\"toolSpec\":{\"name\":\"t\",\"inputSchema\":{"
                "\"json\":{}}}}]},\"additionalModelRequestFields\":{\"k\":1}"),
     3},
};

static json_int_t billed_input(void)
{
    json_t *bill = get_bill();
    json_int_t n = integer_at(bill, "totals", "inputTokens") +
                   integer_at(bill, "totals", "cacheReadInputTokens") +
                   integer_at(bill, "totals", "cacheWriteInputTokens");

    json_decref(bill);
    return n;
}

/* Counting, before and after the prompt is cached, says what each Converse is then billed. */
START_TEST(test_counts_what_converse_bills)
{
    const char *prompt = PROMPTS[_i].prompt;
    int tokens = PROMPTS[_i].tokens;

    for (int calls = 0; calls < 3; calls++) {
        ck_assert_int_eq(count_of(NOVA, of_converse(prompt)), tokens);
        ck_assert_int_eq(billed_input(), calls * tokens);
        json_decref(expect_json(converse(NOVA, prompt), 200));
        ck_assert_int_eq(billed_input(), (calls + 1) * tokens);
    }
}
END_TEST

START_TEST(test_bills_nothing)
{
    static const char CACHED[] = "{" USER("{\"text\":\"12345678\"}," POINT) "}";
    json_t *bill, *answer;

    ck_assert_int_eq(count_of(NOVA, of_converse(CACHED)), 2);
    bill = get_bill();
    ck_assert_int_eq(integer_at(bill, "totals", "calls"), 0);
    ck_assert_int_eq(integer_at(bill, "totals", "totalTokens"), 0);
    ck_assert_int_eq(integer_at(bill, "requests", "seen"), 1);
    ck_assert_uint_eq(json_object_size(json_object_get(bill, "profiles")), 0);
    json_decref(bill);
    answer = expect_json(converse(NOVA, CACHED), 200); /* the cache has not seen it */
    ck_assert_int_eq(integer_at(answer, "usage", "cacheWriteInputTokens"), 2);
    json_decref(answer);
}
END_TEST

/* Bodies of every length modulo 3, and members that the count passes over. */
static const struct {
    const char *body;
    int tokens;
} BODIES[] = {
    {HELLO, 3},
    {" " HELLO, 3},
    {"  " HELLO, 3},
    {"{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":9,\"system\":\"12345678\","
     "\"messages\":[{\"role\":\"user\",\"content\":\"12345\"},{\"role\":\"assistant\",\"content\":"
     "[{\"type\":\"text\",\"text\":\"123\"}]}]}",
     4},
    {"{\"schemaVersion\":\"messages-v1\",\"system\":[{\"text\":\"1234\"}]," USER(
         "{\"text\":\"12345\"}") ",\"inferenceConfig\":{\"maxTokens\":9}}",
     3},
    {"{\"messages\":[{\"role\":\"user\",\"content\":\"?>?>?>?>?\"}]}", 3}, /* with + and / */
    {"{\"system\":null,\"messages\":[{\"role\":\"user\",\"content\":[1,\"x\",{}]}]}", 0},
};

START_TEST(test_invoke_model)
{
    ck_assert_int_eq(count_of(CLAUDE, of_invoke_model(BODIES[_i].body)), BODIES[_i].tokens);
    ck_assert_int_eq(billed_input(), 0);
}
END_TEST

#define MODEL "arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2F"

START_TEST(test_models)
{
    static const char *const MODELS[] = {NOVA, CLAUDE, MODEL NOVA, MODEL CLAUDE,
                                         "amazon.nova-2-lite-v1%3A0"};

    for (int i = 0; i < COUNT(MODELS); i++)
        ck_assert_int_eq(count_of(MODELS[i], of_converse(HELLO)), 3);
}
END_TEST

/* ---- refused ---- */

#define PROFILE  "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2F"
#define GOOD     "{\"input\":{\"converse\":" HELLO "}}"
#define A64      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define NO_COUNT "The provided model doesn't support counting tokens."

static const struct {
    const char *model;
    const char *body;
    int status;
    const char *type;
    const char *part;
} REFUSED[] = {
#define INVALID(model, body, part)                                                                 \
    {                                                                                              \
        model, body, 400, "ValidationException", part                                              \
    }
#define UNREADABLE(body)                                                                           \
    {                                                                                              \
        NOVA, body, 400, "SerializationException", NULL                                            \
    }
#define CONVERSE(more) "{\"input\":{\"converse\":{" more "}}}"
#define BODY(base64)   "{\"input\":{\"invokeModel\":{\"body\":\"" base64 "\"}}}"
    INVALID("meta.llama3-8b-instruct-v1%3A0", GOOD, NO_COUNT),
    INVALID("amazon.titan-text-express-v1", GOOD, NO_COUNT),
    INVALID(MODEL "openai.gpt-oss-20b-1%3A0", GOOD, NO_COUNT),
    INVALID("us." NOVA, GOOD, NO_COUNT),
    INVALID("eu." CLAUDE, GOOD, NO_COUNT),
    INVALID("global." CLAUDE, GOOD, NO_COUNT),
    INVALID(PROFILE "us." NOVA, GOOD, NO_COUNT),
    INVALID(PROFILE "global." CLAUDE, GOOD, NO_COUNT),
    INVALID("nodot", GOOD, "identifier is invalid"),
    INVALID("anthropic." A64 A64 A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            GOOD, "less than or equal to 256"),
    INVALID("anthropic.a%20b", GOOD, "[a-zA-Z_\\.\\-/0-9:]+"),
    {"arn%3Aaws%3Abedrock%3Aus-west-2%3A%3Afoundation-model%2F" NOVA, GOOD, 404,
     "ResourceNotFoundException", "us-west-2"},
    {"arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%"
     "2Fabcdef123456",
     GOOD, 404, "ResourceNotFoundException", "abcdef123456"},
    INVALID(NOVA, "", "'input'"),
    INVALID(NOVA, "{}", "'input'"),
    INVALID(NOVA, "{\"input\":{}}", "exactly one"),
    INVALID(NOVA, "{\"input\":{\"converse\":" HELLO ",\"invokeModel\":{\"body\":\"e30=\"}}}",
            "exactly one"),
    INVALID(NOVA, CONVERSE(""), "input.converse.messages"),
    INVALID(NOVA, CONVERSE("\"messages\":[]"), "input.converse.messages"),
    INVALID(NOVA, CONVERSE(USER("{}")), "exactly one"),
    INVALID(NOVA, CONVERSE(USER("{\"text\":\" \"}")), "messages.0.content.0 is blank"),
    INVALID(NOVA,
            CONVERSE("\"messages\":[{\"role\":\"assistant\",\"content\":[{\"text\":\"x\"}]}]"),
            "start with a user message"),
    INVALID(NOVA, CONVERSE(HELLO_MESSAGES ",\"system\":[{\"text\":\"\"}]"),
            "input.converse.system.1.member.text"),
    INVALID(NOVA, CONVERSE(HELLO_MESSAGES ",\"toolConfig\":{}"), "input.converse.toolConfig.tools"),
    INVALID(NOVA, "{\"input\":{\"invokeModel\":{}}}", "input.invokeModel.body"),
    INVALID(NOVA, BODY(""), "Malformed input request"),
    INVALID(NOVA, BODY("not base64"), "base64"),
    INVALID(NOVA, BODY("bm8="), "Malformed input request: it is not a JSON object"),
    INVALID(NOVA, BODY("W10="), "it is not a JSON object"),      /* [] */
    INVALID(NOVA, BODY("e30="), "Value at 'messages'"),          /* {} */
    INVALID(NOVA, BODY("eyJtZXNzYWdlcyI6W119"), "'messages'"),   /* {"messages":[]} */
    INVALID(NOVA, BODY("eyJtZXNzYWdlcyI6InMifQ"), "'messages'"), /* {"messages":"s"} */
    UNREADABLE("{"),
    UNREADABLE("[]"),
    UNREADABLE("{\"input\":[]}"),
    UNREADABLE("{\"input\":{\"converse\":\"x\"}}"),
    UNREADABLE("{\"input\":{\"invokeModel\":{\"body\":{}}}}"),
};

START_TEST(test_refused)
{
    expect_error(count_tokens(REFUSED[_i].model, REFUSED[_i].body), REFUSED[_i].status,
                 REFUSED[_i].type, REFUSED[_i].part);
}
END_TEST

START_TEST(test_application_profile)
{
    char *arn = create_profile("n", NULL);
    char *encoded = encode(arn);

    expect_error(count_tokens(encoded, GOOD), 400, "ValidationException", NO_COUNT);
    expect_error(count_tokens(strrchr(arn, '/') + 1, GOOD), 400, "ValidationException", NO_COUNT);
    free(encoded);
    free(arn);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("count tokens");
    TCase *tcase = emulator_case(suite, "count tokens");

    tcase_add_loop_test(tcase, test_counts_what_converse_bills, 0, COUNT(PROMPTS));
    tcase_add_test(tcase, test_bills_nothing);
    tcase_add_loop_test(tcase, test_invoke_model, 0, COUNT(BODIES));
    tcase_add_test(tcase, test_models);
    tcase_add_loop_test(tcase, test_refused, 0, COUNT(REFUSED));
    tcase_add_test(tcase, test_application_profile);
    return run_suite(suite, argc, argv);
}
