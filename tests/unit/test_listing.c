/* A profile's JSON, read, kept, and priced.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <json.h>
#include <listing.h>
#include <money.h>

#include <string.h>

#define ARN  "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1"
#define BASE "\"arn\":\"" ARN "\",\"name\":\"search-prod\""

static struct brc__error error;

static int read_one(const char *json, struct brc__listing **ret_listing)
{
    int rc = brc__json_check(json, strlen(json), "profile", &error);

    *ret_listing = NULL;
    return rc < 0 ? rc
                  : brc__listing_read(brc__json_of(json, strlen(json)), "profile", ret_listing,
                                      &error);
}

static struct brc__listing *taken(const char *json)
{
    struct brc__listing *listing;
    int rc = read_one(json, &listing);

    ck_assert_msg(rc == 0, "%s", error.text);
    return listing;
}

START_TEST(takes_little)
{
    struct brc__listing *listing = taken("{" BASE "}");

    ck_assert_str_eq(listing->arn, ARN);
    ck_assert_str_eq(listing->name, "search-prod");
    ck_assert_str_eq(listing->region, "eu-west-1");
    ck_assert_str_eq(listing->scope, "in-region");
    ck_assert_str_eq(listing->tags, "{}");
    ck_assert_ptr_null(listing->alias);
    ck_assert_ptr_null(listing->series);
    ck_assert_ptr_null(listing->model);
    ck_assert_ptr_null(listing->degrade_to);
    ck_assert_ptr_null(listing->accepts);
    ck_assert_ptr_null(listing->prices);
    ck_assert_int_eq(listing->output_max, 0);
    ck_assert_int_eq(listing->overhead, 0);
    ck_assert_int_eq(listing->multiplier, BRC__WHOLE);
    ck_assert(!listing->counts_tokens);
    ck_assert_str_eq(listing->json, "{" BASE ",\"scope\":\"in-region\",\"tags\":{}}");
    brc__listing_unref(listing);
}
END_TEST

static const char everything[] =
    "{ \"prices\": [{\"output\":\"5.5\",\"input\":\"1.10\"}], \"countTokens\":true,"
    "\"multiplier\":\"0.9\", \"degradeTo\":\"small\", \"accepts\":[\"system\",\"toolConfig\"],"
    "\"overhead\":12, \"maxOutput\":64000,"
    "\"tags\":{\"team\":\"search \\u00e4\",\"app\":\"\"}, \"scope\":\"geo\","
    "\"model\":\"anthropic.claude\", \"series\":\"searches\", \"alias\":\"search\"," BASE "}";

START_TEST(takes_everything)
{
    struct brc__listing *listing = taken(everything), *again;

    ck_assert_str_eq(listing->alias, "search");
    ck_assert_str_eq(listing->series, "searches");
    ck_assert_str_eq(listing->model, "anthropic.claude");
    ck_assert_str_eq(listing->scope, "geo");
    ck_assert_str_eq(listing->tags, "{\"app\":\"\",\"team\":\"search \xc3\xa4\"}");
    ck_assert_int_eq(listing->tag_count, 2);
    ck_assert_str_eq(brc__listing_tag(listing, "team"), "search \xc3\xa4");
    ck_assert_str_eq(brc__listing_tag(listing, "app"), "");
    ck_assert_ptr_null(brc__listing_tag(listing, "Team"));
    ck_assert_int_eq(listing->output_max, 64000);
    ck_assert_int_eq(listing->overhead, 12);
    ck_assert_str_eq(listing->accepts, "[\"system\",\"toolConfig\"]");
    ck_assert_str_eq(listing->degrade_to, "small");
    ck_assert_int_eq(listing->multiplier, 900000);
    ck_assert(listing->counts_tokens);
    ck_assert_ptr_nonnull(listing->prices);
    ck_assert_str_eq(listing->json,
                     "{" BASE ",\"alias\":\"search\",\"series\":\"searches\","
                     "\"model\":\"anthropic.claude\",\"scope\":\"geo\","
                     "\"tags\":{\"app\":\"\",\"team\":\"search \xc3\xa4\"},"
                     "\"maxOutput\":64000,\"overhead\":12,"
                     "\"accepts\":[\"system\",\"toolConfig\"],\"degradeTo\":\"small\","
                     "\"multiplier\":\"0.90\",\"countTokens\":true,"
                     "\"prices\":[{\"input\":\"1.10\",\"output\":\"5.50\"}]}");
    again = taken(listing->json);
    ck_assert_str_eq(again->json, listing->json);
    brc__listing_unref(again);
    brc__listing_unref(listing);
}
END_TEST

#define K32  "0123456789abcdef0123456789abcdef"
#define K128 K32 K32 K32 K32

static const struct {
    const char *json;
    int code;
    const char *text; /* the beginning */
} refused[] = {
    {"{\"name\":\"a\"}", BRC_E_INVALID, "profile: member \"arn\" is missing"},
    {"{\"arn\":\"" ARN "\"}", BRC_E_INVALID, "profile: member \"name\" is missing"},
    {"{\"arn\":\"arn:aws:bedrock:us-east-1::foundation-model/a.b\",\"name\":\"a\"}", BRC_E_INVALID,
     "profile: \"arn\": This is a foundation model"},
    {"{\"arn\":\"us.anthropic.claude\",\"name\":\"a\"}", BRC_E_INVALID, "profile: \"arn\": This"},
    {"{\"arn\":\"" ARN "\",\"name\":\"arn:x\"}", BRC_E_INVALID,
     "profile: \"name\" must not be an ARN"},
    {"{" BASE ",\"alias\":\"" ARN "\"}", BRC_E_INVALID, "profile: \"alias\" must not be an ARN"},
    {"{" BASE ",\"alias\":\"" K128 "x\"}", BRC_E_RANGE,
     "profile: \"alias\" must have 1 to 128 characters"},
    {"{" BASE ",\"alias\":\"\"}", BRC_E_RANGE, "profile: \"alias\" must have 1 to 128 characters"},
    {"{" BASE ",\"series\":\"\"}", BRC_E_RANGE,
     "profile: \"series\" must have 1 to 128 characters"},
    {"{" BASE ",\"series\":\"" K128 "x\"}", BRC_E_RANGE,
     "profile: \"series\" must have 1 to 128 characters"},
    {"{" BASE ",\"Alias\":\"a\"}", BRC_E_INVALID, "profile: member \"Alias\" is not known; there "},
    {"{" BASE ",\"scope\":\"us\"}", BRC_E_INVALID,
     "profile: \"scope\" must be \"in-region\", \"geo\" or \"global\""},
    {"{" BASE ",\"tags\":[\"team\"]}", BRC_E_INVALID, "profile: \"tags\" must be an object"},
    {"{" BASE ",\"tags\":{\"team\":5}}", BRC_E_INVALID, "profile.tags: \"team\" must be a string"},
    {"{" BASE ",\"tags\":{\"\":\"a\"}}", BRC_E_RANGE,
     "profile.tags: \"name of a tag\" must have 1 to 128 characters"},
    {"{" BASE ",\"tags\":{\"" K128 "x\":\"a\"}}", BRC_E_RANGE,
     "profile.tags: \"name of a tag\" must have 1 to 128 characters"},
    {"{" BASE ",\"tags\":{\"a\":\"" K128 K128 "x\"}}", BRC_E_RANGE,
     "profile.tags: \"a\" must have 0 to 256 characters"},
    {"{" BASE ",\"tags\":{\"a\":\"1\",\"\\u0061\":\"2\"}}", BRC_E_INVALID,
     "profile is not acceptable JSON"},
    {"{" BASE ",\"maxOutput\":0}", BRC_E_RANGE,
     "profile: \"maxOutput\" must be a number from 1 to 1000000000"},
    {"{" BASE ",\"overhead\":1000000001}", BRC_E_RANGE,
     "profile: \"overhead\" must be a number from 0 to 1000000000"},
    {"{" BASE ",\"accepts\":[5]}", BRC_E_INVALID,
     "profile: \"accepts\" must be an array of strings"},
    {"{" BASE ",\"multiplier\":0.9}", BRC_E_INVALID, "profile: \"multiplier\" must be a string"},
    {"{" BASE ",\"multiplier\":\"0.9000001\"}", BRC_E_INVALID,
     "profile: \"multiplier\" must be a string with a number of at most six decimals"},
    {"{" BASE ",\"multiplier\":\"-1\"}", BRC_E_INVALID,
     "profile: \"multiplier\" must be a string with a number of at most six decimals"},
    {"{" BASE ",\"multiplier\":\"100.000001\"}", BRC_E_RANGE,
     "profile: \"multiplier\" must be at most 100"},
    {"{" BASE ",\"multiplier\":\"99999999999\"}", BRC_E_RANGE,
     "profile: \"multiplier\" must be at most 100"},
    {"{" BASE ",\"prices\":{}}", BRC_E_INVALID, "profile: \"prices\" must be an array"},
    {"{" BASE ",\"prices\":[{\"input\":\"1\"}]}", BRC_E_INVALID, "profile.prices[0]: member "},
};

