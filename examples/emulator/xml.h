/* JSON written as XML: how the query protocol answers.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_XML_H
#define EMULATOR_XML_H

#include <jansson.h>

#include "text.h"

/* Each member becomes an element: of an object, of a string, or of an integer. */
void emu_xml_add(struct emu_text *out, json_t *object, int depth);

#endif
