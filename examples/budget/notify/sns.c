/* Edges told to a topic of Amazon SNS. SPDX-License-Identifier: MIT */
#include "cloud.h"
#include "notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SUBJECT = 100 /* SNS takes fewer than that many characters, of ASCII */
};

int topic_check(const char *where, const char *arn)
{
    char service[CELL], region[CELL], account[CELL], name[CELL];
    size_t length = strlen(arn);

    arn_part(arn, 2, service);
    arn_part(arn, 3, region);
    arn_part(arn, 4, account);
    arn_part(arn, 5, name); /* behind it comes a subscription's id, if it is the ARN of one */
    if (strcmp(service, "sns") != 0 || *region == '\0' || strspn(account, "0123456789") != 12 ||
        *name == '\0' || strchr(name, ':') != NULL || length + sizeof "sns:" > CONSUMER)
        return misused("%s takes the ARN of a topic, as "
                       "arn:aws:sns:us-east-1:123456789012:spend, and not %s",
                       where, arn);
    if (strcmp(arn + length - 5, ".fifo") == 0)
        return misused("%s: %s is a FIFO topic, to which neither mail nor SMS can be "
                       "subscribed: make a standard one",
                       where, arn);
    return DONE;
}

/* A mail's: SNS refuses all but printable ASCII there. */
static void write_subject(const json_t *edge, char ret_subject[SUBJECT])
{
    snprintf(ret_subject, SUBJECT, "budget %s: %s%s", shown(edge, "budget"), shown(edge, "kind"),
             json_is_true(json_object_get(edge, "shadow")) ? " (shadow)" : "");
    for (char *c = ret_subject; *c != '\0'; c++)
        *c = *c < ' ' || *c > '~' ? '?' : *c;
}

/* What each kind of subscriber gets: programs the edge as JSON, people its sentence first. */
static json_t *message_of(const json_t *edge)
{
    char *json = json_dumps(edge, JSON_COMPACT);
    const char *text = shown(edge, "text");

    if (json == NULL)
        return NULL;
    json_t *forms = json_pack("{ss ss so}", "default", json, "sms", text, "email",
                              json_sprintf("%s\n\n%s\n", text, json));
    char *all = forms != NULL ? json_dumps(forms, JSON_COMPACT) : NULL;
    json_t *message = all != NULL ? json_string(all) : NULL;
    free(all);
    json_decref(forms);
    free(json);
    return message;
}

static json_t *attribute_of(const json_t *edge, const char *member)
{
    return json_pack("{ss ss}", "DataType", "String", "StringValue", shown(edge, member));
}

int tell_topic(void *teller, const json_t *edge)
{
    const struct topic *topic = teller;
    char region[CELL], subject[SUBJECT];

    write_subject(edge, subject);
    json_t *input =
        json_pack("{ss ss so ss s{so so}}", "TopicArn", topic->arn, "Subject", subject, "Message",
                  message_of(edge), "MessageStructure", "json", "MessageAttributes", "kind",
                  attribute_of(edge, "kind"), "budget", attribute_of(edge, "budget"));
    if (input == NULL)
        return failed("%s", brc_strerror(BRC_E_NOMEM));
    int rc =
        cloud_call_in(topic->cloud, arn_part(topic->arn, 3, region), "sns", "Publish", input, NULL);
    if (rc == 0)
        return DONE;
    long long id = json_integer_value(json_object_get(edge, "id"));
    return cloud_failed(topic->cloud, "edge %lld: %s did not take it; it will be published again",
                        id, topic->arn);
}
