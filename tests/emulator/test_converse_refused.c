/* Converse: every kind of body that is refused, and with which words.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

#define USER(block) "{\"messages\":[{\"role\":\"user\",\"content\":[" block "]}]}"

static const struct {
    const char *body;
    const char *type;
    const char *part;
} REFUSED[] = {
#define INVALID(body, part)                                                                        \
    {                                                                                              \
        body, "ValidationException", part                                                          \
    }
#define UNREADABLE(body, part)                                                                     \
    {                                                                                              \
        body, "SerializationException", part                                                       \
    }
    INVALID("{}", "Value at 'messages' failed to satisfy constraint: Member must not be null"),
    INVALID("", "'messages'"),
    INVALID("{\"messages\":[]}", "greater than or equal to 1"),
    INVALID("{\"messages\":[{}]}", "2 validation errors detected"),
    INVALID("{\"messages\":[{\"role\":\"robot\",\"content\":[{\"text\":\"x\"}]}]}",
            "[user, assistant, system]"),
    INVALID("{\"messages\":[{\"role\":\"user\",\"content\":[]}]}", "messages.1.member.content"),
    INVALID("{\"messages\":[{\"role\":\"assistant\",\"content\":[{\"text\":\"x\"}]}]}",
            "start with a user message"),
    INVALID(USER("{}"), "exactly one"),
    INVALID(USER("{\"text\":\"x\",\"cachePoint\":{\"type\":\"default\"}}"), "exactly one"),
    INVALID(USER("{\"text\":\" \\n\"}"), "messages.0.content.0 is blank"),
    INVALID(USER("{\"cachePoint\":{}}"), "cachePoint.type"),
    INVALID(USER("{\"cachePoint\":{\"type\":\"default\",\"ttl\":\"2h\"}}"), "[5m, 1h]"),
    INVALID(USER("{\"image\":{\"format\":\"bmp\",\"source\":{\"bytes\":\"aaaa\"}}}"),
            "[png, jpeg, gif, webp]"),
    INVALID(USER("{\"image\":{\"format\":\"png\",\"source\":{\"bytes\":\"a?\"}}}"), "base64"),
    INVALID(
        USER("{\"image\":{\"format\":\"png\",\"source\":{\"s3Location\":{\"uri\":\"s3://A\"}}}}"),
        "s3://"),
    INVALID(USER("{\"document\":{\"source\":{\"text\":\"x\"}}}"), "document.name"),
    INVALID(USER("{\"toolUse\":{\"toolUseId\":\"a b\",\"name\":\"n\",\"input\":{}}}"), "toolUseId"),
    INVALID(USER("{\"toolUse\":{\"toolUseId\":\"a\",\"name\":\"n.n\",\"input\":{}}}"), "name"),
    INVALID(USER("{\"toolResult\":{\"toolUseId\":\"a\"}}"), "toolResult.content"),
    INVALID(USER("{\"guardContent\":{\"text\":{\"text\":\"x\",\"qualifiers\":[\"y\"]}}}"),
            "qualifiers.1.member"),
    INVALID(HELLO_WITH("\"system\":[{\"text\":\"\"}]"), "system.1.member.text"),
    INVALID(HELLO_WITH("\"inferenceConfig\":{\"maxTokens\":0}"), "inferenceConfig.maxTokens"),
    INVALID(HELLO_WITH("\"inferenceConfig\":{\"temperature\":1.01}"),
            "inferenceConfig.temperature"),
    INVALID(HELLO_WITH("\"inferenceConfig\":{\"topP\":-0.5}"), "inferenceConfig.topP"),
    INVALID(HELLO_WITH("\"inferenceConfig\":{\"stopSequences\":[\"\"]}"), "stopSequences.1.member"),
    INVALID(HELLO_WITH("\"toolConfig\":{\"tools\":[]}"), "toolConfig.tools"),
    INVALID(HELLO_WITH("\"toolConfig\":{\"tools\":[{\"toolSpec\":{\"name\":\"n\"}}]}"),
            "inputSchema"),
    INVALID(HELLO_WITH("\"requestMetadata\":{}"), "requestMetadata"),
    INVALID(HELLO_WITH("\"requestMetadata\":{\"a\":\"!\"}"), "requestMetadata.a"),
    INVALID(HELLO_WITH("\"requestMetadata\":{\"\":\"a\"}"), "greater than or equal to 1"),
    INVALID(HELLO_WITH(
                "\"requestMetadata\":{\"1\":\"\",\"2\":\"\",\"3\":\"\",\"4\":\"\",\"5\":\"\",\"6\""
                ":\"\",\"7\":\"\",\"8\":\"\",\"9\":\"\",\"10\":\"\",\"11\":\"\",\"12\":\"\","
                "\"13\":\"\",\"14\":\"\",\"15\":\"\",\"16\":\"\",\"17\":\"\"}"),
            "less than or equal to 16"),
    INVALID(HELLO_WITH("\"serviceTier\":{\"type\":\"cheap\"}"),
            "[priority, default, flex, reserved]"),
    INVALID(HELLO_WITH("\"performanceConfig\":{\"latency\":\"x\"}"), "performanceConfig.latency"),
    INVALID(HELLO_WITH("\"additionalModelResponseFieldPaths\":[\"\"]"), "FieldPaths.1.member"),
    INVALID(HELLO_WITH("\"outputConfig\":{\"effort\":\"12345678901234567\"}"),
            "outputConfig.effort"),
    INVALID(HELLO_WITH("\"promptVariables\":{\"a\":{}}"), "promptVariables.a"),
    UNREADABLE("{\"messages\":\"x\"}", "STRING_VALUE found at 'messages'"),
    UNREADABLE("{\"messages\":[\"x\"]}", "messages.1.member"),
    UNREADABLE("{\"messages\":[{\"role\":{},\"content\":[]}]}", "Start of structure"),
    UNREADABLE(USER("null"), "NULL_VALUE"),
    UNREADABLE(USER("{\"text\":1}"), "NUMBER_VALUE"),
    UNREADABLE(USER("{\"text\":false}"), "BOOLEAN_VALUE"),
    UNREADABLE(USER("{\"text\":[]}"), "Start of list"),
    UNREADABLE(HELLO_WITH("\"inferenceConfig\":{\"maxTokens\":1.5}"), "maxTokens"),
    UNREADABLE(HELLO_WITH("\"inferenceConfig\":{\"maxTokens\":99999999999999999999}"), NULL),
    UNREADABLE("{" HELLO_MESSAGES, NULL),
    UNREADABLE("[]", NULL),
    UNREADABLE("<html>", NULL),
    UNREADABLE("{\"messages\":\"\\ud800\"}", NULL),
    UNREADABLE("\xff", NULL),
};

START_TEST(test_refused)
{
    json_t *all;

    expect_error(converse(RAW, REFUSED[_i].body), 400, REFUSED[_i].type, REFUSED[_i].part);
    all = get_bill();
    ck_assert_int_eq(integer_at(all, "totals", "calls"), 0);
    ck_assert_int_eq(integer_at(all, "requests", "refused"), 1);
    json_decref(all);
}
END_TEST

START_TEST(test_many_errors)
{
    /* twelve broken constraints: all counted, ten listed */
    expect_error(converse(RAW, "{\"messages\":[{},{},{},{},{},{}]}"), 400, "ValidationException",
                 "12 validation errors detected: Value at 'messages.1.member.role'");
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("converse refused");
    TCase *tcase = emulator_case(suite, "converse refused");

    tcase_add_loop_test(tcase, test_refused, 0, COUNT(REFUSED));
    tcase_add_test(tcase, test_many_errors);
    return run_suite(suite, argc, argv);
}
