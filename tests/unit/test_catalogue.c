/* The catalogue: what was put is read, once, and looked up.
 * SPDX-License-Identifier: MIT */
#include "run.h"
#include "catalogue_steps.h"

START_TEST(starts_empty)
{
    ck_assert_ptr_nonnull(catalogue);
    ck_assert_int_eq(catalogue->generation, 0);
    ck_assert_int_eq(catalogue->listing_count, 0);
    ck_assert_int_eq(catalogue->table_count, 0);
    ck_assert_int_eq(catalogue->budget_count, 0);
    ck_assert_ptr_null(catalogue->required_tags);
    ck_assert(!catalogue->admits_on_error && !catalogue->survives_power_loss);
    ck_assert_ptr_null(brc__catalogue_find(catalogue, "search"));
    ck_assert_ptr_null(brc__catalogue_by_arn(catalogue, US "a"));
    ck_assert_ptr_null(brc__catalogue_budget(catalogue, "a"));
}
END_TEST

START_TEST(keeps_what_is_put)
{
    put_profiles();
    put("budget", "{\"name\":\"b\",\"owner\":{\"all\":true},\"window\":\"day\",\"limit\":\"1\"}");
    put("setting", "{\"requiredTags\":[\"team\"],\"durability\":\"power\"}");
    ck_assert_int_eq(brc__store_commit(store, &error), 0);
    brc__catalogue_unref(catalogue);
    catalogue = NULL;
    brc__store_free(store);
    store = store_open();
    ck_assert_int_eq(brc__store_begin(store, 0, &error), 0);
    renew();
    ck_assert_int_eq(catalogue->listing_count, 3);
    ck_assert_int_eq(catalogue->budget_count, 1);
    ck_assert_str_eq(catalogue->required_tags[0], "team");
    ck_assert(catalogue->survives_power_loss && !catalogue->admits_on_error);
}
END_TEST

START_TEST(finds_profiles_by_what_they_are_called)
{
    put_profiles();
    for (size_t i = 0; i < 3; i++) {
        static const char *const arns[] = {US "a", US "b", US "c"};
        ck_assert_str_eq(catalogue->listings[i]->arn, arns[i]);
        ck_assert_ptr_eq(brc__catalogue_by_arn(catalogue, arns[i]), catalogue->listings[i]);
        ck_assert_ptr_eq(brc__catalogue_find(catalogue, arns[i]), catalogue->listings[i]);
    }
    ck_assert_ptr_eq(brc__catalogue_find(catalogue, "search"), catalogue->listings[1]);
    ck_assert_ptr_eq(brc__catalogue_find(catalogue, "search-prod"), catalogue->listings[1]);
    ck_assert_ptr_eq(brc__catalogue_find(catalogue, "bare"), catalogue->listings[2]);
    ck_assert_ptr_null(brc__catalogue_find(catalogue, "Bare"));
    ck_assert_ptr_null(brc__catalogue_by_arn(catalogue, "bare"));
    ck_assert_ptr_null(brc__catalogue_by_arn(catalogue, US "d"));
}
END_TEST

START_TEST(settings_stay_until_they_are_put_again)
{
    put("setting", "{\"requiredTags\":[\"team\",\"app\"],\"onError\":\"admit\"}");
    put_profiles();
    ck_assert(catalogue->admits_on_error);
    ck_assert(!catalogue->survives_power_loss);
    ck_assert_ptr_null(brc__catalogue_lacks(catalogue, brc__catalogue_find(catalogue, "search")));
    ck_assert_str_eq(brc__catalogue_lacks(catalogue, brc__catalogue_find(catalogue, "ads-prod")),
                     "app");
    ck_assert_str_eq(brc__catalogue_lacks(catalogue, brc__catalogue_find(catalogue, "bare")),
                     "team");
    put("setting", "{\"durability\":\"power\",\"requiredTags\":[]}");
    ck_assert(catalogue->admits_on_error && catalogue->survives_power_loss);
    ck_assert_ptr_null(brc__catalogue_lacks(catalogue, brc__catalogue_find(catalogue, "bare")));
    put("setting", "{\"onError\":\"refuse\",\"durability\":\"process\"}");
    ck_assert(!catalogue->admits_on_error && !catalogue->survives_power_loss);
    refuse("setting", "{\"onError\":\"allow\"}",
           "setting: \"onError\" must be \"refuse\" or \"admit\"");
    refuse("setting", "{\"requiredTag\":[]}",
           "setting: member \"requiredTag\" is not known; there are requiredTags, onError, "
           "durability");
    refuse("setting", "{\"requiredTags\":[5]}",
           "setting: \"requiredTags\" must be an array of strings");
}
END_TEST

