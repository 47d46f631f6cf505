/* The file that says who is to be told, and by what: mirror.json, whose members doc/money.md has.
 *
 * SPDX-License-Identifier: MIT
 */
#include "mirror.h"
#include "notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EMAILS_MOST = 10, /* that AWS takes for a notification */
    PREFIX_MOST = 40
};

/* One @ with something before it, a dot somewhere behind it, nothing that cannot be printed. */
static bool is_email(const char *text)
{
    const char *at = strchr(text, '@');

    if (at == NULL || at == text || strchr(at + 1, '@') != NULL || at[1] == '.')
        return false;
    const char *dot = strrchr(at, '.');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~' || *c == ',')
            return false;
    }
    return dot != NULL && dot[1] != '\0';
}

static int check_emails(const json_t *settings)
{
    const json_t *emails = json_object_get(settings, "emails"), *email;
    size_t i;

    if (json_array_size(emails) > EMAILS_MOST)
        return failed(
            "emails: %zu addresses, and AWS takes %d for a notification: subscribe them to "
            "a topic, and name that in \"topics\"",
            json_array_size(emails), EMAILS_MOST);
    json_array_foreach(emails, i, email)
    {
        const char *text = json_string_value(email);
        if (text == NULL || !is_email(text))
            return failed("emails: %s is no address of mail: write one as ada@example.com",
                          text != NULL ? text : "something that is no text");
    }
    return DONE;
}

static int check_topics(const json_t *settings)
{
    const json_t *topic;
    size_t i;

    json_array_foreach(json_object_get(settings, "topics"), i, topic)
    {
        const char *arn = json_string_value(topic);
        if (topic_check("topics", arn != NULL ? arn : "something that is no text") != DONE)
            return FAILED;
    }
    return DONE;
}

static int check_action(const char *name, const json_t *action)
{
    static const char *const members[] = {"policy", "executionRole"};
    const char *approval = text_of(action, "approval");
    char service[CELL];

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *arn = shown(action, members[i]);
        if (strcmp(arn_part(arn, 2, service), "iam") != 0)
            return failed("actions.%s.%s: %s is no ARN of IAM: write it as "
                          "arn:aws:iam::123456789012:%s",
                          name, members[i], arn, i == 0 ? "policy/NAME" : "role/NAME");
    }
    if (json_array_size(json_object_get(action, "roles")) == 0)
        return failed("actions.%s.roles: name the roles that the policy is to be attached to",
                      name);
    if (approval == NULL || (strcmp(approval, "AUTOMATIC") != 0 && strcmp(approval, "MANUAL") != 0))
        return failed("actions.%s.approval: say AUTOMATIC, or MANUAL if somebody is to approve it "
                      "first",
                      name);
    return DONE;
}

/* What belongs into an object, and of what type it is. */
struct known {
    const char *name;
    json_type type;
};

static const char *const type_names[] = {[JSON_OBJECT] = "an object",
                                         [JSON_ARRAY] = "an array",
                                         [JSON_STRING] = "a string",
                                         [JSON_INTEGER] = "a whole number"};

static int check_members(const char *where, json_t *object, const struct known *known)
{
    const char *name;
    json_t *value;
    int rc = DONE;

    json_object_foreach(object, name, value)
    {
        const struct known *k = known;
        while (k->name != NULL && strcmp(k->name, name) != 0)
            k++;
        if (rc != DONE)
            continue;
        if (k->name == NULL)
            rc = failed("%s%s: there is no such member: doc/money.md lists them, under Mirror",
                        where, name);
        else if (json_typeof(value) != k->type)
            rc = failed("%s%s: it has to be %s", where, name, type_names[k->type]);
    }
    return rc;
}

static int check_actions(const json_t *settings)
{
    static const struct known known[] = {{"policy", JSON_STRING},
                                         {"executionRole", JSON_STRING},
                                         {"roles", JSON_ARRAY},
                                         {"approval", JSON_STRING},
                                         {NULL, 0}};
    const char *name;
    json_t *action;
    char where[2 * CELL];
    int rc = DONE;

    json_object_foreach(json_object_get(settings, "actions"), name, action)
    {
        snprintf(where, sizeof where, "actions.%s.", name);
        if (rc == DONE)
            rc = check_members(where, action, known);
        if (rc == DONE)
            rc = check_action(name, action);
    }
    return rc;
}

static int check_limits(const char *where, json_t *profile)
{
    const char *name;
    json_t *limit;

    json_object_foreach(profile, name, limit)
    {
        if (json_integer_value(limit) < 0)
            return failed("%s%s: say how many an hour, 0 or more", where, name);
    }
    return DONE;
}

