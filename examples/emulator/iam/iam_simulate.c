/* Simulations: what policies say about requests that are not made.
 *
 * SPDX-License-Identifier: MIT
 */
#include "iam_operations.h"
#include "iam_state.h"

#include <stdio.h>
#include <string.h>

#define MAX_RESULTS 10000

/* One simulation. */
struct simulation {
    struct emu_call *call;
    json_t *sources; /* as emu_iam_in_force() has them */
    json_t *context;
    struct emu_pages results; /* by number */
};

/* ---- what is asked ---- */

/* Adds the documents of PolicyInputList. False: the error is answered. */
static bool add_inputs(struct simulation *simulation)
{
    struct emu_call *call = simulation->call;
    const json_t *text;
    size_t i;

    json_array_foreach(json_object_get(call->input, "PolicyInputList"), i, text)
    {
        emu_auto_text message = {0};
        json_t *document;

        if (emu_policy_read(json_string_value(text), EMU_IDENTITY_POLICY, &document, &message) <
            0) {
            emu_reply_error(call->reply, "InvalidInput", "PolicyInputList.%zu: %s", i + 1,
                            emu_text_string(&message));
            return false;
        }
        if (json_array_append_new(simulation->sources,
                                  json_pack("{s:o, s:o}", "id",
                                            json_sprintf("PolicyInputList.%zu", i + 1), "document",
                                            document)) < 0) {
            emu_reply_out_of_memory(call->reply);
            return false;
        }
    }
    return true;
}

/* What the context says of a key: an array if its type is a list, else one string. */
static json_t *context_value(const json_t *entry)
{
    const char *type = json_string_value(json_object_get(entry, "ContextKeyType"));
    json_t *values = json_object_get(entry, "ContextKeyValues");

    if (type != NULL && strstr(type, "List") != NULL)
        return json_incref(values);
    return json_incref(json_array_get(values, 0));
}

static bool read_context(struct simulation *simulation)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(simulation->call->input, "ContextEntries"), i, entry)
    {
        const char *key = json_string_value(json_object_get(entry, "ContextKeyName"));

        if (key == NULL || json_array_size(json_object_get(entry, "ContextKeyValues")) == 0) {
            emu_reply_error(simulation->call->reply, "InvalidInput",
                            "ContextEntries.%zu has no key or no value.", i + 1);
            return false;
        }
        if (json_object_set_new(simulation->context, key, context_value(entry)) < 0) {
            emu_reply_out_of_memory(simulation->call->reply);
            return false;
        }
    }
    return true;
}

/* What would change the result, and is not judged here, is not passed over. */
static bool refuse_unknown(struct emu_call *call)
{
    static const char *const UNKNOWN[] = {"PermissionsBoundaryPolicyInputList", "ResourcePolicy",
                                          "CallerArn"};

    for (size_t i = 0; i < sizeof(UNKNOWN) / sizeof(UNKNOWN[0]); i++) {
        if (json_object_get(call->input, UNKNOWN[i]) == NULL)
            continue;
        emu_reply_error(call->reply, "InvalidInput", "The emulator simulates without %s.",
                        UNKNOWN[i]);
        return true;
    }
    return false;
}

/* Results grow with the product of both lists. */
static bool refuse_too_many(struct emu_call *call)
{
    size_t actions = json_array_size(json_object_get(call->input, "ActionNames"));
    size_t resources = json_array_size(json_object_get(call->input, "ResourceArns"));

    if (actions * resources <= MAX_RESULTS)
        return false;
    emu_reply_error(call->reply, "InvalidInput",
                    "The emulator simulates %d actions on resources at most, not %zu.", MAX_RESULTS,
                    actions * resources);
    return true;
}

/* ---- what is answered ---- */

static const char *decision_name(enum emu_decision decision)
{
    switch (decision) {
    case EMU_ALLOWED:
        return "allowed";
    case EMU_EXPLICIT_DENY:
        return "explicitDeny";
    case EMU_IMPLICIT_DENY:
        break;
    }
    return "implicitDeny";
}

/* The sources that brought the decision about; NULL if out of memory. */
static json_t *matched(const struct simulation *simulation, const struct emu_access *access,
                       enum emu_decision decision)
{
    json_t *list = json_array();
    const json_t *source;
    size_t i;

