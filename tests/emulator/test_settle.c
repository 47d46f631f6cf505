/* What is written is seen later, and so many calls a second are too many: by a clock that the test
 * sets.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "inside.h"

#include <stdio.h>
#include <string.h>

#define LIST "/inference-profiles?type=APPLICATION"
#define CREATE                                                                                     \
    "{\"inferenceProfileName\":\"n\",\"modelSource\":{\"copyFrom\":"                               \
    "\"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0\"},"                      \
    "\"tags\":[{\"key\":\"team\",\"value\":\"a\"}]}"

static struct inside inside;
static char arn[128];

static void start(int64_t settle_ms, int64_t rate)
{
    const struct emu_options options = {
        .credentials = {"A", "s", NULL}, .settle_ms = settle_ms, .rate = rate};

    inside_start(&inside, &options);
}

static void create(void)
{
    json_t *created = inside_call(&inside, "POST", "/inference-profiles", CREATE, 201);

    snprintf(arn, sizeof(arn), "%s",
             json_string_value(json_object_get(created, "inferenceProfileArn")));
    json_decref(created);
}

/* ---- settling ---- */

static size_t count_listed(void)
{
    json_t *page = inside_call(&inside, "GET", LIST, NULL, 200);
    size_t n = json_array_size(json_object_get(page, "inferenceProfileSummaries"));

    json_decref(page);
    return n;
}

/* Of the tags as ListTagsForResource tells them, "key=value " each. */
static const char *tags(void)
{
    static char text[256];
    char body[256];
    json_t *answer;
    json_t *tag;
    size_t i;

    text[0] = '\0';
    snprintf(body, sizeof(body), "{\"resourceARN\":\"%s\"}", arn);
    answer = inside_call(&inside, "POST", "/listTagsForResource", body, 200);
    json_array_foreach(json_object_get(answer, "tags"), i, tag)
    {
        sprintf(text + strlen(text), "%s=%s ", json_string_value(json_object_get(tag, "key")),
                json_string_value(json_object_get(tag, "value")));
    }
    json_decref(answer);
    return text;
}

static void change(const char *target, const char *format)
{
    char body[256];
    int len = snprintf(body, sizeof(body), "{\"resourceARN\":\"%s\",%s}", arn, format);

    ck_assert_int_lt(len, (int)sizeof(body));
    json_decref(inside_call(&inside, "POST", target, body, 200));
}

static void get(int status)
{
    char uri[128];

    snprintf(uri, sizeof(uri), "/inference-profiles/%s", strrchr(arn, '/') + 1);
    json_decref(inside_call(&inside, "GET", uri, NULL, status));
}

START_TEST(test_profile_settles)
{
    char body[256];

    start(1000, 0);
    create();
    snprintf(body, sizeof(body), "{\"resourceARN\":\"%s\"}", arn);
    inside.now_us += SECOND - 1;
    ck_assert_uint_eq(count_listed(), 0);
    get(404);
    json_decref(inside_call(&inside, "POST", "/listTagsForResource", body, 404));
    inside.now_us++;
    ck_assert_uint_eq(count_listed(), 1);
    get(200);
    ck_assert_str_eq(tags(), "team=a ");
    inside_stop(&inside);
}
END_TEST

/* A deletion is seen as late: until then the profile is shown, and taken by nothing. */
START_TEST(test_deletion_settles)
{
    char uri[160];
    char body[256];

    start(1000, 0);
    create();
    inside.now_us += SECOND;
    snprintf(uri, sizeof(uri), "/inference-profiles/%s", strrchr(arn, '/') + 1);
    snprintf(body, sizeof(body), "{\"resourceARN\":\"%s\",\"tags\":[]}", arn);
    json_decref(inside_call(&inside, "DELETE", uri, NULL, 200));
    inside.now_us += SECOND - 1;
    ck_assert_uint_eq(count_listed(), 1);
    get(200);
    ck_assert_str_eq(tags(), "team=a ");
    json_decref(inside_call(&inside, "DELETE", uri, NULL, 404));
    json_decref(inside_call(&inside, "POST", "/tagResource", body, 404));
    snprintf(uri, sizeof(uri), "/model/arn%%3A%s/converse", arn + strlen("arn:"));
    json_decref(inside_call(&inside, "POST", uri, HELLO, 404));
    inside.now_us++;
    ck_assert_uint_eq(count_listed(), 0);
    get(404);
    create();
    ck_assert_uint_eq(inside.emulator.profiles.count, 1); /* the other's memory is free */
    inside_stop(&inside);
}
END_TEST

