/* What cannot get into a request: a call that is refused says why and changes nothing.
 * SPDX-License-Identifier: MIT */
#include "run.h"
#include "request_steps.h"

#define A_MESSAGE "{\"role\":\"user\",\"content\":[]}"

static const struct {
    struct step step;
    int code;
    const char *reason; /* begins the error */
} refusals[] = {
    {{TEXT, "user", NULL}, BRC_E_INVALID, "text: is empty"},
    {{TEXT, "user", ""}, BRC_E_INVALID, "text: is empty"},
    {{TEXT, "user", "a\xff"}, BRC_E_INVALID, "text: is not UTF-8"},
    {{TEXT, "user", "\xed\xa0\x80"}, BRC_E_INVALID, "text: is not UTF-8"},
    {{TEXT, "system", "\xc3"}, BRC_E_INVALID, "text: is not UTF-8"},
    {{TEXT, NULL, "x"}, BRC_E_INVALID, "role: "},
    {{TEXT, "", "x"}, BRC_E_INVALID, "role: "},
    {{TEXT, "User", "x"}, BRC_E_INVALID, "role: "},
    {{TEXT, "tool", "x"}, BRC_E_INVALID, "role: "},
    {{TEXT, "user\",\"modelId\":\"x", "x"}, BRC_E_INVALID, "role: "},
    {{MESSAGE, NULL, NULL}, BRC_E_INVALID, "message: is empty"},
    {{MESSAGE, NULL, ""}, BRC_E_INVALID, "message: is empty"},
    {{MESSAGE, NULL, " "}, BRC_E_INVALID, "message is not acceptable JSON"},
    {{MESSAGE, NULL, "[" A_MESSAGE "]"}, BRC_E_INVALID, "message: is not an object"},
    {{MESSAGE, NULL, "\"user\""}, BRC_E_INVALID, "message: is not an object"},
    {{MESSAGE, NULL, "null"}, BRC_E_INVALID, "message: is not an object"},
    {{MESSAGE, NULL, "{}"}, BRC_E_INVALID, "message: is not an object"},
    {{MESSAGE, NULL, "{\"role\":\"user\"}"}, BRC_E_INVALID, "message: is not an object"},
    {{MESSAGE, NULL, "{\"content\":[]}"}, BRC_E_INVALID, "message: is not an object"},
    {{MESSAGE, NULL, "{\"role\":1,\"content\":[]}"}, BRC_E_INVALID, "message: is not an object"},
    {{MESSAGE, NULL, "{\"role\":\"user\",\"content\":\"x\"}"},
     BRC_E_INVALID,
     "message: is not an object"},
    {{MESSAGE, NULL, A_MESSAGE "," A_MESSAGE}, BRC_E_INVALID, "message is not acceptable JSON"},
    {{MESSAGE, NULL, A_MESSAGE "}"}, BRC_E_INVALID, "message is not acceptable JSON"},
    {{MESSAGE, NULL, A_MESSAGE "],\"modelId\":\"x\",\"y\":["},
     BRC_E_INVALID,
     "message is not acceptable JSON"},
    {{MESSAGE, NULL, "{\"role\":\"user\",\"content\":[]"},
     BRC_E_INVALID,
     "message is not acceptable JSON"},
    {{MESSAGE, NULL, "{\"role\":\"user\",\"role\":\"user\",\"content\":[]}"},
     BRC_E_INVALID,
     "message is not acceptable JSON"},
    {{MESSAGE, NULL, "{\"role\":\"user\",\"content\":[{\"text\":\"\\u0000\"}]}"},
     BRC_E_INVALID,
     "message is not acceptable JSON"},
    {{MESSAGE, NULL, "{\"role\":\"user\",\"content\":[{\"text\":\"\\ud800\"}]}"},
     BRC_E_INVALID,
     "message is not acceptable JSON"},
    {{MESSAGE, NULL, "{\"role\":\"user\",\"content\":[{\"text\":\"\xff\"}]}"},
     BRC_E_INVALID,
     "message is not acceptable JSON"},
    {{STOP, NULL, NULL}, BRC_E_INVALID, "stop sequence: is empty"},
    {{STOP, NULL, ""}, BRC_E_INVALID, "stop sequence: is empty"},
    {{STOP, NULL, "\xff"}, BRC_E_INVALID, "stop sequence: is not UTF-8"},
    {{MAX, NULL, "0 0"}, BRC_E_RANGE, "maxTokens: "},
    {{MAX, NULL, "-1 -1"}, BRC_E_RANGE, "maxTokens: "},
    {{MAX, NULL, "2147483648 1"}, BRC_E_RANGE, "maxTokens: "},
    {{MAX, NULL, "9223372036854775807 1"}, BRC_E_RANGE, "maxTokens: "},
    {{MAX, NULL, "10 0"}, BRC_E_RANGE, "maxTokens: "},
    {{MAX, NULL, "10 11"}, BRC_E_RANGE, "maxTokens: "},
    {{JSON, NULL, "1"}, BRC_E_INVALID, "member: "},
    {{JSON, "", "1"}, BRC_E_INVALID, "member: "},
    {{JSON, "1a", "1"}, BRC_E_INVALID, "member: "},
    {{JSON, "a b", "1"}, BRC_E_INVALID, "member: "},
    {{JSON, "a_b", "1"}, BRC_E_INVALID, "member: "},
    {{JSON, "a\"", "1"}, BRC_E_INVALID, "member: "},
    {{JSON, "x\":1,\"modelId", "1"}, BRC_E_INVALID, "member: "},
    {{JSON, "\\u006dodelId", "1"}, BRC_E_INVALID, "member: "},
    {{JSON, "caf\xc3\xa9", "1"}, BRC_E_INVALID, "member: "},
    {{JSON, "a2345678901234567890123456789012345678901234567890123456789012345", "1"},
     BRC_E_INVALID,
     "member: "},
    {{JSON, "modelId", "\"x\""}, BRC_E_INVALID, "modelId: "},
    {{JSON, "messages", "[]"}, BRC_E_INVALID, "messages: "},
    {{JSON, "a", NULL}, BRC_E_INVALID, "a: is empty"},
    {{JSON, "a", ""}, BRC_E_INVALID, "a: is empty"},
    {{JSON, "a", "1,\"modelId\":2"}, BRC_E_INVALID, "a is not acceptable JSON"},
    {{JSON, "a", "{\"b\":1"}, BRC_E_INVALID, "a is not acceptable JSON"},
    {{JSON, "a", "{\"b\":1}}"}, BRC_E_INVALID, "a is not acceptable JSON"},
    {{JSON, "a", "{\"b\":1,\"b\":1}"}, BRC_E_INVALID, "a is not acceptable JSON"},
    {{JSON, "a", "\"\\u0000\""}, BRC_E_INVALID, "a is not acceptable JSON"},
    {{JSON, "a", "\"\xff\""}, BRC_E_INVALID, "a is not acceptable JSON"},
    {{JSON, "system", "{\"text\":\"x\"}"}, BRC_E_INVALID, "system: is not an array"},
    {{JSON, "system", "\"x\""}, BRC_E_INVALID, "system: is not an array"},
    {{JSON, "inferenceConfig", "[]"}, BRC_E_INVALID, "inferenceConfig: is not an object"},
    {{JSON, "inferenceConfig", "null"}, BRC_E_INVALID, "inferenceConfig: is not an object"},
    {{JSON, "requestMetadata", "\"x\""}, BRC_E_INVALID, "requestMetadata: is not an object"},
};

