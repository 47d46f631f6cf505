/* AWS Budgets as the dispatcher sees it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "budgets.h"
#include "service.h"

static const struct emu_operation OPERATIONS[] = {
#define OPERATION(id, shape, function)                                                             \
    {                                                                                              \
        .name = id, .input = &EMU_SHAPE_BUDGETS_##shape, .resource = "BudgetName",                 \
        .answer = function                                                                         \
    }
    OPERATION("CreateBudget", CREATE, emu_budgets_create),
    OPERATION("UpdateBudget", UPDATE, emu_budgets_update),
    OPERATION("DescribeBudget", DESCRIBE, emu_budgets_describe),
    OPERATION("DescribeBudgets", DESCRIBE_ALL, emu_budgets_describe_all),
    OPERATION("DeleteBudget", DELETE, emu_budgets_delete),
    OPERATION("CreateNotification", CREATE_NOTIFICATION, emu_budgets_create_notification),
    OPERATION("UpdateNotification", UPDATE_NOTIFICATION, emu_budgets_update_notification),
    OPERATION("DeleteNotification", DELETE_NOTIFICATION, emu_budgets_delete_notification),
    OPERATION("DescribeNotificationsForBudget", DESCRIBE_NOTIFICATIONS,
              emu_budgets_describe_notifications),
    OPERATION("CreateSubscriber", CREATE_SUBSCRIBER, emu_budgets_create_subscriber),
    OPERATION("UpdateSubscriber", UPDATE_SUBSCRIBER, emu_budgets_update_subscriber),
    OPERATION("DeleteSubscriber", DELETE_SUBSCRIBER, emu_budgets_delete_subscriber),
    OPERATION("DescribeSubscribersForNotification", DESCRIBE_SUBSCRIBERS,
              emu_budgets_describe_subscribers),
    OPERATION("CreateBudgetAction", CREATE_ACTION, emu_budgets_create_action),
    OPERATION("UpdateBudgetAction", UPDATE_ACTION, emu_budgets_update_action),
    OPERATION("DeleteBudgetAction", DELETE_ACTION, emu_budgets_delete_action),
    OPERATION("DescribeBudgetAction", DESCRIBE_ACTION, emu_budgets_describe_action),
    OPERATION("DescribeBudgetActionHistories", DESCRIBE_HISTORIES, emu_budgets_describe_histories),
    OPERATION("ExecuteBudgetAction", EXECUTE_ACTION, emu_budgets_execute_action),
    OPERATION("DescribeBudgetActionsForBudget", DESCRIBE_ACTIONS, emu_budgets_describe_actions),
    OPERATION("ListTagsForResource", LIST_RESOURCE_TAGS, emu_budgets_list_resource_tags),
    OPERATION("TagResource", TAG_RESOURCE, emu_budgets_tag_resource),
    OPERATION("UntagResource", UNTAG_RESOURCE, emu_budgets_untag_resource),
    {0},
};

/* That AWS calls an input of the wrong shape InvalidParameterException, too, is unverified.
 * All but the last are answered with status 400. */
static const struct emu_service_error ERRORS[] = {
    {"InvalidParameterException", 400, NULL},
    {"AccessDeniedException", 400, NULL},
    {"BillingViewHealthStatusException", 400, NULL},
    {"CreationLimitExceededException", 400, NULL},
    {"DuplicateRecordException", 400, NULL},
    {"ExpiredNextTokenException", 400, NULL},
    {"InvalidNextTokenException", 400, NULL},
    {"NotFoundException", 400, NULL},
    {"ResourceLockedException", 400, NULL},
    {"ServiceQuotaExceededException", 400, NULL},
    {"ThrottlingException", 400, NULL},
    {"InternalErrorException", 500, NULL},
    {0},
};

const struct emu_service EMU_BUDGETS = {
    .name = "budgets",
    .signing_name = "budgets",
    .protocol = EMU_JSON_RPC,
    .version = "1.1",
    .target = "AWSBudgetServiceGateway",
    .invalid = "InvalidParameterException",
    .message = "Message",
    .errors = ERRORS,
    .operations = OPERATIONS,
};
