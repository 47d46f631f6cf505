/* The regular expressions of the models of Cost Explorer, AWS Budgets, CloudWatch and SNS.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_MONEY_PATTERNS_H
#define EMULATOR_MONEY_PATTERNS_H

#include "shape.h"

extern const struct emu_pattern EMU_PATTERN_DATE;
extern const struct emu_pattern EMU_PATTERN_ACCOUNT;
extern const struct emu_pattern EMU_PATTERN_ANY_ARN;
extern const struct emu_pattern EMU_PATTERN_ADDRESS;
extern const struct emu_pattern EMU_PATTERN_TAG_TEXT;
extern const struct emu_pattern EMU_PATTERN_BUDGET_NAME;
extern const struct emu_pattern EMU_PATTERN_AMOUNT;
extern const struct emu_pattern EMU_PATTERN_ROLE_ARN;
extern const struct emu_pattern EMU_PATTERN_POLICY_ARN;
extern const struct emu_pattern EMU_PATTERN_PRINCIPAL;
extern const struct emu_pattern EMU_PATTERN_UUID;
extern const struct emu_pattern EMU_PATTERN_REGION;
extern const struct emu_pattern EMU_PATTERN_POLICY_ID;
extern const struct emu_pattern EMU_PATTERN_POLICY_TARGET;
extern const struct emu_pattern EMU_PATTERN_INSTANCE;
extern const struct emu_pattern EMU_PATTERN_NAMESPACE;

/* arn:PARTITION:sns:REGION:ACCOUNT:NAME, for those who check addresses by themselves. */
bool emu_is_topic_arn(const char *text);

/* NAME@DOMAIN.DOMAIN */
bool emu_is_email(const char *text);

#endif
