/* Building a request: what its body and path say.
 * SPDX-License-Identifier: MIT */
#include "run.h"
#include "request_steps.h"

#include <jansson.h>

static const struct {
    struct step steps[STEPS];
    const char *body;
} bodies[] = {
    {{{TEXT, "user", "hi"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hi\"}]}]}"},
    {{{TEXT, "user", "a \"quoted\"\\\n\t\x01 text"}},
     "{\"messages\":[{\"role\":\"user\","
     "\"content\":[{\"text\":\"a \\\"quoted\\\"\\\\\\n\\t\\u0001 text\"}]}]}"},
    {{{TEXT, "user", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80"}},
     "{\"messages\":[{\"role\":\"user\","
     "\"content\":[{\"text\":\"gr\\u00fc\\u00df \\ud83d\\ude00\"}]}]}"},
    {{{TEXT, "user", "1"},
      {TEXT, "assistant", "2"},
      {MESSAGE, NULL, " {\"role\":\"user\",\"content\":[]}\n"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"1\"}]},"
     "{\"role\":\"assistant\",\"content\":[{\"text\":\"2\"}]},"
     "{\"role\":\"user\",\"content\":[]}]}"},
    {{{MESSAGE, NULL,
       "{\"content\":[{\"image\":{\"format\":\"png\",\"source\":{\"bytes\":\"AA==\"}}},"
       "{\"blockOfTomorrow\":{\"x\":[1,null]}}],\"role\":\"user\",\"memberOfTomorrow\":true}"}},
     "{\"messages\":[{\"role\":\"user\",\"memberOfTomorrow\":true,\"content\":["
     "{\"image\":{\"format\":\"png\",\"source\":{\"bytes\":\"AA==\"}}},"
     "{\"blockOfTomorrow\":{\"x\":[1,null]}}]}]}"},
    /* system: texts and JSON in the order they came */
    {{{TEXT, "system", "be brief"},
      {JSON, "system", "[{\"cachePoint\":{\"type\":\"default\"}},{\"text\":\"b\"}]"},
      {TEXT, "user", "hi"},
      {TEXT, "system", "c"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hi\"}]}],"
     "\"system\":[{\"text\":\"be brief\"},{\"cachePoint\":{\"type\":\"default\"}},{\"text\":\"b\"},"
     "{\"text\":\"c\"}]}"},
    {{{TEXT, "user", "hi"}, {JSON, "system", "[ ]"}, {JSON, "system", "[{\"text\":\"x\"}]"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hi\"}]}],"
     "\"system\":[{\"text\":\"x\"}]}"},
    /* inferenceConfig: every way to fill it */
    {{{MAX, NULL, "100 10"}, {TEXT, "user", "x"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}],"
     "\"inferenceConfig\":{\"maxTokens\":100}}"},
    {{{MAX, NULL, "100 10"}, {MAX, NULL, "2147483647 1"}, {TEXT, "user", "x"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}],"
     "\"inferenceConfig\":{\"maxTokens\":2147483647}}"},
    {{{STOP, NULL, "END"}, {STOP, NULL, "\"\n"}, {TEXT, "user", "x"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}],"
     "\"inferenceConfig\":{\"stopSequences\":[\"END\",\"\\\"\\n\"]}}"},
    {{{JSON, "inferenceConfig", " { \"temperature\" : 0.5 } "}, {TEXT, "user", "x"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}],"
     "\"inferenceConfig\":{\"temperature\":0.5}}"},
    {{{JSON, "inferenceConfig", "{\"temperature\":0,\"topP\":1,\"knobOfTomorrow\":[]}"},
      {STOP, NULL, "END"},
      {MAX, NULL, "5 5"},
      {TEXT, "user", "x"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}],"
     "\"inferenceConfig\":{\"maxTokens\":5,\"stopSequences\":[\"END\"],\"temperature\":0,"
     "\"topP\":1,\"knobOfTomorrow\":[]}}"},
    {{{JSON, "inferenceConfig", "{\"maxTokens\":7}"}, {STOP, NULL, "END"}, {TEXT, "user", "x"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}],"
     "\"inferenceConfig\":{\"stopSequences\":[\"END\"],\"maxTokens\":7}}"},
    {{{JSON, "inferenceConfig", "{\"stopSequences\":[\"A\"]}"},
      {MAX, NULL, "5 5"},
      {TEXT, "user", "x"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}],"
     "\"inferenceConfig\":{\"maxTokens\":5,\"stopSequences\":[\"A\"]}}"},
    {{{JSON, "inferenceConfig", "{}"}, {TEXT, "user", "x"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}]}"},
    /* any other member, also those of tomorrow */
    {{{TEXT, "user", "x"},
      {JSON, "toolConfig", "{\"tools\":[{\"cachePoint\":{\"type\":\"default\"}}]}"},
      {JSON, "requestMetadata", "{\"team\":\"a\"}"},
      {JSON, "memberOfTomorrow", "null"},
      {JSON, "additionalModelRequestFields", "12"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}],"
     "\"toolConfig\":{\"tools\":[{\"cachePoint\":{\"type\":\"default\"}}]},"
     "\"requestMetadata\":{\"team\":\"a\"},\"memberOfTomorrow\":null,"
     "\"additionalModelRequestFields\":12}"},
    {{{JSON, "ModelId", "\"x\""}, {JSON, "Messages", "[]"}, {TEXT, "user", "x"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}],"
     "\"ModelId\":\"x\",\"Messages\":[]}"},
    {{{JSON, "a", "{\"modelId\":\"x\",\"messages\":[]}"}, {TEXT, "user", "x"}},
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}],"
     "\"a\":{\"modelId\":\"x\",\"messages\":[]}}"},
};

START_TEST(body_says_what_was_asked)
{
    brc_request *request = build(bodies[_i].steps);
    brc__auto_free char *text = body_of(request);
    json_t *body = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    json_t *expected = json_loads(bodies[_i].body, JSON_REJECT_DUPLICATES, NULL);

    ck_assert_ptr_nonnull(expected);
    ck_assert_msg(json_equal(body, expected), "%s", text);
    json_decref(body);
    json_decref(expected);
    brc_request_free(request);
}
END_TEST

START_TEST(json_is_sent_as_written)
{
    static const char *const written[] = {
        "[0.10, 1E5, -0, 12345678901234567890123, 1e999 , 3.141592653589793238462643383]",
        "{ \"b\" : 1 ,\n\"a\":\"\\u00e9\\/\" }",
    };
    const char *json = written[_i];
    brc_request *request = build((const struct step[STEPS]){
        {TEXT, "user", "x"}, {JSON, "additionalModelRequestFields", json}});
    brc__auto_free char *member_body = body_of(request);

    ck_assert_ptr_nonnull(strstr(member_body, json));
    brc__auto_buf struct brc__buf message = BRC__BUF(1000);
    brc__buf_appendf(&message, "{\"role\":\"user\",\"content\":[{\"x\":%s}]}", json);
    ck_assert_int_eq(brc_request_add_message(request, message.data, message.length), 0);
    brc__auto_free char *message_body = body_of(request);
    ck_assert_ptr_nonnull(strstr(message_body, message.data));
    brc_request_free(request);
}
END_TEST

START_TEST(anything_but_a_profile_makes_no_request)
{
    brc_request *request = (brc_request *)-1;

    ck_assert_int_eq(brc_request_new("amazon.nova-lite-v1:0", &request), BRC_E_NOT_A_PROFILE);
    ck_assert_ptr_null(request);
    ck_assert_int_eq(brc_request_new("", &request), BRC_E_NOT_A_PROFILE);
}
END_TEST

START_TEST(request_without_a_message_has_no_body)
{
    brc_request *request = build((const struct step[STEPS]){{TEXT, "system", "x"}});
    brc__auto_buf struct brc__buf body = BRC__BUF(BRC__CEILING_REQUEST);
    struct brc__error error = {0};

    ck_assert_int_eq(brc__request_body(request, &body, &error), BRC_E_INVALID);
    ck_assert_str_eq(error.text, "the request has no message");
    brc_request_free(request);
}
END_TEST

START_TEST(arguments_are_copied)
{
    char arn[] = ARN, role[] = "user", text[] = "hi";
    brc_request *request;

    ck_assert_int_eq(brc_request_new(arn, &request), 0);
    ck_assert_int_eq(brc_request_add_text(request, role, text, 2), 0);
    memset(arn, 'x', strlen(arn));
    memset(text, 'x', strlen(text));
    ck_assert_str_eq(request->profile_arn, ARN);
    ck_assert_int_eq(strncmp(request->arn.region, "us-east-1:", 10), 0);
    brc__auto_free char *body = body_of(request);
    ck_assert_ptr_nonnull(strstr(body, "\"hi\""));
    brc_request_free(request);
}
END_TEST

START_TEST(path_holds_the_arn_as_one_segment)
{
    brc__auto_buf struct brc__buf path = BRC__BUF(BRC__CEILING_URL);

    ck_assert_int_eq(brc__request_path(ARN, &path), 0);
    ck_assert_str_eq(path.data, "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3A"
                                "application-inference-profile%2Fabc.DEF%3A1-2");
}
END_TEST

START_TEST(metadata_is_kept_as_one_line)
{
    brc_request *request = build((const struct step[STEPS]){
        {TEXT, "user", "x"}, {JSON, "requestMetadata", "{\n  \"team\": \"a\\nb\"\r\n}"}});
    brc__auto_free char *body = body_of(request);

    ck_assert_str_eq(request->metadata, "{   \"team\": \"a\\nb\"  }");
    ck_assert_ptr_nonnull(strstr(body, "{\n  \"team\": \"a\\nb\"\r\n}"));
    brc_request_free(request);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("request");
    TCase *tests = tcase_create("request");

    tcase_add_loop_test(tests, body_says_what_was_asked, 0, sizeof bodies / sizeof *bodies);
    tcase_add_loop_test(tests, json_is_sent_as_written, 0, 2);
    tcase_add_test(tests, anything_but_a_profile_makes_no_request);
    tcase_add_test(tests, request_without_a_message_has_no_body);
    tcase_add_test(tests, arguments_are_copied);
    tcase_add_test(tests, path_holds_the_arn_as_one_segment);
    tcase_add_test(tests, metadata_is_kept_as_one_line);
    suite_add_tcase(suite, tests);
    return run(suite);
}
