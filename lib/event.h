/* One event of a stream, as the callback sees it.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__EVENT_H
#define BRC__EVENT_H

#include "answer.h"

struct brc_event {
    int type;
    int64_t block;          /* -1: none */
    const char *name;       /* AWS's */
    struct brc__json text;  /* with a NUL behind; p is NULL for none */
    struct brc__json json;  /* as received */
    const char *tool_names; /* id, NUL, name, NUL; NULL for none */
    const brc_result *result;
};

#endif
