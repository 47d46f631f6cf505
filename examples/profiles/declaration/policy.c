/* The tag policy of the declaration: is it one? SPDX-License-Identifier: MIT */
#include "declaration.h"

#include <string.h>

enum {
    TEXT_MOST = 256 /* of a tag's value; AWS's */
};

/* A list of texts that are not empty, and none twice. */
static void check_texts(struct remarks *remarks, const char *place, const json_t *list,
                        const char *takes)
{
    char inner[PLACE], text[CELL];
    json_t *seen = json_object(), *value;
    size_t i;

    json_array_foreach(list, i, value)
    {
        const char *word = json_string_value(value);
        place_in(inner, place, i);
        if (word == NULL || *word == '\0')
            mistake(remarks, inner, "takes %s, and not %s", takes, shorten_value(text, value));
        else if (json_object_get(seen, word) != NULL)
            mistake(remarks, inner, "%s stands there twice; leave one out", shorten(text, word));
        else if (!has_tag_characters(word) || strlen(word) > TEXT_MOST)
            mistake(remarks, inner,
                    "\"%s\" cannot be in a tag: AWS takes up to %d letters a-z, digits, blanks and "
                    ". _ : / = + @ -",
                    shorten(text, word), TEXT_MOST);
        else if (json_object_set_new(seen, word, json_true()) < 0)
            remarks->failed = true;
    }
    if (json_is_array(list) && json_array_size(list) == 0)
        mistake(remarks, place, "is empty; leave it out, or list %s", takes);
    json_decref(seen);
}

static void check_rule(struct remarks *remarks, const char *rule)
{
    char text[CELL];

    for (const char *const *known = naming_rules; *known != NULL && rule != NULL; known++) {
        if (strcmp(*known, rule) == 0)
            return;
    }
    if (rule != NULL)
        mistake(remarks, "tagPolicy.namingRule",
                "there is no rule \"%s\"; the rules are lowercase-with-hyphens, "
                "lowercase-with-underscores, lowercase and none",
                shorten(text, rule));
}

void check_policy(struct remarks *remarks, json_t *policy)
{
    static const struct member members[] = {
        {"requiredTags", LIST, false, "a list of tag keys, as [\"owner-team\", \"cost-center\"]"},
        {"allowedEnvironments", LIST, false,
         "a list of environments, as [\"dev\", \"staging\", \"prod\"]"},
        {"namingRule", TEXT, false, "the name of a rule, as \"lowercase-with-hyphens\""},
        {"allowedValues", OBJECT, false,
         "lists of values by tag key, as {\"cost-center\": [\"cc-410\", \"cc-411\"]}"},
        {.name = NULL},
    };
    char inner[PLACE], text[CELL];
    const char *key;
    json_t *list;

    check_members(remarks, "tagPolicy", policy, members);
    check_texts(remarks, "tagPolicy.requiredTags", json_object_get(policy, "requiredTags"),
                "the key of a tag");
    check_texts(remarks, "tagPolicy.allowedEnvironments",
                json_object_get(policy, "allowedEnvironments"), "the name of an environment");
    check_rule(remarks, text_of(policy, "namingRule"));
    json_object_foreach(json_object_get(policy, "allowedValues"), key, list)
    {
        place_of(inner, "tagPolicy.allowedValues", key);
        if (!json_is_array(list))
            mistake(remarks, inner, "takes a list of values, as [\"cc-410\"], and not %s",
                    shorten_value(text, list));
        check_texts(remarks, inner, list, "the value of a tag");
    }
}
