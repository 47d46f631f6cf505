/* One call of an operation of STS.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_STS_H
#define EMULATOR_STS_H

#include "keyring.h"
#include "shape.h"
#include "visit.h"

struct emu_sts_call {
    struct emu_visit *visit;
    const json_t *input;
    const struct emu_key *caller; /* who signed; NULL if nobody had to */
};

extern const struct emu_shape EMU_SHAPE_ASSUME_ROLE;
extern const struct emu_shape EMU_SHAPE_ASSUME_WITH_WEB_IDENTITY;
extern const struct emu_shape EMU_SHAPE_CALLER_IDENTITY;

/* The result's members, or NULL: an error is answered. */
json_t *emu_sts_assume_role(struct emu_sts_call *call);
json_t *emu_sts_assume_role_with_web_identity(struct emu_sts_call *call);
json_t *emu_sts_get_caller_identity(struct emu_sts_call *call);

#endif
