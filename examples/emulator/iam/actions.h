/* What IAM calls the operations of all services, and which resources they are about: one table.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_ACTIONS_H
#define EMULATOR_ACTIONS_H

#include "service.h"
#include "text.h"

struct emu_action {
    const struct emu_service *service;
    const char *operation;    /* NULL: each that no earlier row names */
    const char *name;         /* "budgets:ViewBudget"; "ce:" is followed by the operation's name */
    const char *resources[2]; /* patterns for emu_resource_fill(), each of which takes leave */
    int (*look_up)(struct emu_text *resource, const struct emu_call *call); /* instead of these */
    bool calls_model; /* nor these: the resources are the model, or the profile and its models */
    const char *role; /* the member with a role that is handed to a service: iam:PassRole too */
    const char *role_user; /* and that service */
    const char *tagging;   /* the action it is besides, if it brings tags */
};

/* The row of an operation; each service has one for the rest of its operations. */
const struct emu_action *emu_action_of(const struct emu_service *service,
                                       const struct emu_operation *operation);

/* Writes what a pattern stands for in a call: {region}, {partition}, {operation} and members of the
 * input, "{Budget.BudgetName}". Of alternatives, separated by |, the first counts whose members the
 * input has. Of a member that is a list it is the value at `index`, and *ret_more says whether one
 * comes after it. EMU_OUT_OF_MEMORY or 0. */
int emu_resource_fill(struct emu_text *resource, const char *pattern, const struct emu_call *call,
                      const struct emu_operation *operation, size_t index, bool *ret_more);

/* The ARN that an id or ARN of a profile or model stands for. */
int emu_resource_of_bedrock(struct emu_text *resource, const struct emu_call *call);

/* The ARN of a role or a policy that is called by its name. */
int emu_resource_of_iam(struct emu_text *resource, const struct emu_call *call);

#endif
