/* Faults on demand: errors, broken answers, delays, and which calls they strike.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_int_t billed_calls(void)
{
    json_t *bill = get_bill();
    json_int_t calls = integer_at(bill, "totals", "calls");

    json_decref(bill);
    return calls;
}

/* ---- errors ---- */

static const struct {
    const char *type;
    int status;
    int billed;
} ERRORS[] = {
    {"AccessDeniedException", 403, 0},     {"ThrottlingException", 429, 0},
    {"ResourceNotFoundException", 404, 0}, {"ModelTimeoutException", 408, 1},
    {"InternalServerException", 500, 0},   {"ServiceUnavailableException", 503, 0},
    {"ValidationException", 400, 0},       {"ModelNotReadyException", 429, 0},
    {"ModelErrorException", 424, 1},       {"ConflictException", 400, 0},
    {"TooManyTagsException", 400, 0},      {"ServiceQuotaExceededException", 400, 0},
    {"ExpiredTokenException", 403, 0},
};

START_TEST(test_error)
{
    char *fault = text("{\"type\":\"%s\",\"message\":\"as asked\"}", ERRORS[_i].type);

    add_fault(fault);
    expect_error(converse(RAW, HELLO), ERRORS[_i].status, ERRORS[_i].type, "as asked");
    ck_assert_int_eq(billed_calls(), ERRORS[_i].billed);
    json_decref(expect_json(converse(RAW, HELLO), 200));
    free(fault);
}
END_TEST

/* The members that AWS's model gives an error besides its message. */
START_TEST(test_error_members)
{
    struct response response;

    add_fault("{\"type\":\"ModelErrorException\"}");
    response = converse(RAW, HELLO);
    ck_assert(json_is_integer(json_object_get(response.json, "originalStatusCode")));
    ck_assert_pstr_eq(json_string_value(json_object_get(response.json, "resourceName")),
                      "us.amazon.nova-lite-v1:0");
    response_free(&response);
    add_fault("{\"type\":\"TooManyTagsException\"}");
    response = call("POST", "/tagResource", "{\"resourceARN\":\"an-arn\"}");
    ck_assert_pstr_eq(json_string_value(json_object_get(response.json, "resourceName")), "an-arn");
    ck_assert_ptr_null(json_object_get(response.json, "originalStatusCode"));
    response_free(&response);
    add_fault("{\"type\":\"ThrottlingException\"}");
    response = converse(RAW, HELLO);
    ck_assert_uint_eq(json_object_size(response.json), 1);
    response_free(&response);
}
END_TEST

static const struct {
    const char *method;
    const char *target;
    const char *body;
} OPERATIONS[] = {
    {"POST", RAW_TARGET, HELLO},
    {"POST", "/model/" RAW "/count-tokens", "{}"},
    {"GET", "/foundation-models", NULL},
    {"POST", "/inference-profiles", "{}"},
    {"GET", "/inference-profiles/abcdef123456", NULL},
    {"GET", "/inference-profiles", NULL},
    {"DELETE", "/inference-profiles/abcdef123456", NULL},
    {"POST", "/tagResource", "{}"},
    {"POST", "/untagResource", "{}"},
    {"POST", "/listTagsForResource", "{}"},
};

START_TEST(test_every_operation)
{
    add_fault("{\"status\":403,\"type\":\"AccessDeniedException\",\"message\":\"no\"}");
    expect_error(call(OPERATIONS[_i].method, OPERATIONS[_i].target, OPERATIONS[_i].body), 403,
                 "AccessDeniedException", "no");
}
END_TEST

START_TEST(test_status_alone)
{
    struct response response;

    add_fault("{\"status\":429}");
    expect_error(converse(RAW, HELLO), 429, "ThrottlingException", NULL);
    add_fault("{\"status\":418,\"type\":\"com.amazon#Teapot:http://x/\"}");
    expect_error(converse(RAW, HELLO), 418, "com.amazon#Teapot:http://x/", NULL);
    add_fault("{\"type\":\"NewException\"}");
    expect_error(converse(RAW, HELLO), 500, "NewException", NULL);
    add_fault("{\"status\":302}");
    response = converse(RAW, HELLO);
    ck_assert_int_eq(response.status, 302);
    ck_assert_str_eq(response.error_type, "");
    response_free(&response);
    add_fault("{\"status\":202}");
    json_decref(expect_json(converse(RAW, HELLO), 202));
    ck_assert_int_eq(billed_calls(), 1);
}
END_TEST

