/* SPDX-License-Identifier: MIT */
#include "catalogue.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static int fails(char why[CATALOGUE_WHY], const char *format,
                                                       ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, CATALOGUE_WHY, format, arguments);
    va_end(arguments);
    return -1;
}

/* The profiles of a file: {"profiles": [...]}, or a single one. */
static json_t *read_file(const char *path, char why[CATALOGUE_WHY])
{
    json_error_t error;
    json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    json_t *profiles = json_object_get(file, "profiles");

    if (file == NULL)
        fails(why, "%s: line %d: %s", path, error.line, error.text);
    else if (json_object_get(file, "arn") != NULL)
        return json_pack("[o]", file);
    else if (!json_is_array(profiles))
        fails(why, "%s: there is no \"profiles\": [...] in it", path);
    profiles = json_is_array(profiles) ? json_incref(profiles) : NULL;
    json_decref(file);
    return profiles;
}

static int collect(const char *json, void *user_data)
{
    return json_array_append_new(user_data, json_loads(json, 0, NULL));
}

/* What the ledger knows. */
static json_t *read_ledger(brc_ledger *ledger, char why[CATALOGUE_WHY])
{
    json_t *profiles = json_array();

    if (ledger == NULL) {
        fails(why, "a name needs --catalogue FILE, or --ledger FILE");
    } else if (brc_ledger_query(ledger, "{\"kind\": \"profile\"}", collect, profiles) < 0) {
        brc_ledger_error(ledger, why, CATALOGUE_WHY);
    } else {
        return profiles;
    }
    json_decref(profiles);
    return NULL;
}

static int has_name(const json_t *profile, const char *name)
{
    static const char *const members[] = {"name", "alias", "arn"};
    int found = 0;

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *text = json_string_value(json_object_get(profile, members[i]));
        found |= text != NULL && strcmp(text, name) == 0;
    }
    return found;
}

/* There is none: names what there is, as far as there is room. */
static int none(const json_t *profiles, const char *where, const char *name,
                char why[CATALOGUE_WHY])
{
    const json_t *profile;
    size_t i;

    fails(why, "%s knows no profile %s; it has", where, name);
    json_array_foreach(profiles, i, profile)
    {
        const char *other = json_string_value(json_object_get(profile, "name"));
        size_t length = strlen(why);
        snprintf(why + length, CATALOGUE_WHY - length, "%s %s", i > 0 ? "," : "",
                 other != NULL ? other : "one without a name");
    }
    return json_array_size(profiles) > 0 ? -1 : fails(why, "%s knows no profiles yet", where);
}

int catalogue_find(const char *path, brc_ledger *ledger, const char *name, char **ret_arn,
                   char ret_why[CATALOGUE_WHY])
{
    json_t *profiles = path != NULL ? read_file(path, ret_why) : read_ledger(ledger, ret_why);
    const char *where = path != NULL ? path : "the ledger", *arn = NULL;
    const json_t *profile;
    size_t i, matches = 0;
    int rc = 0;

    *ret_arn = NULL;
    if (profiles == NULL)
        return -1;
    json_array_foreach(profiles, i, profile)
    {
        if (!has_name(profile, name))
            continue;
        arn = json_string_value(json_object_get(profile, "arn"));
        matches++;
    }
    if (matches == 0)
        rc = none(profiles, where, name, ret_why);
    else if (matches > 1)
        rc = fails(ret_why, "%s has several profiles %s: give the ARN", where, name);
    else if (arn == NULL)
        rc = fails(ret_why, "%s: profile %s has no \"arn\"", where, name);
    else
        *ret_arn = strdup(arn);
    json_decref(profiles);
    if (rc == 0 && *ret_arn == NULL)
        rc = fails(ret_why, "%s", brc_strerror(BRC_E_NOMEM));
    return rc;
}
