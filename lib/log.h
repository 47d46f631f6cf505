/* Log lines, for whoever registered for them and nobody else.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__LOG_H
#define BRC__LOG_H

#include <bedrockcost/client.h>

struct brc__log {
    int level; /* the highest level wanted */
    brc_log_fn fn;
    void *user_data;
    brc_destroy_fn destroy;
};

/* True if a line of this level would reach anybody; ask before preparing an expensive one. */
static inline int brc__log_wants(const struct brc__log *log, int level)
{
    return log->fn != NULL && level <= log->level;
}

void brc__log_line(const struct brc__log *log, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
