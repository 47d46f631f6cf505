/* SPDX-License-Identifier: MIT */
#include "sent.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    ANSWERS = 4,
    HEADERS_MAX = 16,
    LINE_MAX_LENGTH = 2048
};

const char *sent_header(const char *request, const char *name)
{
    static char answers[ANSWERS][LINE_MAX_LENGTH];
    static unsigned next;
    char *answer = answers[next++ % ANSWERS];
    const char *end = strstr(request, "\r\n\r\n"), *line = strstr(request, "\r\n");
    size_t n = strlen(name);

    while (end != NULL && line < end) {
        line += 2;
        if (strncasecmp(line, name, n) == 0 && strncmp(line + n, ": ", 2) == 0) {
            snprintf(answer, LINE_MAX_LENGTH, "%.*s", (int)strcspn(line + n + 2, "\r"),
                     line + n + 2);
            return answer;
        }
        line = strstr(line, "\r\n");
    }
    return NULL;
}

const char *sent_body(const char *request)
{
    const char *end = strstr(request, "\r\n\r\n");

    return end == NULL ? "" : end + 4;
}

/* The lines of the headers that the request says are signed, but for those brc_sign() makes. */
static size_t take_lines(const char *request, char *names, char lines[][LINE_MAX_LENGTH],
                         const char *pointers[])
{
    size_t count = 0;
    char *rest = names;

    for (char *name; (name = strsep(&rest, ";")) != NULL && count < HEADERS_MAX;) {
        const char *value = sent_header(request, name);
        if (strcmp(name, "host") == 0 || strcmp(name, "x-amz-date") == 0 ||
            strcmp(name, "x-amz-security-token") == 0)
            continue;
        snprintf(lines[count], LINE_MAX_LENGTH, "%s: %s", name, value == NULL ? "" : value);
        pointers[count] = lines[count];
        count++;
    }
    return count;
}

static int64_t time_of(const char *date)
{
    struct tm tm = {0};

    return date == NULL || strptime(date, "%Y%m%dT%H%M%SZ", &tm) == NULL ? -1 : timegm(&tm);
}

const char *sent_wrong(const char *request, brc_credentials *credentials, const char *service,
                       const char *region)
{
    static char wrong[2 * LINE_MAX_LENGTH + 64];
    char lines[HEADERS_MAX][LINE_MAX_LENGTH], names[LINE_MAX_LENGTH], method[16], target[1024];
    char url[2048];
    const char *pointers[HEADERS_MAX], *host = sent_header(request, "Host");
    const char *authorization = sent_header(request, "Authorization");
    const char *signed_names =
        authorization == NULL ? NULL : strstr(authorization, "SignedHeaders=");
    char *headers;

    if (signed_names == NULL || host == NULL ||
        sscanf(request, "%15s %1023s", method, target) != 2 ||
        sscanf(signed_names, "SignedHeaders=%2047[^,]", names) != 1)
        return "there is no signature";
    snprintf(wrong, sizeof wrong, "%s", authorization);
    snprintf(url, sizeof url, "http://%s%s", host, target);
    brc_sign_input input = {
        .size = sizeof input,
        .method = method,
        .url = url,
        .headers = pointers,
        .header_count = take_lines(request, names, lines, pointers),
        .body = sent_body(request),
        .body_length = strlen(sent_body(request)),
        .region = region,
        .service = service,
        .time = time_of(sent_header(request, "X-Amz-Date")),
    };
    if (brc_sign(&input, credentials, &headers) < 0)
        return "what it says cannot be signed";
    bool same = strstr(headers, wrong) != NULL; /* to the end of a line, for a signature ends it */
    if (!same)
        snprintf(wrong + strlen(wrong), LINE_MAX_LENGTH, " is not in %s", headers);
    brc_free(headers);
    return same ? NULL : wrong;
}
