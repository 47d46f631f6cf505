/* An epoll loop, for the library and for libcurl; one a process.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include "bench.h"

#include <curl/curl.h>

enum {
    BENCH_DESCRIPTORS = 4096
};

/* Raises the limit of the process, or fails. */
void bench_allow_descriptors(void);

/* notify is told of descriptors that are ready, and of -1 for the timer. */
void bench_loop_open(void (*notify)(int fd, int events));

/* Waits for something to happen, for up to 100 ms. */
void bench_loop_turn(void);

/* The hooks of a client, and those of libcurl. */
int bench_loop_watch(int fd, int events, void *user_data);
int bench_loop_set_timer(int64_t timeout_ms, void *user_data);
void bench_loop_take_multi(CURLM *multi);

#endif
