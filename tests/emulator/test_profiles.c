/* The control plane: inference profiles and their tags.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

#include <stdlib.h>
#include <string.h>

#define HAIKU   "anthropic.claude-haiku-4-5-20251001-v1:0"
#define ACCOUNT "123456789012"
#define SYSTEM  "arn:aws:bedrock:us-east-1:" ACCOUNT ":inference-profile/"
#define MODEL   "arn:aws:bedrock:us-east-1::foundation-model/"

static json_t *create(const char *body, int status)
{
    return expect_json(call("POST", "/inference-profiles", body), status);
}

static const char *string_of(const json_t *object, const char *member)
{
    const char *string = json_string_value(json_object_get(object, member));

    ck_assert_msg(string != NULL, "no %s", member);
    return string;
}

static json_t *get(const char *identifier)
{
    char *target = profile_target(identifier);
    json_t *json = expect_json(call("GET", target, NULL), 200);

    free(target);
    return json;
}

static json_t *list_tags(const char *arn)
{
    char *body = text("{\"resourceARN\":\"%s\"}", arn);
    json_t *json = expect_json(call("POST", "/listTagsForResource", body), 200);
    json_t *tags = json_incref(json_object_get(json, "tags"));

    json_decref(json);
    free(body);
    return tags;
}

static void expect_tags(const char *arn, const char *wanted)
{
    json_t *tags = list_tags(arn);
    char *got = json_dumps(tags, JSON_COMPACT);

    ck_assert_str_eq(got, wanted);
    free(got);
    json_decref(tags);
}

static json_t *models_of(const char *copy_from)
{
    char *body =
        text("{\"inferenceProfileName\":\"n\",\"modelSource\":{\"copyFrom\":\"%s\"}}", copy_from);
    json_t *created = create(body, 201);
    json_t *profile = get(string_of(created, "inferenceProfileArn"));
    json_t *models = json_incref(json_object_get(profile, "models"));

    json_decref(profile);
    json_decref(created);
    free(body);
    return models;
}

static const char *model_arn(const json_t *models, size_t i)
{
    return string_of(json_array_get(models, i), "modelArn");
}

/* ---- create, get, delete ---- */

