/* CloudWatch as the dispatcher sees it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "metrics.h"
#include "service.h"

static const struct emu_operation OPERATIONS[] = {
#define OPERATION(id, shape, member, function)                                                     \
    {                                                                                              \
        .name = id, .input = &EMU_SHAPE_METRICS_##shape, .resource = member, .answer = function    \
    }
    OPERATION("GetMetricData", GET_DATA, NULL, emu_metrics_get_data),
    OPERATION("GetMetricStatistics", GET_STATISTICS, "MetricName", emu_metrics_get_statistics),
    OPERATION("ListMetrics", LIST, "MetricName", emu_metrics_list),
    OPERATION("PutMetricData", PUT_DATA, "Namespace", emu_metrics_put_data),
    OPERATION("PutMetricAlarm", PUT_ALARM, "AlarmName", emu_metrics_put_alarm),
    OPERATION("DescribeAlarms", DESCRIBE_ALARMS, NULL, emu_metrics_describe_alarms),
    OPERATION("DeleteAlarms", DELETE_ALARMS, NULL, emu_metrics_delete_alarms),
    OPERATION("TagResource", TAG_RESOURCE, "ResourceARN", emu_metrics_tag_resource),
    OPERATION("UntagResource", UNTAG_RESOURCE, "ResourceARN", emu_metrics_untag_resource),
    OPERATION("ListTagsForResource", LIST_RESOURCE_TAGS, "ResourceARN",
              emu_metrics_list_resource_tags),
    {0},
};

static const struct emu_service_error ERRORS[] = {
    {"ValidationException", 400, "ValidationError"},
    {"AccessDeniedException", 403, "AccessDenied"},
    {"ConcurrentModificationException", 429, NULL},
    {"ConflictException", 409, NULL},
    {"InternalServiceFault", 500, "InternalServiceError"},
    {"InvalidNextToken", 400, NULL},
    {"InvalidParameterCombinationException", 400, "InvalidParameterCombination"},
    {"InvalidParameterValueException", 400, "InvalidParameterValue"},
    {"LimitExceededFault", 400, "LimitExceeded"},
    {"MissingRequiredParameterException", 400, "MissingParameter"},
    {"ResourceConflict", 409, NULL},
    {"ResourceNotFound", 404, NULL},
    {"ResourceNotFoundException", 404, NULL},
    {"ThrottlingException", 400, "Throttling"},
    {0},
};

const struct emu_service EMU_CLOUDWATCH = {
    .name = "monitoring",
    .signing_name = "monitoring",
    .protocol = EMU_JSON_RPC,
    .version = "1.0",
    .target = "GraniteServiceVersion20100801",
    .query_mode = true,
    .errors = ERRORS,
    .operations = OPERATIONS,
};
