/* Calls of the services that tell of money, in an emulator within the test program. JSON is written
 * with single quotes.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TESTS_EMULATOR_MONEY_CLIENT_H
#define TESTS_EMULATOR_MONEY_CLIENT_H

#include "inside.h"

/* The answer of an operation of ce, budgets or monitoring, to be released. */
struct emu_reply money_post(struct inside *inside, const char *service, const char *operation,
                            const char *body);

/* Calls an operation of ce, budgets or monitoring and checks the status; the JSON of the answer, to
 * be released. */
json_t *money_call(struct inside *inside, const char *service, const char *operation,
                   const char *body, int status);

/* The same, for an answer that nobody looks at. */
void money_do(struct inside *inside, const char *service, const char *operation, const char *body);

/* The call is answered with that error. */
void money_fail(struct inside *inside, const char *service, const char *operation, const char *body,
                const char *type);

/* POST /_emulator/RESOURCE; true if it was taken. */
bool money_tell(struct inside *inside, const char *resource, const char *body);

/* The ARN of a new profile; `tags` is a list. To be freed. */
char *money_profile(struct inside *inside, const char *name, const char *model, const char *tags);

/* 1,000 tokens each in and out through the profile, at this moment. */
void money_use(struct inside *inside, const char *arn);

#endif
