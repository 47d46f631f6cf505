/* What AWS says of a profile, as the ledger keeps it.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <profile_answer.h>

#define ARN        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456"
#define PROFILE    "{\"inferenceProfileName\":\"search prod\",\"inferenceProfileArn\":\"" ARN "\""
#define MODEL      "anthropic.claude-haiku-4-5-20251001-v1:0"
#define IN(region) "{\"modelArn\":\"arn:aws:bedrock:" region "::foundation-model/" MODEL "\"}"
#define KEPT(rest) "{\"arn\":\"" ARN "\",\"name\":\"search prod\"" rest "}"

static const struct {
    const char *profile, *tags, *kept;
} answers[] = {
    {PROFILE ",\"models\":[" IN("us-east-1") "],\"status\":\"ACTIVE\",\"type\":\"APPLICATION\"}",
     "{\"tags\":[{\"key\":\"team\",\"value\":\"search\"},{\"key\":\"a b\",\"value\":\"\"}]}",
     KEPT(",\"model\":\"" MODEL "\",\"scope\":\"in-region\",\"tags\":{\"team\":\"search\",\"a b\":"
          "\"\"}")},
    /* several regions; the same one twice is one */
    {PROFILE ",\"models\":[" IN("us-east-1") "," IN("us-west-2") "]}", "{\"tags\":[]}",
     KEPT(",\"model\":\"" MODEL "\",\"scope\":\"geo\",\"tags\":{}")},
    {PROFILE ",\"models\":[" IN("us-east-1") "," IN("us-east-1") "]}", "{\"tags\":[]}",
     KEPT(",\"model\":\"" MODEL "\",\"scope\":\"in-region\",\"tags\":{}")},
    /* one without a region: everywhere, wherever it stands */
    {PROFILE ",\"models\":[" IN("") "," IN("us-east-1") "]}", "{\"tags\":[]}",
     KEPT(",\"model\":\"" MODEL "\",\"scope\":\"global\",\"tags\":{}")},
    {PROFILE ",\"models\":[" IN("us-east-1") "," IN("us-west-2") "," IN("") "]}", "{\"tags\":[]}",
     KEPT(",\"model\":\"" MODEL "\",\"scope\":\"global\",\"tags\":{}")},
    /* no model, and one that no table has a price of */
    {PROFILE "}", "{\"tags\":[]}", KEPT(",\"tags\":{}")},
    {PROFILE ",\"models\":[{\"modelArn\":\"arn:aws:bedrock:us-east-1:123456789012:imported-model/"
             "x\"}]}",
     "{\"tags\":[]}", KEPT(",\"scope\":\"in-region\",\"tags\":{}")},
    {PROFILE ",\"models\":[{\"modelArn\":\"nonsense\"},{\"other\":1},3]}", "{\"tags\":[]}",
     KEPT(",\"tags\":{}")},
    /* what AWS does not promise: text that has to be quoted, members of tomorrow */
    {PROFILE ",\"models\":[" IN("us-east-1") "],\"new\":{\"models\":[]}}",
     "{\"tags\":[{\"key\":\"q\\\"\",\"value\":\"\\u00e4\\n\",\"x\":1}],\"next\":null}",
     KEPT(",\"model\":\"" MODEL "\",\"scope\":\"in-region\",\"tags\":{\"q\\\"\":\"\xc3\xa4\\n\"}")},
};

START_TEST(answers_become_a_profile)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(4096);
    struct brc__error error;

    int rc = brc__profile_answer(ARN, answers[_i].profile, answers[_i].tags, &json, &error);
    ck_assert_int_eq(rc, 0);
    ck_assert_str_eq(json.data, answers[_i].kept);
}
END_TEST

static const struct {
    const char *profile, *tags, *reason;
} faulty[] = {
    {"", "{\"tags\":[]}", "is of another profile, or of none"},
    {"[]", "{\"tags\":[]}", "is of another profile, or of none"},
    {"{\"inferenceProfileName\":\"x\"}", "{\"tags\":[]}", "is of another profile, or of none"},
    {"{\"inferenceProfileName\":\"x\",\"inferenceProfileArn\":\"" ARN "4\"}", "{\"tags\":[]}",
     "is of another profile, or of none"},
    {"{\"inferenceProfileArn\":\"" ARN "\"}", "{\"tags\":[]}", "has no name"},
    {"{\"inferenceProfileArn\":\"" ARN "\",\"inferenceProfileName\":\"\"}", "{\"tags\":[]}",
     "has no name"},
    {PROFILE "}", "", "has no list of tags"},
    {PROFILE "}", "{\"tags\":{}}", "has no list of tags"},
    {PROFILE "}", "{\"message\":\"no\"}", "has no list of tags"},
};

START_TEST(faulty_answers_are_refused)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(4096);
    struct brc__error error;

    int rc = brc__profile_answer(ARN, faulty[_i].profile, faulty[_i].tags, &json, &error);
    ck_assert_int_eq(rc, BRC_E_PROTOCOL);
    ck_assert_msg(strstr(error.text, faulty[_i].reason) != NULL, "%s", error.text);
    ck_assert_ptr_nonnull(strstr(error.text, ARN));
}
END_TEST

START_TEST(ceilings_hold)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(100);
    struct brc__error error;

    ck_assert_int_eq(brc__profile_answer(ARN, answers[0].profile, answers[0].tags, &json, &error),
                     BRC_E_TOO_LARGE);
    ck_assert_int_eq(error.code, BRC_E_TOO_LARGE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("profile_answer");
    TCase *cases = tcase_create("profile_answer");

    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, answers_become_a_profile, 0, sizeof answers / sizeof answers[0]);
    tcase_add_loop_test(cases, faulty_answers_are_refused, 0, sizeof faulty / sizeof faulty[0]);
    tcase_add_test(cases, ceilings_hold);
    return run(suite);
}
