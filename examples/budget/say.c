/* How `budget` says that something is wrong. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 1, 0))) static void complain(const char *format, va_list arguments,
                                                           const char *end)
{
    fflush(stdout); /* what was found out stands above what went wrong */
    fputs("budget: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs(end, stderr);
}

int failed(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(format, arguments, "\n");
    va_end(arguments);
    return FAILED;
}

int misused(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(format, arguments, "; see budget --help\n");
    va_end(arguments);
    return MISUSED;
}
