/* Faults on demand: what is to go wrong with which of the coming calls.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_FAULTS_H
#define EMULATOR_FAULTS_H

#include <jansson.h>
#include <stdbool.h>

#include "random.h"
#include "reply.h"
#include "shape.h"

extern const struct emu_shape EMU_SHAPE_FAULT;

/* Adds a fault that passed EMU_SHAPE_FAULT to the array `faults`. */
int emu_faults_add(json_t *faults, const json_t *fault);

/* The fault for a call, one use of it taken: a new reference, or NULL. `resource` (may be NULL) is
 * the profile or model the call names, as id or ARN; `streams` says that its answer is a stream. */
json_t *emu_faults_take(json_t *faults, const char *resource, bool streams);

/* True if the call is to be refused before anything is generated. */
bool emu_fault_refuses(const json_t *fault);

/* Spoils the answer; an error's members name the call's `resource` (may be NULL). */
void emu_fault_apply(const json_t *fault, const char *resource, struct emu_random *random,
                     struct emu_reply *reply);

/* The text of the fault's error. */
const char *emu_fault_message(const json_t *fault);

/* The members that AWS's model gives an error of this type; NULL if out of memory. */
json_t *emu_fault_error_json(const json_t *fault, const char *type, const char *resource);

#endif
