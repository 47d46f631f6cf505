/* Topics: created, listed, told about, deleted.
 *
 * SPDX-License-Identifier: MIT
 */
#include "sns.h"
#include "arn.h"
#include "lists.h"
#include "money_patterns.h"
#include "pages.h"
#include "resource_tags.h"

#include <string.h>

#define MAX_NAME 256

json_t *emu_topics_new(void)
{
    return json_pack("{s:{}, s:[], s:[]}", "topics", "messages", "mails");
}

static json_t *all_topics(const struct emulator *emulator)
{
    return json_object_get(emulator->money.topics, "topics");
}

/* The part of an ARN in front of number `field`; the text is the ARN's. */
static struct emu_slice arn_field(const char *arn, int field)
{
    struct emu_slice rest = emu_slice_of(arn);
    struct emu_slice part = emu_slice_cut(&rest, ':');

    for (int i = 0; i < field; i++)
        part = emu_slice_cut(&rest, ':');
    return part;
}

json_t *emu_topic_find(struct emu_call *call, const char *parameter)
{
    const char *arn = emu_call_string(call, parameter);
    json_t *topic;

    if (arn == NULL || !emu_is_topic_arn(arn) || !emu_slice_is(arn_field(arn, 3), call->region)) {
        emu_reply_error(call->reply, "InvalidParameter",
                        "Invalid parameter: %s Reason: it is not the ARN of a topic in %s",
                        parameter, call->region);
        return NULL;
    }
    if (!emu_slice_is(arn_field(arn, 4), EMU_ACCOUNT)) {
        emu_reply_error(call->reply, "AuthorizationError",
                        "The topic %s belongs to somebody else, who has not let you in.", arn);
        return NULL;
    }
    topic = json_object_get(all_topics(call->emulator), arn);
    if (topic == NULL)
        emu_reply_error(call->reply, "NotFound", "Topic does not exist");
    return topic;
}

/* ---- CreateTopic ---- */

static bool is_name(const char *name)
{
    struct emu_slice text = emu_slice_of(name);

    if (text.len > 5 && strcmp(name + text.len - 5, ".fifo") == 0)
        text.len -= 5;
    return text.len > 0 && strlen(name) <= MAX_NAME && emu_slice_only(text, ALPHANUMERIC "_-");
}

static json_t *new_topic(const struct emu_call *call)
{
    json_t *attributes = json_object_get(call->input, "Attributes");

    return json_pack("{s:o, s:{}, s:{}}", "attributes",
                     attributes != NULL ? json_deep_copy(attributes) : json_object(), "tags",
                     "subscriptions");
}

static void create(struct emu_call *call, const char *arn)
{
    static const struct emu_tag_errors ERRORS = {"InvalidParameter", "TagLimitExceeded"};
    json_t *topic = new_topic(call);
    bool good;

    if (topic == NULL) {
        emu_reply_out_of_memory(call->reply);
        return;
    }
    good = emu_resource_tags_put(call, json_object_get(topic, "tags"),
                                 json_object_get(call->input, "Tags"), &ERRORS);
    if (good)
        emu_reply_json(call->reply, 200,
                       json_object_set(all_topics(call->emulator), arn, topic) == 0
                           ? json_pack("{s:s}", "TopicArn", arn)
                           : NULL);
    json_decref(topic);
}

/* The name of a topic that is there brings its ARN, unless other attributes are wanted. */
void emu_sns_create_topic(struct emu_call *call)
{
    const char *name = emu_call_string(call, "Name");
    const json_t *attributes = json_object_get(call->input, "Attributes");
    emu_auto_text arn = {0};
    json_t *topic;

    if (!is_name(name)) {
        emu_reply_error(call->reply, "InvalidParameter", "Invalid parameter: Topic Name");
        return;
    }
    emu_text_printf(&arn, "arn:%s:sns:%s:" EMU_ACCOUNT ":%s", emu_partition_of(call->region),
                    call->region, name);
    topic = json_object_get(all_topics(call->emulator), emu_text_string(&arn));
    if (arn.failed)
        emu_reply_out_of_memory(call->reply);
    else if (topic == NULL)
        create(call, arn.data);
    else if (attributes != NULL && !json_equal(attributes, json_object_get(topic, "attributes")))
        emu_reply_error(call->reply, "InvalidParameter",
                        "Invalid parameter: Attributes Reason: Topic already exists with different "
                        "attributes");
    else
        emu_reply_json(call->reply, 200, json_pack("{s:s}", "TopicArn", arn.data));
}

/* ---- GetTopicAttributes ---- */

static json_t *attributes_of(const char *arn, const json_t *topic)
{
    json_t *all =
        json_pack("{s:s, s:s, s:s, s:o, s:s, s:s}", "TopicArn", arn, "Owner", EMU_ACCOUNT,
                  "DisplayName", "", "SubscriptionsConfirmed",
                  json_sprintf("%zu", json_object_size(json_object_get(topic, "subscriptions"))),
                  "SubscriptionsPending", "0", "SubscriptionsDeleted", "0");

    if (json_object_update(all, json_object_get(topic, "attributes")) == 0)
        return all;
    json_decref(all);
    return NULL;
}

/* An object as the entries of a map; NULL if out of memory. Takes it over. */
static json_t *entries_of(json_t *object)
{
    json_t *entries = object != NULL ? emu_pairs(object, "key", "value") : NULL;

    json_decref(object);
    return entries;
}

void emu_sns_get_topic_attributes(struct emu_call *call)
{
    const json_t *topic = emu_topic_find(call, "TopicArn");

    if (topic != NULL)
        emu_reply_json(
            call->reply, 200,
            json_pack("{s:{s:o}}", "Attributes", "entry",
                      entries_of(attributes_of(emu_call_string(call, "TopicArn"), topic))));
}

/* ---- ListTopics, DeleteTopic ---- */

void emu_sns_list_topics(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {"Topics", "NextToken",        NULL,
                                                100,      "InvalidParameter", false};
    struct emu_pages pages;
    const char *arn;
    json_t *topic;

    emu_pages_init(&pages);
    json_object_foreach(all_topics(call->emulator), arn, topic)
    {
        if (emu_slice_is(arn_field(arn, 3), call->region))
            emu_pages_add(&pages, arn, json_pack("{s:s}", "TopicArn", arn));
    }
    emu_pages_answer(&pages, call, &NAMES);
}

/* One that is not there is no error. */
void emu_sns_delete_topic(struct emu_call *call)
{
    json_object_del(all_topics(call->emulator), emu_call_string(call, "TopicArn"));
    emu_reply_json(call->reply, 200, json_object());
}
