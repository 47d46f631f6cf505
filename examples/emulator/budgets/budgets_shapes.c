/* Inputs of the operations of AWS Budgets.
 *
 * SPDX-License-Identifier: MIT
 */
#include "budgets.h"
#include "expression_shapes.h"
#include "money_patterns.h"
#include "shape_macros.h"

static const struct emu_shape ACCOUNT = {
    .kind = EMU_STRING, .min = 12, .max = 12, .pattern = &EMU_PATTERN_ACCOUNT};
static const struct emu_shape BUDGET_NAME = {
    .kind = EMU_STRING, .min = 1, .max = 100, .pattern = &EMU_PATTERN_BUDGET_NAME};
static const struct emu_shape TEXT = {.kind = EMU_STRING};
static const struct emu_shape FLAG = {.kind = EMU_BOOLEAN};
static const struct emu_shape MOMENT = {.kind = EMU_FLOAT, .max = 253402300799};
static const struct emu_shape PAGE_SIZE = {.kind = EMU_INTEGER, .min = 1, .max = 100};
static const struct emu_shape BUDGETS_PAGE_SIZE = {.kind = EMU_INTEGER, .min = 1, .max = 1000};

/* ---- budgets ---- */

static const struct emu_shape AMOUNT = {
    .kind = EMU_STRING, .min = 1, .pattern = &EMU_PATTERN_AMOUNT};
static const struct emu_shape UNIT = {.kind = EMU_STRING, .min = 1};
static const struct emu_shape SPEND = STRUCTURE(REQUIRED("Amount", AMOUNT), REQUIRED("Unit", UNIT));
static const struct emu_shape PLANNED = {.kind = EMU_MAP, .key = &TEXT, .member = &SPEND};
static const struct emu_shape FILTER_VALUES = LIST_OF(TEXT);
static const struct emu_shape COST_FILTERS = {
    .kind = EMU_MAP, .key = &TEXT, .member = &FILTER_VALUES};
static const struct emu_shape COST_TYPES = STRUCTURE(
    OPTIONAL("IncludeTax", FLAG), OPTIONAL("IncludeSubscription", FLAG),
    OPTIONAL("UseBlended", FLAG), OPTIONAL("IncludeRefund", FLAG), OPTIONAL("IncludeCredit", FLAG),
    OPTIONAL("IncludeUpfront", FLAG), OPTIONAL("IncludeRecurring", FLAG),
    OPTIONAL("IncludeOtherSubscription", FLAG), OPTIONAL("IncludeSupport", FLAG),
    OPTIONAL("IncludeDiscount", FLAG), OPTIONAL("UseAmortized", FLAG));
static const struct emu_shape TIME_UNIT =
    ENUM("DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY", "CUSTOM");
static const struct emu_shape TIME_PERIOD =
    STRUCTURE(OPTIONAL("Start", MOMENT), OPTIONAL("End", MOMENT));
static const struct emu_shape BUDGET_TYPE =
    ENUM("USAGE", "COST", "RI_UTILIZATION", "RI_COVERAGE", "SAVINGS_PLANS_UTILIZATION",
         "SAVINGS_PLANS_COVERAGE");
static const struct emu_shape METRIC =
    ENUM("BlendedCost", "UnblendedCost", "AmortizedCost", "NetUnblendedCost", "NetAmortizedCost",
         "UsageQuantity", "NormalizedUsageAmount", "Hours");
static const struct emu_shape METRICS = {.kind = EMU_LIST, .max = 1, .member = &METRIC};
static const struct emu_shape ADJUST_TYPE = ENUM("HISTORICAL", "FORECAST");
static const struct emu_shape ADJUST_PERIOD = {.kind = EMU_INTEGER, .min = 1, .max = 60};
static const struct emu_shape HISTORICAL =
    STRUCTURE(REQUIRED("BudgetAdjustmentPeriod", ADJUST_PERIOD),
              OPTIONAL("LookBackAvailablePeriods", ADJUST_PERIOD));
static const struct emu_shape AUTO_ADJUST =
    STRUCTURE(REQUIRED("AutoAdjustType", ADJUST_TYPE), OPTIONAL("HistoricalOptions", HISTORICAL),
              OPTIONAL("LastAutoAdjustTime", MOMENT));
static const struct emu_shape CALCULATED =
    STRUCTURE(REQUIRED("ActualSpend", SPEND), OPTIONAL("ForecastedSpend", SPEND));
