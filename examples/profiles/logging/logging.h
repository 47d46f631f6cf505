/* What `profiles logging` consists of; `verify` looks at the setting, too.
 * SPDX-License-Identifier: MIT */
#ifndef PROFILES_LOGGING_H
#define PROFILES_LOGGING_H

#include "profiles.h"

enum {
    LOGGING_KINDS = 5, /* of data that a log can be with or without */
    LOGGING_CHOICES = 7 + 2 * LOGGING_KINDS + 1
};

extern const struct logging_kind {
    const char *name, *member, *with, *without; /* "text", AWS's, and the options */
} logging_kinds[LOGGING_KINDS];

struct logging {
    struct profiles *profiles;
    const char *s3, *group, *role, *large; /* what is said, or NULL */
    bool no_s3, no_group, yes;
    bool with[LOGGING_KINDS], without[LOGGING_KINDS];
    char where[CLOUD_REGION + 4]; /* " of us-east-1", or "" */
};

/* ---------------------------------------------------------------- logging.c */

/* AWS's loggingConfig; an empty object if logging is off. DONE or FAILED. */
int logging_read(struct cloud *cloud, json_t **ret_config);

/* ---------------------------------------------------------------- settings.c */

/* The options of the command; the last has no name. */
void logging_choices(struct logging *logging, struct choice choices[LOGGING_CHOICES]);
bool logging_says_nothing(const struct logging *logging);

/* The setting with what was said changed in it, and all else kept, whatever it is. DONE; MISUSED,
 * and has said why. */
int logging_apply(const struct logging *logging, const json_t *before, json_t **ret_after);

/* ---------------------------------------------------------------- changes.c */

/* An array of {"member": "s3Config.bucketName", "before", "after"}, null for what is not there.
 * What is false or empty is as good as not there. */
json_t *logging_changes(const json_t *before, const json_t *after);
bool logging_same(const json_t *one, const json_t *other);
void logging_print_changes(const json_t *changes);

#endif
