/* Faults on demand: what is to go wrong with which of the coming calls.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_FAULTS_H
#define EMULATOR_FAULTS_H

#include <jansson.h>
#include <stdbool.h>

#include "fault_list.h"
#include "service.h"

/* EMU_OK, EMU_INVALID or EMU_MALFORMED with a message, or EMU_OUT_OF_MEMORY. */
int emu_fault_check(const json_t *fault, struct emu_text *message);

/* A call that a fault may strike. */
struct emu_struck {
    const struct emu_service *service;
    const char *operation;
    const char *resource; /* the profile, model, or other thing it names, as id or ARN; or NULL */
    bool streams;         /* its answer is a stream */
};

/* The fault for a call, one use of it taken: a new reference, or NULL. */
json_t *emu_faults_take(json_t *faults, const struct emu_struck *call);

/* True if the call is not to be carried out. */
bool emu_fault_refuses(const json_t *fault, const struct emu_struck *call);

/* Puts the fault's error, if it has one, in the place of the answer, as its service would. */
void emu_fault_answer(const json_t *fault, const struct emu_struck *call, struct emu_reply *reply);

/* Spoils the answer, as it is to go over the wire. */
void emu_fault_apply(const json_t *fault, struct emu_random *random, struct emu_reply *reply);

/* The members that AWS's model gives an error of this type; NULL if out of memory. */
json_t *emu_fault_error_json(const json_t *fault, const char *type, const char *resource);

#endif