/* Takes a step that fails: it says why and changes nothing. */
static void be_refused(brc_request *request, struct step step, int code, const char *reason)
{
    brc__auto_free char *before = body_of(request);

    ck_assert_str_eq(brc_request_error(request), "");
    int rc = take_step(request, step);
    const char *error = brc_request_error(request);
    ck_assert_msg(rc == code, "%d: %s", rc, error);
    ck_assert_msg(strstr(error, reason) == error, "%s", error);
    brc__auto_free char *after = body_of(request);
    ck_assert_str_eq(before, after);
}

START_TEST(call_is_refused)
{
    brc_request *request = build((const struct step[STEPS]){{TEXT, "user", "x"}});

    be_refused(request, refusals[_i].step, refusals[_i].code, refusals[_i].reason);
    brc_request_free(request);
}
END_TEST

/* A member set twice, in every combination of the ways to set it. */
static const struct {
    struct step first, second;
    const char *reason;
} repetitions[] = {
    {{JSON, "a", "1"}, {JSON, "a", "2"}, "a: is set already"},
    {{JSON, "a", "{\"b\":1}"}, {JSON, "a", "{\"c\":1}"}, "a: is set already"},
    {{JSON, "requestMetadata", "{}"},
     {JSON, "requestMetadata", "{}"},
     "requestMetadata: is set already"},
    {{JSON, "inferenceConfig", "{\"temperature\":1}"},
     {JSON, "inferenceConfig", "{\"topP\":1}"},
     "inferenceConfig: is set already"},
    {{MAX, NULL, "1 1"},
     {JSON, "inferenceConfig", "{\"maxTokens\":1}"},
     "inferenceConfig.maxTokens: is set already"},
    {{MAX, NULL, "1 1"},
     {JSON, "inferenceConfig", "{\"max\\u0054okens\":1}"},
     "inferenceConfig.maxTokens: is set already"},
    {{JSON, "inferenceConfig", "{\"maxTokens\":1}"},
     {MAX, NULL, "1 1"},
     "maxTokens: is set already"},
    {{STOP, NULL, "END"},
     {JSON, "inferenceConfig", "{\"stopSequences\":[]}"},
     "inferenceConfig.stopSequences: is set already"},
    {{JSON, "inferenceConfig", "{\"stopSequences\":[]}"},
     {STOP, NULL, "END"},
     "stopSequences: is set already"},
};

