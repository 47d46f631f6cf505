/* The control plane: every kind of request that is refused, and with which words.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

#include <stdlib.h>
#include <string.h>

#define HAIKU   "anthropic.claude-haiku-4-5-20251001-v1:0"
#define ACCOUNT "123456789012"
#define SYSTEM  "arn:aws:bedrock:us-east-1:" ACCOUNT ":inference-profile/"
#define NOVA    "amazon.nova-lite-v1:0"
#define MODEL   "arn:aws:bedrock:us-east-1::foundation-model/"
#define A64     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

#define SOURCE "\"modelSource\":{\"copyFrom\":\"" MODEL NOVA "\"}"
#define NAME   "\"inferenceProfileName\":\"n\""

static const struct {
    const char *target;
    const char *body;
    int status;
    const char *type;
    const char *part;
} REFUSED[] = {
#define CREATE(body, status, type, part)                                                           \
    {                                                                                              \
        "/inference-profiles", body, status, type, part                                            \
    }
#define CREATE_INVALID(body, part) CREATE(body, 400, "ValidationException", part)
    CREATE_INVALID("{}", "2 validation errors detected: Value at 'inferenceProfileName' failed to "
                         "satisfy constraint: Member must not be null; Value at 'modelSource'"),
    CREATE_INVALID("{\"inferenceProfileName\":null," SOURCE "}", "must not be null"),
    CREATE_INVALID("{\"inferenceProfileName\":\"\"," SOURCE "}", "greater than or equal to 1"),
    CREATE_INVALID("{\"inferenceProfileName\":\"" A64 "a\"," SOURCE "}",
                   "less than or equal to 64"),
    CREATE_INVALID("{\"inferenceProfileName\":\"a  b\"," SOURCE "}",
                   "regular expression pattern: ([0-9a-zA-Z][ _-]?)+"),
    CREATE_INVALID("{\"inferenceProfileName\":\"-a\"," SOURCE "}", "pattern"),
    CREATE_INVALID("{\"inferenceProfileName\":\"a.b\"," SOURCE "}", "pattern"),
    CREATE_INVALID("{\"inferenceProfileName\":\"\\u00e4\"," SOURCE "}", "pattern"),
    CREATE_INVALID("{\"inferenceProfileName\":\"a\\u0000\"," SOURCE "}", "pattern"),
    CREATE_INVALID("{" NAME ",\"modelSource\":{}}", "exactly one"),
    CREATE_INVALID("{" NAME ",\"modelSource\":{\"copyFrom\":\"" MODEL "\"}}", "pattern"),
    CREATE_INVALID("{" NAME ",\"modelSource\":{\"copyFrom\":\"anthropic.claude\"}}", "pattern"),
    CREATE_INVALID("{" NAME ",\"modelSource\":{\"copyFrom\":\"arn:aws:bedrock:us-east-1:" ACCOUNT
                   ":application-inference-profile/abc123def456\"}}",
                   "modelSource.copyFrom"),
    CREATE_INVALID("{" NAME "," SOURCE ",\"description\":\"\"}", "description"),
    CREATE_INVALID("{" NAME "," SOURCE ",\"description\":\"a--b\"}", "description"),
    CREATE_INVALID("{" NAME "," SOURCE ",\"description\":\"" A64 A64 A64 "aaaaaaaaa\"}", "200"),
    CREATE_INVALID("{" NAME "," SOURCE ",\"clientRequestToken\":\"-a\"}", "clientRequestToken"),
    CREATE_INVALID("{" NAME "," SOURCE ",\"clientRequestToken\":\"" A64 A64 A64 A64 "a\"}", "256"),
    CREATE_INVALID("{" NAME "," SOURCE ",\"tags\":[{\"key\":\"k\"}]}", "tags.1.member.value"),
    CREATE_INVALID("{" NAME "," SOURCE ",\"tags\":[{\"key\":\"\",\"value\":\"\"}]}",
                   "tags.1.member.key"),
    CREATE_INVALID("{" NAME "," SOURCE ",\"tags\":[{\"key\":\"" A64 A64 "a\",\"value\":\"\"}]}",
                   "128"),
    CREATE_INVALID("{" NAME "," SOURCE ",\"tags\":[{\"key\":\"k\",\"value\":\"" A64 A64 A64 A64
                   "a\"}]}",
                   "256"),
    CREATE_INVALID("{" NAME "," SOURCE ",\"tags\":[{\"key\":\"k#\",\"value\":\"\"}]}", "pattern"),
    CREATE_INVALID("{" NAME "," SOURCE ",\"tags\":[{\"key\":\"k\",\"value\":\"(\"}]}", "pattern"),
    CREATE_INVALID("{" NAME "," SOURCE ",\"tags\":[{\"key\":\"AWS:k\",\"value\":\"v\"}]}",
                   "reserved"),
    CREATE_INVALID("{" NAME "," SOURCE ",\"tags\":[{\"key\":\"k\",\"value\":\"1\"},{\"key\":\"k\","
                   "\"value\":\"2\"}]}",
                   "Duplicate"),
#define CREATE_UNREADABLE(body) CREATE(body, 400, "SerializationException", NULL)
    CREATE_UNREADABLE("{"),
    CREATE_UNREADABLE("[]"),
    CREATE_UNREADABLE("null"),
    CREATE_UNREADABLE("{\"inferenceProfileName\":1," SOURCE "}"),
    CREATE_UNREADABLE("{" NAME "," SOURCE ",\"tags\":{}}"),
    CREATE_UNREADABLE("{" NAME "," SOURCE ",\"tags\":[[]]}"),
    CREATE_UNREADABLE("{" NAME ",\"modelSource\":true}"),
    CREATE_UNREADABLE("{" NAME ",\"modelSource\":1.5}"),
    CREATE_UNREADABLE("{\"inferenceProfileName\":\"\xff\"," SOURCE "}"),
#define CREATE_MISSING(source)                                                                     \
    CREATE("{" NAME ",\"modelSource\":{\"copyFrom\":\"" source "\"}}", 404,                        \
           "ResourceNotFoundException", source)
    CREATE_MISSING("arn:aws:bedrock:us-west-2::foundation-model/" NOVA),
    CREATE_MISSING("arn:aws:bedrock:us-east-1:" ACCOUNT ":foundation-model/" NOVA),
    CREATE_MISSING(MODEL "amazon.nova-lite-v9:0"),
    CREATE_MISSING(SYSTEM "us.amazon.nova-lite-v9:0"),
    CREATE_MISSING(MODEL "nodot"),
    CREATE_MISSING(SYSTEM "mars.vendor.model"),
    CREATE_MISSING(SYSTEM "eu." HAIKU),
    CREATE_MISSING(SYSTEM "us.nodot"),
    CREATE_MISSING(SYSTEM "us"),
    CREATE_MISSING("arn:aws:bedrock:us-east-1:999999999999:inference-profile/us." HAIKU),
#define ABSENT "arn:aws:bedrock:us-east-1:" ACCOUNT ":application-inference-profile/abcdef123456"
    {"/tagResource", "{\"resourceARN\":\"" ABSENT "\",\"tags\":[]}", 404,
     "ResourceNotFoundException", ABSENT},
    {"/untagResource", "{\"resourceARN\":\"" ABSENT "\",\"tagKeys\":[]}", 404,
     "ResourceNotFoundException", ABSENT},
    {"/listTagsForResource", "{\"resourceARN\":\"" ABSENT "\"}", 404, "ResourceNotFoundException",
     ABSENT},
    {"/tagResource", "{\"resourceARN\":\"" ABSENT "\"}", 400, "ValidationException", "'tags'"},
    {"/tagResource", "{\"resourceARN\":\"short\",\"tags\":[]}", 400, "ValidationException", "20"},
    {"/tagResource", "{\"resourceARN\":\"arn:aws:s3:::bucket/key-and-more\",\"tags\":[]}", 400,
     "ValidationException", "pattern"},
    {"/untagResource", "{\"resourceARN\":\"" ABSENT "\"}", 400, "ValidationException", "'tagKeys'"},
    {"/untagResource", "{\"resourceARN\":\"" ABSENT "\",\"tagKeys\":[\"\"]}", 400,
     "ValidationException", "tagKeys.1.member"},
    {"/untagResource", "{\"resourceARN\":\"" ABSENT "\",\"tagKeys\":[1]}", 400,
     "SerializationException", "tagKeys.1.member"},
    {"/listTagsForResource", "{}", 400, "ValidationException", "'resourceARN'"},
    {"/listTagsForResource", "", 400, "ValidationException", "'resourceARN'"},
    {"/nothing", "{}", 404, "UnknownOperationException", NULL},
    {"/", "", 404, "UnknownOperationException", NULL},
    {"/inference-profiles/", "{}", 404, "UnknownOperationException", NULL},
    {"/inference-profiles/a/b", "{}", 404, "UnknownOperationException", NULL},
};

START_TEST(test_refused)
{
    expect_error(call("POST", REFUSED[_i].target, REFUSED[_i].body), REFUSED[_i].status,
                 REFUSED[_i].type, REFUSED[_i].part);
}
END_TEST

START_TEST(test_refused_reads)
{
    char *long_id = calloc(1, 2050);
    char *target;

    memset(long_id, 'a', 2049);
    target = text("/inference-profiles/%s", long_id);
    expect_error(call("GET", target, NULL), 400, "ValidationException", "2048");
    expect_error(call("GET", "/inference-profiles?maxResults=0", NULL), 400, "ValidationException",
                 "greater than or equal to 1");
    expect_error(call("GET", "/inference-profiles?maxResults=1001", NULL), 400,
                 "ValidationException", "1000");
    expect_error(call("GET", "/inference-profiles?maxResults=ten", NULL), 400,
                 "SerializationException", NULL);
    expect_error(call("GET", "/inference-profiles?type=OTHER", NULL), 400, "ValidationException",
                 "[SYSTEM_DEFINED, APPLICATION]");
    expect_error(call("GET", "/inference-profiles?nextToken=zz", NULL), 400, "ValidationException",
                 "nextToken");
    expect_error(call("GET", "/inference-profiles?nextToken=", NULL), 400, "ValidationException",
                 "nextToken");
    expect_error(call("GET", "/inference-profiles?nextToken=a%20b", NULL), 400,
                 "ValidationException", "pattern");
    expect_error(call("GET", "/inference-profiles/us", NULL), 404, "ResourceNotFoundException",
                 "us");
    expect_error(call("GET", "/inference-profiles/a%2Fb", NULL), 400, "ValidationException",
                 "pattern");
    expect_error(call("GET", "/inference-profiles/%FF", NULL), 400, "SerializationException", NULL);
    expect_error(call("GET", "/inference-profiles/%4", NULL), 400, "SerializationException", NULL);
    expect_error(call("GET", "/inference-profiles/%00", NULL), 400, "SerializationException", NULL);
    expect_error(call("PUT", "/inference-profiles", "{}"), 404, "UnknownOperationException", NULL);
    expect_error(call("DELETE", "/inference-profiles", NULL), 404, "UnknownOperationException",
                 NULL);
    free(target);
    free(long_id);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("profiles refused");
    TCase *tcase = emulator_case(suite, "profiles refused");

    tcase_add_loop_test(tcase, test_refused, 0, COUNT(REFUSED));
    tcase_add_test(tcase, test_refused_reads);
    return run_suite(suite, argc, argv);
}
