/* Signature, operation, bill and log of one request; the emulator's own resources under /_emulator.
 *
 * SPDX-License-Identifier: MIT
 */
#include "emulator.h"
#include "bill.h"
#include "call.h"
#include "faults.h"
#include "stream_faults.h"

#include <stdio.h>
#include <string.h>

#define OWN_PREFIX "/_emulator/"

int emu_init(struct emulator *emulator, const struct emu_options *options)
{
    *emulator = (struct emulator){
        .options = *options,
        .bill = emu_bill_new(),
        .faults = json_array(),
        .prompt_caches = json_object(),
        .random = emu_random_from(options->seed, "emulator", strlen("emulator")),
    };
    if (emulator->bill != NULL && emulator->faults != NULL && emulator->prompt_caches != NULL)
        return EMU_OK;
    emu_free(emulator);
    return EMU_OUT_OF_MEMORY;
}

void emu_free(struct emulator *emulator)
{
    emu_profiles_free(&emulator->profiles);
    json_decref(emulator->bill);
    json_decref(emulator->faults);
    json_decref(emulator->prompt_caches);
    *emulator = (struct emulator){0};
}

/* ---- the AWS API ---- */

static void log_refusal(const struct emu_request *request, const struct emu_verdict *verdict)
{
    fprintf(stderr, "emulator: %s %s refused: %s: %s\n", request->method, request->uri,
            verdict->error_type, emu_text_string(&verdict->message));
    if (verdict->string_to_sign.len > 0)
        fprintf(stderr,
                "--- canonical request expected\n%s\n--- string to sign expected\n%s\n---\n",
                emu_text_string(&verdict->canonical_request),
                emu_text_string(&verdict->string_to_sign));
}

static void answer_signed(struct emulator *emulator, const struct emu_request *request,
                          struct emu_reply *reply)
{
    struct emu_verdict verdict;

    if (emu_sigv4_verify(&verdict, request, &emulator->options.credentials) < 0) {
        emu_reply_out_of_memory(reply);
    } else if (verdict.error_type != NULL) {
        log_refusal(request, &verdict);
        emu_reply_error(reply, verdict.error_type, "%s", emu_text_string(&verdict.message));
    } else {
        emu_call_operation(emulator, request, verdict.region, reply);
    }
    emu_verdict_free(&verdict);
}

static void answer_aws(struct emulator *emulator, const struct emu_request *request,
                       struct emu_reply *reply)
{
    emu_bill_request(emulator->bill);
    if (request->too_large)
        emu_reply_error(reply, "RequestEntityTooLargeException", "The body is too large.");
    else
        answer_signed(emulator, request, reply);
    if (reply->status >= 300 && emu_bill_refused(emulator->bill, reply->error_type) < 0)
        emu_reply_out_of_memory(reply);
}

/* ---- /_emulator ---- */

static void answer_faults(struct emulator *emulator, struct emu_reply *reply)
{
    emu_reply_json(reply, 200, json_pack("{s:O}", "faults", emulator->faults));
}

static int check_fault(const json_t *fault, struct emu_text *message)
{
    int rc = emu_shape_check(&EMU_SHAPE_FAULT, fault, message);
    const char *objection = rc == EMU_OK ? emu_stream_fault_objection(fault) : NULL;

    if (objection == NULL)
        return rc;
    emu_text_puts(message, objection);
    return message->failed ? EMU_OUT_OF_MEMORY : EMU_INVALID;
}

static void add_fault(struct emulator *emulator, const struct emu_request *request,
                      struct emu_reply *reply)
{
    emu_auto_text message = {0};
    json_t *fault;
    int rc = emu_request_json(request, &fault);

    if (rc == EMU_OK)
        rc = check_fault(fault, &message);
    if (rc == EMU_INVALID || rc == EMU_MALFORMED)
        emu_reply_error(reply, "ValidationException", "%s",
                        message.len > 0 ? message.data : "A fault is a JSON object.");
    else if (rc < 0)
        emu_reply_out_of_memory(reply);
    else if (emu_faults_add(emulator->faults, fault) < 0)
        emu_reply_out_of_memory(reply);
    else
        answer_faults(emulator, reply);
    json_decref(fault);
}

static void answer_own(struct emulator *emulator, const struct emu_request *request,
                       struct emu_reply *reply)
{
    const char *resource = request->uri + strlen(OWN_PREFIX);
    const char *method = request->method;
    bool faults = strcmp(resource, "faults") == 0;

    if (strcmp(resource, "bill") == 0 && strcmp(method, "GET") == 0) {
        emu_reply_json(reply, 200, json_incref(emulator->bill));
    } else if (faults && strcmp(method, "GET") == 0) {
        answer_faults(emulator, reply);
    } else if (faults && strcmp(method, "POST") == 0) {
        add_fault(emulator, request, reply);
    } else if (faults && strcmp(method, "DELETE") == 0) {
        json_array_clear(emulator->faults);
        answer_faults(emulator, reply);
    } else {
        emu_reply_error(reply, "UnknownOperationException",
                        "Here are: GET bill; GET, POST, DELETE faults.");
    }
}

void emu_answer(struct emulator *emulator, const struct emu_request *request,
                struct emu_reply *reply)
{
    emu_reply_init(reply);
    emu_random_uuid(&emulator->random, reply->request_id);
    if (strncmp(request->uri, OWN_PREFIX, strlen(OWN_PREFIX)) == 0)
        answer_own(emulator, request, reply);
    else
        answer_aws(emulator, request, reply);
    if (emulator->options.verbose)
        fprintf(stderr, "emulator: %s %s: %d %s\n", request->method, request->uri, reply->status,
                reply->error_type);
}
