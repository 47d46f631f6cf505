/* The record of an attempt: counts read, texts noted, one line of JSON.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <usage.h>

#include <jansson.h>

#define METADATA "{\"team\": \"a\"}"

static void start(struct brc_usage *usage)
{
    ck_assert_int_eq(brc__usage_init(usage, "id", "arn:x", NULL), 0);
}

START_TEST(new_record_knows_little)
{
    struct brc_usage usage;

    ck_assert_int_eq(brc__usage_init(&usage, "id", "arn:x", METADATA), 0);
    for (int field = BRC_USAGE_OUTCOME; field <= BRC_USAGE_FIRST_EVENT_MS; field++)
        ck_assert_int_eq(brc_usage_int(&usage, field), -1);
    ck_assert_str_eq(brc_usage_text(&usage, BRC_USAGE_PROFILE_ARN), "arn:x");
    ck_assert_str_eq(brc_usage_text(&usage, BRC_USAGE_REQUEST_METADATA), METADATA);
    ck_assert_str_eq(brc_usage_text(&usage, BRC_USAGE_CALL_ID), "id");
    static const int unknown[] = {BRC_USAGE_PROFILE_NAME, BRC_USAGE_TAGS,
                                  BRC_USAGE_MODEL,        BRC_USAGE_REQUEST_ID,
                                  BRC_USAGE_SERVICE_TIER, BRC_USAGE_AWS_TYPE};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        ck_assert_ptr_null(brc_usage_text(&usage, unknown[i]));
    brc__usage_clear(&usage);
}
END_TEST

START_TEST(field_that_is_none_is_unknown)
{
    struct brc_usage usage;
    static const int fields[] = {INT32_MIN, -1, 0, 15, 1000, INT32_MAX};
    int field = fields[_i];

    start(&usage);
    ck_assert_int_eq(brc_usage_int(&usage, field), -1);
    ck_assert_ptr_null(brc_usage_text(&usage, field));
    brc__usage_clear(&usage);
}
END_TEST

START_TEST(null_has_no_fields)
{
    ck_assert_int_eq(brc_usage_int(NULL, BRC_USAGE_OUTCOME), -1);
    ck_assert_ptr_null(brc_usage_text(NULL, BRC_USAGE_CALL_ID));
    ck_assert_ptr_null(brc_usage_json(NULL));
}
END_TEST

/* Counts in the order of the fields: input, output, cache read, write, its 5 m and 1 h parts. */
static const struct {
    const char *tokens;
    bool reliable;
    int64_t counts[6];
} reports[] = {
    {"{\"inputTokens\":12,\"outputTokens\":34,\"totalTokens\":46}", true, {12, 34, -1, -1, -1, -1}},
    {"{\"inputTokens\":0,\"outputTokens\":0}", true, {0, 0, -1, -1, -1, -1}},
    {" { \"outputTokens\" : 34 , \"inputTokens\" : 12 } ", true, {12, 34, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"outputTokens\":2,\"cacheReadInputTokens\":3,\"cacheWriteInputTokens\":4,"
     "\"cacheDetails\":[{\"ttl\":\"1\\u0068\",\"inputTokens\":6},"
     "{\"ttl\":\"5m\",\"inputTokens\":5}]}",
     true,
     {1, 2, 3, 4, 5, 6}},
    {"{\"inputTokens\":9223372036854775807,\"outputTokens\":1}",
     true,
     {INT64_MAX, 1, -1, -1, -1, -1}},
    /* members of tomorrow, and what is said not to be known */
    {"{\"inputTokens\":1,\"outputTokens\":2,\"newTokens\":-5,\"x\":{\"inputTokens\":9}}",
     true,
     {1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"outputTokens\":2,\"cacheReadInputTokens\":null,\"cacheDetails\":null}",
     true,
     {1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"outputTokens\":2,\"cacheDetails\":[]}", true, {1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"outputTokens\":2,\"cacheDetails\":[{\"ttl\":\"30m\",\"inputTokens\":7},"
     "{\"ttl\":\"5m\"},{\"inputTokens\":8},null]}",
     true,
     {1, 2, -1, -1, -1, -1}},
    /* of members with the same name the last one counts */
    {"{\"inputTokens\":-1,\"inputTokens\":1,\"outputTokens\":2,\"outputTokens\":3}",
     true,
     {1, 3, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"input\\u0054okens\":2,\"outputTokens\":3}",
     true,
     {2, 3, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"outputTokens\":2,\"outputTokens\":-3}", false, {1, -1, -1, -1, -1, -1}},
    /* not there */
    {"{}", false, {-1, -1, -1, -1, -1, -1}},
    {"{\"inputTokens\":1}", false, {1, -1, -1, -1, -1, -1}},
    {"{\"outputTokens\":2}", false, {-1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":null,\"outputTokens\":2}", false, {-1, 2, -1, -1, -1, -1}},
    {"{\"totalTokens\":46}", false, {-1, -1, -1, -1, -1, -1}},
    /* no counts */
    {"{\"inputTokens\":-1,\"outputTokens\":2}", false, {-1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"outputTokens\":9223372036854775808}", false, {1, -1, -1, -1, -1, -1}},
    {"{\"inputTokens\":1e3,\"outputTokens\":2}", false, {-1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":12.0,\"outputTokens\":2}", false, {-1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":\"12\",\"outputTokens\":2}", false, {-1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":true,\"outputTokens\":2}", false, {-1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":[1],\"outputTokens\":{\"x\":2}}", false, {-1, -1, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"outputTokens\":2,\"cacheReadInputTokens\":-3}",
     false,
     {1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"outputTokens\":2,\"cacheWriteInputTokens\":\"4\"}",
     false,
     {1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"outputTokens\":2,\"cacheDetails\":\"5m\"}",
     false,
     {1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"outputTokens\":2,\"cacheDetails\":{\"5m\":3}}",
     false,
     {1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"outputTokens\":2,\"cacheDetails\":[{\"ttl\":\"1h\",\"inputTokens\":-6},"
     "{\"ttl\":\"5m\",\"inputTokens\":5}]}",
     false,
     {1, 2, -1, -1, 5, -1}},
    /* no object, or none that ends */
    {"[12,34]", false, {-1, -1, -1, -1, -1, -1}},
    {"\"text\"", false, {-1, -1, -1, -1, -1, -1}},
    {"null", false, {-1, -1, -1, -1, -1, -1}},
    {"", false, {-1, -1, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"outputTokens\":2", false, {1, 2, -1, -1, -1, -1}},
    {"{\"inputTokens\":1,\"outputTokens\" 2}", false, {1, -1, -1, -1, -1, -1}},
};

START_TEST(counts_are_read_as_far_as_they_go)
{
    struct brc_usage usage;
    const char *tokens = reports[_i].tokens;

    start(&usage);
    bool reliable = brc__usage_read(&usage, brc__json_of(tokens, strlen(tokens)));
    ck_assert_msg(reliable == reports[_i].reliable, "%s", tokens);
    for (int i = 0; i < 6; i++)
        ck_assert_msg(brc_usage_int(&usage, BRC_USAGE_INPUT_TOKENS + i) == reports[_i].counts[i],
                      "%s: count %d", tokens, i);
    brc__usage_clear(&usage);
}
END_TEST

START_TEST(foreign_text_is_noted_clean)
{
    static const int fields[] = {BRC_USAGE_REQUEST_ID, BRC_USAGE_SERVICE_TIER, BRC_USAGE_AWS_TYPE};
    struct brc_usage usage;
    int field = fields[_i];
    char longest[500];

    start(&usage);
    brc__usage_note(&usage, field, "a\r\nb\xff", 5);
    ck_assert_str_eq(brc_usage_text(&usage, field), "a  b?");
    brc__usage_note(&usage, field, "", 0);
    ck_assert_ptr_null(brc_usage_text(&usage, field));
    memset(longest, 'x', sizeof longest);
    brc__usage_note(&usage, field, longest, sizeof longest);
    size_t noted = strlen(brc_usage_text(&usage, field));
    ck_assert_uint_ge(noted, 63);
    ck_assert_uint_lt(noted, 96);
    brc__usage_clear(&usage);
}
END_TEST

START_TEST(fresh_record_as_json)
{
    struct brc_usage usage;

    start(&usage);
    const char *text = brc_usage_json(&usage);
    json_t *record = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_uint_eq(json_object_size(record), 10 + 15);
    ck_assert_str_eq(json_string_value(json_object_get(record, "callId")), usage.call_id);
    ck_assert(json_is_null(json_object_get(record, "inputTokens")));
    ck_assert_int_eq(json_integer_value(json_object_get(record, "code")), -1);
    ck_assert(json_is_null(json_object_get(record, "requestMetadata")));
    ck_assert_str_eq(json_string_value(json_object_get(record, "outcome")), "unreported");
    ck_assert_ptr_eq(brc_usage_json(&usage), text);
    json_decref(record);
    brc__usage_clear(&usage);
}
END_TEST

START_TEST(full_record_as_one_line_of_json)
{
    struct brc_usage usage;
    static const char tokens[] =
        "{\"inputTokens\":1,\"outputTokens\":2,\"cacheReadInputTokens\":3,"
        "\"cacheWriteInputTokens\":11,\"cacheDetails\":[{\"ttl\":\"1h\",\"inputTokens\":6},"
        "{\"ttl\":\"5m\",\"inputTokens\":5}]}";

    ck_assert_int_eq(brc__usage_init(&usage, "id", "arn:x", METADATA), 0);
    brc__usage_read(&usage, brc__json_of(tokens, strlen(tokens)));
    usage.ints[BRC_USAGE_OUTCOME] = BRC_OUTCOME_REPORTED;
    usage.ints[BRC_USAGE_ATTEMPT] = 1;
    usage.ints[BRC_USAGE_HTTP_STATUS] = 200;
    usage.ints[BRC_USAGE_LATENCY_MS] = 0;
    usage.ints[BRC_USAGE_STARTED_AT_MS] = 1767323045000;
    usage.ints[BRC_USAGE_CODE] = 0;
    usage.ints[BRC_USAGE_FIRST_EVENT_MS] = 9;
    brc__usage_note(&usage, BRC_USAGE_REQUEST_ID, "a\"b\\", 4);
    brc__usage_note(&usage, BRC_USAGE_SERVICE_TIER, "flex", 4);
    const char *text = brc_usage_json(&usage);
    json_t *record = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    json_t *expected =
        json_pack("{s:s, s:n, s:n, s:n, s:s, s:s, s:s, s:{s:s}, s:n, s:n,"
                  " s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:n, s:I, s:i, s:i, s:n}",
                  "profileArn", "arn:x", "profileName", "tags", "model", "callId", usage.call_id,
                  "requestId", "a\"b\\", "serviceTier", "flex", "requestMetadata", "team", "a",
                  "awsType", "askedProfileArn", "outcome", "reported", "attempt", 1, "httpStatus",
                  200, "inputTokens", 1, "outputTokens", 2, "cacheReadInputTokens", 3,
                  "cacheWriteInputTokens", 11, "cacheWrite5mInputTokens", 5,
                  "cacheWrite1hInputTokens", 6, "latencyMs", 0, "costPicodollars", "startedAtMs",
                  (json_int_t)1767323045000, "code", 0, "firstEventMs", 9, "maxTokens");

    ck_assert_ptr_nonnull(expected);
    ck_assert_msg(json_equal(record, expected), "%s", text);
    ck_assert_ptr_null(strchr(text, '\n'));
    json_decref(record);
    json_decref(expected);
    brc__usage_clear(&usage);
}
END_TEST

static const struct {
    int outcome;
    const char *name;
} outcomes[] = {
    {BRC_OUTCOME_NOT_BILLED, "\"outcome\":\"not_billed\""},
    {BRC_OUTCOME_REPORTED, "\"outcome\":\"reported\""},
    {BRC_OUTCOME_UNREPORTED, "\"outcome\":\"unreported\""},
};

START_TEST(outcome_and_code_are_named_in_json)
{
    struct brc_usage usage;

    start(&usage);
    usage.ints[BRC_USAGE_OUTCOME] = outcomes[_i].outcome;
    usage.ints[BRC_USAGE_CODE] = BRC_E_TIMEOUT;
    ck_assert_ptr_nonnull(strstr(brc_usage_json(&usage), outcomes[_i].name));
    ck_assert_ptr_nonnull(strstr(brc_usage_json(&usage), "\"code\":-23"));
    brc__usage_clear(&usage);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("usage");
    TCase *tests = tcase_create("usage");

    tcase_add_test(tests, new_record_knows_little);
    tcase_add_loop_test(tests, field_that_is_none_is_unknown, 0, 6);
    tcase_add_test(tests, null_has_no_fields);
    tcase_add_loop_test(tests, counts_are_read_as_far_as_they_go, 0,
                        sizeof reports / sizeof *reports);
    tcase_add_loop_test(tests, foreign_text_is_noted_clean, 0, 3);
    tcase_add_test(tests, fresh_record_as_json);
    tcase_add_test(tests, full_record_as_one_line_of_json);
    tcase_add_loop_test(tests, outcome_and_code_are_named_in_json, 0,
                        sizeof outcomes / sizeof *outcomes);
    suite_add_tcase(suite, tests);
    return run(suite);
}
