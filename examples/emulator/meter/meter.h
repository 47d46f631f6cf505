/* What models used, through whom and when: the one place that bill, Cost Explorer, budgets and
 * CloudWatch are fed from.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_METER_H
#define EMULATOR_METER_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "bill.h"

struct emulator;
struct emu_call;
struct emu_target;

/* One call of a model, or several alike. */
struct emu_metered {
    struct emu_usage usage; /* of all of them */
    int64_t calls;
    int64_t latency_ms; /* of each */
    int64_t at_us;      /* when the model ran */
    int64_t now_us;     /* when it became known */
};

/* An entry of the meter. */
struct emu_use {
    json_t *user; /* an object: region, target (ARN or id), id (CloudWatch's ModelId), model,
                     global, tags as they were */
    struct emu_metered metered;
};

struct emu_meter {
    struct emu_use *all; /* in the order of booking */
    size_t count;
    size_t size;
    json_t *users; /* by region and target: whom it was last used through */
};

int emu_meter_init(struct emu_meter *meter);
void emu_meter_free(struct emu_meter *meter);

/* Books what was used through the target in a Region. All or nothing. */
int emu_meter_add(struct emulator *emulator, const char *region, const struct emu_target *target,
                  const struct emu_metered *metered);

/* A call that is being answered: now, and once. */
int emu_meter_call(struct emu_call *call, const struct emu_target *target,
                   const struct emu_usage *usage, int64_t latency_ms);

#endif
