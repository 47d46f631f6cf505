/* SPDX-License-Identifier: MIT */
#include "refusal.h"
#include "date.h"

#include <stdlib.h>

int brc__standings_read(brc_ledger *ledger, const struct brc__listing *listing, int64_t now_ms,
                        struct brc__standings *ret_standings, struct brc__error *error)
{
    const struct brc__catalogue *catalogue = ledger->catalogue;
    const struct brc__budget *budget = NULL;
    size_t count = 0;

    *ret_standings = (struct brc__standings){0};
    while ((budget = brc__catalogue_covering(catalogue, listing, budget)) != NULL)
        count++;
    if (count == 0)
        return BRC_OK;
    ret_standings->of = calloc(count, sizeof *ret_standings->of);
    if (ret_standings->of == NULL)
        return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    while ((budget = brc__catalogue_covering(catalogue, listing, budget)) != NULL) {
        struct brc__standing *standing = &ret_standings->of[ret_standings->count++];
        standing->budget = budget;
        standing->window_ms = brc__window_at(budget, now_ms);
        standing->limit = brc__budget_limit(budget, now_ms);
        int rc =
            brc__total_read(ledger, budget->name, standing->window_ms, &standing->total, error);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}

void brc__standings_clear(struct brc__standings *standings)
{
    free(standings->of);
    *standings = (struct brc__standings){0};
}

bool brc__standings_block(const struct brc__standings *standings)
{
    for (size_t i = 0; i < standings->count; i++)
        if (!standings->of[i].budget->shadow)
            return true;
    return false;
}

static bool is_degrading(const struct brc__standing *standing)
{
    return !standing->budget->shadow && standing->budget->degrade_at > 0 &&
           brc__money_reaches(brc__total_spent(&standing->total), standing->limit,
                              standing->budget->degrade_at);
}

bool brc__standings_degrade(const struct brc__standings *standings)
{
    for (size_t i = 0; i < standings->count; i++)
        if (is_degrading(&standings->of[i]))
            return true;
    return false;
}

/* -1 for all that is below 0. */
static int64_t left(const struct brc__standing *standing)
{
    brc__wide taken = brc__total_taken(&standing->total);

    return taken > (brc__wide)standing->limit ? -1 : standing->limit - (int64_t)taken;
}

int64_t brc__remainder(const struct brc__standings *standings)
{
    int64_t remainder = INT64_MAX;

    for (size_t i = 0; i < standings->count; i++)
        if (!standings->of[i].budget->shadow && left(&standings->of[i]) < remainder)
            remainder = left(&standings->of[i]);
    return remainder;
}

static int put_edge(brc_ledger *ledger, const struct brc__standing *standing, const char *kind,
                    const char *profile, const char *reason, int64_t now_ms,
                    struct brc__error *error)
{
    const struct brc__edge edge = {.kind = kind,
                                   .subject = profile == NULL ? "" : profile,
                                   .budget = standing->budget,
                                   .window_ms = standing->window_ms,
                                   .total = &standing->total,
                                   .profile = profile,
                                   .reason = reason,
                                   .cost = -1,
                                   .hold = -1};

