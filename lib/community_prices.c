/* The rules, which err on the dear side:
 *
 * - Prices of "us.", "eu." and the like are rows of scope geo: one of any region where all agree,
 * else one for each area's source regions, and one of any region with the dearest of each.
 * - A bare name has the price of a call within one region only where no geo price of the model is
 *   another: else it is the global one, and the geo prices are right there too. The same where the
 * only other price is a global one, and equal; but then there is no row.
 * - Of two entries for one row, and of two thresholds in one entry, the dearer of each rate counts.
 *
 * SPDX-License-Identifier: MIT */
#include "community_prices.h"
#include "community_entry.h"

/* The entries of one model, sorted. */
struct group {
    const struct brc__community_entry *first;
    size_t count;
};

struct entries {
    struct brc__community_entry *items;
    size_t count, capacity;
};

static void clear_entries(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        brc__community_entry_clear(&entries->items[i]);
    free(entries->items);
}

static int no_memory(struct brc__error *error)
{
    return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
}

static int64_t greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* A rate that one of them does not know is known of neither. */
static struct brc__rates dearer_rates(const struct brc__rates *a, const struct brc__rates *b)
{
    struct brc__rates dearer;

    for (int kind = 0; kind < BRC__TOKEN_KINDS; kind++)
        dearer.of[kind] =
            a->of[kind] < 0 || b->of[kind] < 0 ? -1 : greater(a->of[kind], b->of[kind]);
    return dearer;
}

/* What a request above a threshold costs at the most, whatever the tariff's own threshold is. */
static struct brc__rates rates_above(const struct brc__tariff *tariff, int64_t threshold)
{
    if (tariff->threshold == INT64_MAX)
        return tariff->rates;
    if (tariff->threshold <= threshold)
        return tariff->long_rates;
    return dearer_rates(&tariff->rates, &tariff->long_rates);
}

static struct brc__tariff dearer(const struct brc__tariff *a, const struct brc__tariff *b)
{
    struct brc__tariff tariff = brc__tariff_none();

    tariff.rates = dearer_rates(&a->rates, &b->rates);
    tariff.output_max = greater(a->output_max, b->output_max);
    tariff.threshold = a->threshold < b->threshold ? a->threshold : b->threshold;
    if (tariff.threshold < INT64_MAX) {
        struct brc__rates one = rates_above(a, tariff.threshold);
        struct brc__rates other = rates_above(b, tariff.threshold);
        tariff.long_rates = dearer_rates(&one, &other);
    }
    return tariff;
}

static bool same_prices(const struct brc__tariff *a, const struct brc__tariff *b)
{
    return memcmp(&a->rates, &b->rates, sizeof a->rates) == 0 && a->threshold == b->threshold &&
           memcmp(&a->long_rates, &b->long_rates, sizeof a->long_rates) == 0;
}

/* The price of a place, the dearest if several entries have one. */
struct quote {
    bool known;
    bool agreed; /* all that know it say the same */
    struct brc__tariff tariff;
};

static void hear(struct quote *quote, const struct brc__tariff *tariff)
{
    if (!quote->known) {
        *quote = (struct quote){true, true, *tariff};
        return;
    }
    quote->agreed = quote->agreed && same_prices(&quote->tariff, tariff);
    quote->tariff = dearer(&quote->tariff, tariff);
}

static struct quote quote_of(struct group group, enum brc__community_place place, int tier)
{
    struct quote quote = {0};

    for (size_t i = 0; i < group.count; i++)
        if (group.first[i].place == place && group.first[i].has[tier])
            hear(&quote, &group.first[i].tariffs[tier]);
    return quote;
}

/* Whether regions that a row names so are all among those another names. */
static bool covers(const char *wide, const char *regions)
{
    size_t n = strlen(wide) - 1;

    return wide[n] == '*' ? strncmp(wide, regions, n) == 0 : strcmp(wide, regions) == 0;
}

