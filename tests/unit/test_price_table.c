/* Tables of prices in our own format: read strictly, written in one way, and which row counts
 * where. SPDX-License-Identifier: MIT */
#include "run.h"

#include <money.h>
#include <price_row.h>
#include <price_table.h>

#include <stdio.h>
#include <string.h>

#define HEAD        "{\"from\":\"2026-10-01\",\"source\":\"sheet\",\"prices\":"
#define ROW(more)   "{\"model\":\"m.x\",\"scope\":\"geo\",\"input\":\"1\",\"output\":\"2\"" more "}"
#define TABLE(rows) HEAD "[" rows "]}"
#define MILLION                                                                                    \
    INT64_C(1000000000000) /* picodollars in a dollar: the rate of 1 USD a million tokens */

static void free_table(struct brc__price_table **table)
{
    brc__price_table_free(*table);
}
#define auto_table brc__cleanup(free_table)

static struct brc__price_table *read_table(const char *json)
{
    struct brc__price_table *table = NULL;
    struct brc__error error = {0};

    int rc = brc__price_table_read(json, strlen(json), &table, &error);
    ck_assert_msg(rc == BRC_OK, "%s", error.text);
    ck_assert_ptr_nonnull(table);
    return table;
}

static struct brc__price_table *read_own(const char *json)
{
    struct brc__price_table *table = NULL;
    struct brc__error error = {0};

    int rc = brc__price_table_read_own(json, strlen(json), "profile.prices", &table, &error);
    ck_assert_msg(rc == BRC_OK, "%s", error.text);
    return table;
}

static const char whole[] =
    " {\"source\" : \"a \\\"sheet\\\"\",\n \"from\":\"2026-10-01\", \"prices\": [\n"
    "  {\"tiers\":{\"priority\":1750000,\"flex\":500000},\"maxOutput\":64000,\n"
    "   \"long\":{\"output\":\"4.5\",\"input\":\"2\",\"cacheRead\":\"0.2\"},\"above\":200000,\n"
    "   \"cacheWrite1h\":\"2.2\",\"cacheWrite5m\":\"1.375\",\"cacheRead\":\"0.110\",\n"
    "   \"output\":\"05.5\",\"input\":\"1.1\",\"tier\":\"default\",\"region\":\"us-east-1\",\n"
    "   \"scope\":\"in-region\",\"model\":\"b\\u002ex\"},\n"
    "  {\"model\":\"a.x\",\"scope\":\"global\",\"input\":\"0\",\"output\":\"0.000000000001\"}]}\n";

static const char written[] =
    "{\"from\":\"2026-10-01\",\"source\":\"a \\\"sheet\\\"\",\"prices\":["
    "{\"model\":\"a.x\",\"scope\":\"global\",\"input\":\"0.00\",\"output\":\"0.000000000001\"},"
    "{\"model\":\"b.x\",\"scope\":\"in-region\",\"region\":\"us-east-1\","
    "\"input\":\"1.10\",\"output\":\"5.50\",\"cacheRead\":\"0.11\",\"cacheWrite5m\":\"1.375\","
    "\"cacheWrite1h\":\"2.20\",\"above\":200000,"
    "\"long\":{\"input\":\"2.00\",\"output\":\"4.50\",\"cacheRead\":\"0.20\"},"
    "\"maxOutput\":64000,\"tiers\":{\"flex\":500000,\"priority\":1750000}}]}";

START_TEST(the_same_prices_are_the_same_text)
{
    auto_table struct brc__price_table *table = read_table(whole);
    auto_table struct brc__price_table *again = read_table(table->json);

    ck_assert_str_eq(table->json, written);
    ck_assert_str_eq(again->json, written);
    ck_assert_str_eq(table->hash, again->hash);
    /* sha256sum of the text above */
    ck_assert_str_eq(table->hash,
                     "0ab0fe237d517c8fb89e6d9a3c82d6979068c2d048ef72708d4563d134cebbac");
    ck_assert_str_eq(table->source, "a \"sheet\"");
    ck_assert_int_eq(table->in_force_from_ms, INT64_C(1790812800000));
    ck_assert_uint_eq(table->count, 2);
}
END_TEST

