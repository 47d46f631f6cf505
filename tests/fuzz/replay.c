/* Runs a fuzz target over every file of the folders named on the command line: what a fuzzer once
 * found must stay found, with any compiler.
 * SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    uint8_t *data = NULL;
    int rc = -1;

    if (file == NULL)
        return -1;
    /* A block of exactly the input's size, so that a sanitizer sees a read behind its end. */
    if (fstat(fileno(file), &status) == 0)
        data = malloc(status.st_size > 0 ? (size_t)status.st_size : 1);
    if (data != NULL && fread(data, 1, (size_t)status.st_size, file) == (size_t)status.st_size) {
        LLVMFuzzerTestOneInput(data, (size_t)status.st_size);
        rc = 0;
    }
    free(data);
    fclose(file);
    return rc;
}

/* Returns the number of files run, -1 if one cannot be read. */
static int replay_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    char path[4096];
    int count = 0;

    if (dir == NULL)
        return -1;
    while ((entry = readdir(dir)) != NULL && count >= 0) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        count = replay_file(path) == 0 ? count + 1 : -1;
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int count = replay_folder(argv[i]);

        if (count <= 0) {
            fprintf(stderr, "%s: %s\n", argv[i], count < 0 ? strerror(errno) : "no input there");
            return 1;
        }
        printf("%s: %d inputs\n", argv[i], count);
    }
    return argc > 1 ? 0 : 1;
}
