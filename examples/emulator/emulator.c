/* Signature, operation, bill and log of one request; the emulator's own resources under /_emulator.
 *
 * SPDX-License-Identifier: MIT
 */
#include "emulator.h"
#include "bill.h"
#include "call.h"
#include "faults.h"
#include "money.h"
#include "services.h"
#include "uri.h"

#include <stdio.h>
#include <string.h>

#define OWN_PREFIX  "/_emulator/"
#define OWN_ARN     "arn:aws:iam::" EMU_ACCOUNT ":user/emulator"
#define OWN_USER_ID "AIDAEMULATOR000000000"

int emu_init(struct emulator *emulator, const struct emu_options *options)
{
    const struct emu_key own_key = {
        .credentials = options->credentials, .arn = OWN_ARN, .user_id = OWN_USER_ID};

    *emulator = (struct emulator){
        .options = *options,
        .keyring = json_object(),
        .bill = emu_bill_new(),
        .faults = json_array(),
        .prompt_caches = json_object(),
        .logging = json_object(),
        .random = emu_random_from(options->seed, "emulator", strlen("emulator")),
    };
    if (emulator->bill != NULL && emulator->faults != NULL && emulator->prompt_caches != NULL &&
        emulator->logging != NULL && emu_money_init(&emulator->money) == EMU_OK &&
        emu_keyring_add(emulator->keyring, &own_key) == EMU_OK &&
        emu_iam_init(&emulator->iam) == EMU_OK && emu_agents_init(&emulator->agents) == EMU_OK &&
        emu_identity_init(&emulator->identity, options->seed, emulator->keyring) == EMU_OK)
        return EMU_OK;
    emu_free(emulator);
    return EMU_OUT_OF_MEMORY;
}

void emu_free(struct emulator *emulator)
{
    emu_profiles_free(&emulator->profiles);
    emu_iam_free(&emulator->iam);
    emu_agents_free(&emulator->agents);
    emu_identity_free(&emulator->identity);
    json_decref(emulator->keyring);
    json_decref(emulator->bill);
    json_decref(emulator->faults);
    emu_money_free(&emulator->money);
    json_decref(emulator->prompt_caches);
    json_decref(emulator->logging);
    *emulator = (struct emulator){0};
}

int64_t emu_settled_us(const struct emulator *emulator, int64_t now_us)
{
    return now_us - emulator->options.settle_ms * 1000;
}

bool emu_has_settled(const struct emulator *emulator, int64_t written_us, int64_t now_us)
{
    return written_us <= emu_settled_us(emulator, now_us);
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
    const char *service = emu_service_addressed(request)->signing_name;
    struct emu_verdict verdict;

    if (emu_sigv4_verify(&verdict, request, emulator->keyring, service) < 0) {
        emu_reply_out_of_memory(reply);
    } else if (verdict.error_type != NULL) {
        log_refusal(request, &verdict);
        emu_call_refuse(request, verdict.error_type, emu_text_string(&verdict.message), reply);
    } else {
        const struct emu_caller caller = {service, verdict.region, &verdict.key};

        emu_call_operation(emulator, request, &caller, reply);
    }
    emu_verdict_free(&verdict);
}

static void answer_aws(struct emulator *emulator, const struct emu_request *request,
                       struct emu_reply *reply)
{
    emu_bill_request(emulator->bill);
    if (request->too_large)
        emu_call_refuse(request, "RequestEntityTooLargeException", "The body is too large.", reply);
    else
        answer_signed(emulator, request, reply);
    if (reply->status >= 300 && emu_bill_refused(emulator->bill, reply->error_type) < 0)
        emu_reply_out_of_memory(reply);
}

/* ---- /_emulator ---- */

static void answer_own(struct emulator *emulator, const struct emu_request *request,
                       struct emu_reply *reply)
{
    const char *resource = request->uri + strlen(OWN_PREFIX);
    bool known = true;

    if (strcmp(resource, "bill") == 0 && strcmp(request->method, "GET") == 0)
        emu_reply_json(reply, 200, json_incref(emulator->bill));
    else if (strcmp(resource, "faults") == 0)
        known = emu_fault_list_answer(emulator->faults, emu_fault_check, request, reply);
    else if (strcmp(resource, "organisation") == 0)
        known = emu_organisation_answer(&emulator->iam, request, reply);
    else
        known = emu_money_answer(emulator, resource, request, reply);
    if (!known)
        emu_reply_error(reply, "UnknownOperationException",
                        "Here are: GET bill; GET, POST, DELETE faults; GET, PUT organisation; "
                        "POST usage, tags, anomalies; GET messages, mails.");
}

/* STS has its path in common with the services that do not speak REST: the scope tells them apart.
 * STS is there without --identity, too; the other sources of credentials are not. */
static bool is_for_identity(const struct emulator *emulator, const struct emu_request *request)
{
    if (emu_uri_path_length(request->uri) != 1)
        return emulator->options.identity;
    if (emu_slice_is(emu_sigv4_claimed_service(request), "sts"))
        return true;
    return emulator->options.identity && emu_service_addressed(request)->protocol == EMU_REST_JSON;
}

void emu_answer(struct emulator *emulator, const struct emu_request *request,
                struct emu_reply *reply)
{
    emu_reply_init(reply);
    emu_random_uuid(&emulator->random, reply->request_id);
    if (strncmp(request->uri, OWN_PREFIX, strlen(OWN_PREFIX)) == 0)
        answer_own(emulator, request, reply);
    else if (!is_for_identity(emulator, request) ||
             !emu_identity_answer(&emulator->identity, request, reply))
        answer_aws(emulator, request, reply);
    if (emulator->options.verbose)
        fprintf(stderr, "emulator: %s %s: %d %s\n", request->method, request->uri, reply->status,
                reply->error_type);
}
