/* Every form of a model id: one is taken, each other one is refused with its own explanation.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <arn.h>

#include <bedrockcost/request.h>

#include <stdbool.h>
#include <string.h>

#define PROFILE  ":application-inference-profile/abc123def456"
#define ACCOUNT  ":123456789012"
#define LABEL_63 "a23456789-123456789-123456789-123456789-123456789-123456789-123"

static const struct {
    const char *arn;
    const char *partition;
    const char *region;
} profiles[] = {
    {"arn:aws:bedrock:us-east-1" ACCOUNT PROFILE, "aws", "us-east-1"},
    {"arn:aws-cn:bedrock:cn-north-1" ACCOUNT PROFILE, "aws-cn", "cn-north-1"},
    {"arn:aws-us-gov:bedrock:us-gov-west-1" ACCOUNT PROFILE, "aws-us-gov", "us-gov-west-1"},
    {"arn:aws-eusc:bedrock:eusc-de-east-1" ACCOUNT PROFILE, "aws-eusc", "eusc-de-east-1"},
    {"arn:aws-iso-b:bedrock:us-isob-east-1" ACCOUNT PROFILE, "aws-iso-b", "us-isob-east-1"},
    {"arn:aws-of-tomorrow:bedrock:moon-1" ACCOUNT PROFILE, "aws-of-tomorrow", "moon-1"},
    {"arn:aws:bedrock:us-east-1:000000000000" PROFILE, "aws", "us-east-1"},
    {"arn:aws:bedrock:a" ACCOUNT PROFILE, "aws", "a"},
    {"arn:aws:bedrock:" LABEL_63 ACCOUNT PROFILE, "aws", LABEL_63},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":application-inference-profile/a", "aws", "us-east-1"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":application-inference-profile/aZ09-:.", "aws",
     "us-east-1"},
};

START_TEST(profile_is_taken_apart)
{
    struct brc__arn arn;
    const char *partition = profiles[_i].partition, *region = profiles[_i].region;

    ck_assert_int_eq(brc__arn_parse(profiles[_i].arn, &arn), 0);
    ck_assert_uint_eq(arn.partition_length, strlen(partition));
    ck_assert_mem_eq(arn.partition, partition, strlen(partition));
    ck_assert_uint_eq(arn.region_length, strlen(region));
    ck_assert_mem_eq(arn.region, region, strlen(region));
    ck_assert_str_eq(brc_profile_explain(profiles[_i].arn),
                     "This is the ARN of an application inference profile.");
}
END_TEST

/* `explanation` begins the one that must come; kinds of ids and their remedies. */
static const struct {
    const char *id;
    const char *explanation;
    const char *remedy;
} others[] = {
    {NULL, "No model id was given", "ARN of an application inference profile"},
    {"", "No model id was given", "ARN of an application inference profile"},
    {"anthropic.claude-3-haiku-20240307-v1:0", "This is a foundation model",
     "Create an application inference profile"},
    {"amazon.nova-lite-v1", "This is a foundation model",
     "Create an application inference profile"},
    {"us.anthropic.claude-3-haiku-20240307-v1:0", "This is a system-defined inference profile",
     "Create an application inference profile"},
    {"eu.amazon.nova-lite-v1:0", "This is a system-defined inference profile", "profiles are free"},
    {"us-gov.amazon.nova-lite-v1:0", "This is a system-defined inference profile",
     "profiles are free"},
    {"global.amazon.nova-2-lite-v1:0", "This is a system-defined inference profile",
     "profiles are free"},
    {"abc123def456", "This may be the bare id of an application inference profile",
     "Use its whole ARN"},
    {"abc123def45", "This is a name, not an ARN", "Use the ARN"},
    {"abc123def45A", "This is a name, not an ARN", "Use the ARN"},
    {"my-model", "This is a name, not an ARN", "Use the ARN"},
    {"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
     "This is a foundation model", "Create an application inference profile"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":inference-profile/us.amazon.nova-lite-v1:0",
     "This is a system-defined inference profile", "Create an application inference profile"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":provisioned-model/abc123def456",
     "This is provisioned throughput", "Use the ARN"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":custom-model/base.name/abc123def456",
     "This is a custom model", "Use the ARN"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":custom-model-deployment/abc123def456",
     "This is the deployment of a custom model", "Use the ARN"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":imported-model/abc123def456",
     "This is an imported model", "Use the ARN"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":prompt/ABCDEFGHIJ", "This is a stored prompt",
     "send the prompt's text"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":prompt/ABCDEFGHIJ:1", "This is a stored prompt",
     "send the prompt's text"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":prompt-router/abc", "This is a prompt router",
     "Use the ARN"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":default-prompt-router/abc:1",
     "This is a default prompt router", "Use the ARN"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":guardrail/abc",
     "This ARN names a Bedrock resource that is not an inference profile", "Use the ARN"},
    {"arn:aws:sagemaker:us-east-1" ACCOUNT ":endpoint/mine", "This is a SageMaker endpoint",
     "Use the ARN"},
    {"arn:aws:s3:::bucket/key", "This ARN is not one of Amazon Bedrock", "Use the ARN"},
    {"arn:aws:bedrock-runtime:us-east-1" ACCOUNT PROFILE, "This ARN is not one of Amazon Bedrock",
     "Use the ARN"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT, "This ARN is incomplete",
     "arn:PARTITION:bedrock:REGION:ACCOUNT:application-inference-profile/ID"},
    {"arn:", "This ARN is incomplete", "arn:PARTITION:bedrock"},
};

