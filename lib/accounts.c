/* SPDX-License-Identifier: MIT */
#include "accounts.h"
#include "clock.h"
#include "count_tokens.h"
#include "lookup.h"
#include "queue.h"

#include <stdio.h>

/* ---- before an attempt */

static void wait_in(struct brc__queue *queue, struct brc__call *call, int state)
{
    call->state = state;
    brc__queue_append(queue, call);
}

/* Others write. All calls of this turn wait then: each trying in vain would hold the loop up. */
static bool is_busy(const brc_client *client)
{
    return brc__clock_steady_ms() < client->ledger_due;
}

static int postpone(brc_client *client, struct brc__call *call)
{
    brc__queue_back_off(client, call, client->ledger_due - brc__clock_steady_ms());
    return 1;
}

static const char *profile_of(const struct brc__call *call)
{
    return call->kind->profile(call);
}

static int wait_for_listing(brc_client *client, struct brc__call *call)
{
    if (call->account->looked_up)
        return brc__error_set(&client->error, BRC_E_LEDGER,
                              "the ledger does not know the profile %s, though it was told",
                              profile_of(call));
    int rc = brc__lookup_begin(client, profile_of(call));
    if (rc == 0)
        wait_in(&client->unlisted, call, BRC__CALL_UNLISTED);
    return rc < 0 ? rc : 1;
}

/* The call may be gone. */
static void on_counted(brc_client *client, struct brc__errand *errand, void *user_data)
{
    struct brc__call *call = brc__call_find(client, errand->for_call);
    int64_t count = brc__count_of(errand);

    (void)user_data;
    if (count < 0) {
        client->noting++;
        brc__log_line(&client->log, BRC_LOG_WARNING,
                      "CountTokens failed, the bound counts in its place: %s",
                      errand->call.code < 0 ? client->error.text : "its answer has no count");
        client->noting--;
    }
    if (call == NULL || call->state != BRC__CALL_UNCOUNTED)
        return;
    call->account->counted_input = count < 0 ? BRC__COUNT_FAILED : count;
    brc__queue_leave(&client->uncounted, call);
    brc__host_wait(call);
}

static int wait_for_count(brc_client *client, struct brc__call *call)
{
    const struct brc__count count = {profile_of(call), call->account->model, &call->body};
    struct brc__errand *errand;

    int rc = brc__count_errand(client, &count, &errand);
    if (rc < 0)
        return rc;
    errand->done = on_counted;
    errand->for_call = call->id;
    brc__errand_post(client, errand);
    wait_in(&client->uncounted, call, BRC__CALL_UNCOUNTED);
    return 1;
}

int brc__accounts_admit(brc_client *client, struct brc__call *call)
{
    if (is_busy(client))
        return postpone(client, call);
    if (brc__lookup_is_under_way(client, profile_of(call)))
        return wait_for_listing(client, call);
    int rc = call->kind->admit(client, call);
    switch (rc) {
    case BRC__LEDGER_BUSY:
        brc__account_note_busy(client);
        return postpone(client, call);
    case BRC__LEDGER_UNLISTED:
        return wait_for_listing(client, call);
    case BRC__LEDGER_UNCOUNTED:
        return wait_for_count(client, call);
    default:
        return rc;
    }
}

/* The calls that waited for this profile go on, or fail with the reason in client->error. */
static void end_unlisted(brc_client *client, const char *arn, int code,
                         void (*fail)(brc_client *client, struct brc__call *call, int code))
{
    struct brc__call *call = client->unlisted.first, *next;

    for (; call != NULL; call = next) {
        next = call->next_in_queue;
        if (strcmp(profile_of(call), arn) != 0)
            continue;
        brc__queue_leave(&client->unlisted, call);
        call->account->looked_up = true;
        if (code < 0)
            fail(client, call, code);
        else
            brc__host_wait(call);
    }
}

void brc__accounts_serve(brc_client *client,
                         void (*fail)(brc_client *client, struct brc__call *call, int code))
{
    char arn[BRC__ARN_LENGTH_MAX + 1];
    int code;

    if (client->lookups == NULL || client->closing)
        return;
    client->noting++;
    brc__lookup_serve(client);
    client->noting--;
    while (brc__lookup_take_end(client, arn, &code))
        end_unlisted(client, arn, code, fail);
}

/* ---- after it */

void brc__accounts_take(brc_client *client, struct brc__call *call, int64_t again_in)
{
    call->account->end = client->error;
    call->account->again_in = again_in;
    wait_in(&client->settling, call, BRC__CALL_SETTLING);
}

/* The holds of all that wait, in the order in which their attempts ended. */
static struct brc__hold *chain_holds(const brc_client *client)
{
    struct brc__hold *first = NULL, **place = &first;

    for (struct brc__call *call = client->settling.first; call != NULL;
         call = call->next_in_queue) {
        struct brc__hold *hold = call->account->hold;
        hold->next = NULL;
        *place = hold;
        place = &hold->next;
    }
    return first;
}

/* Takes the holds from the calls, whose settles are stored. */
static void drop_holds(brc_client *client)
{
    for (struct brc__call *call = client->settling.first; call != NULL; call = call->next_in_queue)
        call->account->hold = brc__hold_free(call->account->hold);
}

/* What the caller hears of an attempt that is not on record: what came of it all the same. */
static void note_unrecorded(struct brc__call *call, const struct brc__error *why)
{
    struct brc__error *end = &call->account->end;
    size_t length = strlen(end->text);

    if (call->code < 0) {
        snprintf(end->text + length, sizeof end->text - length, "; it is not recorded yet: %s",
                 why->text);
        return;
    }
    call->code =
        brc__error_set(end, BRC_E_UNRECORDED, "%s: %s", brc_strerror(BRC_E_UNRECORDED), why->text);
}

static void owe_all(brc_client *client, struct brc__hold *holds, const struct brc__error *why)
{
    for (struct brc__call *call = client->settling.first; call != NULL;
         call = call->next_in_queue) {
        client->noting++;
        brc__log_line(&client->log, BRC_LOG_WARNING, "call %s: its settle is not stored yet: %s",
                      call->uuid, why->text);
        client->noting--;
        if (call->account->again_in < 0)
            note_unrecorded(call, why);
        call->account->hold = NULL;
    }
    brc__ledger_owe(client->ledger, holds);
}

bool brc__accounts_settle(brc_client *client)
{
    struct brc__error why;

    if (client->settling.first == NULL || (is_busy(client) && !client->closing))
        return false;
    brc__error_clear(&why);
    struct brc__hold *holds = chain_holds(client);
    int rc = brc__ledger_settle(client->ledger, holds, brc__account_wait_ms(client), &why);
    if (rc == BRC__LEDGER_BUSY && !client->closing) {
        brc__account_note_busy(client);
        return false;
    }
    client->ledger_pause_ms = 0;
    if (rc == BRC__LEDGER_BUSY)
        rc = brc__error_set(&why, BRC_E_LEDGER, "others write to the ledger for too long");
    if (rc < 0)
        owe_all(client, holds, &why);
    else
        drop_holds(client);
    return true;
}

int64_t brc__accounts_due(const brc_client *client)
{
    int64_t due = brc__lookup_due(client);

    return client->settling.first != NULL && client->ledger_due < due ? client->ledger_due : due;
}
