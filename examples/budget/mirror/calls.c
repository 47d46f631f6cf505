/* What there is at AWS. SPDX-License-Identifier: MIT */
#include "mirror.h"

#include <string.h>

/* Cost Explorer charges for each request. */
static void count_charged(struct mirror *mirror, const char *service, int64_t calls_before)
{
    if (strcmp(service, "ce") == 0)
        mirror->charged += mirror->cloud.calls - calls_before;
}

json_t *mirror_target(const struct mirror *mirror, const char *budget)
{
    return json_pack("{ss ss}", "AccountId", mirror->account, "BudgetName", budget);
}

json_t *mirror_list(struct mirror *mirror, const struct pages *pages, json_t *input,
                    const char *missing)
{
    int64_t before = mirror->cloud.calls;
    json_t *items;

    int rc = cloud_list(&mirror->cloud, pages, input, &items);
    count_charged(mirror, pages->service, before);
    if (rc == 0)
        return items;
    if (missing != NULL && cloud_error_is(&mirror->cloud, missing))
        return json_array();
    cloud_failed(&mirror->cloud, "%s", pages->operation);
    return NULL;
}

/* Services differ in the case of a letter, and in what they call the tags. */
static const struct tags {
    const char *service, *arn, *tags;
} tag_names[] = {
    {"budgets", "ResourceARN", "ResourceTags"},
    {"ce", "ResourceArn", "ResourceTags"},
    {"cloudwatch", "ResourceARN", "Tags"},
};

int mirror_is_ours(struct mirror *mirror, const char *region, const char *service, const char *arn)
{
    const struct tags *names = tag_names;
    int64_t before = mirror->cloud.calls;
    json_t *answer;
    const json_t *tag;
    int ours = 0;
    size_t i;

    while (strcmp(names->service, service) != 0)
        names++;
    int rc = cloud_call_in(&mirror->cloud, region, service, "ListTagsForResource",
                           json_pack("{ss}", names->arn, arn), &answer);
    count_charged(mirror, service, before);
    if (rc < 0)
        ours = -1 * cloud_failed(&mirror->cloud, "%s: its tags cannot be read", arn);
    json_array_foreach(json_object_get(rc == 0 ? answer : NULL, names->tags), i, tag)
    {
        if (strcmp(shown(tag, "Key"), MANAGED_TAG) == 0 &&
            strcmp(shown(tag, "Value"), MANAGED_VALUE) == 0)
            ours = 1;
    }
    json_decref(answer);
    return ours;
}
