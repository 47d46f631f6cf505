/* Faults of streams: what goes wrong between the events.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_STREAM_FAULTS_H
#define EMULATOR_STREAM_FAULTS_H

#include <jansson.h>
#include <stdbool.h>

#include "reply.h"

/* True if the fault has a member that only makes sense for a stream. */
bool emu_fault_is_for_streams(const json_t *fault);

/* Why members of the fault do not go together, or NULL if they do. */
const char *emu_stream_fault_objection(const json_t *fault);

/* Spoils the events of a streamed reply. */
void emu_stream_fault_apply(const json_t *fault, struct emu_reply *reply);

#endif
