/* Bedrock agents: the states they go through, what a version keeps, and who pays.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "agent_operations.h"
#include "inside.h"
#include "iam_operations.h"
#include "operations.h"

#define MODEL       "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
#define ROLE        "arn:aws:iam::123456789012:role/agents"
#define INSTRUCTION "You answer questions about invoices and nothing else."

static struct inside inside;
static char agent_id[16];

static void allow(const char *resource)
{
    json_decref(inside_succeed(
        &inside, emu_iam_put_role_policy,
        json_pack("{s:s, s:s, s:o}", "RoleName", "agents", "PolicyName", "use", "PolicyDocument",
                  json_sprintf("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
                               "\"Action\":[\"bedrock:InvokeModel\",\"bedrock:GetInferenceProfile"
                               "\"],\"Resource\":\"%s\"}}",
                               resource))));
}

/* Everything that `model` needs is there: a role, and an agent whose id is in agent_id. */
static void begin(int64_t settle_ms, const char *model)
{
    json_t *answer;

    inside_begin(&inside, settle_ms);
    inside_do(&inside, emu_iam_create_role,
              "{'RoleName':'agents','AssumeRolePolicyDocument':'{\\'Version\\':\\'2012-10-17\\',"
              "\\'Statement\\':{\\'Effect\\':\\'Allow\\',\\'Action\\':\\'sts:AssumeRole\\',"
              "\\'Principal\\':\\'*\\'}}'}");
    allow("*");
    inside.now_us += settle_ms * 1000;
    answer = inside_succeed(&inside, emu_create_agent,
                            json_pack("{s:s, s:s, s:s, s:s, s:s}", "agentName", "invoices",
                                      "foundationModel", model, "agentResourceRoleArn", ROLE,
                                      "instruction", INSTRUCTION, "description", "kept"));
    snprintf(agent_id, sizeof(agent_id), "%s",
             json_string_value(json_object_get(json_object_get(answer, "agent"), "agentId")));
    json_decref(answer);
}

/* An input about the agent, with more members if wanted. */
static json_t *about(const char *more)
{
    json_t *input = inside_json(more);

    json_object_set_new(input, "agentId", json_string(agent_id));
    return input;
}

static void act(void (*operation)(struct emu_call *call), const char *more)
{
    json_decref(inside_succeed(&inside, operation, about(more)));
}

static void refuse(void (*operation)(struct emu_call *call), const char *more, const char *type)
{
    struct emu_reply reply;

    inside_ask(&inside, operation, about(more), &reply);
    ck_assert_str_eq(reply.error_type, type);
    emu_reply_free(&reply);
}

/* A member of the agent, of an alias, or of a version; to be freed. */
static char *member(void (*operation)(struct emu_call *call), const char *more, const char *outer,
                    const char *name)
{
    json_t *answer = inside_succeed(&inside, operation, about(more));
    json_t *value = json_object_get(json_object_get(answer, outer), name);
    char *out = value != NULL ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : strdup("null");

    json_decref(answer);
    return out;
}

static void expect(void (*operation)(struct emu_call *call), const char *more, const char *outer,
                   const char *name, const char *wanted)
{
    char *value = member(operation, more, outer, name);

    ck_assert_str_eq(value, wanted);
    free(value);
}

static void expect_status(const char *wanted)
{
    expect(emu_get_agent, "{}", "agent", "agentStatus", wanted);
}

START_TEST(test_states)
{
    begin(1000, MODEL);
    expect_status("\"CREATING\"");
    refuse(emu_prepare_agent, "{}", "ConflictException");
    refuse(emu_delete_agent, "{}", "ConflictException");
    inside.now_us += SECOND;
    expect_status("\"NOT_PREPARED\"");
    act(emu_prepare_agent, "{}");
    expect_status("\"PREPARING\"");
    refuse(emu_create_agent_alias, "{'agentAliasName':'live'}", "ConflictException");
    inside.now_us += SECOND;
    expect_status("\"PREPARED\"");
    act(emu_create_agent_alias, "{'agentAliasName':'live'}");
    expect_status("\"VERSIONING\"");
    refuse(emu_prepare_agent, "{}", "ConflictException");
    inside.now_us += SECOND;
    expect_status("\"PREPARED\"");
    act(emu_update_agent,
        "{'agentName':'invoices','foundationModel':'" MODEL "','agentResourceRoleArn':'" ROLE "'}");
    expect_status("\"UPDATING\"");
    inside.now_us += SECOND;
    expect_status("\"NOT_PREPARED\"");
    refuse(emu_prepare_agent, "{}", "ValidationException"); /* its instruction is gone */
    inside_stop(&inside);
}
END_TEST

