/* Any request into the signer. The input is fields, each ended by a NUL: method, URL, region,
 * service, session token, time in decimal, then headers up to an empty one; the rest is the body.
 * What is signed must be sound: one signature for one request, lines that no one can break out of.
 * SPDX-License-Identifier: MIT */
#include "sigv4.h"
#include "url.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HEADERS_MAX = 200
};

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* The next field; "" when there are no more. `at` never moves behind `end`, where a NUL stands. */
static const char *next(char **at, const char *end)
{
    const char *field = *at;

    *at += strlen(field);
    if (*at < end)
        ++*at;
    return field;
}

static brc_sign_input read_input(char *text, size_t size, const char **headers, const char **token)
{
    brc_sign_input input = {.size = sizeof input, .headers = headers};
    char *at = text;
    const char *end = text + size;

    input.method = next(&at, end);
    input.url = next(&at, end);
    input.region = next(&at, end);
    input.service = next(&at, end);
    *token = next(&at, end);
    input.time = strtoll(next(&at, end), NULL, 10);
    while (input.header_count < HEADERS_MAX && *at != '\0')
        headers[input.header_count++] = next(&at, end);
    if (at < end)
        at++;
    input.body = at;
    input.body_length = (size_t)(end - at);
    return input;
}

static size_t count(const char *text, char c)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += *text == c;
    return n;
}

/* Names in strict order, a line for each, and nothing in a line that could end it. */
static void check_canonical_request(const char *text, const char *names)
{
    char name[64] = "", last[64] = "";

    require(strpbrk(text, "\r\t\x7f") == NULL);
    require(count(text, '\n') == count(names, ';') + 1 + 5);
    for (const char *p = names; *p != '\0'; p += *p == ';') {
        size_t n = strcspn(p, ";");
        require(n > 0);
        if (n < sizeof name) {
            memcpy(name, p, n);
            name[n] = '\0';
            require(strcmp(last, name) < 0);
            memcpy(last, name, n + 1);
        } else {
            last[0] = '\0';
        }
        p += n;
    }
}

static void check_signature(const brc_sign_input *input, struct brc__keys *keys,
                            const char *headers)
{
    struct brc__buf lines = BRC__SECRET_BUF(SIZE_MAX / 2), names = BRC__BUF(SIZE_MAX / 2),
                    canonical_request = BRC__SECRET_BUF(SIZE_MAX / 2);
    struct brc__sigv4_trace trace = {.signed_headers = &names,
                                     .canonical_request = &canonical_request};

    require(brc__sigv4_sign(input, keys, &trace, &lines) == BRC_OK);
    require(strcmp(lines.data, headers) == 0);
    require(count(headers, '\n') == 2u + (keys->session_token_length > 0));
    require(strchr(headers, '\r') == NULL);
    require(strstr(headers, names.data) != NULL);
    require(strlen(canonical_request.data) == canonical_request.length);
    check_canonical_request(canonical_request.data, names.data);
    brc__buf_free(&canonical_request);
    brc__buf_free(&names);
    brc__buf_free(&lines);
}

/* The host that is signed can be no other than the one a client connects to. */
static void check_url(const char *text)
{
    struct brc__url url;

    require(brc__url_parse(text, strlen(text), &url) == BRC_OK);
    require(url.port >= 1 && url.port <= 65535 && url.host_length > 0);
    require(memchr(url.host, '@', url.host_length) == NULL);
    require(memchr(url.host, '/', url.host_length) == NULL);
    if (brc__url_is_loopback(&url))
        require(strchr("1[lL", url.host[0]) != NULL);
}

static void sign(const brc_sign_input *input, brc_credentials *credentials)
{
    struct brc__error error;
    struct brc__keys *keys;
    char *headers;

    int rc = brc_sign(input, credentials, &headers);
    require((rc == BRC_OK) == (headers != NULL));
    require(rc == BRC_OK || rc == BRC_E_INVALID || rc == BRC_E_RANGE);
    if (rc < 0)
        return;
    require(brc__credentials_acquire(credentials, input->time, &keys, &error) == BRC_OK);
    check_url(input->url);
    check_signature(input, keys, headers);
    brc__keys_release(keys);
    brc_free(headers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *headers[HEADERS_MAX], *token;
    brc_credentials *credentials;
    char *text = malloc(size + 1);

    require(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    brc_sign_input input = read_input(text, size, headers, &token);
    if (brc_credentials_new("AKIDEXAMPLE", "an-example-of-a-secret", token, &credentials) == BRC_OK)
        sign(&input, credentials);
    brc_credentials_free(credentials);
    free(text);
    return 0;
}