/* ---- broken answers ---- */

START_TEST(test_cut)
{
    struct response whole = converse(RAW, HELLO);
    struct response response;

    add_fault("{\"cut\":-1}");
    response = converse(RAW, HELLO);
    ck_assert_int_eq(response.status, 0);
    response_free(&response);
    for (size_t n = 0; n < 3; n++) {
        const size_t cuts[] = {0, 1, whole.body_len - 1};
        char *fault = text("{\"cut\":%zu}", cuts[n]);

        add_fault(fault);
        response = converse(RAW, HELLO);
        ck_assert_int_eq(response.status, 200);
        ck_assert(!response.complete);
        ck_assert_uint_eq(response.body_len, cuts[n]);
        ck_assert_int_eq(memcmp(response.body, whole.body, cuts[n]), 0);
        response_free(&response);
        free(fault);
    }
    add_fault("{\"cut\":2000000000}"); /* longer than the answer: no cut */
    response = converse(RAW, HELLO);
    ck_assert(response.complete);
    response_free(&response);
    add_fault("{\"status\":500,\"cut\":3}");
    response = converse(RAW, HELLO);
    ck_assert_int_eq(response.status, 500);
    ck_assert_uint_eq(response.body_len, 3);
    response_free(&response);
    response_free(&whole);
    ck_assert_int_eq(billed_calls(), 6);
}
END_TEST

START_TEST(test_garbage)
{
    struct response response;

    add_fault("{\"garbage\":true}");
    response = converse(RAW, HELLO);
    ck_assert_int_eq(response.status, 200);
    ck_assert(response.complete);
    ck_assert_uint_gt(response.body_len, 100);
    ck_assert_ptr_null(response.json);
    response_free(&response);
    add_fault("{\"body\":\"<html>\\u00e9\\u0000\"}");
    response = converse(RAW, HELLO);
    ck_assert_uint_eq(response.body_len, 9);
    ck_assert_int_eq(memcmp(response.body, "<html>\xc3\xa9\0", 9), 0);
    response_free(&response);
    add_fault("{\"body\":\"\"}");
    response = converse(RAW, HELLO);
    ck_assert_int_eq(response.status, 200);
    ck_assert(response.complete);
    ck_assert_uint_eq(response.body_len, 0);
    response_free(&response);
    ck_assert_int_eq(billed_calls(), 3);
}
END_TEST

/* ---- delays ---- */

#define DELAYED 50

/* Fifty answers wait side by side, and nobody else waits for them. */
START_TEST(test_delay)
{
    int fds[DELAYED];

    add_fault("{\"delayMs\":600000,\"count\":50}");
    for (int i = 0; i < DELAYED; i++)
        fds[i] = start_converse();
    while (faults_left() > 0)
        ;
    json_decref(expect_json(converse(RAW, HELLO), 200));
    for (int i = 0; i < DELAYED; i++) {
        ck_assert_int_eq(poll(&(struct pollfd){fds[i], POLLIN, 0}, 1, 0), 0);
        close(fds[i]);
    }
}
END_TEST

START_TEST(test_delays_end)
{
    json_int_t start = milliseconds();
    int fds[DELAYED];

    add_fault("{\"delayMs\":300,\"count\":50}");
    for (int i = 0; i < DELAYED; i++)
        fds[i] = start_converse();
    for (int i = 0; i < DELAYED; i++)
        json_decref(expect_json(read_response(fds[i]), 200));
    ck_assert_int_ge(milliseconds() - start, 300);
}
END_TEST

START_TEST(test_delays_in_order)
{
    int late, early;

    add_fault("{\"delayMs\":600000}");
    late = start_converse();
    while (faults_left() > 0)
        ;
    add_fault("{\"delayMs\":100}");
    early = start_converse();
    json_decref(expect_json(read_response(early), 200));
    ck_assert_int_eq(poll(&(struct pollfd){late, POLLIN, 0}, 1, 0), 0);
    close(late);
}
END_TEST

/* A client that gives up is billed all the same, and the emulator lives. */
START_TEST(test_client_gives_up)
{
    add_fault("{\"delayMs\":200}");
    close(start_converse());
    while (faults_left() > 0)
        ;
    while (billed_calls() == 0)
        usleep(1000);
    json_decref(expect_json(converse(RAW, HELLO), 200));
    ck_assert_int_eq(billed_calls(), 2);
}
END_TEST

