/* SPDX-License-Identifier: MIT */
#include "canonical.h"
#include "canonical_uri.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

enum {
    INPUT_SIZE_1 = offsetof(brc_sign_input, time) + sizeof(int64_t),
    INPUT_SIZE_MAX = 1024, /* no version is that large: a garbage size reads no foreign memory */
};

/* ---------------------------------------------------------------- characters */

/* The characters of a token (RFC 9110 5.6.2), each as its lower case; 0 for all others. */
static const char token[256] = {
    ['!'] = '!', ['#'] = '#', ['$'] = '$', ['%'] = '%', ['&'] = '&', ['\''] = '\'', ['*'] = '*',
    ['+'] = '+', ['-'] = '-', ['.'] = '.', ['^'] = '^', ['_'] = '_', ['`'] = '`',   ['|'] = '|',
    ['~'] = '~', ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4',   ['5'] = '5',
    ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9', ['a'] = 'a', ['b'] = 'b',   ['c'] = 'c',
    ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i',   ['j'] = 'j',
    ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p',   ['q'] = 'q',
    ['r'] = 'r', ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w',   ['x'] = 'x',
    ['y'] = 'y', ['z'] = 'z', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd',   ['E'] = 'e',
    ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k',   ['L'] = 'l',
    ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r',   ['S'] = 's',
    ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y',   ['Z'] = 'z',
};

static char lower(char c)
{
    return token[(unsigned char)c];
}

static bool is_token(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!lower(p[i]))
            return false;
    return n > 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int compare_names(const char *a, size_t a_length, const char *b, size_t b_length)
{
    for (size_t i = 0; i < a_length && i < b_length; i++) {
        int difference = lower(a[i]) - lower(b[i]);
        if (difference != 0)
            return difference;
    }
    return (a_length > b_length) - (a_length < b_length);
}

/* ------------------------------------------------------------------- headers */

/* What the rules say of a name. */
enum rule {
    ORDINARY,
    NEVER_SIGNED, /* hops may change, add or drop it on the way */
    RESERVED,     /* the signer makes it itself */
    HOST,
    CONTENT_SHA256,
};

#define RULE(name, rule)                                                                           \
    {                                                                                              \
        name, sizeof(name) - 1, rule                                                               \
    }

static const struct {
    const char *name;
    size_t length;
    enum rule rule;
} rules[] = {
    RULE("host", HOST),
    RULE("authorization", RESERVED),
    RULE("x-amz-date", RESERVED),
    RULE("x-amz-security-token", RESERVED),
    RULE("x-amz-content-sha256", CONTENT_SHA256),
    RULE("cache-control", NEVER_SIGNED),
    RULE("connection", NEVER_SIGNED),
    RULE("date", NEVER_SIGNED),
    RULE("expect", NEVER_SIGNED),
    RULE("from", NEVER_SIGNED),
    RULE("keep-alive", NEVER_SIGNED),
    RULE("max-forwards", NEVER_SIGNED),
    RULE("pragma", NEVER_SIGNED),
    RULE("referer", NEVER_SIGNED),
    RULE("te", NEVER_SIGNED),
    RULE("trailer", NEVER_SIGNED),
    RULE("transfer-encoding", NEVER_SIGNED),
    RULE("upgrade", NEVER_SIGNED),
    RULE("user-agent", NEVER_SIGNED),
    RULE("x-amzn-trace-id", NEVER_SIGNED),
};

static bool starts_with(const struct brc__field *header, const char *prefix, size_t n)
{
    return header->name_length >= n && compare_names(header->name, n, prefix, n) == 0;
}

static enum rule rule_for(const struct brc__field *header)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (header->name_length == rules[i].length &&
            starts_with(header, rules[i].name, rules[i].length))
            return rules[i].rule;
    if (starts_with(header, "proxy-", 6) || starts_with(header, "sec-", 4))
        return NEVER_SIGNED;
    return ORDINARY;
}

static bool is_blank_or_break(char c)
{
    return is_blank(c) || c == '\r' || c == '\n';
}

/* Checks a value, which ends with a NUL, and trims it. A line break may only stand before a blank,
 * where it folds the line. */
static int read_value(const char *p, struct brc__field *header)
{
    const char *start = p;

    for (; *p != '\0'; p++) {
        if ((unsigned char)*p > ' ' && *p != 0x7f)
            continue;
        if (*p == '\r' && p[1] == '\n')
            p++;
        if (!is_blank(*p) && !(*p == '\n' && is_blank(p[1])))
            return BRC_E_INVALID;
        header->ragged |= *p != ' ' || is_blank(p[1]);
    }
    while (p > start && is_blank_or_break(p[-1]))
        p--;
    while (start < p && is_blank_or_break(*start))
        start++;
    header->value = start;
    header->value_length = (size_t)(p - start);
    return BRC_OK;
}

