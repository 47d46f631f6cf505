/* A string that grows, with a failure that sticks.
 *
 * SPDX-License-Identifier: MIT
 */
#include "text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for `more` bytes and a NUL. */
static bool reserve(struct emu_text *text, size_t more)
{
    size_t size = text->size > 0 ? text->size : 64;
    char *data;

    if (text->failed || more >= SIZE_MAX / 2 - text->len) {
        text->failed = true;
        return false;
    }
    if (text->data != NULL && text->len + more < text->size)
        return true;
    while (size <= text->len + more)
        size *= 2;
    data = realloc(text->data, size);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->size = size;
    return true;
}

void emu_text_add(struct emu_text *text, const char *bytes, size_t len)
{
    if (!reserve(text, len))
        return;
    if (len > 0)
        memcpy(text->data + text->len, bytes, len);
    text->len += len;
    text->data[text->len] = '\0';
}

void emu_text_puts(struct emu_text *text, const char *string)
{
    emu_text_add(text, string, strlen(string));
}

void emu_text_vprintf(struct emu_text *text, const char *format, va_list args)
{
    va_list copy;
    int len;

    va_copy(copy, args);
    len = vsnprintf(NULL, 0, format, copy);
    va_end(copy);
    if (len < 0 || !reserve(text, (size_t)len)) {
        text->failed = true;
        return;
    }
    vsnprintf(text->data + text->len, (size_t)len + 1, format, args);
    text->len += (size_t)len;
}

void emu_text_printf(struct emu_text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    emu_text_vprintf(text, format, args);
    va_end(args);
}

void emu_text_truncate(struct emu_text *text, size_t len)
{
    if (len < text->len) {
        text->len = len;
        text->data[len] = '\0';
    }
}

void emu_text_free(struct emu_text *text)
{
    free(text->data);
    *text = (struct emu_text){0};
}

const char *emu_text_string(const struct emu_text *text)
{
    return text->data != NULL ? text->data : "";
}

char *emu_text_steal(struct emu_text *text)
{
    char *data;

    emu_text_add(text, "", 0);
    if (text->failed) {
        emu_text_free(text);
        return NULL;
    }
    data = text->data;
    *text = (struct emu_text){0};
    return data;
}
