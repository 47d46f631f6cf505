/* Seeded pseudo-random numbers: the same inputs, the same answers.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_RANDOM_H
#define EMULATOR_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct emu_random {
    uint64_t state;
};

/* A generator that depends on every byte given. */
struct emu_random emu_random_from(uint64_t seed, const void *bytes, size_t len);

/* 0 <= result < limit */
uint64_t emu_random_below(struct emu_random *random, uint64_t limit);

/* Fills `out` with len characters of `alphabet` and a NUL. */
void emu_random_string(struct emu_random *random, char *out, size_t len, const char *alphabet);

/* A version 4 UUID and a NUL. */
void emu_random_uuid(struct emu_random *random, char out[37]);

#endif
