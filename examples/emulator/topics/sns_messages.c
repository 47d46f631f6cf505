/* Publish, subscribe, and what was published and mailed.
 *
 * SPDX-License-Identifier: MIT
 */
#include "sns.h"
#include "dates.h"
#include "pages.h"

#include <string.h>

#define MAX_MESSAGE 262144
#define MAX_SUBJECT 100

json_t *emu_topics_messages(const struct emulator *emulator)
{
    return json_object_get(emulator->money.topics, "messages");
}

json_t *emu_topics_mails(const struct emulator *emulator)
{
    return json_object_get(emulator->money.topics, "mails");
}

/* Takes over the message, and lets the oldest go if there are too many. */
static int keep(json_t *all, json_t *message)
{
    if (json_array_append_new(all, message) < 0)
        return EMU_OUT_OF_MEMORY;
    return json_array_size(all) > EMU_MAX_MESSAGES ? json_array_remove(all, 0) : EMU_OK;
}

int emu_topic_tell(struct emulator *emulator, const char *arn, const char *subject,
                   const char *message, int64_t now_us)
{
    char id[37];

    if (json_object_get(json_object_get(emulator->money.topics, "topics"), arn) == NULL)
        return EMU_OK;
    emu_random_uuid(&emulator->random, id);
    return keep(emu_topics_messages(emulator),
                json_pack("{s:s, s:s, s:s, s:s, s:{}, s:f}", "MessageId", id, "TopicArn", arn,
                          "Subject", subject, "Message", message, "MessageAttributes", "Timestamp",
                          emu_seconds(now_us)));
}

int emu_topics_mail(struct emulator *emulator, const char *address, const char *subject,
                    const char *message, int64_t now_us)
{
    return keep(emu_topics_mails(emulator),
                json_pack("{s:s, s:s, s:s, s:f}", "Address", address, "Subject", subject, "Message",
                          message, "Timestamp", emu_seconds(now_us)));
}

/* ---- Publish ---- */

static bool refuse(struct emu_call *call, const char *parameter, const char *reason)
{
    emu_reply_error(call->reply, "InvalidParameter", "Invalid parameter: %s Reason: %s", parameter,
                    reason);
    return false;
}

/* One line of ASCII that begins with a letter, a digit or a sign. */
static bool is_subject(const char *subject)
{
    size_t len = strlen(subject);

    for (size_t i = 0; i < len; i++)
        if (subject[i] < ' ' || subject[i] > '~')
            return false;
    return len >= 1 && len <= MAX_SUBJECT && subject[0] != ' ';
}

/* {"default": "...", ...} */
static bool is_structured(const char *message)
{
    json_t *json = json_loads(message, 0, NULL);
    bool good = json_is_string(json_object_get(json, "default"));

    json_decref(json);
    return good;
}

static bool is_attribute(const json_t *attribute)
{
    const char *type = json_string_value(json_object_get(attribute, "DataType"));
    bool binary = strcmp(type, "Binary") == 0;

    if (strncmp(type, "String", 6) != 0 && strncmp(type, "Number", 6) != 0 && !binary)
        return false;
    return json_is_string(json_object_get(attribute, binary ? "BinaryValue" : "StringValue"));
}

static bool check(struct emu_call *call)
{
    const char *message = emu_call_string(call, "Message");
    const char *subject = emu_call_string(call, "Subject");
    const char *structure = emu_call_string(call, "MessageStructure");
    const char *name;
    json_t *attribute;

    if (message[0] == '\0')
        return refuse(call, "Message", "Empty message");
    if (strlen(message) > MAX_MESSAGE)
        return refuse(call, "Message", "Message too long");
    if (subject != NULL && !is_subject(subject))
        return refuse(call, "Subject", "it is one line of 1 to 100 ASCII characters");
    if (structure != NULL && (strcmp(structure, "json") != 0 || !is_structured(message)))
        return refuse(call, "Message Structure", "No default entry in JSON message body");
    json_object_foreach(json_object_get(call->input, "MessageAttributes"), name, attribute)
    {
        if (!is_attribute(attribute))
            return refuse(call, "MessageAttributes", "an attribute has a DataType and its value");
    }
    return true;
}

