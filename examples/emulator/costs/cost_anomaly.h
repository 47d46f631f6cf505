/* What monitors and subscriptions of cost anomalies share: kinds "monitors" and "subscriptions" of
 * records {"it", "tags"} by ARN.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_COST_ANOMALY_H
#define EMULATOR_COST_ANOMALY_H

#include "arn.h"
#include "cost.h"
#include "pages.h"
#include "resource_tags.h"

/* NULL: there is none. */
json_t *emu_cost_record(const struct emulator *emulator, const char *kind, const char *arn);

/* arn:aws:ce::ACCOUNT:TYPE/ID with a new id; NULL if out of memory. */
const char *emu_cost_new_arn(struct emu_call *call, struct emu_text *arn, const char *type);

/* Keeps `it`, which is taken over, with the call's ResourceTags. False: an error is answered. */
bool emu_cost_keep(struct emu_call *call, const char *kind, const char *arn, json_t *it);

/* False: one of the ARNs is unknown, and that error is answered. */
bool emu_cost_all_known(struct emu_call *call, const char *kind, const json_t *arns,
                        const char *error);

/* Answers those of the list, which may be empty: all, that are wanted. */
void emu_cost_answer_all(struct emu_call *call, const char *kind, const json_t *arns,
                         bool (*wanted)(const struct emu_call *call, const json_t *it),
                         const struct emu_page_names *names);

#endif
