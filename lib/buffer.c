/* SPDX-License-Identifier: MIT */
#include "buffer.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>

/* realloc() may leave an unwiped copy behind, so secret bytes move by hand. */
static char *resize(struct brc__buf *b, size_t capacity)
{
    if (!b->secret)
        return realloc(b->data, capacity);
    char *data = malloc(capacity);
    if (data == NULL)
        return NULL;
    if (b->data != NULL) {
        memcpy(data, b->data, b->length + 1);
        brc__wipe(b->data, b->capacity);
        free(b->data);
    }
    return data;
}

int brc__buf_reserve(struct brc__buf *b, size_t n)
{
    if (b->status < 0)
        return b->status;
    if (n > b->ceiling - b->length)
        return b->status = BRC_E_TOO_LARGE;
    size_t needed = b->length + n + 1;
    if (needed <= b->capacity)
        return BRC_OK;

    size_t capacity = b->capacity < 128 ? 128 : b->capacity;
    while (capacity < needed)
        capacity += capacity / 2 + 1;
    if (capacity > b->ceiling + 1)
        capacity = b->ceiling + 1;
    char *data = resize(b, capacity);
    if (data == NULL)
        return b->status = BRC_E_NOMEM;
    data[b->length] = '\0';
    b->data = data;
    b->capacity = capacity;
    return BRC_OK;
}

int brc__buf_append(struct brc__buf *b, const void *bytes, size_t n)
{
    int rc = brc__buf_reserve(b, n);
    if (rc < 0)
        return rc;
    if (n > 0)
        memcpy(b->data + b->length, bytes, n);
    b->length += n;
    b->data[b->length] = '\0';
    return BRC_OK;
}

int brc__buf_append_encoded(struct brc__buf *b, const char *text, size_t n)
{
    int rc = n > SIZE_MAX / 3 ? BRC_E_TOO_LARGE : brc__buf_reserve(b, 3 * n);

    if (rc < 0 || n == 0)
        return rc;
    b->length += brc__percent_encode(b->data + b->length, text, n);
    b->data[b->length] = '\0';
    return BRC_OK;
}

int brc__buf_appendf(struct brc__buf *b, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n < 0)
        return b->status = BRC_E_NOMEM;
    int rc = brc__buf_reserve(b, (size_t)n);
    if (rc < 0)
        return rc;
    va_start(arguments, format);
    vsnprintf(b->data + b->length, (size_t)n + 1, format, arguments);
    va_end(arguments);
    b->length += (size_t)n;
    return BRC_OK;
}

void brc__buf_truncate(struct brc__buf *b, size_t length)
{
    b->status = BRC_OK;
    b->length = length;
    if (b->data != NULL)
        b->data[length] = '\0';
}

char *brc__buf_steal(struct brc__buf *b)
{
    char *data = b->data;

    *b = (struct brc__buf){.ceiling = b->ceiling, .secret = b->secret};
    return data;
}

void brc__buf_free(struct brc__buf *b)
{
    if (b->secret)
        brc__wipe(b->data, b->capacity);
    free(b->data);
    *b = (struct brc__buf){.ceiling = b->ceiling, .secret = b->secret};
}
