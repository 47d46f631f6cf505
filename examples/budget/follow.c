/* Work that goes on until somebody stops it. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <signal.h>
#include <unistd.h>

enum {
    LONGEST_S = 60 /* that it waits after failures */
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

/* Without SA_RESTART, so that a wait ends. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool is_interrupted(void)
{
    return interrupted != 0;
}

/* A signal that comes just before a wait does not end it, so waits are short. */
static void rest(unsigned seconds)
{
    for (; seconds > 0 && !interrupted; seconds--)
        sleep(1);
}

int follow(bool on, unsigned every_s, int (*once)(void *state), void *state)
{
    unsigned wait_s = 1;

    catch_signals();
    int rc = once(state);
    while (on && rc != MISUSED && !interrupted) {
        wait_s = rc == DONE ? 1 : wait_s < LONGEST_S / 2 ? wait_s * 2 : LONGEST_S;
        rest(rc == DONE ? every_s : wait_s);
        if (!interrupted)
            rc = once(state);
    }
    return rc;
}
