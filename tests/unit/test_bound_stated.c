/* The bound that a caller states; maxTokens lowered in a body.
 * SPDX-License-Identifier: MIT */
#include "request_steps.h"
#include "run.h"

#include <bound.h>
#include <json.h>
#include <json_text.h>

#include <string.h>

#define HELLO                                                                                      \
    {                                                                                              \
        TEXT, "user", "hello"                                                                      \
    }

/* ---- what is stated */

static const struct {
    const char *max;
    int64_t input, output;
    int64_t expected_output, expected_least;
} statements[] = {
    {NULL, 0, 0, 0, 0},
    {NULL, 7, 30, 30, 30},
    {"50 10", 7, 0, 50, 10},
    {"50 10", 7, 30, 50, 30}, /* maxTokens allows more than is stated */
    {"50 10", 7, 50, 50, 50},
    {"50 10", 7, 80, 80, 80}, /* and less: a tool of AWS's may write, too */
    {"50 50", INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX},
};

START_TEST(adds_what_is_stated)
{
    const struct step steps[STEPS] = {
        {TEXT, "user", "x"},
        {statements[_i].max == NULL ? NONE : MAX, NULL, statements[_i].max},
    };
    brc_request *request = build(steps);
    struct brc__bound bound;

    ck_assert_int_eq(brc_request_set_bound(request, 3, 99), 0); /* the last one counts */
    ck_assert_int_eq(brc_request_set_bound(request, statements[_i].input, statements[_i].output),
                     0);
    ck_assert_int_eq(brc__bound_of(request, &bound), 0);
    ck_assert_int_eq(bound.input, 65 + statements[_i].input);
    ck_assert_int_eq(bound.output, statements[_i].expected_output);
    ck_assert_int_eq(bound.output_least, statements[_i].expected_least);
    brc__bound_clear(&bound);
    brc_request_free(request);
}
END_TEST

START_TEST(refuses_bounds)
{
    static const int64_t wrong[][2] = {
        {-1, 0}, {0, -1}, {INT64_C(1) << 31, 0}, {0, INT64_C(1) << 31}};
    brc_request *request = build((const struct step[STEPS]){HELLO});
    struct brc__bound bound;

    ck_assert_int_eq(brc_request_set_bound(NULL, 0, 0), BRC_E_INVALID);
    ck_assert_int_eq(brc_request_set_bound(request, 9, 9), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_int_eq(brc_request_set_bound(request, wrong[i][0], wrong[i][1]), BRC_E_RANGE);
        ck_assert_ptr_nonnull(strstr(brc_request_error(request), "2147483647"));
    }
    ck_assert_int_eq(brc__bound_of(request, &bound), 0);
    ck_assert_int_eq(bound.input, 64 + 5 + 9); /* it stays as it was */
    ck_assert_int_eq(bound.output, 9);
    brc__bound_clear(&bound);
    brc_request_free(request);
}
END_TEST

/* ---- lowering maxTokens */

static const struct step lowered[][STEPS] = {
    {HELLO, {MAX, NULL, "12345 10"}},
    {HELLO, {MAX, NULL, "12345 10"}, {TEXT, "system", "\"maxTokens\":99999"}},
    {{TEXT, "user", "\"inferenceConfig\":{\"maxTokens\":99999"},
     {MAX, NULL, "12345 1"},
     {STOP, NULL, "7"}},
    {HELLO,
     {MAX, NULL, "12345 1"},
     {JSON, "inferenceConfig", "{\"topP\":1}"},
     {JSON, "toolConfig", "{\"maxTokens\":5}"}},
};

START_TEST(lowers_max_tokens)
{
    static const int64_t values[] = {12345, 9999, 10, 1, 12344};
    brc_request *request = build(lowered[_i]);
    struct brc__buf body = BRC__BUF(BRC__CEILING_REQUEST);
    struct brc__error error = {0};
    int64_t read;

    ck_assert_int_eq(brc__request_body(request, &body, &error), 0);
    size_t length = body.length, at = brc__request_max_tokens_at(request);
    brc__auto_free char *before = brc__strndup(body.data, length);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        ck_assert_int_eq(brc__request_lower_max_tokens(&body, at, values[i]), 0);
        ck_assert_uint_eq(body.length, length);
        ck_assert_int_eq(brc__json_check(body.data, length, "body", &error), 0);
        struct brc__json config =
            brc__json_member(brc__json_of(body.data, length), "inferenceConfig");
        ck_assert(brc__json_count(brc__json_member(config, "maxTokens"), &read));
        ck_assert_int_eq(read, values[i]);
        /* nothing else changes */
        ck_assert_int_eq(memcmp(body.data, before, at), 0);
        ck_assert_int_eq(memcmp(body.data + at + 5, before + at + 5, length - at - 5), 0);
    }
    ck_assert_int_eq(brc__request_lower_max_tokens(&body, at, 123456), BRC_E_INVALID);
    ck_assert_int_eq(brc__request_lower_max_tokens(&body, at, 0), BRC_E_INVALID);
    ck_assert_int_eq(brc__request_lower_max_tokens(&body, at, -1), BRC_E_INVALID);
    ck_assert_int_eq(brc__request_lower_max_tokens(&body, 0, 5), BRC_E_INVALID);
    ck_assert_int_eq(brc__request_lower_max_tokens(&body, length, 5), BRC_E_INVALID);
    ck_assert_int_eq(brc__request_lower_max_tokens(&body, at - 1, 5), BRC_E_INVALID);
    brc__buf_free(&body);
    brc_request_free(request);
}
END_TEST

START_TEST(some_have_nothing_to_lower)
{
    static const struct step fixed[][STEPS] = {
        {HELLO},
        {HELLO, {STOP, NULL, "7"}},
        {HELLO, {JSON, "inferenceConfig", "{\"maxTokens\":50}"}}};

    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        brc_request *request = build(fixed[i]);
        ck_assert_uint_eq(brc__request_max_tokens_at(request), 0);
        brc_request_free(request);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bound stated");
    TCase *tcase = tcase_create("bound stated");

    tcase_add_loop_test(tcase, adds_what_is_stated, 0, sizeof statements / sizeof *statements);
    tcase_add_test(tcase, refuses_bounds);
    tcase_add_loop_test(tcase, lowers_max_tokens, 0, sizeof lowered / sizeof *lowered);
    tcase_add_test(tcase, some_have_nothing_to_lower);
    suite_add_tcase(suite, tcase);
    return run(suite);
}
