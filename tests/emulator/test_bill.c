/* What a call costs: its usage, the prompt cache, and the bill.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

#include <stdlib.h>
#include <string.h>

/* ---- usage ---- */

START_TEST(test_input_tokens)
{
    /* 8 + 5 + 4 + 2 bytes of text, in places deep and shallow; names and roles cost nothing */
    json_t *answer = expect_json(
        converse(RAW, "{\"system\":[{\"text\":\"12345678\"}],\"messages\":[{\"role\":\"user\","
                      "\"content\":[{\"text\":\"12345\"},{\"toolResult\":{\"toolUseId\":\"t\","
                      "\"content\":[{\"text\":\"1234\"}]}}]},{\"role\":\"assistant\",\"content\":"
                      "[{\"text\":\"\\u00e9\"}]}]}"),
        200);

    ck_assert_int_eq(integer_at(answer, "usage", "inputTokens"), 5);
    json_decref(answer);
}
END_TEST

#define POINT(ttl) "{\"cachePoint\":{\"type\":\"default\"" ttl "}}"

/* input, read, written; the TTLs of the writes as "1h:n 5m:n " */
static void expect_usage(const char *body, int input, int cache_read, int written,
                         const char *details)
{
    json_t *answer = expect_json(converse(RAW, body), 200);
    const json_t *list = json_object_get(json_object_get(answer, "usage"), "cacheDetails");
    char got[128] = "";

    ck_assert_int_eq(integer_at(answer, "usage", "inputTokens"), input);
    ck_assert_int_eq(integer_at(answer, "usage", "cacheReadInputTokens"), cache_read);
    ck_assert_int_eq(integer_at(answer, "usage", "cacheWriteInputTokens"), written);
    ck_assert_int_eq(integer_at(answer, "usage", "totalTokens"),
                     input + cache_read + written + integer_at(answer, "usage", "outputTokens"));
    for (size_t i = 0; i < json_array_size(list); i++)
        sprintf(got + strlen(got), "%s:%d ",
                json_string_value(json_object_get(json_array_get(list, i), "ttl")),
                (int)json_integer_value(json_object_get(json_array_get(list, i), "inputTokens")));
    ck_assert_str_eq(got, details);
    json_decref(answer);
}

START_TEST(test_cache)
{
    static const char PROMPT[] = "{\"system\":[{\"text\":\"1234567890123456\"}," POINT(
        ",\"ttl\":\"1h\"") "],"
                           "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"12345678\"}"
                           "," POINT("") ",{\"text\":\"%s\"}]}]}";
    char *first = text(PROMPT, "1234");
    char *second = text(PROMPT, "12345678");

    expect_usage(first, 1, 0, 6, "1h:4 5m:2 ");
    expect_usage(first, 1, 6, 0, "");
    expect_usage(second, 2, 6, 0, ""); /* only what follows the last point changed */
    expect_usage("{\"system\":[{\"text\":\"1234567890123456\"}," POINT(
                     ",\"ttl\":\"5m\"") "],"
                                        "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":"
                                        "\"other\"}," POINT("") "]}]}",
                 0, 4, 2, "5m:2 "); /* the system prompt was seen, the message was not */
    free(first);
    free(second);
}
END_TEST
/* ---- the bill ---- */

