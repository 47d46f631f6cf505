/* Who may call a model, a profile, and the control plane: a role's policies decide.
 *
 * SPDX-License-Identifier: MIT
 */
#include "identity_client.h"

#include <stdlib.h>
#include <string.h>

#define FORM_TYPE "application/x-www-form-urlencoded; charset=utf-8"
#define ACCOUNT   "123456789012"
#define MODEL     "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0"
#define TRUST                                                                                      \
    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"sts:"            \
    "AssumeRole\","                                                                                \
    "\"Principal\":{\"Service\":\"bedrock.amazonaws.com\"}}}"
#define STATEMENT(effect, action, resource, more)                                                  \
    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"" effect "\",\"Action\":" action      \
    ",\"Resource\":\"" resource "\"" more "}}"
#define INVOKE "[\"bedrock:InvokeModel\",\"bedrock:InvokeModelWithResponseStream\"]"

static const struct signer TEAM = {
    .access_key = "AKIATEAM", .secret_key = "s", .region = "us-east-1", .service = "bedrock"};

static char *profile, *other; /* ARNs of two profiles, encoded and as they are */
static char *profile_arn;

static void iam(const char *form)
{
    struct signer signer = SIGNER;
    char *body = text("%s&Version=2010-05-08", form);

    signer.service = "iam";
    signer.content_type = FORM_TYPE;
    free(expect_text(call_as(&signer, "POST", "/", body), 200));
    free(body);
}

/* The format with the value in the place of its %s, if it has one; to be freed. */
static char *filled(const char *format, const char *value)
{
    const char *hole = format != NULL ? strstr(format, "%s") : NULL;

    if (hole == NULL)
        return format != NULL ? strdup(format) : NULL;
    return text("%.*s%s%s", (int)(hole - format), format, value, hole + 2);
}

/* A policy of the role, in which %s is the profile's ARN. */
static void put_policy(const char *name, const char *format)
{
    char *policy = filled(format, profile_arn);
    char *document = encode(policy);
    char *form =
        text("Action=PutRolePolicy&RoleName=team&PolicyName=%s&PolicyDocument=%s", name, document);

    iam(form);
    free(form);
    free(document);
    free(policy);
}

static char *copy_of_geography(const char *name)
{
    char *body =
        text("{\"inferenceProfileName\":\"%s\",\"tags\":[{\"key\":\"team\",\"value\":\"%s\"}],"
             "\"modelSource\":{\"copyFrom\":\"arn:aws:bedrock:us-east-1:" ACCOUNT
             ":inference-profile/us.amazon.nova-lite-v1:0\"}}",
             name, name);
    json_t *created = expect_json(call("POST", "/inference-profiles", body), 201);
    char *arn = strdup(json_string_value(json_object_get(created, "inferenceProfileArn")));

    json_decref(created);
    free(body);
    return arn;
}

static void start(void)
{
    char *trust = encode(TRUST);
    char *form = text("Action=CreateRole&RoleName=team&AssumeRolePolicyDocument=%s", trust);
    char *other_arn;

    emulator_start((const char *const[]){"--identity", NULL});
    set_up("{\"keys\":[{\"accessKeyId\":\"AKIATEAM\",\"secretAccessKey\":\"s\","
           "\"arn\":\"arn:aws:sts::" ACCOUNT ":assumed-role/team/one\"}]}");
    iam(form);
    profile_arn = copy_of_geography("a");
    other_arn = copy_of_geography("b");
    profile = encode(profile_arn);
    other = encode(other_arn);
    free(other_arn);
    free(form);
    free(trust);
}

static void stop(void)
{
    free(profile_arn);
    free(profile);
    free(other);
    emulator_stop();
}

/* ---- models ---- */

static void expect_call(const char *model, const char *operation, const char *denied)
{
    char *target = text("/model/%s/%s", model, operation);
    struct response response = call_as(&TEAM, "POST", target, HELLO);

    if (denied != NULL) {
        expect_error(response, 403, "AccessDeniedException", denied);
    } else {
        ck_assert_int_eq(response.status, 200);
        response_free(&response);
    }
    free(target);
}

#define CONDITION(arn)                                                                             \
    ",\"Condition\":{\"StringLike\":{\"bedrock:InferenceProfileArn\":\"" arn "\"}}"