    return brc__edge_put(ledger, &edge, now_ms, error);
}

int brc__standings_edge(brc_ledger *ledger, const struct brc__standings *standings,
                        const char *kind, bool shadow, const char *profile, const char *reason,
                        int64_t now_ms, struct brc__error *error)
{
    for (size_t i = 0; i < standings->count; i++) {
        const struct brc__standing *standing = &standings->of[i];
        if (shadow ? !standing->budget->shadow : !is_degrading(standing))
            continue;
        int rc = put_edge(ledger, standing, kind, profile, reason, now_ms, error);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}

static int put_row(brc_ledger *ledger, const struct brc__standing *standing,
                   const struct brc__refused *refused, struct brc__error *error)
{
    static const char sql[] = "INSERT INTO refusal (turn, at_ms, call, attempt, profile, budget, "
                              "window_ms, worst, settled,"
                              " held, amount, shadow) VALUES ((SELECT number FROM turn), ?1, ?2, "
                              "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    struct brc__statement *statement = brc__prepare(ledger->store, sql);
    const struct brc__total *total = &standing->total;

    brc__bind_int(statement, 1, refused->now_ms);
    brc__bind_text(statement, 2, refused->call_id);
    brc__bind_int(statement, 3, refused->attempt);
    brc__bind_int(statement, 4, refused->listing->id);
    brc__bind_text(statement, 5, standing->budget->name);
    brc__bind_int(statement, 6, standing->window_ms);
    brc__bind_int(statement, 7, refused->worst);
    brc__bind_int(statement, 8, total->settled);
    brc__bind_int(statement, 9, brc__money_add(total->held, total->unreported));
    brc__bind_int(statement, 10, standing->limit);
    brc__bind_int(statement, 11, standing->budget->shadow);
    return brc__step(ledger->store, statement, error);
}

int brc__refusals_put(brc_ledger *ledger, struct brc__standings *standings,
                      const struct brc__refused *refused, bool shadow, struct brc__error *error)
{
    static const struct brc__change one_more = {.refusals = 1};
    struct brc__total total;
    int count = 0;

    for (size_t i = 0; i < standings->count; i++) {
        const struct brc__standing *standing = &standings->of[i];
        if (standing->budget->shadow != shadow || refused->worst <= left(standing))
            continue;
        int rc = put_row(ledger, standing, refused, error);
        if (rc == BRC_OK)
            rc = brc__total_change(ledger, standing->budget->name, standing->window_ms, &one_more,
                                   &total, error);
        if (rc == BRC_OK)
            rc = put_edge(ledger, standing, BRC__EDGE_LIMIT, NULL, NULL, refused->now_ms, error);
        if (rc < 0)
            return rc;
        count++;
    }
    return count;
}

static const struct brc__standing *tightest(const struct brc__standings *standings)
{
    const struct brc__standing *found = NULL;

    for (size_t i = 0; i < standings->count; i++)
        if (!standings->of[i].budget->shadow &&
            (found == NULL || left(&standings->of[i]) < left(found)))
            found = &standings->of[i];
    return found;
}

static void say_reset(struct brc__buf *text, const struct brc__standing *standing)
{
    const struct brc__budget *budget = standing->budget;
    char date[BRC__ISO_DATE_SIZE];
    int64_t start, end;

    brc__window_bounds(budget->window, budget->offset_minutes, standing->window_ms, &start, &end);
    if (end == INT64_MAX) {
        brc__buf_text(text, "It never resets: ");
        return;
    }
    brc__iso_date_text(end / 1000, date);
    brc__buf_appendf(text, "It resets at %s: wait, ", date);
}

int brc__refusal_say(const struct brc__standings *standings, const struct brc__refused *refused,
                     struct brc__error *error)
{
    enum {
        CEILING = 4096
    };
    brc__auto_buf struct brc__buf text = BRC__BUF(CEILING);
    const struct brc__standing *standing = tightest(standings);
    const struct brc__total *total = &standing->total;
    const struct brc__budget *budget = standing->budget;
    char spent[BRC__MONEY_SIZE], unreported[BRC__MONEY_SIZE], held[BRC__MONEY_SIZE];
    char needed[BRC__MONEY_SIZE], limit[BRC__MONEY_SIZE], since[BRC__ISO_DATE_SIZE];

    brc__iso_date_text(standing->window_ms / 1000, since);
    brc__money_text(brc__total_spent(total), spent);
    brc__money_text(total->unreported, unreported);
    brc__money_text(total->held, held);
    brc__money_text(refused->worst, needed);
    brc__money_text(standing->limit, limit);
    brc__buf_appendf(&text, "budget %s (", budget->name);
    brc__owner_words(&text, budget);
    brc__buf_appendf(
        &text,
        ", %s since %s): %s of %s USD are spent, %s USD of that unreported; %s USD are "
        "held by calls under way, and this one of %s needs %s USD. ",
        brc__window_name(budget->window), since, spent, limit, unreported, held,
        refused->listing->name, needed);
    say_reset(&text, standing);
    brc__buf_appendf(&text, "raise the limit with `budget override %s`%s, or lower maxTokens",
                     budget->name, total->unreported > 0 ? ", resolve what is unreported" : "");
    return brc__error_set(error, BRC_E_BUDGET, "%s",
                          text.status < 0 ? "refused by a budget" : text.data);
}
