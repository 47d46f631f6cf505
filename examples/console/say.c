/* How a program says that something is wrong. SPDX-License-Identifier: MIT */
#include "console.h"

#include <stdarg.h>
#include <stdio.h>

static const char *name = "";

void console_name(const char *program)
{
    name = program;
}

__attribute__((format(printf, 1, 0))) static void complain(const char *format, va_list arguments,
                                                           bool see_help)
{
    fflush(stdout); /* what was found out stands above what went wrong */
    fprintf(stderr, "%s: ", name);
    vfprintf(stderr, format, arguments);
    if (see_help)
        fprintf(stderr, "; see %s --help", name);
    fputc('\n', stderr);
}

int failed(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(format, arguments, false);
    va_end(arguments);
    return FAILED;
}

int misused(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(format, arguments, true);
    va_end(arguments);
    return MISUSED;
}
