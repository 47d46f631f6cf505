/* What is said on the command line of `profiles logging set`, put into a setting that is there.
 * SPDX-License-Identifier: MIT */
#include "logging.h"

#include <stdio.h>
#include <string.h>

enum {
    BUCKET_LEAST = 3, /* characters of a bucket's name, as S3 has it */
    BUCKET_MOST = 63
};

const struct logging_kind logging_kinds[LOGGING_KINDS] = {
    {"text", "textDataDeliveryEnabled", "text", "no-text"},
    {"image", "imageDataDeliveryEnabled", "image", "no-image"},
    {"embedding", "embeddingDataDeliveryEnabled", "embedding", "no-embedding"},
    {"video", "videoDataDeliveryEnabled", "video", "no-video"},
    {"audio", "audioDataDeliveryEnabled", "audio", "no-audio"},
};

void logging_choices(struct logging *logging, struct choice choices[LOGGING_CHOICES])
{
    const struct choice others[] = {
        {"s3", .text = &logging->s3},
        {"no-s3", .flag = &logging->no_s3},
        {"cloudwatch", .text = &logging->group},
        {"no-cloudwatch", .flag = &logging->no_group},
        {"role", .text = &logging->role},
        {"large-data", .text = &logging->large},
        {"yes", .flag = &logging->yes},
    };

    memcpy(choices, others, sizeof others);
    choices += sizeof others / sizeof *others;
    for (size_t i = 0; i < LOGGING_KINDS; i++) {
        *choices++ = (struct choice){logging_kinds[i].with, .flag = &logging->with[i]};
        *choices++ = (struct choice){logging_kinds[i].without, .flag = &logging->without[i]};
    }
    *choices = (struct choice){.name = NULL};
}

bool logging_says_nothing(const struct logging *logging)
{
    bool says = logging->s3 != NULL || logging->group != NULL || logging->role != NULL ||
                logging->large != NULL || logging->no_s3 || logging->no_group;

    for (size_t i = 0; i < LOGGING_KINDS; i++)
        says |= logging->with[i] || logging->without[i];
    return !says;
}

/* "BUCKET/PREFIX" over what is there. */
static int set_bucket(json_t *config, const char *member, const char *option, const char *text)
{
    json_t *bucket = json_object_get(config, member);
    size_t length = strcspn(text, "/");

    if (length < BUCKET_LEAST || length > BUCKET_MOST || strncmp(text, "s3:", 3) == 0)
        return misused("%s takes BUCKET or BUCKET/PREFIX, a bucket of this region, and not %s",
                       option, text);
    if (bucket == NULL) {
        bucket = json_object();
        json_object_set_new(config, member, bucket);
    }
    json_object_set_new(bucket, "bucketName", json_stringn(text, length));
    if (text[length] == '/' && text[length + 1] != '\0')
        json_object_set_new(bucket, "keyPrefix", json_string(text + length + 1));
    else
        json_object_del(bucket, "keyPrefix");
    return DONE;
}

static int set_group(const struct logging *logging, json_t *config)
{
    json_t *group = json_object_get(config, "cloudWatchConfig");

    if (logging->group == NULL && logging->role == NULL && logging->large == NULL)
        return DONE;
    if (group == NULL) {
        group = json_object();
        json_object_set_new(config, "cloudWatchConfig", group);
    }
    if (logging->group != NULL)
        json_object_set_new(group, "logGroupName", json_string(logging->group));
    if (logging->role != NULL && strstr(logging->role, ":role/") == NULL)
        return misused(
            "--role takes the ARN of a role, as arn:aws:iam::123456789012:role/NAME, and "
            "not %s",
            logging->role);
    if (logging->role != NULL)
        json_object_set_new(group, "roleArn", json_string(logging->role));
    if (text_of(group, "logGroupName") == NULL || text_of(group, "roleArn") == NULL)
        return misused("a log group takes both --cloudwatch GROUP and --role ARN, of a role with "
                       "which Bedrock may write there");
    return logging->large == NULL
               ? DONE
               : set_bucket(group, "largeDataDeliveryS3Config", "--large-data", logging->large);
}

/* Prompts and answers in a log are for somebody to decide on, not for a default. */
static int set_kinds(const struct logging *logging, const json_t *before, json_t *config)
{
    if (json_object_size(before) == 0 && !logging->with[0] && !logging->without[0])
        return misused(
            "logging set: say --text, and prompts and answers are written to the log, or "
            "--no-text");
    for (size_t i = 0; i < LOGGING_KINDS; i++) {
        if (logging->with[i] && logging->without[i])
            return misused("--%s and --%s contradict each other", logging_kinds[i].with,
                           logging_kinds[i].without);
        if (logging->with[i] || logging->without[i] || json_object_size(before) == 0)
            json_object_set_new(config, logging_kinds[i].member, json_boolean(logging->with[i]));
    }
    return DONE;
}

int logging_apply(const struct logging *logging, const json_t *before, json_t **ret_after)
{
    json_t *after = json_deep_copy(before);

    *ret_after = after;
    if (logging->no_s3)
        json_object_del(after, "s3Config");
    if (logging->no_group)
        json_object_del(after, "cloudWatchConfig");
    int rc = logging->s3 == NULL ? DONE : set_bucket(after, "s3Config", "--s3", logging->s3);
    if (rc == DONE)
        rc = set_group(logging, after);
    if (rc == DONE)
        rc = set_kinds(logging, before, after);
    if (rc == DONE && json_object_get(after, "s3Config") == NULL &&
        json_object_get(after, "cloudWatchConfig") == NULL)
        rc = misused("logging set: nothing is left to write to: name --s3 or --cloudwatch, or say "
                     "`profiles logging off`");
    return rc;
}