START_TEST(a_row_says_all)
{
    auto_table struct brc__price_table *table = read_table(whole);
    struct brc__market market = {"b.x", "in-region", "us-east-1", "default"};
    struct brc__tariff tariff;

    ck_assert(brc__price_table_find(table, &market, &tariff));
    const int64_t rates[] = {11 * MILLION / 10, 55 * MILLION / 10, 11 * MILLION / 100,
                             1375 * MILLION / 1000, 22 * MILLION / 10};
    const int64_t long_rates[] = {2 * MILLION, 45 * MILLION / 10, 2 * MILLION / 10, -1, -1};
    for (int kind = 0; kind < BRC__TOKEN_KINDS; kind++) {
        ck_assert_int_eq(tariff.rates.of[kind], rates[kind]);
        ck_assert_int_eq(tariff.long_rates.of[kind], long_rates[kind]);
    }
    ck_assert_int_eq(tariff.threshold, 200000);
    ck_assert_int_eq(tariff.multiplier, BRC__WHOLE);
    ck_assert_int_eq(tariff.output_max, 64000);
    market.tier = "priority";
    ck_assert(brc__price_table_find(table, &market, &tariff));
    ck_assert_int_eq(tariff.multiplier, 1750000);
    ck_assert_int_eq(tariff.rates.of[BRC__INPUT], rates[BRC__INPUT]);
    /* Declared to be free. */
    market = (struct brc__market){"a.x", "global", NULL, "default"};
    ck_assert(brc__price_table_find(table, &market, &tariff));
    ck_assert_int_eq(tariff.rates.of[BRC__INPUT], 0);
    ck_assert_int_eq(tariff.rates.of[BRC__OUTPUT], 1);
    ck_assert_int_eq(tariff.rates.of[BRC__CACHE_READ], -1);
    ck_assert_int_eq(tariff.threshold, INT64_MAX);
    ck_assert_int_eq(tariff.output_max, 0);
}
END_TEST

/* Rows that differ in input alone, which tells them apart. */
#define PRICED(model, place, input)                                                                \
    "{\"model\":\"" model "\"," place ",\"input\":\"" input "\",\"output\":\"9\"}"

static const char rows[] = TABLE(
    PRICED("v.m-20251001-v1:0", "\"scope\":\"geo\"", "1") "," PRICED("v.m", "\"scope\":\"geo\"", "2") "," PRICED("v.m", "\"scope\":\"global\"", "3") "," PRICED(
        "v.m", "\"scope\":\"in-region\"",
        "4") "," PRICED("v.m", "\"scope\":\"in-region\",\"region\":\"us-*\"",
                        "5") "," PRICED("v.m", "\"scope\":\"in-region\",\"region\":\"us-gov-*\"",
                                        "6") "," PRICED("v.m",
                                                        "\"scope\":\"in-region\",\"region\":\"us-"
                                                        "west-2\"",
                                                        "7") "," PRICED("v.m",
                                                                        "\"scope\":\"geo\","
                                                                        "\"tier\":\"flex\"",
                                                                        "8") "," PRICED("v.m",
                                                                                        "\"scope\":"
                                                                                        "\"global\""
                                                                                        ",\"tier\":"
                                                                                        "\"reserved"
                                                                                        "\"",
                                                                                        "9") "," PRICED("v.m-v2",
                                                                                                        "\"scope\":\"geo\"",
                                                                                                        "10") "," PRICED("v.k:300k",
                                                                                                                         "\"scope\":\"geo\"",
                                                                                                                         "11") "," PRICED("v.gpt-oss-120b-1",
                                                                                                                                          "\"scope\":\"geo\"",
                                                                                                                                          "12") ","
                                                                                                                                                "{\"model\":\"v.t\",\"scope\":\"geo\",\"input\":\"13\",\"output\":\"1\","
                                                                                                                                                "\"tiers\":{\"flex\":500000,\"optimized\":2000000}}," PRICED(
                                                                                                                                                    "v.t",
                                                                                                                                                    "\"scope\":\"geo\",\"tier\":\"flex\"",
                                                                                                                                                    "14") ","
                                                                                                                                                          "{\"model\":\"v.t\",\"scope\":\"geo\",\"region\":\"eu-west-1\",\"input\":\"15\",\"output\":\"1\","
                                                                                                                                                          "\"tiers\":{\"flex\":400000}}");

