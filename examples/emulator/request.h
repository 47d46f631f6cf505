/* One HTTP request as received, whatever server received it.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_REQUEST_H
#define EMULATOR_REQUEST_H

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

#endif
