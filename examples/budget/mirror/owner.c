/* Whose spend a budget counts, and by which tags AWS's bill can tell it from other.
 * SPDX-License-Identifier: MIT */
#include "mirror.h"

#include <string.h>

bool owner_covers(const json_t *owner, const json_t *profile)
{
    const char *tag = text_of(owner, "tag"), *arn = text_of(owner, "profile");
    const char *series = text_of(owner, "series");

    if (arn != NULL)
        return strcmp(arn, shown(profile, "arn")) == 0;
    if (series != NULL)
        return json_equal(json_object_get(owner, "series"), json_object_get(profile, "series"));
    if (tag == NULL)
        return true;
    const char *value = text_of(json_object_get(profile, "tags"), tag);
    return value != NULL && strcmp(value, shown(owner, "value")) == 0;
}

bool owner_is_of_profiles(const json_t *owner)
{
    return text_of(owner, "profile") != NULL || text_of(owner, "series") != NULL;
}

json_t *owner_tag_filter(const char *key, const char *value)
{
    return json_pack("{s{ss s[s] s[s]}}", "Tags", "Key", key, "Values", value, "MatchOptions",
                     "EQUALS");
}

/* ---- the tags that tell its profiles from all others ---- */

/* Those that all of its profiles have; an empty object if it has none. Not MANAGED_TAG, which is of
 * whatever we make. */
static json_t *common_tags(const struct mirror *mirror, const json_t *owner)
{
    json_t *common = NULL, *tags, *value;
    const json_t *profile;
    const char *key;
    void *next;
    size_t i;

    json_array_foreach(mirror->profiles, i, profile)
    {
        tags = json_object_get(profile, "tags");
        if (!owner_covers(owner, profile))
            continue;
        if (common == NULL)
            common = json_copy(tags);
        json_object_foreach_safe(common, next, key, value)
        {
            if (!json_equal(value, json_object_get(tags, key)))
                json_object_del(common, key);
        }
    }
    json_object_del(common, MANAGED_TAG);
    return common != NULL ? common : json_object();
}

static bool has_all(const json_t *tags, json_t *chosen)
{
    const char *key;
    json_t *value;

    json_object_foreach(chosen, key, value)
    {
        if (!json_equal(value, json_object_get(tags, key)))
            return false;
    }
    return true;
}

/* How many other profiles have these tags too. */
static size_t count_others(const struct mirror *mirror, const json_t *owner, json_t *chosen)
{
    const json_t *profile;
    size_t i, count = 0;

    json_array_foreach(mirror->profiles, i, profile)
    {
        count += !owner_covers(owner, profile) && has_all(json_object_get(profile, "tags"), chosen);
    }
    return count;
}

/* Chooses the one that leaves the fewest others, by name if there are several. Whether it helps;
 * the first does in any case. */
static bool choose_tag(const struct mirror *mirror, const json_t *owner, json_t *tags,
                       json_t *chosen)
{
    bool first = json_object_size(chosen) == 0;
    size_t least = first ? SIZE_MAX : count_others(mirror, owner, chosen);
    const char *key, *best = NULL;
    json_t *value;

    json_object_foreach(tags, key, value)
    {
        if (json_object_get(chosen, key) != NULL)
            continue;
        json_object_set(chosen, key, value);
        size_t others = count_others(mirror, owner, chosen);
        json_object_del(chosen, key);
        if (others < least || (others == least && best != NULL && strcmp(key, best) < 0)) {
            least = others;
            best = key;
        }
    }
    if (best != NULL)
        json_object_set(chosen, best, json_object_get(tags, best));
    return best != NULL;
}

/* One tag, or several that have to be there together. */
static json_t *filter_by(json_t *chosen)
{
    json_t *filters = json_array(), *value;
    const char *key;

    json_object_foreach(chosen, key, value)
    {
        json_array_append_new(filters, owner_tag_filter(key, json_string_value(value)));
    }
    json_t *filter = json_array_size(filters) == 1 ? json_incref(json_array_get(filters, 0))
                                                   : json_pack("{sO}", "And", filters);
    json_decref(filters);
    return filter;
}

json_t *owner_filter(const struct mirror *mirror, const json_t *owner)
{
    json_t *tags = common_tags(mirror, owner), *chosen = json_object(), *filter = NULL;
    bool helps = true;

    while (helps && (json_object_size(chosen) == 0 || count_others(mirror, owner, chosen) > 0))
        helps = choose_tag(mirror, owner, tags, chosen);
    if (helps)
        filter = filter_by(chosen);
    json_decref(chosen);
    json_decref(tags);
    return filter;
}
