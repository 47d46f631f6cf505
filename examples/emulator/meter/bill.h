/* What AWS would charge: tokens per profile and per tag, counted where they are generated.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_BILL_H
#define EMULATOR_BILL_H

#include <jansson.h>
#include <stdint.h>

#include "status.h"

struct emu_usage {
    int64_t input; /* neither read from nor written to the cache */
    int64_t output;
    int64_t cache_read;
    int64_t cache_write_5m;
    int64_t cache_write_1h;
};

/* The JSON that `GET /_emulator/bill` answers; NULL if out of memory. */
json_t *emu_bill_new(void);

/* Counts so many generated answers. `id` is the profile's ARN; `name` and `tags` (an object) are
 * NULL for a model called without an application profile. All or nothing. */
int emu_bill_add(json_t *bill, const char *id, const char *name, json_t *tags, int64_t calls,
                 const struct emu_usage *usage);

/* Counts a request of the AWS API, whatever becomes of it. */
void emu_bill_request(json_t *bill);

/* Counts a call of an operation, whatever becomes of it. */
int emu_bill_operation(json_t *bill, const char *name);

/* So many requests are being answered at this moment; the most there ever were are kept. */
void emu_bill_in_flight(json_t *bill, int64_t count);

/* Counts an error answered. `type` may be empty. */
int emu_bill_refused(json_t *bill, const char *type);

#endif
