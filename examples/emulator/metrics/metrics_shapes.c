/* Inputs of CloudWatch's operations.
 *
 * SPDX-License-Identifier: MIT
 */
#include "metrics.h"
#include "money_patterns.h"
#include "shape_macros.h"

static const struct emu_shape TEXT = {.kind = EMU_STRING};
static const struct emu_shape NAME = {.kind = EMU_STRING, .min = 1, .max = 255};
static const struct emu_shape NAMESPACE = {
    .kind = EMU_STRING, .min = 1, .max = 255, .pattern = &EMU_PATTERN_NAMESPACE};
static const struct emu_shape LONG_NAME = {.kind = EMU_STRING, .min = 1, .max = 1024};
static const struct emu_shape NUMBER = {.kind = EMU_FLOAT, .min = INT64_MIN, .max = INT64_MAX};
static const struct emu_shape NUMBERS = LIST_OF(NUMBER);
static const struct emu_shape MOMENT = {.kind = EMU_FLOAT, .min = 0, .max = 253402300799};
static const struct emu_shape POSITIVE = {.kind = EMU_INTEGER, .min = 1, .max = INT32_MAX};
static const struct emu_shape FLAG = {.kind = EMU_BOOLEAN};
static const struct emu_shape ANYTHING = {.kind = EMU_DOCUMENT};
static const struct emu_shape UNIT =
    ENUM("Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes",
         "Terabytes", "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", "Percent", "Count",
         "Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second",
         "Terabytes/Second", "Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second",
         "Terabits/Second", "Count/Second", "None");
static const struct emu_shape STATISTIC =
    ENUM("SampleCount", "Average", "Sum", "Minimum", "Maximum");
static const struct emu_shape STATISTICS = {
    .kind = EMU_LIST, .min = 1, .max = 5, .member = &STATISTIC};
static const struct emu_shape EXTENDED = {.kind = EMU_LIST, .min = 1, .max = 10, .member = &TEXT};

static const struct emu_shape DIMENSION =
    STRUCTURE(REQUIRED("Name", NAME), REQUIRED("Value", LONG_NAME));
static const struct emu_shape DIMENSIONS = {.kind = EMU_LIST, .max = 30, .member = &DIMENSION};
static const struct emu_shape DIMENSION_FILTER =
    STRUCTURE(REQUIRED("Name", NAME), OPTIONAL("Value", LONG_NAME));
static const struct emu_shape DIMENSION_FILTERS = {
    .kind = EMU_LIST, .max = 10, .member = &DIMENSION_FILTER};

/* ---- metrics ---- */

static const struct emu_shape METRIC =
    STRUCTURE(OPTIONAL("Namespace", NAMESPACE), OPTIONAL("MetricName", NAME),
              OPTIONAL("Dimensions", DIMENSIONS));
static const struct emu_shape METRIC_STAT =
    STRUCTURE(REQUIRED("Metric", METRIC), REQUIRED("Period", POSITIVE), REQUIRED("Stat", TEXT),
              OPTIONAL("Unit", UNIT));
static const struct emu_shape EXPRESSION = {.kind = EMU_STRING, .min = 1, .max = 2048};
static const struct emu_shape QUERY = STRUCTURE(
    REQUIRED("Id", NAME), OPTIONAL("MetricStat", METRIC_STAT), OPTIONAL("Expression", EXPRESSION),
    OPTIONAL("Label", TEXT), OPTIONAL("ReturnData", FLAG), OPTIONAL("Period", POSITIVE),
    OPTIONAL("AccountId", NAME));
static const struct emu_shape QUERIES = LIST_OF(QUERY);
static const struct emu_shape SCAN_BY = ENUM("TimestampDescending", "TimestampAscending");
static const struct emu_shape LABEL_OPTIONS = STRUCTURE(OPTIONAL("Timezone", TEXT));

const struct emu_shape EMU_SHAPE_METRICS_GET_DATA =
    STRUCTURE(REQUIRED("MetricDataQueries", QUERIES), REQUIRED("StartTime", MOMENT),
              REQUIRED("EndTime", MOMENT), OPTIONAL("NextToken", TEXT), OPTIONAL("ScanBy", SCAN_BY),
              OPTIONAL("MaxDatapoints", POSITIVE), OPTIONAL("LabelOptions", LABEL_OPTIONS));

const struct emu_shape EMU_SHAPE_METRICS_GET_STATISTICS = STRUCTURE(
    REQUIRED("Namespace", NAMESPACE), REQUIRED("MetricName", NAME),
    OPTIONAL("Dimensions", DIMENSIONS), REQUIRED("StartTime", MOMENT), REQUIRED("EndTime", MOMENT),
    REQUIRED("Period", POSITIVE), OPTIONAL("Statistics", STATISTICS),
    OPTIONAL("ExtendedStatistics", EXTENDED), OPTIONAL("Unit", UNIT));

static const struct emu_shape RECENTLY = ENUM("PT3H");

const struct emu_shape EMU_SHAPE_METRICS_LIST =
    STRUCTURE(OPTIONAL("Namespace", NAMESPACE), OPTIONAL("MetricName", NAME),
              OPTIONAL("Dimensions", DIMENSION_FILTERS), OPTIONAL("NextToken", TEXT),
              OPTIONAL("RecentlyActive", RECENTLY), OPTIONAL("IncludeLinkedAccounts", FLAG),
              OPTIONAL("OwningAccount", NAME));

static const struct emu_shape STATISTIC_SET =
    STRUCTURE(REQUIRED("SampleCount", NUMBER), REQUIRED("Sum", NUMBER), REQUIRED("Minimum", NUMBER),
              REQUIRED("Maximum", NUMBER));
