/* Errors as values: the sentence for each code, and the text an object keeps about its last
 * failure. SPDX-License-Identifier: MIT */
#ifndef BRC__ERROR_H
#define BRC__ERROR_H

#include <bedrockcost/base.h>

/* What an object knows of its last failure. Of fixed size, so that reporting "out of memory" needs
 * none. Text that came from outside goes in through brc__error_text(), which makes it one clean
 * line. */
struct brc__error {
    int code;
    char text[1024];
    char aws_type[96];
    char aws_message[768];
    char http_status[12];
    char request_id[96];
};

/* Forgets the last failure. */
void brc__error_clear(struct brc__error *error);

/* Forgets the last failure, notes a new one, returns its code. */
int brc__error_set(struct brc__error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Copies n bytes of foreign text into to[size] as one printable line: control characters become
 * spaces, bad UTF-8 becomes '?', what does not fit is cut at a character's border. */
void brc__error_text(char *to, size_t size, const char *from, size_t n);

#endif
