/* The control plane beside profiles: one model, and where invocations are logged.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

#include <stdlib.h>
#include <string.h>

#define HAIKU   "anthropic.claude-3-haiku-20240307-v1"
#define LOGGING "/logging/modelinvocations"
#define ROLE    "arn:aws:iam::123456789012:role/logs"

/* ---- one model ---- */

static const char *string_of(const json_t *json, const char *member)
{
    const char *value = json_string_value(json_object_get(json, member));

    ck_assert_msg(value != NULL, "no string '%s'", member);
    return value;
}

/* Whatever names it, it is the one of the list. */
START_TEST(test_model)
{
    static const char *const NAMES[] = {
        HAIKU "%3A0", HAIKU ":0",
        "arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2F" HAIKU "%3A0"};
    char *target = text("/foundation-models/%s", NAMES[_i]);
    json_t *answer = expect_json(call("GET", target, NULL), 200);
    json_t *list = expect_json(call("GET", "/foundation-models?byProvider=Anthropic", NULL), 200);
    const json_t *details = json_object_get(answer, "modelDetails");
    const json_t *lifecycle = json_object_get(details, "modelLifecycle");
    const json_t *model;
    size_t n_equal = 0;
    size_t i;

    ck_assert_uint_eq(json_object_size(answer), 1);
    ck_assert_str_eq(string_of(details, "modelId"), HAIKU ":0");
    ck_assert_str_eq(string_of(lifecycle, "status"), "LEGACY");
    ck_assert_str_gt(string_of(lifecycle, "endOfLifeTime"), string_of(lifecycle, "legacyTime"));
    json_array_foreach(json_object_get(list, "modelSummaries"), i, model)
    {
        n_equal += (size_t)json_equal(model, details);
    }
    ck_assert_uint_eq(n_equal, 1);
    json_decref(answer);
    json_decref(list);
    free(target);
}
END_TEST

static const struct {
    const char *name;
    int status;
    const char *type;
} NO_MODELS[] = {
    {"anthropic.claude-nothing", 404, "ResourceNotFoundException"},
    {"arn%3Aaws%3Abedrock%3Aeu-west-1%3A%3Afoundation-model%2F" HAIKU "%3A0", 404,
     "ResourceNotFoundException"},
    {"claude", 400, "ValidationException"},
    {"arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Afoundation-model%2Fa.b", 400,
     "ValidationException"},
    {"a.b%2Fc", 400, "ValidationException"},
    {"a.b/c", 404, "UnknownOperationException"},
    {"", 404, "UnknownOperationException"},
    {"a.b/", 404, "UnknownOperationException"},
};

START_TEST(test_no_model)
{
    char *target = text("/foundation-models/%s", NO_MODELS[_i].name);

    expect_error(call("GET", target, NULL), NO_MODELS[_i].status, NO_MODELS[_i].type, NULL);
    free(target);
}
END_TEST

/* ---- logging ---- */

static const char *const CONFIGS[] = {
    "{\"s3Config\":{\"bucketName\":\"logs\",\"keyPrefix\":\"\"},\"textDataDeliveryEnabled\":true}",
    "{\"cloudWatchConfig\":{\"logGroupName\":\"g\",\"roleArn\":\"" ROLE "\","
    "\"largeDataDeliveryS3Config\":{\"bucketName\":\"big\"}},\"imageDataDeliveryEnabled\":false,"
    "\"embeddingDataDeliveryEnabled\":true,\"videoDataDeliveryEnabled\":true,"
    "\"audioDataDeliveryEnabled\":false}",
    "{}",
};

static json_t *logging_in(const char *region)
{
    struct signer signer = SIGNER;

    signer.region = region;
    return expect_json(call_as(&signer, "GET", LOGGING, NULL), 200);
}

START_TEST(test_logging)
{
    char *body = text("{\"loggingConfig\":%s}", CONFIGS[_i]);
    json_t *sent = json_loads(body, 0, NULL);
    json_t *answer = expect_json(call("PUT", LOGGING, body), 200);

    ck_assert_uint_eq(json_object_size(answer), 0);
    json_decref(answer);
    answer = logging_in("us-east-1");
    ck_assert(json_equal(answer, sent));
    json_decref(answer);
    answer = logging_in("us-west-2");
    ck_assert_uint_eq(json_object_size(answer), 0);
    json_decref(answer);
    json_decref(sent);
    free(body);
}
END_TEST

/* It is put as a whole: nothing of what was there stays. */
START_TEST(test_logging_is_replaced_and_deleted)
{
    json_t *answer;

    for (int i = 0; i < 2; i++) {
        char *body = text("{\"loggingConfig\":%s}", CONFIGS[i]);

        json_decref(expect_json(call("PUT", LOGGING, body), 200));
        free(body);
    }
    answer = logging_in("us-east-1");
    ck_assert_ptr_null(json_object_get(json_object_get(answer, "loggingConfig"), "s3Config"));
    json_decref(answer);
    for (int i = 0; i < 2; i++) {
        json_decref(expect_json(call("DELETE", LOGGING, NULL), 200));
        answer = logging_in("us-east-1");
        ck_assert_uint_eq(json_object_size(answer), 0);
        json_decref(answer);
    }
}
END_TEST