static int read_header(const char *text, struct brc__field *header)
{
    const char *p = text;

    if (text == NULL)
        return BRC_E_INVALID;
    while (lower(*p))
        p++;
    if (p == text || *p != ':')
        return BRC_E_INVALID;
    header->name = text;
    header->name_length = (size_t)(p - text);
    return read_value(p + 1, header);
}

static int add_header(struct brc__canonical *request, const char *text, bool *has_host)
{
    struct brc__field *header = brc__fields_add(&request->headers);

    if (header == NULL)
        return BRC_E_NOMEM;
    int rc = read_header(text, header);
    if (rc < 0)
        return rc;
    switch (rule_for(header)) {
    case ORDINARY:
        return BRC_OK;
    case NEVER_SIGNED:
        request->headers.count--;
        return BRC_OK;
    case RESERVED:
        return BRC_E_INVALID;
    case HOST:
        if (*has_host || header->value_length == 0)
            return BRC_E_INVALID;
        *has_host = true;
        return BRC_OK;
    case CONTENT_SHA256:
        if (request->content_sha256 != NULL || header->value_length != 2 * BRC__SHA256_SIZE)
            return BRC_E_INVALID;
        request->content_sha256 = header->value;
        return BRC_OK;
    }
    return BRC_OK;
}

/* The host in lower case, with the port unless it is the scheme's own. */
static int add_host(struct brc__canonical *request)
{
    const struct brc__url *url = &request->url;
    size_t n = url->host_length;

    for (size_t i = 0; i < n; i++)
        request->host[i] =
            url->host[i] >= 'A' && url->host[i] <= 'Z' ? url->host[i] | 0x20 : url->host[i];
    if (url->port != (url->https ? 443 : 80))
        n += (size_t)snprintf(request->host + n, sizeof request->host - n, ":%d", url->port);
    return brc__canonical_add(request, "host", request->host, n);
}

static int compare_headers(const void *left, const void *right)
{
    const struct brc__field *a = left, *b = right;

    int difference = compare_names(a->name, a->name_length, b->name, b->name_length);
    return difference != 0 ? difference : (a->arrival > b->arrival) - (a->arrival < b->arrival);
}

static bool same_name(const struct brc__field *a, const struct brc__field *b)
{
    return a->name_length == b->name_length &&
           compare_names(a->name, a->name_length, b->name, b->name_length) == 0;
}

/* Runs of blanks and folds become one space. */
static void put_folded(struct brc__sink *sink, const char *p, size_t n)
{
    const char *end = p + n;

    while (p < end) {
        const char *word = p;
        while (p < end && !is_blank_or_break(*p))
            p++;
        brc__sink_put(sink, word, (size_t)(p - word));
        if (p < end)
            brc__sink_put_character(sink, ' ');
        while (p < end && is_blank_or_break(*p))
            p++;
    }
}

/* The names come from the list of them, where they are in lower case already. */
static void put_headers(struct brc__sink *sink, const struct brc__fields *headers, const char *name)
{
    for (size_t i = 0; i < headers->count; i++) {
        const struct brc__field *header = &headers->items[i];
        bool repeats = i > 0 && same_name(header - 1, header);
        if (i > 0)
            brc__sink_put_character(sink, repeats ? ',' : '\n');
        if (!repeats) {
            brc__sink_put(sink, name, header->name_length);
            brc__sink_put_character(sink, ':');
            name += header->name_length + 1;
        }
        if (header->ragged)
            put_folded(sink, header->value, header->value_length);
        else
            brc__sink_put(sink, header->value, header->value_length);
    }
    brc__sink_put_character(sink, '\n');
}

/* ------------------------------------------------------------ the whole request */