static const struct {
    struct brc__market market;
    int64_t input, multiplier; /* input 0: no price */
} found[] = {
    {{"v.m-20251001-v1:0", "geo", "us-east-1", "default"}, 1, BRC__WHOLE}, /* exact first */
    {{"v.m-20250101-v1:0", "geo", "us-east-1", "default"}, 2, BRC__WHOLE}, /* no other date's */
    {{"v.m-20251001-v1:0:300k", "geo", NULL, "default"},
     1,
     BRC__WHOLE}, /* as little off as may be */
    {{"v.m-20251001-v1", "geo", "us-east-1", "default"}, 2, BRC__WHOLE},
    {{"v.m:0", "geo", "us-east-1", "default"}, 2, BRC__WHOLE},
    {{"v.m:24k", "geo", "us-east-1", "default"}, 2, BRC__WHOLE},
    {{"v.m-v1:0", "geo", "us-east-1", "default"}, 2, BRC__WHOLE},
    {{"v.m-v2:0", "geo", "us-east-1", "default"}, 10, BRC__WHOLE},
    {{"v.m-v2:0", "global", "us-east-1", "default"}, 3, BRC__WHOLE},
    {{"v.m", "geo", "us-east-1", "default"}, 2, BRC__WHOLE},
    {{"v.m", "global", "us-east-1", "default"}, 3, BRC__WHOLE},
    {{"v.m", "in-region", "eu-west-1", "default"}, 4, BRC__WHOLE},
    {{"v.m", "in-region", NULL, "default"}, 4, BRC__WHOLE},
    {{"v.m", "in-region", "", "default"}, 4, BRC__WHOLE},
    {{"v.m", "in-region", "us-east-1", "default"}, 5, BRC__WHOLE},
    {{"v.m", "in-region", "us-gov-west-1", "default"}, 6, BRC__WHOLE},
    {{"v.m", "in-region", "us-west-2", "default"}, 7, BRC__WHOLE},
    {{"v.m", "in-region", "usual", "default"}, 4, BRC__WHOLE},
    {{"v.m", "geo", "us-east-1", "flex"}, 8, BRC__WHOLE},
    {{"v.m", "geo", "us-east-1", "priority"}, 0, 0},
    {{"v.m", "geo", "us-east-1", "reserved"}, 2, BRC__WHOLE}, /* overflows at default */
    {{"v.m", "global", "us-east-1", "reserved"}, 9, BRC__WHOLE},
    {{"v.m", "global", "us-east-1", "flex"}, 0, 0},
    {{"v.t", "geo", "us-east-1", "flex"}, 14, BRC__WHOLE}, /* its own row */
    {{"v.t", "geo", "us-east-1", "optimized"}, 13, 2000000},
    {{"v.t", "geo", "eu-west-1", "flex"}, 15, 400000}, /* the region's first */
    {{"v.t", "geo", "eu-west-1", "optimized"}, 13, 2000000},
    {{"v.t", "in-region", "eu-west-1", "default"}, 0, 0},
    {{"v.t", "geo", "eu-west-1", "batch"}, 0, 0},
    {{"v.gpt-oss-120b-1:0", "geo", NULL, "default"}, 12, BRC__WHOLE},
    {{"v.gpt-oss-120b-2:0", "geo", NULL, "default"}, 0, 0},
    {{"v.k:300k", "geo", NULL, "default"}, 11, BRC__WHOLE},
    {{"v.k", "geo", NULL, "default"}, 0, 0},
    {{"v.m-2025100-v1", "geo", NULL, "default"}, 0, 0}, /* no date */
    {{"v.m-300k", "geo", NULL, "default"}, 0, 0},
    {{"v.m-vk", "geo", NULL, "default"}, 0, 0},
    {{"v.m-v300k", "geo", NULL, "default"}, 0, 0},
    {{"v.m-20251001k", "geo", NULL, "default"}, 0, 0},
    {{"v.m:", "geo", NULL, "default"}, 0, 0},
    {{"v.mm", "geo", NULL, "default"}, 0, 0},
    {{"v.", "geo", NULL, "default"}, 0, 0},
    {{"V.M", "geo", NULL, "default"}, 0, 0},
    {{"1:0", "geo", NULL, "default"}, 0, 0},
    {{"20251001", "geo", NULL, "default"}, 0, 0},
    {{"", "geo", NULL, "default"}, 0, 0},
    {{NULL, "geo", NULL, "default"}, 0, 0},
    {{"v.m", "in-region",
      "us-a-region-with-a-name-that-is-longer-than-any-that-there-ever-was-or-will-be-1",
      "default"},
     4,
     BRC__WHOLE},
};

