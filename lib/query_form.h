/* AWS's query protocol: a JSON object as a form.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__QUERY_FORM_H
#define BRC__QUERY_FORM_H

#include "json_text.h"
#include "service.h"

/* Appends "Action=…&Version=…" and the members: Name=value, Name.Sub=value for objects,
 * Name.member.N for lists ("Name=" for an empty one), Name.entry.N.key and .value for what the
 * service's model has as a map. null is left out. Numbers as written; text as UTF-8,
 * percent-encoded. The object is one that brc__json_check() accepted, or not there. Returns 0, the
 * buffer's failure, or BRC_E_INVALID: a name that is no name, Action or Version, lists of lists
 * without end. */
int brc__query_form(const struct brc__service *service, const char *operation,
                    struct brc__json object, struct brc__buf *to, struct brc__error *error);

#endif
