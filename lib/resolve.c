/* What people say: what an unreported attempt cost after all, and what was spent elsewhere.
 * SPDX-License-Identifier: MIT */
#include "hold.h"
#include "fault_points.h"
#include "strict_object.h"

#include <inttypes.h>
#include <string.h>

struct resolution {
    int64_t record, attempt;
    char *call, *by, *why;
    int64_t billed; /* -1: not said */
    bool not_billed;
};

static void clear_resolution(struct resolution *resolution)
{
    free(resolution->call);
    free(resolution->by);
    free(resolution->why);
}

static int read_resolution(const char *json, struct resolution *resolution,
                           struct brc__error *error)
{
    const struct brc__member members[] = {
        {"record", BRC__AS_NUMBER, .to = &resolution->record, .least = 1, .most = INT64_MAX},
        {"call", BRC__AS_TEXT, .to = &resolution->call},
        {"attempt", BRC__AS_NUMBER, .to = &resolution->attempt, .least = 1, .most = INT64_MAX},
        {"billed", BRC__AS_MONEY, .to = &resolution->billed},
        {"notBilled", BRC__AS_FLAG, .to = &resolution->not_billed},
        {"by", BRC__AS_TEXT, .to = &resolution->by, .required = true},
        {"why", BRC__AS_TEXT, .to = &resolution->why, .required = true},
    };

    int rc =
        brc__strict_read(json, strlen(json), "resolution", members, BRC__COUNT_OF(members), error);
    if (rc < 0)
        return rc;
    bool by_call = resolution->call != NULL && resolution->attempt != 0;
    if ((resolution->record != 0) == by_call ||
        by_call != (resolution->call != NULL || resolution->attempt != 0))
        return brc__error_set(error, BRC_E_INVALID,
                              "resolution: it needs \"record\", or \"call\" and \"attempt\"");
    if ((resolution->billed >= 0) == resolution->not_billed)
        return brc__error_set(error, BRC_E_INVALID,
                              "resolution: it needs \"billed\", or \"notBilled\" as true");
    return BRC_OK;
}

/* The record of an attempt; the later one should there be two. */
static int find_record(brc_ledger *ledger, struct resolution *resolution, struct brc__error *error)
{
    static const char sql[] =
        "SELECT use.id FROM open_hold JOIN use ON use.id = open_hold.use"
        " WHERE use.call = ?1 AND use.attempt = ?2 ORDER BY use.id DESC LIMIT 1";

    if (resolution->record != 0)
        return BRC_OK;
    struct brc__statement *statement = brc__prepare(ledger->store, sql);
    brc__bind_text(statement, 1, resolution->call);
    brc__bind_int(statement, 2, resolution->attempt);
    int rc = brc__step(ledger->store, statement, error);
    if (rc == 0)
        return brc__error_set(error, BRC_E_INVALID,
                              "resolution: attempt %" PRId64 " of call %s has no open hold",
                              resolution->attempt, resolution->call);
    if (rc < 0)
        return rc;
    resolution->record = brc__column_int(statement, 0);
    brc__statement_reset(statement);
    return BRC_OK;
}

static int check_use(const struct brc__use *use, int found, int64_t record,
                     struct brc__error *error)
{
    const char *why = found == 0            ? "there is no such record"
                      : use->is_resolved    ? "it is resolved already"
                      : !use->is_open       ? "what it cost is known"
                      : !use->is_unreported ? "it is still running"
                                            : NULL;

    if (why == NULL)
        return BRC_OK;
    return brc__error_set(error, BRC_E_INVALID, "resolution: record %" PRId64 ": %s", record, why);
}

static int put_resolution(brc_ledger *ledger, const struct resolution *resolution, int64_t now_ms,
                          struct brc__error *error)
{
    static const char sql[] = "INSERT INTO resolution (turn, use, at_ms, amount, by, why)"
                              " VALUES ((SELECT number FROM turn), ?1, ?2, ?3, ?4, ?5)";
    int64_t amount = resolution->not_billed ? 0 : resolution->billed;
    struct brc__use use;

    int rc = brc__use_read(ledger, resolution->record, &use, error);
    if (rc < 0)
        return rc;
    rc = check_use(&use, rc, resolution->record, error);
    if (rc < 0)
        return rc;
    struct brc__statement *statement = brc__prepare(ledger->store, sql);
    brc__bind_int(statement, 1, use.id);
    brc__bind_int(statement, 2, now_ms);
    brc__bind_int(statement, 3, amount);
    brc__bind_text(statement, 4, resolution->by);
    brc__bind_text(statement, 5, resolution->why);
    rc = brc__step(ledger->store, statement, error);
    return rc < 0 ? rc : brc__use_close(ledger, &use, amount, now_ms, error);
}

int brc__resolution_put(brc_ledger *ledger, const char *json, int64_t now_ms,
                        struct brc__error *error)
{
    brc__cleanup(clear_resolution) struct resolution resolution = {.billed = -1};

