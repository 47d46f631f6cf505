/* ARNs, and paths with them in it. SPDX-License-Identifier: MIT */
#include "cloud.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

char *path_append(char path[CLOUD_PATH], const char *text)
{
    size_t length = strlen(path);

    for (; *text != '\0' && length + 4 < CLOUD_PATH; text++) {
        unsigned char c = (unsigned char)*text;
        if (isalnum(c) || strchr("-._~", c) != NULL)
            path[length++] = *text;
        else
            length += (size_t)sprintf(path + length, "%%%02X", c);
    }
    path[length] = '\0';
    return path;
}

const char *arn_part(const char *arn, int n, char ret_part[CELL])
{
    ret_part[0] = '\0';
    if (strncmp(arn, "arn:", 4) != 0)
        return ret_part;
    for (int i = 0; i < n && arn != NULL; i++) {
        arn = strchr(arn, ':');
        arn = arn != NULL ? arn + 1 : NULL;
    }
    if (arn != NULL) /* the resource goes on to the end, whatever is in it */
        snprintf(ret_part, CELL, "%.*s", (int)strcspn(arn, n < 5 ? ":" : ""), arn);
    return ret_part;
}

const char *arn_id(const char *arn)
{
    const char *behind = strncmp(arn, "arn:", 4) == 0 ? strrchr(arn, '/') : NULL;

    if (behind == NULL && strncmp(arn, "arn:", 4) == 0)
        behind = strrchr(arn, ':');
    return behind != NULL ? behind + 1 : arn;
}