/* The id of the only alias but the test alias; to be freed. */
static char *alias_id(void)
{
    json_t *answer = inside_succeed(&inside, emu_list_agent_aliases, about("{}"));
    json_t *list = json_object_get(answer, "agentAliasSummaries");
    char *out = NULL;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id =
            json_string_value(json_object_get(json_array_get(list, i), "agentAliasId"));

        if (strcmp(id, "TSTALIASID") != 0)
            out = strdup(id);
    }
    json_decref(answer);
    ck_assert_ptr_nonnull(out);
    return out;
}

START_TEST(test_alias_states)
{
    char *id;
    char *alias;
    char *update;

    begin(1000, MODEL);
    inside.now_us += SECOND;
    act(emu_prepare_agent, "{}");
    inside.now_us += SECOND;
    act(emu_create_agent_alias, "{'agentAliasName':'live'}");
    id = alias_id();
    alias = text("{'agentAliasId':'%s'}", id);
    update = text("{'agentAliasId':'%s','agentAliasName':'live'}", id);
    expect(emu_get_agent_alias, alias, "agentAlias", "agentAliasStatus", "\"CREATING\"");
    expect(emu_get_agent_alias, alias, "agentAlias", "routingConfiguration", "[{}]");
    refuse(emu_update_agent_alias, update, "ConflictException");
    inside.now_us += SECOND;
    expect(emu_get_agent_alias, alias, "agentAlias", "routingConfiguration",
           "[{\"agentVersion\":\"1\"}]");
    act(emu_update_agent_alias, update);
    expect(emu_get_agent_alias, alias, "agentAlias", "agentAliasStatus", "\"UPDATING\"");
    inside.now_us += SECOND;
    expect(emu_get_agent_alias, alias, "agentAlias", "routingConfiguration",
           "[{\"agentVersion\":\"2\"}]");
    free(update);
    free(alias);
    free(id);
    inside_stop(&inside);
}
END_TEST

/* A version is the draft as it was prepared. */
START_TEST(test_version)
{
    begin(0, MODEL);
    act(emu_prepare_agent, "{}");
    act(emu_create_agent_alias, "{'agentAliasName':'live'}");
    act(emu_update_agent, "{'agentName':'renamed','foundationModel':'us.amazon.nova-lite-v1:0',"
                          "'agentResourceRoleArn':'" ROLE "','instruction':'" INSTRUCTION "'}");
    expect(emu_get_agent, "{}", "agent", "description", "null");
    expect(emu_get_agent_version, "{'agentVersion':'1'}", "agentVersion", "description",
           "\"kept\"");
    refuse(emu_create_agent_alias, "{'agentAliasName':'second'}", "ValidationException");
    act(emu_prepare_agent, "{}");
    act(emu_create_agent_alias, "{'agentAliasName':'second'}");
    expect(emu_get_agent_version, "{'agentVersion':'2'}", "agentVersion", "agentName",
           "\"renamed\"");
    expect(emu_get_agent_version, "{'agentVersion':'1'}", "agentVersion", "agentName",
           "\"invoices\"");
    inside_stop(&inside);
}
END_TEST

/* ---- permissions ---- */

#define US_PROFILE "us.amazon.nova-lite-v1:0"

/* The role's policy counts for an update only when it has settled. */
START_TEST(test_permission_settles)
{
    static const char UPDATE[] = "{'agentName':'invoices','foundationModel':'" US_PROFILE
                                 "','agentResourceRoleArn':'" ROLE "'}";

    begin(1000, MODEL);
    allow("arn:aws:s3:::nothing-of-bedrock");
    inside.now_us += SECOND;
    refuse(emu_update_agent, UPDATE, "AccessDeniedException");
    allow("*");
    refuse(emu_update_agent, UPDATE, "AccessDeniedException");
    inside.now_us += SECOND;
    act(emu_update_agent, UPDATE);
    inside_stop(&inside);
}
END_TEST

/* Frames of the stream that InvokeAgent answers with this input. */
static struct emu_reply invoke(const char *alias)
{
    char *more = text("{'agentAliasId':'%s','sessionId':'session','inputText':'Hello'}", alias);
    struct emu_reply reply;

    inside_ask(&inside, emu_invoke_agent, about(more), &reply);
    free(more);
    return reply;
}

static void expect_stream(const char *alias, const char *part)
{
    struct emu_reply reply = invoke(alias);

    ck_assert_msg(reply.streams && reply.status == 200, "%s", emu_text_string(&reply.body));
    ck_assert_ptr_nonnull(memmem(reply.body.data, reply.body.len, part, strlen(part)));
    ck_assert_str_eq(reply.session_id, "session");
    emu_reply_free(&reply);
}

