/* Faults that wait for a call: how many pass first, which operation, and calls that are not carried
 * out at all.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

#include <stdlib.h>
#include <string.h>

#define PROFILE                                                                                    \
    "{\"inferenceProfileName\":\"n\",\"modelSource\":{\"copyFrom\":"                               \
    "\"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0\"}}"

static int list_status(void)
{
    struct response response = call("GET", "/inference-profiles?type=APPLICATION", NULL);
    int status = response.status;

    response_free(&response);
    return status;
}

static size_t count_profiles(void)
{
    json_t *page = expect_json(call("GET", "/inference-profiles?type=APPLICATION", NULL), 200);
    size_t n = json_array_size(json_object_get(page, "inferenceProfileSummaries"));

    json_decref(page);
    return n;
}

static int create_status(void)
{
    struct response response = call("POST", "/inference-profiles", PROFILE);
    int status = response.status;

    response_free(&response);
    return status;
}

START_TEST(test_skip)
{
    add_fault("{\"skip\":2,\"status\":500,\"count\":2}");
    ck_assert_int_eq(list_status(), 200);
    ck_assert_int_eq(list_status(), 200);
    ck_assert_uint_eq(faults_left(), 1);
    ck_assert_int_eq(list_status(), 500);
    ck_assert_uint_eq(faults_left(), 1);
    ck_assert_int_eq(list_status(), 500);
    ck_assert_uint_eq(faults_left(), 0);
    ck_assert_int_eq(list_status(), 200);
}
END_TEST

/* Only calls that fit are counted, and a fault that waits lets others go first. */
START_TEST(test_skip_counts_what_fits)
{
    add_fault("{\"skip\":1,\"operation\":\"CreateInferenceProfile\",\"status\":500}");
    add_fault("{\"type\":\"ThrottlingException\"}");
    ck_assert_int_eq(list_status(), 429);
    ck_assert_int_eq(list_status(), 200);
    ck_assert_int_eq(create_status(), 201);
    ck_assert_int_eq(create_status(), 500);
    ck_assert_int_eq(create_status(), 201);
}
END_TEST

START_TEST(test_operation)
{
    add_fault("{\"operation\":\"CreateInferenceProfile\",\"status\":500}");
    ck_assert_int_eq(list_status(), 200);
    ck_assert_uint_eq(faults_left(), 1);
    ck_assert_int_eq(create_status(), 500);
    ck_assert_uint_eq(count_profiles(), 0);
}
END_TEST

START_TEST(test_service)
{
    add_fault("{\"service\":\"bedrock-runtime\",\"status\":500}");
    ck_assert_int_eq(list_status(), 200);
    expect_error(converse(RAW, HELLO), 500, "InternalServerException", NULL);
}
END_TEST

/* A call that is dropped did nothing; one whose answer is cut off did. */
START_TEST(test_drop)
{
    add_fault("{\"drop\":true,\"operation\":\"CreateInferenceProfile\"}");
    ck_assert_int_eq(create_status(), 0);
    ck_assert_uint_eq(count_profiles(), 0);
    add_fault("{\"cut\":-1,\"operation\":\"CreateInferenceProfile\"}");
    ck_assert_int_eq(create_status(), 0);
    ck_assert_uint_eq(count_profiles(), 1);
}
END_TEST

START_TEST(test_drop_of_a_model)
{
    struct response response;
    json_t *bill;

    add_fault("{\"drop\":true,\"delayMs\":1}");
    response = converse(RAW, HELLO);
    ck_assert_int_eq(response.status, 0);
    response_free(&response);
    bill = get_bill();
    ck_assert_int_eq(integer_at(bill, "totals", "calls"), 0);
    json_decref(bill);
}
END_TEST

static const char *const REFUSED[] = {
    "{\"skip\":-1}",     "{\"skip\":\"1\"}", "{\"operation\":\"\"}",
    "{\"operation\":1}", "{\"drop\":1}",     "{\"service\":[]}",
};

START_TEST(test_refused)
{
    expect_error(own("POST", "/_emulator/faults", REFUSED[_i]), 400, "ValidationException", NULL);
    ck_assert_uint_eq(faults_left(), 0);
}
END_TEST

/* Every call is counted by its operation, carried out or not. */
START_TEST(test_operations_are_counted)
{
    json_t *bill;

    add_fault("{\"status\":500}");
    ck_assert_int_eq(create_status(), 500);
    ck_assert_int_eq(create_status(), 201);
    expect_error(call("POST", "/inference-profiles", "{}"), 400, "ValidationException", NULL);
    ck_assert_int_eq(list_status(), 200);
    expect_error(call("GET", "/nothing", NULL), 404, "UnknownOperationException", NULL);
    bill = get_bill();
    ck_assert_int_eq(integer_at(bill, "operations", "CreateInferenceProfile"), 3);
    ck_assert_int_eq(integer_at(bill, "operations", "ListInferenceProfiles"), 1);
    ck_assert_uint_eq(json_object_size(json_object_get(bill, "operations")), 2);
    ck_assert_int_eq(integer_at(bill, "requests", "seen"), 5);
    json_decref(bill);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("faults_aimed");
    TCase *tcase = emulator_case(suite, "faults_aimed");

    tcase_add_test(tcase, test_skip);
    tcase_add_test(tcase, test_skip_counts_what_fits);
    tcase_add_test(tcase, test_operation);
    tcase_add_test(tcase, test_service);
    tcase_add_test(tcase, test_drop);
    tcase_add_test(tcase, test_drop_of_a_model);
    tcase_add_loop_test(tcase, test_refused, 0, COUNT(REFUSED));
    tcase_add_test(tcase, test_operations_are_counted);
    return run_suite(suite, argc, argv);
}
