/* ListFoundationModels: what is listed, what each filter leaves, and what is refused.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

#include <stdlib.h>
#include <string.h>

#define MODEL "arn:aws:bedrock:us-east-1::foundation-model/"

static json_t *list_models(const char *query)
{
    char *target = text("/foundation-models%s", query);
    json_t *answer = expect_json(call("GET", target, NULL), 200);

    free(target);
    ck_assert_uint_eq(json_object_size(answer), 1);
    return answer;
}

static const char *string_of(const json_t *model, const char *member)
{
    const char *value = json_string_value(json_object_get(model, member));

    ck_assert_msg(value != NULL, "no string '%s'", member);
    return value;
}

static bool has(const json_t *model, const char *member, const char *wanted)
{
    const json_t *value;
    size_t i;

    ck_assert(json_is_array(json_object_get(model, member)));
    json_array_foreach(json_object_get(model, member), i, value)
    {
        if (strcmp(json_string_value(value), wanted) == 0)
            return true;
    }
    return false;
}

static const json_t *find(const json_t *answer, const char *id)
{
    const json_t *model;
    size_t i;

    json_array_foreach(json_object_get(answer, "modelSummaries"), i, model)
    {
        if (strcmp(string_of(model, "modelId"), id) == 0)
            return model;
    }
    return NULL;
}

/* ---- the list ---- */

START_TEST(test_all)
{
    json_t *answer = list_models("");
    const json_t *list = json_object_get(answer, "modelSummaries");
    size_t n_legacy = 0;
    const json_t *model;
    size_t i;

    ck_assert_uint_ge(json_array_size(list), 12);
    json_array_foreach(list, i, model)
    {
        const char *id = string_of(model, "modelId");
        const char *status = string_of(json_object_get(model, "modelLifecycle"), "status");

        ck_assert_uint_eq(json_object_size(model), 10);
        ck_assert_ptr_eq(find(answer, id), model); /* the first of that id */
        ck_assert_int_eq(strncmp(string_of(model, "modelArn"), MODEL, strlen(MODEL)), 0);
        ck_assert_str_eq(string_of(model, "modelArn") + strlen(MODEL), id);
        ck_assert_uint_le(strlen(string_of(model, "modelName")), 20);
        ck_assert_uint_le(strlen(string_of(model, "providerName")), 20);
        ck_assert_uint_ge(json_array_size(json_object_get(model, "inputModalities")), 1);
        ck_assert_uint_ge(json_array_size(json_object_get(model, "outputModalities")), 1);
        ck_assert_int_eq(json_is_true(json_object_get(model, "responseStreamingSupported")),
                         has(model, "outputModalities", "TEXT"));
        ck_assert(has(model, "inferenceTypesSupported", "ON_DEMAND") ||
                  has(model, "inferenceTypesSupported", "INFERENCE_PROFILE"));
        ck_assert(strcmp(status, "ACTIVE") == 0 || strcmp(status, "LEGACY") == 0);
        n_legacy += strcmp(status, "LEGACY") == 0;
    }
    ck_assert_uint_gt(n_legacy, 0);
    json_decref(answer);
}
END_TEST

/* Each can be called, through a profile made of the ARN that is listed. */
START_TEST(test_listed_can_be_called)
{
    json_t *answer = list_models("?byOutputModality=TEXT");
    const json_t *model;
    size_t i;

    json_array_foreach(json_object_get(answer, "modelSummaries"), i, model)
    {
        char *body = text("{\"inferenceProfileName\":\"n\",\"modelSource\":{\"copyFrom\":\"%s\"}}",
                          string_of(model, "modelArn"));
        json_t *created = expect_json(call("POST", "/inference-profiles", body), 201);
        char *arn = encode(string_of(created, "inferenceProfileArn"));

        json_decref(expect_json(converse(arn, HELLO), 200));
        json_decref(created);
        free(arn);
        free(body);
    }
    json_decref(answer);
}
END_TEST

START_TEST(test_region)
{
    struct signer signer = SIGNER;
    json_t *answer;

    signer.region = "cn-north-1";
    answer = expect_json(call_as(&signer, "GET", "/foundation-models", NULL), 200);
    ck_assert_str_eq(string_of(find(answer, "amazon.nova-lite-v1:0"), "modelArn"),
                     "arn:aws-cn:bedrock:cn-north-1::foundation-model/amazon.nova-lite-v1:0");
    json_decref(answer);
}
END_TEST

