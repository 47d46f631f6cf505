/* A piece of somebody else's string, not terminated.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_SLICE_H
#define EMULATOR_SLICE_H

#include <stdbool.h>
#include <stddef.h>

#define LOWER        "abcdefghijklmnopqrstuvwxyz"
#define DIGITS       "0123456789"
#define ALPHANUMERIC "ABCDEFGHIJKLMNOPQRSTUVWXYZ" LOWER DIGITS

struct emu_slice {
    const char *s;
    size_t len;
};

struct emu_slice emu_slice_of(const char *string);

bool emu_slice_is(struct emu_slice slice, const char *string);

/* True if every character is one of `set`; NUL never is. */
bool emu_slice_only(struct emu_slice slice, const char *set);

/* Cuts the part before `separator`, or all that is left, off the front of `rest`. */
struct emu_slice emu_slice_cut(struct emu_slice *rest, char separator);

#endif
