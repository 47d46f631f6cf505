/* splitmix64, started from a SHA-256.
 *
 * SPDX-License-Identifier: MIT
 */
#include "random.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

struct emu_random emu_random_from(uint64_t seed, const void *bytes, size_t len)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    struct emu_random random;

    SHA256(bytes, len, digest);
    memcpy(&random.state, digest, sizeof(random.state));
    random.state ^= seed * UINT64_C(0x9E3779B97F4A7C15);
    return random;
}

static uint64_t next(struct emu_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t emu_random_below(struct emu_random *random, uint64_t limit)
{
    return next(random) % limit;
}

void emu_random_string(struct emu_random *random, char *out, size_t len, const char *alphabet)
{
    for (size_t i = 0; i < len; i++)
        out[i] = alphabet[emu_random_below(random, strlen(alphabet))];
    out[len] = '\0';
}

void emu_random_uuid(struct emu_random *random, char out[37])
{
    uint64_t high = next(random);
    uint64_t low = next(random);

    snprintf(out, 37, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(high >> 32),
             (unsigned)(high >> 16) & 0xFFFF, (unsigned)high & 0xFFF,
             0x8000 | ((unsigned)(low >> 48) & 0x3FFF), (unsigned long long)(low & 0xFFFFFFFFFFFF));
}
