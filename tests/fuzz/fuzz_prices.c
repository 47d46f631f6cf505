/* Any bytes as a table of prices, in both formats, and as a profile's own: what is accepted reads
 * again as the same text; each row of it is found, and costs no more than its worst case.
 * SPDX-License-Identifier: MIT */
#include <price_row.h>
#include <price_table.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

static void check_costs(const struct brc__tariff *tariff, size_t size)
{
    const int64_t some = (int64_t)size * 977;
    const struct brc__counts counts = {some, some / 3, some / 7, some / 11, some / 50, -1};
    int64_t input = counts.input + counts.cache_read + counts.cache_write, cost, worst;
    unsigned flags = 0;

    must(brc__tariff_cost(tariff, &counts, &cost, &flags) != BRC_E_UNPRICED);
    if (brc__tariff_worst(tariff, input, counts.output, &worst) < 0)
        return;
    must(cost <= worst);
    if (counts.output < 1)
        return;
    must(brc__tariff_output_within(tariff, input, counts.output, worst) == counts.output);
    int64_t fits = brc__tariff_output_within(tariff, input, counts.output, worst - 1);
    must(fits <= counts.output);
    if (fits > 0)
        must(brc__tariff_worst(tariff, input, fits, &cost) == 0 && cost < worst);
}

static void check_rows(const struct brc__price_table *table, size_t size)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct brc__price *row = &table->prices[i];
        struct brc__market market = {row->model, row->scope, row->region, row->tier};
        struct brc__tariff tariff;
        must(brc__price_table_find(table, &market, &tariff));
        must(memcmp(&tariff, &row->tariff, sizeof tariff) == 0);
        check_costs(&tariff, size);
        for (size_t k = 0; k < row->share_count; k++) {
            market.tier = row->shares[k].tier;
            must(brc__price_table_find(table, &market, &tariff));
            check_costs(&tariff, size);
        }
    }
}

static int read_table(const char *json, size_t n, bool own, struct brc__price_table **ret_table,
                      struct brc__error *error)
{
    return own ? brc__price_table_read_own(json, n, "own", ret_table, error)
               : brc__price_table_read(json, n, ret_table, error);
}

static void check(const char *json, size_t n, bool own)
{
    struct brc__price_table *table = NULL, *again = NULL;
    struct brc__error error = {0};

    int rc = read_table(json, n, own, &table, &error);
    must((rc == 0) == (table != NULL));
    must(error.code == rc && (rc == 0) == (error.text[0] == '\0'));
    must(rc == 0 || rc == BRC_E_INVALID || rc == BRC_E_RANGE);
    if (rc < 0)
        return;
    must(read_table(table->json, strlen(table->json), own, &again, &error) == 0);
    must(strcmp(table->json, again->json) == 0 && strcmp(table->hash, again->hash) == 0);
    check_rows(table, n);
    brc__price_table_free(table);
    brc__price_table_free(again);
}

/* The file of the community alone, without our head around it. */
static void check_community(const char *json, size_t n)
{
    static const char head[] = "{\"from\":\"2026-11-01\",\"source\":\"s\",\"litellm\":";
    char *whole = malloc(sizeof head + n);

    must(whole != NULL);
    memcpy(whole, head, sizeof head - 1);
    memcpy(whole + sizeof head - 1, json, n);
    whole[sizeof head - 1 + n] = '}';
    check(whole, sizeof head + n, false);
    free(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *json = (const char *)data;

    if (size > 100000)
        return 0;
    check(json, size, false);
    check(json, size, true);
    check_community(json, size);
    return 0;
}
