/* A string that grows. A failed allocation is remembered, so a run of additions is checked once.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_TEXT_H
#define EMULATOR_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct emu_text {
    char *data; /* NUL after len bytes, or NULL */
    size_t len;
    size_t size;
    bool failed;
};

void emu_text_add(struct emu_text *text, const char *bytes, size_t len);
void emu_text_puts(struct emu_text *text, const char *string);
void emu_text_printf(struct emu_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void emu_text_vprintf(struct emu_text *text, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
void emu_text_truncate(struct emu_text *text, size_t len);
void emu_text_free(struct emu_text *text);

/* Never NULL. */
const char *emu_text_string(const struct emu_text *text);

/* Hands the bytes over; NULL when any addition failed. */
char *emu_text_steal(struct emu_text *text);

#define emu_auto_text __attribute__((cleanup(emu_text_free))) struct emu_text

#endif
