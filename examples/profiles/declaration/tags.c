/* Tags of the declaration: the file's, a workload's, a profile's, one over the other.
 * SPDX-License-Identifier: MIT */
#include "declaration.h"

#include <string.h>

json_t *merge_tags(const struct declaration *declaration, const json_t *workload,
                   const struct wanted *wanted)
{
    json_t *from[] = {json_object_get(declaration->file, "tags"), json_object_get(workload, "tags"),
                      json_object_get(wanted->declared, "tags")};
    json_t *tags =
        json_pack("{ss ss}", "application", wanted->workload, "environment", wanted->environment);
    const char *key;
    json_t *value;

    for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
        json_object_foreach(from[i], key, value)
        {
            if (json_is_string(value) && json_object_set(tags, key, value) < 0)
                return NULL;
        }
    }
    if (json_object_set_new(tags, MANAGED_TAG, json_string(MANAGED_VALUE)) < 0)
        return NULL;
    return tags;
}

void check_tags(struct remarks *remarks, const char *place, json_t *tags)
{
    char inner[PLACE], text[CELL];
    const char *key;
    json_t *value;

    json_object_foreach(tags, key, value)
    {
        place_of(inner, place, key);
        if (!json_is_string(value))
            mistake(remarks, inner, "a tag takes a text, and not %s", shorten_value(text, value));
        if (strcmp(key, MANAGED_TAG) == 0)
            mistake(remarks, inner,
                    "this program sets the tag itself, to know its profiles again; leave it out");
    }
}

/* Whatever is wrong with the tags of one object. */
static void check_syntax(struct remarks *remarks, const char *place, json_t *tags)
{
    json_t *findings = json_array(), *finding;
    size_t i;

    if (tag_policy_judge(NULL, place, tags, findings) < 0)
        remarks->failed = true;
    json_array_foreach(findings, i, finding)
    {
        const char *key = text_of(finding, "tag");
        char inner[PLACE];
        mistake(remarks, key != NULL ? place_of(inner, place, key) : place, "%s; %s",
                shown(finding, "message"), shown(finding, "remedy"));
    }
    json_decref(findings);
}

static void check_syntax_in(struct remarks *remarks, const char *place, const json_t *object)
{
    char inner[PLACE];
    json_t *tags = json_object_get(object, "tags");

    if (json_is_object(tags))
        check_syntax(remarks, place_of(inner, place, "tags"), tags);
}

static void check_workload(struct remarks *remarks, const char *place, const json_t *workload)
{
    json_t *environments = json_object_get(workload, "environments");
    char inner[PLACE], innermost[PLACE];
    const char *name;
    json_t *environment;

    check_syntax_in(remarks, place, workload);
    place_of(inner, place, "environments");
    json_object_foreach(environments, name, environment)
        check_syntax_in(remarks, place_of(innermost, inner, name), environment);
}

void check_tag_syntax(struct remarks *remarks, const struct declaration *declaration)
{
    json_t *workloads = json_object_get(declaration->file, "workloads");
    char place[PLACE];
    const char *name;
    json_t *workload;

    check_syntax_in(remarks, "", declaration->file);
    json_object_foreach(workloads, name, workload)
        check_workload(remarks, place_of(place, "workloads", name), workload);
    for (size_t i = 0; i < declaration->count; i++) {
        const struct wanted *wanted = &declaration->wanted[i];
        if (json_object_size(wanted->tags) > TAGS_MOST)
            mistake(remarks, wanted->alias,
                    "has %zu tags, with those of the file and of the workload, \"application\", "
                    "\"environment\" and \"" MANAGED_TAG "\"; AWS keeps %d: leave some out",
                    json_object_size(wanted->tags), TAGS_MOST);
    }
}