/* ---- filters ---- */

static const struct {
    const char *query;
    const char *member;
    const char *value;
} FILTERS[] = {
    {"?byProvider=Anthropic", "providerName", "Anthropic"},
    {"?byProvider=amazon", "providerName", "Amazon"},
    {"?byProvider=Mistral%20AI", "providerName", "Mistral AI"},
    {"?byOutputModality=TEXT", "outputModalities", "TEXT"},
    {"?byOutputModality=IMAGE", "outputModalities", "IMAGE"},
    {"?byOutputModality=EMBEDDING", "outputModalities", "EMBEDDING"},
    {"?byCustomizationType=FINE_TUNING", "customizationsSupported", "FINE_TUNING"},
    {"?byCustomizationType=DISTILLATION", "customizationsSupported", "DISTILLATION"},
    {"?byCustomizationType=CONTINUED_PRE_TRAINING", "customizationsSupported",
     "CONTINUED_PRE_TRAINING"},
    {"?byInferenceType=PROVISIONED", "inferenceTypesSupported", "PROVISIONED"},
};

/* A filter leaves those models that have the value, all of them. */
START_TEST(test_filter)
{
    const char *member = FILTERS[_i].member;
    json_t *all = list_models("");
    json_t *answer = list_models(FILTERS[_i].query);
    json_t *expected = json_array();
    const json_t *model;
    size_t i;

    json_array_foreach(json_object_get(all, "modelSummaries"), i, model)
    {
        bool fits = strcmp(member, "providerName") == 0
                        ? strcmp(string_of(model, member), FILTERS[_i].value) == 0
                        : has(model, member, FILTERS[_i].value);

        if (fits)
            json_array_append(expected, (json_t *)(uintptr_t)model);
    }
    ck_assert_uint_gt(json_array_size(expected), 0);
    ck_assert_uint_lt(json_array_size(expected),
                      json_array_size(json_object_get(all, "modelSummaries")));
    ck_assert(json_equal(json_object_get(answer, "modelSummaries"), expected));
    json_decref(expected);
    json_decref(answer);
    json_decref(all);
}
END_TEST

START_TEST(test_filters_together)
{
    json_t *answer = list_models("?byCustomizationType=FINE_TUNING&byInferenceType=PROVISIONED"
                                 "&byOutputModality=TEXT&byProvider=Anthropic");

    ck_assert_uint_eq(json_array_size(json_object_get(answer, "modelSummaries")), 1);
    ck_assert_ptr_nonnull(find(answer, "anthropic.claude-3-haiku-20240307-v1:0"));
    json_decref(answer);
    answer = list_models("?byOutputModality=IMAGE&byProvider=Anthropic");
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "modelSummaries")), 0);
    json_decref(answer);
    answer = list_models("?byProvider=Nobody");
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "modelSummaries")), 0);
    json_decref(answer);
}
END_TEST

/* ---- refused ---- */

static const struct {
    const char *query;
    const char *part;
} REFUSED[] = {
    {"?byProvider=", "[A-Za-z0-9- ]{1,63}"},
    {"?byProvider=a_b", "byProvider"},
    {"?byProvider=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "byProvider"},
    {"?byOutputModality=text", "[TEXT, IMAGE, EMBEDDING]"},
    {"?byCustomizationType=NONE", "[FINE_TUNING, CONTINUED_PRE_TRAINING, DISTILLATION]"},
    {"?byInferenceType=", "[ON_DEMAND, PROVISIONED]"},
};

START_TEST(test_refused)
{
    char *target = text("/foundation-models%s", REFUSED[_i].query);

    expect_error(call("GET", target, NULL), 400, "ValidationException", REFUSED[_i].part);
    expect_error(call("POST", target, NULL), 404, "UnknownOperationException", NULL);
    free(target);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("models");
    TCase *tcase = emulator_case(suite, "models");

    tcase_add_test(tcase, test_all);
    tcase_add_test(tcase, test_listed_can_be_called);
    tcase_add_test(tcase, test_region);
    tcase_add_loop_test(tcase, test_filter, 0, COUNT(FILTERS));
    tcase_add_test(tcase, test_filters_together);
    tcase_add_loop_test(tcase, test_refused, 0, COUNT(REFUSED));
    return run_suite(suite, argc, argv);
}