START_TEST(other_id_is_refused_with_its_remedy)
{
    const char *explanation = brc_profile_explain(others[_i].id);
    struct brc__arn arn;

    ck_assert_int_eq(brc__arn_parse(others[_i].id, &arn), BRC_E_NOT_A_PROFILE);
    ck_assert_ptr_null(arn.region);
    ck_assert_msg(strstr(explanation, others[_i].explanation) == explanation, "%s: %s",
                  others[_i].id, explanation);
    ck_assert_msg(strstr(explanation, others[_i].remedy) != NULL, "%s: %s", others[_i].id,
                  explanation);
}
END_TEST

START_TEST(kinds_are_told_apart)
{
    for (int other = 0; other < _i; other++) {
        bool same_kind = strcmp(others[other].explanation, others[_i].explanation) == 0;
        bool same_text =
            strcmp(brc_profile_explain(others[other].id), brc_profile_explain(others[_i].id)) == 0;
        ck_assert_int_eq(same_text, same_kind);
    }
}
END_TEST

static const struct {
    const char *arn;
    const char *part; /* the part the explanation names */
} damaged[] = {
    {"arn::bedrock:us-east-1" ACCOUNT PROFILE, "partition"},
    {"arn:aws-:bedrock:us-east-1" ACCOUNT PROFILE, "partition"},
    {"arn:awsx:bedrock:us-east-1" ACCOUNT PROFILE, "partition"},
    {"arn:AWS:bedrock:us-east-1" ACCOUNT PROFILE, "partition"},
    {"arn:aws-cn.evil:bedrock:us-east-1" ACCOUNT PROFILE, "partition"},
    {"arn:aws-CN:bedrock:us-east-1" ACCOUNT PROFILE, "partition"},
    {"arn:aws-" LABEL_63 ":bedrock:us-east-1" ACCOUNT PROFILE, "partition"},
    {"arn:aws:bedrock:" ACCOUNT PROFILE, "region"},
    {"arn:aws:bedrock:us-east-1.evil.com" ACCOUNT PROFILE, "region"},
    {"arn:aws:bedrock:us-east-1/" ACCOUNT PROFILE, "region"},
    {"arn:aws:bedrock:evil.com/" ACCOUNT PROFILE, "region"},
    {"arn:aws:bedrock:US-EAST-1" ACCOUNT PROFILE, "region"},
    {"arn:aws:bedrock:us_east_1" ACCOUNT PROFILE, "region"},
    {"arn:aws:bedrock:" LABEL_63 "4" ACCOUNT PROFILE, "region"},
    {"arn:aws:bedrock:us-east-1:" PROFILE, "account"},
    {"arn:aws:bedrock:us-east-1:12345678901" PROFILE, "account"},
    {"arn:aws:bedrock:us-east-1:1234567890123" PROFILE, "account"},
    {"arn:aws:bedrock:us-east-1:12345678901a" PROFILE, "account"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":application-inference-profile/", "profile id"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT PROFILE "/more", "profile id"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT PROFILE "_more", "profile id"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":application-inference-profile/../x", "profile id"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":application-inference-profiles/x", "not an inference"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT ":APPLICATION-INFERENCE-PROFILE/x", "not an inference"},
    {"ARN:aws:bedrock:us-east-1" ACCOUNT PROFILE, "not an ARN"},
    {"x"
     "arn:aws:bedrock:us-east-1" ACCOUNT PROFILE,
     "not an ARN"},
    /* characters no id has */
    {"arn:aws:bedrock:user@evil" ACCOUNT PROFILE, "character that no model id has"},
    {" arn:aws:bedrock:us-east-1" ACCOUNT PROFILE, "character that no model id has"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT PROFILE "\n", "character that no model id has"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT PROFILE "\r\nHost: evil",
     "character that no model id has"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT PROFILE "?x=y", "character that no model id has"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT PROFILE "#x", "character that no model id has"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT PROFILE "%2F", "character that no model id has"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT PROFILE "\xc3\xa9", "character that no model id has"},
    {"arn:aws:bedrock:us-east-1" ACCOUNT PROFILE "\xff", "character that no model id has"},
};