/* A role without policies may nothing; a profile takes leave for itself, and for each model. */
START_TEST(test_profile)
{
    expect_call(profile, "converse", "bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1:");
    put_policy("profile", STATEMENT("Allow", INVOKE, "%s", ""));
    expect_call(profile, "converse",
                "us-east-1::foundation-model/amazon.nova-lite-v1:0 because no");
    put_policy("model", STATEMENT("Allow", INVOKE, MODEL, CONDITION("%s")));
    expect_call(profile, "converse", NULL);
    expect_call(profile, "converse-stream", NULL);
    expect_call(other, "converse", "application-inference-profile/");
    expect_call("amazon.nova-lite-v1:0", "converse", "because no identity-based policy allows");
    expect_call("us.amazon.nova-lite-v1:0", "converse", "inference-profile/us.amazon.nova-lite");
    expect_call("amazon.nova-pro-v1:0", "converse-stream", "InvokeModelWithResponseStream");
}
END_TEST

/* Every Region that the profile may route to counts. */
START_TEST(test_destinations)
{
    put_policy("profile", STATEMENT("Allow", INVOKE, "%s", ""));
    put_policy("model",
               STATEMENT("Allow", INVOKE, "arn:aws:bedrock:us-east-1::foundation-model/*", ""));
    expect_call(profile, "converse", "bedrock:us-east-2::foundation-model");
    put_policy("two",
               STATEMENT("Allow", INVOKE, "arn:aws:bedrock:us-east-2::foundation-model/*", ""));
    expect_call(profile, "converse", "bedrock:us-west-2::foundation-model");
    put_policy("three",
               STATEMENT("Allow", INVOKE, "arn:aws:bedrock:us-west-2::foundation-model/*", ""));
    expect_call(profile, "converse", NULL);
}
END_TEST

START_TEST(test_deny)
{
    put_policy("all", STATEMENT("Allow", "\"bedrock:*\"", "*", ""));
    expect_call("amazon.nova-lite-v1:0", "converse", NULL);
    put_policy("not-raw",
               STATEMENT("Deny", INVOKE, "arn:aws:bedrock:*::foundation-model/*",
                         ",\"Condition\":{\"Null\":{\"bedrock:InferenceProfileArn\":\"true\"}}"));
    expect_call("amazon.nova-lite-v1:0", "converse", "with an explicit deny");
    expect_call(profile, "converse", NULL);
}
END_TEST

START_TEST(test_tags_of_the_profile)
{
    put_policy("tagged",
               STATEMENT("Allow", INVOKE, "arn:aws:bedrock:*:*:application-inference-profile/*",
                         ",\"Condition\":{\"StringEquals\":{\"aws:ResourceTag/team\":\"a\"}}"));
    put_policy("model", STATEMENT("Allow", INVOKE, MODEL, ""));
    expect_call(profile, "converse", NULL);
    expect_call(other, "converse", "bedrock:InvokeModel");
}
END_TEST

START_TEST(test_refused_is_not_billed)
{
    json_t *bill;

    expect_call(profile, "converse", "");
    bill = get_bill();
    ck_assert_int_eq(integer_at(bill, "totals", "calls"), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(
                         json_object_get(json_object_get(bill, "requests"), "reasons"),
                         "AccessDeniedException")),
                     1);
    json_decref(bill);
}
END_TEST

/* ---- the control plane ---- */

