/* What STS and the services that speak the query protocol share: forms, and the names of errors.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_QUERY_H
#define EMULATOR_QUERY_H

#include <jansson.h>
#include <stdbool.h>

#include "request.h"
#include "shape.h"
#include "uri.h"

/* The form that a request posts; an empty one, if it posts none. EMU_MALFORMED or
 * EMU_OUT_OF_MEMORY. Free it on every path. */
int emu_query_form(const struct emu_request *request, struct emu_query *ret_form);

/* The parameters as the members of an object of this shape: Name, List.member.2, Outer.Inner,
 * List.member.1.Inner, Map.entry.1.key, Map.entry.1.Name with Map.entry.1.Value.Inner. Those that
 * the shape does not have are left out. A value
 * that is not what its shape wants stays a string. EMU_MALFORMED: one is not UTF-8, or is out of
 * order. */
int emu_query_input(const struct emu_shape *shape, const struct emu_query *form,
                    json_t **ret_input);

/* What the query protocol calls an error of APIs that speak JSON; any other keeps its name. */
const char *emu_query_error_code(const char *type);

/* The status of an error that no service has for itself. */
int emu_query_error_status(const char *code);

#endif