static const struct emu_shape BILLING_VIEW = {.kind = EMU_STRING, .min = 20, .max = 2048};

static const struct emu_shape BUDGET = STRUCTURE(
    REQUIRED("BudgetName", BUDGET_NAME), OPTIONAL("BudgetLimit", SPEND),
    OPTIONAL("PlannedBudgetLimits", PLANNED), OPTIONAL("CostFilters", COST_FILTERS),
    OPTIONAL("CostTypes", COST_TYPES), REQUIRED("TimeUnit", TIME_UNIT),
    OPTIONAL("TimePeriod", TIME_PERIOD), OPTIONAL("CalculatedSpend", CALCULATED),
    REQUIRED("BudgetType", BUDGET_TYPE), OPTIONAL("LastUpdatedTime", MOMENT),
    OPTIONAL("AutoAdjustData", AUTO_ADJUST), OPTIONAL("FilterExpression", EMU_SHAPE_EXPRESSION),
    OPTIONAL("Metrics", METRICS), OPTIONAL("BillingViewArn", BILLING_VIEW));

/* ---- notifications ---- */

static const struct emu_shape NOTIFICATION_TYPE = ENUM("ACTUAL", "FORECASTED");
static const struct emu_shape COMPARISON = ENUM("GREATER_THAN", "LESS_THAN", "EQUAL_TO");
static const struct emu_shape THRESHOLD = {.kind = EMU_FLOAT, .max = 15000000000000};
static const struct emu_shape THRESHOLD_TYPE = ENUM("PERCENTAGE", "ABSOLUTE_VALUE");
static const struct emu_shape STATE = ENUM("OK", "ALARM");
static const struct emu_shape NOTIFICATION =
    STRUCTURE(REQUIRED("NotificationType", NOTIFICATION_TYPE),
              REQUIRED("ComparisonOperator", COMPARISON), REQUIRED("Threshold", THRESHOLD),
              OPTIONAL("ThresholdType", THRESHOLD_TYPE), OPTIONAL("NotificationState", STATE));
static const struct emu_shape SUBSCRIPTION_TYPE = ENUM("SNS", "EMAIL");
static const struct emu_shape ADDRESS = {.kind = EMU_STRING, .min = 1};
static const struct emu_shape SUBSCRIBER =
    STRUCTURE(REQUIRED("SubscriptionType", SUBSCRIPTION_TYPE), REQUIRED("Address", ADDRESS));
static const struct emu_shape SUBSCRIBERS = {
    .kind = EMU_LIST, .min = 1, .max = EMU_MAX_SUBSCRIBERS, .member = &SUBSCRIBER};
static const struct emu_shape WITH_SUBSCRIBERS =
    STRUCTURE(REQUIRED("Notification", NOTIFICATION), REQUIRED("Subscribers", SUBSCRIBERS));
static const struct emu_shape NOTIFICATIONS = {
    .kind = EMU_LIST, .max = EMU_MAX_NOTIFICATIONS, .member = &WITH_SUBSCRIBERS};

/* Every input but three begins with these two. */
#define ONE_BUDGET REQUIRED("AccountId", ACCOUNT), REQUIRED("BudgetName", BUDGET_NAME)
#define PAGES      OPTIONAL("MaxResults", PAGE_SIZE), OPTIONAL("NextToken", TEXT)

const struct emu_shape EMU_SHAPE_BUDGETS_CREATE =
    STRUCTURE(REQUIRED("AccountId", ACCOUNT), REQUIRED("Budget", BUDGET),
              OPTIONAL("NotificationsWithSubscribers", NOTIFICATIONS),
              OPTIONAL("ResourceTags", EMU_SHAPE_RESOURCE_TAGS));
const struct emu_shape EMU_SHAPE_BUDGETS_UPDATE =
    STRUCTURE(REQUIRED("AccountId", ACCOUNT), REQUIRED("NewBudget", BUDGET));
const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE =
    STRUCTURE(ONE_BUDGET, OPTIONAL("ShowFilterExpression", FLAG));
const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE_ALL =
    STRUCTURE(REQUIRED("AccountId", ACCOUNT), OPTIONAL("MaxResults", BUDGETS_PAGE_SIZE),
              OPTIONAL("NextToken", TEXT), OPTIONAL("ShowFilterExpression", FLAG));
