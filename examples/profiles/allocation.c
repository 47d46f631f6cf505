/* What billing knows of tag keys. SPDX-License-Identifier: MIT */
#include "activate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    KEYS_A_CALL = 100,         /* of ListCostAllocationTags */
    YOUNG_S = 2 * 24 * 60 * 60 /* AWS tells the day and not the hour */
};

json_t *allocation_keys(const struct declaration *declaration)
{
    json_t *required = json_object_get(declaration->tag_policy, "requiredTags");
    json_t *keys = json_array(), *value;
    const char *key;

    if (json_array_size(required) > 0) {
        json_array_extend(keys, required);
        return keys;
    }
    for (size_t i = 0; i < declaration->count; i++) {
        json_object_foreach(declaration->wanted[i].tags, key, value)
        {
            if (strcmp(key, MANAGED_TAG) != 0 && !has_text(keys, key))
                json_array_append_new(keys, json_string(key));
        }
    }
    return keys;
}

static int read_some(struct cloud *cloud, json_t *keys, json_t *known)
{
    static const struct pages pages = {.service = "ce",
                                       .operation = "ListCostAllocationTags",
                                       .items = "CostAllocationTags",
                                       .token = "NextToken"};
    json_t *items, *item;
    size_t i;

    int rc = cloud_list(cloud, &pages,
                        json_pack("{ss, so}", "Type", "UserDefined", "TagKeys", keys), &items);
    json_array_foreach(items, i, item)
    {
        json_object_set(known, shown(item, "TagKey"), item);
    }
    json_decref(items);
    return rc;
}

int allocation_read(struct cloud *cloud, const json_t *keys, json_t **ret_known)
{
    size_t count = json_array_size(keys);
    int rc = 0;

    *ret_known = json_object();
    for (size_t i = 0; i < count && rc == 0; i += KEYS_A_CALL) {
        json_t *some = json_array();
        for (size_t k = i; k < count && k < i + KEYS_A_CALL; k++)
            json_array_append(some, json_array_get(keys, k));
        rc = read_some(cloud, some, *ret_known);
    }
    return rc;
}

/* Seconds since 1970 of "2026-11-25T17:45:08Z"; 0 if it is none. */
static time_t moment_of(const char *text)
{
    struct tm parts = {.tm_isdst = 0};

    if (text == NULL || sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &parts.tm_year, &parts.tm_mon,
                               &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec) < 3)
        return 0;
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    return timegm(&parts);
}

enum allocation allocation_of(const json_t *known, const char *key)
{
    const json_t *tag = json_object_get(known, key);

    if (tag == NULL)
        return ALLOCATION_UNSEEN;
    if (strcmp(shown(tag, "Status"), "Active") != 0)
        return ALLOCATION_INACTIVE;
    return time(NULL) - moment_of(text_of(tag, "LastUpdatedDate")) < YOUNG_S ? ALLOCATION_YOUNG
                                                                             : ALLOCATION_ACTIVE;
}

const char *allocation_since(const json_t *known, const char *key, char ret_day[ALLOCATION_DAY])
{
    snprintf(ret_day, ALLOCATION_DAY, "%.10s",
             shown(json_object_get(known, key), "LastUpdatedDate"));
    return ret_day;
}
