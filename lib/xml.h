/* The home of expat: AWS's XML as JSON.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__XML_H
#define BRC__XML_H

#include "buffer.h"
#include "error.h"

#include <stddef.h>

/* Appends a document as a JSON object with one member, the outermost element: {"Name":VALUE}. The
 * value of an element that holds
 *
 *   no elements          is its text, a string ("" if there is none);
 *   only `member`s       is an array, of one as of many; so with `entry` and `item`;
 *   any others           is an object, with an array for those that have the same name.
 *
 * Names are as in the XML, without the prefix of a namespace. Attributes, comments and processing
 * instructions are dropped, and so is text beside elements.
 *
 * The document must be UTF-8 and no more than BRC__CEILING_XML bytes. What XML allows to be
 * declared in a document (DOCTYPE, and with it entities) is refused. Memory that held any of it is
 * wiped.
 *
 * Returns 0, BRC_E_NOMEM, BRC_E_TOO_LARGE, or BRC_E_PROTOCOL for what cannot be read; the text in
 * error begins with `what`. The buffer is as it was before, then. */
int brc__xml_to_json(const char *xml, size_t n, const char *what, struct brc__buf *to,
                     struct brc__error *error);

#endif
