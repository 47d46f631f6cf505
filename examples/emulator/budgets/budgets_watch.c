/* Which thresholds are passed: who is told then, and which actions have their turn.
 *
 * SPDX-License-Identifier: MIT
 */
#include "budgets.h"

#include <string.h>

/* AWS tells of what was spent once in a period, and of a forecast each time that it comes to pass
 * the threshold. */
static int watch_notification(struct emulator *emulator, json_t *kept,
                              const struct emu_spending *spending)
{
    const struct emu_threshold threshold =
        emu_notification_threshold(json_object_get(kept, "notification"));
    const json_t *told_us = json_object_get(kept, "toldUs");
    int rc;

    if (!emu_threshold_passed(spending, &threshold)) {
        if (strcmp(threshold.type, "FORECASTED") == 0)
            json_object_del(kept, "toldUs");
        return EMU_OK;
    }
    if (told_us != NULL && json_integer_value(told_us) == spending->from_us)
        return EMU_OK;
    rc = emu_budget_alert(emulator, json_object_get(kept, "subscribers"), spending, &threshold);
    if (rc == EMU_OK && json_object_set_new(kept, "toldUs", json_integer(spending->from_us)) < 0)
        rc = EMU_OUT_OF_MEMORY;
    return rc;
}

static int watch_budget(struct emulator *emulator, const json_t *record, int64_t now_us)
{
    const json_t *notifications = json_object_get(record, "notifications");
    json_t *actions = json_object_get(record, "actions");
    struct emu_spending spending;
    const char *id;
    json_t *one;
    size_t i;
    int rc;

    if (json_array_size(notifications) + json_object_size(actions) == 0)
        return EMU_OK;
    rc = emu_spending_find(emulator, json_object_get(record, "budget"), now_us, &spending);
    if (rc < 0 || now_us >= spending.to_us) /* a period of one's own may be over */
        return rc;
    json_array_foreach(notifications, i, one)
    {
        if (rc == EMU_OK)
            rc = watch_notification(emulator, one, &spending);
    }
    json_object_foreach(actions, id, one)
    {
        if (rc == EMU_OK)
            rc = emu_action_watch(emulator, one, &spending);
    }
    return rc;
}

int emu_budgets_watch(struct emulator *emulator, int64_t now_us)
{
    const char *name;
    json_t *record;
    int rc = EMU_OK;

    json_object_foreach(emulator->money.budgets, name, record)
    {
        if (rc == EMU_OK)
            rc = watch_budget(emulator, record, now_us);
    }
    return rc;
}
