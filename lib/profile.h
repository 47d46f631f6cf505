/* The profile that counts, and the two shared files in which profiles are looked up. Pure: the
 * environment is asked through a function, the files are given as text.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__PROFILE_H
#define BRC__PROFILE_H

#include "buffer.h"
#include "config_file.h"

/* What getenv() is to a program: NULL for a variable that is not set. */
struct brc__environment {
    const char *(*get)(const char *name, void *user_data);
    void *user_data;
};

/* NULL also for an empty value, which AWS takes for none. */
const char *brc__environment_get(const struct brc__environment *environment, const char *name);

/* In the order in which they are looked at: what a profile says in both files, it says in the
 * first. */
enum brc__shared_file {
    BRC__CREDENTIALS_FILE,
    BRC__CONFIG_FILE,
    BRC__SHARED_FILES
};

/* Appends where the file is: what AWS_SHARED_CREDENTIALS_FILE or AWS_CONFIG_FILE says, `~` being
 * HOME; else its place in HOME. Appends nothing if HOME would be needed and is not set. Returns 0,
 * BRC_E_NOMEM or BRC_E_TOO_LARGE. */
int brc__shared_file_path(const struct brc__environment *environment, enum brc__shared_file which,
                          struct brc__buf *to);

/* A file as it was found. */
struct brc__shared_text {
    const char *path; /* "" if it is nowhere */
    const char *text;
    size_t length;
    const char
        *problem; /* why there is no text, brc__private_file_read()'s words; NULL: there is */
};

struct brc__profiles {
    struct brc__config_file *files[BRC__SHARED_FILES]; /* NULL: not there, or not to be read */
    char *paths[BRC__SHARED_FILES];
    char *looked_at;      /* both paths, and what was wrong with them */
    char *fault;          /* a file breaks the rules: no profile can be relied on; else NULL */
    char *name;           /* of the profile that counts */
    const char *named_by; /* a variable; NULL: it is `default` for want of another */
};

/* Which profile counts: what AWS_PROFILE says, else AWS_DEFAULT_PROFILE (so does the second command
 * line tool; the first one and Python ask them the other way round, everybody else the first
 * alone), else `default`. All is copied. Returns 0 or BRC_E_NOMEM; a file that breaks the rules is
 * noted in `fault`. To be destroyed in either case. */
int brc__profiles_init(struct brc__profiles *ret_profiles,
                       const struct brc__environment *environment,
                       const struct brc__shared_text texts[BRC__SHARED_FILES]);

/* Wipes. */
void brc__profiles_destroy(struct brc__profiles *profiles);

/* Whether either file has the profile. */
bool brc__profile_exists(const struct brc__profiles *profiles, const char *profile);

/* Borrowed; NULL for none, and for an empty value. */
const char *brc__profile_get(const struct brc__profiles *profiles, const char *profile,
                             const char *key);

#endif
