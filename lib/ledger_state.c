/* The handle: opened, entered by one thread at a time, freed by whoever lets go last.
 * SPDX-License-Identifier: MIT */
#include "ledger_state.h"
#include "clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Reads the catalogue once, so that the handle knows what to do when the ledger fails later. */
static int look_inside(brc_ledger *ledger)
{
    int rc = brc__ledger_begin_read(ledger, &ledger->error);
    if (rc < 0)
        return rc;
    brc__store_rollback(ledger->store);
    return BRC_OK;
}

static brc_ledger *new_handle(void)
{
    brc_ledger *ledger = calloc(1, sizeof *ledger);

    if (ledger == NULL)
        return NULL;
    if (pthread_mutex_init(&ledger->mutex, NULL) != 0) {
        free(ledger);
        return NULL;
    }
    if (pthread_cond_init(&ledger->noticed, NULL) != 0) {
        pthread_mutex_destroy(&ledger->mutex);
        free(ledger);
        return NULL;
    }
    ledger->references = 1;
    ledger->owner = getpid();
    return ledger;
}

int brc_ledger_open(const char *path, brc_ledger **ret_ledger)
{
    if (ret_ledger == NULL)
        return BRC_E_INVALID;
    *ret_ledger = NULL;
    if (path == NULL || *path == '\0')
        return BRC_E_INVALID;
    brc_ledger *ledger = new_handle();
    if (ledger == NULL)
        return BRC_E_NOMEM;
    int rc = brc__store_open(path, &ledger->store, &ledger->error);
    if (rc == BRC_OK)
        rc = look_inside(ledger);
    if (rc == BRC_E_NOMEM) {
        brc_ledger_free(ledger);
        return BRC_E_NOMEM;
    }
    if (rc < 0) {
        ledger->store = brc__store_free(ledger->store);
        rc = BRC_E_LEDGER;
    }
    *ret_ledger = ledger;
    return rc;
}

brc_ledger *brc__ledger_ref(brc_ledger *ledger)
{
    ledger->references++;
    return ledger;
}

/* The last time that settles are tried which could not be stored. What cannot be stored even now
 * stays a hold, which the next to look finds without an owner. */
static void settle_owed(brc_ledger *ledger)
{
    enum {
        LAST_WAIT_MS = 1000
    };
    struct brc__error error;
    struct brc__hold *owed = brc__steal(ledger->owed);

    if (owed != NULL && ledger->owner == getpid())
        brc__ledger_settle(ledger, owed, LAST_WAIT_MS, &error);
    while (owed != NULL) {
        struct brc__hold *next = owed->next;
        brc__hold_free(owed);
        owed = next;
    }
}

brc_ledger *brc_ledger_free(brc_ledger *ledger)
{
    if (ledger == NULL || --ledger->references > 0)
        return NULL;
    ledger->references = 1; /* settling enters and leaves */
    settle_owed(ledger);
    if (ledger->destroy != NULL)
        ledger->destroy(ledger->user_data);
    brc__catalogue_unref(ledger->catalogue);
    brc__store_free(ledger->store);
    /* After a fork, another thread of the parent may have been inside. */
    if (ledger->owner == getpid()) {
        pthread_cond_destroy(&ledger->noticed);
        pthread_mutex_destroy(&ledger->mutex);
    }
    free(ledger);
    return NULL;
}

static bool is_telling(brc_ledger *ledger)
{
    pthread_t self = pthread_self();

    return (ledger->is_telling_row && pthread_equal(ledger->telling_row, self)) ||
           (ledger->is_telling_notice && pthread_equal(ledger->telling_notice, self));
}

/* By the clock of the wall, the only one that a mutex can be waited for by everywhere. */
static struct timespec deadline(int64_t wait_ms)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += wait_ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    return until;
}