static const struct {
    const char *method;
    const char *target; /* in which %s is the profile's ARN, encoded */
    const char *body;   /* and here as it is */
    const char *action;
    const char *resource; /* of the policy that allows it */
    int status;
} CONTROL[] = {
    {"GET", "/inference-profiles", NULL, "ListInferenceProfiles", "*", 200},
    {"GET", "/inference-profiles/%s", NULL, "GetInferenceProfile", "%s", 200},
    {"GET", "/inference-profiles/us.a.b", NULL, "GetInferenceProfile",
     "arn:aws:bedrock:us-east-1:" ACCOUNT ":inference-profile/us.a.b", 200},
    {"GET", "/inference-profiles/nothing", NULL, "GetInferenceProfile",
     "arn:aws:bedrock:us-east-1:" ACCOUNT ":application-inference-profile/*", 404},
    {"DELETE", "/inference-profiles/%s", NULL, "DeleteInferenceProfile", "%s", 200},
    {"GET", "/foundation-models", NULL, "ListFoundationModels", "*", 200},
    {"GET", "/foundation-models/amazon.nova-lite-v1:0", NULL, "GetFoundationModel", MODEL, 200},
    {"GET", "/logging/modelinvocations", NULL, "GetModelInvocationLoggingConfiguration", "*", 200},
    {"DELETE", "/logging/modelinvocations", NULL, "DeleteModelInvocationLoggingConfiguration", "*",
     200},
    {"POST", "/listTagsForResource", "{\"resourceARN\":\"%s\"}", "ListTagsForResource", "%s", 200},
    {"POST", "/untagResource", "{\"resourceARN\":\"%s\",\"tagKeys\":[\"k\"]}", "UntagResource",
     "%s", 200},
    {"POST", "/tagResource", "{\"resourceARN\":\"%s\",\"tags\":[]}", "TagResource", "%s", 200},
};

START_TEST(test_control)
{
    char *target = filled(CONTROL[_i].target, profile);
    char *body = filled(CONTROL[_i].body, profile_arn);
    char *denied =
        text("is not authorized to perform: bedrock:%s on resource: ", CONTROL[_i].action);
    char *policy = text("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
                        "\"Action\":\"bedrock:%s\",\"Resource\":\"%s\"}}",
                        CONTROL[_i].action, CONTROL[_i].resource);
    struct response response;

    expect_error(call_as(&TEAM, CONTROL[_i].method, target, body), 403, "AccessDeniedException",
                 denied);
    put_policy("it", policy);
    response = call_as(&TEAM, CONTROL[_i].method, target, body);
    ck_assert_msg(response.status == CONTROL[_i].status, "%d: %s", response.status, response.body);
    response_free(&response);
    free(policy);
    free(denied);
    free(body);
    free(target);
}
END_TEST

#define CREATE(team)                                                                               \
    "{\"inferenceProfileName\":\"n\",\"modelSource\":{\"copyFrom\":"                               \
    "\"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0\"},"                      \
    "\"tags\":[{\"key\":\"team\",\"value\":\"" team "\"}]}"

/* Creating takes leave for the new profile, whose tags count, and for the source. */
START_TEST(test_creation)
{
    put_policy("own",
               STATEMENT("Allow", "\"bedrock:CreateInferenceProfile\"",
                         "arn:aws:bedrock:us-east-1:" ACCOUNT ":application-inference-profile/*",
                         ",\"Condition\":{\"StringEquals\":{\"aws:RequestTag/team\":\"a\"}}"));
    expect_error(call_as(&TEAM, "POST", "/inference-profiles", CREATE("a")), 403,
                 "AccessDeniedException", "foundation-model/amazon.nova-lite-v1:0");
    put_policy("source", STATEMENT("Allow", "\"bedrock:CreateInferenceProfile\"",
                                   "arn:aws:bedrock:us-east-1::foundation-model/*", ""));
    json_decref(expect_json(call_as(&TEAM, "POST", "/inference-profiles", CREATE("a")), 201));
    expect_error(call_as(&TEAM, "POST", "/inference-profiles", CREATE("b")), 403,
                 "AccessDeniedException", "application-inference-profile/*");
}
END_TEST

/* What breaks its shape is said first, as it is to everybody. */
START_TEST(test_invalid_first)
{
    expect_error(call_as(&TEAM, "POST", "/inference-profiles", "{}"), 400, "ValidationException",
                 NULL);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("permission");
    TCase *tcase = tcase_create("permission");

    tcase_add_checked_fixture(tcase, start, stop);
    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, test_profile);
    tcase_add_test(tcase, test_destinations);
    tcase_add_test(tcase, test_deny);
    tcase_add_test(tcase, test_tags_of_the_profile);
    tcase_add_test(tcase, test_refused_is_not_billed);
    tcase_add_loop_test(tcase, test_control, 0, COUNT(CONTROL));
    tcase_add_test(tcase, test_creation);
    tcase_add_test(tcase, test_invalid_first);
    return run_suite(suite, argc, argv);
}