START_TEST(damaged_arn_is_refused_and_the_part_is_named)
{
    const char *explanation = brc_profile_explain(damaged[_i].arn);
    struct brc__arn arn;

    ck_assert_int_eq(brc__arn_parse(damaged[_i].arn, &arn), BRC_E_NOT_A_PROFILE);
    ck_assert_msg(strstr(explanation, damaged[_i].part) != NULL, "%s: %s", damaged[_i].arn,
                  explanation);
}
END_TEST

/* 2,048 characters may be; one more may not. */
START_TEST(length_has_an_end)
{
    static const char start[] = "arn:aws:bedrock:us-east-1" ACCOUNT PROFILE;
    char id[BRC__ARN_LENGTH_MAX + 2];
    struct brc__arn arn;

    memset(id, 'x', sizeof id);
    memcpy(id, start, strlen(start));
    id[BRC__ARN_LENGTH_MAX + 1] = '\0';
    ck_assert_int_eq(brc__arn_parse(id, &arn), BRC_E_NOT_A_PROFILE);
    ck_assert_ptr_nonnull(strstr(brc_profile_explain(id), "2,048"));
    id[BRC__ARN_LENGTH_MAX] = '\0';
    ck_assert_int_eq(brc__arn_parse(id, &arn), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arn");
    TCase *tests = tcase_create("arn");

    tcase_add_loop_test(tests, profile_is_taken_apart, 0, sizeof profiles / sizeof *profiles);
    tcase_add_loop_test(tests, other_id_is_refused_with_its_remedy, 0,
                        sizeof others / sizeof *others);
    tcase_add_loop_test(tests, kinds_are_told_apart, 0, sizeof others / sizeof *others);
    tcase_add_loop_test(tests, damaged_arn_is_refused_and_the_part_is_named, 0,
                        sizeof damaged / sizeof *damaged);
    tcase_add_test(tests, length_has_an_end);
    suite_add_tcase(suite, tests);
    return run(suite);
}
