/* Faults still to come, in the order asked for: JSON objects whose `skip` and then
 * `count` go down with each call that fits.
 * What is common to all of them, whatever API they strike.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_FAULT_LIST_H
#define EMULATOR_FAULT_LIST_H

#include <jansson.h>
#include <stdbool.h>

#include "random.h"
#include "reply.h"
#include "request.h"
#include "shape.h"

/* Shapes of the common members. */
extern const struct emu_shape EMU_FAULT_STATUS;
extern const struct emu_shape EMU_FAULT_TYPE;
extern const struct emu_shape EMU_FAULT_MESSAGE;
extern const struct emu_shape EMU_FAULT_DELAY;
extern const struct emu_shape EMU_FAULT_CUT;
extern const struct emu_shape EMU_FAULT_BODY;
extern const struct emu_shape EMU_FAULT_FLAG;
extern const struct emu_shape EMU_FAULT_COUNT;
extern const struct emu_shape EMU_FAULT_SKIP;

/* GET, POST and DELETE of the list; POST adds a fault that passes `check`. False, and no answer, if
 * the request has another method. */
bool emu_fault_list_answer(json_t *faults,
                           int (*check)(const json_t *fault, struct emu_text *message),
                           const struct emu_request *request, struct emu_reply *reply);

/* The first fault that fits the call and has none left to skip, one use of it taken: a new
 * reference, or NULL. */
json_t *emu_fault_list_take(json_t *faults, bool (*fits)(const json_t *fault, const void *call),
                            const void *call);

json_int_t emu_fault_integer(const json_t *fault, const char *member, json_int_t otherwise);

/* The text of the fault's error. */
const char *emu_fault_message(const json_t *fault);

/* Spoils an answer that is made: garbage, body, delayMs and cut. */
void emu_fault_spoil(const json_t *fault, struct emu_random *random, struct emu_reply *reply);

#endif
