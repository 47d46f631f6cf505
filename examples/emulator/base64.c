/* Base64 to bytes.
 *
 * SPDX-License-Identifier: MIT
 */
#include "base64.h"

#include <stdint.h>

static uint32_t digit_value(char digit)
{
    if (digit >= 'A' && digit <= 'Z')
        return (uint32_t)(digit - 'A');
    if (digit >= 'a' && digit <= 'z')
        return (uint32_t)(digit - 'a') + 26;
    if (digit >= '0' && digit <= '9')
        return (uint32_t)(digit - '0') + 52;
    return digit == '+' ? 62 : 63;
}

void emu_base64_decode(struct emu_text *out, const char *base64)
{
    uint32_t bits = 0;
    int n_bits = 0;

    for (; *base64 != '\0' && *base64 != '='; base64++) {
        bits = bits << 6 | digit_value(*base64);
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            emu_text_add(out, (char[]){(char)(bits >> n_bits)}, 1);
        }
    }
}
