/* What is put into the catalogue: the last version counts, and what is wrong is refused whole.
 * SPDX-License-Identifier: MIT */
#include "run.h"
#include "catalogue_steps.h"

START_TEST(replaces_a_profile)
{
    put_profiles();
    int64_t id = brc__catalogue_find(catalogue, "bare")->id;

    put("profile", "{\"arn\":\"" US "c\",\"name\":\"bare\",\"tags\":{\"team\":\"x\"}}");
    ck_assert_int_eq(catalogue->listing_count, 3);
    ck_assert_int_gt(brc__catalogue_find(catalogue, "bare")->id, id);
    ck_assert_str_eq(brc__catalogue_find(catalogue, "bare")->tags, "{\"team\":\"x\"}");
    ck_assert_int_eq(rows("SELECT count(*) FROM profile"), 4);
    ck_assert_int_eq(rows("SELECT count(*) FROM profile WHERE put_at_ms = 1000000"), 4);
    /* The same again is no new version, and nobody has to read anything. */
    int64_t generation = catalogue->generation;
    put("profile", "{\"name\":\"bare\",\"tags\":{\"team\":\"x\"},\"arn\":\"" US "c\"}");
    ck_assert_int_eq(rows("SELECT count(*) FROM profile"), 4);
    ck_assert_int_eq(catalogue->generation, generation);
    /* Its alias may be its name. */
    put("profile", "{\"arn\":\"" US "c\",\"name\":\"bare\",\"alias\":\"bare\"}");
    ck_assert_str_eq(brc__catalogue_find(catalogue, "bare")->arn, US "c");
    /* A name that was given up may be taken; two may swap theirs. */
    put("profile", "{\"arn\":\"" US "c\",\"name\":\"none\"}");
    put("profile", "{\"arn\":\"" US "d\",\"name\":\"bare\"}");
    put("profile", "{\"profiles\":[{\"arn\":\"" US "c\",\"name\":\"bare\"},"
                   "{\"arn\":\"" US "d\",\"name\":\"none\"}]}");
    ck_assert_str_eq(brc__catalogue_find(catalogue, "bare")->arn, US "c");
}
END_TEST

static const struct {
    const char *json, *text;
} clashes[] = {
    {"{\"arn\":\"" US "d\",\"name\":\"bare\"}",
     "profile: \"bare\" is the name of " US "c and the name of " US "d"},
    {"{\"arn\":\"" US "d\",\"name\":\"search\"}",
     "profile: \"search\" is the alias of " US "b and the name of " US "d"},
    {"{\"arn\":\"" US "d\",\"name\":\"d\",\"alias\":\"search\"}",
     "profile: \"search\" is the alias of " US "b and the alias of " US "d"},
    {"{\"arn\":\"" US "0\",\"name\":\"d\",\"alias\":\"bare\"}",
     "profile: \"bare\" is the alias of " US "0 and the name of " US "c"},
    {"{\"arn\":\"" EU "d\",\"name\":\"d\",\"alias\":\"bare\"}",
     "profile: \"bare\" is the alias of " EU "d and the name of " US "c"},
    {"{\"profiles\":[{\"arn\":\"" US "e\",\"name\":\"x\"},{\"arn\":\"" US "d\",\"name\":\"x\"}]}",
     "profile: \"x\" is the name of " US "d and the name of " US "e"},
    {"{\"profiles\":[{\"arn\":\"" US "d\",\"name\":\"x\"},{\"arn\":\"" US "d\",\"name\":\"y\"}]}",
     "profile: " US "d comes twice"},
    {"{\"profiles\":[{\"arn\":\"" US "d\",\"name\":\"x\"},{\"arn\":\"" US "e\"}]}",
     "profiles[1]: member \"name\" is missing"},
    {"{\"profiles\":[{\"arn\":\"" US "d\",\"name\":\"x\"}],\"name\":\"y\"}",
     "profile: member \"name\" is not known; there are profiles"},
    {"{\"profiles\":{}}", "profile: \"profiles\" must be an array"},
};

START_TEST(refuses_profiles_that_cannot_be_told_apart)
{
    put_profiles();
    refuse("profile", clashes[_i].json, clashes[_i].text);
    ck_assert_int_eq(rows("SELECT count(*) FROM profile"), 3);
}
END_TEST

START_TEST(names_of_other_accounts_may_be_the_same)
{
    put_profiles();
    put("profile", "{\"arn\":\"" EU "c\",\"name\":\"bare\",\"alias\":\"bare-eu\"}");
    ck_assert_ptr_null(brc__catalogue_find(catalogue, "bare"));
    ck_assert_str_eq(brc__catalogue_find(catalogue, "bare-eu")->arn, EU "c");
}
END_TEST

