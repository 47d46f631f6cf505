/* SPDX-License-Identifier: MIT */
#include "expression_shapes.h"
#include "money_patterns.h"
#include "shape_macros.h"

static const struct emu_shape DIMENSION = ENUM(
    "AZ", "INSTANCE_TYPE", "LINKED_ACCOUNT", "PAYER_ACCOUNT", "LINKED_ACCOUNT_NAME", "OPERATION",
    "PURCHASE_TYPE", "REGION", "SERVICE", "SERVICE_CODE", "USAGE_TYPE", "USAGE_TYPE_GROUP",
    "RECORD_TYPE", "OPERATING_SYSTEM", "TENANCY", "SCOPE", "PLATFORM", "SUBSCRIPTION_ID",
    "LEGAL_ENTITY_NAME", "DEPLOYMENT_OPTION", "DATABASE_ENGINE", "CACHE_ENGINE",
    "INSTANCE_TYPE_FAMILY", "BILLING_ENTITY", "RESERVATION_ID", "RESOURCE_ID", "RIGHTSIZING_TYPE",
    "SAVINGS_PLANS_TYPE", "SAVINGS_PLAN_ARN", "PAYMENT_OPTION", "AGREEMENT_END_DATE_TIME_AFTER",
    "AGREEMENT_END_DATE_TIME_BEFORE", "INVOICING_ENTITY", "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
    "ANOMALY_TOTAL_IMPACT_PERCENTAGE", "RESERVATION_MODIFIED", "TAG_KEY", "COST_CATEGORY_NAME");
static const struct emu_shape MATCH_OPTION =
    ENUM("EQUALS", "ABSENT", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "CASE_SENSITIVE",
         "CASE_INSENSITIVE", "GREATER_THAN_OR_EQUAL");
static const struct emu_shape MATCH_OPTIONS = LIST_OF(MATCH_OPTION);
static const struct emu_shape VALUE = {.kind = EMU_STRING, .max = 1024};
static const struct emu_shape VALUES = LIST_OF(VALUE);
static const struct emu_shape KEY = {.kind = EMU_STRING, .max = 1024};

static const struct emu_shape DIMENSION_VALUES =
    STRUCTURE(OPTIONAL("Key", DIMENSION), OPTIONAL("Values", VALUES),
              OPTIONAL("MatchOptions", MATCH_OPTIONS));
static const struct emu_shape KEY_VALUES = STRUCTURE(
    OPTIONAL("Key", KEY), OPTIONAL("Values", VALUES), OPTIONAL("MatchOptions", MATCH_OPTIONS));
static const struct emu_shape EXPRESSIONS = LIST_OF(EMU_SHAPE_EXPRESSION);

const struct emu_shape EMU_SHAPE_EXPRESSION =
    UNION(OPTIONAL("Or", EXPRESSIONS), OPTIONAL("And", EXPRESSIONS),
          OPTIONAL("Not", EMU_SHAPE_EXPRESSION), OPTIONAL("Dimensions", DIMENSION_VALUES),
          OPTIONAL("Tags", KEY_VALUES), OPTIONAL("CostCategories", KEY_VALUES));

static const struct emu_shape TAG_KEY = {
    .kind = EMU_STRING, .min = 1, .max = 128, .pattern = &EMU_PATTERN_TAG_TEXT};
static const struct emu_shape TAG_VALUE = {
    .kind = EMU_STRING, .max = 256, .pattern = &EMU_PATTERN_TAG_TEXT};
static const struct emu_shape TAG =
    STRUCTURE(REQUIRED("Key", TAG_KEY), REQUIRED("Value", TAG_VALUE));

const struct emu_shape EMU_SHAPE_RESOURCE_TAGS = {.kind = EMU_LIST, .max = 200, .member = &TAG};
const struct emu_shape EMU_SHAPE_RESOURCE_TAG_KEYS = {
    .kind = EMU_LIST, .max = 200, .member = &TAG_KEY};
const struct emu_shape EMU_SHAPE_MONEY_TOKEN = {.kind = EMU_STRING, .max = 8192};