START_TEST(says_what_is_wrong)
{
    struct brc__listing *listing;

    ck_assert_int_eq(read_one(refused[_i].json, &listing), refused[_i].code);
    ck_assert_ptr_null(listing);
    ck_assert_msg(strncmp(error.text, refused[_i].text, strlen(refused[_i].text)) == 0, "%s",
                  error.text);
}
END_TEST

/* The largest of everything is still taken. */
START_TEST(takes_the_largest)
{
    struct brc__listing *listing =
        taken("{" BASE ",\"alias\":\"" K128 "\",\"tags\":{\"" K128 "\":\"" K128 K128 "\"},"
              "\"maxOutput\":1000000000,\"overhead\":1000000000,\"multiplier\":\"100\"}");

    ck_assert_int_eq(listing->multiplier, 100 * BRC__WHOLE);
    ck_assert_int_eq(listing->output_max, 1000000000);
    brc__listing_unref(listing);
    listing = taken("{" BASE ",\"multiplier\":\"0\"}");
    ck_assert_int_eq(listing->multiplier, 0);
    brc__listing_unref(listing);
}
END_TEST

/* Whatever the order of the tags, profiles with the same ones have the same text. */
START_TEST(tells_same_tags_by_their_text)
{
    struct brc__listing *a = taken("{" BASE ",\"tags\":{\"b\":\"1\",\"a\":\"2\"}}");
    struct brc__listing *b = taken("{" BASE ",\"tags\":{\"\\u0061\":\"2\",\"b\":\"\\u0031\"}}");

    ck_assert_str_eq(a->tags, b->tags);
    brc__listing_unref(a);
    brc__listing_unref(b);
}
END_TEST