START_TEST(lists_what_aws_says)
{
    put_profiles();
    /* It was deleted and made again: both are there now. */
    ck_assert_int_eq(brc__catalogue_list(store, catalogue,
                                         "{\"arn\":\"" US "d\",\"name\":\"bare\"}", NOW, &error),
                     0);
    /* An alias goes first, wherever its profile stands. */
    ck_assert_int_eq(brc__catalogue_list(store, catalogue,
                                         "{\"arn\":\"" US "0\",\"name\":\"search\"}", NOW, &error),
                     0);
    renew();
    ck_assert_ptr_null(brc__catalogue_find(catalogue, "bare"));
    ck_assert_str_eq(brc__catalogue_find(catalogue, "search")->arn, US "b");
    /* Two that are there do not keep a third from being put. */
    put("profile", "{\"arn\":\"" US "e\",\"name\":\"e\"}");
}
END_TEST

#define OF(owner) "{\"name\":\"b\",\"owner\":" owner ",\"window\":\"day\",\"limit\":\"1\"}"

static const struct {
    const char *json, *text;
} unowned[] = {
    {OF("{\"tag\":\"team\",\"value\":\"serch\"}"),
     "budget b: no profile has the tag team=serch; values of team are ads, search"},
    {OF("{\"tag\":\"taem\",\"value\":\"search\"}"),
     "budget b: no profile has a tag named \"taem\"; there are app, team"},
    {OF("{\"profile\":\"serch\"}"), "budget b: no profile, or more than one, is called \"serch\"; "
                                    "there are ads-prod, bare, search"},
    {OF("{\"profile\":\"" US "d\"}"), "budget b: no profile, or more than one, is called \"" US
                                      "d\"; there are ads-prod, bare, search"},
    {"{\"name\":\"b\",\"ended\":true}", "budget: there is no budget called \"b\""},
};

START_TEST(a_budget_of_nobody_is_refused)
{
    refuse("budget", OF("{\"tag\":\"team\",\"value\":\"search\"}"),
           "budget b: the catalogue has no profile yet");
    put_profiles();
    refuse("budget", unowned[_i].json, unowned[_i].text);
    ck_assert_int_eq(rows("SELECT count(*) FROM budget"), 0);
}
END_TEST

/* Its profiles may come and go, one at a time or all of them. */
START_TEST(a_budget_of_a_series_outlives_its_profiles)
{
    static const char budget[] = OF("{\"series\":\"bot\"}");

    put_profiles();
    refuse("budget", budget, "budget b: no profile is of the series \"bot\"; there are no series");
    put("profile", "{\"arn\":\"" US "d\",\"name\":\"d\",\"series\":\"bots\"}");
    refuse("budget", budget, "budget b: no profile is of the series \"bot\"; there are bots");
    put("profile", "{\"arn\":\"" US "c\",\"name\":\"bare\",\"series\":\"bot\"}");
    put("budget", budget);
    const struct brc__budget *it = brc__catalogue_budget(catalogue, "b");
    ck_assert_str_eq(it->series, "bot");
    ck_assert_ptr_null(it->profile);
    ck_assert(brc__budget_covers(it, brc__catalogue_find(catalogue, "bare")));
    ck_assert(!brc__budget_covers(it, brc__catalogue_find(catalogue, "d")));
    put("profile", "{\"profiles\":[{\"arn\":\"" US "c\",\"name\":\"bare\"},"
                   "{\"arn\":\"" US "e\",\"name\":\"bare_2\",\"series\":\"bot\"}]}");
    const struct brc__listing *left = brc__catalogue_find(catalogue, "bare");
    const struct brc__listing *next = brc__catalogue_find(catalogue, "bare_2");
    it = brc__catalogue_budget(catalogue, "b");
    ck_assert_ptr_null(brc__catalogue_covering(catalogue, left, NULL));
    ck_assert_ptr_eq(brc__catalogue_covering(catalogue, next, NULL), it);
    ck_assert_ptr_null(brc__catalogue_covering(catalogue, next, it));
}
END_TEST

START_TEST(a_budgets_profile_becomes_its_arn)
{
    static const char *const called[] = {OF("{\"profile\":\"search\"}"),
                                         OF("{\"profile\":\"search-prod\"}"),
                                         OF("{\"profile\":\"" US "b\"}")};

    put_profiles();
    put("budget", called[_i]);
    const struct brc__budget *budget = brc__catalogue_budget(catalogue, "b");
    ck_assert_str_eq(budget->profile, US "b");
    ck_assert(brc__budget_covers(budget, brc__catalogue_find(catalogue, "search")));
    ck_assert(!brc__budget_covers(budget, brc__catalogue_find(catalogue, "bare")));
    /* Also when its names change. */
    put("profile", "{\"arn\":\"" US "b\",\"name\":\"other\"}");
    budget = brc__catalogue_budget(catalogue, "b");
    ck_assert(brc__budget_covers(budget, brc__catalogue_find(catalogue, "other")));
}
END_TEST

