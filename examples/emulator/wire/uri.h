/* The request target as it came over the wire: libmicrohttpd's own decoding would turn the %2F of
 * an ARN into a path separator, and no signature over it could be checked.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_URI_H
#define EMULATOR_URI_H

#include <stddef.h>

#include "status.h"
#include "text.h"

/* The most arguments that are read: parameters of a form look for each other, and lists may have
 * gaps, so that both time and memory grow with the square of their number. */
#define EMU_MAX_ARGUMENTS 4096

struct emu_query_arg {
    char *name; /* both decoded */
    char *value;
};

struct emu_query {
    struct emu_query_arg *args;
    size_t count;
};

/* Length of the path part of `uri`; what follows it is empty or starts with '?'. */
size_t emu_uri_path_length(const char *uri);

/* EMU_MALFORMED: a '%' without two hexadecimal digits, or %00. */
int emu_uri_decode(struct emu_text *out, const char *bytes, size_t len);

/* The path of SigV4's canonical request: dot and empty segments removed, encoded once more. */
void emu_uri_canonical_path(struct emu_text *out, const char *path, size_t len);

/* Decodes the arguments of `uri`, in order of arrival. EMU_MALFORMED: one cannot be decoded, or
 * there are too many. Free the result on every path. */
int emu_query_parse(struct emu_query *query, const char *uri);

/* The same for a form, where a '+' is a space. */
int emu_form_parse(struct emu_query *form, const char *body, size_t len);
void emu_query_free(struct emu_query *query);

/* NULL if there is none; the first if there are several. */
const char *emu_query_value(const struct emu_query *query, const char *name);

/* The query of SigV4's canonical request: encoded, sorted by name, then by value. */
int emu_query_canonical(struct emu_text *out, const struct emu_query *query);

#endif
