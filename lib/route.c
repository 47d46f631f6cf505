/* SPDX-License-Identifier: MIT */
#include "route.h"
#include "json_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int64_t greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void forget_rates(struct brc__tariff *tariff)
{
    *tariff = (struct brc__tariff){.threshold = INT64_MAX};
    for (int i = 0; i < BRC__TOKEN_KINDS; i++)
        tariff->rates.of[i] = tariff->long_rates.of[i] = -1;
}

/* What serves may be another tier than the one asked for: a reserved one overflows to the default.
 */
static void price(const struct brc__catalogue *catalogue, const struct brc__bound *bound,
                  int64_t at_ms, struct brc__route *route)
{
    int64_t table;

    route->is_priced = brc__catalogue_tariff(catalogue, route->listing, bound->tier, at_ms,
                                             &route->tariff, &route->table);
    if (!route->is_priced) {
        forget_rates(&route->tariff);
        route->table = -1;
    }
    if (strcmp(bound->tier, "default") == 0)
        route->default_tariff = route->tariff;
    else if (!brc__catalogue_tariff(catalogue, route->listing, "default", at_ms,
                                    &route->default_tariff, &table))
        forget_rates(&route->default_tariff);
}

static void measure(const struct brc__bound *bound, int64_t counted_input, struct brc__route *route)
{
    const struct brc__listing *listing = route->listing;

    /* AWS's own count has the overhead in it. */
    route->input = counted_input >= 0 ? counted_input
                                      : brc__money_add(bound->input, greater(listing->overhead, 0));
    route->output = bound->output;
    route->output_least = bound->output_least;
    if (bound->output <= 0) {
        route->output = route->is_priced ? route->tariff.output_max : listing->output_max;
        route->output_least = route->output;
    }
    if (route->output_least <= 0 || route->output_least > route->output)
        route->output_least = route->output;
}

int64_t brc__route_worst(const struct brc__route *route, int64_t output)
{
    int64_t worst, other = 0;

    if (brc__tariff_worst(&route->tariff, route->input, output, &worst) < 0)
        return -1;
    if (brc__has_rates(&route->default_tariff) &&
        brc__tariff_worst(&route->default_tariff, route->input, output, &other) < 0)
        return -1;
    return greater(worst, other);
}

void brc__route_plan(const struct brc__catalogue *catalogue, const struct brc__listing *listing,
                     const struct brc__bound *bound, int64_t counted_input, int64_t at_ms,
                     struct brc__route *ret_route)
{
    *ret_route = (struct brc__route){.listing = listing, .worst = -1};
    price(catalogue, bound, at_ms, ret_route);
    measure(bound, counted_input, ret_route);
    if (*bound->unbounded != '\0')
        snprintf(ret_route->unbounded, sizeof ret_route->unbounded, "%s", bound->unbounded);
    else if (ret_route->output <= 0)
        snprintf(ret_route->unbounded, sizeof ret_route->unbounded,
                 "the output (set maxTokens: the model's maximum is not known)");
    if (*ret_route->unbounded != '\0') {
        ret_route->input = *bound->unbounded != '\0' ? -1 : ret_route->input;
        return;
    }
    if (!ret_route->is_priced)
        return;
    ret_route->worst = brc__route_worst(ret_route, ret_route->output);
    if (ret_route->worst < 0)
        snprintf(ret_route->unbounded, sizeof ret_route->unbounded,
                 "the cost: more than 9,223,372 USD");
}

int64_t brc__route_output(const struct brc__route *route, int64_t amount)
{
    int64_t output = brc__tariff_output_within(&route->tariff, route->input, route->output, amount);

    if (output > 0 && brc__has_rates(&route->default_tariff))
        output = brc__tariff_output_within(&route->default_tariff, route->input, output, amount);
    return output >= route->output_least ? output : -1;
}

/* What a profile takes that does not say what it takes. */
static const char any_accepts[] =
    "[\"system\",\"inferenceConfig.maxTokens\",\"inferenceConfig.temperature\","
    "\"inferenceConfig.topP\",\"inferenceConfig.stopSequences\",\"requestMetadata\","
    "\"serviceTier\"]";

static bool accepts(const struct brc__listing *listing, const char *name)
{
    const char *list = listing->accepts == NULL ? any_accepts : listing->accepts;
    struct brc__json array = brc__json_of(list, strlen(list)), element;
    size_t position = 0, length = strlen(name);

    while (brc__json_next(array, &position, &element)) {
        /* Without a buffer: what a request uses is named in plain characters. One that is written
         * with escapes matches nothing, which refuses. */
        if (element.n == length + 2 && memcmp(element.p + 1, name, length) == 0)
            return true;
    }
    return false;
}

static const char *not_accepted(const struct brc__listing *listing, const struct brc__buf *uses)
{
    for (size_t i = 0; i < uses->length; i += strlen(uses->data + i) + 1)
        if (!accepts(listing, uses->data + i))
            return uses->data + i;
    return NULL;
}

/* Lowers the output to what the target can. */
static bool fit_output(struct brc__route *route)
{
    int64_t most = route->tariff.output_max;

    if (most <= 0 || route->output <= most)
        return true;
    if (route->output_least > most)
        return false;
    route->output = most;
    route->worst = brc__route_worst(route, most);
    return true;
}

bool brc__route_degrade(const struct brc__catalogue *catalogue, const struct brc__route *from,
                        const struct brc__bound *bound, int64_t at_ms, struct brc__route *ret_route,
                        struct brc__error *ret_reason)
{
    const char *to = from->listing->degrade_to;
    const struct brc__listing *target = brc__catalogue_find(catalogue, to);

    if (target == NULL || target == from->listing) {
        brc__error_set(ret_reason, BRC_E_INVALID, "there is no other profile %s", to);
        return false;
    }
    /* Tags are kept in one order, so that equal ones are equal texts. */
    if (strcmp(target->tags, from->listing->tags) != 0) {
        brc__error_set(ret_reason, BRC_E_INVALID, "%s has other tags", target->name);
        return false;
    }
    if (bound->has_signature) {
        brc__error_set(ret_reason, BRC_E_INVALID,
                       "the conversation has a signature of reasoning, which only its model reads");
        return false;
    }
    const char *name = not_accepted(target, &bound->uses);
    if (name != NULL) {
        brc__error_set(ret_reason, BRC_E_INVALID, "%s does not accept %s", target->name, name);
        return false;
    }
    /* What AWS counted, it counted for the other model. */
    brc__route_plan(catalogue, target, bound, -1, at_ms, ret_route);
    if (!ret_route->is_priced) {
        brc__error_set(ret_reason, BRC_E_INVALID, "%s has no price at the tier %s", target->name,
                       bound->tier);
        return false;
    }
    if (ret_route->worst < 0) {
        brc__error_set(ret_reason, BRC_E_INVALID, "%s has no bound for %s", target->name,
                       ret_route->unbounded);
        return false;
    }
    if (fit_output(ret_route))
        return true;
    brc__error_set(ret_reason, BRC_E_INVALID, "%s answers with %" PRId64 " tokens at the most",
                   target->name, ret_route->tariff.output_max);
    return false;
}
