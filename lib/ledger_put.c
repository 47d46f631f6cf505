/* brc_ledger_put(): each kind has its reader; what they write is one transaction. And the profile
 * that a client has asked AWS for.
 * SPDX-License-Identifier: MIT */
#include "clock.h"
#include "fault_points.h"
#include "ledger_state.h"
#include "profile_answer.h"
#include "strict_object.h"

/* A put under way, within the writing transaction. */
struct put {
    brc_ledger *ledger;
    const char *kind; /* or the ARN of a profile that AWS was asked for */
    const char *json;
    int64_t now_ms;
    struct brc__error *error;
};

static int run(const struct put *put, const char *sql, int64_t number, const char *text)
{
    struct brc__statement *statement = brc__prepare(put->ledger->store, sql);

    brc__bind_int(statement, 1, number);
    if (text != NULL) {
        brc__bind_text(statement, 2, text);
        brc__bind_int(statement, 3, put->now_ms);
    }
    int rc = brc__step(put->ledger->store, statement, put->error);
    brc__statement_reset(statement);
    return rc;
}

/* What was put is read again at once, for what has to be done with it in this transaction. */
static int read_again(const struct put *put)
{
    return brc__catalogue_renew(put->ledger->store, &put->ledger->catalogue, put->error);
}

static int change_catalogue(const struct put *put)
{
    int rc = brc__catalogue_put(put->ledger->store, put->ledger->catalogue, put->kind, put->json,
                                put->now_ms, put->error);

    return rc < 0 ? rc : read_again(put);
}

static int put_budget(const struct put *put)
{
    brc__auto_buf struct brc__buf name = BRC__BUF(BRC__CEILING_PUT);
    int rc = change_catalogue(put);

    if (rc < 0)
        return rc;
    brc__json_unquote(brc__json_member(brc__json_of(put->json, strlen(put->json)), "name"), &name);
    if (name.status < 0)
        return brc__error_set(put->error, name.status, "%s", brc_strerror(name.status));
    const struct brc__budget *budget = brc__catalogue_budget(put->ledger->catalogue, name.data);
    if (budget == NULL)
        return BRC_OK; /* it has ended */
    return brc__budget_fill(put->ledger, budget, put->now_ms, put->error);
}

static int put_resolution(const struct put *put)
{
    int rc = brc__resolution_put(put->ledger, put->json, put->now_ms, put->error);

    BRC__FAULT(before_resolution_commit);
    return rc;
}

static int put_external(const struct put *put)
{
    return brc__external_put(put->ledger, put->json, put->now_ms, put->error);
}

/* Telling it twice is as good as once. */
static int put_delivery(const struct put *put)
{
    brc__auto_free char *consumer = NULL;
    int64_t edge = 0;
    const struct brc__member members[] = {
        {"edge", BRC__AS_NUMBER, .to = &edge, .required = true, .least = 1, .most = INT64_MAX},
        {"to", BRC__AS_TEXT, .to = &consumer, .required = true},
    };
    int rc = brc__strict_read(put->json, strlen(put->json), "delivery", members,
                              BRC__COUNT_OF(members), put->error);

    if (rc == 0)
        rc = run(put, "SELECT 1 FROM edge WHERE id = ?1", edge, NULL);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return brc__error_set(put->error, BRC_E_INVALID, "delivery: there is no edge %lld",
                              (long long)edge);
    return run(put, "INSERT OR IGNORE INTO delivery (edge, consumer, at_ms) VALUES (?1, ?2, ?3)",
               edge, consumer);
}

static const struct {
    const char *name;
    int (*put)(const struct put *put);
} kinds[] = {
    {"setting", change_catalogue}, {"price", change_catalogue},    {"profile", change_catalogue},
    {"budget", put_budget},        {"override", change_catalogue}, {"resolution", put_resolution},
    {"external", put_external},    {"delivery", put_delivery},
};

