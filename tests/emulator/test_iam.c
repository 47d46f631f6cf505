/* IAM: when what is written comes into force, and for whom.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "inside.h"
#include "iam_operations.h"
#include "iam_state.h"

#define ROLE    "arn:aws:iam::123456789012:role/service-role/team"
#define SESSION "arn:aws:sts::123456789012:assumed-role/team/somebody"
#define POLICY  "arn:aws:iam::123456789012:policy/shared"
#define PROFILE "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"

static struct inside inside;

static void begin(int64_t settle_ms)
{
    inside_begin(&inside, settle_ms);
    inside_do(&inside, emu_iam_create_role,
              "{'RoleName':'team','Path':'/service-role/','AssumeRolePolicyDocument':'{\\'Version"
              "\\':\\'2012-10-17\\',\\'Statement\\':{\\'Effect\\':\\'Allow\\',\\'Action\\':\\'sts:"
              "AssumeRole\\',\\'Principal\\':\\'*\\'}}'}");
}

/* A policy of one statement, as a member of an input. */
static json_t *input_with(const char *member, const char *effect, const char *role_name,
                          const char *policy_name)
{
    json_t *input = json_pack("{s:s, s:o}", "PolicyName", policy_name, member,
                              json_sprintf("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":"
                                           "\"%s\",\"Action\":\"bedrock:*\",\"Resource\":\"*\"}}",
                                           effect));

    if (role_name != NULL)
        json_object_set_new(input, "RoleName", json_string(role_name));
    return input;
}

static void put(const char *policy_name, const char *effect)
{
    json_decref(inside_succeed(&inside, emu_iam_put_role_policy,
                               input_with("PolicyDocument", effect, "team", policy_name)));
}

static enum emu_decision judge(const char *principal)
{
    const struct emu_access access = {"bedrock:InvokeModel", PROFILE, NULL};
    struct emu_judgement judgement;

    ck_assert_int_eq(emu_iam_judge(&inside.emulator, principal, &access, inside.now_us, &judgement),
                     EMU_OK);
    return judgement.decision;
}

START_TEST(test_in_force)
{
    begin(0);
    ck_assert_int_eq(judge(ROLE), EMU_IMPLICIT_DENY);
    put("use", "Allow");
    ck_assert_int_eq(judge(ROLE), EMU_ALLOWED);
    ck_assert_int_eq(judge(SESSION), EMU_ALLOWED);
    put("use", "Deny");
    ck_assert_int_eq(judge(SESSION), EMU_EXPLICIT_DENY);
    inside_do(&inside, emu_iam_delete_role_policy, "{'RoleName':'team','PolicyName':'use'}");
    ck_assert_int_eq(judge(SESSION), EMU_IMPLICIT_DENY);
    inside_stop(&inside);
}
END_TEST

/* What is no role that was created here is not held back; a path is part of a role's name. */
START_TEST(test_strangers)
{
    begin(0);
    ck_assert_int_eq(judge("arn:aws:iam::123456789012:user/emulator"), EMU_ALLOWED);
    ck_assert_int_eq(judge("arn:aws:sts::123456789012:assumed-role/other/somebody"), EMU_ALLOWED);
    ck_assert_int_eq(judge("arn:aws:iam::123456789012:role/team"), EMU_ALLOWED);
    ck_assert(emu_iam_has_role(&inside.emulator.iam, ROLE));
    ck_assert(!emu_iam_has_role(&inside.emulator.iam, "arn:aws:iam::123456789012:role/team"));
    ck_assert(!emu_iam_has_role(&inside.emulator.iam, SESSION));
    inside_stop(&inside);
}
END_TEST

/* Additions, replacements and removals: what was in force stays so until a change has settled. */
START_TEST(test_settling)
{
    begin(1000);
    put("use", "Allow");
    ck_assert_int_eq(judge(ROLE), EMU_IMPLICIT_DENY);
    inside.now_us += SECOND - 1;
    ck_assert_int_eq(judge(ROLE), EMU_IMPLICIT_DENY);
    inside.now_us++;
    ck_assert_int_eq(judge(ROLE), EMU_ALLOWED);
    put("use", "Deny");
    ck_assert_int_eq(judge(ROLE), EMU_ALLOWED);
    inside.now_us += SECOND / 2;
    inside_do(&inside, emu_iam_delete_role_policy, "{'RoleName':'team','PolicyName':'use'}");
    inside.now_us += SECOND / 2;
    ck_assert_int_eq(judge(ROLE), EMU_ALLOWED);
    inside.now_us += SECOND / 2;
    ck_assert_int_eq(judge(ROLE), EMU_IMPLICIT_DENY);
    inside_stop(&inside);
}
END_TEST