int brc__ledger_enter(brc_ledger *ledger, int64_t wait_ms)
{
    if (ledger->owner != getpid())
        return BRC_E_FORKED;
    if (is_telling(ledger))
        return BRC_E_RECURSION;
    if (pthread_mutex_trylock(&ledger->mutex) != 0) {
        const struct timespec until = deadline(wait_ms);
        if (pthread_mutex_timedlock(&ledger->mutex, &until) != 0)
            return BRC__LEDGER_BUSY;
    }
    brc__ledger_ref(ledger);
    return BRC_OK;
}

void brc__ledger_leave(brc_ledger *ledger)
{
    pthread_mutex_unlock(&ledger->mutex);
    brc_ledger_free(ledger);
}

void brc__ledger_tell_rows(brc_ledger *ledger, bool telling)
{
    ledger->telling_row = pthread_self();
    ledger->is_telling_row = telling;
}

/* The text of a store that could not be opened stays the handle's. */
static int why_closed(const brc_ledger *ledger, struct brc__error *error)
{
    if (error != &ledger->error)
        *error = ledger->error;
    return BRC_E_LEDGER;
}

/* Both kinds of transaction begin by looking whether somebody has put something. */
static int renew(brc_ledger *ledger, struct brc__error *error)
{
    int rc = brc__catalogue_renew(ledger->store, &ledger->catalogue, error);
    if (rc < 0)
        brc__store_rollback(ledger->store);
    return rc;
}

static bool durability_changed(const brc_ledger *ledger)
{
    return ledger->catalogue->survives_power_loss != ledger->is_durable;
}

/* Outside of a transaction: inside one, it would have no effect. */
static int change_durability(brc_ledger *ledger, struct brc__error *error)
{
    bool durable = ledger->catalogue->survives_power_loss;
    int rc = brc__store_set_durable(ledger->store, durable, error);
    if (rc < 0)
        return rc;
    ledger->is_durable = durable;
    return BRC_OK;
}

static int take_turn(brc_ledger *ledger, struct brc__error *error)
{
    struct brc__store *store = ledger->store;
    int rc = brc__step(store, brc__prepare(store, "UPDATE turn SET number = number + 1"), error);
    if (rc < 0)
        brc__store_rollback(store);
    return rc;
}

static int begin(brc_ledger *ledger, int64_t wait_ms, struct brc__error *error)
{
    int rc = brc__store_begin(ledger->store, wait_ms, error);
    if (rc == BRC_OK)
        rc = renew(ledger, error);
    return rc != BRC_OK ? rc : take_turn(ledger, error);
}

int brc__ledger_begin(brc_ledger *ledger, int64_t wait_ms, struct brc__error *error)
{
    if (ledger->store == NULL)
        return why_closed(ledger, error);
    int rc = begin(ledger, wait_ms, error);
    if (rc != BRC_OK || !durability_changed(ledger))
        return rc == BRC__STORE_BUSY ? BRC__LEDGER_BUSY : rc;
    brc__store_rollback(ledger->store);
    rc = change_durability(ledger, error);
    if (rc < 0)
        return rc;
    /* Should it change back in this moment, the next transaction sees to it. */
    rc = begin(ledger, wait_ms, error);
    return rc == BRC__STORE_BUSY ? BRC__LEDGER_BUSY : rc;
}

int brc__ledger_begin_read(brc_ledger *ledger, struct brc__error *error)
{
    if (ledger->store == NULL)
        return why_closed(ledger, error);
    int rc = brc__store_read(ledger->store, error);
    return rc < 0 ? rc : renew(ledger, error);
}

int brc_ledger_error(brc_ledger *ledger, char *ret_text, size_t size)
{
    if (ret_text == NULL || size == 0)
        return BRC_E_INVALID;
    *ret_text = '\0';
    if (ledger == NULL)
        return BRC_E_INVALID;
    if (ledger->owner != getpid())
        return BRC_E_FORKED;
    if (is_telling(ledger))
        return BRC_E_RECURSION;
    pthread_mutex_lock(&ledger->mutex);
    brc__error_text(ret_text, size, ledger->error.text, strlen(ledger->error.text));
    pthread_mutex_unlock(&ledger->mutex);
    return (int)strlen(ret_text);
}