START_TEST(test_bill)
{
    char *a = create_profile("a", (const char *[]){"team=x", "env=p", NULL});
    char *b = create_profile("b", (const char *[]){"team=x", NULL});
    char *encoded_a = encode(a);
    char *encoded_b = encode(b);
    json_t *answer_a = expect_json(converse(encoded_a, HELLO), 200);
    json_t *answer_b = expect_json(
        converse(encoded_b, "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"12345678\"}"
                            "," POINT("") "]}]}"),
        200);
    json_t *raw = expect_json(converse(RAW, HELLO), 200);
    json_int_t out_a = integer_at(answer_a, "usage", "outputTokens");
    json_int_t out_b = integer_at(answer_b, "usage", "outputTokens");
    json_t *all = get_bill();
    json_t *profiles = json_object_get(all, "profiles");
    json_t *account_a = json_object_get(profiles, a);
    json_t *account_raw = json_object_get(profiles, "us.amazon.nova-lite-v1:0");
    json_t *teams = json_object_get(json_object_get(all, "tags"), "team");
    json_t *envs = json_object_get(json_object_get(all, "tags"), "env");

    ck_assert_uint_eq(json_object_size(profiles), 3);
    ck_assert_str_eq(json_string_value(json_object_get(account_a, "name")), "a");
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(account_a, "tags"), "env")),
                     "p");
    ck_assert(json_is_false(json_object_get(account_a, "untagged")));
    ck_assert_int_eq(integer_at(profiles, a, "calls"), 1);
    ck_assert_int_eq(integer_at(profiles, a, "inputTokens"), 3);
    ck_assert_int_eq(integer_at(profiles, a, "outputTokens"), out_a);
    ck_assert_int_eq(integer_at(profiles, b, "cacheWriteInputTokens"), 2);
    ck_assert_int_eq(integer_at(profiles, b, "cacheWrite5mInputTokens"), 2);
    ck_assert_int_eq(integer_at(profiles, b, "cacheWrite1hInputTokens"), 0);
    ck_assert(json_is_true(json_object_get(account_raw, "untagged")));
    ck_assert(json_is_null(json_object_get(account_raw, "name")));
    ck_assert_int_eq(integer_at(teams, "x", "calls"), 2);
    ck_assert_int_eq(integer_at(teams, "x", "outputTokens"), out_a + out_b);
    ck_assert_int_eq(integer_at(teams, "x", "totalTokens"), 3 + 2 + out_a + out_b);
    ck_assert_int_eq(integer_at(envs, "p", "outputTokens"), out_a);
    ck_assert_int_eq(integer_at(all, "totals", "calls"), 3);
    ck_assert_int_eq(integer_at(all, "requests", "seen"), 5);
    ck_assert_int_eq(integer_at(all, "requests", "refused"), 0);
    json_decref(all);
    json_decref(answer_a);
    json_decref(answer_b);
    json_decref(raw);
    free(encoded_a);
    free(encoded_b);
    free(a);
    free(b);
}
END_TEST

/* What was spent stays on the bill, under the tags of its time. */
START_TEST(test_bill_remembers)
{
    char *arn = create_profile("n", (const char *[]){"team=old", NULL});
    char *encoded = encode(arn);
    char *retag =
        text("{\"resourceARN\":\"%s\",\"tags\":[{\"key\":\"team\",\"value\":\"new\"}]}", arn);
    char *target = profile_target(arn);
    json_t *all, *teams;

    json_decref(expect_json(converse(encoded, HELLO), 200));
    json_decref(expect_json(call("POST", "/tagResource", retag), 200));
    json_decref(expect_json(converse(encoded, HELLO), 200));
    json_decref(expect_json(call("DELETE", target, NULL), 200));
    expect_error(converse(encoded, HELLO), 404, "ResourceNotFoundException", arn);
    all = get_bill();
    teams = json_object_get(json_object_get(all, "tags"), "team");
    ck_assert_int_eq(integer_at(teams, "old", "calls"), 1);
    ck_assert_int_eq(integer_at(teams, "new", "calls"), 1);
    ck_assert_int_eq(integer_at(json_object_get(all, "profiles"), arn, "calls"), 2);
    ck_assert_int_eq(
        integer_at(json_object_get(all, "requests"), "reasons", "ResourceNotFoundException"), 1);
    json_decref(all);
    free(arn);
    free(encoded);
    free(retag);
    free(target);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("bill");
    TCase *tcase = emulator_case(suite, "bill");

    tcase_add_test(tcase, test_input_tokens);
    tcase_add_test(tcase, test_cache);
    tcase_add_test(tcase, test_bill);
    tcase_add_test(tcase, test_bill_remembers);
    return run_suite(suite, argc, argv);
}
