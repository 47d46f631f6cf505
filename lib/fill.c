/* A budget that is put while its window runs counts what that window has had already. Each use and
 * each external cost is judged by its profile as it was then; but one that was of no series yet is
 * of the one that it was put into later.
 * SPDX-License-Identifier: MIT */
#include "hold.h"

#include <stdlib.h>
#include <string.h>

struct fill {
    brc_ledger *ledger;
    const struct brc__budget *budget;
    int64_t start_ms, end_ms;
    int64_t *covered; /* versions of profiles, in order */
    size_t count, room;
    struct brc__change change;
};

static int out_of_memory(struct brc__error *error)
{
    return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_kind(const struct brc__budget *a, const struct brc__budget *b)
{
    return a->window == b->window && a->offset_minutes == b->offset_minutes &&
           same_text(a->tag, b->tag) && same_text(a->value, b->value) &&
           same_text(a->profile, b->profile) && same_text(a->series, b->series);
}

/* Reads all rows of a statement. */
static int each_row(struct fill *fill, struct brc__statement *statement,
                    int (*fn)(struct fill *fill, struct brc__statement *row,
                              struct brc__error *error),
                    struct brc__error *error)
{
    int rc = brc__step(fill->ledger->store, statement, error);

    while (rc > 0) {
        rc = fn(fill, statement, error);
        if (rc < 0)
            brc__statement_reset(statement);
        else
            rc = brc__step(fill->ledger->store, statement, error);
    }
    return rc;
}

/* Columns: json. */
static int check_version(struct fill *fill, struct brc__statement *row, struct brc__error *error)
{
    const char *json = brc__column_text(row, 0);
    struct brc__budget before;

    if (json == NULL)
        return out_of_memory(error);
    int rc = brc__budget_read(brc__json_of(json, strlen(json)), &before, error);
    if (rc < 0)
        return rc;
    bool fits = before.ended || same_kind(&before, fill->budget);
    brc__budget_clear(&before);
    if (fits)
        return BRC_OK;
    return brc__error_set(error, BRC_E_INVALID,
                          "budget %s: its owner, window and offset stay as they were; give another "
                          "kind of budget another name",
                          fill->budget->name);
}

/* Totals go by the name and the window's start, and charges stay as they were: were owner or window
 * of a name to change, one total would be of two kinds. */
static int check_kind(struct fill *fill, struct brc__error *error)
{
    static const char sql[] = "SELECT json FROM budget WHERE name = ?1";
    struct brc__statement *statement = brc__prepare(fill->ledger->store, sql);

    brc__bind_text(statement, 1, fill->budget->name);
    return each_row(fill, statement, check_version, error);
}

static int remember(struct fill *fill, int64_t profile, struct brc__error *error)
{
    if (fill->count == fill->room) {
        size_t room = fill->room == 0 ? 64 : 2 * fill->room;
        int64_t *more = realloc(fill->covered, room * sizeof *more);
        if (more == NULL)
            return out_of_memory(error);
        fill->covered = more;
        fill->room = room;
    }
    fill->covered[fill->count++] = profile;
    return BRC_OK;
}

/* Whether the budget counts what was charged to that version of a profile. */
static bool covers(const struct fill *fill, const struct brc__listing *version)
{
    const struct brc__listing *now = brc__catalogue_by_arn(fill->ledger->catalogue, version->arn);
    bool is_put_into_one = fill->budget->series != NULL && version->series == NULL && now != NULL;

    return brc__budget_covers(fill->budget, is_put_into_one ? now : version);
}

/* Columns: id, json. */
static int judge(struct fill *fill, struct brc__statement *row, struct brc__error *error)
{
    const char *json = brc__column_text(row, 1);
    struct brc__listing *listing;

    if (json == NULL)
        return out_of_memory(error);
    int rc = brc__listing_read(brc__json_of(json, strlen(json)), "profile", &listing, error);
    if (rc < 0)
        return rc;
    if (covers(fill, listing))
        rc = remember(fill, brc__column_int(row, 0), error);
    brc__listing_unref(listing);
    return rc;
}

static struct brc__statement *in_window(const struct fill *fill, const char *sql)
{
    struct brc__statement *statement = brc__prepare(fill->ledger->store, sql);

    brc__bind_int(statement, 1, fill->start_ms);
    brc__bind_int(statement, 2, fill->end_ms);
    return statement;
}

/* Which versions of profiles the budget covers: those that something was charged to. */
static int find_covered(struct fill *fill, struct brc__error *error)
{
    static const char sql[] =
        "SELECT id, json FROM profile WHERE id IN"
        " (SELECT profile FROM use WHERE at_ms >= ?1 AND at_ms < ?2 UNION"
        " SELECT profile FROM external WHERE at_ms >= ?1 AND at_ms < ?2) ORDER BY id";

    return each_row(fill, in_window(fill, sql), judge, error);
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static bool is_covered(const struct fill *fill, int64_t profile)
{
    return fill->count > 0 &&
           bsearch(&profile, fill->covered, fill->count, sizeof profile, compare) != NULL;
}

/* A row of a use: id, profile, hold, cost, unreported (null: not open), resolution. */
static int fill_use(struct fill *fill, struct brc__statement *row, struct brc__error *error)
{
    struct brc__change *change = &fill->change;
    int64_t hold = brc__column_int(row, 2);

    if (!is_covered(fill, brc__column_int(row, 1)))
        return BRC_OK;
    if (!brc__column_is_null(row, 5))
        change->settled = brc__money_add(change->settled, brc__column_int(row, 5));
    else if (brc__column_is_null(row, 4))
        change->settled = brc__money_add(change->settled, brc__column_int(row, 3));
    else if (brc__column_int(row, 4) != 0)
        change->unreported = brc__money_add(change->unreported, hold);
    else
        change->held = brc__money_add(change->held, hold);
    change->uses++;
    return brc__charge_put(fill->ledger, brc__column_int(row, 0), fill->budget->name,
                           fill->start_ms, error);
}

static int fill_external(struct fill *fill, struct brc__statement *row, struct brc__error *error)
{
    const char *id = brc__column_text(row, 0);

    if (!is_covered(fill, brc__column_int(row, 1)))
        return BRC_OK;
    if (id == NULL)
        return out_of_memory(error);
    fill->change.settled = brc__money_add(fill->change.settled, brc__column_int(row, 2));
    return brc__external_charge_put(fill->ledger, id, fill->budget->name, fill->start_ms, error);
}

/* Each row of the window that is not charged to the budget yet. */
static int each_uncharged(struct fill *fill, const char *sql,
                          int (*fill_row)(struct fill *, struct brc__statement *,
                                          struct brc__error *),
                          struct brc__error *error)
{
    struct brc__statement *statement = in_window(fill, sql);

    brc__bind_text(statement, 3, fill->budget->name);
    return each_row(fill, statement, fill_row, error);
}

static int fill_window(struct fill *fill, int64_t now_ms, struct brc__error *error)
{
    static const char uses[] =
        "SELECT use.id, use.profile, use.hold, settle.cost, open_hold.unreported, resolution.amount"
        " FROM use LEFT JOIN settle ON settle.use = use.id"
        " LEFT JOIN open_hold ON open_hold.use = use.id"
        " LEFT JOIN resolution ON resolution.use = use.id WHERE use.at_ms >= ?1 AND use.at_ms < ?2"
        " AND NOT EXISTS (SELECT 1 FROM charge WHERE charge.use = use.id AND charge.budget = ?3)";
    static const char externals[] =
        "SELECT id, profile, amount FROM external WHERE at_ms >= ?1 AND at_ms < ?2 AND NOT EXISTS"
        " (SELECT 1 FROM external_charge WHERE external_charge.external = external.id AND budget = "
        "?3)";
    struct brc__total total;

    int rc = find_covered(fill, error);
    if (rc == BRC_OK)
        rc = each_uncharged(fill, uses, fill_use, error);
    if (rc == BRC_OK)
        rc = each_uncharged(fill, externals, fill_external, error);
    if (rc == BRC_OK)
        rc = brc__total_change(fill->ledger, fill->budget->name, fill->start_ms, &fill->change,
                               &total, error);
    if (rc < 0)
        return rc;
    return brc__edges_passed(fill->ledger, fill->budget, fill->start_ms, &total, now_ms, error);
}

int brc__budget_fill(brc_ledger *ledger, const struct brc__budget *budget, int64_t now_ms,
                     struct brc__error *error)
{
    struct fill fill = {.ledger = ledger, .budget = budget};

    int rc = check_kind(&fill, error);
    if (rc < 0)
        return rc;
    brc__window_bounds(budget->window, budget->offset_minutes, now_ms, &fill.start_ms,
                       &fill.end_ms);
    rc = fill_window(&fill, now_ms, error);
    free(fill.covered);
    return rc;
}
