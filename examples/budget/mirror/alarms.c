/* CloudWatch's alarms on what a profile takes in an hour: minutes late instead of hours, and of
 * tokens instead of money. SPDX-License-Identifier: MIT
 *
 * A limit is stated for a profile; or, with "share", an alarm goes off when the tokens of one kind
 * in one hour alone cost more than so many percent of a budget: that of the least limit of those of
 * a day or longer that count the profile. */
#include "mirror.h"

#include <stdio.h>
#include <string.h>

__extension__ typedef __int128 wide;

enum {
    HOUR_S = 3600,
    PERCENT = 100
};

static const struct kind {
    const char *name, *metric; /* ours, AWS's */
    const char *rate;          /* a profile's price of it */
} kinds[] = {
    {"input", "InputTokenCount", "input"},
    {"output", "OutputTokenCount", "output"},
    {"invocations", "Invocations", NULL},
};

/* The least limit above 0 that counts it, in picodollars, of a day or longer; -1: none does. */
static int64_t least_limit(const struct mirror *mirror, const json_t *profile)
{
    int64_t least = -1;
    const json_t *row;
    size_t i;

    json_array_foreach(mirror->budgets, i, row)
    {
        int64_t limit = money_of(row, "limit");
        if (limit > 0 && (least < 0 || limit < least) &&
            strcmp(shown(row, "window"), "hour") != 0 &&
            owner_covers(json_object_get(row, "owner"), profile))
            least = limit;
    }
    return least;
}

/* How many tokens of an hour cost a share of a limit; -1: nobody can say. */
static int64_t derived_limit(const struct mirror *mirror, const json_t *profile,
                             const struct kind *kind)
{
    static const wide million = 1000 * 1000; /* of tokens, and of the factor */
    const json_t *alarms = json_object_get(mirror->settings, "alarms");
    int64_t share = json_integer_value(json_object_get(alarms, "share"));
    int64_t limit = least_limit(mirror, profile), factor = factor_of(profile);
    int64_t rate =
        kind->rate != NULL ? money_of(json_object_get(profile, "price"), kind->rate) : -1;

    if (share <= 0 || limit < 0 || rate <= 0 || factor <= 0)
        return -1;
    wide tokens = (wide)limit * share * million * million / PERCENT / rate / factor;
    return tokens < 1 ? 1 : tokens > INT64_MAX ? INT64_MAX : (int64_t)tokens;
}

/* Of one hour; -1: no alarm. */
static int64_t limit_of(const struct mirror *mirror, const json_t *profile, const json_t *stated,
                        const struct kind *kind)
{
    const json_t *limit = json_object_get(stated, kind->name);

    return limit != NULL ? json_integer_value(limit) : derived_limit(mirror, profile, kind);
}

static json_t *wanted_alarm(const struct mirror *mirror, const json_t *profile,
                            const struct kind *kind, int64_t limit, const char *topic)
{
    char name[4 * CELL];

    snprintf(name, sizeof name, "%s%s-%s", mirror->prefix, shown(profile, "name"), kind->name);
    return json_pack(
        "{ss so sb s[s] ss ss s[{ss ss}] ss si si sI ss ss}", "AlarmName", name, "AlarmDescription",
        json_sprintf("Profile %s in an hour: %s", shown(profile, "name"), kind->metric),
        "ActionsEnabled", 1, "AlarmActions", topic, "Namespace", "AWS/Bedrock", "MetricName",
        kind->metric, "Dimensions", "Name", "ModelId", "Value", arn_id(shown(profile, "arn")),
        "Statistic", "Sum", "Period", HOUR_S, "EvaluationPeriods", 1, "Threshold",
        (json_int_t)limit, "ComparisonOperator", "GreaterThanThreshold", "TreatMissingData",
        "notBreaching");
}

/* AWS writes whole numbers as fractions. */
static bool same_value(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    return json_equal(a, b) == 1;
}

static void put_alarm(json_t *step, const char *region, json_t *wanted)
{
    json_t *input = json_copy(wanted);

    json_object_set_new(input, "Tags",
                        json_pack("[{ss ss}]", "Key", MANAGED_TAG, "Value", MANAGED_VALUE));
    step_say(step, "%s above %lld an hour", shown(wanted, "MetricName"),
             (long long)json_integer_value(json_object_get(wanted, "Threshold")));
    step_call_in(step, region, "cloudwatch", "PutMetricAlarm", input);
}

static int plan_alarm(struct mirror *mirror, const char *region, json_t *wanted,
                      const json_t *existing)
{
    const char *name = shown(wanted, "AlarmName"), *member;
    json_t *value;
    bool differs = false;

    if (existing == NULL) {
        put_alarm(step_add(mirror, "create", "alarm", name), region, wanted);
        return DONE;
    }
    int ours = mirror_is_ours(mirror, region, "cloudwatch", shown(existing, "AlarmArn"));
    if (ours < 0)
        return FAILED;
    if (ours == 0) {
        step_say(step_add(mirror, "foreign", "alarm", name),
                 "there is one of this name that `budget mirror` has not made: delete it (aws "
                 "cloudwatch delete-alarms --region %s --alarm-names %s), or choose another "
                 "\"prefix\"",
                 region, name);
        return DONE;
    }
    json_t *step = step_add(mirror, "keep", "alarm", name);
    json_object_foreach(wanted, member, value)
    {
        differs = differs || !same_value(value, json_object_get(existing, member));
    }
    if (differs)
        put_alarm(step, region, wanted);
    return DONE;
}

