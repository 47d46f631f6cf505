/* Cost anomaly detection: a monitor for each tag that an AWS budget goes by, which cannot be
 * changed once it is there and has learnt, and who is told. SPDX-License-Identifier: MIT */
#include "mirror.h"

#include <stdio.h>
#include <string.h>

static const struct pages monitor_pages = {"ce", "GetAnomalyMonitors", "AnomalyMonitors",
                                           "NextPageToken", NULL};
static const struct pages subscription_pages = {"ce", "GetAnomalySubscriptions",
                                                "AnomalySubscriptions", "NextPageToken", NULL};

/* What this file goes about with. */
struct plan {
    struct mirror *mirror;
    json_t *monitors, *subscriptions; /* that there are */
    json_t *arns;                     /* of all monitors that there are to be, or their names */
    json_t *names;                    /* of all that is to be, as members */
};

static int read_all(struct plan *plan)
{
    plan->arns = json_array();
    plan->names = json_object();
    plan->monitors =
        mirror_list(plan->mirror, &monitor_pages, json_pack("{si}", "MaxResults", 100), NULL);
    if (plan->monitors != NULL)
        plan->subscriptions = mirror_list(plan->mirror, &subscription_pages,
                                          json_pack("{si}", "MaxResults", 100), NULL);
    return plan->subscriptions != NULL ? DONE : FAILED;
}

static void end(struct plan *plan)
{
    json_decref(plan->arns);
    json_decref(plan->names);
    json_decref(plan->monitors);
    json_decref(plan->subscriptions);
}

static bool has_spec(const json_t *monitor, const json_t *tag)
{
    const json_t *its = json_object_get(json_object_get(monitor, "MonitorSpecification"), "Tags");

    return strcmp(shown(its, "Key"), shown(tag, "Key")) == 0 &&
           json_equal(json_object_get(its, "Values"), json_object_get(tag, "Values"));
}

static void plan_removal(struct plan *plan, const char *kind, const char *name, const char *arn)
{
    bool monitor = strcmp(kind, "monitor") == 0;
    json_t *step = step_add(plan->mirror, "remove", kind, name);

    step_call(step, "ce", monitor ? "DeleteAnomalyMonitor" : "DeleteAnomalySubscription",
              json_pack("{ss}", monitor ? "MonitorArn" : "SubscriptionArn", arn));
}

/* Names need not be unique at AWS: an answer that was lost may have left two. The first is kept. */
static void plan_existing(struct plan *plan, const char *name, const json_t *tag, size_t first)
{
    const json_t *monitor = json_array_get(plan->monitors, first);

    if (!has_spec(monitor, tag)) {
        step_say(step_add(plan->mirror, "foreign", "monitor", name),
                 "there is one of this name that watches something else, which AWS cannot change: "
                 "delete it (aws ce delete-anomaly-monitor --monitor-arn %s), or choose another "
                 "\"prefix\"",
                 shown(monitor, "MonitorArn"));
        return;
    }
    step_add(plan->mirror, "keep", "monitor", name);
    json_array_append(plan->arns, json_object_get(monitor, "MonitorArn"));
    for (size_t i = first + 1; i < json_array_size(plan->monitors); i++) {
        monitor = json_array_get(plan->monitors, i);
        if (strcmp(shown(monitor, "MonitorName"), name) == 0 && has_spec(monitor, tag))
            plan_removal(plan, "monitor", name, shown(monitor, "MonitorArn"));
    }
}

static void plan_monitor(struct plan *plan, const json_t *tag)
{
    const char *key = shown(tag, "Key");
    json_t *values = json_object_get(tag, "Values");
    const char *value = json_string_value(json_array_get(values, 0));
    char name[4 * CELL];

    snprintf(name, sizeof name, "%s%s=%s", plan->mirror->prefix, key, value);
    if (json_object_get(plan->names, name) != NULL)
        return; /* another budget's as well */
    json_object_set_new(plan->names, name, json_true());
    for (size_t i = 0; i < json_array_size(plan->monitors); i++) {
        if (strcmp(shown(json_array_get(plan->monitors, i), "MonitorName"), name) == 0) {
            plan_existing(plan, name, tag, i);
            return;
        }
    }
    json_t *step = step_add(plan->mirror, "create", "monitor", name);
    step_say(step, "watches what %s=%s costs", key, value);
    step_call(step, "ce", "CreateAnomalyMonitor",
              json_pack("{s{ss ss s{s{ss sO}}} s[{ss ss}]}", "AnomalyMonitor", "MonitorName", name,
                        "MonitorType", "CUSTOM", "MonitorSpecification", "Tags", "Key", key,
                        "Values", values, "ResourceTags", "Key", MANAGED_TAG, "Value",
                        MANAGED_VALUE));
    json_array_append_new(plan->arns, json_string(name));
}

/* Those of one type, as anomaly detection calls them; NULL if there are none. */
static json_t *subscribers_of(const struct mirror *mirror, const char *type)
{
    json_t *all = mirror_subscribers(mirror), *some = json_array(), *subscriber;
    size_t i;

    json_array_foreach(all, i, subscriber)
    {
        if (strcmp(shown(subscriber, "SubscriptionType"), type) == 0)
            json_array_append_new(some, json_pack("{ss sO}", "Type", type, "Address",
                                                  json_object_get(subscriber, "Address")));
    }
    json_decref(all);
    if (json_array_size(some) > 0)
        return some;
    json_decref(some);
    return NULL;
}

static const json_t *threshold_of(const json_t *subscription)
{
    const json_t *expression = json_object_get(subscription, "ThresholdExpression");

    return json_array_get(json_object_get(json_object_get(expression, "Dimensions"), "Values"), 0);
}