static const struct emu_shape DATUM = STRUCTURE(
    REQUIRED("MetricName", NAME), OPTIONAL("Dimensions", DIMENSIONS), OPTIONAL("Timestamp", MOMENT),
    OPTIONAL("Value", NUMBER), OPTIONAL("StatisticValues", STATISTIC_SET),
    OPTIONAL("Values", NUMBERS), OPTIONAL("Counts", NUMBERS), OPTIONAL("Unit", UNIT),
    OPTIONAL("StorageResolution", POSITIVE));
static const struct emu_shape DATA = LIST_OF(DATUM);

const struct emu_shape EMU_SHAPE_METRICS_PUT_DATA =
    STRUCTURE(REQUIRED("Namespace", NAMESPACE), REQUIRED("MetricData", DATA),
              OPTIONAL("StrictEntityValidation", FLAG));

/* ---- alarms ---- */

static const struct emu_shape DESCRIPTION = {.kind = EMU_STRING, .max = 1024};
static const struct emu_shape ACTIONS = {.kind = EMU_LIST, .max = 5, .member = &LONG_NAME};
static const struct emu_shape COMPARISON =
    ENUM("GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold",
         "LessThanOrEqualToThreshold", "LessThanLowerOrGreaterThanUpperThreshold",
         "LessThanLowerThreshold", "GreaterThanUpperThreshold");
static const struct emu_shape TAG_KEY = {.kind = EMU_STRING, .min = 1, .max = 128};
static const struct emu_shape TAG_KEYS = LIST_OF(TAG_KEY);
static const struct emu_shape TAG_VALUE = {.kind = EMU_STRING, .max = 256};
static const struct emu_shape TAG =
    STRUCTURE(REQUIRED("Key", TAG_KEY), REQUIRED("Value", TAG_VALUE));
static const struct emu_shape TAGS = LIST_OF(TAG);
static const struct emu_shape EVALUATION_INTERVAL = {.kind = EMU_INTEGER, .min = 10, .max = 3600};

const struct emu_shape EMU_SHAPE_METRICS_PUT_ALARM = STRUCTURE(
    REQUIRED("AlarmName", NAME), OPTIONAL("AlarmDescription", DESCRIPTION),
    OPTIONAL("ActionsEnabled", FLAG), OPTIONAL("OKActions", ACTIONS),
    OPTIONAL("AlarmActions", ACTIONS), OPTIONAL("InsufficientDataActions", ACTIONS),
    OPTIONAL("MetricName", NAME), OPTIONAL("Namespace", NAMESPACE),
    OPTIONAL("Statistic", STATISTIC), OPTIONAL("ExtendedStatistic", TEXT),
    OPTIONAL("Dimensions", DIMENSIONS), OPTIONAL("Period", POSITIVE), OPTIONAL("Unit", UNIT),
    OPTIONAL("EvaluationPeriods", POSITIVE), OPTIONAL("DatapointsToAlarm", POSITIVE),
    OPTIONAL("Threshold", NUMBER), OPTIONAL("ComparisonOperator", COMPARISON),
    OPTIONAL("TreatMissingData", NAME), OPTIONAL("EvaluateLowSampleCountPercentile", NAME),
    OPTIONAL("Metrics", QUERIES), OPTIONAL("Tags", TAGS), OPTIONAL("ThresholdMetricId", NAME),
    OPTIONAL("EvaluationWindow", ANYTHING), OPTIONAL("WarmUpConfiguration", ANYTHING),
    OPTIONAL("EvaluationCriteria", ANYTHING), OPTIONAL("EvaluationInterval", EVALUATION_INTERVAL),
    OPTIONAL("ActionConfiguration", ANYTHING));

static const struct emu_shape NAMES = {.kind = EMU_LIST, .max = 100, .member = &NAME};
static const struct emu_shape ALARM_TYPE = ENUM("CompositeAlarm", "MetricAlarm", "LogAlarm");
static const struct emu_shape ALARM_TYPES = LIST_OF(ALARM_TYPE);
static const struct emu_shape STATE = ENUM("OK", "ALARM", "INSUFFICIENT_DATA");
static const struct emu_shape MAX_RECORDS = {.kind = EMU_INTEGER, .min = 1, .max = 100};

const struct emu_shape EMU_SHAPE_METRICS_DESCRIBE_ALARMS =
    STRUCTURE(OPTIONAL("AlarmNames", NAMES), OPTIONAL("AlarmNamePrefix", NAME),
              OPTIONAL("AlarmTypes", ALARM_TYPES), OPTIONAL("ChildrenOfAlarmName", NAME),
              OPTIONAL("ParentsOfAlarmName", NAME), OPTIONAL("StateValue", STATE),
              OPTIONAL("ActionPrefix", LONG_NAME), OPTIONAL("MaxRecords", MAX_RECORDS),
              OPTIONAL("NextToken", TEXT));

const struct emu_shape EMU_SHAPE_METRICS_DELETE_ALARMS = STRUCTURE(REQUIRED("AlarmNames", NAMES));

const struct emu_shape EMU_SHAPE_METRICS_TAG_RESOURCE =
    STRUCTURE(REQUIRED("ResourceARN", LONG_NAME), REQUIRED("Tags", TAGS));

const struct emu_shape EMU_SHAPE_METRICS_UNTAG_RESOURCE =
    STRUCTURE(REQUIRED("ResourceARN", LONG_NAME), REQUIRED("TagKeys", TAG_KEYS));

const struct emu_shape EMU_SHAPE_METRICS_LIST_RESOURCE_TAGS =
    STRUCTURE(REQUIRED("ResourceARN", LONG_NAME));
