/* Faults on demand: what is to go wrong with which of the coming calls.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_FAULTS_H
#define EMULATOR_FAULTS_H

#include <jansson.h>
#include <stdbool.h>

#include "fault_list.h"

/* EMU_OK, EMU_INVALID or EMU_MALFORMED with a message, or EMU_OUT_OF_MEMORY. */
int emu_fault_check(const json_t *fault, struct emu_text *message);

/* The fault for a call, one use of it taken: a new reference, or NULL. `resource` (may be NULL) is
 * the profile or model the call names, as id or ARN; `streams` says that its answer is a stream. */
json_t *emu_faults_take(json_t *faults, const char *resource, bool streams);

/* True if the call is to be refused before anything is generated. */
bool emu_fault_refuses(const json_t *fault);

/* Spoils the answer; an error's members name the call's `resource` (may be NULL). */
void emu_fault_apply(const json_t *fault, const char *resource, struct emu_random *random,
                     struct emu_reply *reply);

/* The members that AWS's model gives an error of this type; NULL if out of memory. */
json_t *emu_fault_error_json(const json_t *fault, const char *type, const char *resource);

#endif