static json_t *read_alarms(struct mirror *mirror, const char *region)
{
    static const struct pages pages = {"cloudwatch", "DescribeAlarms", "MetricAlarms", "NextToken",
                                       NULL};
    const char *region_before = mirror->cloud.region;

    mirror->cloud.region = region;
    json_t *alarms = mirror_list(
        mirror, &pages, json_pack("{ss si}", "AlarmNamePrefix", mirror->prefix, "MaxRecords", 100),
        NULL);
    mirror->cloud.region = region_before;
    return alarms;
}

/* Alarms of ours that nobody wants any more; in a region, all others being members of `wanted`. */
static int plan_rest(struct mirror *mirror, const char *region, const json_t *existing,
                     const json_t *wanted, bool removes)
{
    const json_t *alarm;
    size_t i;

    json_array_foreach(existing, i, alarm)
    {
        const char *name = shown(alarm, "AlarmName");
        if (json_object_get(wanted, name) != NULL)
            continue;
        int ours = mirror_is_ours(mirror, region, "cloudwatch", shown(alarm, "AlarmArn"));
        if (ours < 0)
            return FAILED;
        if (ours == 0)
            continue;
        json_t *step = step_add(mirror, removes ? "remove" : "left", "alarm", name);
        if (removes)
            step_call_in(step, region, "cloudwatch", "DeleteAlarms",
                         json_pack("{s[s]}", "AlarmNames", name));
        else
            step_say(step,
                     "nobody asks for it any more: aws cloudwatch delete-alarms --region %s "
                     "--alarm-names %s",
                     region, name);
    }
    return DONE;
}

static int plan_profile(struct mirror *mirror, const char *region, const json_t *profile,
                        const json_t *stated, const json_t *existing, json_t *names)
{
    const char *topic = mirror_topic(mirror, region);
    int rc = DONE;

    for (size_t k = 0; k < sizeof kinds / sizeof *kinds && rc == DONE; k++) {
        int64_t limit = limit_of(mirror, profile, stated, &kinds[k]);
        if (limit < 0)
            continue;
        json_t *wanted =
            wanted_alarm(mirror, profile, &kinds[k], limit, topic != NULL ? topic : "");
        const char *name = shown(wanted, "AlarmName");
        json_object_set_new(names, name, json_true());
        if (topic == NULL)
            step_say(step_add(mirror, "skip", "alarm", name),
                     "an alarm tells a topic of its own region, %s: name one in \"topics\"",
                     region);
        else
            rc = plan_alarm(mirror, region, wanted, find_by(existing, "AlarmName", name));
        json_decref(wanted);
    }
    return rc;
}

/* What the file says of the profile, by whatever name. */
static const json_t *stated_of(const struct mirror *mirror, const json_t *profile)
{
    json_t *all = json_object_get(json_object_get(mirror->settings, "alarms"), "profiles"), *stated;
    const char *name;

    json_object_foreach(all, name, stated)
    {
        if (profile_is_called(profile, name))
            return stated;
    }
    return NULL;
}

static bool is_here(const struct mirror *mirror, const json_t *profile)
{
    char account[CELL];

    return strcmp(arn_part(shown(profile, "arn"), 4, account), mirror->account) == 0;
}

static int plan_region(struct mirror *mirror, const char *region, bool removes)
{
    json_t *existing = read_alarms(mirror, region), *names = json_object();
    const json_t *profile;
    char its_region[CELL];
    int rc = existing != NULL ? DONE : FAILED;
    size_t i;

    json_array_foreach(mirror->profiles, i, profile)
    {
        const char *arn = shown(profile, "arn");
        if (rc == DONE && !removes && is_here(mirror, profile) &&
            strcmp(arn_part(arn, 3, its_region), region) == 0)
            rc = plan_profile(mirror, region, profile, stated_of(mirror, profile), existing, names);
    }
    if (rc == DONE)
        rc = plan_rest(mirror, region, existing, names, removes);
    json_decref(names);
    json_decref(existing);
    return rc;
}

/* Each region that the ledger has profiles in. */
static int plan_regions(struct mirror *mirror, bool removes)
{
    json_t *regions = json_object(), *value;
    const json_t *profile;
    const char *name;
    char region[CELL];
    int rc = DONE;
    size_t i;

    json_array_foreach(mirror->profiles, i, profile)
    {
        if (is_here(mirror, profile))
            json_object_set_new(regions, arn_part(shown(profile, "arn"), 3, region), json_true());
    }
    json_object_foreach(regions, name, value)
    {
        if (rc == DONE)
            rc = plan_region(mirror, name, removes);
    }
    json_decref(regions);
    return rc;
}

int mirror_plan_alarms(struct mirror *mirror)
{
    json_t *alarms = json_object_get(mirror->settings, "alarms"), *stated;
    const char *name;

    json_object_foreach(json_object_get(alarms, "profiles"), name, stated)
    {
        if (profile_find(mirror->profiles, name) == NULL)
            return FAILED;
    }
    return alarms != NULL ? plan_regions(mirror, false) : DONE;
}

int mirror_remove_alarms(struct mirror *mirror)
{
    return plan_regions(mirror, true);
}
