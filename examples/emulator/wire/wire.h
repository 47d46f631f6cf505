/* What the protocols do: find an operation, read its input, write its answer.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_WIRE_H
#define EMULATOR_WIRE_H

#include "service.h"

#define EMU_MAX_LABELS 4

/* What a request asks for. */
struct emu_asked {
    const struct emu_service *service;
    const struct emu_operation *operation;
    struct emu_slice labels[EMU_MAX_LABELS]; /* REST: the path's values, raw, in their order */
};

struct emu_wire {
    /* Fills `asked`, whose service is the first of its signing name. EMU_INVALID: there is no such
     * operation; EMU_MALFORMED; EMU_OUT_OF_MEMORY. */
    int (*find)(const struct emu_request *request, struct emu_asked *asked);

    /* The input as one JSON object. EMU_MALFORMED: it cannot be read. */
    int (*gather)(const struct emu_request *request, const struct emu_asked *asked,
                  json_t **ret_input);

    /* Makes of a reply in JSON one as the protocol has it; `operation` may be NULL of an error. */
    void (*write)(const struct emu_request *request, const struct emu_asked *asked,
                  struct emu_reply *reply);
};

extern const struct emu_wire EMU_WIRE_REST_JSON;
extern const struct emu_wire EMU_WIRE_JSON_RPC;
extern const struct emu_wire EMU_WIRE_QUERY;

#endif