    int rc = read_resolution(json, &resolution, error);
    if (rc < 0)
        return rc;
    rc = brc__ledger_find_lost(ledger, error);
    if (rc < 0)
        return rc;
    rc = find_record(ledger, &resolution, error);
    if (rc == BRC_OK)
        rc = put_resolution(ledger, &resolution, now_ms, error);
    if (rc < 0)
        return rc;
    BRC__FAULT(before_resolution_commit);
    return BRC_OK;
}

struct external {
    char *id, *profile, *source;
    int64_t at_ms, amount;
    const struct brc__listing *listing;
};

static void clear_external(struct external *external)
{
    free(external->id);
    free(external->profile);
    free(external->source);
}

static int read_external(brc_ledger *ledger, const char *json, struct external *external,
                         struct brc__error *error)
{
    enum {
        ARN_MOST = 2048
    };
    const struct brc__member members[] = {
        {"id", BRC__AS_TEXT, .to = &external->id, .required = true},
        {"profile", BRC__AS_TEXT, .to = &external->profile, .required = true, .least = 1,
         .most = ARN_MOST},
        {"at", BRC__AS_MOMENT, .to = &external->at_ms, .required = true},
        {"amount", BRC__AS_MONEY, .to = &external->amount, .required = true},
        {"source", BRC__AS_TEXT, .to = &external->source, .required = true},
    };

    int rc =
        brc__strict_read(json, strlen(json), "external", members, BRC__COUNT_OF(members), error);
    if (rc < 0)
        return rc;
    external->listing = brc__catalogue_find(ledger->catalogue, external->profile);
    if (external->listing == NULL)
        return brc__error_set(error, BRC_E_INVALID,
                              "external: there is no profile %s in the catalogue, or several have "
                              "that name",
                              external->profile);
    return BRC_OK;
}

/* 1: it is there already, and says the same. */
static int is_told(brc_ledger *ledger, const struct external *external, struct brc__error *error)
{
    static const char sql[] =
        "SELECT external.at_ms = ?2 AND external.amount = ?3 AND external.source = ?4"
        " AND profile.arn = ?5 FROM external LEFT JOIN profile ON profile.id = external.profile"
        " WHERE external.id = ?1";
    struct brc__statement *statement = brc__prepare(ledger->store, sql);

    brc__bind_text(statement, 1, external->id);
    brc__bind_int(statement, 2, external->at_ms);
    brc__bind_int(statement, 3, external->amount);
    brc__bind_text(statement, 4, external->source);
    brc__bind_text(statement, 5, external->listing->arn);
    int rc = brc__step(ledger->store, statement, error);
    if (rc <= 0)
        return rc;
    bool same = brc__column_int(statement, 0) != 0;
    brc__statement_reset(statement);
    if (same)
        return 1;
    return brc__error_set(error, BRC_E_INVALID,
                          "external: id %s is there already, and says something else",
                          external->id);
}

static int put_external_row(brc_ledger *ledger, const struct external *external,
                            struct brc__error *error)
{
    static const char sql[] = "INSERT INTO external (turn, id, at_ms, profile, amount, source)"
                              " VALUES ((SELECT number FROM turn), ?1, ?2, ?3, ?4, ?5)";
    struct brc__statement *statement = brc__prepare(ledger->store, sql);

    brc__bind_text(statement, 1, external->id);
    brc__bind_int(statement, 2, external->at_ms);
    brc__bind_int(statement, 3, external->listing->id);
    brc__bind_int(statement, 4, external->amount);
    brc__bind_text(statement, 5, external->source);
    return brc__step(ledger->store, statement, error);
}

static int put_external_charges(brc_ledger *ledger, const struct external *external, int64_t now_ms,
                                struct brc__error *error)
{
    const struct brc__change change = {.settled = external->amount};
    const struct brc__budget *budget = NULL;
    struct brc__total total;

    while ((budget = brc__catalogue_covering(ledger->catalogue, external->listing, budget)) !=
           NULL) {
        int64_t window_ms = brc__window_at(budget, external->at_ms);
        int rc = brc__external_charge_put(ledger, external->id, budget->name, window_ms, error);
        if (rc == BRC_OK)
            rc = brc__total_change(ledger, budget->name, window_ms, &change, &total, error);
        if (rc == BRC_OK)
            rc = brc__edges_passed(ledger, budget, window_ms, &total, now_ms, error);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}

int brc__external_put(brc_ledger *ledger, const char *json, int64_t now_ms,
                      struct brc__error *error)
{
    brc__cleanup(clear_external) struct external external = {0};

    int rc = read_external(ledger, json, &external, error);
    if (rc < 0)
        return rc;
    rc = is_told(ledger, &external, error);
    if (rc != 0)
        return rc < 0 ? rc : BRC_OK;
    rc = put_external_row(ledger, &external, error);
    return rc < 0 ? rc : put_external_charges(ledger, &external, now_ms, error);
}
