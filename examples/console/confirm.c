/* The question before something is changed. SPDX-License-Identifier: MIT */
#include "console.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

int confirm(bool yes, const char *format, ...)
{
    char answer[8] = "";
    va_list arguments;

    if (yes)
        return DONE;
    if (isatty(STDIN_FILENO) != 1)
        return misused("nothing was done: there is no terminal to ask on, so it takes --yes");
    fflush(stdout); /* what it is about stands above the question */
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputs(" [y/N] ", stderr);
    if (fgets(answer, sizeof answer, stdin) != NULL && (*answer == 'y' || *answer == 'Y'))
        return DONE;
    return failed("nothing was done");
}
