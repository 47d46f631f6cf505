/* IAM: roles with their policies, managed policies, and what an organisation forbids the account.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_IAM_H
#define EMULATOR_IAM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "policy.h"
#include "reply.h"
#include "request.h"

struct emulator;

struct emu_iam {
    json_t *roles;        /* name -> role, see iam_state.c */
    json_t *policies;     /* ARN -> managed policy */
    json_t *organisation; /* array: documents of service control policies */
};

int emu_iam_init(struct emu_iam *iam);
void emu_iam_free(struct emu_iam *iam);

/* Who decided. */
enum emu_decider {
    EMU_BY_IDENTITY,
    EMU_BY_ORGANISATION,
};

struct emu_judgement {
    enum emu_decision decision;
    enum emu_decider decider;
};

/* May `principal`, a role or a session of one, have the access? What is not a role that was created
 * here may all that the organisation does not forbid. What was written so late that it has not
 * settled does not count yet. EMU_OK or EMU_OUT_OF_MEMORY. */
int emu_iam_judge(const struct emulator *emulator, const char *principal,
                  const struct emu_access *access, int64_t now_us,
                  struct emu_judgement *ret_judgement);

/* True if `arn` is a role that exists. */
bool emu_iam_has_role(const struct emu_iam *iam, const char *arn);

/* Attaches a managed policy to a role, as a budget's action does; EMU_INVALID if either does not
 * exist. Attached already is attached. */
int emu_iam_attach(struct emulator *emulator, const char *role_name, const char *policy_arn,
                   int64_t now_us);
int emu_iam_detach(struct emulator *emulator, const char *role_name, const char *policy_arn,
                   int64_t now_us);

/* Answers /_emulator/organisation: GET, and PUT of {"policies": [document, ...]}, the service
 * control policies beside the one that allows all. False, and no answer, to another method. */
bool emu_organisation_answer(struct emu_iam *iam, const struct emu_request *request,
                             struct emu_reply *reply);

#endif