/* Does it, and ends the transaction. What was read of rows that are not stored in the end is given
 * back: their generation's number may be that of other rows next time. */
static int carry_out(const struct put *put, int (*step)(const struct put *put))
{
    brc_ledger *ledger = put->ledger;
    struct brc__catalogue *before = brc__catalogue_ref(ledger->catalogue);
    int rc = step(put);

    if (rc < 0)
        brc__store_rollback(ledger->store);
    else
        rc = brc__store_commit(ledger->store, put->error);
    brc__catalogue_unref(rc < 0 ? ledger->catalogue : before);
    if (rc < 0)
        ledger->catalogue = before;
    return rc < 0 ? rc : BRC_OK;
}

/* Inside the mutex. */
static int put_kind(struct put *put, size_t kind)
{
    int rc = brc__ledger_begin(put->ledger, BRC__LEDGER_WAIT_MS, put->error);

    if (rc == BRC__LEDGER_BUSY)
        return brc__error_set(put->error, BRC_E_LEDGER,
                              "the ledger cannot be written: others have been at it for %d seconds",
                              BRC__LEDGER_WAIT_MS / 1000);
    if (rc < 0)
        return rc;
    put->now_ms = brc__clock_utc_ms();
    return carry_out(put, kinds[kind].put);
}

static int unknown(const char *kind, struct brc__error *error)
{
    char shown[64];

    brc__error_text(shown, sizeof shown, kind, strlen(kind));
    return brc__error_set(error, BRC_E_INVALID, "nothing of kind \"%s\" can be put", shown);
}

int brc_ledger_put(brc_ledger *ledger, const char *kind, const char *json)
{
    struct brc__error error = {0};
    struct put put = {ledger, kind, json, 0, &error};
    size_t i = 0;

    if (ledger == NULL || kind == NULL || json == NULL)
        return BRC_E_INVALID;
    int rc = brc__ledger_enter(ledger, BRC__LEDGER_WAIT_MS);
    if (rc != 0)
        return rc == BRC__LEDGER_BUSY ? BRC_E_LEDGER : rc;
    while (i < BRC__COUNT_OF(kinds) && strcmp(kinds[i].name, kind) != 0)
        i++;
    if (i == BRC__COUNT_OF(kinds))
        rc = unknown(kind, &error);
    else if (strnlen(json, BRC__CEILING_PUT + 1) > BRC__CEILING_PUT)
        rc = brc__error_set(&error, BRC_E_TOO_LARGE, "more than %d MiB", BRC__CEILING_PUT >> 20);
    else
        rc = put_kind(&put, i);
    if (rc < 0)
        ledger->error = error;
    brc__ledger_leave(ledger);
    return rc;
}

/* Somebody may have put the profile since AWS was asked for it. */
static int list(const struct put *put)
{
    brc_ledger *ledger = put->ledger;

    if (brc__catalogue_by_arn(ledger->catalogue, put->kind) != NULL)
        return BRC_OK;
    int rc =
        brc__catalogue_list(ledger->store, ledger->catalogue, put->json, put->now_ms, put->error);
    return rc < 0 ? rc : read_again(put);
}

int brc__ledger_list(brc_ledger *ledger, const char *arn, const char *profile_json,
                     const char *tags_json, int64_t wait_ms, struct brc__error *error)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(BRC__CEILING_PUT);
    int rc = brc__profile_answer(arn, profile_json, tags_json, &json, error);

    if (rc < 0)
        return rc;
    struct put put = {ledger, arn, json.data, 0, error};
    rc = brc__ledger_enter(ledger, wait_ms);
    if (rc != 0)
        return rc;
    rc = brc__ledger_begin(ledger, wait_ms, error);
    if (rc == 0) {
        put.now_ms = brc__clock_utc_ms();
        rc = carry_out(&put, list);
    }
    if (rc < 0)
        ledger->error = *error;
    brc__ledger_leave(ledger);
    return rc;
}