START_TEST(test_attachments)
{
    begin(1000);
    json_decref(inside_succeed(&inside, emu_iam_create_policy,
                               input_with("PolicyDocument", "Deny", NULL, "shared")));
    put("use", "Allow");
    inside.now_us += SECOND;
    ck_assert_int_eq(emu_iam_attach(&inside.emulator, "team", POLICY, inside.now_us), EMU_OK);
    ck_assert_int_eq(judge(ROLE), EMU_ALLOWED);
    ck_assert_int_eq(emu_iam_attach(&inside.emulator, "nobody", POLICY, inside.now_us),
                     EMU_INVALID);
    ck_assert_int_eq(emu_iam_attach(&inside.emulator, "team", ROLE, inside.now_us), EMU_INVALID);
    inside.now_us += SECOND;
    ck_assert_int_eq(judge(ROLE), EMU_EXPLICIT_DENY);
    /* attaching what is attached changes nothing, and settles nothing anew */
    ck_assert_int_eq(emu_iam_attach(&inside.emulator, "team", POLICY, inside.now_us), EMU_OK);
    ck_assert_int_eq(emu_iam_detach(&inside.emulator, "team", POLICY, inside.now_us), EMU_OK);
    ck_assert_int_eq(judge(ROLE), EMU_EXPLICIT_DENY);
    ck_assert_int_eq(emu_iam_detach(&inside.emulator, "team", POLICY, inside.now_us), EMU_INVALID);
    /* a policy that is gone denies nothing, even if its detachment has not settled */
    inside_do(&inside, emu_iam_delete_policy, "{'PolicyArn':'" POLICY "'}");
    ck_assert_int_eq(judge(ROLE), EMU_ALLOWED);
    inside_stop(&inside);
}
END_TEST

START_TEST(test_organisation)
{
    begin(0);
    put("use", "Allow");
    json_array_append_new(inside.emulator.iam.organisation,
                          inside_json("{'Version':'2012-10-17','Statement':{'Effect':'Deny',"
                                      "'Action':'bedrock:*','Resource':'*','Condition':{"
                                      "'ArnLike':{'aws:PrincipalArn':'arn:aws:iam::*:role/*'}}}}"));
    /* a session is its role here; of a user the condition does not hold */
    ck_assert_int_eq(judge(SESSION), EMU_EXPLICIT_DENY);
    ck_assert_int_eq(judge("arn:aws:iam::123456789012:user/emulator"), EMU_ALLOWED);
    inside_stop(&inside);
}
END_TEST

START_TEST(test_documents)
{
    const char *text = "{\"Version\":\"2012-10-17\",\n \"Statement\":{\"Effect\":\"Allow\","
                       "\"Action\":\"bedrock:*\",\"Resource\":\"*\"}}";
    json_t *answer;

    begin(0);
    json_decref(inside_succeed(&inside, emu_iam_put_role_policy,
                               json_pack("{s:s, s:s, s:s}", "RoleName", "team", "PolicyName", "use",
                                         "PolicyDocument", text)));
    answer = inside_succeed(&inside, emu_iam_get_role_policy,
                            inside_json("{'RoleName':'team','PolicyName':'use'}"));
    ck_assert_str_eq(
        json_string_value(json_object_get(answer, "PolicyDocument")),
        "%7B%22Version%22%3A%222012-10-17%22%2C%0A%20%22Statement%22%3A%7B%22Effect%22%3A%22Allow"
        "%22%2C%22Action%22%3A%22bedrock%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D");
    json_decref(answer);
    ck_assert_int_eq((int)emu_iam_characters(" a\n\xC3\xA9\tb "), 3);
    inside_stop(&inside);
}
END_TEST

/* Lists are multiplied, so that their product has a limit. */
START_TEST(test_simulations)
{
    json_t *input = inside_json("{'PolicyInputList':[],'ActionNames':[],'ResourceArns':[]}");
    struct emu_reply reply;

    inside_begin(&inside, 0);
    for (int i = 0; i < 101; i++) {
        json_array_append_new(json_object_get(input, "ActionNames"), json_string("iam:GetRole"));
        json_array_append_new(json_object_get(input, "ResourceArns"), json_string("*"));
    }
    inside_ask(&inside, emu_iam_simulate_custom_policy, input, &reply);
    ck_assert_str_eq(reply.error_type, "InvalidInput");
    emu_reply_free(&reply);
    inside_stop(&inside);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("iam");
    TCase *tcase = tcase_create("iam");
    char *none[] = {NULL};

    tcase_add_test(tcase, test_in_force);
    tcase_add_test(tcase, test_strangers);
    tcase_add_test(tcase, test_settling);
    tcase_add_test(tcase, test_attachments);
    tcase_add_test(tcase, test_organisation);
    tcase_add_test(tcase, test_documents);
    tcase_add_test(tcase, test_simulations);
    suite_add_tcase(suite, tcase);
    return run_suite(suite, 1, none);
}
