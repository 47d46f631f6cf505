/* A server process on loopback that gives every POST the same answer, piece by piece, each a fixed
 * time after the one before; thousands of connections at once in one thread.
 * SPDX-License-Identifier: MIT */
#ifndef SLOW_SERVER_H
#define SLOW_SERVER_H

#include <stddef.h>
#include <sys/types.h>

struct slow_answer {
    const char *bytes;
    size_t length;
    size_t first, piece; /* bytes of the first write, and of each that follows */
    int delay_us;        /* before each of them */
};

struct slow_server {
    pid_t process;
    char url[64]; /* "http://127.0.0.1:PORT" */
};

/* Forks, so it comes before threads and libraries. The server ends with its parent. */
struct slow_server slow_server_start(const struct slow_answer *answer);

void slow_server_stop(const struct slow_server *server);

#endif
