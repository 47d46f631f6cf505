/* Taking an absolute http or https URL apart, without changing a byte of it.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__URL_H
#define BRC__URL_H

#include <stdbool.h>
#include <stddef.h>

/* Slices of the text it was parsed from. */
struct brc__url {
    bool https;
    const char *host; /* an IPv6 address keeps its brackets */
    size_t host_length;
    int port;         /* 80 or 443 where the URL names none */
    const char *path; /* from the first '/'; "" (length 0) if there is none */
    size_t path_length;
    const char *query; /* what follows '?'; length 0 if nothing does */
    size_t query_length;
    bool has_query;
};

/* Returns 0; BRC_E_INVALID: not http or https, no host or one with a character no host name has, a
 * port that is no number from 1 to 65535, a user or password, a fragment, a space, control or
 * non-ASCII character anywhere. */
int brc__url_parse(const char *url, size_t length, struct brc__url *ret_url);

/* True for 127.0.0.0/8 in dotted form, [::1] and the name localhost. */
bool brc__url_is_loopback(const struct brc__url *url);

#endif
