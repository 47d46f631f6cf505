/* SPDX-License-Identifier: MIT */
#include "log.h"
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void brc__log_line(const struct brc__log *log, int level, const char *format, ...)
{
    char line[1024], raw[sizeof line + 3]; /* a character that crosses the end stays whole */
    va_list arguments;

    if (!brc__log_wants(log, level))
        return;
    va_start(arguments, format);
    int n = vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    if (n < 0)
        return;
    brc__error_text(line, sizeof line, raw, strlen(raw));
    log->fn(level, line, log->user_data);
}