/* Says what differs; whether anything does. */
static bool compare(json_t *step, const json_t *wanted, const json_t *existing)
{
    int64_t impact = -1, its_impact = -1;
    bool differs = false;

    brc_money_parse(json_string_value(threshold_of(wanted)), &impact);
    brc_money_parse(json_string_value(threshold_of(existing)), &its_impact);
    if (impact != its_impact) {
        step_say(step, "tells from another impact on");
        differs = true;
    }
    if (!same_texts(json_object_get(wanted, "MonitorArnList"),
                    json_object_get(existing, "MonitorArnList"))) {
        step_say(step, "other monitors");
        differs = true;
    }
    if (!same_pairs(json_object_get(wanted, "Subscribers"),
                    json_object_get(existing, "Subscribers"), "Type", "Address")) {
        step_say(step, "others are told");
        differs = true;
    }
    if (strcmp(shown(wanted, "Frequency"), shown(existing, "Frequency")) != 0) {
        step_say(step, "told %s", shown(wanted, "Frequency"));
        differs = true;
    }
    return differs;
}

/* Takes `wanted`. */
static void put_subscription(struct plan *plan, const char *name, json_t *wanted)
{
    const json_t *existing = find_by(plan->subscriptions, "SubscriptionName", name);
    json_t *step =
        step_add(plan->mirror, existing != NULL ? "keep" : "create", "subscription", name);

    if (existing == NULL) {
        json_object_set_new(wanted, "SubscriptionName", json_string(name));
        step_say(step, "tells %s", shown(wanted, "Frequency"));
        step_call(step, "ce", "CreateAnomalySubscription",
                  json_pack("{sO s[{ss ss}]}", "AnomalySubscription", wanted, "ResourceTags", "Key",
                            MANAGED_TAG, "Value", MANAGED_VALUE));
    } else if (compare(step, wanted, existing)) {
        json_object_set(wanted, "SubscriptionArn", json_object_get(existing, "SubscriptionArn"));
        step_call(step, "ce", "UpdateAnomalySubscription", json_incref(wanted));
    }
    json_decref(wanted);
}

/* Mail once a day, topics at once: AWS has no other way. */
static void plan_subscription(struct plan *plan, const char *type, const char *suffix,
                              const char *frequency)
{
    const struct mirror *mirror = plan->mirror;
    const char *impact = shown(json_object_get(mirror->settings, "anomalies"), "impact");
    json_t *subscribers = subscribers_of(mirror, type);
    char name[CELL];

    if (subscribers == NULL || json_array_size(plan->arns) == 0) {
        json_decref(subscribers);
        return;
    }
    snprintf(name, sizeof name, "%s%s", mirror->prefix, suffix);
    json_object_set_new(plan->names, name, json_true());
    put_subscription(plan, name,
                     json_pack("{sO so ss s{s{ss s[s] s[s]}}}", "MonitorArnList", plan->arns,
                               "Subscribers", subscribers, "Frequency", frequency,
                               "ThresholdExpression", "Dimensions", "Key",
                               "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "MatchOptions",
                               "GREATER_THAN_OR_EQUAL", "Values", impact));
}

/* What has our prefix and is not to be: said, or, if `removes`, removed if it is ours. */
static int plan_rest(struct plan *plan, const json_t *list, const char *kind, const char *name_of,
                     const char *arn_of, bool removes)
{
    size_t length = strlen(plan->mirror->prefix), i;
    const json_t *item;

    json_array_foreach(list, i, item)
    {
        const char *name = shown(item, name_of), *arn = shown(item, arn_of);
        if (strncmp(name, plan->mirror->prefix, length) != 0 ||
            json_object_get(plan->names, name) != NULL)
            continue;
        int ours = mirror_is_ours(plan->mirror, NULL, "ce", arn);
        if (ours < 0)
            return FAILED;
        if (ours == 1 && removes)
            plan_removal(plan, kind, name, arn);
        else if (ours == 1)
            step_say(
                step_add(plan->mirror, "left", kind, name),
                "no budget of the ledger needs it: `budget mirror delete` removes all, `apply` "
                "makes again what is needed");
    }
    return DONE;
}

static int plan_all_rest(struct plan *plan, bool removes)
{
    int rc = plan_rest(plan, plan->subscriptions, "subscription", "SubscriptionName",
                       "SubscriptionArn", removes);

    return rc != DONE
               ? rc
               : plan_rest(plan, plan->monitors, "monitor", "MonitorName", "MonitorArn", removes);
}

int mirror_plan_anomalies(struct mirror *mirror)
{
    struct plan plan = {.mirror = mirror};
    char reason[2 * CELL];
    const json_t *row;
    size_t i;

    if (json_object_get(mirror->settings, "anomalies") == NULL)
        return DONE;
    int rc = read_all(&plan);
    json_array_foreach(mirror->budgets, i, row)
    {
        json_t *wanted = rc == DONE ? mirror_budget(mirror, row, reason) : NULL;
        if (wanted != NULL && mirror_tag(wanted) != NULL)
            plan_monitor(&plan, mirror_tag(wanted));
        json_decref(wanted);
    }
    if (rc == DONE) {
        plan_subscription(&plan, "EMAIL", "mail", "DAILY");
        plan_subscription(&plan, "SNS", "topic", "IMMEDIATE");
        rc = plan_all_rest(&plan, false);
    }
    end(&plan);
    return rc;
}

int mirror_remove_anomalies(struct mirror *mirror)
{
    struct plan plan = {.mirror = mirror};

    int rc = read_all(&plan);
    if (rc == DONE)
        rc = plan_all_rest(&plan, true);
    end(&plan);
    return rc;
}
