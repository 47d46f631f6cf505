/* SPDX-License-Identifier: MIT */
#include "catalogue.h"
#include "book.h"

#include <stdio.h>
#include <string.h>

/* The profiles of a file: {"profiles": [...]}, or a single one. */
static json_t *read_profiles(const char *path)
{
    json_error_t error;
    json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    json_t *profiles = json_object_get(file, "profiles");

    if (file == NULL)
        failed("%s: line %d: %s", path, error.line, error.text);
    else if (json_object_get(file, "arn") != NULL)
        return json_pack("[o]", file);
    else if (!json_is_array(profiles))
        failed("%s: there is no \"profiles\": [...] in it", path);
    profiles = json_is_array(profiles) ? json_incref(profiles) : NULL;
    json_decref(file);
    return profiles;
}

/* What the ledger knows. */
static json_t *ask_ledger(brc_ledger *ledger)
{
    if (ledger != NULL)
        return book_query(ledger, json_pack("{ss}", "kind", "profile"));
    failed("a name needs --catalogue FILE, or --ledger FILE");
    return NULL;
}

static bool has_name(const json_t *profile, const char *name)
{
    static const char *const members[] = {"name", "alias", "arn"};
    bool found = false;

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *text = text_of(profile, members[i]);
        found = found || (text != NULL && strcmp(text, name) == 0);
    }
    return found;
}

/* There is none: names what there is, as far as there is room. */
static int none(const json_t *profiles, const char *where, const char *name)
{
    const json_t *profile;
    char others[1024] = "";
    size_t i;

    if (json_array_size(profiles) == 0)
        return failed("%s knows no profiles yet", where);
    json_array_foreach(profiles, i, profile)
    {
        const char *other = text_of(profile, "name");
        size_t length = strlen(others);
        snprintf(others + length, sizeof others - length, "%s %s", i > 0 ? "," : "",
                 other != NULL ? other : "one without a name");
    }
    return failed("%s knows no profile %s; it has%s", where, name, others);
}

int catalogue_find(const char *path, brc_ledger *ledger, const char *name, char **ret_arn)
{
    json_t *profiles = path != NULL ? read_profiles(path) : ask_ledger(ledger);
    const char *where = path != NULL ? path : "the ledger", *arn = NULL;
    const json_t *profile;
    size_t i, matches = 0;
    int rc = DONE;

    *ret_arn = NULL;
    if (profiles == NULL)
        return FAILED;
    json_array_foreach(profiles, i, profile)
    {
        if (!has_name(profile, name))
            continue;
        arn = text_of(profile, "arn");
        matches++;
    }
    if (matches == 0)
        rc = none(profiles, where, name);
    else if (matches > 1)
        rc = failed("%s has several profiles %s: give the ARN", where, name);
    else if (arn == NULL)
        rc = failed("%s: profile %s has no \"arn\"", where, name);
    else if ((*ret_arn = strdup(arn)) == NULL)
        rc = failed("%s", brc_strerror(BRC_E_NOMEM));
    json_decref(profiles);
    return rc;
}