static bool area_covers(const struct brc__community_area *area, const char *regions)
{
    for (size_t i = 0; area->regions[i] != NULL; i++)
        if (covers(area->regions[i], regions))
            return true;
    return false;
}

static struct quote quote_in(struct group group, const char *regions, int tier)
{
    struct quote quote = {0};

    for (size_t i = 0; i < group.count; i++) {
        const struct brc__community_entry *entry = &group.first[i];
        if (entry->place == BRC__COMMUNITY_AREA && entry->has[tier] &&
            area_covers(entry->area, regions))
            hear(&quote, &entry->tariffs[tier]);
    }
    return quote;
}

static int copy_text(const char *from, char **ret_text)
{
    *ret_text = brc__strndup(from, strlen(from));
    return *ret_text == NULL ? BRC_E_NOMEM : BRC_OK;
}

static int fill_row(struct brc__price *row, const char *model, const char *region, const char *tier)
{
    int rc = copy_text(model, &row->model);
    if (rc == BRC_OK)
        rc = copy_text(tier, &row->tier);
    if (rc == BRC_OK && region != NULL)
        rc = copy_text(region, &row->region);
    return rc;
}

/* What a group's rows have in common. */
struct putting {
    struct brc__prices *rows;
    struct group group;
    int tier;
};

static int put(const struct putting *to, const char *scope, const char *region,
               const struct brc__tariff *tariff)
{
    brc__cleanup(brc__price_clear) struct brc__price row = {.scope = scope, .tariff = *tariff};

    int rc = fill_row(&row, to->group.first->model, region, brc__community_tiers[to->tier]);
    return rc < 0 ? rc : brc__prices_add(to->rows, &row);
}

/* The first entry from `start` on that is of a place and has the tier; group.count: none. */
static size_t next_of(const struct putting *to, enum brc__community_place place, size_t start)
{
    while (start < to->group.count &&
           !(to->group.first[start].place == place && to->group.first[start].has[to->tier]))
        start++;
    return start;
}