#define TABLE(from, source, rows)                                                                  \
    "{\"from\":\"" from "\",\"source\":\"" source "\",\"prices\":[" rows "]}"
#define PRICE(scope, input)                                                                        \
    "{\"model\":\"m.x\",\"scope\":\"" scope "\",\"input\":\"" input "\",\"output\":\"9\"}"

/* The price of input at a moment, in USD; -1: none. */
static int64_t price_at(const char *profile, int64_t at_ms, int64_t *ret_table)
{
    struct brc__tariff tariff;
    const struct brc__listing *listing = brc__catalogue_find(catalogue, profile);

    if (!brc__catalogue_tariff(catalogue, listing, "default", at_ms, &tariff, ret_table)) {
        ck_assert_int_eq(tariff.rates.of[BRC__INPUT], -1);
        ck_assert_int_eq(tariff.rates.of[BRC__OUTPUT], -1);
        ck_assert_int_eq(*ret_table, 0);
        return -1;
    }
    return tariff.rates.of[BRC__INPUT] / INT64_C(1000000000000);
}

START_TEST(the_newest_table_in_force_prices)
{
    const int64_t day = 24 * 3600 * 1000;
    int64_t table;

    put_profiles();
    ck_assert_int_eq(price_at("search", 100 * day, &table), -1);
    put("price", TABLE("1970-01-11", "old", PRICE("in-region", "1") "," PRICE("geo", "2")));
    put("price", TABLE("1970-01-21", "later", PRICE("in-region", "3")));
    put("price", TABLE("1970-01-16", "between", PRICE("in-region", "4")));
    ck_assert_int_eq(catalogue->table_count, 3);
    ck_assert_int_eq(price_at("search", 10 * day - 1, &table), -1);
    ck_assert_int_eq(price_at("search", 10 * day, &table), 1);
    ck_assert_int_eq(table, 1);
    ck_assert_int_eq(price_at("search", 15 * day - 1, &table), 1);
    ck_assert_int_eq(price_at("search", 15 * day, &table), 4);
    ck_assert_int_eq(table, 3);
    ck_assert_int_eq(price_at("search", 20 * day, &table), 3);
    ck_assert_int_eq(table, 2);
    /* The newer tables do not have it. */
    ck_assert_int_eq(price_at("ads-prod", 20 * day, &table), 2);
    ck_assert_int_eq(table, 1);
    ck_assert_int_eq(price_at("bare", 20 * day, &table), -1);
    /* Of two of the same day the last one. */
    put("price", TABLE("1970-01-21", "corrected", PRICE("in-region", "5")));
    ck_assert_int_eq(price_at("search", 20 * day, &table), 5);
    ck_assert_int_eq(table, 4);
    /* The same again is no new table; an older one put again is. */
    put("price", TABLE("1970-01-21", "corrected", PRICE("in-region", "5.0")));
    ck_assert_int_eq(rows("SELECT count(*) FROM price_table"), 4);
    put("price", TABLE("1970-01-21", "later", PRICE("in-region", "3")));
    ck_assert_int_eq(price_at("search", 20 * day, &table), 3);
    ck_assert_int_eq(table, 5);
    ck_assert_int_eq(rows("SELECT in_force_from_ms FROM price_table WHERE id = 1"), 10 * day);
    ck_assert_int_eq(rows("SELECT count(*) FROM price_table WHERE source = 'later' AND"
                          " length(hash) = 64 AND json LIKE '{\"from\":\"1970-01-21\",%'"),
                     2);
}
END_TEST

