/* Reads the text of AWS's shared files, `config` and `credentials`: sections of `key = value`.
 *
 * Pure: the text is given. What AWS's own readers do is in config_file.c, where they differ.
 * Values may be secrets: they live in one block that is wiped, and are in no error text.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__CONFIG_FILE_H
#define BRC__CONFIG_FILE_H

#include "error.h"
#include "memory.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    BRC__CONFIG_FILE_MAX = 1024 * 1024, /* bytes of one file */
};

/* How the sections of profiles are written. */
enum brc__config_dialect {
    BRC__CONFIG_DIALECT,      /* [default], [profile NAME]; and the other kinds */
    BRC__CREDENTIALS_DIALECT, /* [NAME], all of them profiles */
};

enum brc__config_kind {
    BRC__CONFIG_OTHER, /* of no use here: read, checked, and not kept */
    BRC__CONFIG_PROFILE,
    BRC__CONFIG_SSO_SESSION,
    BRC__CONFIG_SERVICES,
};

/* One `key = value`, or a section's header, which has neither. */
struct brc__config_entry {
    enum brc__config_kind kind;
    const char *section; /* the name of the profile, session or list of services */
    const char *key;     /* in lower case; NULL for the header */
    const char *sub_key; /* of a line in the key's block, in lower case; else NULL */
    const char *value;   /* "" begins a block, or says nothing */
};

struct brc__config_file;

#define brc__auto_config_file brc__cleanup(brc__config_file_free_p)

/* `path` is for the error's text alone. Returns 0, BRC_E_NOMEM, BRC_E_TOO_LARGE, or BRC_E_INVALID,
 * the text of the last two naming the file, the line, and what is wrong with it. */
int brc__config_file_parse(enum brc__config_dialect dialect, const char *path, const char *text,
                           size_t length, struct brc__config_file **ret_file,
                           struct brc__error *error);

/* Wipes. NULL is fine. Returns NULL. */
struct brc__config_file *brc__config_file_free(struct brc__config_file *file);

static inline void brc__config_file_free_p(struct brc__config_file **file)
{
    brc__config_file_free(*file);
}

/* Whether the section's header is there. No file has no sections. */
bool brc__config_file_has(const struct brc__config_file *file, enum brc__config_kind kind,
                          const char *section);

/* The value of a key, or of a sub-key in its block if sub_key is not NULL; borrowed. The last one
 * counts where there are several. An empty value counts as none: NULL. */
const char *brc__config_file_get(const struct brc__config_file *file, enum brc__config_kind kind,
                                 const char *section, const char *key, const char *sub_key);

/* Entry n, in the order of the file; NULL after the last. */
const struct brc__config_entry *brc__config_file_entry(const struct brc__config_file *file,
                                                       size_t n);

#endif
