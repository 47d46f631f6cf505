/* Finds the operation a request means, gathers its input, and has it answered in the form of its
 * service's protocol.
 *
 * SPDX-License-Identifier: MIT
 */
#include "bill.h"
#include "call.h"
#include "faults.h"
#include "money.h"
#include "operations.h"
#include "permission.h"
#include "services.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

static const struct emu_wire *wire_of(const struct emu_service *service)
{
    switch (service->protocol) {
    case EMU_JSON_RPC:
        return &EMU_WIRE_JSON_RPC;
    case EMU_QUERY:
        return &EMU_WIRE_QUERY;
    case EMU_REST_JSON:
        break;
    }
    return &EMU_WIRE_REST_JSON;
}

static const struct emu_service *first_of(const char *signing_name)
{
    size_t i = 0;

    while (emu_service_at(i) != NULL && strcmp(emu_service_at(i)->signing_name, signing_name) != 0)
        i++;
    return emu_service_at(i) != NULL ? emu_service_at(i) : emu_service_at(0);
}

/* ---- one operation ---- */

static void answer_checked(struct emu_call *call, const struct emu_asked *asked)
{
    const char *invalid = asked->service->invalid;
    emu_auto_text message = {0};

    switch (emu_shape_check(asked->operation->input, call->input, &message)) {
    case EMU_OK:
        if (emu_permit(call, asked))
            asked->operation->answer(call);
        break;
    case EMU_INVALID:
        emu_reply_error(call->reply, invalid != NULL ? invalid : "ValidationException", "%s",
                        message.data);
        break;
    case EMU_MALFORMED:
        emu_reply_error(call->reply, "SerializationException", "%s", message.data);
        break;
    default:
        emu_reply_out_of_memory(call->reply);
    }
}

/* Operations know errors by type; name and status are their service's. */
static void name_error(const struct emu_service *service, struct emu_reply *reply)
{
    char type[sizeof(reply->error_type)];

    if (reply->error_type[0] == '\0')
        return;
    snprintf(type, sizeof(type), "%s", emu_service_error_name(service, reply->error_type));
    reply->status = emu_service_error_status(service, type);
    memcpy(reply->error_type, type, sizeof(type));
}

static void answer(struct emu_call *call, const struct emu_asked *asked)
{
    const struct emu_operation *operation = asked->operation;
    const struct emu_struck struck = {
        .service = asked->service,
        .operation = operation->name,
        .resource = operation->resource != NULL ? emu_call_string(call, operation->resource) : NULL,
        .streams = operation->answer == emu_converse_stream,
    };
    json_t *fault = emu_faults_take(call->emulator->faults, &struck);

    if (fault == NULL || !emu_fault_refuses(fault, &struck)) {
        answer_checked(call, asked);
        name_error(asked->service, call->reply);
    }
    if (fault != NULL)
        emu_fault_answer(fault, &struck, call->reply);
    wire_of(asked->service)->write(call->request, asked, call->reply);
    if (fault != NULL)
        emu_fault_apply(fault, &call->emulator->random, call->reply);
    json_decref(fault);
}

/* ---- the request ---- */

static void refuse(const struct emu_request *request, const struct emu_asked *asked,
                   const char *type, const char *message, struct emu_reply *reply)
{
    emu_reply_error(reply, type, "%s", message);
    name_error(asked->service, reply);
    wire_of(asked->service)->write(request, asked, reply);
}

void emu_call_refuse(const struct emu_request *request, const char *type, const char *message,
                     struct emu_reply *reply)
{
    const struct emu_asked asked = {.service = emu_service_addressed(request)};

    refuse(request, &asked, type, message, reply);
}

static bool is_throttled(struct emulator *emulator, const struct emu_service *service,
                         int64_t now_us)
{
    return emulator->options.rate > 0 && !service->unthrottled &&
           !emu_rate_take(&emulator->rate, emu_service_index(service), emulator->options.rate,
                          now_us);
}

static void throttle(const struct emu_request *request, const struct emu_asked *asked,
                     struct emu_reply *reply)
{
    const char *type = asked->service->throttled;

    refuse(request, asked, type != NULL ? type : "ThrottlingException", "Rate exceeded", reply);
}

void emu_call_operation(struct emulator *emulator, const struct emu_request *request,
                        const struct emu_caller *caller, struct emu_reply *reply)
{
    struct emu_asked asked = {.service = first_of(caller->signing_name)};
    const struct emu_wire *wire = wire_of(asked.service);
    json_t *input = NULL;
    int rc = wire->find(request, &asked);

    if (rc == EMU_OK)
        rc = emu_bill_operation(emulator->bill, asked.operation->name);
    if (rc == EMU_OK && is_throttled(emulator, asked.service, request->now_us)) {
        throttle(request, &asked, reply);
        return;
    }
    if (rc == EMU_OK && !asked.service->unthrottled) /* nor are models kept waiting for this */
        rc = emu_money_watch(emulator, request->now_us);
    if (rc == EMU_OK)
        rc = wire->gather(request, &asked, &input);
    if (rc == EMU_OK) {
        struct emu_call call = {emulator, caller->region, caller->key, request, input, reply};

        answer(&call, &asked);
    } else if (rc == EMU_INVALID) {
        refuse(request, &asked, "UnknownOperationException",
               "There is no such operation here, or not with this method.", reply);
    } else if (rc == EMU_MALFORMED) {
        refuse(request, &asked, "SerializationException", "The request cannot be read.", reply);
    } else {
        emu_reply_out_of_memory(reply);
    }
    json_decref(input);
}
