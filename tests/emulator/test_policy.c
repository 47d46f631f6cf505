/* The evaluator of policies, without an emulator around it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "policy.h"

#include <stdlib.h>
#include <string.h>

#define PROFILE "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"
#define MODEL   "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0"
#define GLOBAL  "arn:aws:bedrock:::foundation-model/amazon.nova-lite-v1:0"

/* Single quotes for double ones, so that the tables can be read. */
static char *quoted(const char *json)
{
    char *copy = strdup(json);

    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static json_t *policy_of(const char *statements)
{
    char *json = quoted(statements);
    char *document = text("{\"Version\":\"2012-10-17\",\"Statement\":%s}", json);
    struct emu_text message = {0};
    json_t *policy;
    int rc = emu_policy_read(document, EMU_IDENTITY_POLICY, &policy, &message);

    ck_assert_msg(rc == EMU_OK, "%s: %s", document, emu_text_string(&message));
    emu_text_free(&message);
    free(document);
    free(json);
    return policy;
}

static enum emu_decision judge(const char *statements, const char *action, const char *resource,
                               const char *context)
{
    json_t *policy = policy_of(statements);
    char *json = quoted(context);
    const struct emu_access access = {action, resource, json_loads(json, 0, NULL)};
    enum emu_decision decision = emu_policy_judge(policy, &access);

    ck_assert_ptr_nonnull(access.context);
    json_decref(access.context);
    json_decref(policy);
    free(json);
    return decision;
}

/* ---- actions and resources ---- */

static const struct {
    const char *statements;
    const char *action;
    const char *resource;
    enum emu_decision decision;
} TARGETS[] = {
#define ALLOW(action, resource) "{'Effect':'Allow','Action':'" action "','Resource':'" resource "'}"
    {ALLOW("bedrock:InvokeModel", PROFILE), "bedrock:InvokeModel", PROFILE, EMU_ALLOWED},
    {ALLOW("bedrock:invokemodel", PROFILE), "bedrock:InvokeModel", PROFILE, EMU_ALLOWED},
    {ALLOW("bedrock:InvokeModel", PROFILE), "bedrock:InvokeModelX", PROFILE, EMU_IMPLICIT_DENY},
    {ALLOW("bedrock:Invoke*", "*"), "bedrock:InvokeModel", MODEL, EMU_ALLOWED},
    {ALLOW("bedrock:Invoke?odel", "*"), "bedrock:InvokeModel", MODEL, EMU_ALLOWED},
    {ALLOW("*", "*"), "bedrock:ListInferenceProfiles", "*", EMU_ALLOWED},
    {ALLOW("bedrock:*", PROFILE), "bedrock:ListInferenceProfiles", "*", EMU_IMPLICIT_DENY},
    {ALLOW("bedrock:*", "arn:aws:bedrock:*::foundation-model/*"), "bedrock:InvokeModel", MODEL,
     EMU_ALLOWED},
    {ALLOW("bedrock:*", "arn:aws:bedrock:*::foundation-model/*"), "bedrock:InvokeModel", GLOBAL,
     EMU_ALLOWED},
    {ALLOW("bedrock:*", "arn:aws:bedrock:us-*::foundation-model/amazon.nova-lite-v1:?"),
     "bedrock:InvokeModel", MODEL, EMU_ALLOWED},
    /* a star stays within its part of the ARN */
    {ALLOW("bedrock:*", "arn:aws:bedrock:*:foundation-model/*"), "bedrock:InvokeModel", MODEL,
     EMU_IMPLICIT_DENY},
    {ALLOW("bedrock:*", "arn:aws:bedrock:us-east-1:*"), "bedrock:InvokeModel", PROFILE,
     EMU_ALLOWED},
    /* nor may it stand for a type in front of an id */
    {ALLOW("bedrock:*", "arn:aws:bedrock:*:*:*/abc"), "bedrock:InvokeModel", PROFILE,
     EMU_IMPLICIT_DENY},
    {ALLOW("bedrock:*", "arn:aws:bedrock:*:*:application-inference-profile/a*"),
     "bedrock:InvokeModel", PROFILE, EMU_ALLOWED},
    {ALLOW("bedrock:*", "arn:aws:bedrock:*:*:application-inference-profile/A*"),
     "bedrock:InvokeModel", PROFILE, EMU_IMPLICIT_DENY},
    {"{'Effect':'Allow','NotAction':['iam:*','bedrock:Delete*'],'Resource':'*'}",
     "bedrock:InvokeModel", PROFILE, EMU_ALLOWED},
    {"{'Effect':'Allow','NotAction':['iam:*','bedrock:Delete*'],'Resource':'*'}",
     "bedrock:DeleteInferenceProfile", PROFILE, EMU_IMPLICIT_DENY},
    {"{'Effect':'Deny','Action':'*','NotResource':'" PROFILE "'}", "bedrock:InvokeModel", MODEL,
     EMU_EXPLICIT_DENY},
    {"{'Effect':'Deny','Action':'*','NotResource':'" PROFILE "'}", "bedrock:InvokeModel", PROFILE,
     EMU_IMPLICIT_DENY},
    {"[" ALLOW("*", "*") ",{'Effect':'Deny','Action':'bedrock:*','Resource':'*'}]",
     "bedrock:InvokeModel", PROFILE, EMU_EXPLICIT_DENY},
    {"[" ALLOW("iam:*", "*") "," ALLOW("bedrock:*", "*") "]", "bedrock:InvokeModel", PROFILE,
     EMU_ALLOWED},
};

START_TEST(test_targets)
{
    ck_assert_msg(judge(TARGETS[_i].statements, TARGETS[_i].action, TARGETS[_i].resource, "{}") ==
                      TARGETS[_i].decision,
                  "%s %s %s", TARGETS[_i].statements, TARGETS[_i].action, TARGETS[_i].resource);
}
END_TEST

/* ---- conditions ---- */

static const struct {
    const char *condition;
    const char *context;
    bool holds;
} CONDITIONS[] = {
    {"'StringEquals':{'aws:RequestTag/team':'a'}", "{'aws:requesttag/TEAM':'a'}", true},
    {"'StringEquals':{'k':['a','b']}", "{'k':'b'}", true},
    {"'StringEquals':{'k':['a','b']}", "{'k':'B'}", false},
    {"'StringEquals':{'k':'a*'}", "{'k':'ab'}", false},
    {"'StringEquals':{'k':'a'}", "{}", false},
    {"'StringEquals':{'k':'a'}", "{'k':['a']}", false},
    {"'StringEqualsIfExists':{'k':'a'}", "{}", true},
    {"'StringEqualsIfExists':{'k':'a'}", "{'k':'b'}", false},
    {"'StringEqualsIgnoreCase':{'k':'A'}", "{'k':'a'}", true},
    {"'StringNotEqualsIgnoreCase':{'k':'A'}", "{'k':'a'}", false},
    {"'StringNotEquals':{'k':['a','b']}", "{'k':'b'}", false},
    {"'StringNotEquals':{'k':['a','b']}", "{'k':'c'}", true},
    {"'StringNotEquals':{'k':'a'}", "{}", true},
    {"'StringNotEqualsIfExists':{'k':'a'}", "{}", true},
    {"'StringLike':{'k':'a*c?'}", "{'k':'abbcd'}", true},
    {"'StringLike':{'k':'*a*b*a*'}", "{'k':'xxaybbza'}", true},
    {"'StringLike':{'k':'a*c?'}", "{'k':'abbc'}", false},
    {"'StringNotLike':{'k':'a*'}", "{'k':'ab'}", false},
    {"'stringlike':{'k':'a*'}", "{'k':'ab'}", true},
    {"'ArnLike':{'k':'arn:aws:bedrock:*:123456789012:application-inference-profile/*'}",
     "{'k':'" PROFILE "'}", true},
    {"'ArnLike':{'k':'arn:aws:bedrock:*:application-inference-profile/*'}", "{'k':'" PROFILE "'}",
     false},
    {"'ArnLike':{'k':'*'}", "{'k':'" PROFILE "'}", false},
    {"'ArnEquals':{'k':'arn:aws:bedrock:us-east-?:*:*'}", "{'k':'" PROFILE "'}", true},
    {"'ArnNotLike':{'k':'" PROFILE "'}", "{'k':'" PROFILE "'}", false},
    {"'ArnNotEquals':{'k':'" PROFILE "'}", "{}", true},
    {"'Null':{'k':'true'}", "{}", true},
    {"'Null':{'k':true}", "{'k':'x'}", false},
    {"'Null':{'k':'false'}", "{'k':'x'}", true},
    {"'Bool':{'aws:SecureTransport':'True'}", "{'aws:SecureTransport':'true'}", true},
    {"'Bool':{'aws:SecureTransport':false}", "{'aws:SecureTransport':'true'}", false},
    {"'BoolIfExists':{'aws:SecureTransport':'false'}", "{}", true},
    {"'ForAnyValue:StringEquals':{'aws:TagKeys':['a','b']}", "{'aws:TagKeys':['c','b']}", true},
    {"'ForAnyValue:StringEquals':{'aws:TagKeys':['a','b']}", "{'aws:TagKeys':['c']}", false},
    {"'ForAnyValue:StringEquals':{'aws:TagKeys':['a','b']}", "{}", false},
    {"'ForAnyValue:StringNotEquals':{'aws:TagKeys':['a','b']}", "{'aws:TagKeys':['a','c']}", true},
    {"'ForAllValues:StringEquals':{'aws:TagKeys':['a','b']}", "{'aws:TagKeys':['a']}", true},
    {"'ForAllValues:StringEquals':{'aws:TagKeys':['a','b']}", "{'aws:TagKeys':['a','c']}", false},
    {"'ForAllValues:StringEquals':{'aws:TagKeys':['a','b']}", "{}", true},
    {"'ForAllValues:StringLike':{'aws:TagKeys':'a*'}", "{'aws:TagKeys':'ab'}", true},
    {"'ForAllValues:StringNotEquals':{'aws:TagKeys':'a'}", "{'aws:TagKeys':['b','a']}", false},
    /* all operators, and all keys of each, have to hold */
    {"'StringEquals':{'k':'a'},'Null':{'l':'true'}", "{'k':'a'}", true},
    {"'StringEquals':{'k':'a'},'Null':{'l':'true'}", "{'k':'a','l':'x'}", false},
    {"'StringEquals':{'k':'a','l':'b'}", "{'k':'a','l':'c'}", false},
};

START_TEST(test_conditions)
{
    char *statement = text("{'Effect':'Allow','Action':'*','Resource':'*','Condition':{%s}}",
                           CONDITIONS[_i].condition);
    enum emu_decision decision =
        judge(statement, "bedrock:InvokeModel", MODEL, CONDITIONS[_i].context);

    ck_assert_msg(decision == (CONDITIONS[_i].holds ? EMU_ALLOWED : EMU_IMPLICIT_DENY), "%s %s",
                  CONDITIONS[_i].condition, CONDITIONS[_i].context);
    free(statement);
}
END_TEST

START_TEST(test_missing)
{
    json_t *policy = policy_of(
        "[{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'StringLike':{'a':'x','b':"
        "'x'},'Null':{'A':'true'}}},{'Effect':'Deny','Action':'*','Resource':'*','Condition':{"
        "'Bool':{'c':'true'}}}]");
    json_t *context = json_pack("{s:s}", "B", "x");
    json_t *keys = json_array();

    ck_assert_int_eq(emu_policy_missing(policy, context, keys), EMU_OK);
    ck_assert_int_eq((int)json_array_size(keys), 2);
    ck_assert_str_eq(json_string_value(json_array_get(keys, 0)), "a");
    ck_assert_str_eq(json_string_value(json_array_get(keys, 1)), "c");
    json_decref(keys);
    json_decref(context);
    json_decref(policy);
}
END_TEST

/* ---- documents ---- */

static const struct {
    enum emu_policy_kind kind;
    const char *document;
    const char *part; /* of the message */
} REFUSED[] = {
#define IDENTITY(statement)                                                                        \
    EMU_IDENTITY_POLICY, "{'Version':'2012-10-17','Statement':" statement "}"
    {EMU_IDENTITY_POLICY, "", "no JSON object"},
    {EMU_IDENTITY_POLICY, "[]", "no JSON object"},
    {EMU_IDENTITY_POLICY, "{'Version':'2012-10-18','Statement':{}}", "Version 2012-10-18"},
    {EMU_IDENTITY_POLICY, "{'Version':'2012-10-17'}", "no Statement"},
    {IDENTITY("[]"), "no Statement"},
    {IDENTITY("['x']"), "no object"},
    {IDENTITY("{'Effect':'allow','Action':'*','Resource':'*'}"), "Effect"},
    {IDENTITY("{'Effect':'Allow','Resource':'*'}"), "must contain Action"},
    {IDENTITY("{'Effect':'Allow','Action':'*','NotAction':'*','Resource':'*'}"), "only one"},
    {IDENTITY("{'Effect':'Allow','Action':'*'}"), "must contain Resource"},
    {IDENTITY("{'Effect':'Allow','Action':'InvokeModel','Resource':'*'}"), "InvokeModel"},
    {IDENTITY("{'Effect':'Allow','Action':[],'Resource':'*'}"), "Action"},
    {IDENTITY("{'Effect':'Allow','Action':[1],'Resource':'*'}"), "Action"},
    {IDENTITY("{'Effect':'Allow','Action':'*','Resource':'abc'}"), "Resource abc"},
    {IDENTITY("{'Effect':'Allow','Action':'*','Resource':'*','Principal':'*'}"), "Principal"},
    {IDENTITY("{'Effect':'Allow','Action':'*','Resource':'*','Extra':'*'}"), "Extra"},
    {IDENTITY("{'Effect':'Allow','Action':'*','Resource':'arn:aws:s3:::${aws:username}'}"),
     "variable"},
    {IDENTITY("{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'Equals':{'a':'b'}}}"),
     "Equals"},
    {IDENTITY("{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'NullIfExists':{'a':"
              "'true'}}}"),
     "NullIfExists"},
    {IDENTITY("{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'Bool':'a'}}"),
     "no keys"},
    {IDENTITY("{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'Bool':{'a':1}}}"),
     "strings"},
    {IDENTITY("{'Effect':'Allow','Action':'*','Resource':'*','Condition':[]}"), "an object"},
    {EMU_TRUST_POLICY, "{'Statement':{'Effect':'Allow','Action':'sts:AssumeRole'}}", "Principal"},
    {EMU_TRUST_POLICY,
     "{'Statement':{'Effect':'Allow','Action':'sts:AssumeRole','Principal':'*','Resource':'*'}}",
     "Resource"},
};

START_TEST(test_refused)
{
    char *document = quoted(REFUSED[_i].document);
    struct emu_text message = {0};
    json_t *policy;

    ck_assert_int_eq(emu_policy_read(document, REFUSED[_i].kind, &policy, &message), EMU_INVALID);
    ck_assert_ptr_null(policy);
    ck_assert_msg(strstr(emu_text_string(&message), REFUSED[_i].part) != NULL, "%s: %s", document,
                  emu_text_string(&message));
    emu_text_free(&message);
    free(document);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policies");
    TCase *tcase = tcase_create("policies");
    char *none[] = {NULL};

    tcase_add_loop_test(tcase, test_targets, 0, COUNT(TARGETS));
    tcase_add_loop_test(tcase, test_conditions, 0, COUNT(CONDITIONS));
    tcase_add_test(tcase, test_missing);
    tcase_add_loop_test(tcase, test_refused, 0, COUNT(REFUSED));
    suite_add_tcase(suite, tcase);
    return run_suite(suite, 1, none);
}
