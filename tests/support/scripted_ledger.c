/* SPDX-License-Identifier: MIT */
#include "scripted_ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct brc_ledger {
    char unused;
};

struct scripted_ledger scripted;
static struct brc_ledger handle;

/* What a hold keeps besides; in a block of its own, so that a leak of it shows. */
struct brc__settlement {
    int noted, stored;
    int64_t counted;
};

void scripted_reset(void)
{
    scripted = (struct scripted_ledger){.knows = 1};
}

void scripted_tell(const char *word)
{
    size_t used = strlen(scripted.told);

    snprintf(scripted.told + used, sizeof scripted.told - used, "%s ", word);
}

brc_ledger *scripted_ledger(void)
{
    return &handle;
}

static void note_wait(int64_t wait_ms)
{
    if (wait_ms > scripted.longest_wait_ms)
        scripted.longest_wait_ms = wait_ms;
}

int brc__ledger_admit(brc_ledger *ledger, const struct brc__asking *asking,
                      struct brc__hold **ret_hold, struct brc__error *error)
{
    (void)ledger;
    *ret_hold = NULL;
    note_wait(asking->wait_ms);
    scripted.asked++;
    if (scripted.busy_admits > 0) {
        scripted.busy_admits--;
        return BRC__LEDGER_BUSY;
    }
    if (!scripted.knows)
        return BRC__LEDGER_UNLISTED;
    struct brc__hold *hold = calloc(1, sizeof *hold);
    struct brc__settlement *settlement = calloc(1, sizeof *settlement);
    if (hold == NULL || settlement == NULL) {
        free(hold);
        free(settlement);
        return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    }
    hold->settlement = settlement;
    hold->amount = -1;
    settlement->counted = asking->counted_input;
    int rc = scripted.decide == NULL ? BRC_OK : scripted.decide(asking, hold, error);
    scripted.live++;
    if (rc != 0) {
        brc__hold_free(hold);
        return rc;
    }
    scripted.holds++;
    scripted_tell("hold");
    *ret_hold = hold;
    return BRC_OK;
}

void brc__ledger_note(struct brc__hold *hold, struct brc_usage *usage)
{
    int i = scripted.noted++;

    hold->settlement->noted++;
    usage->ints[BRC_USAGE_COST] = 1000 + i;
    if (i >= SCRIPTED_MAX)
        return;
    scripted.records[i].outcome = usage->ints[BRC_USAGE_OUTCOME];
    scripted.records[i].attempt = usage->ints[BRC_USAGE_ATTEMPT];
    scripted.records[i].code = usage->ints[BRC_USAGE_CODE];
    scripted.records[i].counted = hold->settlement->counted;
}

int brc__ledger_settle(brc_ledger *ledger, struct brc__hold *list, int64_t wait_ms,
                       struct brc__error *error)
{
    (void)ledger;
    note_wait(wait_ms);
    if (scripted.busy_settles > 0) {
        scripted.busy_settles--;
        return BRC__LEDGER_BUSY;
    }
    scripted.settles++;
    if (scripted.settle_code < 0)
        return brc__error_set(error, scripted.settle_code, "the disk is full");
    for (; list != NULL; list = list->next) {
        if (list->settlement->noted != 1 || list->settlement->stored++ > 0)
            abort();
        scripted.settled++;
        scripted_tell("settle");
    }
    return BRC_OK;
}

void brc__ledger_owe(brc_ledger *ledger, struct brc__hold *list)
{
    (void)ledger;
    while (list != NULL) {
        struct brc__hold *next = list->next;
        scripted.owed++;
        scripted_tell("owe");
        brc__hold_free(list);
        list = next;
    }
}

struct brc__hold *brc__hold_free(struct brc__hold *hold)
{
    if (hold == NULL)
        return NULL;
    scripted.live--;
    free(hold->settlement);
    free(hold);
    return NULL;
}

void brc__ledger_notify(brc_ledger *ledger)
{
    (void)ledger;
    scripted.notified++;
}

int brc__ledger_list(brc_ledger *ledger, const char *arn, const char *profile_json,
                     const char *tags_json, int64_t wait_ms, struct brc__error *error)
{
    (void)ledger;
    note_wait(wait_ms);
    if (scripted.busy_lists > 0) {
        scripted.busy_lists--;
        return BRC__LEDGER_BUSY;
    }
    scripted.listed++;
    snprintf(scripted.listed_arn, sizeof scripted.listed_arn, "%s", arn);
    snprintf(scripted.listed_profile, sizeof scripted.listed_profile, "%s", profile_json);
    snprintf(scripted.listed_tags, sizeof scripted.listed_tags, "%s", tags_json);
    if (scripted.list_code < 0)
        return brc__error_set(error, scripted.list_code, "it has no model");
    scripted.knows = 1;
    return BRC_OK;
}

brc_ledger *brc__ledger_ref(brc_ledger *ledger)
{
    scripted.references++;
    return ledger;
}

brc_ledger *brc_ledger_free(brc_ledger *ledger)
{
    scripted.references -= ledger != NULL;
    return NULL;
}
