/* A server process on loopback that gives every POST the same answer, a fixed time after it came
 * in whole; thousands of connections at once in one thread.
 * SPDX-License-Identifier: MIT */
#ifndef SLOW_SERVER_H
#define SLOW_SERVER_H

#include <sys/types.h>

struct slow_server {
    pid_t process;
    char url[64]; /* "http://127.0.0.1:PORT" */
};

/* Forks, so it comes before threads and libraries. The server ends with its parent. */
struct slow_server slow_server_start(const char *answer, int delay_ms);

void slow_server_stop(const struct slow_server *server);

#endif
