/* What the files of `profiles cfn` share. SPDX-License-Identifier: MIT */
#ifndef PROFILES_CFN_H
#define PROFILES_CFN_H

#include "profiles.h"

enum {
    LOGICAL_ID = 256 /* bytes of a logical id, with its NUL */
};

/* A template in the making. */
struct template
{
    const struct declaration *declaration;
    const char *environment; /* the one it is for; NULL: all */
    json_t *parameters, *conditions, *resources, *outputs;
    json_t *shared;       /* tag keys of the file -> the parameter with the value */
    json_t *environments; /* their names -> the condition */
    bool failed;          /* no memory */
};

/* ---------------------------------------------------------------- cfn.c */

/* Letters and digits of a name in camel case, as "SupportBotProd", that `taken` has not yet. */
const char *logical_id(char ret_id[LOGICAL_ID], const char *prefix, const char *name,
                       json_t *taken);
void set_in(struct template *template, json_t *object, const char *name, json_t *value);

/* ---------------------------------------------------------------- parameters.c */

/* Environment, a parameter for each tag of the file, and a condition for each environment. */
void add_parameters(struct template *template);

/* A tag's value: a reference to the parameter, or the text. */
json_t *tag_value(const struct template *template, const struct wanted *wanted, const char *key,
                  json_t *value);

/* ---------------------------------------------------------------- yaml.c */

void print_yaml(json_t *value);

#endif
