/* The operations of IAM, and the shapes of their inputs.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_IAM_OPERATIONS_H
#define EMULATOR_IAM_OPERATIONS_H

#include "call.h"

extern const struct emu_shape EMU_SHAPE_IAM_CREATE_ROLE;
extern const struct emu_shape EMU_SHAPE_IAM_ROLE;
extern const struct emu_shape EMU_SHAPE_IAM_LIST_PATHS;
extern const struct emu_shape EMU_SHAPE_IAM_PUT_ROLE_POLICY;
extern const struct emu_shape EMU_SHAPE_IAM_ROLE_POLICY;
extern const struct emu_shape EMU_SHAPE_IAM_LIST_OF_ROLE;
extern const struct emu_shape EMU_SHAPE_IAM_CREATE_POLICY;
extern const struct emu_shape EMU_SHAPE_IAM_POLICY;
extern const struct emu_shape EMU_SHAPE_IAM_POLICY_VERSION;
extern const struct emu_shape EMU_SHAPE_IAM_LIST_POLICIES;
extern const struct emu_shape EMU_SHAPE_IAM_ATTACHMENT;
extern const struct emu_shape EMU_SHAPE_IAM_SIMULATE_PRINCIPAL;
extern const struct emu_shape EMU_SHAPE_IAM_SIMULATE_CUSTOM;

void emu_iam_create_role(struct emu_call *call);
void emu_iam_get_role(struct emu_call *call);
void emu_iam_list_roles(struct emu_call *call);
void emu_iam_delete_role(struct emu_call *call);
void emu_iam_put_role_policy(struct emu_call *call);
void emu_iam_get_role_policy(struct emu_call *call);
void emu_iam_list_role_policies(struct emu_call *call);
void emu_iam_delete_role_policy(struct emu_call *call);
void emu_iam_create_policy(struct emu_call *call);
void emu_iam_get_policy(struct emu_call *call);
void emu_iam_get_policy_version(struct emu_call *call);
void emu_iam_list_policies(struct emu_call *call);
void emu_iam_delete_policy(struct emu_call *call);
void emu_iam_attach_role_policy(struct emu_call *call);
void emu_iam_detach_role_policy(struct emu_call *call);
void emu_iam_list_attached_role_policies(struct emu_call *call);
void emu_iam_simulate_principal_policy(struct emu_call *call);
void emu_iam_simulate_custom_policy(struct emu_call *call);

#endif
