/* SPDX-License-Identifier: MIT */
#include "url.h"

#include <bedrockcost/base.h>

#include <arpa/inet.h>
#include <string.h>

enum {
    HOST_MAX = 253
}; /* longest name DNS can hold */

/* True if the n bytes at p are the lower-case text, in letters of either case; locales play no
 * part. */
static bool spells(const char *p, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((p[i] >= 'A' && p[i] <= 'Z' ? p[i] | 0x20 : p[i]) != text[i])
            return false;
    return true;
}

static bool takes(const char **p, const char *end, const char *prefix)
{
    size_t n = strlen(prefix);

    if ((size_t)(end - *p) < n || !spells(*p, prefix, n))
        return false;
    *p += n;
    return true;
}

/* The highest bit is set if c is '#' or no visible ASCII character. */
static unsigned oddity(char c)
{
    unsigned u = (unsigned char)c;

    return ((u ^ '#') - 1) | (u - '!') | (u + 1);
}

/* Without a branch and in blocks of a fixed size, which compilers turn into vectors. */
static bool is_clean(const char *p, const char *end)
{
    unsigned char odd = 0;

    for (; end - p >= 16; p += 16)
        for (int i = 0; i < 16; i++)
            odd |= (unsigned char)oddity(p[i]);
    for (; p < end; p++)
        odd |= (unsigned char)oddity(*p);
    return odd < 0x80;
}

static const bool name_characters[256] = {
    ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
    ['-'] = true,         ['.'] = true,         ['_'] = true,
};

/* End of the host name that starts at p, NULL if there is none. */
static const char *name_end(const char *p, const char *end)
{
    const char *start = p;

    while (p < end && name_characters[(unsigned char)*p])
        p++;
    return p > start && p - start <= HOST_MAX ? p : NULL;
}

/* End of the IPv6 address in brackets that starts at p, NULL if there is none. */
static const char *address_end(const char *p, const char *end)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;

    const char *close = memchr(p, ']', (size_t)(end - p));
    if (close == NULL || (size_t)(close - p) > sizeof text)
        return NULL;
    size_t n = (size_t)(close - p) - 1;
    memcpy(text, p + 1, n);
    text[n] = '\0';
    return inet_pton(AF_INET6, text, &address) == 1 ? close + 1 : NULL;
}

/* 1 to 65535, 0 if the text is no such number. */
static int read_port(const char *p, const char *end)
{
    int port = 0;

    for (; p < end; p++) {
        if (*p < '0' || *p > '9')
            return 0;
        port = port * 10 + (*p - '0');
        if (port > 65535)
            return 0;
    }
    return port;
}

int brc__url_parse(const char *url, size_t length, struct brc__url *ret_url)
{
    const char *p = url, *end = url + length;

    *ret_url = (struct brc__url){0};
    if (takes(&p, end, "https://"))
        ret_url->https = true;
    else if (!takes(&p, end, "http://"))
        return BRC_E_INVALID;
    if (!is_clean(p, end))
        return BRC_E_INVALID;

    const char *question = memchr(p, '?', (size_t)(end - p));
    const char *path_end = question != NULL ? question : end;
    const char *slash = memchr(p, '/', (size_t)(path_end - p));
    const char *authority_end = slash != NULL ? slash : path_end;
    const char *host_end =
        p < authority_end && *p == '[' ? address_end(p, authority_end) : name_end(p, authority_end);
    if (host_end == NULL)
        return BRC_E_INVALID;
    int port = ret_url->https ? 443 : 80;
    if (host_end < authority_end)
        port = *host_end == ':' ? read_port(host_end + 1, authority_end) : 0;
    if (port == 0)
        return BRC_E_INVALID;

    ret_url->host = p;
    ret_url->host_length = (size_t)(host_end - p);
    ret_url->port = port;
    ret_url->path = authority_end;
    ret_url->path_length = (size_t)(path_end - authority_end);
    ret_url->has_query = question != NULL;
    ret_url->query = question != NULL ? question + 1 : end;
    ret_url->query_length = (size_t)(end - ret_url->query);
    return BRC_OK;
}

bool brc__url_is_loopback(const struct brc__url *url)
{
    char text[INET_ADDRSTRLEN];
    struct in_addr address;

    if (url->host_length == 9 && spells(url->host, "localhost", 9))
        return true;
    if (url->host_length == 5 && memcmp(url->host, "[::1]", 5) == 0)
        return true;
    if (url->host_length >= sizeof text)
        return false;
    memcpy(text, url->host, url->host_length);
    text[url->host_length] = '\0';
    return inet_pton(AF_INET, text, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}
