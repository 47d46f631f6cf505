/* SPDX-License-Identifier: MIT */
#include "standing.h"

#include <stdlib.h>

int brc__standings_read(brc_ledger *ledger, const struct brc__catalogue *catalogue,
                        const struct brc__listing *listing, int64_t now_ms,
                        struct brc__standings *ret_standings, struct brc__error *error)
{
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

int brc__standing_change(brc_ledger *ledger, struct brc__standing *standing,
                         const struct brc__change *change, struct brc__error *error)
{
    return brc__total_apply(ledger, standing->budget->name, standing->window_ms, change,
                            &standing->total, error);
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

bool brc__standing_degrades(const struct brc__standing *standing)
{
    return !standing->budget->shadow && standing->budget->degrade_at > 0 &&
           brc__money_reaches(brc__total_spent(&standing->total), standing->limit,
                              standing->budget->degrade_at);
}

bool brc__standings_degrade(const struct brc__standings *standings)
{
    for (size_t i = 0; i < standings->count; i++)
        if (brc__standing_degrades(&standings->of[i]))
            return true;
    return false;
}

int64_t brc__standing_left(const struct brc__standing *standing)
{
    brc__wide taken = brc__total_taken(&standing->total);

    return taken > (brc__wide)standing->limit ? -1 : standing->limit - (int64_t)taken;
}

int64_t brc__remainder(const struct brc__standings *standings)
{
    int64_t remainder = INT64_MAX;

    for (size_t i = 0; i < standings->count; i++)
        if (!standings->of[i].budget->shadow && brc__standing_left(&standings->of[i]) < remainder)
            remainder = brc__standing_left(&standings->of[i]);
    return remainder;
}