START_TEST(finds)
{
    auto_table struct brc__price_table *table = read_table(rows);
    struct brc__tariff tariff = {0};

    ck_assert_int_eq(brc__price_table_find(table, &found[_i].market, &tariff), found[_i].input > 0);
    if (found[_i].input > 0) {
        ck_assert_int_eq(tariff.rates.of[BRC__INPUT], found[_i].input * MILLION);
        ck_assert_int_eq(tariff.multiplier, found[_i].multiplier);
    } else {
        ck_assert_int_eq(tariff.rates.of[BRC__INPUT], -1);
        ck_assert_int_eq(tariff.rates.of[BRC__OUTPUT], -1);
        ck_assert_int_eq(tariff.threshold, INT64_MAX);
    }
}
END_TEST

/* F12: an id that no row is for never costs 0. */
START_TEST(no_unknown_id_is_priced)
{
    auto_table struct brc__price_table *table = read_table(rows);
    struct brc__tariff tariff;
    unsigned state = 20261125;
    char id[32];

    for (int i = 0; i < 10000; i += sample_step(10)) {
        for (int k = 0; k < 12; k++) {
            state = state * 1664525 + 1013904223;
            id[k] = "abcdefgh0123-:.v"[state >> 28];
        }
        memcpy(id, "z.", 2);
        id[12] = '\0';
        ck_assert(!brc__price_table_find(
            table, &(struct brc__market){id, "geo", "us-east-1", "default"}, &tariff));
        ck_assert_int_eq(tariff.rates.of[BRC__INPUT], -1);
    }
}
END_TEST

