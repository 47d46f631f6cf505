/* Out of memory at every allocation of IAM and of agents: an error, never a crash.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "agent_operations.h"
#include "inside.h"
#include "failing.h"
#include "iam_operations.h"

#include <stdio.h>

#define MODEL  "us.amazon.nova-lite-v1:0"
#define ROLE   "arn:aws:iam::123456789012:role/agents"
#define POLICY "arn:aws:iam::123456789012:policy/p"
#define ALIAS  "'agentAliasId':'TSTALIASID'"
#define AGENT                                                                                      \
    "'agentName':'a','foundationModel':'" MODEL "','agentResourceRoleArn':'" ROLE                  \
    "','instruction':'You answer questions about invoices and nothing else.'"
/* Without memory jansson reads past the end of words of 15 letters and more: there are none. */
#define ALLOW                                                                                      \
    "'{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':{\\'Effect\\':\\'Allow\\',\\'Action\\':"     \
    "\\'*\\',\\'Resource\\':\\'*\\',\\'Condition\\':{\\'Null\\':{\\'x\\':\\'true\\'}}}}'"
#define TRUST                                                                                      \
    "'{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':{\\'Effect\\':\\'Allow\\',\\'Action\\':"     \
    "\\'sts:*\\',\\'Principal\\':\\'*\\'}}'"

/* Those about an agent get its id. */
static const struct {
    void (*operation)(struct emu_call *call);
    const char *input;
} STEPS[] = {
    {emu_iam_create_role, "{'RoleName':'agents','AssumeRolePolicyDocument':" TRUST "}"},
    {emu_iam_put_role_policy, "{'RoleName':'agents','PolicyName':'p','PolicyDocument':" ALLOW "}"},
    {emu_iam_get_role, "{'RoleName':'agents'}"},
    {emu_iam_list_roles, "{'MaxItems':1}"},
    {emu_iam_get_role_policy, "{'RoleName':'agents','PolicyName':'p'}"},
    {emu_iam_list_role_policies, "{'RoleName':'agents'}"},
    {emu_iam_create_policy, "{'PolicyName':'p','PolicyDocument':" ALLOW "}"},
    {emu_iam_attach_role_policy, "{'RoleName':'agents','PolicyArn':'" POLICY "'}"},
    {emu_iam_list_attached_role_policies, "{'RoleName':'agents'}"},
    {emu_iam_get_policy, "{'PolicyArn':'" POLICY "'}"},
    {emu_iam_get_policy_version, "{'PolicyArn':'" POLICY "','VersionId':'v1'}"},
    {emu_iam_list_policies, "{}"},
    {emu_iam_simulate_principal_policy,
     "{'PolicySourceArn':'" ROLE "','ActionNames':['bedrock:InvokeModel','iam:GetRole'],"
     "'PolicyInputList':[" ALLOW "],'ContextEntries':[{'ContextKeyName':'aws:TagKeys',"
     "'ContextKeyValues':['a'],'ContextKeyType':'stringList'}],'MaxItems':1}"},
    {emu_create_agent, "{" AGENT ",'clientToken':'t','tags':{'a':'b'}}"},
    {emu_update_agent, "{" AGENT ",'description':'d'}"},
    {emu_prepare_agent, "{}"},
    {emu_get_agent, "{}"},
    {emu_list_agents, "{'maxResults':1}"},
    {emu_create_agent_group, "{'agentVersion':'DRAFT','actionGroupName':'g'}"},
    {emu_list_agent_groups, "{'agentVersion':'DRAFT'}"},
    {emu_prepare_agent, "{}"},
    {emu_create_agent_alias, "{'agentAliasName':'one','tags':{'a':'b'}}"},
    {emu_create_agent_alias, "{'agentAliasName':'two','routingConfiguration':[{'agentVersion':'1'"
                             "}]}"},
    {emu_list_agent_aliases, "{'maxResults':1}"},
    {emu_list_agent_versions, "{}"},
    {emu_get_agent_version, "{'agentVersion':'1'}"},
    {emu_update_agent_alias,
     "{" ALIAS ",'agentAliasName':'t','routingConfiguration':[{'agentVersion':'DRAFT'}]}"},
    {emu_get_agent_alias, "{" ALIAS "}"},
    {emu_invoke_agent, "{" ALIAS ",'sessionId':'session','inputText':'Hello'}"},
    {emu_iam_detach_role_policy, "{'RoleName':'agents','PolicyArn':'" POLICY "'}"},
    {emu_iam_delete_role_policy, "{'RoleName':'agents','PolicyName':'p'}"},
    {emu_invoke_agent, "{" ALIAS ",'sessionId':'session','inputText':'Hello'}"}, /* refused */
    {emu_delete_agent, "{'skipResourceInUseCheck':true}"},
};

#define N_STEPS (sizeof(STEPS) / sizeof(STEPS[0]))

static json_t *inputs[N_STEPS];

/* The id of the only agent there is; NULL: none yet. */
static const char *agent_id(const struct inside *inside)
{
    return json_object_iter_key(json_object_iter(inside->emulator.agents.all));
}

/* False: the step was refused. */
static bool run_step(struct inside *inside, size_t step)
{
    json_t *input = json_copy(inputs[step]);
    const char *id = agent_id(inside);
    struct emu_reply reply;
    bool good;

    if (id != NULL)
        json_object_set_new(input, "agentId", json_string(id));
    armed = true;
    inside_ask(inside, STEPS[step].operation, input, &reply);
    armed = false;
    ck_assert_msg(reply.status != 0 || reply.error_type[0] != '\0', "no answer: step %zu", step);
    good = reply.status < 300 && reply.error_type[0] == '\0';
    emu_reply_free(&reply);
    return good;
}

/* Runs the steps up to the first that is refused; true if none was. */
static bool run_all(void *state)
{
    struct inside inside;
    size_t n = 0;

    (void)state;
    inside_begin(&inside, 1);
    while (n < N_STEPS && run_step(&inside, n)) {
        inside.now_us += SECOND;
        n++;
    }
    inside_stop(&inside);
    return n == N_STEPS;
}

START_TEST(test_every_allocation)
{
    for (size_t i = 0; i < N_STEPS; i++)
        inputs[i] = inside_json(STEPS[i].input);
    fail_each_allocation(run_all, NULL, 1000);
    for (size_t i = 0; i < N_STEPS; i++)
        json_decref(inputs[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory of agents");
    TCase *tcase = tcase_create("memory");
    char *none[] = {NULL};

    tcase_add_test(tcase, test_every_allocation);
    suite_add_tcase(suite, tcase);
    return run_suite(suite, 1, none);
}
