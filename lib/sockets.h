/* Which sockets are open, so that a child process can let go of those of its parent.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__SOCKETS_H
#define BRC__SOCKETS_H

#include <stddef.h>

struct brc__sockets {
    int *fds;
    size_t count, capacity;
};

/* Returns the descriptor, or -1. */
int brc__sockets_open(struct brc__sockets *sockets, int family, int type, int protocol);

/* Returns what close() does. */
int brc__sockets_close(struct brc__sockets *sockets, int fd);

/* Puts /dev/null in the place of each: nothing more goes out over them. */
void brc__sockets_disown(struct brc__sockets *sockets);

/* Forgets them; does not close them. */
void brc__sockets_free(struct brc__sockets *sockets);

#endif