static const struct {
    const char *config;
    const char *part;
} REFUSED[] = {
    {"null", "loggingConfig"},
    {"{\"s3Config\":{}}", "bucketName"},
    {"{\"s3Config\":{\"bucketName\":\"ab\"}}", "greater than or equal to 3"},
    {"{\"cloudWatchConfig\":{\"logGroupName\":\"\",\"roleArn\":\"" ROLE "\"}}", "logGroupName"},
    {"{\"cloudWatchConfig\":{\"logGroupName\":\"g\"}}", "roleArn"},
    {"{\"cloudWatchConfig\":{\"logGroupName\":\"g\",\"roleArn\":\"logs\"}}", "role/.+"},
    {"{\"cloudWatchConfig\":{\"logGroupName\":\"g\","
     "\"roleArn\":\"arn:aws:iam::123456789012:user/logs\"}}",
     "role/.+"},
    {"{\"cloudWatchConfig\":{\"logGroupName\":\"g\",\"roleArn\":\"" ROLE "\","
     "\"largeDataDeliveryS3Config\":{\"keyPrefix\":\"p\"}}}",
     "largeDataDeliveryS3Config.bucketName"},
};

START_TEST(test_logging_refused)
{
    char *body = text("{\"loggingConfig\":%s}", REFUSED[_i].config);
    json_t *answer;

    expect_error(call("PUT", LOGGING, body), 400, "ValidationException", REFUSED[_i].part);
    answer = logging_in("us-east-1");
    ck_assert_uint_eq(json_object_size(answer), 0);
    json_decref(answer);
    free(body);
}
END_TEST

START_TEST(test_logging_malformed)
{
    expect_error(call("PUT", LOGGING, "{\"loggingConfig\":[]}"), 400, "SerializationException",
                 NULL);
    expect_error(call("PUT", LOGGING, "{\"loggingConfig\":{\"textDataDeliveryEnabled\":\"true\"}}"),
                 400, "SerializationException", NULL);
    expect_error(call("PUT", LOGGING, "{"), 400, "SerializationException", NULL);
    expect_error(call("PUT", LOGGING, NULL), 400, "ValidationException", NULL);
    expect_error(call("POST", LOGGING, "{}"), 404, "UnknownOperationException", NULL);
}
END_TEST

/* ---- system-defined profiles ---- */

/* All that is listed can be had, and leads to models where it may be called from. */
START_TEST(test_system_profiles)
{
    static const char *const REGIONS[] = {"us-east-1", "eu-central-1", "ap-northeast-1",
                                          "ap-southeast-2"};
    struct signer signer = SIGNER;
    const json_t *profile;
    json_t *page;
    size_t n_global = 0;
    size_t i;

    signer.region = REGIONS[_i];
    page = expect_json(call_as(&signer, "GET", "/inference-profiles", NULL), 200);
    json_array_foreach(json_object_get(page, "inferenceProfileSummaries"), i, profile)
    {
        char *target = profile_target(string_of(profile, "inferenceProfileArn"));
        json_t *one = expect_json(call_as(&signer, "GET", target, NULL), 200);
        const json_t *models = json_object_get(profile, "models");
        const char *first = string_of(json_array_get(models, 0), "modelArn");

        ck_assert(json_equal(one, profile));
        ck_assert_uint_le(json_array_size(models), 5);
        if (strncmp(string_of(profile, "inferenceProfileId"), "global.", 7) == 0) {
            n_global++;
            ck_assert_int_eq(strncmp(first, "arn:aws:bedrock:::foundation-model/", 35), 0);
        }
        json_decref(one);
        free(target);
    }
    ck_assert_uint_gt(n_global, 0);
    ck_assert_uint_lt(n_global, i);
    json_decref(page);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("control");
    TCase *tcase = emulator_case(suite, "control");

    tcase_add_loop_test(tcase, test_model, 0, 3);
    tcase_add_loop_test(tcase, test_no_model, 0, COUNT(NO_MODELS));
    tcase_add_loop_test(tcase, test_logging, 0, COUNT(CONFIGS));
    tcase_add_test(tcase, test_logging_is_replaced_and_deleted);
    tcase_add_loop_test(tcase, test_logging_refused, 0, COUNT(REFUSED));
    tcase_add_test(tcase, test_logging_malformed);
    tcase_add_loop_test(tcase, test_system_profiles, 0, 4);
    return run_suite(suite, argc, argv);
}
