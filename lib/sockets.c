/* SPDX-License-Identifier: MIT */
#include "sockets.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int brc__sockets_open(struct brc__sockets *sockets, int family, int type, int protocol)
{
    if (sockets->count == sockets->capacity) {
        size_t capacity = 2 * sockets->capacity + 16;
        int *fds = realloc(sockets->fds, capacity * sizeof *fds);
        if (fds == NULL)
            return -1;
        sockets->fds = fds;
        sockets->capacity = capacity;
    }
    int fd = socket(family, type | SOCK_CLOEXEC, protocol);
    if (fd >= 0)
        sockets->fds[sockets->count++] = fd;
    return fd;
}

int brc__sockets_close(struct brc__sockets *sockets, int fd)
{
    for (size_t i = 0; i < sockets->count; i++)
        if (sockets->fds[i] == fd)
            sockets->fds[i] = sockets->fds[--sockets->count];
    return close(fd);
}

void brc__sockets_disown(struct brc__sockets *sockets)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (size_t i = 0; nowhere >= 0 && i < sockets->count; i++)
        dup2(nowhere, sockets->fds[i]);
    if (nowhere >= 0)
        close(nowhere);
}

void brc__sockets_free(struct brc__sockets *sockets)
{
    free(sockets->fds);
    *sockets = (struct brc__sockets){0};
}
