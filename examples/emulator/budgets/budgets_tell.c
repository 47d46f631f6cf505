/* What AWS Budgets writes to its subscribers. Subject and lines are as others have seen them from
 * AWS; the text between them is our own.
 *
 * SPDX-License-Identifier: MIT
 */
#include "budgets.h"
#include "dates.h"
#include "sns.h"

#include <string.h>

int emu_budget_tell(struct emulator *emulator, const json_t *subscribers, const char *subject,
                    const char *message, int64_t now_us)
{
    const json_t *one;
    int rc = EMU_OK;
    size_t i;

    json_array_foreach(subscribers, i, one)
    {
        const char *type = json_string_value(json_object_get(one, "SubscriptionType"));
        const char *address = json_string_value(json_object_get(one, "Address"));

        if (rc == EMU_OK)
            rc = strcmp(type, "SNS") == 0
                     ? emu_topic_tell(emulator, address, subject, message, now_us)
                     : emu_topics_mail(emulator, address, subject, message, now_us);
    }
    return rc;
}

static const char *sign_of(const char *comparison)
{
    if (strcmp(comparison, "GREATER_THAN") == 0)
        return ">";
    return strcmp(comparison, "LESS_THAN") == 0 ? "<" : "=";
}

static void add_lines(struct emu_text *text, const struct emu_spending *spending,
                      const struct emu_threshold *threshold)
{
    const char *name = json_string_value(json_object_get(spending->budget, "BudgetName"));
    const char *kind = json_string_value(json_object_get(spending->budget, "BudgetType"));
    bool money = strcmp(kind, "COST") == 0;
    const char *unit = money ? "$" : "";

    emu_text_printf(text, "Budget Name: %s\n", name);
    emu_text_printf(text, "Budget Type: %s\n", money ? "Cost" : kind);
    emu_text_printf(text, "Budgeted Amount: %s%.2f\n", unit, emu_spending_limit(spending));
    emu_text_printf(text, "Alert Type: %s\n", threshold->type);
    emu_text_printf(text, "Alert Threshold: %s %s%.2f\n", sign_of(threshold->comparison), unit,
                    emu_threshold_amount(spending, threshold));
    emu_text_printf(text, "%s Amount: %s%.2f\n", threshold->type, unit,
                    emu_spending_amount(spending, threshold->type));
}

int emu_budget_alert(struct emulator *emulator, const json_t *subscribers,
                     const struct emu_spending *spending, const struct emu_threshold *threshold)
{
    const char *name = json_string_value(json_object_get(spending->budget, "BudgetName"));
    emu_auto_text subject = {0};
    emu_auto_text text = {0};
    char day[16];

    emu_date_format(day, spending->now_us);
    emu_text_printf(&subject, "AWS Budgets: %s has exceeded your alert threshold", name);
    emu_text_printf(&text, "AWS Budget Notification %s\nAWS Account " EMU_ACCOUNT "\n\n", day);
    emu_text_puts(&text, "What you wanted to be told of this budget has come about.\n\n");
    add_lines(&text, spending, threshold);
    if (subject.failed || text.failed)
        return EMU_OUT_OF_MEMORY;
    return emu_budget_tell(emulator, subscribers, subject.data, text.data, spending->now_us);
}
