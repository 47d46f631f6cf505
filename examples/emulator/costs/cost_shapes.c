/* Inputs of Cost Explorer's operations.
 *
 * SPDX-License-Identifier: MIT
 */
#include "cost.h"
#include "expression_shapes.h"
#include "money_patterns.h"
#include "shape_macros.h"

static const struct emu_shape GENERIC = {.kind = EMU_STRING, .max = 1024};
static const struct emu_shape DATE = {.kind = EMU_STRING, .max = 40, .pattern = &EMU_PATTERN_DATE};
static const struct emu_shape ARN = {
    .kind = EMU_STRING, .min = 20, .max = 2048, .pattern = &EMU_PATTERN_ANY_ARN};
static const struct emu_shape ARNS = LIST_OF(ARN);
static const struct emu_shape VALUES = LIST_OF(GENERIC);
static const struct emu_shape COUNT = {.kind = EMU_INTEGER, .min = 1, .max = INT32_MAX};
static const struct emu_shape PERIOD = STRUCTURE(REQUIRED("Start", DATE), REQUIRED("End", DATE));
static const struct emu_shape BILLING_VIEW = {.kind = EMU_STRING, .min = 20, .max = 2048};

/* ---- tags ---- */

static const struct emu_shape STATUS = ENUM("Active", "Inactive");
static const struct emu_shape TAG_TYPE = ENUM("AWSGenerated", "UserDefined");
static const struct emu_shape TAG_KEYS = {
    .kind = EMU_LIST, .min = 1, .max = 100, .member = &GENERIC};
static const struct emu_shape PAGE_SIZE = {.kind = EMU_INTEGER, .min = 1, .max = 1000};
static const struct emu_shape ENTRY =
    STRUCTURE(REQUIRED("TagKey", GENERIC), REQUIRED("Status", STATUS));
static const struct emu_shape ENTRIES = {
    .kind = EMU_LIST, .min = 1, .max = EMU_MAX_TAGS_IN_A_CALL, .member = &ENTRY};
static const struct emu_shape SORT_ORDER = ENUM("ASCENDING", "DESCENDING");
static const struct emu_shape SORT =
    STRUCTURE(REQUIRED("Key", GENERIC), OPTIONAL("SortOrder", SORT_ORDER));
static const struct emu_shape SORTS = LIST_OF(SORT);

const struct emu_shape EMU_SHAPE_COST_LIST_TAGS =
    STRUCTURE(OPTIONAL("Status", STATUS), OPTIONAL("TagKeys", TAG_KEYS), OPTIONAL("Type", TAG_TYPE),
              OPTIONAL("NextToken", EMU_SHAPE_MONEY_TOKEN), OPTIONAL("MaxResults", PAGE_SIZE));

const struct emu_shape EMU_SHAPE_COST_UPDATE_TAGS =
    STRUCTURE(REQUIRED("CostAllocationTagsStatus", ENTRIES));

const struct emu_shape EMU_SHAPE_COST_GET_TAGS =
    STRUCTURE(OPTIONAL("SearchString", GENERIC), REQUIRED("TimePeriod", PERIOD),
              OPTIONAL("TagKey", GENERIC), OPTIONAL("Filter", EMU_SHAPE_EXPRESSION),
              OPTIONAL("SortBy", SORTS), OPTIONAL("BillingViewArn", BILLING_VIEW),
              OPTIONAL("MaxResults", COUNT), OPTIONAL("NextPageToken", EMU_SHAPE_MONEY_TOKEN));

/* ---- costs ---- */

static const struct emu_shape GRANULARITY = ENUM("DAILY", "MONTHLY", "HOURLY");
static const struct emu_shape GROUP_TYPE = ENUM("DIMENSION", "TAG", "COST_CATEGORY");
static const struct emu_shape GROUP =
    STRUCTURE(OPTIONAL("Type", GROUP_TYPE), OPTIONAL("Key", GENERIC));
static const struct emu_shape GROUPS = LIST_OF(GROUP);

const struct emu_shape EMU_SHAPE_COST_USAGE =
    STRUCTURE(REQUIRED("TimePeriod", PERIOD), REQUIRED("Granularity", GRANULARITY),
              OPTIONAL("Filter", EMU_SHAPE_EXPRESSION), REQUIRED("Metrics", VALUES),
              OPTIONAL("GroupBy", GROUPS), OPTIONAL("BillingViewArn", BILLING_VIEW),
              OPTIONAL("NextPageToken", EMU_SHAPE_MONEY_TOKEN));

/* ---- monitors ---- */

static const struct emu_shape MONITOR_TYPE = ENUM("DIMENSIONAL", "CUSTOM");
static const struct emu_shape MONITOR_DIMENSION =
    ENUM("SERVICE", "LINKED_ACCOUNT", "TAG", "COST_CATEGORY");
static const struct emu_shape NOT_NEGATIVE = {.kind = EMU_INTEGER, .max = INT32_MAX};
static const struct emu_shape MONITOR =
    STRUCTURE(OPTIONAL("MonitorArn", GENERIC), REQUIRED("MonitorName", GENERIC),
              OPTIONAL("CreationDate", DATE), OPTIONAL("LastUpdatedDate", DATE),
              OPTIONAL("LastEvaluatedDate", DATE), REQUIRED("MonitorType", MONITOR_TYPE),
              OPTIONAL("MonitorDimension", MONITOR_DIMENSION),
              OPTIONAL("MonitorSpecification", EMU_SHAPE_EXPRESSION),
              OPTIONAL("DimensionalValueCount", NOT_NEGATIVE));

const struct emu_shape EMU_SHAPE_COST_CREATE_MONITOR = STRUCTURE(
    REQUIRED("AnomalyMonitor", MONITOR), OPTIONAL("ResourceTags", EMU_SHAPE_RESOURCE_TAGS));