static const struct {
    const char *json;
    int rc;
    const char *says;
} wrong[] = {
    {"", BRC_E_INVALID, "price"},
    {"[]", BRC_E_INVALID, "price must be an object"},
    {"{}", BRC_E_INVALID, "\"from\" is missing"},
    {"{\"from\":\"2026-10-01\",\"prices\":[]}", BRC_E_INVALID, "\"source\" is missing"},
    {"{\"from\":\"2026-10-01\",\"source\":\"\",\"prices\":[]}", BRC_E_RANGE, "\"source\""},
    {"{\"from\":\"2026-10-01\",\"source\":\"s\"}", BRC_E_INVALID,
     "either \"prices\" or \"litellm\""},
    {HEAD "[],\"litellm\":{}}", BRC_E_INVALID, "either \"prices\" or \"litellm\""},
    {HEAD "[]}", BRC_E_INVALID, "price.prices: there is no price in it"},
    {HEAD "{}}", BRC_E_INVALID, "\"prices\" must be an array"},
    {HEAD "[1]}", BRC_E_INVALID, "price.prices[0] must be an object"},
    {HEAD "[],\"note\":1}", BRC_E_INVALID, "\"note\" is not known"},
    {"{\"from\":\"2026-10-1\",\"source\":\"s\",\"prices\":[" ROW("") "]}", BRC_E_INVALID,
     "\"from\""},
    {"{\"from\":\"2026-13-01\",\"source\":\"s\",\"prices\":[" ROW("") "]}", BRC_E_INVALID,
     "\"from\""},
    {"{\"from\":\"1969-12-31\",\"source\":\"s\",\"prices\":[" ROW("") "]}", BRC_E_INVALID,
     "\"from\""},
    {"{\"from\":\"2026-10-01T00:00:00Z\",\"source\":\"s\",\"prices\":[" ROW("") "]}", BRC_E_INVALID,
     "\"from\" must be a day"},
    {TABLE(ROW(",\"price\":\"1\"")), BRC_E_INVALID,
     "price.prices[0]: member \"price\" is not known"},
    {TABLE(ROW("") "," ROW(",\"Region\":\"x\"")), BRC_E_INVALID, "price.prices[1]"},
    {TABLE(ROW("") "," ROW("")), BRC_E_INVALID, "two rows for model \"m.x\", scope \"geo\""},
    {TABLE(ROW("") "," ROW(",\"tier\":\"default\"")), BRC_E_INVALID, "two rows"},
    {TABLE(ROW(",\"region\":\"a-1\"") "," ROW(",\"region\":\"a-1\"")), BRC_E_INVALID,
     "region \"a-1\", tier \"default\""},
    {TABLE("{\"scope\":\"geo\",\"input\":\"1\",\"output\":\"2\"}"), BRC_E_INVALID,
     "\"model\" is missing"},
    {TABLE("{\"model\":\"m\",\"input\":\"1\",\"output\":\"2\"}"), BRC_E_INVALID,
     "\"scope\" is missing"},
    {TABLE("{\"model\":\"m\",\"scope\":\"geo\",\"output\":\"2\"}"), BRC_E_INVALID,
     "\"input\" is missing"},
    {TABLE("{\"model\":\"m\",\"scope\":\"geo\",\"input\":\"2\"}"), BRC_E_INVALID,
     "\"output\" is missing"},
    {TABLE("{\"model\":\"m\",\"scope\":\"us\",\"input\":\"1\",\"output\":\"2\"}"), BRC_E_INVALID,
     "\"in-region\", \"geo\" or \"global\""},
    {TABLE("{\"model\":\"m\",\"scope\":\"geo\",\"input\":1,\"output\":\"2\"}"), BRC_E_INVALID,
     "\"input\" must be a string of US dollars"},
    {TABLE("{\"model\":\"m\",\"scope\":\"geo\",\"input\":\"1e-6\",\"output\":\"2\"}"),
     BRC_E_INVALID, "\"input\""},
    {TABLE("{\"model\":\"m\",\"scope\":\"geo\",\"input\":\"-1\",\"output\":\"2\"}"), BRC_E_INVALID,
     "\"input\""},
    {TABLE("{\"model\":\"m\",\"scope\":\"geo\",\"input\":\"9999999\",\"output\":\"2\"}"),
     BRC_E_RANGE, "\"input\""},
    {TABLE("{\"model\":\"m\",\"scope\":\"geo\",\"input\":null,\"output\":\"2\"}"), BRC_E_INVALID,
     "\"input\""},
    {TABLE("{\"model\":\"\",\"scope\":\"geo\",\"input\":\"1\",\"output\":\"2\"}"), BRC_E_RANGE,
     "\"model\""},
    {TABLE("{\"model\":\"m x\",\"scope\":\"geo\",\"input\":\"1\",\"output\":\"2\"}"), BRC_E_INVALID,
     "\"model\" must be the id"},
    {TABLE("{\"model\":\"\xc3\xa9\",\"scope\":\"geo\",\"input\":\"1\",\"output\":\"2\"}"),
     BRC_E_INVALID, "\"model\" must be the id"},
    {TABLE(ROW(",\"region\":\"\"")), BRC_E_RANGE, "\"region\""},
    {TABLE(ROW(",\"region\":\"us east\"")), BRC_E_INVALID, "\"region\" must be the id"},
    {TABLE(ROW(",\"region\":\"*\"")), BRC_E_INVALID, "\"region\" may have a *"},
    {TABLE(ROW(",\"region\":\"eu*\"")), BRC_E_INVALID, "\"region\" may have a *"},
    {TABLE(ROW(",\"region\":\"eu-*-1\"")), BRC_E_INVALID, "\"region\" may have a *"},
    {TABLE(ROW(",\"tier\":\"\"")), BRC_E_RANGE, "\"tier\""},
    {TABLE(ROW(",\"tier\":\"a b\"")), BRC_E_INVALID, "\"tier\""},
    {TABLE(ROW(",\"above\":5")), BRC_E_INVALID, "\"above\" and \"long\" go together"},
    {TABLE(ROW(",\"long\":{\"input\":\"1\",\"output\":\"1\"}")), BRC_E_INVALID, "go together"},
    {TABLE(ROW(",\"above\":5,\"long\":{\"input\":\"1\"}")), BRC_E_INVALID,
     "price.prices[0].long: member \"output\" is missing"},
    {TABLE(ROW(",\"above\":5,\"long\":{\"input\":\"1\",\"output\":\"1\",\"above\":6}")),
     BRC_E_INVALID, "\"above\" is not known"},
    {TABLE(ROW(",\"above\":0,\"long\":{\"input\":\"1\",\"output\":\"1\"}")), BRC_E_RANGE,
     "\"above\""},
    {TABLE(ROW(",\"above\":9223372036854775807,\"long\":{\"input\":\"1\",\"output\":\"1\"}")),
     BRC_E_RANGE, "\"above\""},
    {TABLE(ROW(",\"maxOutput\":0")), BRC_E_RANGE, "\"maxOutput\""},
    {TABLE(ROW(",\"maxOutput\":1.5")), BRC_E_INVALID, "\"maxOutput\""},
    {TABLE(ROW(",\"tiers\":[]")), BRC_E_INVALID, "\"tiers\" must be an object"},
    {TABLE(ROW(",\"tiers\":{\"default\":5}")), BRC_E_INVALID, "other than the default"},
    {TABLE(ROW(",\"tiers\":{\"\":5}")), BRC_E_RANGE, "\"tiers\""},
    {TABLE(ROW(",\"tiers\":{\"a b\":5}")), BRC_E_INVALID, "\"tiers\""},
    {TABLE(ROW(",\"tiers\":{\"flex\":\"5\"}")), BRC_E_INVALID, "\"tiers\""},
    {TABLE(ROW(",\"tiers\":{\"flex\":-1}")), BRC_E_RANGE, "\"tiers\""},
    {TABLE(ROW(",\"tiers\":{\"flex\":1000000001}")), BRC_E_RANGE, "\"tiers\""},
    {TABLE(ROW(",\"tiers\":{\"flex\":5,\"flex\":6}")), BRC_E_INVALID, "price"},
    {TABLE(ROW(",\"tier\":\"flex\",\"tiers\":{\"priority\":5}")), BRC_E_INVALID,
     "belongs into the row of the default tier"},
    {TABLE(ROW("")) "x", BRC_E_INVALID, "price"},
};

