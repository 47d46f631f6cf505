/* The community's price file: which entries count, what their fields mean, and that a doubt makes a
 * price dearer or leaves it out, never cheaper. All entries here are made up.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <price_table.h>

#include <stdio.h>
#include <string.h>

#define PER_TOKEN(in, out)        "\"input_cost_per_token\":" in ",\"output_cost_per_token\":" out
#define ENTRY(name, fields)       "\"" name "\":{\"litellm_provider\":\"bedrock_converse\"," fields "}"
#define CHEAP                     PER_TOKEN("1e-06", "5e-06")
#define DEAR                      PER_TOKEN("1.1e-06", "5.5e-06")
#define ROW(model, place, prices) "{\"model\":\"" model "\"," place "," prices "}"
#define CHEAP_ROW                 "\"input\":\"1.00\",\"output\":\"5.00\""
#define DEAR_ROW                  "\"input\":\"1.10\",\"output\":\"5.50\""
#define LONG(thousands)                                                                            \
    ",\"input_cost_per_token_above_" thousands "k_tokens\":2e-06,"                                 \
    "\"output_cost_per_token_above_" thousands "k_tokens\":7e-06"
#define LONG_ROW(above) ",\"above\":" above ",\"long\":{\"input\":\"2.00\",\"output\":\"7.00\"}"
#define GEO             "\"scope\":\"geo\""
#define GLOBAL          "\"scope\":\"global\""
#define IN_REGION       "\"scope\":\"in-region\""

static const struct {
    const char *entries, *rows; /* rows "": none, which is an error of the table */
} cases[] = {
    /* Which entries count. */
    {ENTRY("v.m", CHEAP), ROW("v.m", IN_REGION, CHEAP_ROW)},
    {ENTRY("v.m", CHEAP ",\"mode\":\"chat\""), ROW("v.m", IN_REGION, CHEAP_ROW)},
    {ENTRY("bedrock/v.m", CHEAP), ROW("v.m", IN_REGION, CHEAP_ROW)},
    {ENTRY("\\u0076.m", CHEAP), ROW("v.m", IN_REGION, CHEAP_ROW)},
    {"\"v.m\":{\"litellm_provider\":\"bedrock\"," CHEAP "}", ROW("v.m", IN_REGION, CHEAP_ROW)},
    {"\"v.m\":{\"litellm_provider\":\"openai\"," CHEAP "}", ""},
    {"\"v.m\":{\"litellm_provider\":\"bedrock_mantle\"," CHEAP "}", ""},
    {"\"v.m\":{" CHEAP "}", ""},
    {"\"o\":{\"litellm_provider\":\"x\",\"input_cost_per_token\":\"?\"}", ""}, /* not our concern */
    {ENTRY("sample_spec", "\"input_cost_per_token\":\"see below\""), ""},
    {"\"sample_spec\":1", ""},
    {ENTRY("v.m", CHEAP ",\"mode\":\"embedding\""), ""},
    {ENTRY("v.m", CHEAP ",\"mode\":null"), ""},
    {ENTRY("bedrock/us-west-2/1-month-commitment/v.m", CHEAP), ""},
    {ENTRY("bedrock/*/6-month-commitment/v.m", CHEAP), ""},
    {ENTRY("bedrock/invoke/v.m", CHEAP), ""},
    {ENTRY("512-x-512/v.m", CHEAP), ""},
    {ENTRY("bedrock/us-west-2/eu.v.m", CHEAP), ""},
    {ENTRY("v m", CHEAP), ""},
    {ENTRY("bedrock/", CHEAP), ""},
    {ENTRY("us.", CHEAP), ""},
    /* A price that is 0, missing or null is not known, and nothing is for free. */
    {ENTRY("v.m", PER_TOKEN("0", "5e-06")), ""},
    {ENTRY("v.m", PER_TOKEN("1e-06", "0.0")), ""},
    {ENTRY("v.m", PER_TOKEN("0e-7", "0")), ""},
    {ENTRY("v.m", PER_TOKEN("null", "5e-06")), ""},
    {ENTRY("v.m", "\"input_cost_per_token\":1e-06"), ""},
    {ENTRY("v.m", "\"output_cost_per_token\":1e-06"), ""},
    /* Fields. */
    {ENTRY("v.m", CHEAP ",\"cache_read_input_token_cost\":1e-07,"
                        "\"cache_creation_input_token_cost\":1.25e-06,"
                        "\"cache_creation_input_token_cost_above_1hr\":2e-06,"
                        "\"max_output_tokens\":64000,\"max_tokens\":1,\"max_input_tokens\":2"),
     ROW("v.m", IN_REGION,
         CHEAP_ROW ",\"cacheRead\":\"0.10\",\"cacheWrite5m\":\"1.25\",\"cacheWrite1h\":\"2.00\","
                   "\"maxOutput\":64000")},
    {ENTRY("v.m", CHEAP ",\"cache_read_input_token_cost\":8.75e-09,"
                        "\"cache_creation_input_token_cost\":0,\"max_output_tokens\":null"),
     ROW("v.m", IN_REGION, CHEAP_ROW ",\"cacheRead\":\"0.00875\"")},
    {ENTRY("v.m", PER_TOKEN("3.0000000000000004e-07", "5e-06")),
     ROW("v.m", IN_REGION, "\"input\":\"0.300000000001\",\"output\":\"5.00\"")},
    {ENTRY("v.m", CHEAP ",\"output_cost_per_reasoning_token\":6e-06"),
     ROW("v.m", IN_REGION, "\"input\":\"1.00\",\"output\":\"6.00\"")},
    {ENTRY("v.m", CHEAP ",\"output_cost_per_reasoning_token\":4e-06"),
     ROW("v.m", IN_REGION, CHEAP_ROW)},
    {ENTRY("v.m",
           CHEAP ",\"input_cost_per_token_batches\":5e-07,\"output_cost_per_token_batches\":1e-06,"
                 "\"input_cost_per_image\":\"?\",\"input_cost_per_token_cache_hit\":9,"
                 "\"input_cost_per_token_above_k_tokens\":9,\"supports_vision\":true,"
                 "\"input_cost_per_token_above_0k_tokens\":9,"
                 "\"input_cost_per_token_above_9999999999k_tokens\":9"),
     ROW("v.m", IN_REGION, CHEAP_ROW)},
    /* Tiers, in any order with thresholds. */
    {ENTRY("v.m",
           CHEAP ",\"input_cost_per_token_flex\":5e-07,\"output_cost_per_token_flex\":2.5e-06,"
                 "\"input_cost_per_token_priority\":1.75e-06,"
                 "\"output_cost_per_token_priority\":8.75e-06,"
                 "\"cache_read_input_token_cost_priority\":1.75e-07"),
     ROW("v.m", IN_REGION, CHEAP_ROW) "," ROW(
         "v.m", IN_REGION ",\"tier\":\"flex\"",
         "\"input\":\"0.50\",\"output\":\"2.50\"") "," ROW("v.m",
                                                           IN_REGION ",\"tier\":\"priority\"",
                                                           "\"input\":\"1.75\",\"output\":\"8."
                                                           "75\",\"cacheRead\":\"0.175\"")},
    {ENTRY("v.m", CHEAP ",\"input_cost_per_token_flex\":5e-07"), ROW("v.m", IN_REGION, CHEAP_ROW)},
    {ENTRY("v.m",
           CHEAP ",\"input_cost_per_token_above_200k_tokens\":2e-06,"
                 "\"output_cost_per_token_above_200k_tokens\":7.5e-06,"
                 "\"cache_creation_input_token_cost_above_1hr_above_200k_tokens\":4e-06,"
                 "\"input_cost_per_token_flex\":5e-07,\"output_cost_per_token_flex\":2.5e-06,"
                 "\"input_cost_per_token_above_200k_tokens_flex\":1e-06,"
                 "\"output_cost_per_token_flex_above_200k_tokens\":3e-06,"
                 "\"input_cost_per_token_priority\":2e-06,"
                 "\"output_cost_per_token_priority\":9e-06"),
     ROW("v.m", IN_REGION,
         CHEAP_ROW
         ",\"above\":200000,\"long\":{\"input\":\"2.00\",\"output\":\"7.50\","
         "\"cacheWrite1h\":\"4.00\"}") "," ROW("v.m", IN_REGION ",\"tier\":\"flex\"",
                                               "\"input\":\"0.50\",\"output\":\"2.50\","
                                               "\"above\":200000,"
                                               "\"long\":{\"input\":\"1.00\",\"output\":\"3."
                                               "00\"}")}, /* priority's long price: not known */
    {ENTRY("v.m", CHEAP ",\"input_cost_per_token_above_272k_tokens\":2e-06"), ""},
    {ENTRY("v.m", CHEAP ",\"input_cost_per_token_above_272k_tokens\":2e-06,"
                        "\"output_cost_per_token_above_272k_tokens\":0"),
     ""},
    {ENTRY("v.m", CHEAP ",\"input_cost_per_token_above_512k_tokens\":4e-06,"
                        "\"output_cost_per_token_above_512k_tokens\":6e-06,"
                        "\"input_cost_per_token_above_128k_tokens\":2e-06,"
                        "\"output_cost_per_token_above_128k_tokens\":7e-06"),
     ROW("v.m", IN_REGION,
         CHEAP_ROW ",\"above\":128000,\"long\":{\"input\":\"4.00\",\"output\":\"7.00\"}")},
    {ENTRY("v.m", CHEAP ",\"input_cost_per_token_above_128k_tokens\":2e-06,"
                        "\"output_cost_per_token_above_128k_tokens\":7e-06,"
                        "\"input_cost_per_token_above_512k_tokens\":4e-06"),
     ROW("v.m", IN_REGION,
         CHEAP_ROW ",\"above\":128000,\"long\":{\"input\":\"4.00\",\"output\":\"7.00\"}")},
    /* Places. */
    {ENTRY("global.v.m", CHEAP), ROW("v.m", GLOBAL, CHEAP_ROW)},
    {ENTRY("us.v.m", DEAR), ROW("v.m", GEO, DEAR_ROW)},
    {ENTRY("bedrock/us.v.m", DEAR) "," ENTRY("us.v.m", CHEAP),
     ROW("v.m", GEO, DEAR_ROW) "," ROW("v.m", GEO ",\"region\":\"ca-*\"", DEAR_ROW) "," ROW(
         "v.m", GEO ",\"region\":\"us-*\"", DEAR_ROW)},
    {ENTRY("us.v.m", DEAR) "," ENTRY("eu.v.m", DEAR) "," ENTRY("jp.v.m", DEAR) "," ENTRY(
         "au.v.m", DEAR) "," ENTRY("apac.v.m", DEAR),
     ROW("v.m", GEO, DEAR_ROW)},
    {ENTRY("bedrock/us-west-2/v.m", CHEAP) "," ENTRY("bedrock/us-gov-west-1/v.m", DEAR),
     ROW("v.m", IN_REGION ",\"region\":\"us-gov-west-1\"",
         DEAR_ROW) "," ROW("v.m", IN_REGION ",\"region\":\"us-west-2\"", CHEAP_ROW)},
    {ENTRY("bedrock/us-west-2/v.m", CHEAP) "," ENTRY("v.m", DEAR),
     ROW("v.m", IN_REGION, DEAR_ROW) "," ROW("v.m", IN_REGION ",\"region\":\"us-west-2\"",
                                             CHEAP_ROW)},
    /* Areas that differ: each its own, the dearest elsewhere and where two are possible. */
    {ENTRY("us.v.m", CHEAP) "," ENTRY("eu.v.m", DEAR),
     ROW("v.m", GEO, DEAR_ROW) "," ROW("v.m", GEO ",\"region\":\"ca-*\"", CHEAP_ROW) "," ROW(
         "v.m", GEO ",\"region\":\"eu-*\"", DEAR_ROW) "," ROW("v.m", GEO ",\"region\":\"us-*\"",
                                                              CHEAP_ROW)},
    {ENTRY("us.v.m", CHEAP) "," ENTRY("eu.v.m", DEAR) "," ENTRY("apac.v.m", DEAR),
     ROW("v.m", GEO, DEAR_ROW) "," ROW("v.m", GEO ",\"region\":\"ap-*\"", DEAR_ROW) "," ROW(
         "v.m", GEO ",\"region\":\"ca-*\"",
         CHEAP_ROW) "," ROW("v.m", GEO ",\"region\":\"eu-*\"",
                            DEAR_ROW) "," ROW("v.m", GEO ",\"region\":\"us-*\"", CHEAP_ROW)},
    {ENTRY("eu.v.m", CHEAP LONG("200")) "," ENTRY("apac.v.m", CHEAP LONG("300")),
     ROW("v.m", GEO, CHEAP_ROW LONG_ROW("200000")) "," ROW(
         "v.m", GEO ",\"region\":\"ap-*\"",
         CHEAP_ROW LONG_ROW("300000")) "," ROW("v.m", GEO ",\"region\":\"eu-*\"",
                                               CHEAP_ROW LONG_ROW("200000"))},
    {ENTRY("apac.v.m", PER_TOKEN("1e-06", "6e-06") ",\"max_output_tokens\":5") "," ENTRY(
         "jp.v.m", PER_TOKEN("2e-06", "5e-06") ",\"cache_read_input_token_cost\":1e-7"),
     ROW("v.m", GEO, "\"input\":\"2.00\",\"output\":\"6.00\",\"maxOutput\":5") "," ROW(
         "v.m", GEO ",\"region\":\"ap-*\"",
         "\"input\":\"1.00\",\"output\":\"6.00\",\"maxOutput\":5") "," ROW("v.m",
                                                                           GEO ",\"region\":\"ap-"
                                                                               "northeast-1\"",
                                                                           "\"input\":\"2.00\","
                                                                           "\"output\":\"6."
                                                                           "00\",\"maxOutput\":"
                                                                           "5") "," ROW("v.m",
                                                                                        GEO ",\"reg"
                                                                                            "ion\":"
                                                                                            "\"ap-"
                                                                                            "northe"
                                                                                            "ast-"
                                                                                            "3\"",
                                                                                        "\"inpu"
                                                                                        "t\":"
                                                                                        "\"2."
                                                                                        "00\","
                                                                                        "\"outp"
                                                                                        "ut\":"
                                                                                        "\"6."
                                                                                        "00\","
                                                                                        "\"maxO"
                                                                                        "utput"
                                                                                        "\":"
                                                                                        "5")},
    /* A bare name: what geo says, unless it says the same; not the global price. */
    {ENTRY("v.m", CHEAP) "," ENTRY("us.v.m", CHEAP),
     ROW("v.m", GEO, CHEAP_ROW) "," ROW("v.m", IN_REGION, CHEAP_ROW)},
    {ENTRY("v.m", CHEAP) "," ENTRY("global.v.m", CHEAP) "," ENTRY("eu.v.m", DEAR),
     ROW("v.m", GEO, DEAR_ROW) "," ROW("v.m", GLOBAL, CHEAP_ROW) "," ROW("v.m", IN_REGION,
                                                                         DEAR_ROW)},
    {ENTRY("v.m", CHEAP) "," ENTRY("us.v.m", CHEAP) "," ENTRY("eu.v.m", DEAR) "," ENTRY(
         "bedrock/us-east-1/v.m", DEAR),
     ROW("v.m", GEO, DEAR_ROW) "," ROW("v.m", GEO ",\"region\":\"ca-*\"", CHEAP_ROW) "," ROW("v.m", GEO ",\"region\":\"eu-*\"", DEAR_ROW) "," ROW(
         "v.m", GEO ",\"region\":\"us-*\"",
         CHEAP_ROW) "," ROW("v.m", IN_REGION,
                            DEAR_ROW) "," ROW("v.m", IN_REGION ",\"region\":\"ca-*\"",
                                              CHEAP_ROW) "," ROW("v.m",
                                                                 IN_REGION ",\"region\""
                                                                           ":\"eu-*\"",
                                                                 DEAR_ROW) "," ROW("v.m",
                                                                                   IN_REGION
                                                                                   ",\"region\":"
                                                                                   "\"us-*\"",
                                                                                   CHEAP_ROW) "," ROW("v.m",
                                                                                                      IN_REGION
                                                                                                      ",\"region\":\"us-east-1\"",
                                                                                                      DEAR_ROW)},
    {ENTRY("v.m", DEAR) "," ENTRY("eu.v.m", DEAR) "," ENTRY("apac.v.m", CHEAP),
     ROW("v.m", GEO, DEAR_ROW) "," ROW("v.m", GEO ",\"region\":\"ap-*\"", CHEAP_ROW) "," ROW(
         "v.m", GEO ",\"region\":\"eu-*\"",
         DEAR_ROW) "," ROW("v.m", IN_REGION,
                           DEAR_ROW) "," ROW("v.m", IN_REGION ",\"region\":\"ap-*\"",
                                             CHEAP_ROW) "," ROW("v.m",
                                                                IN_REGION ",\"region\":\"eu-*\"",
                                                                DEAR_ROW)},
    {ENTRY("v.m", CHEAP) "," ENTRY("jp.v.m", CHEAP) "," ENTRY("us.v.m", DEAR) "," ENTRY(
         "bedrock/ap-northeast-1/v.m", DEAR), /* the region's own goes first, and once */
     ROW("v.m", GEO, DEAR_ROW) "," ROW("v.m", GEO ",\"region\":\"ap-northeast-1\"", CHEAP_ROW) "," ROW("v.m", GEO ",\"region\":\"ap-northeast-3\"", CHEAP_ROW) "," ROW(
         "v.m", GEO ",\"region\":\"ca-*\"",
         DEAR_ROW) "," ROW("v.m", GEO ",\"region\":\"us-*\"",
                           DEAR_ROW) "," ROW("v.m", IN_REGION,
                                             DEAR_ROW) "," ROW("v.m",
                                                               IN_REGION
                                                               ",\"region\":\"ap-northeast-1\"",
                                                               DEAR_ROW) "," ROW("v.m",
                                                                                 IN_REGION
                                                                                 ",\"region\":"
                                                                                 "\"ap-"
                                                                                 "northeast-"
                                                                                 "3\"",
                                                                                 CHEAP_ROW) "," ROW("v.m",
                                                                                                    IN_REGION
                                                                                                    ",\"region\":\"ca-*\"",
                                                                                                    DEAR_ROW) "," ROW("v.m",
                                                                                                                      IN_REGION
                                                                                                                      ",\"region\":\"us-*\"",
                                                                                                                      DEAR_ROW)},
    {ENTRY("v.m", CHEAP) "," ENTRY("global.v.m", CHEAP), ROW("v.m", GLOBAL, CHEAP_ROW)},
    {ENTRY("v.m", DEAR) "," ENTRY("global.v.m", CHEAP),
     ROW("v.m", GLOBAL, CHEAP_ROW) "," ROW("v.m", IN_REGION, DEAR_ROW)},
    {ENTRY("v.m", PER_TOKEN("0", "0")) "," ENTRY("us.v.m", DEAR), ROW("v.m", GEO, DEAR_ROW)},
    {ENTRY("v.m",
           CHEAP ",\"input_cost_per_token_flex\":5e-07,\"output_cost_per_token_flex\":"
                 "2e-06") "," ENTRY("us.v.m", DEAR), /* a bare name in doubt is so at each tier */
     ROW("v.m", GEO, DEAR_ROW) "," ROW("v.m", IN_REGION, DEAR_ROW)},
    /* Thresholds that differ: the lower one, and what is dearer on either side of it. */
    {ENTRY("us.v.m", CHEAP) "," ENTRY(
         "ca.v.m", PER_TOKEN("8e-07", "4e-06") ",\"input_cost_per_token_above_200k_tokens\":2e-06,"
                                               "\"output_cost_per_token_above_200k_tokens\":3e-06"),
     ROW("v.m", GEO, CHEAP_ROW ",\"above\":200000,\"long\":{\"input\":\"2.00\",\"output\":\"5.00\"}") "," ROW(
         "v.m", GEO ",\"region\":\"ca-*\"",
         CHEAP_ROW
         ",\"above\":200000,\"long\":{\"input\":\"2.00\",\"output\":\"5.00\"}") "," ROW("v.m",
                                                                                        GEO ",\"reg"
                                                                                            "ion\":"
                                                                                            "\"us-*"
                                                                                            "\"",
                                                                                        CHEAP_ROW)},
    {ENTRY("us.v.m", CHEAP
           ",\"input_cost_per_token_above_300k_tokens\":3e-06,"
           "\"output_cost_per_token_above_300k_tokens\":1e-06") "," ENTRY("bedrock/us.v.m",
                                                                          CHEAP ",\"input_cost_per_"
                                                                                "token_above_200k_"
                                                                                "tokens\":2e-06,"
                                                                                "\"output_cost_per_"
                                                                                "token_above_200k_"
                                                                                "tokens\":3e-06"),
     ROW("v.m", GEO, CHEAP_ROW ",\"above\":200000,\"long\":{\"input\":\"3.00\",\"output\":\"5.00\"}") "," ROW(
         "v.m", GEO ",\"region\":\"ca-*\"",
         CHEAP_ROW
         ",\"above\":200000,\"long\":{\"input\":\"3.00\",\"output\":\"5.00\"}") "," ROW("v.m",
                                                                                        GEO ",\"reg"
                                                                                            "ion\":"
                                                                                            "\"us-*"
                                                                                            "\"",
                                                                                        CHEAP_ROW
                                                                                        ",\"abo"
                                                                                        "ve\":"
                                                                                        "200000"
                                                                                        ",\"lon"
                                                                                        "g\":{"
                                                                                        "\"inpu"
                                                                                        "t\":"
                                                                                        "\"3."
                                                                                        "00\","
                                                                                        "\"outp"
                                                                                        "ut\":"
                                                                                        "\"5."
                                                                                        "00\""
                                                                                        "}")},
    /* Several models, sorted. */
    {ENTRY("v.n", CHEAP) "," ENTRY("global.v.k", DEAR) "," ENTRY("v.m-v1:0", CHEAP),
     ROW("v.k", GLOBAL, DEAR_ROW) "," ROW("v.m-v1:0", IN_REGION,
                                          CHEAP_ROW) "," ROW("v.n", IN_REGION, CHEAP_ROW)},
};

