/* SPDX-License-Identifier: MIT */
#include "tokenizer.h"

#include <string.h>

#define MESSAGE_TOKENS 60
#define TOOL_TOKENS    1000

/* Characters that grow when they are normalised to NFKC, the worst first. */
static const struct {
    const char *utf8;
    int64_t normalised; /* bytes */
} GROWING[] = {
    {"\xef\xb7\xba", 33}, /* U+FDFA, an Arabic phrase */
    {"\xe3\x8c\x96", 18}, /* U+3316, a Japanese unit of length */
    {"\xe2\x91\xbd", 4},  /* U+247D, a number in brackets */
    {"\xef\xac\x83", 3},  /* U+FB03, a ligature */
};

int64_t emu_weigh(enum emu_tokenizer tokenizer, const char *text, size_t len)
{
    int64_t bytes = (int64_t)len;

    if (tokenizer == EMU_PLAIN)
        return bytes;
    for (size_t i = 0; i < sizeof(GROWING) / sizeof(GROWING[0]); i++) {
        size_t n = strlen(GROWING[i].utf8);
        const char *end = text + len;

        for (const char *p = memmem(text, len, GROWING[i].utf8, n); p != NULL;
             p = memmem(p + n, (size_t)(end - p) - n, GROWING[i].utf8, n))
            bytes += GROWING[i].normalised - (int64_t)n;
    }
    return EMU_BYTES_PER_TOKEN * bytes;
}

int64_t emu_weigh_frame(enum emu_tokenizer tokenizer, size_t messages, size_t tools)
{
    if (tokenizer == EMU_PLAIN)
        return 0;
    return EMU_BYTES_PER_TOKEN *
           (MESSAGE_TOKENS * (int64_t)messages + TOOL_TOKENS * (int64_t)tools);
}