static json_t *new_message(const struct emu_call *call, const char *id)
{
    json_t *attributes = json_object_get(call->input, "MessageAttributes");

    return json_pack("{s:s, s:s, s:s*, s:s, s:o, s:f}", "MessageId", id, "TopicArn",
                     emu_call_string(call, "TopicArn"), "Subject", emu_call_string(call, "Subject"),
                     "Message", emu_call_string(call, "Message"), "MessageAttributes",
                     attributes != NULL ? json_deep_copy(attributes) : json_object(), "Timestamp",
                     emu_seconds(call->request->now_us));
}

void emu_sns_publish(struct emu_call *call)
{
    char id[37];

    if (emu_call_string(call, "TopicArn") == NULL) {
        refuse(call, "TopicArn or TargetArn", "no value for required parameter");
        return;
    }
    if (!check(call) || emu_topic_find(call, "TopicArn") == NULL)
        return;
    emu_random_uuid(&call->emulator->random, id);
    emu_reply_json(call->reply, 200,
                   keep(emu_topics_messages(call->emulator), new_message(call, id)) == 0
                       ? json_pack("{s:s}", "MessageId", id)
                       : NULL);
}

/* ---- Subscribe ---- */

static bool is_protocol(const char *protocol)
{
    static const char *const PROTOCOLS[] = {"http", "https",       "email",  "email-json", "sms",
                                            "sqs",  "application", "lambda", "firehose"};

    for (size_t i = 0; i < sizeof(PROTOCOLS) / sizeof(PROTOCOLS[0]); i++)
        if (strcmp(PROTOCOLS[i], protocol) == 0)
            return true;
    return false;
}

/* That of the same protocol and endpoint, if there is one. */
static const char *find_subscription(const json_t *topic, const char *protocol,
                                     const char *endpoint)
{
    const char *arn;
    json_t *one;

    json_object_foreach(json_object_get(topic, "subscriptions"), arn, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "Protocol")), protocol) == 0 &&
            strcmp(json_string_value(json_object_get(one, "Endpoint")), endpoint) == 0)
            return arn;
    }
    return NULL;
}

/* Whoever reads a mailbox has to confirm; that is not waited for here. */
static void subscribe(struct emu_call *call, const json_t *topic, const char *protocol,
                      const char *endpoint)
{
    const char *arn = emu_call_string(call, "TopicArn");
    json_t *all = json_object_get(topic, "subscriptions");
    emu_auto_text own = {0};
    char id[37];
    json_t *made;

    emu_random_uuid(&call->emulator->random, id);
    emu_text_printf(&own, "%s:%s", arn, id);
    made = json_pack("{s:s, s:s, s:s, s:s, s:s}", "SubscriptionArn", emu_text_string(&own), "Owner",
                     EMU_ACCOUNT, "Protocol", protocol, "Endpoint", endpoint, "TopicArn", arn);
    if (own.failed || json_object_set(all, own.data, made) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        emu_reply_json(call->reply, 200, json_pack("{s:s}", "SubscriptionArn", own.data));
    json_decref(made);
}

void emu_sns_subscribe(struct emu_call *call)
{
    const char *protocol = emu_call_string(call, "Protocol");
    const char *endpoint = emu_call_string(call, "Endpoint");
    const json_t *topic;
    const char *known;

    if (!is_protocol(protocol)) {
        refuse(call, "Protocol", "it does not exist");
        return;
    }
    if (endpoint == NULL || endpoint[0] == '\0') {
        refuse(call, "Endpoint", "it is missing");
        return;
    }
    topic = emu_topic_find(call, "TopicArn");
    if (topic == NULL)
        return;
    known = find_subscription(topic, protocol, endpoint);
    if (known != NULL)
        emu_reply_json(call->reply, 200, json_pack("{s:s}", "SubscriptionArn", known));
    else
        subscribe(call, topic, protocol, endpoint);
}

void emu_sns_list_subscriptions(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {"Subscriptions",    "NextToken", NULL, 100,
                                                "InvalidParameter", false};
    const json_t *topic = emu_topic_find(call, "TopicArn");
    struct emu_pages pages;
    const char *arn;
    json_t *one;

    if (topic == NULL)
        return;
    emu_pages_init(&pages);
    json_object_foreach(json_object_get(topic, "subscriptions"), arn, one)
    {
        emu_pages_add(&pages, arn, json_incref(one));
    }
    emu_pages_answer(&pages, call, &NAMES);
}