START_TEST(member_is_set_once)
{
    brc_request *request = build((const struct step[STEPS]){
        {TEXT, "user", "x"}, {JSON, "other", "1"}, repetitions[_i].first});

    be_refused(request, repetitions[_i].second, BRC_E_INVALID, repetitions[_i].reason);
    brc_request_free(request);
}
END_TEST

START_TEST(nul_is_refused_wherever_it_stands)
{
    brc_request *request = build((const struct step[STEPS]){{TEXT, "user", "x"}});
    brc__auto_free char *before = body_of(request);

    ck_assert_int_eq(brc_request_add_text(request, "user", "a\0b", 3), BRC_E_INVALID);
    ck_assert_int_eq(brc_request_add_text(request, "system", "", 1), BRC_E_INVALID);
    ck_assert_int_eq(brc_request_add_stop(request, "a\0", 2), BRC_E_INVALID);
    ck_assert_int_eq(brc_request_set_json(request, "a", "\"a\0b\"", 5), BRC_E_INVALID);
    ck_assert_int_eq(brc_request_set_json(request, "a", "1\0", 2), BRC_E_INVALID);
    ck_assert_int_eq(brc_request_add_message(request, A_MESSAGE, sizeof A_MESSAGE), BRC_E_INVALID);
    brc__auto_free char *after = body_of(request);
    ck_assert_str_eq(before, after);
    brc_request_free(request);
}
END_TEST

START_TEST(null_is_refused_not_crashed_on)
{
    brc_request *request = (brc_request *)-1;

    ck_assert_int_eq(brc_request_new(NULL, &request), BRC_E_INVALID);
    ck_assert_ptr_null(request);
    ck_assert_int_eq(brc_request_new(ARN, NULL), BRC_E_INVALID);
    for (int call = TEXT; call <= MAX; call++)
        ck_assert_int_eq(take_step(NULL, (struct step){call, "user", "1 1"}), BRC_E_INVALID);
    ck_assert_str_ne(brc_request_error(NULL), "");
    ck_assert_ptr_null(brc_request_free(NULL));
}
END_TEST

START_TEST(stop_sequences_have_an_end)
{
    brc_request *request = build((const struct step[STEPS]){{TEXT, "user", "x"}});

    for (int i = 0; i < 2500; i++)
        ck_assert_int_eq(brc_request_add_stop(request, "x", 1), 0);
    brc__auto_free char *before = body_of(request);
    ck_assert_int_eq(brc_request_add_stop(request, "x", 1), BRC_E_RANGE);
    brc__auto_free char *after = body_of(request);
    ck_assert_str_eq(before, after);
    brc_request_free(request);
}
END_TEST

static const struct {
    int depth;
    int code;
} depths[] = {{2000, 0}, {200 * 1000, BRC_E_INVALID}};

START_TEST(nesting_has_an_end)
{
    int depth = depths[_i].depth;
    brc_request *request = new_request();
    brc__auto_buf struct brc__buf json = BRC__BUF(1000 * 1000), message = BRC__BUF(1000 * 1000);

    for (int i = 0; i < 2 * depth; i++)
        brc__buf_text(&json, i < depth ? "[" : "]");
    brc__buf_appendf(&message, "{\"role\":\"user\",\"content\":%s}", json.data);
    ck_assert_int_eq(brc_request_set_json(request, "a", json.data, json.length), depths[_i].code);
    ck_assert_int_eq(brc_request_add_message(request, message.data, message.length),
                     depths[_i].code);
    brc_request_free(request);
}
END_TEST

/* A text of n bytes, to be freed. */
static char *long_text(size_t n)
{
    char *text = malloc(n + 1);

    ck_assert_ptr_nonnull(text);
    memset(text, 'x', n);
    text[n] = '\0';
    return text;
}

/* One call with a value of n bytes. */
static int take_long_step(brc_request *request, struct step step, size_t n)
{
    static const char start[] = "{\"role\":\"user\",\"content\":[\"", end[] = "\"]}";
    brc__auto_free char *value = long_text(n);

    if (step.call == MESSAGE) {
        memcpy(value, start, strlen(start));
        memcpy(value + n - strlen(end), end, strlen(end));
    } else if (step.call == JSON) {
        value[0] = value[n - 1] = '"';
    }
    step.value = value;
    return take_step(request, step);
}