START_TEST(refuses)
{
    struct brc__price_table *table = (void *)&table;
    struct brc__error error = {0};

    int rc = brc__price_table_read(wrong[_i].json, strlen(wrong[_i].json), &table, &error);
    ck_assert_msg(rc == wrong[_i].rc, "%d: %s", rc, error.text);
    ck_assert_ptr_null(table);
    ck_assert_int_eq(error.code, rc);
    ck_assert_msg(strstr(error.text, wrong[_i].says) != NULL, "%s", error.text);
}
END_TEST

START_TEST(no_more_than_64_mib)
{
    const size_t size = BRC__CEILING_PUT;
    struct brc__price_table *table = NULL;
    struct brc__error error = {0};
    static const char small[] = TABLE(ROW(""));
    char *json = malloc(size + 1);

    ck_assert_ptr_nonnull(json);
    memset(json, ' ', size + 1);
    memcpy(json, small, sizeof small - 1);
    ck_assert_int_eq(brc__price_table_read(json, size, &table, &error), BRC_OK);
    brc__price_table_free(table);
    ck_assert_int_eq(brc__price_table_read(json, size + 1, &table, &error), BRC_E_TOO_LARGE);
    ck_assert_ptr_null(table);
    ck_assert_int_eq(brc__price_table_read_own(json, size + 1, "own", &table, &error),
                     BRC_E_TOO_LARGE);
    free(json);
}
END_TEST

START_TEST(a_profiles_own)
{
    auto_table struct brc__price_table *table =
        read_own("[{\"input\":\"1\",\"output\":\"2\",\"tiers\":{\"flex\":500000}},"
                 "{\"scope\":\"global\",\"input\":\"3\",\"output\":\"4\"},"
                 "{\"region\":\"eu-west-1\",\"input\":\"5\",\"output\":\"6\"}]");
    auto_table struct brc__price_table *again = read_own(table->json);
    const struct {
        struct brc__market market;
        int64_t input;
    } own[] = {
        {{"v.m", "geo", "us-east-1", "default"}, 1},
        {{NULL, "geo", "us-east-1", "default"}, 1},
        {{"v.m", "geo", NULL, "flex"}, 1},
        {{"v.m", "global", NULL, "default"}, 3},
        {{"v.m", "global", "eu-west-1", "default"}, 3},
        {{"v.m", "geo", "eu-west-1", "default"}, 5},
    };
    struct brc__tariff tariff;

    ck_assert_str_eq(table->json,
                     "[{\"input\":\"1.00\",\"output\":\"2.00\",\"tiers\":{\"flex\":500000}},"
                     "{\"region\":\"eu-west-1\",\"input\":\"5.00\",\"output\":\"6.00\"},"
                     "{\"scope\":\"global\",\"input\":\"3.00\",\"output\":\"4.00\"}]");
    ck_assert_str_eq(table->hash, again->hash);
    ck_assert_str_eq(table->source, "");
    ck_assert_int_eq(table->in_force_from_ms, 0);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        ck_assert(brc__price_table_find(table, &own[i].market, &tariff));
        ck_assert_int_eq(tariff.rates.of[BRC__INPUT], own[i].input * MILLION);
    }
}
END_TEST

