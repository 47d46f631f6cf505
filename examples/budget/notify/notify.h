/* Who is told of edges. SPDX-License-Identifier: MIT */
#ifndef BUDGET_NOTIFY_H
#define BUDGET_NOTIFY_H

#include "budget.h"

enum {
    CONSUMER = 600 /* a consumer's name, with the longest ARN of a topic in it */
};

/* Tells an edge; DONE, or FAILED after it has said why. Told twice is better than not at all. */
typedef int tell_fn(void *teller, const json_t *edge);

/* exec.c: with a command of the shell. `teller` is a `const char **`. */
tell_fn tell_command;

/* sns.c: to a topic. */
struct topic {
    const char *arn;
    struct cloud *cloud;
};

/* Whether it is the ARN of one; DONE or MISUSED. `where` is where it was given. */
int topic_check(const char *where, const char *arn);
tell_fn tell_topic;

#endif
