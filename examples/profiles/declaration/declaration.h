/* What the files that read the declaration share. SPDX-License-Identifier: MIT */
#ifndef PROFILES_DECLARATION_H
#define PROFILES_DECLARATION_H

#include "profiles.h"

enum {
    PLACE = 480,     /* bytes of a place in the file: "workloads.support-bot.tags", with its NUL */
    NAME_MOST = 64,  /* AWS's, of a profile's name */
    ALIAS_MOST = 61, /* with room for _NN behind it: see plan.c */
};

/* What is found while a file is read: mistakes, with which it is not used, and warnings. Both are
 * arrays of {"place", "message"}. */
struct remarks {
    json_t *mistakes, *warnings;
    bool failed; /* no memory */
};

/* ---------------------------------------------------------------- declaration.c */

/* Reads the text of a file; `declaration` has its path. Whatever could be read is there, also if
 * there are mistakes. To be freed in any case. */
void declaration_parse(const struct profiles *profiles, const char *text, size_t length,
                       struct declaration *declaration, struct remarks *remarks);

/* The same of the program's file. DONE, also if there are mistakes; FAILED if it cannot be read,
 * and has said why. */
int declaration_load(const struct profiles *profiles, struct declaration *ret_declaration,
                     struct remarks *ret_remarks);
/* Prints a list of them on stderr. */
void remarks_tell(const char *path, const char *what, const json_t *list);
void remarks_free(struct remarks *remarks);

/* ---------------------------------------------------------------- members.c */

/* A member that an object may have. */
struct member {
    const char *name;
    enum {
        TEXT,
        FLAG,
        COUNT,
        OBJECT,
        LIST
    } type;
    bool required;
    const char *takes; /* "US dollars as a text, as \"500\"" */
};

__attribute__((format(printf, 3, 4))) void mistake(struct remarks *remarks, const char *place,
                                                   const char *format, ...);
__attribute__((format(printf, 3, 4))) void warn(struct remarks *remarks, const char *place,
                                                const char *format, ...);

/* The place of a member, or of an element ("accepts[2]"). Returns ret_place. */
const char *place_of(char ret_place[PLACE], const char *place, const char *name);
const char *place_in(char ret_place[PLACE], const char *place, size_t index);

/* A text as it can be shown in a line: cut, without control characters. Returns ret_text. */
const char *shorten(char ret_text[CELL], const char *text);

/* A value as JSON, cut as well. */
const char *shorten_value(char ret_text[CELL], const json_t *value);

/* Notes members that are not in `members` (of which a NULL name is the last), have the wrong type,
 * or are missing. */
void check_members(struct remarks *remarks, const char *place, json_t *object,
                   const struct member *members);

/* Names of AWS: letters and digits, with single blanks, hyphens or underscores between them. */
bool is_name(const char *text);

/* ---------------------------------------------------------------- policy.c */

void check_policy(struct remarks *remarks, json_t *policy);

/* ---------------------------------------------------------------- profile.c */

/* What else is said of a profile: its description, budget, accepts, maxOutput. */
void check_profile(struct remarks *remarks, const char *place, const struct wanted *wanted);

/* All degradeTo, when all profiles are known. */
void check_degrading(struct remarks *remarks, const struct declaration *declaration);

/* ---------------------------------------------------------------- source.c */

bool is_region(const char *text);
/* "aws", "aws-us-gov", "aws-cn" ... */
const char *partition_of(const char *region);

/* copyFrom as an ARN into wanted->source, or what is wrong with it. */
void read_source(struct remarks *remarks, const char *place, const struct declaration *declaration,
                 struct wanted *wanted);

/* ---------------------------------------------------------------- tags.c */

/* All tags of a profile, from the file's, the workload's and its own. NULL: no memory. */
json_t *merge_tags(const struct declaration *declaration, const json_t *workload,
                   const struct wanted *wanted);

/* An object of tags: texts only, and none that the program sets itself. */
void check_tags(struct remarks *remarks, const char *place, json_t *tags);

/* What AWS would refuse of all tags that the file says. */
void check_tag_syntax(struct remarks *remarks, const struct declaration *declaration);

#endif
