/* How long a character can become when a tokenizer normalizes its text.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__NFKC_H
#define BRC__NFKC_H

#include <stdint.h>

/* Neighbouring characters that grow to the same length. */
struct brc__nfkc_run {
    uint32_t first;
    uint32_t last;
    int bytes; /* of UTF-8, of each; 0: as many as the character itself has */
};

/* The run that a code point lies in; whoever reads on in a text of one script mostly stays in it.
 * The bytes of a text's characters, added up, are at least those of the text as it stands, and of
 * its compatibility composition (NFKC). */
void brc__nfkc_run_of(uint32_t c, struct brc__nfkc_run *ret_run);

#endif
