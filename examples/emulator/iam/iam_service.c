/* IAM as a service: its errors and its operations.
 *
 * SPDX-License-Identifier: MIT
 */
#include "iam_operations.h"
#include "service.h"

static const struct emu_service_error ERRORS[] = {
    {.type = "InvalidInput", .status = 400},
    {.type = "MalformedPolicyDocument", .status = 400},
    {.type = "PolicyNotAttachable", .status = 400},
    {.type = "UnmodifiableEntity", .status = 400},
    {.type = "NoSuchEntity", .status = 404},
    {.type = "LimitExceeded", .status = 409},
    {.type = "EntityAlreadyExists", .status = 409},
    {.type = "DeleteConflict", .status = 409},
    {.type = "ConcurrentModification", .status = 409},
    {.type = "ServiceFailure", .status = 500},
    {.type = "PolicyEvaluation", .status = 500},
    {0},
};

static const struct emu_operation OPERATIONS[] = {
#define OPERATION(operation, shape, member, function)                                              \
    {                                                                                              \
        .name = operation, .input = &EMU_SHAPE_IAM_##shape, .resource = member,                    \
        .answer = emu_iam_##function                                                               \
    }
    OPERATION("CreateRole", CREATE_ROLE, "RoleName", create_role),
    OPERATION("GetRole", ROLE, "RoleName", get_role),
    OPERATION("ListRoles", LIST_PATHS, NULL, list_roles),
    OPERATION("DeleteRole", ROLE, "RoleName", delete_role),
    OPERATION("PutRolePolicy", PUT_ROLE_POLICY, "RoleName", put_role_policy),
    OPERATION("GetRolePolicy", ROLE_POLICY, "RoleName", get_role_policy),
    OPERATION("ListRolePolicies", LIST_OF_ROLE, "RoleName", list_role_policies),
    OPERATION("DeleteRolePolicy", ROLE_POLICY, "RoleName", delete_role_policy),
    OPERATION("CreatePolicy", CREATE_POLICY, "PolicyName", create_policy),
    OPERATION("GetPolicy", POLICY, "PolicyArn", get_policy),
    OPERATION("GetPolicyVersion", POLICY_VERSION, "PolicyArn", get_policy_version),
    OPERATION("ListPolicies", LIST_POLICIES, NULL, list_policies),
    OPERATION("DeletePolicy", POLICY, "PolicyArn", delete_policy),
    OPERATION("AttachRolePolicy", ATTACHMENT, "RoleName", attach_role_policy),
    OPERATION("DetachRolePolicy", ATTACHMENT, "RoleName", detach_role_policy),
    OPERATION("ListAttachedRolePolicies", LIST_OF_ROLE, "RoleName", list_attached_role_policies),
    OPERATION("SimulatePrincipalPolicy", SIMULATE_PRINCIPAL, "PolicySourceArn",
              simulate_principal_policy),
    OPERATION("SimulateCustomPolicy", SIMULATE_CUSTOM, NULL, simulate_custom_policy),
    {0},
};

const struct emu_service EMU_IAM = {
    .name = "iam",
    .signing_name = "iam",
    .protocol = EMU_QUERY,
    .version = "2010-05-08",
    .xmlns = "https://iam.amazonaws.com/doc/2010-05-08/",
    .errors = ERRORS,
    .operations = OPERATIONS,
};
