/* How something is typed, as its help says. SPDX-License-Identifier: MIT */
#include "console.h"

#include <stdio.h>
#include <string.h>

/* "  NAME words" */
static bool begins_with(const char *line, const char *command)
{
    size_t length = strlen(command);

    return strncmp(line, "  ", 2) == 0 && strncmp(line + 2, command, length) == 0 &&
           (line[2 + length] == ' ' || line[2 + length] == '\n');
}

/* "      [--option]" */
static bool goes_on(const char *line)
{
    size_t indent = strspn(line, " ");

    return indent > 2 && (line[indent] == '[' || line[indent] == '(');
}

/* The lines of a help text on a command; NULL: on the program itself, which come first. */
static void print_usage(const char *help, const char *command)
{
    bool shown = true;
    size_t length;

    for (const char *line = help; *line != '\0'; line += length) {
        length = strcspn(line, "\n") + 1;
        if (command != NULL)
            shown = begins_with(line, command) || (shown && line > help && goes_on(line));
        else if (*line == '\n')
            return;
        if (shown)
            fprintf(stderr, "%.*s", (int)length, line);
    }
}

int mistyped(const struct console *console, const char *word, const char *why)
{
    const char *command = console->command;

    misused("%s%s%s %s", command != NULL ? command : "", command != NULL ? ": " : "", word, why);
    print_usage(console->text, command);
    return MISUSED;
}