const struct emu_shape EMU_SHAPE_BUDGETS_DELETE = STRUCTURE(ONE_BUDGET);

const struct emu_shape EMU_SHAPE_BUDGETS_CREATE_NOTIFICATION = STRUCTURE(
    ONE_BUDGET, REQUIRED("Notification", NOTIFICATION), REQUIRED("Subscribers", SUBSCRIBERS));
const struct emu_shape EMU_SHAPE_BUDGETS_UPDATE_NOTIFICATION =
    STRUCTURE(ONE_BUDGET, REQUIRED("OldNotification", NOTIFICATION),
              REQUIRED("NewNotification", NOTIFICATION));
const struct emu_shape EMU_SHAPE_BUDGETS_DELETE_NOTIFICATION =
    STRUCTURE(ONE_BUDGET, REQUIRED("Notification", NOTIFICATION));
const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE_NOTIFICATIONS = STRUCTURE(ONE_BUDGET, PAGES);

const struct emu_shape EMU_SHAPE_BUDGETS_CREATE_SUBSCRIBER = STRUCTURE(
    ONE_BUDGET, REQUIRED("Notification", NOTIFICATION), REQUIRED("Subscriber", SUBSCRIBER));
const struct emu_shape EMU_SHAPE_BUDGETS_UPDATE_SUBSCRIBER =
    STRUCTURE(ONE_BUDGET, REQUIRED("Notification", NOTIFICATION),
              REQUIRED("OldSubscriber", SUBSCRIBER), REQUIRED("NewSubscriber", SUBSCRIBER));
const struct emu_shape EMU_SHAPE_BUDGETS_DELETE_SUBSCRIBER = STRUCTURE(
    ONE_BUDGET, REQUIRED("Notification", NOTIFICATION), REQUIRED("Subscriber", SUBSCRIBER));
const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE_SUBSCRIBERS =
    STRUCTURE(ONE_BUDGET, REQUIRED("Notification", NOTIFICATION), PAGES);

/* ---- actions ---- */

static const struct emu_shape ACTION_TYPE =
    ENUM("APPLY_IAM_POLICY", "APPLY_SCP_POLICY", "RUN_SSM_DOCUMENTS");
static const struct emu_shape ACTION_ID = {
    .kind = EMU_STRING, .min = 36, .max = 36, .pattern = &EMU_PATTERN_UUID};
static const struct emu_shape ACTION_THRESHOLD = STRUCTURE(
    REQUIRED("ActionThresholdValue", THRESHOLD), REQUIRED("ActionThresholdType", THRESHOLD_TYPE));
static const struct emu_shape ROLE_ARN = {
    .kind = EMU_STRING, .min = 32, .max = 618, .pattern = &EMU_PATTERN_ROLE_ARN};
static const struct emu_shape POLICY_ARN = {
    .kind = EMU_STRING, .min = 25, .max = 684, .pattern = &EMU_PATTERN_POLICY_ARN};
static const struct emu_shape PRINCIPAL = {
    .kind = EMU_STRING, .min = 1, .max = 640, .pattern = &EMU_PATTERN_PRINCIPAL};
static const struct emu_shape PRINCIPALS = {
    .kind = EMU_LIST, .min = 1, .max = 100, .member = &PRINCIPAL};
static const struct emu_shape IAM_DEFINITION =
    STRUCTURE(REQUIRED("PolicyArn", POLICY_ARN), OPTIONAL("Roles", PRINCIPALS),
              OPTIONAL("Groups", PRINCIPALS), OPTIONAL("Users", PRINCIPALS));
static const struct emu_shape POLICY_ID = {
    .kind = EMU_STRING, .min = 10, .max = 130, .pattern = &EMU_PATTERN_POLICY_ID};
static const struct emu_shape POLICY_TARGET = {
    .kind = EMU_STRING, .min = 12, .max = 68, .pattern = &EMU_PATTERN_POLICY_TARGET};
static const struct emu_shape POLICY_TARGETS = {
    .kind = EMU_LIST, .min = 1, .max = 100, .member = &POLICY_TARGET};
static const struct emu_shape SCP_DEFINITION =
    STRUCTURE(REQUIRED("PolicyId", POLICY_ID), REQUIRED("TargetIds", POLICY_TARGETS));
static const struct emu_shape SSM_TYPE = ENUM("STOP_EC2_INSTANCES", "STOP_RDS_INSTANCES");
static const struct emu_shape REGION = {
    .kind = EMU_STRING, .min = 9, .max = 20, .pattern = &EMU_PATTERN_REGION};