static int read_file(const char *entries, struct brc__price_table **ret_table,
                     struct brc__error *error)
{
    char json[4096];

    int n =
        snprintf(json, sizeof json,
                 "{\"from\":\"2026-11-01\",\"source\":\"community\",\"litellm\":{%s}}", entries);
    ck_assert(n > 0 && (size_t)n < sizeof json);
    return brc__price_table_read(json, (size_t)n, ret_table, error);
}

START_TEST(converts)
{
    struct brc__price_table *table = NULL, *again = NULL;
    struct brc__error error = {0};
    char expected[8192];

    int rc = read_file(cases[_i].entries, &table, &error);
    if (cases[_i].rows[0] == '\0') {
        ck_assert_int_eq(rc, BRC_E_INVALID);
        ck_assert_str_eq(error.text, "price.litellm: there is no price in it");
        ck_assert_ptr_null(table);
        return;
    }
    ck_assert_msg(rc == BRC_OK, "%s", error.text);
    snprintf(expected, sizeof expected,
             "{\"from\":\"2026-11-01\",\"source\":\"community\",\"prices\":[%s]}", cases[_i].rows);
    ck_assert_str_eq(table->json, expected);
    ck_assert_int_eq(brc__price_table_read(table->json, strlen(table->json), &again, &error),
                     BRC_OK);
    ck_assert_str_eq(again->hash, table->hash);
    brc__price_table_free(table);
    brc__price_table_free(again);
}
END_TEST