START_TEST(test_life)
{
    json_t *created =
        create("{\"inferenceProfileName\":\"Search prod-1\",\"description\":\"For the "
               "search team.\",\"modelSource\":{\"copyFrom\":\"" SYSTEM "us." HAIKU
               "\"},\"tags\":[{\"key\":\"team\",\"value\":\"search\"},{\"key\":"
               "\"env\",\"value\":\"\"}],\"clientRequestToken\":\"a-b\"}",
               201);
    const char *arn = string_of(created, "inferenceProfileArn");
    const char *id = strrchr(arn, '/') + 1;
    json_t *by_arn = get(arn);
    json_t *by_id = get(id);
    char *target = profile_target(arn);
    const char *created_at = string_of(by_arn, "createdAt");

    ck_assert_str_eq(string_of(created, "status"), "ACTIVE");
    ck_assert_uint_eq(json_object_size(created), 2);
    ck_assert_int_eq(strncmp(arn,
                             "arn:aws:bedrock:us-east-1:" ACCOUNT ":application-inference-profile/",
                             strlen(arn) - 12),
                     0);
    ck_assert_uint_eq(strlen(id), 12);
    ck_assert_uint_eq(strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789"), 12);
    ck_assert(json_equal(by_arn, by_id));
    ck_assert_str_eq(string_of(by_arn, "inferenceProfileName"), "Search prod-1");
    ck_assert_str_eq(string_of(by_arn, "inferenceProfileArn"), arn);
    ck_assert_str_eq(string_of(by_arn, "inferenceProfileId"), id);
    ck_assert_str_eq(string_of(by_arn, "description"), "For the search team.");
    ck_assert_str_eq(string_of(by_arn, "status"), "ACTIVE");
    ck_assert_str_eq(string_of(by_arn, "type"), "APPLICATION");
    ck_assert_uint_eq(strlen(created_at), strlen("2026-02-03T19:06:46.193626Z"));
    ck_assert_str_eq(string_of(by_arn, "updatedAt"), created_at);
    ck_assert_ptr_null(json_object_get(by_arn, "tags"));
    expect_tags(arn, "[{\"key\":\"team\",\"value\":\"search\"},{\"key\":\"env\",\"value\":\"\"}]");

    json_decref(expect_json(call("DELETE", target, NULL), 200));
    expect_error(call("DELETE", target, NULL), 404, "ResourceNotFoundException", arn);
    expect_error(call("GET", target, NULL), 404, "ResourceNotFoundException", arn);
    json_decref(created);
    json_decref(by_arn);
    json_decref(by_id);
    free(target);
}
END_TEST

START_TEST(test_models)
{
    json_t *models = models_of(MODEL "amazon.nova-lite-v1:0");

    ck_assert_uint_eq(json_array_size(models), 1);
    ck_assert_str_eq(model_arn(models, 0), MODEL "amazon.nova-lite-v1:0");
    json_decref(models);

    models = models_of(SYSTEM "us." HAIKU);
    ck_assert_uint_eq(json_array_size(models), 3);
    ck_assert_str_eq(model_arn(models, 0), MODEL HAIKU);
    ck_assert_str_eq(model_arn(models, 2), "arn:aws:bedrock:us-west-2::foundation-model/" HAIKU);
    json_decref(models);

    models = models_of(SYSTEM "global." HAIKU);
    ck_assert_uint_eq(json_array_size(models), 2);
    ck_assert_str_eq(model_arn(models, 0), "arn:aws:bedrock:::foundation-model/" HAIKU);
    ck_assert_str_eq(model_arn(models, 1), MODEL HAIKU);
    json_decref(models);
}
END_TEST

START_TEST(test_regions)
{
    struct signer paris = SIGNER;
    char *arn = create_profile("here", NULL);
    char *target = profile_target(arn);
    json_t *json;

    paris.region = "eu-west-3";
    expect_error(call_as(&paris, "GET", target, NULL), 404, "ResourceNotFoundException", NULL);
    json = expect_json(call_as(&paris, "GET", "/inference-profiles?type=APPLICATION", NULL), 200);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "inferenceProfileSummaries")), 0);
    json_decref(json);
    json = expect_json(call_as(&paris, "GET", "/inference-profiles/eu." HAIKU, NULL), 200);
    ck_assert_str_eq(string_of(json, "type"), "SYSTEM_DEFINED");
    json_decref(json);
    expect_error(call_as(&paris, "GET", "/inference-profiles/us." HAIKU, NULL), 404,
                 "ResourceNotFoundException", NULL);
    paris.region = "cn-north-1";
    json = expect_json(
        call_as(&paris, "POST", "/inference-profiles",
                "{\"inferenceProfileName\":\"n\",\"modelSource\":{\"copyFrom\":"
                "\"arn:aws-cn:bedrock:cn-north-1::foundation-model/amazon.nova-lite-v1:0\"}}"),
        201);
    ck_assert_ptr_nonnull(strstr(string_of(json, "inferenceProfileArn"), "arn:aws-cn:bedrock:"));
    json_decref(json);
    free(target);
    free(arn);
}
END_TEST

START_TEST(test_client_token)
{
    static const char FORM[] = "{\"inferenceProfileName\":\"%s\",\"modelSource\":{\"copyFrom\":"
                               "\"" MODEL "amazon.nova-lite-v1:0\"},\"clientRequestToken\":\"%s\"}";
    char *first = text(FORM, "one", "token-1");
    char *changed = text(FORM, "two", "token-1");
    char *other = text(FORM, "one", "token-2");
    json_t *a = create(first, 201);
    json_t *b = create(first, 201);
    json_t *c = create(other, 201);

    ck_assert(json_equal(a, b));
    ck_assert(!json_equal(a, c));
    expect_error(call("POST", "/inference-profiles", changed), 400, "ConflictException", NULL);
    json_decref(a);
    json_decref(b);
    json_decref(c);
    free(first);
    free(changed);
    free(other);
}
END_TEST

