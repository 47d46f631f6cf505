/* May somebody call a model? Through a profile that takes leave to use the profile and each of the
 * models it may be routed to.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_ACCESS_H
#define EMULATOR_ACCESS_H

#include "iam.h"

/* A call of the model or profile `model_id`, which exists, by `principal`. */
struct emu_invocation {
    const char *principal;
    const char *action; /* "bedrock:InvokeModel" */
    const char *region;
    const char *model_id; /* id or ARN */
    int64_t now_us;
};

struct emu_refusal {
    struct emu_judgement judgement; /* the decision is EMU_ALLOWED if nothing is refused */
    struct emu_text resource;       /* the first that is refused */
};

/* Puts tags, an object or NULL, into a context: `prefix` and the key, as "aws:ResourceTag/". EMU_OK
 * or EMU_OUT_OF_MEMORY. */
int emu_access_add_tags(json_t *context, const char *prefix, json_t *tags);

/* EMU_OK or EMU_OUT_OF_MEMORY. Free the refusal on every path. */
int emu_access_check(const struct emulator *emulator, const struct emu_invocation *invocation,
                     struct emu_refusal *ret_refusal);
void emu_refusal_free(struct emu_refusal *refusal);

/* As AWS words an AccessDeniedException. */
void emu_refusal_describe(struct emu_text *message, const struct emu_invocation *invocation,
                          const struct emu_refusal *refusal);

#endif
