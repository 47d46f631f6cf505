/* SPDX-License-Identifier: MIT */
#include "refusal.h"
#include "date.h"

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
        if (shadow ? !standing->budget->shadow : !brc__standing_degrades(standing))
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
    int count = 0;

    for (size_t i = 0; i < standings->count; i++) {
        struct brc__standing *standing = &standings->of[i];
        if (standing->budget->shadow != shadow || refused->worst <= brc__standing_left(standing))
            continue;
        int rc = put_row(ledger, standing, refused, error);
        if (rc == BRC_OK)
            rc = brc__standing_change(ledger, standing, &one_more, error);
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
            (found == NULL || brc__standing_left(&standings->of[i]) < brc__standing_left(found)))
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
