/* SPDX-License-Identifier: MIT */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum {
    WORDS_MAX = 256,
};

/* ---- the command */

/* Reads one word from *from to *to, both within the same text: a word never grows. False if a quote
 * is not closed. */
static bool take_word(char **from, char **to)
{
    char *p = *from, *q = *to, quote = '\0';

    for (; *p != '\0' && (quote != '\0' || (*p != ' ' && *p != '\t' && *p != '\n')); p++) {
        if (*p == quote) {
            quote = '\0';
        } else if (quote == '\0' && (*p == '"' || *p == '\'')) {
            quote = *p;
        } else if (*p == '\\' && p[1] != '\0' &&
                   (quote == '\0' || (quote == '"' && strchr("\"\\$`", p[1]) != NULL))) {
            *q++ = *++p;
        } else {
            *q++ = *p;
        }
    }
    *from = *p == '\0' ? p : p + 1;
    *q = '\0';
    *to = q + 1;
    return quote == '\0';
}

/* Cuts the text into words in place. Returns their number, or BRC_E_INVALID. */
static int cut(char *text, char *words[WORDS_MAX])
{
    char *from = text, *to = text;
    int count = 0;

    for (;;) {
        from += strspn(from, " \t\n");
        if (*from == '\0' || count == WORDS_MAX - 1)
            break;
        words[count++] = to;
        if (!take_word(&from, &to))
            return BRC_E_INVALID;
    }
    words[count] = NULL;
    return *from != '\0' || count == 0 ? BRC_E_INVALID : count;
}

/* ---- the process */

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* The write ends of the pipes, besides ours to read. */
static int open_pipes(struct brc__process *process, int write_ends[2])
{
    int *const read_ends[2] = {&process->output, &process->errors};

    for (int i = 0; i < 2; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0)
            return errno;
        *read_ends[i] = ends[0];
        write_ends[i] = ends[1];
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
    }
    return 0;
}

/* A process group of its own, so that what it starts ends with it; no signal blocked, as our caller
 * may have, nor SIGPIPE ignored, as most servers do. */
static void set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, ignored;

    sigemptyset(&none);
    sigemptyset(&ignored);
    sigaddset(&ignored, SIGPIPE);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &ignored);
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                             POSIX_SPAWN_SETPGROUP);
}

static int spawn(pid_t *pid, char *const words[], const int write_ends[2])
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    int rc = posix_spawn_file_actions_init(&actions);
    if (rc != 0)
        return rc;
    rc = posix_spawnattr_init(&attributes);
    if (rc == 0) {
        set_attributes(&attributes);
        rc = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (rc == 0)
            rc = posix_spawn_file_actions_adddup2(&actions, write_ends[0], STDOUT_FILENO);
        if (rc == 0)
            rc = posix_spawn_file_actions_adddup2(&actions, write_ends[1], STDERR_FILENO);
        if (rc == 0)
            rc = posix_spawnp(pid, words[0], &actions, &attributes, words, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

int brc__process_start(struct brc__process *process, const char *command, struct brc__error *error)
{
    brc__auto_free char *text = brc__strndup(command, strlen(command));
    char *words[WORDS_MAX], why[128];
    int write_ends[2] = {-1, -1};

    *process = (struct brc__process){
        .owner = getpid(),
        .output = -1,
        .errors = -1,
        .said = BRC__SECRET_BUF(BRC__PROCESS_OUTPUT_MAX),
        .complained = BRC__BUF(BRC__PROCESS_ERRORS_MAX),
    };
    if (text == NULL)
        return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    if (cut(text, words) < 0)
        return brc__error_set(error, BRC_E_INVALID,
                              "the command has no word, or a quote that is not closed");
    int rc = open_pipes(process, write_ends);
    if (rc == 0)
        rc = spawn(&process->pid, words, write_ends);
    close_end(&write_ends[0]);
    close_end(&write_ends[1]);
    if (rc == 0)
        return BRC_OK;
    process->pid = 0;
    brc__process_free(process);
    if (rc == ENOMEM)
        return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    return brc__error_set(error, BRC_E_CREDENTIALS, "%s cannot be started: %s", words[0],
                          strerror_r(rc, why, sizeof why));
}

/* Reads what a pipe holds. What has no room is forgotten, and noted in the buffer's status. A
 * process that never stops must not keep us, so there is a limit to what is read at once. */
static void drain(int *fd, struct brc__buf *to)
{
    enum {
        READS_MAX = 32
    };
    char bytes[4096];
    ssize_t n = 1;

    for (int i = 0; i < READS_MAX && *fd >= 0 && n > 0; i++) {
        n = read(*fd, bytes, sizeof bytes);
        size_t room = to->ceiling - to->length;
        if (n > 0)
            brc__buf_append(to, bytes, (size_t)n < room ? (size_t)n : room);
        if (n > 0 && (size_t)n > room)
            to->status = BRC_E_TOO_LARGE;
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            close_end(fd);
    }
    brc__wipe(bytes, sizeof bytes);
}

int brc__process_read(struct brc__process *process)
{
    drain(&process->errors, &process->complained);
    drain(&process->output, &process->said);
    if (process->complained.status == BRC_E_TOO_LARGE)
        process->complained.status = 0; /* its beginning is enough */
    return process->said.status;
}

bool brc__process_ended(struct brc__process *process, int *ret_status)
{
    int status;

    if (process->pid == 0)
        return false;
    pid_t pid = waitpid(process->pid, &status, WNOHANG);
    if (pid == 0 || (pid < 0 && errno == EINTR))
        return false;
    brc__process_read(process); /* what it said last */
    process->pid = 0;
    /* Somebody else may have waited for all children: then what it printed has to do. */
    *ret_status = pid < 0 ? 0 : WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return true;
}

void brc__process_free(struct brc__process *process)
{
    if (process->said.ceiling == 0)
        return; /* it was never started */
    if (process->pid != 0 && process->owner == getpid()) {
        kill(-process->pid, SIGKILL);
        while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    process->pid = 0;
    close_end(&process->output);
    close_end(&process->errors);
    brc__buf_free(&process->said);
    brc__buf_free(&process->complained);
    process->said.ceiling = 0;
}