/* A caller with a newer header may only set what this library knows. */
static bool is_known_version(const brc_sign_input *input)
{
    const unsigned char *bytes = (const unsigned char *)input;

    if (input->size < INPUT_SIZE_1 || input->size > INPUT_SIZE_MAX)
        return false;
    for (size_t i = sizeof *input; i < input->size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

static int check_members(const brc_sign_input *input)
{
    if (!is_known_version(input))
        return BRC_E_INVALID;
    if (input->method == NULL || !is_token(input->method, strlen(input->method)))
        return BRC_E_INVALID;
    if (input->url == NULL)
        return BRC_E_INVALID;
    if (input->headers == NULL && input->header_count > 0)
        return BRC_E_INVALID;
    if (input->body == NULL && input->body_length > 0)
        return BRC_E_INVALID;
    return BRC_OK;
}

int brc__canonical_init(struct brc__canonical *ret_request, const brc_sign_input *input)
{
    bool has_host = false;

    ret_request->input = input;
    ret_request->content_sha256 = NULL;
    brc__fields_init(&ret_request->headers);
    int rc = check_members(input);
    if (rc < 0)
        return rc;
    rc = brc__url_parse(input->url, strlen(input->url), &ret_request->url);
    if (rc < 0)
        return rc;
    if (!brc__query_is_valid(&ret_request->url))
        return BRC_E_INVALID;
    for (size_t i = 0; i < input->header_count; i++) {
        rc = add_header(ret_request, input->headers[i], &has_host);
        if (rc < 0)
            return rc;
    }
    return has_host ? BRC_OK : add_host(ret_request);
}

void brc__canonical_free(struct brc__canonical *request)
{
    brc__fields_free(&request->headers);
}

int brc__canonical_add(struct brc__canonical *request, const char *name, const char *value,
                       size_t value_length)
{
    struct brc__field *header = brc__fields_add(&request->headers);

    if (header == NULL)
        return BRC_E_NOMEM;
    header->name = name;
    header->name_length = strlen(name);
    header->value = value;
    header->value_length = value_length;
    return BRC_OK;
}

size_t brc__canonical_names_size(const struct brc__canonical *request)
{
    size_t n = 0;

    for (size_t i = 0; i < request->headers.count; i++)
        n += request->headers.items[i].name_length + 1;
    return n;
}

int brc__canonical_signed_headers(struct brc__canonical *request, struct brc__buf *to)
{
    struct brc__fields *headers = &request->headers;

    brc__fields_sort(headers, compare_headers);
    int rc = brc__buf_reserve(to, brc__canonical_names_size(request));
    if (rc < 0)
        return rc;
    char *p = to->data + to->length;
    for (size_t i = 0; i < headers->count; i++) {
        const struct brc__field *header = &headers->items[i];
        if (i > 0 && same_name(header - 1, header))
            continue;
        if (i > 0)
            *p++ = ';';
        for (size_t k = 0; k < header->name_length; k++)
            *p++ = lower(header->name[k]);
    }
    *p = '\0';
    to->length = (size_t)(p - to->data);
    return BRC_OK;
}

/* The hash of the body in hexadecimal, which is also what the caller's own header must say. */
static int hash_body(const struct brc__canonical *request, struct brc__hasher *hasher,
                     char hex[2 * BRC__SHA256_SIZE])
{
    unsigned char digest[BRC__SHA256_SIZE];

    int rc = brc__sha256(hasher, request->input->body, request->input->body_length, digest);
    if (rc < 0)
        return rc;
    brc__hex(hex, digest, sizeof digest);
    if (request->content_sha256 != NULL &&
        memcmp(request->content_sha256, hex, 2 * BRC__SHA256_SIZE) != 0)
        return BRC_E_INVALID;
    return BRC_OK;
}

int brc__canonical_hash(struct brc__canonical *request, struct brc__hasher *hasher,
                        const char *signed_headers, size_t n, struct brc__buf *copy,
                        unsigned char ret_digest[BRC__SHA256_SIZE])
{
    brc__auto_sink struct brc__sink sink;
    char body_hash[2 * BRC__SHA256_SIZE];

    brc__sink_init(&sink, hasher, copy);
    int rc = hash_body(request, hasher, body_hash);
    if (rc < 0)
        return rc;
    rc = brc__sha256_begin(hasher);
    if (rc < 0)
        return rc;
    brc__sink_put(&sink, request->input->method, strlen(request->input->method));
    brc__sink_put_character(&sink, '\n');
    rc = brc__put_canonical_path(&sink, &request->url);
    if (rc < 0)
        return rc;
    brc__sink_put_character(&sink, '\n');
    rc = brc__put_canonical_query(&sink, &request->url);
    if (rc < 0)
        return rc;
    brc__sink_put_character(&sink, '\n');
    put_headers(&sink, &request->headers, signed_headers);
    brc__sink_put_character(&sink, '\n');
    brc__sink_put(&sink, signed_headers, n);
    brc__sink_put_character(&sink, '\n');
    brc__sink_put(&sink, body_hash, sizeof body_hash);
    brc__sink_flush(&sink);
    if (sink.status < 0)
        return sink.status;
    return brc__sha256_end(hasher, ret_digest);
}
