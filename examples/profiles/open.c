/* Which region a command is about that does not need the declaration. SPDX-License-Identifier: MIT
 */
#include "profiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Into profiles->file_region, whatever else the file says. */
static int read_region(struct profiles *profiles)
{
    size_t length;
    char *text = read_file(profiles->path, &length);
    json_error_t error;

    if (text == NULL)
        return FAILED;
    json_t *file = json_loadb(text, length, 0, &error);
    free(text);
    if (file == NULL)
        return failed("%s: line %d: %s; correct it, or say --region", profiles->path, error.line,
                      error.text);
    const char *region = text_of(file, "region");
    snprintf(profiles->file_region, sizeof profiles->file_region, "%s",
             region != NULL ? region : "");
    json_decref(file);
    return DONE;
}

int profiles_open(struct profiles *profiles)
{
    const char *region = profiles->region;

    if (region == NULL && access(profiles->path, F_OK) == 0) {
        int rc = read_region(profiles);
        if (rc != DONE)
            return rc;
        region = profiles->file_region[0] != '\0' ? profiles->file_region : NULL;
    }
    return cloud_open(&profiles->cloud, region);
}
