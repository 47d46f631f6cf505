/* Environments and shared files given as text, and plans told as one line.
 * SPDX-License-Identifier: MIT */
#ifndef TEST_PLANNED_H
#define TEST_PLANNED_H

#include <credential_plan.h>

/* Variables as "NAME=value" lines, NULL for none; at most eight kilobytes. Asked one at a time: the
 * answer holds until the next question but fifteen. */
struct brc__environment environment_of(const char *variables);

/* Both files at /aws/config and /aws/credentials; NULL: there is no such file. */
int profiles_of(const struct brc__environment *environment, const char *config,
                const char *credentials, struct brc__profiles *ret_profiles);

/* "absent: REASON", "broken: REASON", or "ready: " and what the plan consists of. */
void describe_plan(const struct brc__plan *plan, char *to, size_t size);

#endif
