/* The exchange of bench.h by bare libcurl, unsigned, and jansson parsing the answer once.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include <stddef.h>

struct curl_slist;

struct bare {
    void *easy;
    struct curl_slist *headers;
    char answer[8192];
    size_t length;
};

void bare_open(struct bare *bare, const char *server_url);
void bare_close(struct bare *bare);

void bare_fetch(struct bare *bare);

/* Seconds from nothing, libcurl not set up yet, to the first answer. For bench_in_child(); `what`
 * is the server's URL, `ret` a double. */
void bare_first(const void *what, void *ret);

#endif