static struct brc__price_table *table_of(const char *prices)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(100000);
    struct brc__price_table *table;

    brc__buf_appendf(&json, "{\"from\":\"2026-01-01\",\"source\":\"test\",\"prices\":[%s]}",
                     prices);
    int rc = brc__price_table_read(json.data, json.length, &table, &error);
    ck_assert_msg(rc == 0, "%s", error.text);
    return table;
}

START_TEST(is_priced_by_a_table)
{
    struct brc__price_table *table = table_of(
        "{\"model\":\"m.x\",\"scope\":\"geo\",\"input\":\"1\",\"output\":\"2\",\"maxOutput\":500,"
        "\"tiers\":{\"flex\":333333}},"
        "{\"model\":\"m.x\",\"scope\":\"geo\",\"region\":\"us-east-1\",\"input\":\"7\","
        "\"output\":\"8\"},"
        "{\"model\":\"m.x\",\"scope\":\"in-region\",\"input\":\"3\",\"output\":\"4\"}");
    struct brc__listing *listing = taken("{" BASE ",\"model\":\"m.x\",\"scope\":\"geo\","
                                         "\"multiplier\":\"0.9\",\"maxOutput\":501}");
    struct brc__tariff tariff;

    ck_assert(brc__listing_tariff(listing, table, "default", &tariff));
    ck_assert(tariff.rates.of[BRC__INPUT] == INT64_C(1000000000000));
    ck_assert_int_eq(tariff.multiplier, 900000);
    ck_assert_int_eq(tariff.output_max, 500); /* the smaller of both */
    ck_assert(brc__listing_tariff(listing, table, "reserved", &tariff));
    ck_assert(tariff.rates.of[BRC__OUTPUT] == INT64_C(2000000000000));
    ck_assert(brc__listing_tariff(listing, table, "flex", &tariff));
    ck_assert_int_eq(tariff.multiplier, 300000); /* 299999.7, rounded up */
    ck_assert(!brc__listing_tariff(listing, table, "priority", &tariff));
    ck_assert(!brc__listing_tariff(listing, NULL, "default", &tariff));
    brc__listing_unref(listing);

    listing = taken("{" BASE ",\"model\":\"m.x\",\"maxOutput\":499}");
    ck_assert(brc__listing_tariff(listing, table, "default", &tariff));
    ck_assert(tariff.rates.of[BRC__INPUT] == INT64_C(3000000000000));
    ck_assert_int_eq(tariff.output_max, 499); /* the table says none */
    brc__listing_unref(listing);

    listing = taken("{" BASE ",\"scope\":\"geo\"}"); /* no model */
    ck_assert(!brc__listing_tariff(listing, table, "default", &tariff));
    brc__listing_unref(listing);
    brc__price_table_free(table);
}
END_TEST

START_TEST(is_priced_by_its_own)
{
    struct brc__listing *listing =
        taken("{" BASE ",\"multiplier\":\"2\",\"maxOutput\":400,\"prices\":["
              "{\"input\":\"1\",\"output\":\"2\",\"maxOutput\":300},"
              "{\"tier\":\"flex\",\"input\":\"0.5\",\"output\":\"1\"}]}");
    struct brc__tariff tariff;

    ck_assert(brc__listing_tariff(listing, NULL, "default", &tariff));
    ck_assert(tariff.rates.of[BRC__INPUT] == INT64_C(1000000000000));
    ck_assert_int_eq(tariff.multiplier, 2 * BRC__WHOLE);
    ck_assert_int_eq(tariff.output_max, 300);
    ck_assert(brc__listing_tariff(listing, NULL, "flex", &tariff));
    ck_assert(tariff.rates.of[BRC__INPUT] == INT64_C(500000000000));
    ck_assert_int_eq(tariff.output_max, 400);
    ck_assert(!brc__listing_tariff(listing, NULL, "priority", &tariff));
    brc__listing_unref(listing);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("listing");
    TCase *cases = tcase_create("listing");

    suite_add_tcase(suite, cases);
    tcase_add_test(cases, takes_little);
    tcase_add_test(cases, takes_everything);
    tcase_add_loop_test(cases, says_what_is_wrong, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_test(cases, takes_the_largest);
    tcase_add_test(cases, tells_same_tags_by_their_text);
    tcase_add_test(cases, is_priced_by_a_table);
    tcase_add_test(cases, is_priced_by_its_own);
    return run(suite);
}
