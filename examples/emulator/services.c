/* The table of services, and what is looked up in it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "services.h"
#include "query.h"
#include "sigv4_verify.h"

#include <string.h>

/* One line a service is all it takes, with its signing name. Those of one signing name speak one
 * protocol, and none of their operations have method and path in common. */
static const struct emu_service *const SERVICES[] = {
    &EMU_BEDROCK_RUNTIME,       /* bedrock */
    &EMU_BEDROCK,               /* bedrock */
    &EMU_BEDROCK_AGENT,         /* bedrock */
    &EMU_BEDROCK_AGENT_RUNTIME, /* bedrock */
    &EMU_IAM,                   /* iam */
    &EMU_BUDGETS,               /* budgets */
    &EMU_COST_EXPLORER,         /* ce */
    &EMU_CLOUDWATCH,            /* monitoring */
    &EMU_SNS,                   /* sns */
};

_Static_assert(sizeof(SERVICES) / sizeof(SERVICES[0]) <= EMU_MAX_SERVICES, "room in emu_rate");

const struct emu_service *emu_service_at(size_t index)
{
    return index < sizeof(SERVICES) / sizeof(SERVICES[0]) ? SERVICES[index] : NULL;
}

size_t emu_service_index(const struct emu_service *service)
{
    size_t i = 0;

    while (SERVICES[i] != service)
        i++;
    return i;
}

const struct emu_service *emu_service_addressed(const struct emu_request *request)
{
    struct emu_slice claimed = emu_sigv4_claimed_service(request);
    const char *target = emu_request_header(request, "x-amz-target");
    struct emu_slice rest = emu_slice_of(target != NULL ? target : "");
    struct emu_slice prefix = emu_slice_cut(&rest, '.');

    for (size_t i = 0; emu_service_at(i) != NULL; i++)
        if (emu_slice_is(claimed, SERVICES[i]->signing_name))
            return SERVICES[i];
    for (size_t i = 0; emu_service_at(i) != NULL; i++)
        if (SERVICES[i]->target != NULL && emu_slice_is(prefix, SERVICES[i]->target))
            return SERVICES[i];
    return SERVICES[0];
}

/* ---- errors ---- */

static const struct emu_service_error *find_error(const struct emu_service *service,
                                                  const char *type)
{
    for (const struct emu_service_error *error = service->errors;
         error != NULL && error->type != NULL; error++)
        if (strcmp(error->type, type) == 0)
            return error;
    return NULL;
}

const char *emu_service_error_name(const struct emu_service *service, const char *type)
{
    if (service->protocol != EMU_QUERY || find_error(service, type) != NULL)
        return type;
    return emu_query_error_code(type);
}

const char *emu_service_query_code(const struct emu_service *service, const char *type)
{
    const struct emu_service_error *error = find_error(service, type);

    return error != NULL && error->code != NULL ? error->code : type;
}

int emu_service_error_status(const struct emu_service *service, const char *type)
{
    const struct emu_service_error *error = find_error(service, type);
    int status = error != NULL ? error->status : emu_error_status(type);

    if (error != NULL)
        return status;
    if (service->protocol == EMU_REST_JSON)
        return status > 0 ? status : 500;
    if (service->protocol == EMU_QUERY)
        return emu_query_error_status(type);
    return status >= 500 ? status : 400; /* JSON-RPC knows no others */
}

const char *emu_service_error_type(const struct emu_service *service, int status)
{
    const char *type;

    for (const struct emu_service_error *error = service->errors;
         error != NULL && error->type != NULL; error++)
        if (error->status == status)
            return error->type;
    type = emu_error_type(status);
    return type != NULL ? emu_service_error_name(service, type) : NULL;
}