/* Changes soon after each other are seen together, once the last has settled. */
START_TEST(test_tags_settle)
{
    start(1000, 0);
    create();
    inside.now_us += SECOND;
    change("/tagResource", "\"tags\":[{\"key\":\"team\",\"value\":\"b\"}]");
    ck_assert_str_eq(tags(), "team=a ");
    inside.now_us += SECOND / 2;
    change("/tagResource", "\"tags\":[{\"key\":\"env\",\"value\":\"c\"}]");
    change("/untagResource", "\"tagKeys\":[\"team\"]");
    inside.now_us += SECOND - 1;
    ck_assert_str_eq(tags(), "team=a ");
    inside.now_us++;
    ck_assert_str_eq(tags(), "env=c ");
    inside_stop(&inside);
}
END_TEST

/* What decides is the whole state: a token is known at once, and so is the profile to calls. */
START_TEST(test_writes_see_all)
{
    static const char BODY[] =
        "{\"inferenceProfileName\":\"n\",\"clientRequestToken\":\"t\",\"modelSource\":{"
        "\"copyFrom\":\"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0\"}}";
    json_t *first, *second;

    start(1000, 0);
    first = inside_call(&inside, "POST", "/inference-profiles", BODY, 201);
    second = inside_call(&inside, "POST", "/inference-profiles", BODY, 201);
    ck_assert(json_equal(first, second));
    json_decref(first);
    json_decref(second);
    inside.now_us += SECOND;
    ck_assert_uint_eq(count_listed(), 1);
    inside_stop(&inside);
}
END_TEST

START_TEST(test_at_once)
{
    start(0, 0);
    create();
    ck_assert_uint_eq(count_listed(), 1);
    change("/tagResource", "\"tags\":[{\"key\":\"team\",\"value\":\"b\"}]");
    ck_assert_str_eq(tags(), "team=b ");
    inside_stop(&inside);
}
END_TEST

/* ---- rate ---- */

/* How many calls of the list succeed before one is refused. */
static int count_calls(int limit)
{
    int n = 0;

    for (; n < limit; n++) {
        const struct emu_caller caller = {"bedrock", "us-east-1", NULL};
        const struct emu_request request = {
            .method = "GET", .uri = LIST, .body = "", .now_us = inside.now_us};
        struct emu_reply reply;
        int status;

        emu_reply_init(&reply);
        emu_call_operation(&inside.emulator, &request, &caller, &reply);
        status = reply.status;
        if (status != 200)
            ck_assert_str_eq(reply.error_type, "ThrottlingException");
        emu_reply_free(&reply);
        if (status == 429)
            break;
        ck_assert_int_eq(status, 200);
    }
    return n;
}

START_TEST(test_rate)
{
    start(0, 5);
    ck_assert_int_eq(count_calls(100), 5);
    inside.now_us += SECOND / 5 - 1;
    ck_assert_int_eq(count_calls(100), 0);
    inside.now_us++;
    ck_assert_int_eq(count_calls(100), 1);
    inside.now_us += SECOND / 5 * 3;
    ck_assert_int_eq(count_calls(100), 3);
    inside.now_us += 60 * SECOND; /* no more than the bucket holds */
    ck_assert_int_eq(count_calls(100), 5);
    inside_stop(&inside);
}
END_TEST

START_TEST(test_any_rate)
{
    start(0, 0);
    ck_assert_int_eq(count_calls(100), 100);
    inside_stop(&inside);
}
END_TEST

static void expect_roles(int status, const char *type)
{
    struct emu_reply reply =
        inside_post(&inside, "iam", "content-type", "application/x-www-form-urlencoded",
                    "Action=ListRoles&Version=2010-05-08");

    ck_assert_int_eq(reply.status, status);
    ck_assert_str_eq(reply.error_type, type);
    emu_reply_free(&reply);
}

/* Each service has a bucket of its own, and its own word for an empty one; what is refused is
 * counted. */
START_TEST(test_rate_of_another)
{
    json_t *operations;

    start(0, 1);
    expect_roles(200, "");
    expect_roles(400, "Throttling");
    ck_assert_int_eq(count_calls(100), 1);
    operations = json_object_get(inside.emulator.bill, "operations");
    ck_assert_int_eq(json_integer_value(json_object_get(operations, "ListRoles")), 2);
    inside_stop(&inside);
}
END_TEST

/* Models are called as often as one likes. */
START_TEST(test_models_have_no_rate)
{
    start(0, 1);
    for (int i = 0; i < 5; i++)
        json_decref(
            inside_call(&inside, "POST", "/model/amazon.nova-lite-v1:0/converse", HELLO, 200));
    inside_stop(&inside);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("settle");
    TCase *tcase = tcase_create("settle");

    tcase_add_test(tcase, test_profile_settles);
    tcase_add_test(tcase, test_deletion_settles);
    tcase_add_test(tcase, test_tags_settle);
    tcase_add_test(tcase, test_writes_see_all);
    tcase_add_test(tcase, test_at_once);
    tcase_add_test(tcase, test_rate);
    tcase_add_test(tcase, test_any_rate);
    tcase_add_test(tcase, test_rate_of_another);
    tcase_add_test(tcase, test_models_have_no_rate);
    suite_add_tcase(suite, tcase);
    return run_suite(suite, argc, argv);
}
