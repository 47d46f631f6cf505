/* What an IAM policy says about a request: identity-based policies and those of an organisation,
 * without principals, permission boundaries and variables.
 *
 * A statement's Action, NotAction, Resource and NotResource are patterns with * and ?. Patterns of
 * resources and the values of Arn operators are matched part by part of the ARN. Of the operators
 * of conditions String..., Arn..., Bool and Null are known, with IfExists, ForAnyValue: and
 * ForAllValues:.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_POLICY_H
#define EMULATOR_POLICY_H

#include <jansson.h>
#include <stdbool.h>

#include "status.h"
#include "text.h"

/* Of two decisions the greater one holds. */
enum emu_decision {
    EMU_IMPLICIT_DENY,
    EMU_ALLOWED,
    EMU_EXPLICIT_DENY,
};

struct emu_access {
    const char *action;   /* "bedrock:InvokeModel" */
    const char *resource; /* an ARN, or "*" for actions that know no resources */
    json_t *context;      /* condition key, in any case -> a string or an array of strings */
};

/* `policy` is a document that emu_policy_read() made. */
enum emu_decision emu_policy_judge(const json_t *policy, const struct emu_access *access);

/* Adds the condition keys that the policy asks for and the context has not to `keys`, an array,
 * unless they are there already. EMU_OK or EMU_OUT_OF_MEMORY. */
int emu_policy_missing(const json_t *policy, const json_t *context, json_t *keys);

/* What a policy is for decides what its statements must and must not have. */
enum emu_policy_kind {
    EMU_IDENTITY_POLICY,
    EMU_TRUST_POLICY,
};

/* The document of a text. EMU_INVALID with a message: it is none, AWS would call it malformed, or
 * it has a condition operator that is not known here. */
int emu_policy_read(const char *text, enum emu_policy_kind kind, json_t **ret_policy,
                    struct emu_text *message);

#endif
