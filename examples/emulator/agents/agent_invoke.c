/* InvokeAgent: an agent calls its model through whatever its version names, as its role, inside
 * AWS. Nobody else's ledger sees that call; the bill and the metrics do.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_operations.h"
#include "agent_state.h"
#include "access.h"
#include "base64.h"
#include "operations.h"
#include "stream.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* What runs. */
struct run {
    struct emu_call *call;
    const char *role;
    const char *model;
    const char *instruction;
};

/* ---- what an alias stands for ---- */

static const char *string_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

/* The draft as it was prepared, or the version; NULL: the error is answered. */
static const json_t *find_version(struct emu_call *call, const json_t *agent, const json_t *alias)
{
    const json_t *routing =
        json_object_get(json_object_get(alias, "detail"), "routingConfiguration");
    const char *number = string_of(json_array_get(routing, 0), "agentVersion");
    const json_t *version = strcmp(number, EMU_DRAFT) == 0
                                ? json_object_get(agent, "prepared")
                                : json_object_get(json_object_get(agent, "versions"), number);

    if (version == NULL)
        emu_reply_error(call->reply, "ValidationException",
                        "Version %s of the agent cannot run: it is not prepared.", number);
    return version;
}

static bool refuse_deleted(struct emu_call *call, const json_t *agent, const json_t *alias)
{
    if (!emu_agent_is_deleted(agent) && !emu_agent_is_deleted(alias))
        return false;
    emu_reply_error(call->reply, "ResourceNotFoundException",
                    "The alias %s of the agent %s is being deleted.",
                    emu_call_string(call, "agentAliasId"), emu_call_string(call, "agentId"));
    return true;
}

/* AWS's guide says that a paused alias takes no invocations; the type of the error is unverified.
 */
static bool refuse_paused(struct emu_call *call, const json_t *alias)
{
    const char *state = string_of(json_object_get(alias, "detail"), "aliasInvocationState");

    if (strcmp(state, "REJECT_INVOCATIONS") != 0)
        return false;
    emu_reply_error(call->reply, "ValidationException",
                    "The alias %s is paused and accepts no invocations.",
                    emu_call_string(call, "agentAliasId"));
    return true;
}

/* ---- the answer ---- */

static void begin_stream(struct emu_call *call)
{
    struct emu_reply *reply = call->reply;

    emu_reply_stream(reply, call->emulator->options.event_time_ms);
    snprintf(reply->session_id, sizeof(reply->session_id), "%s",
             emu_call_string(call, "sessionId"));
    reply->header[0] = "x-amzn-bedrock-agent-content-type";
    reply->header[1] = "application/json";
    reply->other_header[0] = "x-amz-bedrock-agent-session-id";
    reply->other_header[1] = reply->session_id;
}

/* What goes wrong while an agent runs is an exception in its stream. */
static void answer_exception(struct emu_call *call, const char *type, const char *message)
{
    char name[64];

    snprintf(name, sizeof(name), "%c%s", tolower((unsigned char)type[0]), type + 1);
    begin_stream(call);
    emu_stream_add_exception(&call->reply->body, name, json_pack("{s:s}", "message", message));
}

static void answer_text(struct emu_call *call, const json_t *content)
{
    emu_auto_text bytes = {0};
    const json_t *block;
    size_t i;

    begin_stream(call);
    json_array_foreach(content, i, block)
    {
        const json_t *text = json_object_get(block, "text");

        emu_base64_encode(&bytes, json_string_value(text), json_string_length(text));
        emu_stream_add_event(&call->reply->body, "chunk",
                             bytes.failed ? NULL
                                          : json_pack("{s:s}", "bytes", emu_text_string(&bytes)));
        emu_text_truncate(&bytes, 0);
    }
}

/* ---- the model ---- */

static json_t *conversation(const struct run *run)
{
    return json_pack("{s:s, s:[{s:s}], s:[{s:s, s:[{s:s}]}]}", "modelId", run->model, "system",
                     "text", run->instruction, "messages", "role", "user", "content", "text",
                     emu_call_string(run->call, "inputText"));
}

/* Converse, from inside. */
static void call_model(const struct run *run)
{
    struct emu_call *call = run->call;
    json_t *input = conversation(run);
    struct emu_reply reply;
    struct emu_call inner = *call;
    json_t *answer;

    emu_reply_init(&reply);
    inner.key = NULL;
    inner.input = input;
    inner.reply = &reply;
    if (input != NULL)
        emu_converse(&inner);
    answer = json_incref(reply.json);
    call->reply->delay_ms = reply.delay_ms;
    if (answer == NULL)
        emu_reply_out_of_memory(call->reply);
    else if (reply.status != 200)
        answer_exception(call, reply.error_type, string_of(answer, "message"));
    else
        answer_text(call,
                    json_object_get(json_object_get(json_object_get(answer, "output"), "message"),
                                    "content"));
    json_decref(answer);
    json_decref(input);
    emu_reply_free(&reply);
}

static void run_agent(const struct run *run)
{
    struct emu_call *call = run->call;
    const struct emu_invocation invocation = {run->role, "bedrock:InvokeModel", call->region,
                                              run->model, call->request->now_us};
    struct emu_refusal refusal;
    int rc = emu_access_check(call->emulator, &invocation, &refusal);

    if (rc < 0)
        emu_reply_out_of_memory(call->reply);
    else if (!emu_iam_has_role(&call->emulator->iam, run->role) ||
             refusal.judgement.decision != EMU_ALLOWED)
        answer_exception(call, "AccessDeniedException",
                         "Access denied when calling Bedrock. Check your request permissions and "
                         "retry the request.");
    else
        call_model(run);
    emu_refusal_free(&refusal);
}

void emu_invoke_agent(struct emu_call *call)
{
    json_t *agent = emu_agent_find(call);
    const json_t *alias = agent != NULL ? emu_agent_alias_find(call, agent) : NULL;
    bool ends = json_is_true(json_object_get(call->input, "endSession"));
    const json_t *version;

    if (alias == NULL || refuse_deleted(call, agent, alias) || refuse_paused(call, alias))
        return;
    version = find_version(call, agent, alias);
    if (version == NULL)
        return;
    if (emu_call_string(call, "inputText") != NULL) {
        const struct run run = {call, string_of(version, "agentResourceRoleArn"),
                                string_of(version, "foundationModel"),
                                string_of(version, "instruction")};

        run_agent(&run);
    } else if (ends) {
        begin_stream(call);
    } else {
        emu_reply_error(call->reply, "ValidationException",
                        "The inputText is missing: without it a session can only be ended.");
    }
}
