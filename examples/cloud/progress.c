/* How far it is. SPDX-License-Identifier: MIT */
#include "cloud.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
    REDRAW_MS = 100,
    RETELL_MS = 10000 /* where each time is another line */
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void tell(struct progress *progress)
{
    bool redraws = isatty(STDERR_FILENO) == 1;

    progress->told_ms = now_ms();
    fprintf(stderr, "%s%s: %zu of %zu%s", redraws ? "\r" : "", progress->doing, progress->done,
            progress->of, redraws ? "\033[K" : "\n");
}

void progress_begin(struct progress *progress, const char *doing, size_t of)
{
    *progress = (struct progress){.doing = doing, .of = of, .told_ms = now_ms()};
}

void progress_step(struct progress *progress)
{
    int64_t least_ms = isatty(STDERR_FILENO) == 1 ? REDRAW_MS : RETELL_MS;

    progress->done++;
    if (now_ms() - progress->told_ms >= least_ms)
        tell(progress);
}

void progress_end(struct progress *progress)
{
    (void)progress;
    if (isatty(STDERR_FILENO) == 1)
        fputs("\r\033[K", stderr);
}
