/* Amazon SNS as the dispatcher sees it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "service.h"
#include "shape_macros.h"
#include "sns.h"

static const struct emu_shape TEXT = {.kind = EMU_STRING};
static const struct emu_shape FLAG = {.kind = EMU_BOOLEAN};
static const struct emu_shape TAG_KEY = {.kind = EMU_STRING, .min = 1, .max = 128};
static const struct emu_shape TAG_VALUE = {.kind = EMU_STRING, .max = 256};
static const struct emu_shape TAG =
    STRUCTURE(REQUIRED("Key", TAG_KEY), REQUIRED("Value", TAG_VALUE));
static const struct emu_shape TAGS = LIST_OF(TAG);
static const struct emu_shape ATTRIBUTES = {.kind = EMU_MAP, .key = &TEXT, .member = &TEXT};
static const struct emu_shape MESSAGE_ATTRIBUTE = STRUCTURE(
    REQUIRED("DataType", TEXT), OPTIONAL("StringValue", TEXT), OPTIONAL("BinaryValue", TEXT));
static const struct emu_shape MESSAGE_ATTRIBUTES = {
    .kind = EMU_MAP, .key = &TEXT, .member = &MESSAGE_ATTRIBUTE};

static const struct emu_shape PUBLISH =
    STRUCTURE(OPTIONAL("TopicArn", TEXT), OPTIONAL("TargetArn", TEXT),
              OPTIONAL("PhoneNumber", TEXT), REQUIRED("Message", TEXT), OPTIONAL("Subject", TEXT),
              OPTIONAL("MessageStructure", TEXT), OPTIONAL("MessageAttributes", MESSAGE_ATTRIBUTES),
              OPTIONAL("MessageDeduplicationId", TEXT), OPTIONAL("MessageGroupId", TEXT));
static const struct emu_shape CREATE_TOPIC =
    STRUCTURE(REQUIRED("Name", TEXT), OPTIONAL("Attributes", ATTRIBUTES), OPTIONAL("Tags", TAGS),
              OPTIONAL("DataProtectionPolicy", TEXT));
static const struct emu_shape ONE_TOPIC = STRUCTURE(REQUIRED("TopicArn", TEXT));
static const struct emu_shape LIST_TOPICS = STRUCTURE(OPTIONAL("NextToken", TEXT));
static const struct emu_shape SUBSCRIBE =
    STRUCTURE(REQUIRED("TopicArn", TEXT), REQUIRED("Protocol", TEXT), OPTIONAL("Endpoint", TEXT),
              OPTIONAL("Attributes", ATTRIBUTES), OPTIONAL("ReturnSubscriptionArn", FLAG));
static const struct emu_shape LIST_SUBSCRIPTIONS =
    STRUCTURE(REQUIRED("TopicArn", TEXT), OPTIONAL("NextToken", TEXT));

static const struct emu_operation OPERATIONS[] = {
#define OPERATION(id, shape, member, function)                                                     \
    {                                                                                              \
        .name = id, .input = &(shape), .resource = member, .answer = function                      \
    }
    OPERATION("Publish", PUBLISH, "TopicArn", emu_sns_publish),
    OPERATION("CreateTopic", CREATE_TOPIC, "Name", emu_sns_create_topic),
    OPERATION("GetTopicAttributes", ONE_TOPIC, "TopicArn", emu_sns_get_topic_attributes),
    OPERATION("ListTopics", LIST_TOPICS, NULL, emu_sns_list_topics),
    OPERATION("DeleteTopic", ONE_TOPIC, "TopicArn", emu_sns_delete_topic),
    OPERATION("Subscribe", SUBSCRIBE, "TopicArn", emu_sns_subscribe),
    OPERATION("ListSubscriptionsByTopic", LIST_SUBSCRIPTIONS, "TopicArn",
              emu_sns_list_subscriptions),
    {0},
};

static const struct emu_service_error ERRORS[] = {
    {"InvalidParameter", 400, NULL},
    {"AuthorizationError", 403, NULL},
    {"NotFound", 404, NULL},
    {"Throttled", 429, NULL},
    {"InternalError", 500, NULL},
    {"FilterPolicyLimitExceeded", 403, NULL},
    {"InvalidSecurity", 403, NULL},
    {"KMSOptInRequired", 403, NULL},
    {"ReplayLimitExceeded", 403, NULL},
    {"SubscriptionLimitExceeded", 403, NULL},
    {"TagLimitExceeded", 400, NULL},
    {"TopicLimitExceeded", 403, NULL},
    {"ValidationException", 400, NULL},
    {0},
};

const struct emu_service EMU_SNS = {
    .name = "sns",
    .signing_name = "sns",
    .protocol = EMU_QUERY,
    .version = "2010-03-31",
    .xmlns = "http://sns.amazonaws.com/doc/2010-03-31/",
    .invalid = "InvalidParameter",
    .throttled = "Throttled",
    .denied = "AuthorizationError",
    .errors = ERRORS,
    .operations = OPERATIONS,
};
