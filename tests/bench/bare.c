/* SPDX-License-Identifier: MIT */
#include "bare.h"
#include "bench.h"

#include <curl/curl.h>

#include <string.h>

static size_t on_bytes(char *data, size_t size, size_t n, void *user_data)
{
    struct bare *bare = user_data;

    memcpy(bare->answer + bare->length, data, size * n);
    bare->length += size * n;
    return size * n;
}

void bare_open(struct bare *bare, const char *server_url)
{
    CURL *easy = bare->easy = curl_easy_init();

    bare->headers = curl_slist_append(NULL, "Content-Type: application/json");
    bare->headers = curl_slist_append(bare->headers, "Expect:");
    curl_easy_setopt(easy, CURLOPT_URL, bench_url(server_url));
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, bare->headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bench_body());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, bare);
}

void bare_close(struct bare *bare)
{
    curl_easy_cleanup(bare->easy);
    curl_slist_free_all(bare->headers);
}

void bare_fetch(struct bare *bare)
{
    bare->length = 0;
    if (curl_easy_perform(bare->easy) != CURLE_OK)
        bench_fail("libcurl");
    bench_parse(bare->answer, bare->length);
}

void bare_first(const void *what, void *ret)
{
    double start = bench_seconds(CLOCK_MONOTONIC);
    struct bare bare;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        bench_fail("libcurl");
    bare_open(&bare, what);
    bare_fetch(&bare);
    *(double *)ret = bench_seconds(CLOCK_MONOTONIC) - start;
    bare_close(&bare);
}
