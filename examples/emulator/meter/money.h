/* The state of the services that tell of money, and what tests can tell them.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_MONEY_H
#define EMULATOR_MONEY_H

#include <stdbool.h>

#include "meter.h"
#include "reply.h"
#include "request.h"

struct emu_money {
    struct emu_meter meter;
    json_t *costs;   /* cost.h */
    json_t *budgets; /* budgets.h */
    json_t *metrics; /* metrics.h */
    json_t *topics;  /* sns.h */
};

int emu_money_init(struct emu_money *money);
void emu_money_free(struct emu_money *money);

/* Does what is due by what was metered and has settled: budgets and alarms tell, actions are
 * carried out. It goes over all that was metered, so that calls of models are not kept waiting for
 * it. EMU_OK or EMU_OUT_OF_MEMORY. */
int emu_money_watch(struct emulator *emulator, int64_t now_us);

/* The resources under /_emulator/ that belong here; false: `resource` is none of them, or not with
 * this method. */
bool emu_money_answer(struct emulator *emulator, const char *resource,
                      const struct emu_request *request, struct emu_reply *reply);

#endif