START_TEST(test_system_profiles_stay)
{
    expect_error(call("DELETE", "/inference-profiles/us." HAIKU, NULL), 400, "ValidationException",
                 "cannot be deleted");
    expect_error(
        call("POST", "/tagResource", "{\"resourceARN\":\"" SYSTEM "us." HAIKU "\",\"tags\":[]}"),
        400, "ValidationException", "cannot be tagged");
    expect_error(call("POST", "/untagResource",
                      "{\"resourceARN\":\"" SYSTEM "us." HAIKU "\",\"tagKeys\":[]}"),
                 400, "ValidationException", "cannot be tagged");
    expect_tags(SYSTEM "us." HAIKU, "[]");
}
END_TEST

START_TEST(test_quota)
{
    for (int i = 0; i < 1000; i++)
        json_decref(create("{\"inferenceProfileName\":\"n\",\"modelSource\":{\"copyFrom\":\"" MODEL
                           "amazon.nova-lite-v1:0\"}}",
                           201));
    expect_error(call("POST", "/inference-profiles",
                      "{\"inferenceProfileName\":\"n\",\"modelSource\":{\"copyFrom\":\"" MODEL
                      "amazon.nova-lite-v1:0\"}}"),
                 400, "ServiceQuotaExceededException", "1000");
}
END_TEST

/* ---- lists ---- */

static size_t count_pages(const char *type, int size, size_t *ret_pages)
{
    char *target = text("/inference-profiles?maxResults=%d&type=%s", size, type);
    size_t n = 0;
    bool more = true;

    for (*ret_pages = 0; more; ++*ret_pages) {
        json_t *page = expect_json(call("GET", target, NULL), 200);
        const json_t *summaries = json_object_get(page, "inferenceProfileSummaries");
        const json_t *token = json_object_get(page, "nextToken");

        ck_assert_uint_le(json_array_size(summaries), (size_t)size);
        n += json_array_size(summaries);
        for (size_t i = 0; i < json_array_size(summaries); i++)
            ck_assert_str_eq(string_of(json_array_get(summaries, i), "type"), type);
        free(target);
        more = token != NULL;
        target = text("/inference-profiles?maxResults=%d&nextToken=%s&type=%s", size,
                      more ? json_string_value(token) : "", type);
        json_decref(page);
    }
    free(target);
    return n;
}

START_TEST(test_list)
{
    size_t pages;
    json_t *all;

    for (int i = 0; i < 7; i++)
        free(create_profile("n", NULL));
    ck_assert_uint_eq(count_pages("APPLICATION", 3, &pages), 7);
    ck_assert_uint_eq(pages, 3);
    ck_assert_uint_eq(count_pages("APPLICATION", 7, &pages), 7);
    ck_assert_uint_eq(pages, 1);
    ck_assert_uint_ge(count_pages("SYSTEM_DEFINED", 2, &pages), 3);
    all = expect_json(call("GET", "/inference-profiles", NULL), 200);
    ck_assert_uint_eq(json_array_size(json_object_get(all, "inferenceProfileSummaries")),
                      count_pages("SYSTEM_DEFINED", 1000, &pages)); /* AWS's own, unless asked */
    ck_assert_ptr_null(json_object_get(all, "nextToken"));
    json_decref(all);
}
END_TEST

