/* `agent verify`: whether all that an agent calls goes through a tagged profile that its role may
 * use. SPDX-License-Identifier: MIT */
#include "agent.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct verify {
    json_t *rows;       /* {"check", "of", "state", "text"} */
    json_t *calls;      /* what is called, and as whom: {"profile", "role"} */
    const char *wanted; /* the one that it should be, or NULL */
    bool failed;
};

__attribute__((format(printf, 5, 6))) static void add(struct verify *verify, const char *check,
                                                      const char *of, const char *state,
                                                      const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    verify->failed = verify->failed || strcmp(state, "fail") == 0;
    json_array_append_new(verify->rows, json_pack("{ss ss ss ss}", "check", check, "of", of,
                                                  "state", state, "text", text));
}

/* Whether a model is what it should be; a profile, and who calls it, is remembered. */
static bool is_right(struct verify *verify, const char *model, const json_t *version)
{
    json_t *call =
        json_pack("{ss ss}", "profile", model, "role", shown(version, "agentResourceRoleArn"));
    bool known = !is_profile(model);
    const json_t *row;
    size_t i;

    json_array_foreach(verify->calls, i, row)
    {
        known = known || json_equal(row, call) == 1;
    }
    if (!known)
        json_array_append(verify->calls, call);
    json_decref(call);
    return is_profile(model) && (verify->wanted == NULL || strcmp(verify->wanted, model) == 0);
}

/* A version's prompts with models of their own. */
static void check_prompts(struct verify *verify, const char *of, const json_t *version)
{
    json_t *models = prompt_models(version), *model;
    const char *type;

    json_object_foreach(models, type, model)
    {
        const char *text = json_string_value(model);
        if (is_right(verify, text, version))
            add(verify, "prompt", of, "pass", "%s calls profile %s", type, arn_id(text));
        else
            add(verify, "prompt", of, "fail",
                "%s calls %s, past the profile; `agent apply --prompts` puts it onto it", type,
                text);
    }
    json_decref(models);
}

static void check_draft(const struct subject *subject, struct verify *verify)
{
    if (is_right(verify, subject->model, subject->draft))
        add(verify, "model", DRAFT, "pass", "profile %s", arn_id(subject->model));
    else
        add(verify, "model", DRAFT, "fail",
            "%s; `agent apply %s --profile ARN` puts it onto a profile", subject->model,
            subject->id);
    check_prompts(verify, DRAFT, subject->draft);
    if (draft_is_prepared(subject))
        add(verify, "prepared", DRAFT, "pass", "PREPARED");
    else
        add(verify, "prepared", DRAFT, "fail",
            "%s, or changed since it was prepared; `agent apply` prepares it",
            shown(subject->draft, "agentStatus"));
}

static int check_alias(struct agent *agent, struct subject *subject, const json_t *alias,
                       struct verify *verify)
{
    const char *number = alias_version(alias), *name = alias_name(alias);

    if (*number == '\0') {
        add(verify, "alias", name, "fail", "runs no version; `agent apply --alias %s` gives it one",
            name);
        return DONE;
    }
    const json_t *version = subject_version(agent, subject, number);
    if (version == NULL)
        return FAILED;
    const char *model = shown(version, "foundationModel");
    const char *bought = alias_throughput(alias);
    if (bought != NULL)
        add(verify, "alias", name, "fail",
            "has provisioned throughput %s, which goes past every profile; take it off", bought);
    else if (is_right(verify, model, version))
        add(verify, "alias", name, "pass", "version %s calls profile %s%s", number, arn_id(model),
            alias_rejects(alias) ? "; switched off" : "");
    else if (strcmp(number, DRAFT) == 0)
        add(verify, "alias", name, "fail", "runs DRAFT, see there");
    else
        add(verify, "alias", name, "fail", "version %s calls %s; `agent apply --alias %s` moves it",
            number, model, name);
    if (strcmp(number, DRAFT) != 0) /* whose prompts were checked before */
        check_prompts(verify, name, version);
    return DONE;
}

static int check_tags(struct agent *agent, const char *arn, struct verify *verify)
{
    size_t count;

    int rc = target_tags(agent, arn, &count);
    if (rc != DONE)
        return rc;
    if (count > 0)
        add(verify, "tags", arn_id(arn), "pass", "%zu tags", count);
    else
        add(verify, "tags", arn_id(arn), "fail",
            "has none, so that its costs are nobody's; `profiles tag %s KEY=VALUE`", arn_id(arn));
    return DONE;
}

static void check_region(const struct subject *subject, const char *arn, struct verify *verify)
{
    char own[CELL], its[CELL];

    arn_part(subject->arn, 3, own);
    arn_part(arn, 3, its);
    bool same = strcmp(own, its) == 0;
    add(verify, "region", arn_id(arn), same ? "pass" : "fail", "%s%s%s", its,
        same ? "" : "; the agent is in ", same ? "" : own);
}

/* What the role may do, as IAM judges it; each resource and action that it may not is told. */
static int simulate(struct agent *agent, const char *role, json_t *input, struct verify *verify,
                    size_t *refused)
{
    static const struct pages pages = {.service = "iam",
                                       .operation = "SimulatePrincipalPolicy",
                                       .items = "EvaluationResults",
                                       .token = "Marker"};
    json_t *results, *row;
    size_t i;

    int rc = cloud_list(&agent->cloud, &pages, input, &results);
    if (rc < 0)
        return rc;
    json_array_foreach(results, i, row)
    {
        const char *decision = shown(row, "EvalDecision");
        if (strcmp(decision, "allowed") == 0)
            continue;
        ++*refused;
        add(verify, "role", arn_id(role), "fail",
            "may not %s on %s (%s); `agent apply` puts the policy, `agent apply --print` prints it",
            shown(row, "EvalActionName"), shown(row, "EvalResourceName"), decision);
    }
    json_decref(results);
    return 0;
}

