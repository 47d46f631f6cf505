/* Edges told by a command, which runs for each. SPDX-License-Identifier: MIT */
#include "notify.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a script can use without reading JSON. */
static void set_variables(const json_t *edge)
{
    static const struct {
        const char *name, *member;
    } variables[] = {
        {"BUDGET_KIND", "kind"},     {"BUDGET_NAME", "budget"},
        {"BUDGET_WINDOW", "window"}, {"BUDGET_START", "start"},
        {"BUDGET_LIMIT", "limit"},   {"BUDGET_SPENT", "spent"},
        {"BUDGET_HELD", "held"},     {"BUDGET_RESETS_AT", "resetsAt"},
        {"BUDGET_AT", "at"},         {"BUDGET_SUBJECT", "subject"},
        {"BUDGET_TEXT", "text"},
    };
    char owner[CELL], id[32];

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = text_of(edge, variables[i].member);
        setenv(variables[i].name, value != NULL ? value : "", 1);
    }
    snprintf(id, sizeof id, "%lld", (long long)json_integer_value(json_object_get(edge, "id")));
    setenv("BUDGET_ID", id, 1);
    setenv("BUDGET_OWNER", owner_text(json_object_get(edge, "owner"), owner), 1);
    setenv("BUDGET_SHADOW", json_is_true(json_object_get(edge, "shadow")) ? "1" : "0", 1);
}

/* The child's side: never returns. */
static void run_shell(const char *command, const json_t *edge, int standard_input)
{
    set_variables(edge);
    signal(SIGPIPE, SIG_DFL);
    bool has_input = dup2(standard_input, STDIN_FILENO) >= 0;
    if (standard_input != STDIN_FILENO)
        close(standard_input);
    if (has_input)
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

/* A command that does not read its input is as good as one that does. */
static void write_all(int descriptor, const char *text)
{
    size_t length = strlen(text);
    ssize_t written = 0;

    while (length > 0 && (written >= 0 || errno == EINTR)) {
        written = write(descriptor, text, length);
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        }
    }
}

/* The command's wait status; -1: it could not be run. */
static int run_for(const char *command, const json_t *edge)
{
    char *text = json_dumps(edge, JSON_COMPACT);
    int ends[2] = {-1, -1}, status = -1;
    pid_t child = -1;

    fflush(stdout);
    if (text != NULL && pipe(ends) == 0)
        child = fork();
    if (child == 0) {
        close(ends[1]);
        run_shell(command, edge, ends[0]);
    }
    if (ends[0] >= 0)
        close(ends[0]);
    if (child > 0) {
        write_all(ends[1], text);
        write_all(ends[1], "\n");
    }
    if (ends[1] >= 0)
        close(ends[1]);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    free(text);
    return status;
}

static int say_failure(const json_t *edge, int status)
{
    long long id = json_integer_value(json_object_get(edge, "id"));

    if (status == -1)
        return failed("edge %lld: the command cannot be run: %s", id, strerror(errno));
    if (WIFSIGNALED(status))
        return failed("edge %lld: the command was ended by signal %d; it will be run again", id,
                      WTERMSIG(status));
    return failed("edge %lld: the command exited with %d; it will be run again", id,
                  WEXITSTATUS(status));
}

int tell_command(void *teller, const json_t *edge)
{
    const char *const *command = teller;

    int status = run_for(*command, edge);
    return status == 0 ? DONE : say_failure(edge, status);
}