/* A profile deleted between two pages takes no other from the list. */
START_TEST(test_delete_between_pages)
{
    char *first = create_profile("a", NULL);
    char *second = create_profile("b", NULL);
    char *target = profile_target(first);
    json_t *page =
        expect_json(call("GET", "/inference-profiles?maxResults=1&type=APPLICATION", NULL), 200);
    char *next =
        text("/inference-profiles?nextToken=%s&type=APPLICATION", string_of(page, "nextToken"));
    json_t *rest;

    json_decref(expect_json(call("DELETE", target, NULL), 200));
    rest = expect_json(call("GET", next, NULL), 200);
    ck_assert_str_eq(
        string_of(json_array_get(json_object_get(rest, "inferenceProfileSummaries"), 0),
                  "inferenceProfileArn"),
        second);
    json_decref(page);
    json_decref(rest);
    free(first);
    free(second);
    free(target);
    free(next);
}
END_TEST

/* ---- tags ---- */

START_TEST(test_tags)
{
    char *arn = create_profile("n", (const char *[]){"team=a", "env=prod", NULL});
    char *tag = text("{\"resourceARN\":\"%s\",\"tags\":[{\"key\":\"team\",\"value\":\"b\"},"
                     "{\"key\":\"x y:/=+@-_.\",\"value\":\"1 2:/=+@-_.\"}]}",
                     arn);
    char *untag = text("{\"resourceARN\":\"%s\",\"tagKeys\":[\"env\",\"absent\"]}", arn);

    json_decref(expect_json(call("POST", "/tagResource", tag), 200));
    expect_tags(arn, "[{\"key\":\"team\",\"value\":\"b\"},{\"key\":\"env\",\"value\":\"prod\"},"
                     "{\"key\":\"x y:/=+@-_.\",\"value\":\"1 2:/=+@-_.\"}]");
    json_decref(expect_json(call("POST", "/untagResource", untag), 200));
    expect_tags(arn, "[{\"key\":\"team\",\"value\":\"b\"},"
                     "{\"key\":\"x y:/=+@-_.\",\"value\":\"1 2:/=+@-_.\"}]");
    free(tag);
    free(untag);
    free(arn);
}
END_TEST

/* {"resourceARN":arn,"tags":[n tags, numbered from `from`]} */
static char *many_tags(const char *arn, int from, int n)
{
    json_t *tags = json_array();
    json_t *json = json_pack("{s:s, s:o}", "resourceARN", arn, "tags", tags);
    char *body;

    for (int i = from; i < from + n; i++)
        json_array_append_new(tags,
                              json_pack("{s:o, s:s}", "key", json_sprintf("k%d", i), "value", "v"));
    body = json_dumps(json, 0);
    json_decref(json);
    return body;
}

START_TEST(test_too_many_tags)
{
    char *arn = create_profile("n", NULL);
    char *fifty = many_tags(arn, 0, 50);
    char *again = many_tags(arn, 10, 40);
    char *one_more = many_tags(arn, 50, 1);
    char *over_shape = many_tags(arn, 0, 201);
    struct response refused;

    json_decref(expect_json(call("POST", "/tagResource", fifty), 200));
    json_decref(expect_json(call("POST", "/tagResource", again), 200));
    refused = call("POST", "/tagResource", one_more);
    ck_assert_str_eq(string_of(refused.json, "resourceName"), arn);
    expect_error(refused, 400, "TooManyTagsException", "50");
    expect_error(call("POST", "/tagResource", over_shape), 400, "ValidationException",
                 "'tags' failed to satisfy constraint: Member must have length less than or equal "
                 "to 200");
    free(arn);
    free(fifty);
    free(again);
    free(one_more);
    free(over_shape);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("profiles");
    TCase *tcase = emulator_case(suite, "profiles");

    tcase_add_test(tcase, test_life);
    tcase_add_test(tcase, test_models);
    tcase_add_test(tcase, test_regions);
    tcase_add_test(tcase, test_client_token);
    tcase_add_test(tcase, test_system_profiles_stay);
    tcase_add_test(tcase, test_quota);
    tcase_add_test(tcase, test_list);
    tcase_add_test(tcase, test_delete_between_pages);
    tcase_add_test(tcase, test_tags);
    tcase_add_test(tcase, test_too_many_tags);
    return run_suite(suite, argc, argv);
}