static const struct {
    const char *entries;
    int rc;
    const char *says;
} broken[] = {
    {"\"v.m\":1", BRC_E_INVALID, "price.litellm: entry \"v.m\": must be an object"},
    {"\"gpt\":null", BRC_E_INVALID, "price.litellm: entry \"gpt\": must be an object"},
    {ENTRY("v.m", PER_TOKEN("\"1e-06\"", "1")), BRC_E_INVALID,
     "price.litellm: entry \"v.m\": input_cost_per_token must be a price, a number"},
    {ENTRY("v.m", PER_TOKEN("-1e-06", "1e-6")), BRC_E_INVALID, "input_cost_per_token must be"},
    {ENTRY("v.m", PER_TOKEN("1e-06", "[]")), BRC_E_INVALID, "output_cost_per_token must be"},
    {ENTRY("v.m", PER_TOKEN("1e-06", "true")), BRC_E_INVALID, "output_cost_per_token must be"},
    {ENTRY("v.m", PER_TOKEN("1e-06", "9.3")), BRC_E_RANGE,
     "price.litellm: entry \"v.m\": output_cost_per_token is too large a price"},
    {ENTRY("v.m", CHEAP ",\"cache_read_input_token_cost_flex\":{}"), BRC_E_INVALID,
     "cache_read_input_token_cost_flex must be"},
    {ENTRY("us.v.m", CHEAP ",\"max_output_tokens\":\"64000\""), BRC_E_INVALID,
     "price.litellm: entry \"us.v.m\": max_output_tokens must be a count"},
    {ENTRY("v.m", CHEAP ",\"max_output_tokens\":6.5"), BRC_E_INVALID, "max_output_tokens must be"},
    {ENTRY("v.m", CHEAP) "," ENTRY("v.m", CHEAP), BRC_E_INVALID, "price"}, /* twice */
};

