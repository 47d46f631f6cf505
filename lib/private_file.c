/* SPDX-License-Identifier: MIT */
#include "private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECE = 4096,
};

static void close_p(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* strerror() is not for threads, and says more than a user can use. */
static const char *problem_of(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return "there is no such file";
    case EACCES:
    case EPERM:
        return "it may not be read by this user";
    case ELOOP:
        return "its links lead in a circle";
    case ENAMETOOLONG:
        return "its name is too long";
    case EMFILE:
    case ENFILE:
        return "too many files are open";
    default:
        return "it cannot be read";
    }
}

/* Up to the end of the file, or the ceiling and one byte more to see that there is more. */
static int read_all(int fd, struct brc__buf *to, const char **ret_problem)
{
    for (;;) {
        char beyond;
        size_t room = to->ceiling - to->length;
        size_t n = room < PIECE ? room : PIECE;
        int rc = brc__buf_reserve(to, n);
        if (rc < 0)
            return rc;
        ssize_t got = n > 0 ? read(fd, to->data + to->length, n) : read(fd, &beyond, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            *ret_problem = problem_of(errno);
        else if (got > 0 && n == 0)
            *ret_problem = "it is too large";
        if (got <= 0 || n == 0)
            return BRC_OK;
        to->length += (size_t)got;
        to->data[to->length] = '\0';
    }
}

int brc__private_file_read(const char *path, struct brc__buf *to, bool *ret_open_to_others,
                           const char **ret_problem)
{
    struct stat status;
    size_t length = to->length;

    *ret_open_to_others = false;
    *ret_problem = NULL;
    /* O_NONBLOCK: the other end of a pipe may never come. */
    __attribute__((cleanup(close_p))) int fd =
        open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) < 0) {
        *ret_problem = problem_of(errno);
        return BRC_OK;
    }
    if (!S_ISREG(status.st_mode) && !S_ISCHR(status.st_mode)) {
        *ret_problem = "it is not a file";
        return BRC_OK;
    }
    int rc = read_all(fd, to, ret_problem);
    if (rc < 0 || *ret_problem != NULL) {
        if (to->data != NULL)
            brc__wipe(to->data + length, to->length - length);
        brc__buf_truncate(to, length);
        return rc;
    }
    *ret_open_to_others = S_ISREG(status.st_mode) && (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
    return BRC_OK;
}
