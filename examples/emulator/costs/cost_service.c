/* Cost Explorer as the dispatcher sees it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "cost.h"
#include "service.h"

static const struct emu_operation OPERATIONS[] = {
#define OPERATION(id, shape, member, function)                                                     \
    {                                                                                              \
        .name = id, .input = &EMU_SHAPE_COST_##shape, .resource = member, .answer = function       \
    }
    OPERATION("ListCostAllocationTags", LIST_TAGS, NULL, emu_cost_list_tags),
    OPERATION("UpdateCostAllocationTagsStatus", UPDATE_TAGS, NULL, emu_cost_update_tags),
    OPERATION("GetTags", GET_TAGS, "TagKey", emu_cost_get_tags),
    OPERATION("GetCostAndUsage", USAGE, NULL, emu_cost_usage),
    OPERATION("CreateAnomalyMonitor", CREATE_MONITOR, NULL, emu_cost_create_monitor),
    OPERATION("GetAnomalyMonitors", GET_MONITORS, NULL, emu_cost_get_monitors),
    OPERATION("UpdateAnomalyMonitor", UPDATE_MONITOR, "MonitorArn", emu_cost_update_monitor),
    OPERATION("DeleteAnomalyMonitor", DELETE_MONITOR, "MonitorArn", emu_cost_delete_monitor),
    OPERATION("CreateAnomalySubscription", CREATE_SUBSCRIPTION, NULL, emu_cost_create_subscription),
    OPERATION("GetAnomalySubscriptions", GET_SUBSCRIPTIONS, "MonitorArn",
              emu_cost_get_subscriptions),
    OPERATION("UpdateAnomalySubscription", UPDATE_SUBSCRIPTION, "SubscriptionArn",
              emu_cost_update_subscription),
    OPERATION("DeleteAnomalySubscription", DELETE_SUBSCRIPTION, "SubscriptionArn",
              emu_cost_delete_subscription),
    OPERATION("GetAnomalies", GET_ANOMALIES, "MonitorArn", emu_cost_get_anomalies),
    OPERATION("ListTagsForResource", LIST_RESOURCE_TAGS, "ResourceArn",
              emu_cost_list_resource_tags),
    OPERATION("TagResource", TAG_RESOURCE, "ResourceArn", emu_cost_tag_resource),
    OPERATION("UntagResource", UNTAG_RESOURCE, "ResourceArn", emu_cost_untag_resource),
    {0},
};

/* All are answered with status 400. */
static const struct emu_service_error ERRORS[] = {
    {"ValidationException", 400, NULL},
    {"AccessDeniedException", 400, NULL},
    {"ExpiredTokenException", 400, NULL},
    {"BillExpirationException", 400, NULL},
    {"BillingViewHealthStatusException", 400, NULL},
    {"DataUnavailableException", 400, NULL},
    {"InvalidNextTokenException", 400, NULL},
    {"LimitExceededException", 400, NULL},
    {"RequestChangedException", 400, NULL},
    {"ResourceNotFoundException", 400, NULL},
    {"TooManyTagsException", 400, NULL},
    {"UnknownMonitorException", 400, NULL},
    {"UnknownSubscriptionException", 400, NULL},
    {0},
};

const struct emu_service EMU_COST_EXPLORER = {
    .name = "ce",
    .signing_name = "ce",
    .protocol = EMU_JSON_RPC,
    .version = "1.1",
    .target = "AWSInsightsIndexService",
    .throttled = "LimitExceededException",
    .message = "Message",
    .errors = ERRORS,
    .operations = OPERATIONS,
};

bool emu_cost_refuse(struct emu_call *call, const char *text)
{
    emu_reply_error(call->reply, "ValidationException", "%s", text);
    return false;
}