static const struct step long_steps[] = {
    {TEXT, "user", NULL}, {TEXT, "system", NULL}, {MESSAGE, NULL, NULL},
    {STOP, NULL, NULL},   {JSON, "a", NULL},
};

START_TEST(value_above_20_megabytes_is_refused)
{
    brc_request *request = build((const struct step[STEPS]){{TEXT, "user", "x"}});
    brc__auto_free char *before = body_of(request);

    ck_assert_int_eq(take_long_step(request, long_steps[_i], 20 * 1000 * 1000 + 1),
                     BRC_E_TOO_LARGE);
    ck_assert_int_eq(take_long_step(request, long_steps[_i], 20 * 1000 * 1000 - 10),
                     BRC_E_TOO_LARGE);
    brc__auto_free char *after = body_of(request);
    ck_assert_str_eq(before, after);
    brc_request_free(request);
}
END_TEST

START_TEST(values_above_20_megabytes_in_sum_are_refused)
{
    brc_request *request =
        build((const struct step[STEPS]){{TEXT, "user", "x"}, {JSON, "b", "{\"c\":1}"}});

    ck_assert_int_eq(take_long_step(request, (struct step){TEXT, "user", NULL}, 10 * 1000 * 1000),
                     0);
    brc__auto_free char *before = body_of(request);
    ck_assert_int_eq(take_long_step(request, long_steps[_i], 10 * 1000 * 1000), BRC_E_TOO_LARGE);
    ck_assert_ptr_nonnull(strstr(brc_request_error(request), "20000000"));
    brc__auto_free char *after = body_of(request);
    ck_assert_str_eq(before, after);
    brc_request_free(request);
}
END_TEST

START_TEST(metadata_that_has_no_room_is_not_kept)
{
    static const char metadata[] = "{\"a\":\"a value that is too long\"}";
    brc_request *request = new_request();

    ck_assert_int_eq(
        take_long_step(request, (struct step){TEXT, "user", NULL}, 20 * 1000 * 1000 - 200), 0);
    ck_assert_int_eq(take_step(request, (struct step){JSON, "requestMetadata", metadata}),
                     BRC_E_TOO_LARGE);
    ck_assert_ptr_null(request->metadata);
    ck_assert_int_eq(take_step(request, (struct step){JSON, "requestMetadata", "{}"}), 0);
    ck_assert_str_eq(request->metadata, "{}");
    brc_request_free(request);
}
END_TEST

/* Whatever was accepted can be sent, up to the last byte. */
START_TEST(request_filled_to_the_brim_has_a_body)
{
    brc_request *request = build((const struct step[STEPS]){
        {TEXT, "user", "x"},
        {TEXT, "system", "x"},
        {MAX, NULL, "2147483647 1"},
        {JSON, "inferenceConfig", "{\"topP\":1}"},
        {JSON, "requestMetadata", "{\"team\":\"a\"}"},
    });

    ck_assert_int_eq(
        take_long_step(request, (struct step){TEXT, "user", NULL}, 20 * 1000 * 1000 - 1000), 0);
    int stops = 0, rc = 0;
    while (rc == 0) {
        rc = brc_request_add_stop(request, "x", 1);
        stops += rc == 0;
    }
    ck_assert_int_eq(rc, BRC_E_TOO_LARGE);
    ck_assert_int_gt(stops, 1);
    brc__auto_free char *body = body_of(request);
    size_t length = strlen(body);
    ck_assert_uint_le(length, 20 * 1000 * 1000);
    ck_assert_uint_gt(length, 20 * 1000 * 1000 - 128);
    brc_request_free(request);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("request_refused");
    TCase *tests = tcase_create("request_refused");

    tcase_add_loop_test(tests, call_is_refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_loop_test(tests, member_is_set_once, 0, sizeof repetitions / sizeof *repetitions);
    tcase_add_test(tests, nul_is_refused_wherever_it_stands);
    tcase_add_test(tests, null_is_refused_not_crashed_on);
    tcase_add_test(tests, stop_sequences_have_an_end);
    tcase_add_loop_test(tests, nesting_has_an_end, 0, sizeof depths / sizeof *depths);
    tcase_add_loop_test(tests, value_above_20_megabytes_is_refused, 0,
                        sizeof long_steps / sizeof *long_steps);
    tcase_add_loop_test(tests, values_above_20_megabytes_in_sum_are_refused, 0,
                        sizeof long_steps / sizeof *long_steps);
    tcase_add_test(tests, metadata_that_has_no_room_is_not_kept);
    tcase_add_test(tests, request_filled_to_the_brim_has_a_body);
    suite_add_tcase(suite, tests);
    return run(suite);
}
