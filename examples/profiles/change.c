/* The four things that can be done to a profile. Each ends the same when it is done twice.
 * SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* FNV-1a, 64 bits: for names that are told apart, not for secrets. */
static uint64_t hash(uint64_t so_far, const char *text)
{
    do
        so_far = (so_far ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    while (*text++ != '\0'); /* the NUL as well, between two texts */
    return so_far;
}

/* The same for the same name and source, whoever asks and however often: AWS answers the second of
 * two creations with the profile that the first one made. Tags are not in it, so that two people
 * with different tags make one profile, and not two. */
static void write_token(const struct plan_step *step, const char *salt, char ret_token[CELL])
{
    uint64_t sum = hash(hash(UINT64_C(0xcbf29ce484222325), step->name), step->wanted->source);
    int length = snprintf(ret_token, CELL, "profile-%s-", step->name);

    for (int i = 0; i < length; i++)
        ret_token[i] = isalnum((unsigned char)ret_token[i]) ? ret_token[i] : '-';
    snprintf(ret_token + length, (size_t)(CELL - length), "%016" PRIx64,
             salt != NULL ? hash(sum, salt) : sum);
}

/* An object as AWS's list. */
static json_t *tag_list(json_t *tags)
{
    json_t *list = json_array(), *value;
    const char *key;

    json_object_foreach(tags, key, value)
        json_array_append_new(list, json_pack("{ss sO}", "key", key, "value", value));
    return list;
}

int change_create(struct cloud *cloud, const struct plan_step *step, const char *salt,
                  char ret_arn[PROFILE_ARN])
{
    char token[CELL];
    json_t *answer;

    write_token(step, salt, token);
    json_t *input =
        json_pack("{ss s{ss} ss so ss*}", "inferenceProfileName", step->name, "modelSource",
                  "copyFrom", step->wanted->source, "clientRequestToken", token, "tags",
                  tag_list(step->wanted->tags), "description", step->wanted->description);
    ret_arn[0] = '\0';
    int rc = cloud_call(cloud, "bedrock", "POST /inference-profiles", input, &answer);
    if (rc == 0)
        snprintf(ret_arn, PROFILE_ARN, "%s", shown(answer, "inferenceProfileArn"));
    json_decref(answer);
    if (rc == 0 || cloud_error_is(cloud, "ConflictException"))
        return DONE;
    return cloud_failed(cloud, "%s: cannot be created from %s", step->name, step->wanted->source);
}

int change_set_tags(struct cloud *cloud, const struct existing *existing, json_t *tags)
{
    json_t *input = json_pack("{ss so}", "resourceARN", existing->arn, "tags", tag_list(tags));

    if (cloud_call(cloud, "bedrock", "POST /tagResource", input, NULL) < 0)
        return cloud_failed(cloud, "%s: its tags cannot be set", existing->name);
    return DONE;
}

int change_remove_tags(struct cloud *cloud, const struct existing *existing, json_t *keys)
{
    json_t *input = json_pack("{ss sO}", "resourceARN", existing->arn, "tagKeys", keys);

    if (cloud_call(cloud, "bedrock", "POST /untagResource", input, NULL) < 0)
        return cloud_failed(cloud, "%s: its tags cannot be removed", existing->name);
    return DONE;
}

int change_delete(struct cloud *cloud, const struct existing *existing)
{
    char operation[CLOUD_PATH] = "DELETE /inference-profiles/";

    path_append(operation, existing->arn);
    if (cloud_call(cloud, "bedrock", operation, NULL, NULL) < 0 &&
        !cloud_error_is(cloud, "ResourceNotFoundException")) /* somebody was quicker */
        return cloud_failed(cloud, "%s: cannot be deleted", existing->name);
    return DONE;
}
