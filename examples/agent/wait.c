/* Waiting for AWS: agents are prepared, aliases updated and permissions spread in their own time.
 * SPDX-License-Identifier: MIT */
#include "agent.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    FIRST_PAUSE_MS = 100,
    LONGEST_PAUSE_MS = 5000,
    TELL_MS = 2000 /* after that, and then each time it has doubled */
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void wait_begin(const struct agent *agent, struct wait *wait)
{
    *wait = (struct wait){.left_ms = agent->patience_ms,
                          .pause_ms = FIRST_PAUSE_MS,
                          .begun_ms = now_ms(),
                          .tell_ms = TELL_MS};
}

bool wait_on(struct wait *wait, const char *format, ...)
{
    struct timespec pause = {wait->pause_ms / 1000, wait->pause_ms % 1000 * 1000000};
    int64_t gone_ms = now_ms() - wait->begun_ms;
    va_list arguments;

    if (gone_ms >= wait->left_ms)
        return false;
    if (gone_ms >= wait->tell_ms) {
        wait->tell_ms = gone_ms * 2;
        va_start(arguments, format);
        vfprintf(stderr, format, arguments);
        va_end(arguments);
        fprintf(stderr, " (%" PRId64 " s)\n", gone_ms / 1000);
    }
    nanosleep(&pause, NULL);
    wait->pause_ms = wait->pause_ms * 3 / 2;
    if (wait->pause_ms > LONGEST_PAUSE_MS)
        wait->pause_ms = LONGEST_PAUSE_MS;
    return true;
}

static bool is_one_of(const char *status, const char *const *statuses)
{
    while (*statuses != NULL && strcmp(*statuses, status) != 0)
        statuses++;
    return *statuses != NULL;
}

int wait_for_agent(struct agent *agent, struct subject *subject)
{
    static const char *const busy[] = {"CREATING", "PREPARING",  "UPDATING",
                                       "DELETING", "VERSIONING", NULL};
    struct wait wait;

    for (wait_begin(agent, &wait);;) {
        int rc = subject_reread(agent, subject);
        const char *status = shown(subject->draft, "agentStatus");
        if (rc != DONE || !is_one_of(status, busy))
            return rc;
        if (!wait_on(&wait, "waiting: agent %s is %s", subject->name, status))
            return failed("agent %s is still %s after %s s; nothing is lost: run this again, with "
                          "a longer --wait",
                          subject->name, status, agent->wait);
    }
}

int wait_for_alias(struct agent *agent, struct subject *subject, const char *id)
{
    static const char *const busy[] = {"CREATING", "UPDATING", "DELETING", NULL};
    struct wait wait;

    for (wait_begin(agent, &wait);;) {
        int rc = subject_reread_aliases(agent, subject);
        const json_t *alias = subject_alias(subject, id);
        const char *status = alias != NULL ? shown(alias, "agentAliasStatus") : "CREATING";
        if (rc != DONE || !is_one_of(status, busy))
            return rc;
        if (!wait_on(&wait, "waiting: alias %s is %s", alias != NULL ? alias_name(alias) : id,
                     status))
            return failed("alias %s of agent %s is still %s after %s s; nothing is lost: run this "
                          "again, with a longer --wait",
                          id, subject->name, status, agent->wait);
    }
}
