/* One call of an AWS operation, its input gathered from path, query and body and checked.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_CALL_H
#define EMULATOR_CALL_H

#include "emulator.h"
#include "shape.h"

/* Who calls, as the signature says. */
struct emu_caller {
    const char *signing_name; /* of the credential scope, as is the Region */
    const char *region;
    const struct emu_key *key; /* NULL: nobody in particular, who may do anything */
};

struct emu_call {
    struct emulator *emulator;
    const char *region;
    const struct emu_key *key; /* the caller's, or NULL */
    const struct emu_request *request;
    const json_t *input;
    struct emu_reply *reply;
};

/* Answers a request whose signature is right, or spoils it if a fault was asked for. */
void emu_call_operation(struct emulator *emulator, const struct emu_request *request,
                        const struct emu_caller *caller, struct emu_reply *reply);

/* Answers an error, which no operation makes, in the form of the service that is addressed. */
void emu_call_refuse(const struct emu_request *request, const char *type, const char *message,
                     struct emu_reply *reply);

static inline const char *emu_call_string(const struct emu_call *call, const char *member)
{
    return json_string_value(json_object_get(call->input, member));
}

#endif
