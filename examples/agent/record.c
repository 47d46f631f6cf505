/* How to get back: tags on the agent, where a second run on another machine finds them.
 *
 *   bedrockcost-previous-model              the model of DRAFT
 *   bedrockcost-previous-model-PROMPTTYPE   of a prompt with a model of its own
 *   bedrockcost-previous-version-ALIASID    the version that the alias ran
 *   bedrockcost-switched-off-ALIASID        `switch-off` did it
 *
 * SPDX-License-Identifier: MIT */
#include "agent.h"

#include <stdio.h>
#include <string.h>

enum {
    VALUE_MAX = 256 /* of a tag */
};

static const char *key_of(const char *prefix, const char *suffix, char ret_key[CELL])
{
    snprintf(ret_key, CELL, "%s%s%s", prefix, *suffix != '\0' ? "-" : "", suffix);
    return ret_key;
}

const char *record_of(const struct subject *subject, const char *prefix, const char *suffix)
{
    char key[CELL];

    return text_of(subject->tags, key_of(prefix, suffix, key));
}

void record_add(const struct subject *subject, const char *prefix, const char *suffix,
                const char *now, bool on_a_profile, json_t *record)
{
    char key[CELL];

    key_of(prefix, suffix, key);
    /* From profile to profile the way back stays that to where it was before the first. */
    if (on_a_profile && text_of(subject->tags, key) != NULL)
        return;
    if (strcmp(shown(subject->tags, key), now) != 0)
        json_object_set_new(record, key, json_string(now));
}

int record_write(struct agent *agent, struct subject *subject, json_t *record)
{
    char operation[CLOUD_PATH] = "POST /tags/";
    json_t *value, *tags = json_deep_copy(record);
    const char *key;

    json_object_foreach(record, key, value)
    {
        if (json_string_length(value) > VALUE_MAX) {
            json_decref(tags);
            return failed("%s is too long for a tag of agent %s, so that there would be no way "
                          "back: set its model to a shorter ARN or id first",
                          json_string_value(value), subject->name);
        }
    }
    path_append(operation, subject->arn);
    if (json_object_size(record) > 0 && cloud_call(&agent->cloud, "bedrock-agent", operation,
                                                   json_pack("{so}", "tags", tags), NULL) < 0)
        return cloud_failed(
            &agent->cloud, "agent %s cannot be tagged with how to get back, so it is left as it is",
            subject->name);
    if (json_object_size(record) == 0)
        json_decref(tags);
    json_object_update(subject->tags, record);
    return DONE;
}

int record_remove(struct agent *agent, struct subject *subject, const char *prefix)
{
    char operation[CLOUD_PATH] = "DELETE /tags/";
    json_t *value, *kept = json_object();
    const char *key;
    size_t count = 0;

    path_append(operation, subject->arn);
    json_object_foreach(subject->tags, key, value)
    {
        if (strncmp(key, prefix, strlen(prefix)) == 0) {
            strncat(operation,
                    count++ == 0 ? "?tagKeys=" : "&tagKeys=", CLOUD_PATH - strlen(operation) - 1);
            path_append(operation, key);
        } else {
            json_object_set(kept, key, value);
        }
    }
    if (count > 0 && cloud_call(&agent->cloud, "bedrock-agent", operation, NULL, NULL) < 0) {
        json_decref(kept);
        return cloud_failed(&agent->cloud, "the tags %s... of agent %s cannot be removed", prefix,
                            subject->name);
    }
    json_decref(subject->tags);
    subject->tags = kept;
    return DONE;
}
