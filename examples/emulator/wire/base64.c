/* Base64 to bytes, and back.
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

/* Three bytes become four digits; those that are missing at the end are written as '='. */
void emu_base64_encode(struct emu_text *out, const char *bytes, size_t len)
{
    static const char DIGIT[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i += 3) {
        uint32_t bits = 0;
        char digits[] = "====";

        for (size_t j = 0; j < 3; j++)
            bits = bits << 8 | (i + j < len ? (unsigned char)bytes[i + j] : 0);
        for (size_t j = 0; j < 4 && i + j <= len; j++)
            digits[j] = DIGIT[bits >> (18 - 6 * j) & 0x3F];
        emu_text_add(out, digits, 4);
    }
}
