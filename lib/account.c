/* SPDX-License-Identifier: MIT */
#include "account.h"
#include "clock.h"
#include "random.h"

#include <inttypes.h>
#include <stdio.h>

struct brc__account *brc__account_new(const brc_request *request)
{
    struct brc__account *account = calloc(1, sizeof *account);

    if (account == NULL)
        return NULL;
    account->counted_input = BRC__COUNT_NOT_ASKED;
    account->max_tokens_at = brc__request_max_tokens_at(request);
    if (brc__bound_of(request, &account->bound) == 0)
        return account;
    return brc__account_free(account);
}

struct brc__account *brc__account_free(struct brc__account *account)
{
    if (account == NULL)
        return NULL;
    brc__bound_clear(&account->bound);
    brc__hold_free(account->hold);
    free(account);
    return NULL;
}

enum {
    WAIT_MS = 2,
    BLOCKING_WAIT_MS = 200,
    PAUSE_MIN_MS = 2,
    /* The first few times it comes back within the 20 ms that keep its place between the writers; a
     * thousand who wait must not keep the machine busy with asking. */
    PAUSE_MAX_MS = 100
};

int64_t brc__account_wait_ms(const brc_client *client)
{
    int64_t left = client->ledger_until - brc__clock_steady_ms();

    if (client->closing)
        return left > WAIT_MS ? left : WAIT_MS;
    return client->waiting && client->in_flight == 0 ? BLOCKING_WAIT_MS : WAIT_MS;
}

void brc__account_note_busy(brc_client *client)
{
    int64_t pause = client->ledger_pause_ms * 2;
    uint8_t chance = 0;

    pause = pause < PAUSE_MIN_MS ? PAUSE_MIN_MS : pause > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause;
    client->ledger_pause_ms = pause;
    brc__random(&chance, sizeof chance);
    client->ledger_due = brc__clock_steady_ms() + pause / 2 + chance % (pause / 2 + 1);
}

/* Whoever reads why there was no other attempt wants to know why there ought to have been one. */
static void add_attempt_before(brc_client *client, const struct brc__call *call)
{
    char *text = client->error.text;
    size_t length = strlen(text), room = sizeof client->error.text - length;

    if (call->attempt > 1)
        snprintf(text + length, room, "; attempt %" PRId64 " had failed: %s", call->attempt - 1,
                 call->account->end.text);
}

int brc__account_ask(brc_client *client, struct brc__call *call, const char *profile_arn,
                     const char *metadata)
{
    struct brc__account *account = call->account;
    const struct brc__asking asking = {
        .call_id = call->uuid,
        .attempt = call->attempt,
        .profile_arn = profile_arn,
        .bound = &account->bound,
        .counted_input = account->counted_input,
        .ret_model = account->model,
        .metadata = metadata,
        .wait_ms = brc__account_wait_ms(client),
    };

    int rc = brc__ledger_admit(client->ledger, &asking, &account->hold, &client->error);
    if (rc < 0)
        add_attempt_before(client, call);
    if (rc != BRC__LEDGER_BUSY)
        client->ledger_pause_ms = 0;
    call->started_at_ms = brc__clock_utc_ms();
    call->started_at = brc__clock_steady_ms();
    return rc;
}
