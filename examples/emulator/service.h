/* What an AWS service is here: its operations, what their answers look like on the wire, its
 * errors. An operation gets JSON and answers JSON or an error, whatever its service speaks.
 *
 * A new service defines its struct emu_service in a file of its own, is declared below, and has one
 * line in the table of services.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_SERVICE_H
#define EMULATOR_SERVICE_H

#include "call.h"

enum emu_protocol {
    EMU_REST_JSON, /* method and path name the operation */
    EMU_JSON_RPC,  /* the header X-Amz-Target does; the body is JSON, moments are seconds */
    EMU_QUERY,     /* the parameter Action of a form does; the answer is XML: see xml.h */
};

struct emu_operation {
    const char *name;
    const char *method;            /* REST only, as are the next two */
    const char *segments[8];       /* of the path; "{member}" takes any value; "" at the end stands
                                      for a trailing slash; NULL ends */
    const char *query[5];          /* members taken from the query; NULL ends */
    const struct emu_shape *input; /* with the members of path and query */
    const char *resource;          /* the member that names what a fault may be for, or NULL */
    void (*answer)(struct emu_call *call);
};

/* An operation of REST: its path and its query are lists of strings, or EMU_NO_STRINGS. */
#define EMU_REST(id, verb, path, arguments, shape, member, function)                               \
    {                                                                                              \
        .name = id, .method = verb, .segments = path, .query = arguments, .input = &(shape),       \
        .resource = member, .answer = function                                                     \
    }
#define EMU_STRINGS(...)                                                                           \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define EMU_NO_STRINGS                                                                             \
    {                                                                                              \
        NULL                                                                                       \
    }

struct emu_service_error {
    const char *type; /* as operations and faults name it; NULL ends */
    int status;
    const char *code; /* that x-amzn-query-error has for it; NULL: the same */
};

struct emu_service {
    const char *name;         /* "bedrock-agent" */
    const char *signing_name; /* of the credential scope: "bedrock" */
    enum emu_protocol protocol;
    const char *version; /* JSON_RPC: "1.1"; QUERY: "2010-05-08" */
    const char *target;  /* JSON_RPC: what stands in front of the operation in X-Amz-Target */
    const char *xmlns;   /* QUERY */
    bool query_mode;     /* JSON_RPC: errors come with x-amzn-query-error as well */
    bool unthrottled;    /* not a control plane: --rate is not for it */
    const char *invalid; /* the type of an input that breaks its shape; NULL: ValidationException */
    const char *throttled; /* and of a call too many; NULL: ThrottlingException */
    const char *denied;    /* of a caller who may not; NULL: AccessDeniedException */
    const char *message;   /* JSON_RPC: the member with an error's text; NULL: "message" */
    const struct emu_service_error *errors; /* those that are not in reply.c, or have another status
                                               here; the first of a status is usual for it */
    const struct emu_operation *operations; /* a NULL name ends */
};

extern const struct emu_service EMU_BEDROCK_RUNTIME;
extern const struct emu_service EMU_BEDROCK;
extern const struct emu_service EMU_BEDROCK_AGENT;
extern const struct emu_service EMU_BEDROCK_AGENT_RUNTIME;
extern const struct emu_service EMU_BUDGETS;
extern const struct emu_service EMU_COST_EXPLORER;
extern const struct emu_service EMU_IAM;
extern const struct emu_service EMU_CLOUDWATCH;
extern const struct emu_service EMU_SNS;

#endif
