/* May the caller have an operation of Bedrock or of IAM? The emulator's IAM decides.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_PERMISSION_H
#define EMULATOR_PERMISSION_H

#include "wire.h"

/* False: the caller may not, or there is no memory, and the error is answered. */
bool emu_permit(struct emu_call *call, const struct emu_asked *asked);

/* ---- shared by the files of permissions ---- */

#define EMU_MAX_ACTION 64 /* the longest is PutModelInvocationLoggingConfiguration */

/* The action on one resource, an ARN or "*". False: the error is answered. */
bool emu_permit_on(struct emu_call *call, const char *action, const char *resource);

/* Handing a role to a service, as "bedrock.amazonaws.com". */
bool emu_permit_passing(struct emu_call *call, const char *role, const char *service);

bool emu_permit_agent(struct emu_call *call, const struct emu_operation *operation);
bool emu_permit_iam(struct emu_call *call, const struct emu_operation *operation);

#endif
