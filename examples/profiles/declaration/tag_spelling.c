/* Spelling variants, which a report by tags would list as different teams.
 * SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What variants have in common: lower case, without hyphens, underscores and blanks. To be freed.
 */
static char *fold(const char *text)
{
    char *folded = malloc(strlen(text) + 1), *to = folded;

    if (folded == NULL)
        return NULL;
    for (; *text != '\0'; text++) {
        if (strchr("-_ ", *text) == NULL)
            *to++ = (char)tolower((unsigned char)*text);
    }
    *to = '\0';
    return folded;
}

/* The object within an object, made if it is not there; NULL: no memory. */
static json_t *inner(json_t *object, const char *name)
{
    json_t *found = json_object_get(object, name);

    if (found == NULL && json_object_set_new(object, name, json_object()) == 0)
        found = json_object_get(object, name);
    return found;
}

/* Counts a spelling: groups[folded][spelling]. */
static int count_spelling(json_t *groups, const char *spelling)
{
    char *folded = fold(spelling);
    json_t *group = folded != NULL ? inner(groups, folded) : NULL;
    json_int_t count = json_integer_value(json_object_get(group, spelling));

    free(folded);
    return json_object_set_new(group, spelling, json_integer(count + 1));
}

/* Neither capitals nor blanks. */
static bool is_plain(const char *text)
{
    while (*text != '\0' && *text != ' ' && !isupper((unsigned char)*text))
        text++;
    return *text == '\0';
}

static bool is_better(const char *spelling, json_int_t count, const char *other, json_int_t others)
{
    if (is_plain(spelling) != is_plain(other))
        return is_plain(spelling);
    return count != others ? count > others : strcmp(spelling, other) < 0;
}

/* The spelling to keep: one without capitals and blanks; among those the one of most profiles, then
 * the first in the order of bytes. */
static const char *best_spelling(json_t *group)
{
    const char *best = NULL, *spelling;
    json_int_t most = 0;
    json_t *count;

    json_object_foreach(group, spelling, count)
    {
        if (best == NULL || is_better(spelling, json_integer_value(count), best, most)) {
            best = spelling;
            most = json_integer_value(count);
        }
    }
    return best;
}

/* What the spelling should be; NULL if it is as it should be, or is nothing but separators. */
static const char *better_spelling(const json_t *groups, const char *spelling, json_t **ret_group)
{
    char *folded = fold(spelling);
    const char *best = NULL;

    *ret_group = folded != NULL ? json_object_get(groups, folded) : NULL;
    if (folded != NULL && *folded != '\0')
        best = best_spelling(*ret_group);
    free(folded);
    return best != NULL && strcmp(best, spelling) != 0 ? best : NULL;
}

static bool is_compared(const char *key)
{
    return strncasecmp(key, "aws:", 4) != 0; /* AWS's own, which nobody can change */
}

static int count_all(json_t *profiles, json_t *keys, json_t *values)
{
    json_t *profile, *value;
    const char *key;
    size_t i;

    json_array_foreach(profiles, i, profile)
    {
        json_object_foreach(json_object_get(profile, "tags"), key, value)
        {
            if (!is_compared(key) || !json_is_string(value))
                continue;
            json_t *groups = inner(values, key);
            if (groups == NULL || count_spelling(keys, key) < 0 ||
                count_spelling(groups, json_string_value(value)) < 0)
                return -1;
        }
    }
    return 0;
}

static int compare_tag(const char *subject, const char *key, const char *value, const json_t *keys,
                       const json_t *values, json_t *findings)
{
    char remedy[512];
    json_t *group;
    int rc = 0;

    const char *better = better_spelling(keys, key, &group);
    if (better != NULL) {
        snprintf(remedy, sizeof remedy, "call it %s", better);
        rc = finding_add(findings, subject, "spelling", key, NULL, remedy,
                         "the tag \"%s\" is called \"%s\" elsewhere, so reports have two of it",
                         key, better);
    }
    better = better_spelling(json_object_get(values, key), value, &group);
    if (better != NULL && rc == 0) {
        snprintf(remedy, sizeof remedy, "write %s", better);
        rc = finding_add(findings, subject, "spelling", key, value, remedy,
                         "%s=%s is \"%s\" with %lld profile(s), so reports tell them apart", key,
                         value, better,
                         (long long)json_integer_value(json_object_get(group, better)));
    }
    return rc;
}

int tag_policy_compare(json_t *profiles, json_t *findings)
{
    json_t *keys = json_object(), *values = json_object(), *profile, *value;
    const char *key;
    size_t i;

    int rc = count_all(profiles, keys, values);
    json_array_foreach(profiles, i, profile)
    {
        json_object_foreach(json_object_get(profile, "tags"), key, value)
        {
            if (rc == 0 && is_compared(key) && json_is_string(value))
                rc = compare_tag(text_of(profile, "subject"), key, json_string_value(value), keys,
                                 values, findings);
        }
    }
    json_decref(keys);
    json_decref(values);
    return rc;
}
