/* JSON written as XML: how the query protocol answers.
 *
 * A member of an object becomes an element, of an object, an array, or a value; one that is null is
 * left out. The elements of an array are <member>s; of an array under the name "entry" each is an
 * <entry>, which is how a map is written: {"Attributes":{"entry":[{"key":..., "value":...}]}}.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_XML_H
#define EMULATOR_XML_H

#include <jansson.h>

#include "reply.h"

/* <OPERATIONResponse> with the result's members. Takes over `result`; NULL: out of memory. */
void emu_xml_result(struct emu_reply *reply, const char *xmlns, const char *operation,
                    json_t *result);

/* <ErrorResponse> */
void emu_xml_error(struct emu_reply *reply, const char *xmlns, int status, const char *code,
                   const char *message);

#endif
