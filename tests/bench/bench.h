/* What the benchmarks share: the exchange they measure, and figures.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_H
#define BENCH_H

#include <bedrockcost/bedrockcost.h>

#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum {
    BENCH_TEXT = 1024, /* bytes of the prompt, and of the answer's text */
};

/* ---- the exchange */

/* The whole HTTP answer of Converse, with the head; the caller's to free. */
char *bench_answer(void);

/* A client that signs with a session token as long as AWS's are, and a fresh request to it. */
brc_client *bench_client(const char *server_url);
brc_request *bench_request(void);

/* Checks the result of such a request, takes note of its tokens, and frees it. */
void bench_take(brc_result *result);

/* The same without the library: what to send where, and a parse of the answer's body. */
const char *bench_url(const char *server_url);
const char *bench_body(void);
void bench_parse(const char *json, size_t length);

/* ---- figures */

_Noreturn void bench_fail(const char *what);
double bench_seconds(clockid_t clock);

/* Sorts the values. */
double bench_median(double *values, int n);

/* Bytes of this process that are in memory. */
double bench_resident(void);

/* Runs in a process of its own, which hands back what it wrote to ret. */
void bench_in_child(void (*run)(const void *what, void *ret), const void *what, void *ret,
                    size_t size);

#endif
