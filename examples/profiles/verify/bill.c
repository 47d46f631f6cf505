/* Where the money shows: one region, tags that split the bill, the log of calls, and what only a
 * person can look at. SPDX-License-Identifier: MIT */
#include "activate.h"
#include "verify.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void check_regions(struct checklist *list)
{
    const char *region = list->state.declaration.region;
    size_t elsewhere = 0;
    char place[CELL];

    for (size_t i = 0; i < list->state.declaration.count; i++) {
        const struct wanted *wanted = &list->state.declaration.wanted[i];
        arn_part(wanted->source, 3, place);
        if (strcmp(place, region) == 0)
            continue;
        elsewhere++;
        check(list, CHECK_FAIL, "region", wanted->alias, "correct copyFrom in the file",
              "it copies from %s, and the file is for %s", place, region);
    }
    if (elsewhere == 0)
        check(list, CHECK_PASS, "region", "", NULL, "file, models and profiles are in %s", region);
}

static void check_key(struct checklist *list, const json_t *known, const char *key)
{
    char day[ALLOCATION_DAY], next[2 * CELL];

    allocation_since(known, key, day);
    snprintf(next, sizeof next, "profiles activate%s%s",
             list->state.declaration.tag_policy ? "" : " ",
             list->state.declaration.tag_policy ? "" : key);
    switch (allocation_of(known, key)) {
    case ALLOCATION_ACTIVE:
        check(list, CHECK_PASS, "bill", key, NULL, "splits costs since %s", day);
        break;
    case ALLOCATION_YOUNG:
        check(list, CHECK_NOT_YET, "bill", key, NULL,
              "activated on %s; it splits costs " SPLIT_WITHIN ", and " NOT_BACKWARDS, day);
        break;
    case ALLOCATION_INACTIVE:
        check(list, CHECK_FAIL, "bill", key, next,
              "billing knows the tag, and nobody activated it");
        break;
    case ALLOCATION_UNSEEN:
        check(list, CHECK_NOT_YET, "bill", key, next,
              "billing does not know the tag yet: " SEEN_WITHIN "; it can be activated then");
        break;
    }
}

void check_allocation(struct checklist *list)
{
    json_t *keys = allocation_keys(&list->state.declaration), *known = NULL, *key;
    size_t i;

    if (allocation_read(&list->profiles->cloud, keys, &known) < 0) {
        check_call_failed(list, &list->profiles->cloud, "bill", "");
    } else {
        json_array_foreach(keys, i, key)
        {
            check_key(list, known, json_string_value(key));
        }
    }
    json_decref(known);
    json_decref(keys);
}

void check_logging(struct checklist *list)
{
    json_t *answer, *config;
    char next[2 * CELL];

    if (cloud_call(&list->profiles->cloud, "bedrock", "GET /logging/modelinvocations", NULL,
                   &answer) < 0) {
        check_call_failed(list, &list->profiles->cloud, "logging", "");
        return;
    }
    config = json_object_get(answer, "loggingConfig");
    const char *bucket = text_of(json_object_get(config, "s3Config"), "bucketName");
    const char *group = text_of(json_object_get(config, "cloudWatchConfig"), "logGroupName");
    if (bucket == NULL && group == NULL) {
        check(list, CHECK_BY_HAND, "logging", "", "profiles logging set --s3 BUCKET --no-text",
              "invocation logging is off: no log says who called what; decide whether it is to be");
    } else {
        check(list, CHECK_PASS, "logging", "", NULL, "invocation logging is on, to %s%s%s",
              bucket != NULL ? bucket : "", bucket != NULL && group != NULL ? " and " : "",
              group != NULL ? group : "");
    }
    if (bucket != NULL) {
        snprintf(next, sizeof next, "aws s3api get-bucket-location --bucket %s", bucket);
        check(list, CHECK_BY_HAND, "region", bucket, next,
              "the bucket has to be in %s, which reads as null for us-east-1",
              list->state.declaration.region);
    }
    json_decref(answer);
}

/* The command with a model as it is called without any profile. */
static void say_raw_model(struct checklist *list, const char *model)
{
    char command[4 * CELL];

    snprintf(
        command, sizeof command,
        "aws bedrock-runtime converse --region %s --model-id %s --messages "
        "'[{\"role\":\"user\",\"content\":[{\"text\":\"Hi\"}]}]' --inference-config maxTokens=1",
        list->state.declaration.region, model);
    check(list, CHECK_BY_HAND, "raw model", model, command,
          "with a team's own credentials this must answer AccessDeniedException");
}

static void say_raw_models(struct checklist *list)
{
    json_t *seen = json_object();

    for (size_t i = 0; i < list->state.declaration.count; i++) {
        const char *model = arn_id(list->state.declaration.wanted[i].source);
        if (json_object_get(seen, model) == NULL)
            say_raw_model(list, model);
        json_object_set_new(seen, model, json_true());
    }
    json_decref(seen);
}

static void say_cost_explorer(struct checklist *list)
{
    char command[4 * CELL], from[16], until[16];
    time_t now = time(NULL), week_ago = now - 7 * 24 * 60 * 60;
    json_t *keys = allocation_keys(&list->state.declaration);
    const char *key = json_string_value(json_array_get(keys, 0));

    strftime(from, sizeof from, "%Y-%m-%d", gmtime(&week_ago));
    strftime(until, sizeof until, "%Y-%m-%d", gmtime(&now));
    snprintf(
        command, sizeof command,
        "aws ce get-cost-and-usage --time-period Start=%s,End=%s --granularity DAILY --metrics "
        "UnblendedCost --group-by Type=TAG,Key=%s",
        from, until, key != NULL ? key : "application");
    check(list, CHECK_BY_HAND, "bill", "", command,
          "Cost Explorer must show spend under the tag's values; it is up to 48 hours behind, and "
          "AWS "
          "charges for each such request");
    json_decref(keys);
}

void check_by_hand(struct checklist *list)
{
    char command[2 * CELL];

    say_raw_models(list);
    say_cost_explorer(list);
    snprintf(command, sizeof command,
             "aws logs describe-log-streams --region %s --log-group-name /aws/lambda/FUNCTION "
             "--order-by LastEventTime --descending --limit 1",
             list->state.declaration.region);
    check(list, CHECK_BY_HAND, "application", "", command,
          "a question through your application must move lastEventTimestamp on");
}