START_TEST(a_profiles_own_refused)
{
    static const struct {
        const char *json, *says;
    } bad[] = {
        {"{}", "profile.prices must be an array"},
        {"[]", "profile.prices: there is no price in it"},
        {"[", "profile.prices"},
        {"[{\"model\":\"m\",\"input\":\"1\",\"output\":\"2\"}]", "\"model\" is not known"},
        {"[{\"input\":\"1\"}]", "profile.prices[0]: member \"output\" is missing"},
        {"[{\"input\":\"1\",\"output\":\"1\"},{\"input\":\"1\",\"output\":\"1\"}]", "two rows"},
    };
    struct brc__price_table *table = (void *)&table;
    struct brc__error error = {0};

    ck_assert_int_eq(brc__price_table_read_own(bad[_i].json, strlen(bad[_i].json), "profile.prices",
                                               &table, &error),
                     BRC_E_INVALID);
    ck_assert_ptr_null(table);
    ck_assert_msg(strstr(error.text, bad[_i].says) != NULL, "%s", error.text);
}
END_TEST

static struct brc__price_table *read_sample(void)
{
    static char json[100000];
    FILE *file = fopen(VECTORS "/../../examples/prices.json", "r");

    ck_assert_ptr_nonnull(file);
    json[fread(json, 1, sizeof json - 1, file)] = '\0';
    fclose(file);
    return read_table(json);
}

static int64_t input_rate(const struct brc__price_table *table, const char *model,
                          const char *scope)
{
    struct brc__tariff tariff;

    brc__price_table_find(table, &(struct brc__market){model, scope, "us-east-1", "default"},
                          &tariff);
    return tariff.rates.of[BRC__INPUT];
}

/* F16: through a geography, these cost a tenth more than through all the world. */
START_TEST(the_sample_that_ships)
{
    static const char *const models[] = {
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "anthropic.claude-opus-4-5-20251101-v1:0",
        "anthropic.claude-opus-5-5",
        "anthropic.claude-sonnet-4-6",
        "amazon.nova-2-lite-v1:0",
    };
    auto_table struct brc__price_table *table = read_sample();

    ck_assert_ptr_nonnull(strstr(table->source, "SAMPLE"));
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        int64_t global = input_rate(table, models[i], "global");
        ck_assert_int_gt(global, 0);
        ck_assert_int_eq(input_rate(table, models[i], "geo") * 10, global * 11);
        ck_assert_int_eq(input_rate(table, models[i], "in-region"), -1);
    }
    ck_assert_int_eq(input_rate(table, "amazon.nova-micro-v1:0", "geo"), 35 * MILLION / 1000);
    for (size_t i = 0; i < table->count; i++) {
        ck_assert_int_gt(table->prices[i].tariff.rates.of[BRC__INPUT], 0);
        ck_assert_int_gt(table->prices[i].tariff.rates.of[BRC__OUTPUT], 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("price_table");
    TCase *tc = tcase_create("price_table");

    tcase_add_test(tc, the_same_prices_are_the_same_text);
    tcase_add_test(tc, a_row_says_all);
    tcase_add_loop_test(tc, finds, 0, sizeof found / sizeof *found);
    tcase_add_test(tc, no_unknown_id_is_priced);
    tcase_add_loop_test(tc, refuses, 0, sizeof wrong / sizeof *wrong);
    tcase_add_test(tc, no_more_than_64_mib);
    tcase_add_test(tc, the_sample_that_ships);
    tcase_add_test(tc, a_profiles_own);
    tcase_add_loop_test(tc, a_profiles_own_refused, 0, 6);
    suite_add_tcase(suite, tc);
    return run(suite);
}