/* ---- which calls ---- */

START_TEST(test_count)
{
    add_fault("{\"status\":503,\"count\":2}");
    add_fault("{\"status\":429}");
    ck_assert_uint_eq(faults_left(), 2);
    expect_error(converse(RAW, HELLO), 503, "ServiceUnavailableException", NULL);
    expect_error(converse(RAW, HELLO), 503, "ServiceUnavailableException", NULL);
    ck_assert_uint_eq(faults_left(), 1);
    expect_error(own("POST", RAW_TARGET, HELLO), 403, "MissingAuthenticationTokenException", NULL);
    ck_assert_uint_eq(faults_left(), 1); /* a refused signature takes none */
    expect_error(converse(RAW, HELLO), 429, "ThrottlingException", NULL);
    ck_assert_uint_eq(faults_left(), 0);
    add_fault("{\"status\":503,\"count\":1000}");
    json_decref(expect_json(own("DELETE", "/_emulator/faults", NULL), 200));
    json_decref(expect_json(converse(RAW, HELLO), 200));
}
END_TEST

START_TEST(test_profile)
{
    char *arn = create_profile("n", NULL);
    const char *id = strrchr(arn, '/') + 1;
    char *encoded = encode(arn);
    const char *const models[] = {encoded, id};
    char *by_arn = text("{\"status\":429,\"profile\":\"%s\",\"count\":3}", arn);
    char *by_id = text("{\"status\":503,\"profile\":\"%s\",\"count\":3}", id);
    char *tags = text("{\"resourceARN\":\"%s\"}", arn);

    for (int i = 0; i < 2; i++) {
        add_fault(i == 0 ? by_arn : by_id);
        json_decref(expect_json(converse(RAW, HELLO), 200));
        json_decref(expect_json(call("GET", "/inference-profiles", NULL), 200));
        for (int j = 0; j < 2; j++)
            expect_error(converse(models[j], HELLO), i == 0 ? 429 : 503,
                         i == 0 ? "ThrottlingException" : "ServiceUnavailableException", NULL);
        expect_error(call("POST", "/listTagsForResource", tags), i == 0 ? 429 : 503,
                     i == 0 ? "ThrottlingException" : "ServiceUnavailableException", NULL);
        ck_assert_uint_eq(faults_left(), 0);
    }
    free(arn);
    free(encoded);
    free(by_arn);
    free(by_id);
    free(tags);
}
END_TEST

static const char *const BAD_FAULTS[] = {
    "",
    "[]",
    "{\"status\":\"429\"}",
    "{\"status\":199}",
    "{\"status\":600}",
    "{\"type\":\"\"}",
    "{\"type\":\"a b\"}",
    "{\"delayMs\":-1}",
    "{\"delayMs\":600001}",
    "{\"cut\":-2}",
    "{\"cut\":true}",
    "{\"count\":0}",
    "{\"garbage\":1}",
    "{\"body\":{}}",
    "{\"profile\":\"\"}",
};

START_TEST(test_bad_fault)
{
    struct response response = own("POST", "/_emulator/faults", BAD_FAULTS[_i]);

    ck_assert_int_eq(response.status, 400);
    response_free(&response);
    ck_assert_uint_eq(faults_left(), 0);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("faults");
    TCase *tcase = emulator_case(suite, "faults");

    tcase_add_loop_test(tcase, test_error, 0, COUNT(ERRORS));
    tcase_add_loop_test(tcase, test_every_operation, 0, COUNT(OPERATIONS));
    tcase_add_test(tcase, test_error_members);
    tcase_add_test(tcase, test_status_alone);
    tcase_add_test(tcase, test_cut);
    tcase_add_test(tcase, test_garbage);
    tcase_add_test(tcase, test_delay);
    tcase_add_test(tcase, test_delays_end);
    tcase_add_test(tcase, test_delays_in_order);
    tcase_add_test(tcase, test_client_gives_up);
    tcase_add_test(tcase, test_count);
    tcase_add_test(tcase, test_profile);
    tcase_add_loop_test(tcase, test_bad_fault, 0, COUNT(BAD_FAULTS));
    return run_suite(suite, argc, argv);
}
