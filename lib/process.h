/* A program of the user's that prints something, run without a shell and without waiting for it.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__PROCESS_H
#define BRC__PROCESS_H

#include "buffer.h"
#include "error.h"

#include <stdbool.h>
#include <sys/types.h>

enum {
    BRC__PROCESS_OUTPUT_MAX = 64 * 1024, /* what prints more is broken */
    BRC__PROCESS_ERRORS_MAX = 500,       /* the first of stderr, for an error's text */
};

struct brc__process {
    pid_t pid;
    pid_t owner;                /* who started it: a forked child does not end it */
    int output, errors;         /* our ends of its stdout and stderr; -1 when they are closed */
    struct brc__buf said;       /* stdout; secret */
    struct brc__buf complained; /* the beginning of stderr */
};

/* Cuts a command into words as a POSIX shell does, which knows blanks, quotes and backslashes and
 * expands nothing, and starts it with an empty stdin. Returns 0, BRC_E_INVALID (no word, or a quote
 * that is not closed), BRC_E_CREDENTIALS if it cannot be started, or BRC_E_NOMEM, with the reason
 * in error. */
int brc__process_start(struct brc__process *process, const char *command, struct brc__error *error);

/* Reads what is there, without waiting. Afterwards output and errors are -1 if there will be no
 * more. Returns 0, BRC_E_TOO_LARGE or BRC_E_NOMEM. */
int brc__process_read(struct brc__process *process);

/* True if it has ended; *ret_status is then its exit status, or minus the number of a signal. */
bool brc__process_ended(struct brc__process *process, int *ret_status);

/* Ends it, with all that it started, if it has not ended, and frees what belongs to it. Zero is
 * nothing to free. */
void brc__process_free(struct brc__process *process);

#endif