START_TEST(names_what_is_broken)
{
    struct brc__price_table *table = (void *)&table;
    struct brc__error error = {0};

    ck_assert_int_eq(read_file(broken[_i].entries, &table, &error), broken[_i].rc);
    ck_assert_ptr_null(table);
    ck_assert_int_eq(error.code, broken[_i].rc);
    ck_assert_msg(strstr(error.text, broken[_i].says) != NULL, "%s", error.text);
}
END_TEST

/* Whatever the order of the entries, the same text. */
START_TEST(order_does_not_matter)
{
    static const char *const parts[] = {
        ENTRY("us.v.m", CHEAP),
        ENTRY("eu.v.m", DEAR),
        ENTRY("v.m", CHEAP),
        ENTRY("bedrock/us-east-1/v.m", DEAR),
        ENTRY("bedrock/us.v.m", DEAR),
        ENTRY("apac.v.m", PER_TOKEN("7e-06", "1e-06")),
        ENTRY("bedrock/eu-west-1/v.m", CHEAP),
    };
    enum {
        PARTS = sizeof parts / sizeof *parts
    };
    char hash[65] = "";

    for (int first = 0; first < PARTS; first++) {
        for (int step = 1; step < PARTS; step++) { /* PARTS is prime: each step meets them all */
            struct brc__price_table *table = NULL;
            struct brc__error error = {0};
            char entries[3000] = "";
            for (int i = 0; i < PARTS; i++) {
                strcat(entries, i == 0 ? "" : ",");
                strcat(entries, parts[(first + i * step) % PARTS]);
            }
            ck_assert_int_eq(read_file(entries, &table, &error), BRC_OK);
            if (hash[0] == '\0')
                memcpy(hash, table->hash, sizeof hash);
            ck_assert_str_eq(hash, table->hash);
            brc__price_table_free(table);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("community_prices");
    TCase *tc = tcase_create("community_prices");

    tcase_add_loop_test(tc, converts, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(tc, names_what_is_broken, 0, sizeof broken / sizeof *broken);
    tcase_add_test(tc, order_does_not_matter);
    suite_add_tcase(suite, tc);
    return run(suite);
}