static int check_alarms(const json_t *settings)
{
    static const struct known known[] = {
        {"share", JSON_INTEGER}, {"profiles", JSON_OBJECT}, {NULL, 0}};
    static const struct known limits[] = {{"input", JSON_INTEGER},
                                          {"output", JSON_INTEGER},
                                          {"invocations", JSON_INTEGER},
                                          {NULL, 0}};
    json_t *alarms = json_object_get(settings, "alarms");
    const json_t *share = json_object_get(alarms, "share");
    const char *name;
    json_t *profile;
    char where[2 * CELL];

    int rc = check_members("alarms.", alarms, known);
    if (rc == DONE && share != NULL &&
        (json_integer_value(share) < 1 || json_integer_value(share) > 100))
        rc = failed("alarms.share: say what percent of a budget an hour may cost, 1 to 100");
    json_object_foreach(json_object_get(alarms, "profiles"), name, profile)
    {
        snprintf(where, sizeof where, "alarms.profiles.%s.", name);
        if (rc == DONE)
            rc = check_members(where, profile, limits);
        if (rc == DONE)
            rc = check_limits(where, profile);
    }
    return rc;
}

static int check_rest(const json_t *settings)
{
    const json_t *forecast = json_object_get(settings, "forecast");
    const json_t *anomalies = json_object_get(settings, "anomalies");
    const char *prefix = text_of(settings, "prefix");

    if (json_array_size(json_object_get(settings, "emails")) == 0 &&
        json_array_size(json_object_get(settings, "topics")) == 0)
        return failed("nobody would be told: name \"emails\" or \"topics\"");
    if (forecast != NULL &&
        (json_integer_value(forecast) < 1 || json_integer_value(forecast) > 1000))
        return failed("forecast: say at what percent of the limit, 1 to 1000");
    if (anomalies != NULL && money_of(anomalies, "impact") < 0)
        return failed(
            "anomalies.impact: say from what impact on to tell, in US dollars, as \"10\"");
    if (prefix != NULL &&
        (*prefix == '\0' || strlen(prefix) > PREFIX_MOST || strpbrk(prefix, ":\\/") != NULL))
        return failed("prefix: 1 to %d characters, none of them : \\ or /", PREFIX_MOST);
    return DONE;
}

static int check(json_t *settings)
{
    static const struct known known[] = {
        {"emails", JSON_ARRAY},   {"topics", JSON_ARRAY},  {"forecast", JSON_INTEGER},
        {"services", JSON_ARRAY}, {"alarms", JSON_OBJECT}, {"anomalies", JSON_OBJECT},
        {"actions", JSON_OBJECT}, {"prefix", JSON_STRING}, {NULL, 0}};

    if (!json_is_object(settings))
        return failed("it is no JSON object");
    int rc = check_members("", settings, known);
    if (rc == DONE)
        rc = check_rest(settings);
    if (rc == DONE)
        rc = check_emails(settings);
    if (rc == DONE)
        rc = check_topics(settings);
    if (rc == DONE)
        rc = check_alarms(settings);
    return rc == DONE ? check_actions(settings) : rc;
}

json_t *mirror_settings(const char *path)
{
    size_t length = 0;
    char *text = read_file(path, &length);
    json_error_t error;

    if (text == NULL)
        return NULL;
    json_t *settings = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    free(text);
    if (settings == NULL)
        failed("%s: line %d: %s", path, error.line, error.text);
    if (settings == NULL || check(settings) == DONE)
        return settings;
    json_decref(settings);
    failed("%s: nothing is done before that is corrected", path);
    return NULL;
}

json_t *mirror_subscribers(const struct mirror *mirror)
{
    json_t *subscribers = json_array();
    const char *topic = mirror_topic(mirror, NULL);
    json_t *email;
    size_t i;

    json_array_foreach(json_object_get(mirror->settings, "emails"), i, email)
    {
        json_array_append_new(subscribers,
                              json_pack("{ss sO}", "SubscriptionType", "EMAIL", "Address", email));
    }
    if (topic != NULL)
        json_array_append_new(subscribers,
                              json_pack("{ss ss}", "SubscriptionType", "SNS", "Address", topic));
    return subscribers;
}

const char *mirror_topic(const struct mirror *mirror, const char *region)
{
    const json_t *topic;
    char its_region[CELL];
    size_t i;

    json_array_foreach(json_object_get(mirror->settings, "topics"), i, topic)
    {
        const char *arn = json_string_value(topic);
        if (region == NULL || strcmp(arn_part(arn, 3, its_region), region) == 0)
            return arn;
    }
    return NULL;
}