/* Entries for regions have come in the order of their names. */
static int put_regions(const struct putting *to)
{
    size_t i = next_of(to, BRC__COMMUNITY_REGION, 0);

    for (; i < to->group.count; i = next_of(to, BRC__COMMUNITY_REGION, i + 1)) {
        const struct brc__community_entry *entry = &to->group.first[i];
        int rc = put(to, "in-region", entry->region, &entry->tariffs[to->tier]);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}

static bool has_region(const struct putting *to, const char *region)
{
    for (size_t i = 0; i < to->group.count; i++)
        if (to->group.first[i].place == BRC__COMMUNITY_REGION && to->group.first[i].has[to->tier] &&
            strcmp(to->group.first[i].region, region) == 0)
            return true;
    return false;
}

/* Whether an entry before the i-th, of the same tier, has put a row for those regions. */
static bool was_put(const struct putting *to, size_t i, const char *regions)
{
    for (size_t k = next_of(to, BRC__COMMUNITY_AREA, 0); k < i;
         k = next_of(to, BRC__COMMUNITY_AREA, k + 1))
        for (const char *const *p = to->group.first[k].area->regions; *p != NULL; p++)
            if (strcmp(*p, regions) == 0)
                return true;
    return false;
}

static int put_area(const struct putting *to, size_t i, const char *scope)
{
    bool is_geo = strcmp(scope, "geo") == 0;

    for (const char *const *p = to->group.first[i].area->regions; *p != NULL; p++) {
        if (was_put(to, i, *p) || (!is_geo && has_region(to, *p)))
            continue;
        struct quote quote = quote_in(to->group, *p, to->tier);
        int rc = put(to, scope, *p, &quote.tariff);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}

static int put_areas(const struct putting *to, const char *scope, const struct quote *all)
{
    size_t i = next_of(to, BRC__COMMUNITY_AREA, 0);

    for (; !all->agreed && i < to->group.count; i = next_of(to, BRC__COMMUNITY_AREA, i + 1)) {
        int rc = put_area(to, i, scope);
        if (rc < 0)
            return rc;
    }
    return put(to, scope, NULL, &all->tariff);
}

/* Whether the model's bare name stands for its global price, or might. */
static bool is_doubtful(struct group group, int tier)
{
    struct quote bare = quote_of(group, BRC__COMMUNITY_BARE, tier);
    struct quote area = quote_of(group, BRC__COMMUNITY_AREA, tier);
    struct quote global = quote_of(group, BRC__COMMUNITY_GLOBAL, tier);

    if (area.known)
        return !bare.known || !area.agreed || !same_prices(&bare.tariff, &area.tariff);
    return global.known && (!bare.known || same_prices(&bare.tariff, &global.tariff));
}

static int put_bare(const struct putting *to, const struct quote *area)
{
    struct quote bare = quote_of(to->group, BRC__COMMUNITY_BARE, to->tier);
    bool doubtful = is_doubtful(to->group, to->tier);

    if (!bare.known)
        return BRC_OK;
    if (area->known && doubtful)
        return put_areas(to, "in-region", area);
    if (!area->known && (doubtful || is_doubtful(to->group, 0)))
        return BRC_OK;
    return put(to, "in-region", NULL, &bare.tariff);
}

static int put_tier(const struct putting *to)
{
    struct quote area = quote_of(to->group, BRC__COMMUNITY_AREA, to->tier);
    struct quote global = quote_of(to->group, BRC__COMMUNITY_GLOBAL, to->tier);

    int rc = put_regions(to);
    if (rc == BRC_OK && area.known)
        rc = put_areas(to, "geo", &area);
    if (rc == BRC_OK && global.known)
        rc = put(to, "global", NULL, &global.tariff);
    return rc < 0 ? rc : put_bare(to, &area);
}

static int compare_entries(const void *a, const void *b)
{
    const struct brc__community_entry *one = a, *other = b;

    return strcmp(one->model, other->model);
}

static int put_groups(const struct entries *entries, struct brc__prices *rows)
{
    for (size_t i = 0, next; i < entries->count; i = next) {
        struct group group = {&entries->items[i], 0};
        for (next = i;
             next < entries->count && strcmp(entries->items[next].model, group.first->model) == 0;)
            next++;
        group.count = next - i;
        for (int tier = 0; tier < BRC__COMMUNITY_TIERS; tier++) {
            struct putting to = {rows, group, tier};
            int rc = put_tier(&to);
            if (rc < 0)
                return rc;
        }
    }
    return BRC_OK;
}

static int add_entry(struct entries *entries, struct brc__community_entry *entry)
{
    if (entries->count == entries->capacity) {
        size_t capacity = entries->capacity == 0 ? 64 : entries->capacity * 2;
        struct brc__community_entry *items = reallocarray(entries->items, capacity, sizeof *items);
        if (items == NULL) {
            brc__community_entry_clear(entry);
            return BRC_E_NOMEM;
        }
        entries->items = items;
        entries->capacity = capacity;
    }
    entries->items[entries->count++] = *entry;
    return BRC_OK;
}

int brc__community_prices(struct brc__json file, struct brc__prices *rows, struct brc__error *error)
{
    brc__cleanup(clear_entries) struct entries entries = {0};
    struct brc__json name, value;
    size_t position = 0;

    while (brc__json_next_member(file, &position, &name, &value)) {
        struct brc__community_entry entry;
        int rc = brc__community_entry_read(name, value, &entry, error);
        if (rc < 0)
            return rc;
        if (rc > 0 && add_entry(&entries, &entry) < 0)
            return no_memory(error);
    }
    if (entries.count > 0)
        qsort(entries.items, entries.count, sizeof *entries.items, compare_entries);
    return put_groups(&entries, rows) < 0 ? no_memory(error) : BRC_OK;
}