START_TEST(own_prices_go_first)
{
    int64_t table = 7;

    put_profiles();
    put("price", TABLE("1970-01-01", "all", PRICE("in-region", "1")));
    put("profile", "{\"arn\":\"" US "c\",\"name\":\"bare\",\"model\":\"m.x\",\"prices\":["
                   "{\"input\":\"0\",\"output\":\"0\"}]}");
    ck_assert_int_eq(price_at("bare", 0, &table), 0);
    ck_assert_int_eq(table, 0);
    /* They are what the table is not asked for any more, but for what they do not have. */
    put("profile", "{\"arn\":\"" US "c\",\"name\":\"bare\",\"model\":\"m.x\",\"prices\":["
                   "{\"tier\":\"flex\",\"input\":\"2\",\"output\":\"0\"}]}");
    ck_assert_int_eq(price_at("bare", 0, &table), 1);
    ck_assert_int_eq(table, 1);
}
END_TEST

#define OF(owner) "{\"name\":\"b\",\"owner\":" owner ",\"window\":\"day\",\"limit\":\"1\"}"

START_TEST(reads_only_what_is_new)
{
    put_profiles();
    put("price", TABLE("1970-01-01", "all", PRICE("in-region", "1")));
    put("budget", OF("{\"all\":true}"));
    struct brc__catalogue *before = brc__catalogue_ref(catalogue);

    renew();
    ck_assert_ptr_eq(catalogue, before);
    put("profile", "{\"arn\":\"" US "c\",\"name\":\"bare\",\"alias\":\"new\"}");
    ck_assert_ptr_ne(catalogue, before);
    ck_assert_ptr_eq(catalogue->listings[0], before->listings[0]);
    ck_assert_ptr_eq(catalogue->listings[1], before->listings[1]);
    ck_assert_ptr_ne(catalogue->listings[2], before->listings[2]);
    ck_assert_ptr_eq(catalogue->tables[0].table, before->tables[0].table);
    ck_assert_ptr_eq(catalogue->budgets[0].json, before->budgets[0].json);
    /* A call under way still has what it was admitted with. */
    ck_assert_ptr_null(before->listings[2]->alias);
    ck_assert_ptr_null(brc__catalogue_find(before, "new"));
    ck_assert_ptr_null(brc__catalogue_unref(before));
    ck_assert_str_eq(brc__catalogue_find(catalogue, "new")->name, "bare");
    ck_assert_str_eq(brc__catalogue_budget(catalogue, "b")->name, "b");
}
END_TEST

static const char *const damages[] = {
    "UPDATE profile SET json = '{\"arn\":\"x\"}'",
    "UPDATE profile SET json = CAST(x'ff' AS TEXT)",
    "UPDATE price_table SET json = '{'",
    "UPDATE budget SET json = '{\"name\":\"b\"}'",
    "UPDATE setting SET value = '[5]' WHERE name = 'requiredTags'",
    "DELETE FROM generation",
};

START_TEST(a_damaged_row_is_an_error)
{
    put_profiles();
    put("price", TABLE("1970-01-01", "all", PRICE("in-region", "1")));
    put("budget", OF("{\"all\":true}"));
    put("setting", "{\"requiredTags\":[\"team\"]}");
    ck_assert_int_eq(brc__step(store, brc__prepare(store, damages[_i]), &error), 0);
    struct brc__catalogue *fresh = NULL;
    ck_assert_int_eq(brc__catalogue_renew(store, &fresh, &error), BRC_E_LEDGER);
    ck_assert_ptr_null(fresh);
    ck_assert_msg(strncmp(error.text, "the ledger is damaged: ", 23) == 0, "%s", error.text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("catalogue");
    TCase *cases = tcase_create("catalogue");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, catalogue_make, catalogue_remove);
    tcase_add_test(cases, starts_empty);
    tcase_add_test(cases, keeps_what_is_put);
    tcase_add_test(cases, finds_profiles_by_what_they_are_called);
    tcase_add_test(cases, settings_stay_until_they_are_put_again);
    tcase_add_test(cases, the_newest_table_in_force_prices);
    tcase_add_test(cases, own_prices_go_first);
    tcase_add_test(cases, reads_only_what_is_new);
    tcase_add_loop_test(cases, a_damaged_row_is_an_error, 0,
                        (int)(sizeof damages / sizeof *damages));
    return run(suite);
}
