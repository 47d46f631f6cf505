/* SPDX-License-Identifier: MIT */
#include "canonical_uri.h"
#include "field.h"
#include "text.h"

#include <string.h>

/* Segments in order, "." and empty ones gone, ".." and the one before it as well. */
static int split_path(const struct brc__url *url, struct brc__fields *segments)
{
    const char *p = url->path, *end = p + url->path_length;

    while (p < end) {
        const char *start = p + 1;
        p = memchr(start, '/', (size_t)(end - start));
        if (p == NULL)
            p = end;
        size_t n = (size_t)(p - start);
        if (n == 0 || (n == 1 && start[0] == '.'))
            continue;
        if (n == 2 && start[0] == '.' && start[1] == '.') {
            segments->count -= segments->count > 0;
            continue;
        }
        struct brc__field *segment = brc__fields_add(segments);
        if (segment == NULL)
            return BRC_E_NOMEM;
        segment->name = start;
        segment->name_length = n;
    }
    return BRC_OK;
}

int brc__put_canonical_path(struct brc__sink *sink, const struct brc__url *url)
{
    brc__auto_fields struct brc__fields segments;

    brc__fields_init(&segments);
    int rc = split_path(url, &segments);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < segments.count; i++) {
        brc__sink_put_character(sink, '/');
        brc__sink_put_encoded(sink, segments.items[i].name, segments.items[i].name_length);
    }
    if (segments.count == 0 || url->path[url->path_length - 1] == '/')
        brc__sink_put_character(sink, '/');
    return BRC_OK;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool brc__query_is_valid(const struct brc__url *url)
{
    const char *p = url->query, *end = p + url->query_length;

    for (;;) {
        p = memchr(p, '%', (size_t)(end - p));
        if (p == NULL)
            return true;
        if (end - p < 3 || digit(p[1]) < 0 || digit(p[2]) < 0)
            return false;
        p += 3;
    }
}

/* The next byte a percent-encoded text stands for. */
static char next_decoded(const char **p)
{
    char c = *(*p)++;

    if (c != '%')
        return c;
    c = (char)(digit((*p)[0]) << 4 | digit((*p)[1]));
    *p += 2;
    return c;
}

/* Ranks a byte as its encoding sorts: '%' stands before all unreserved characters. */
static int rank(char c)
{
    return (unsigned char)c + (brc__is_unreserved(c) ? 256 : 0);
}

/* Compares the canonical encodings of two texts without writing them. */
static int compare_encoded(const char *a, size_t a_length, const char *b, size_t b_length)
{
    const char *a_end = a + a_length, *b_end = b + b_length;

    while (a < a_end && b < b_end) {
        int difference = rank(next_decoded(&a)) - rank(next_decoded(&b));
        if (difference != 0)
            return difference;
    }
    return (a < a_end) - (b < b_end);
}

static int compare_parameters(const void *left, const void *right)
{
    const struct brc__field *a = left, *b = right;

    int difference = compare_encoded(a->name, a->name_length, b->name, b->name_length);
    return difference != 0 ? difference
                           : compare_encoded(a->value, a->value_length, b->value, b->value_length);
}

/* A '+' is a plus; what stands between two '&' without a character is no parameter. */
static int split_query(const struct brc__url *url, struct brc__fields *parameters)
{
    const char *p = url->query, *end = p + url->query_length;

    for (; p < end; p++) {
        const char *start = p;
        p = memchr(start, '&', (size_t)(end - start));
        if (p == NULL)
            p = end;
        if (p == start)
            continue;
        const char *equals = memchr(start, '=', (size_t)(p - start));
        const char *name_end = equals != NULL ? equals : p;
        const char *value = equals != NULL ? equals + 1 : p;
        struct brc__field *parameter = brc__fields_add(parameters);
        if (parameter == NULL)
            return BRC_E_NOMEM;
        parameter->name = start;
        parameter->name_length = (size_t)(name_end - start);
        parameter->value = value;
        parameter->value_length = (size_t)(p - value);
    }
    return BRC_OK;
}

static void put_reencoded(struct brc__sink *sink, const char *p, size_t n)
{
    const char *end = p + n;

    while (p < end) {
        char c = next_decoded(&p);
        brc__sink_put_encoded(sink, &c, 1);
    }
}

int brc__put_canonical_query(struct brc__sink *sink, const struct brc__url *url)
{
    brc__auto_fields struct brc__fields parameters;

    brc__fields_init(&parameters);
    int rc = split_query(url, &parameters);
    if (rc < 0)
        return rc;
    brc__fields_sort(&parameters, compare_parameters);
    for (size_t i = 0; i < parameters.count; i++) {
        const struct brc__field *parameter = &parameters.items[i];
        if (i > 0)
            brc__sink_put_character(sink, '&');
        put_reencoded(sink, parameter->name, parameter->name_length);
        brc__sink_put_character(sink, '=');
        put_reencoded(sink, parameter->value, parameter->value_length);
    }
    return BRC_OK;
}
