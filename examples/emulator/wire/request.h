/* One HTTP request as received, whatever server received it.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_REQUEST_H
#define EMULATOR_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct emu_header {
    const char *name;
    const char *value;
};

struct emu_request {
    const char *method;
    const char *uri; /* raw: path and query, nothing decoded */
    const struct emu_header *headers;
    size_t n_headers;
    const char *body;
    size_t body_len;
    int64_t now_us; /* since the epoch */
    bool too_large; /* the body was, and is not here */
};

/* The first header of that name, or NULL. */
const char *emu_request_header(const struct emu_request *request, const char *name);

/* The body as a JSON object, or EMU_MALFORMED. */
int emu_request_json(const struct emu_request *request, json_t **ret_json);

#endif
