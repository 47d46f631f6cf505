/* Random names of calls.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__UUID_H
#define BRC__UUID_H

enum {
    BRC__UUID_SIZE = 37
}; /* 36 characters and a NUL */

/* Writes a version 4 UUID (RFC 9562). Returns 0, or -1 if the system has no randomness to give. */
int brc__uuid(char ret_uuid[BRC__UUID_SIZE]);

#endif