const struct emu_shape EMU_SHAPE_COST_GET_MONITORS =
    STRUCTURE(OPTIONAL("MonitorArnList", VALUES), OPTIONAL("NextPageToken", EMU_SHAPE_MONEY_TOKEN),
              OPTIONAL("MaxResults", COUNT));

const struct emu_shape EMU_SHAPE_COST_UPDATE_MONITOR =
    STRUCTURE(REQUIRED("MonitorArn", GENERIC), OPTIONAL("MonitorName", GENERIC));

const struct emu_shape EMU_SHAPE_COST_DELETE_MONITOR = STRUCTURE(REQUIRED("MonitorArn", GENERIC));

/* ---- subscriptions ---- */

static const struct emu_shape FREQUENCY = ENUM("DAILY", "IMMEDIATE", "WEEKLY");
static const struct emu_shape ADDRESS = {
    .kind = EMU_STRING, .min = 6, .max = 302, .pattern = &EMU_PATTERN_ADDRESS};
static const struct emu_shape SUBSCRIBER_TYPE = ENUM("EMAIL", "SNS");
static const struct emu_shape SUBSCRIBER_STATUS = ENUM("CONFIRMED", "DECLINED");
static const struct emu_shape SUBSCRIBER =
    STRUCTURE(OPTIONAL("Address", ADDRESS), OPTIONAL("Type", SUBSCRIBER_TYPE),
              OPTIONAL("Status", SUBSCRIBER_STATUS));
static const struct emu_shape SUBSCRIBERS = LIST_OF(SUBSCRIBER);
static const struct emu_shape THRESHOLD = {.kind = EMU_FLOAT, .max = INT64_MAX};
static const struct emu_shape SUBSCRIPTION = STRUCTURE(
    OPTIONAL("SubscriptionArn", GENERIC), OPTIONAL("AccountId", GENERIC),
    REQUIRED("MonitorArnList", ARNS), REQUIRED("Subscribers", SUBSCRIBERS),
    OPTIONAL("Threshold", THRESHOLD), REQUIRED("Frequency", FREQUENCY),
    REQUIRED("SubscriptionName", GENERIC), OPTIONAL("ThresholdExpression", EMU_SHAPE_EXPRESSION));

const struct emu_shape EMU_SHAPE_COST_CREATE_SUBSCRIPTION =
    STRUCTURE(REQUIRED("AnomalySubscription", SUBSCRIPTION),
              OPTIONAL("ResourceTags", EMU_SHAPE_RESOURCE_TAGS));

const struct emu_shape EMU_SHAPE_COST_GET_SUBSCRIPTIONS =
    STRUCTURE(OPTIONAL("SubscriptionArnList", VALUES), OPTIONAL("MonitorArn", GENERIC),
              OPTIONAL("NextPageToken", EMU_SHAPE_MONEY_TOKEN), OPTIONAL("MaxResults", COUNT));

const struct emu_shape EMU_SHAPE_COST_UPDATE_SUBSCRIPTION =
    STRUCTURE(REQUIRED("SubscriptionArn", GENERIC), OPTIONAL("Threshold", THRESHOLD),
              OPTIONAL("Frequency", FREQUENCY), OPTIONAL("MonitorArnList", ARNS),
              OPTIONAL("Subscribers", SUBSCRIBERS), OPTIONAL("SubscriptionName", GENERIC),
              OPTIONAL("ThresholdExpression", EMU_SHAPE_EXPRESSION));

const struct emu_shape EMU_SHAPE_COST_DELETE_SUBSCRIPTION =
    STRUCTURE(REQUIRED("SubscriptionArn", GENERIC));

/* ---- anomalies ---- */

static const struct emu_shape FEEDBACK = ENUM("YES", "NO", "PLANNED_ACTIVITY");
static const struct emu_shape COMPARISON = ENUM(
    "EQUAL", "GREATER_THAN_OR_EQUAL", "LESS_THAN_OR_EQUAL", "GREATER_THAN", "LESS_THAN", "BETWEEN");
static const struct emu_shape NUMBER = {.kind = EMU_FLOAT, .min = INT64_MIN, .max = INT64_MAX};
static const struct emu_shape IMPACT =
    STRUCTURE(REQUIRED("NumericOperator", COMPARISON), REQUIRED("StartValue", NUMBER),
              OPTIONAL("EndValue", NUMBER));
static const struct emu_shape INTERVAL =
    STRUCTURE(REQUIRED("StartDate", DATE), OPTIONAL("EndDate", DATE));

const struct emu_shape EMU_SHAPE_COST_GET_ANOMALIES =
    STRUCTURE(OPTIONAL("MonitorArn", GENERIC), REQUIRED("DateInterval", INTERVAL),
              OPTIONAL("Feedback", FEEDBACK), OPTIONAL("TotalImpact", IMPACT),
              OPTIONAL("NextPageToken", EMU_SHAPE_MONEY_TOKEN), OPTIONAL("MaxResults", COUNT));

/* ---- tags of monitors and subscriptions ---- */

const struct emu_shape EMU_SHAPE_COST_LIST_RESOURCE_TAGS = STRUCTURE(REQUIRED("ResourceArn", ARN));

const struct emu_shape EMU_SHAPE_COST_TAG_RESOURCE =
    STRUCTURE(REQUIRED("ResourceArn", ARN), REQUIRED("ResourceTags", EMU_SHAPE_RESOURCE_TAGS));

const struct emu_shape EMU_SHAPE_COST_UNTAG_RESOURCE = STRUCTURE(
    REQUIRED("ResourceArn", ARN), REQUIRED("ResourceTagKeys", EMU_SHAPE_RESOURCE_TAG_KEYS));