    json_array_foreach(simulation->sources, i, source)
    {
        enum emu_decision its = emu_policy_judge(json_object_get(source, "document"), access);

        if (its == EMU_IMPLICIT_DENY || its != decision)
            continue;
        if (json_array_append_new(list, json_pack("{s:O, s:s}", "SourcePolicyId",
                                                  json_object_get(source, "id"), "SourcePolicyType",
                                                  "IAM Policy")) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *missing(const struct simulation *simulation)
{
    json_t *keys = json_array();
    const json_t *source;
    size_t i;

    json_array_foreach(simulation->sources, i, source)
    {
        if (emu_policy_missing(json_object_get(source, "document"), simulation->context, keys) <
            0) {
            json_decref(keys);
            return NULL;
        }
    }
    return keys;
}

/* The result of one access; NULL if out of memory. */
static json_t *evaluate(const struct simulation *simulation, const struct emu_access *access)
{
    struct emu_call *call = simulation->call;
    const char *principal = emu_call_string(call, "PolicySourceArn");
    struct emu_judgement judgement = {emu_iam_judge_sources(simulation->sources, access),
                                      EMU_BY_IDENTITY};
    enum emu_decision decision = judgement.decision;
    bool forbidden;

    if (principal != NULL &&
        emu_iam_judge(call->emulator, principal, access, call->request->now_us, &judgement) < 0)
        return NULL;
    forbidden = judgement.decider == EMU_BY_ORGANISATION;
    if (forbidden)
        decision = judgement.decision;
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:{s:b}}", "EvalActionName", access->action,
                     "EvalResourceName", access->resource, "EvalDecision", decision_name(decision),
                     "MatchedStatements", matched(simulation, access, decision),
                     "MissingContextValues", missing(simulation), "OrganizationsDecisionDetail",
                     "AllowedByOrganizations", (int)!forbidden);
}

/* Each action on each resource. */
static void evaluate_all(struct simulation *simulation)
{
    const json_t *actions = json_object_get(simulation->call->input, "ActionNames");
    const json_t *resources = json_object_get(simulation->call->input, "ResourceArns");
    size_t n = json_array_size(resources);

    for (size_t i = 0; i < json_array_size(actions); i++) {
        for (size_t j = 0; j < (n > 0 ? n : 1); j++) {
            const struct emu_access access = {
                json_string_value(json_array_get(actions, i)),
                n > 0 ? json_string_value(json_array_get(resources, j)) : "*", simulation->context};
            char key[32];

            snprintf(key, sizeof(key), "%06zu", json_object_size(simulation->results.items));
            emu_pages_add(&simulation->results, key, evaluate(simulation, &access));
        }
    }
}

/* Takes over `sources`. `principal` is NULL if it is nobody's policies that are simulated. */
static void simulate(struct emu_call *call, const char *principal, json_t *sources)
{
    struct simulation simulation = {.call = call, .sources = sources, .context = json_object()};
    bool complete = sources != NULL;

    emu_pages_init(&simulation.results);
    if (complete && principal != NULL)
        complete = json_object_set_new(simulation.context, "aws:PrincipalArn",
                                       json_string(principal)) == 0;
    if (!complete) {
        emu_reply_out_of_memory(call->reply);
    } else if (add_inputs(&simulation) && read_context(&simulation)) {
        evaluate_all(&simulation);
        emu_iam_answer_page(call, "EvaluationResults", &simulation.results);
    }
    emu_pages_free(&simulation.results);
    json_decref(simulation.sources);
    json_decref(simulation.context);
}

void emu_iam_simulate_custom_policy(struct emu_call *call)
{
    if (!refuse_unknown(call) && !refuse_too_many(call))
        simulate(call, NULL, json_array());
}

void emu_iam_simulate_principal_policy(struct emu_call *call)
{
    const char *principal = emu_call_string(call, "PolicySourceArn");

    if (refuse_unknown(call) || refuse_too_many(call))
        return;
    if (emu_iam_has_role(&call->emulator->iam, principal))
        simulate(call, principal,
                 emu_iam_in_force(call->emulator, principal, call->request->now_us));
    else
        emu_reply_error(call->reply, "NoSuchEntity", "The role %s cannot be found.", principal);
}