START_TEST(the_last_version_of_a_budget_counts)
{
    put_profiles();
    put("budget", "{\"name\":\"z\",\"owner\":{\"all\":true},\"window\":\"day\",\"limit\":\"1\"}");
    put("budget", OF("{\"all\":true}"));
    put("budget", "{\"name\":\"b\",\"owner\":{\"all\":true},\"window\":\"day\",\"limit\":\"2\"}");
    ck_assert_int_eq(catalogue->budget_count, 2);
    ck_assert_str_eq(catalogue->budgets[0].name, "b");
    ck_assert_str_eq(catalogue->budgets[1].name, "z");
    ck_assert(catalogue->budgets[0].limit == INT64_C(2000000000000));
    put("budget", "{\"name\":\"b\",\"ended\":true}");
    ck_assert_int_eq(catalogue->budget_count, 1);
    ck_assert_ptr_null(brc__catalogue_budget(catalogue, "b"));
    ck_assert_ptr_nonnull(brc__catalogue_budget(catalogue, "z"));
    refuse("budget", "{\"name\":\"b\",\"ended\":true}", "budget: there is no budget called \"b\"");
    put("budget", OF("{\"all\":true}"));
    ck_assert_ptr_nonnull(brc__catalogue_budget(catalogue, "b"));
    ck_assert_int_eq(rows("SELECT count(*) FROM budget"), 5);
}
END_TEST

#define OVERRIDE(limit)                                                                            \
    "{\"budget\":\"b\",\"limit\":\"" limit "\",\"until\":\"1970-01-01T01:00:00Z\",\"by\":\"ada\"," \
    "\"why\":\"launch\"}"

START_TEST(the_last_override_counts)
{
    const int64_t hour = 3600 * 1000, dollar = INT64_C(1000000000000);

    refuse("override", OVERRIDE("5"), "override: there is no budget called \"b\"");
    put("budget", OF("{\"all\":true}"));
    ck_assert_int_eq(brc__budget_limit(brc__catalogue_budget(catalogue, "b"), NOW), dollar);
    put("override", OVERRIDE("5"));
    put("override", OVERRIDE("4"));
    ck_assert_int_eq(brc__budget_limit(brc__catalogue_budget(catalogue, "b"), hour - 1),
                     4 * dollar);
    ck_assert_int_eq(brc__budget_limit(brc__catalogue_budget(catalogue, "b"), hour), dollar);
    ck_assert_int_eq(rows("SELECT count(*) FROM override WHERE budget = 'b' AND by = 'ada' AND"
                          " why = 'launch' AND until_ms = 3600000 AND put_at_ms = 1000000"),
                     2);
    ck_assert_int_eq(put_at("override", OVERRIDE("3"), hour - 1), 0);
    ck_assert_int_eq(put_at("override", OVERRIDE("3"), hour), BRC_E_INVALID);
    ck_assert_str_eq(error.text, "override: \"until\" must be in the future");
    /* A new budget of that name begins without. */
    ck_assert_int_eq(put_at("budget", "{\"name\":\"b\",\"ended\":true}", hour), 0);
    renew();
    put("budget", OF("{\"all\":true}"));
    ck_assert_int_eq(brc__budget_limit(brc__catalogue_budget(catalogue, "b"), NOW), dollar);
}
END_TEST

/* What is put later counts, whatever the clock says. */
START_TEST(overrides_are_told_apart_when_the_clock_is_set_back)
{
    const int64_t hour = 3600 * 1000, dollar = INT64_C(1000000000000);

    put("budget", OF("{\"all\":true}"));
    ck_assert_int_eq(put_at("override", OVERRIDE("5"), hour - 1), 0);
    put("budget", "{\"name\":\"b\",\"ended\":true}");
    put("budget", OF("{\"all\":true}"));
    ck_assert_int_eq(brc__budget_limit(brc__catalogue_budget(catalogue, "b"), NOW), dollar);
    ck_assert_int_eq(put_at("budget", "{\"name\":\"b\",\"ended\":true}", hour), 0);
    renew();
    put("budget", OF("{\"all\":true}"));
    put("override", OVERRIDE("4"));
    ck_assert_int_eq(brc__budget_limit(brc__catalogue_budget(catalogue, "b"), NOW), 4 * dollar);
}
END_TEST

START_TEST(refuses_other_kinds)
{
    refuse("resolution", "{}", "nothing of that kind can be put");
    refuse("", "{}", "nothing of that kind can be put");
    refuse("budget", "{",
           "budget is not acceptable JSON: string or '}' expected (line 1, column 1)");
    refuse("price", "{}", "price: member \"from\" is missing");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("catalogue_put");
    TCase *cases = tcase_create("catalogue_put");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, catalogue_make, catalogue_remove);
    tcase_add_test(cases, replaces_a_profile);
    tcase_add_loop_test(cases, refuses_profiles_that_cannot_be_told_apart, 0,
                        (int)(sizeof clashes / sizeof *clashes));
    tcase_add_test(cases, names_of_other_accounts_may_be_the_same);
    tcase_add_test(cases, lists_what_aws_says);
    tcase_add_loop_test(cases, a_budget_of_nobody_is_refused, 0,
                        (int)(sizeof unowned / sizeof *unowned));
    tcase_add_test(cases, a_budget_of_a_series_outlives_its_profiles);
    tcase_add_loop_test(cases, a_budgets_profile_becomes_its_arn, 0, 3);
    tcase_add_test(cases, the_last_version_of_a_budget_counts);
    tcase_add_test(cases, the_last_override_counts);
    tcase_add_test(cases, overrides_are_told_apart_when_the_clock_is_set_back);
    tcase_add_test(cases, refuses_other_kinds);
    return run(suite);
}
