/* SPDX-License-Identifier: MIT */
#include "error.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define STRING(x)  #x
#define VERSION(x) STRING(x)

const char *brc_version(void)
{
    return VERSION(BRC_VERSION_MAJOR) "." VERSION(BRC_VERSION_MINOR) "." VERSION(BRC_VERSION_MICRO);
}

const char *brc_strerror(int code)
{
    if (code >= 0)
        return "success";
    switch (code) {
    case BRC_E_INVALID:
        return "invalid argument or state";
    case BRC_E_NOMEM:
        return "out of memory";
    case BRC_E_RANGE:
        return "number out of range";
    case BRC_E_RECURSION:
        return "not allowed from inside a callback of the same client";
    case BRC_E_FORKED:
        return "object made before fork()";
    case BRC_E_CANCELED:
        return "call cancelled";
    case BRC_E_NOT_A_PROFILE:
        return "not the ARN of an application inference profile";
    case BRC_E_UNTAGGED:
        return "profile lacks a required tag";
    case BRC_E_CREDENTIALS:
        return "no credentials, or credentials not accepted";
    case BRC_E_CONNECT:
        return "server not reached, or connection lost before an answer";
    case BRC_E_TLS:
        return "TLS failed";
    case BRC_E_TIMEOUT:
        return "time limit passed";
    case BRC_E_PROTOCOL:
        return "answer cut, unreadable or without usage";
    case BRC_E_TOO_LARGE:
        return "request or answer too large";
    case BRC_E_ACCESS_DENIED:
        return "access denied by AWS";
    case BRC_E_THROTTLED:
        return "throttled by AWS";
    case BRC_E_REJECTED:
        return "request rejected by AWS";
    case BRC_E_SERVICE:
        return "AWS or the model failed";
    case BRC_E_BUDGET:
        return "refused by a budget";
    case BRC_E_UNPRICED:
        return "no price for the profile";
    case BRC_E_UNBOUNDED:
        return "worst case of the request cannot be bounded";
    case BRC_E_LEDGER:
        return "ledger cannot be read or written";
    case BRC_E_UNRECORDED:
        return "cost could not be stored";
    default:
        return "unknown error code";
    }
}

void brc__error_clear(struct brc__error *error)
{
    error->code = BRC_OK;
    error->text[0] = '\0';
    error->aws_type[0] = '\0';
    error->aws_message[0] = '\0';
    error->http_status[0] = '\0';
    error->request_id[0] = '\0';
}

int brc__error_set(struct brc__error *error, int code, const char *format, ...)
{
    char text[sizeof error->text + 3]; /* a character that crosses the end stays whole */
    va_list arguments;

    va_start(arguments, format);
    int n = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);

    brc__error_clear(error);
    error->code = code;
    if (n < 0)
        return code;
    size_t length = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    brc__error_text(error->text, sizeof error->text, text, length);
    return code;
}

void brc__error_text(char *to, size_t size, const char *from, size_t n)
{
    size_t used = 0;

    while (n > 0 && used + 1 < size) {
        size_t length = brc__utf8_character(from, n);
        if (length == 0 || (unsigned char)*from < 0x20 || *from == 0x7f) {
            to[used++] = length == 0 ? '?' : ' ';
            length = 1;
        } else if (used + length < size) {
            memcpy(to + used, from, length);
            used += length;
        } else {
            break;
        }
        from += length;
        n -= length;
    }
    to[used] = '\0';
}