/* The models are allowed through the profile only, which the simulation has to be told. */
static json_t *models_input(const char *role, const char *arn, const json_t *profile)
{
    json_t *models = json_array(), *model;
    size_t i;

    json_array_foreach(json_object_get(profile, "models"), i, model)
    {
        json_array_append(models, json_object_get(model, "modelArn"));
    }
    return json_pack("{ss s[ss] so s[{ss s[s] ss}]}", "PolicySourceArn", role, "ActionNames",
                     "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "ResourceArns",
                     models, "ContextEntries", "ContextKeyName", "bedrock:InferenceProfileArn",
                     "ContextKeyValues", arn, "ContextKeyType", "string");
}

static json_t *profile_input(const char *role, const char *arn)
{
    return json_pack("{ss s[sss] s[s]}", "PolicySourceArn", role, "ActionNames",
                     "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream",
                     "bedrock:GetInferenceProfile", "ResourceArns", arn);
}

static void check_role(struct agent *agent, const char *role, const char *arn,
                       const json_t *profile, struct verify *verify)
{
    size_t refused = 0;

    int rc = simulate(agent, role, profile_input(role, arn), verify, &refused);
    if (rc == 0)
        rc = simulate(agent, role, models_input(role, arn, profile), verify, &refused);
    if (rc == 0 && refused == 0)
        add(verify, "role", arn_id(role), "pass", "may call profile %s and the models behind it",
            arn_id(arn));
    else if (rc < 0 && cloud_error_is(&agent->cloud, "NoSuchEntity"))
        add(verify, "role", arn_id(role), "fail", "does not exist; give the agent another one");
    else if (rc < 0)
        add(verify, "role", arn_id(role), "by hand",
            "IAM does not say (%s): aws iam simulate-principal-policy --policy-source-arn %s "
            "--action-names bedrock:InvokeModel --resource-arns %s",
            brc_client_error(agent->cloud.client), role, arn);
}

static int check_call(struct agent *agent, const struct subject *subject, const json_t *call,
                      struct verify *verify)
{
    const char *arn = shown(call, "profile");
    char operation[CLOUD_PATH] = "GET /inference-profiles/";
    json_t *profile;

    check_region(subject, arn, verify);
    path_append(operation, arn);
    if (cloud_call(&agent->cloud, "bedrock", operation, NULL, &profile) < 0) {
        if (!cloud_error_is(&agent->cloud, "ResourceNotFoundException"))
            return cloud_failed(&agent->cloud, "profile %s cannot be read", arn);
        add(verify, "profile", arn_id(arn), "fail",
            "does not exist (any more); `agent apply` with another one");
        return DONE;
    }
    int rc = check_tags(agent, arn, verify);
    if (rc == DONE)
        check_role(agent, shown(call, "role"), arn, profile, verify);
    json_decref(profile);
    return rc;
}

/* What can be seen from elsewhere only. */
static void add_by_hand(const struct subject *subject, struct verify *verify)
{
    add(verify, "callers", subject->name, "by hand",
        "each Lambda function that invokes the agent must name one of these aliases: aws lambda "
        "get-function-configuration --function-name NAME --query Environment.Variables");
    add(verify, "calls", subject->name, "by hand",
        "invoke it once, then: budget external, which books what CloudWatch counts, minutes late");
}

static int check_all(struct agent *agent, struct subject *subject, struct verify *verify)
{
    const json_t *row;
    int rc = DONE;
    size_t i;

    if (verify->wanted != NULL) /* looked at also if nothing calls it yet */
        is_right(verify, verify->wanted, subject->draft);
    check_draft(subject, verify);
    json_array_foreach(subject->aliases, i, row)
    {
        rc = rc == DONE ? check_alias(agent, subject, row, verify) : rc;
    }
    json_array_foreach(verify->calls, i, row)
    {
        rc = rc == DONE ? check_call(agent, subject, row, verify) : rc;
    }
    add_by_hand(subject, verify);
    return rc;
}

static int print_checks(const struct agent *agent, const json_t *rows)
{
    const json_t *row;
    size_t i;

    if (agent->console.json)
        return print_rows(rows);
    json_array_foreach(rows, i, row)
    {
        printf("%-8s%-9s%s: %s\n", shown(row, "state"), shown(row, "check"), shown(row, "of"),
               shown(row, "text"));
    }
    return DONE;
}

int run_verify(void *program, int argc, char **argv)
{
    struct agent *agent = program;
    struct subject subject = {.draft = NULL};
    struct verify verify = {.rows = json_array(), .calls = json_array()};
    const struct choice choices[] = {{"profile", .text = &verify.wanted}, {.name = NULL}};
    const char *name;

    int rc = agent_begin(agent, argc, argv, choices, 1, &name);
    if (rc == DONE && !agent->console.help) {
        rc = subject_read(agent, name, &subject);
        if (rc == DONE)
            rc = check_all(agent, &subject, &verify);
        if (rc == DONE)
            rc = print_checks(agent, verify.rows);
        if (rc == DONE && verify.failed)
            rc = FAILED;
    }
    json_decref(verify.rows);
    json_decref(verify.calls);
    subject_free(&subject);
    return rc;
}