static const struct emu_shape INSTANCE = {
    .kind = EMU_STRING, .min = 1, .max = 63, .pattern = &EMU_PATTERN_INSTANCE};
static const struct emu_shape INSTANCES = {
    .kind = EMU_LIST, .min = 1, .max = 100, .member = &INSTANCE};
static const struct emu_shape SSM_DEFINITION =
    STRUCTURE(REQUIRED("ActionSubType", SSM_TYPE), REQUIRED("Region", REGION),
              REQUIRED("InstanceIds", INSTANCES));
static const struct emu_shape DEFINITION =
    STRUCTURE(OPTIONAL("IamActionDefinition", IAM_DEFINITION),
              OPTIONAL("ScpActionDefinition", SCP_DEFINITION),
              OPTIONAL("SsmActionDefinition", SSM_DEFINITION));
static const struct emu_shape APPROVAL = ENUM("AUTOMATIC", "MANUAL");

const struct emu_shape EMU_SHAPE_BUDGETS_CREATE_ACTION =
    STRUCTURE(ONE_BUDGET, REQUIRED("NotificationType", NOTIFICATION_TYPE),
              REQUIRED("ActionType", ACTION_TYPE), REQUIRED("ActionThreshold", ACTION_THRESHOLD),
              REQUIRED("Definition", DEFINITION), REQUIRED("ExecutionRoleArn", ROLE_ARN),
              REQUIRED("ApprovalModel", APPROVAL), REQUIRED("Subscribers", SUBSCRIBERS),
              OPTIONAL("ResourceTags", EMU_SHAPE_RESOURCE_TAGS));
const struct emu_shape EMU_SHAPE_BUDGETS_UPDATE_ACTION = STRUCTURE(
    ONE_BUDGET, REQUIRED("ActionId", ACTION_ID), OPTIONAL("NotificationType", NOTIFICATION_TYPE),
    OPTIONAL("ActionThreshold", ACTION_THRESHOLD), OPTIONAL("Definition", DEFINITION),
    OPTIONAL("ExecutionRoleArn", ROLE_ARN), OPTIONAL("ApprovalModel", APPROVAL),
    OPTIONAL("Subscribers", SUBSCRIBERS));
const struct emu_shape EMU_SHAPE_BUDGETS_DELETE_ACTION =
    STRUCTURE(ONE_BUDGET, REQUIRED("ActionId", ACTION_ID));
const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE_ACTION =
    STRUCTURE(ONE_BUDGET, REQUIRED("ActionId", ACTION_ID));
const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE_ACTIONS = STRUCTURE(ONE_BUDGET, PAGES);
const struct emu_shape EMU_SHAPE_BUDGETS_DESCRIBE_HISTORIES = STRUCTURE(
    ONE_BUDGET, REQUIRED("ActionId", ACTION_ID), OPTIONAL("TimePeriod", TIME_PERIOD), PAGES);
static const struct emu_shape EXECUTION = ENUM("APPROVE_BUDGET_ACTION", "RETRY_BUDGET_ACTION",
                                               "REVERSE_BUDGET_ACTION", "RESET_BUDGET_ACTION");
const struct emu_shape EMU_SHAPE_BUDGETS_EXECUTE_ACTION =
    STRUCTURE(ONE_BUDGET, REQUIRED("ActionId", ACTION_ID), REQUIRED("ExecutionType", EXECUTION));

/* ---- tags ---- */

static const struct emu_shape RESOURCE_ARN = {.kind = EMU_STRING, .min = 1, .max = 1011};

const struct emu_shape EMU_SHAPE_BUDGETS_LIST_RESOURCE_TAGS =
    STRUCTURE(REQUIRED("ResourceARN", RESOURCE_ARN));
const struct emu_shape EMU_SHAPE_BUDGETS_TAG_RESOURCE = STRUCTURE(
    REQUIRED("ResourceARN", RESOURCE_ARN), REQUIRED("ResourceTags", EMU_SHAPE_RESOURCE_TAGS));
const struct emu_shape EMU_SHAPE_BUDGETS_UNTAG_RESOURCE =
    STRUCTURE(REQUIRED("ResourceARN", RESOURCE_ARN),
              REQUIRED("ResourceTagKeys", EMU_SHAPE_RESOURCE_TAG_KEYS));