START_TEST(test_spend)
{
    json_t *profiles;

    begin(0, US_PROFILE);
    act(emu_prepare_agent, "{}");
    expect_stream("TSTALIASID", "chunk");
    profiles = json_object_get(inside.emulator.bill, "profiles");
    ck_assert_int_eq((int)json_object_size(profiles), 1);
    ck_assert_int_eq(
        (int)json_integer_value(json_object_get(json_object_get(profiles, US_PROFILE), "calls")),
        1);
    allow(MODEL); /* not in us-west-2 */
    expect_stream("TSTALIASID", "accessDeniedException");
    ck_assert_int_eq(
        (int)json_integer_value(json_object_get(json_object_get(profiles, US_PROFILE), "calls")),
        1);
    inside_stop(&inside);
}
END_TEST

START_TEST(test_refused_runs)
{
    struct emu_reply reply;

    begin(0, MODEL);
    reply = invoke("TSTALIASID");
    ck_assert_str_eq(reply.error_type, "ValidationException"); /* never prepared */
    emu_reply_free(&reply);
    act(emu_prepare_agent, "{}");
    act(emu_update_agent_alias,
        "{'agentAliasId':'TSTALIASID','agentAliasName':'AgentTestAlias','aliasInvocationState':"
        "'REJECT_INVOCATIONS','routingConfiguration':[{'agentVersion':'DRAFT'}]}");
    reply = invoke("TSTALIASID");
    ck_assert_ptr_nonnull(strstr(emu_text_string(&reply.body), "paused"));
    emu_reply_free(&reply);
    ck_assert_int_eq((int)json_object_size(json_object_get(inside.emulator.bill, "profiles")), 0);
    inside_stop(&inside);
}
END_TEST

/* The input of an alias with 51 tags. */
static json_t *overtagged(void)
{
    json_t *input = about("{'agentAliasName':'live','tags':{}}");

    for (int i = 0; i < 51; i++) {
        char key[8];

        snprintf(key, sizeof(key), "k%d", i);
        json_object_set_new(json_object_get(input, "tags"), key, json_string("v"));
    }
    return input;
}

/* What is deleted is shown for a moment, takes no calls, and leaves nothing behind. */
START_TEST(test_deletion)
{
    struct emu_reply reply;
    char *id;
    char *alias;

    begin(1000, MODEL);
    inside.now_us += SECOND;
    act(emu_prepare_agent, "{}");
    inside.now_us += SECOND;
    inside_ask(&inside, emu_create_agent_alias, overtagged(), &reply);
    ck_assert_str_eq(reply.error_type, "ServiceQuotaExceededException");
    emu_reply_free(&reply);
    act(emu_create_agent_alias, "{'agentAliasName':'live','tags':{'a':'b'}}");
    inside.now_us += SECOND;
    id = alias_id();
    alias = text("{'agentAliasId':'%s'}", id);
    act(emu_delete_agent_alias, alias);
    expect(emu_get_agent_alias, alias, "agentAlias", "agentAliasStatus", "\"DELETING\"");
    reply = invoke(id);
    ck_assert_str_eq(reply.error_type, "ResourceNotFoundException");
    emu_reply_free(&reply);
    refuse(emu_delete_agent, "{}", "ConflictException");
    inside.now_us += SECOND;
    refuse(emu_get_agent_alias, alias, "ResourceNotFoundException");
    act(emu_create_agent_alias,
        "{'agentAliasName':'next','tags':{'a':'b'},'routingConfiguration':[{'agentVersion':'1'}]}");
    act(emu_delete_agent, "{'skipResourceInUseCheck':true}");
    expect_status("\"DELETING\"");
    ck_assert_uint_eq(json_object_size(inside.emulator.agents.tags), 0);
    inside.now_us += SECOND;
    refuse(emu_get_agent, "{}", "ResourceNotFoundException");
    ck_assert_uint_eq(json_object_size(inside.emulator.agents.all), 0);
    free(alias);
    free(id);
    inside_stop(&inside);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("agents");
    TCase *tcase = tcase_create("agents");
    char *none[] = {NULL};

    tcase_add_test(tcase, test_states);
    tcase_add_test(tcase, test_alias_states);
    tcase_add_test(tcase, test_version);
    tcase_add_test(tcase, test_permission_settles);
    tcase_add_test(tcase, test_spend);
    tcase_add_test(tcase, test_refused_runs);
    tcase_add_test(tcase, test_deletion);
    suite_add_tcase(suite, tcase);
    return run_suite(suite, 1, none);
}
