/* SNS: forms in, XML out, what was published.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "inside.h"
#include "sns.h"

#include <stdlib.h>
#include <string.h>

#define ARN  "arn:aws:sns:us-east-1:123456789012:alerts"
#define FORM "application/x-www-form-urlencoded; charset=utf-8"

static struct inside inside;

static void start(void)
{
    inside_start(&inside, &(struct emu_options){.credentials = {"A", "s", NULL}});
}

static void stop(void)
{
    inside_stop(&inside);
}

/* The answer's body holds `part`, and its status is this. */
static void expect(const char *form, int status, const char *part)
{
    char *body = text("Version=2010-03-31&Action=%s", form);
    struct emu_reply reply = inside_post(&inside, "sns", "Content-Type", FORM, body);

    ck_assert_msg(reply.status == status && strstr(emu_text_string(&reply.body), part) != NULL,
                  "%s: wanted %d and %s, got %d: %s", form, status, part, reply.status,
                  emu_text_string(&reply.body));
    emu_reply_free(&reply);
    free(body);
}

static const char *published(size_t i, const char *member)
{
    const json_t *message = json_array_get(emu_topics_messages(&inside.emulator), i);
    const char *string = json_string_value(json_object_get(message, member));

    return string != NULL ? string : "(none)";
}

START_TEST(test_publish)
{
    expect("CreateTopic&Name=alerts", 200, "<TopicArn>" ARN "</TopicArn>");
    expect("CreateTopic&Name=alerts", 200, ARN);
    expect("Publish&TopicArn=" ARN "&Message=80+%25+of+%C3%A4%0A&Subject=a%26b"
           "&MessageAttributes.entry.1.Name=team&MessageAttributes.entry.1.Value.DataType=String"
           "&MessageAttributes.entry.1.Value.StringValue=search",
           200, "<MessageId>");
    ck_assert_str_eq(published(0, "Message"), "80 % of \xc3\xa4\n");
    ck_assert_str_eq(published(0, "Subject"), "a&b");
    const json_t *message = json_array_get(emu_topics_messages(&inside.emulator), 0);
    const json_t *attribute =
        json_object_get(json_object_get(message, "MessageAttributes"), "team");
    ck_assert_str_eq(json_string_value(json_object_get(attribute, "StringValue")), "search");
    expect("Publish&TopicArn=" ARN "&Message=m", 200, "<MessageId>");
    ck_assert_str_eq(published(1, "Subject"), "(none)");
    ck_assert_uint_eq(json_array_size(emu_topics_messages(&inside.emulator)), 2);
}
END_TEST

static const struct {
    const char *form;
    int status;
    const char *part;
} REFUSED[] = {
    {"Publish&TopicArn=" ARN "-none&Message=m", 404, "<Code>NotFound</Code>"},
    {"Publish&TopicArn=" ARN, 400, "<Code>InvalidParameter</Code>"},
    {"Publish&TopicArn=" ARN "&Message=", 400, "Empty message"},
    {"Publish&Message=m", 400, "<Code>InvalidParameter</Code>"},
    {"Publish&TopicArn=nonsense&Message=m", 400, "<Code>InvalidParameter</Code>"},
    {"Publish&TopicArn=arn:aws:sns:eu-west-1:123456789012:alerts&Message=m", 400, "us-east-1"},
    {"Publish&TopicArn=arn:aws:sns:us-east-1:111111111111:alerts&Message=m", 403,
     "<Code>AuthorizationError</Code>"},
    {"Publish&TopicArn=" ARN "&Message=m&Subject=%0A", 400, "Subject"},
    {"Publish&TopicArn=" ARN "&Message=m&MessageAttributes.entry.1.Value.DataType=String", 400,
     "<Code>"},
    {"CreateTopic&Name=a%20b", 400, "Topic Name"},
    {"Subscribe&TopicArn=" ARN "&Protocol=pigeon&Endpoint=x", 400, "Protocol"},
    {"ListTopics&NextToken=x", 400, "NextToken"},
    {"Unknown", 400, "<Code>InvalidAction</Code>"},
};

START_TEST(test_refused)
{
    expect("CreateTopic&Name=alerts", 200, ARN);
    expect(REFUSED[_i].form, REFUSED[_i].status, REFUSED[_i].part);
    ck_assert_uint_eq(json_array_size(emu_topics_messages(&inside.emulator)), 0);
}
END_TEST

START_TEST(test_regions)
{
    expect("CreateTopic&Name=alerts", 200, ARN);
    inside.region = "eu-west-1";
    expect("ListTopics", 200, "<Topics>");
    expect("GetTopicAttributes&TopicArn=" ARN, 400, "eu-west-1");
    expect("CreateTopic&Name=alerts", 200, "arn:aws:sns:eu-west-1:123456789012:alerts");
    expect("DeleteTopic&TopicArn=arn:aws:sns:eu-west-1:123456789012:alerts", 200, "DeleteTopic");
    inside.region = "us-east-1";
    expect("GetTopicAttributes&TopicArn=" ARN, 200, "<key>Owner</key>");
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("topics");
    TCase *tcase = tcase_create("topics");

    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, test_publish);
    tcase_add_loop_test(tcase, test_refused, 0, COUNT(REFUSED));
    tcase_add_test(tcase, test_regions);
    suite_add_tcase(suite, tcase);
    return run_suite(suite, argc, argv);
}
