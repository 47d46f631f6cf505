/* Telling of edges: each at least once. The table `delivery` knows which have been told; what was
 * told is recorded there afterwards, so that a death in between tells it again.
 * SPDX-License-Identifier: MIT */
#include "edge.h"
#include "clock.h"
#include "fault_points.h"

#include <stdlib.h>

enum {
    LOOK_MS = 1000,    /* how often to look for edges that other handles recorded */
    ENTER_WAIT_MS = 2, /* for other threads; else the next time, as loops call this */
    MARK_WAIT_MS = 2,  /* for other processes; else the next time */
    CEILING = 512 * 1024
};

int brc_ledger_set_notice(brc_ledger *ledger, brc_notice_fn fn, void *user_data,
                          brc_destroy_fn destroy)
{
    int rc = ledger == NULL ? BRC_E_INVALID : brc__ledger_enter(ledger, INT32_MAX);

    if (rc != BRC_OK) {
        if (destroy != NULL)
            destroy(user_data);
        return rc == BRC__LEDGER_BUSY ? BRC_E_INVALID : rc;
    }
    while (ledger->is_noticing) /* with the old user_data */
        pthread_cond_wait(&ledger->noticed, &ledger->mutex);
    brc_destroy_fn old_destroy = ledger->destroy;
    void *old_data = ledger->user_data;
    ledger->notice = fn;
    ledger->user_data = user_data;
    ledger->destroy = destroy;
    ledger->has_edges = true; /* of other processes, perhaps, or from before */
    pthread_mutex_unlock(&ledger->mutex);
    if (old_destroy != NULL)
        old_destroy(old_data);
    brc_ledger_free(ledger); /* the reference of entering */
    return BRC_OK;
}

/* The next edge that nobody was told of. 1: there is one. */
static int next_edge(brc_ledger *ledger, struct brc__buf *ret_row, int64_t *ret_id)
{
    static const char sql[] =
        "SELECT id, json FROM edge WHERE id > ?1 AND NOT EXISTS (SELECT 1 FROM delivery"
        " WHERE delivery.edge = edge.id AND consumer = 'callback') ORDER BY id LIMIT 1";
    struct brc__error error;

    int rc = brc__ledger_begin_read(ledger, &error);
    if (rc < 0)
        return rc;
    struct brc__statement *statement = brc__prepare(ledger->store, sql);
    brc__bind_int(statement, 1, ledger->told_edge);
    rc = brc__step(ledger->store, statement, &error);
    if (rc > 0) {
        *ret_id = brc__column_int(statement, 0);
        brc__edge_row(ret_row, *ret_id, brc__column_text(statement, 1));
        brc__statement_reset(statement);
    }
    brc__store_rollback(ledger->store);
    return ret_row->status < 0 ? ret_row->status : rc;
}

/* Without the mutex: a slow callback holds up nobody else's calls. */
static void tell(brc_ledger *ledger, const char *row)
{
    brc_notice_fn notice = ledger->notice;
    void *user_data = ledger->user_data;

    ledger->is_noticing = true;
    ledger->telling_notice = pthread_self();
    ledger->is_telling_notice = true;
    pthread_mutex_unlock(&ledger->mutex);
    BRC__FAULT(before_notice_delivered);
    notice(row, user_data);
    pthread_mutex_lock(&ledger->mutex);
    ledger->is_telling_notice = false;
    ledger->is_noticing = false;
    pthread_cond_broadcast(&ledger->noticed);
}

/* Ids are given in the order of commits, so nothing can come to stand before one that was told. */
static int mark(brc_ledger *ledger)
{
    static const char sql[] =
        "INSERT OR IGNORE INTO delivery (edge, consumer, at_ms) SELECT id, 'callback', ?3 FROM edge"
        " WHERE id > ?1 AND id <= ?2";
    struct brc__error error;

    if (ledger->marked_edge >= ledger->told_edge)
        return BRC_OK;
    int rc = brc__ledger_begin(ledger, MARK_WAIT_MS, &error);
    if (rc != BRC_OK)
        return rc;
    struct brc__statement *statement = brc__prepare(ledger->store, sql);
    brc__bind_int(statement, 1, ledger->marked_edge);
    brc__bind_int(statement, 2, ledger->told_edge);
    brc__bind_int(statement, 3, brc__clock_utc_ms());
    rc = brc__step(ledger->store, statement, &error);
    if (rc == BRC_OK)
        rc = brc__store_commit(ledger->store, &error);
    else
        brc__store_rollback(ledger->store);
    if (rc == BRC_OK)
        ledger->marked_edge = ledger->told_edge;
    return rc;
}

static void tell_all(brc_ledger *ledger)
{
    int rc;

    ledger->has_edges = false; /* what comes in from now on is seen the next time, if not by this */
    ledger->looked_for_edges_at = brc__clock_steady_ms();
    do {
        brc__auto_buf struct brc__buf row = BRC__BUF(CEILING);
        int64_t id;
        rc = ledger->notice == NULL ? 0 : next_edge(ledger, &row, &id);
        if (rc > 0) {
            tell(ledger, row.data);
            ledger->told_edge = id;
        }
    } while (rc > 0);
    if (mark(ledger) != BRC_OK || rc < 0)
        ledger->has_edges = true;
}

void brc__ledger_notify(brc_ledger *ledger)
{
    if (!ledger->has_edges && brc__clock_steady_ms() - ledger->looked_for_edges_at < LOOK_MS)
        return;
    if (brc__ledger_enter(ledger, ENTER_WAIT_MS) != BRC_OK)
        return;
    /* Another thread that tells goes on until there is nothing left. */
    if (ledger->notice != NULL && ledger->store != NULL && !ledger->is_noticing)
        tell_all(ledger);
    else if (ledger->notice == NULL)
        ledger->has_edges = false;
    brc__ledger_leave(ledger);
}
