/* The gate: what passes, what is refused, and where exactly the border lies.
 * SPDX-License-Identifier: MIT */
#include "ledger_fixture.h"
#include "run.h"

#include <stdlib.h>
#include <string.h>

static struct accounts accounts;

static void start(void)
{
    accounts_open(&accounts);
}

static void stop(void)
{
    accounts_close(&accounts);
}

/* The limit is met to the picodollar: what just fits is held, one more is refused. */
START_TEST(limit_to_the_picodollar)
{
    put_budget(accounts.ledger, "b", 1000, "");
    spend(accounts.ledger, 400);
    struct brc__hold *hold = admit(accounts.ledger, SEARCH, 299, 1);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 300, 1), BRC_E_BUDGET);
    check_total(&accounts, "b", 400, 300, 0);
    struct brc__hold *last = admit(accounts.ledger, SEARCH, 299, 1);
    check_total(&accounts, "b", 400, 600, 0);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 0, 1), BRC_E_BUDGET);
    settle_as(accounts.ledger, hold, BRC_OUTCOME_UNREPORTED);
    check_total(&accounts, "b", 400, 300, 300);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 0, 1), BRC_E_BUDGET);
    settle_as(accounts.ledger, last, BRC_OUTCOME_NOT_BILLED);
    check_total(&accounts, "b", 400, 0, 300);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 300, 1), BRC_E_BUDGET);
    settle_reported(accounts.ledger, admit(accounts.ledger, SEARCH, 299, 1), 299, 1);
    check_total(&accounts, "b", 700, 0, 300);
}
END_TEST

START_TEST(text_of_a_refusal)
{
    struct brc__error error;
    struct brc__hold *hold;
    static const char *const words[] = {"budget b (team=search, month since ",
                                        "0.0000000004 of 0.000000001 USD are spent",
                                        "0.0000000001 USD of that unreported",
                                        "0.0000000002 USD are held",
                                        "needs 0.000000000401 USD",
                                        "It resets at ",
                                        "budget override b",
                                        "maxTokens"};

    put_budget(accounts.ledger, "b", 1000, "");
    spend(accounts.ledger, 300);
    settle_as(accounts.ledger, admit(accounts.ledger, SEARCH, 99, 1), BRC_OUTCOME_UNREPORTED);
    struct brc__hold *running = admit(accounts.ledger, SEARCH, 199, 1);
    ck_assert_int_eq(try_admit(accounts.ledger, SEARCH, 400, 1, 1, &hold, &error), BRC_E_BUDGET);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        ck_assert_msg(strstr(error.text, words[i]) != NULL, "%s is not in: %s", words[i],
                      error.text);
    brc__hold_free(running);
    ck_assert_int_eq(ask_int(accounts.path,
                             "SELECT worst = 401 AND settled = 300 AND held = 300 AND"
                             " amount = 1000 AND shadow = 0 FROM refusal"),
                     1);
}
END_TEST

/* All budgets that apply, each its own; one that has too little stops the call, and the others hold
 * nothing then. */
START_TEST(all_budgets_in_one_step)
{
    put_budget(accounts.ledger, "month", 1000, "");
    put_budget(accounts.ledger, "hour", 500, ",\"window\":\"hour\"");
    put_budget(accounts.ledger, "all", 900, ",\"owner\":{\"all\":true},\"window\":\"total\"");
    put_budget(accounts.ledger, "ads", 10, ",\"owner\":{\"tag\":\"team\",\"value\":\"ads\"}");
    put_budget(accounts.ledger, "one", 600, ",\"owner\":{\"profile\":\"search\"}");
    spend(accounts.ledger, 450);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 50, 1), BRC_E_BUDGET);
    check_total(&accounts, "month", 450, 0, 0);
    check_total(&accounts, "hour", 450, 0, 0);
    check_total(&accounts, "all", 450, 0, 0);
    check_total(&accounts, "one", 450, 0, 0);
    check_total(&accounts, "ads", 0, 0, 0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM refusal WHERE budget = 'hour'"),
                     1);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM refusal"), 1);
    struct brc__hold *hold = admit(accounts.ledger, OTHER, 9, 1);
    check_total(&accounts, "ads", 0, 10, 0);
    check_total(&accounts, "all", 450, 10, 0);
    settle_reported(accounts.ledger, hold, 5, 1);
    check_total(&accounts, "all", 456, 0, 0);
}
END_TEST

/* Of two handles that ask for the same remainder one gets it. */
START_TEST(holds_count_at_once)
{
    brc_ledger *other = accounts_join(&accounts);

    put_budget(accounts.ledger, "b", 100, "");
    struct brc__hold *hold = admit(accounts.ledger, SEARCH, 59, 1);
    ck_assert_int_eq(admit_rc(other, SEARCH, 59, 1), BRC_E_BUDGET);
    settle_reported(accounts.ledger, hold, 9, 1);
    settle_reported(other, admit(other, SEARCH, 59, 1), 1, 1);
    check_total(&accounts, "b", 12, 0, 0);
    brc_ledger_free(other);
}
END_TEST

START_TEST(shrinks_where_the_caller_allows)
{
    struct brc__error error;
    struct brc__hold *hold;

    put_budget(accounts.ledger, "b", 100, "");
    ck_assert_int_eq(try_admit(accounts.ledger, SEARCH, 20, 200, 81, &hold, &error), BRC_E_BUDGET);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT worst FROM refusal"), 101);
    ck_assert_int_eq(try_admit(accounts.ledger, SEARCH, 20, 200, 80, &hold, &error), BRC_OK);
    ck_assert_int_eq(hold->output, 80);
    ck_assert_int_eq(hold->amount, 100);
    settle_reported(accounts.ledger, hold, 20, 60);
    ck_assert_int_eq(try_admit(accounts.ledger, SEARCH, 20, 200, 1, &hold, &error), BRC_E_BUDGET);
    ck_assert_int_eq(try_admit(accounts.ledger, SEARCH, 19, 200, 1, &hold, &error), BRC_OK);
    ck_assert_int_eq(hold->output, 1);
    settle_as(accounts.ledger, hold, BRC_OUTCOME_NOT_BILLED);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM use WHERE flags = 2"), 2);
    /* What fits as it is stays as it is. */
    ck_assert_int_eq(try_admit(accounts.ledger, SEARCH, 10, 10, 1, &hold, &error), BRC_OK);
    ck_assert_int_eq(hold->output, 0);
    brc__hold_free(hold);
}
END_TEST

START_TEST(free_profile_passes_when_all_is_spent)
{
    put_budget(accounts.ledger, "b", 100, "");
    spend(accounts.ledger, 100);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 0, 1), BRC_E_BUDGET);
    settle_reported(accounts.ledger, admit(accounts.ledger, FREE, 1000, 50), 900, 50);
    check_total(&accounts, "b", 100, 0, 0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM use WHERE hold = 0"), 1);
}
END_TEST

START_TEST(price_and_bound_are_needed_under_a_budget)
{
    struct brc__error error;
    struct brc__hold *hold;

    settle_reported(accounts.ledger, admit(accounts.ledger, UNPRICED, 10, 10), 10, 10);
    settle_reported(accounts.ledger, admit(accounts.ledger, SEARCH, 10, 0), 10, 10);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM use WHERE hold IS NULL"), 2);
    put_budget(accounts.ledger, "b", 1000, "");
    ck_assert_int_eq(try_admit(accounts.ledger, UNPRICED, 10, 10, 10, &hold, &error),
                     BRC_E_UNPRICED);
    ck_assert_ptr_nonnull(strstr(error.text, "test.unknown"));
    ck_assert_int_eq(try_admit(accounts.ledger, SEARCH, 10, 0, 0, &hold, &error), BRC_E_UNBOUNDED);
    ck_assert_ptr_nonnull(strstr(error.text, "maxTokens"));
    /* The model's maximum stands in for maxTokens. */
    hold = admit(accounts.ledger, CHEAP, 1, 0 + 19);
    ck_assert_int_eq(hold->amount, 10);
    settle_as(accounts.ledger, hold, BRC_OUTCOME_NOT_BILLED);
    ck_assert_int_eq(admit_rc(accounts.ledger, CHEAP, 10, 0), BRC_E_BUDGET);
    put_budget(accounts.ledger, "b", 3000, "");
    hold = admit(accounts.ledger, CHEAP, 10, 0);
    ck_assert_int_eq(hold->amount, 2505);
    ck_assert_int_eq(hold->output, 0);
    brc__hold_free(hold);
}
END_TEST

START_TEST(required_tags_and_unknown_profiles)
{
    struct brc__error error;
    struct brc__hold *hold;

    put(accounts.ledger, "setting", "{\"requiredTags\":[\"team\",\"stage\"]}");
    ck_assert_int_eq(try_admit(accounts.ledger, SEARCH, 1, 1, 1, &hold, &error), BRC_E_UNTAGGED);
    ck_assert_ptr_nonnull(strstr(error.text, "stage"));
    put(accounts.ledger, "setting", "{\"requiredTags\":[\"team\"]}");
    brc__hold_free(admit(accounts.ledger, SEARCH, 1, 1));
    ck_assert_int_eq(admit_rc(accounts.ledger, ARN("nobody000000"), 1, 1), BRC__LEDGER_UNLISTED);
}
END_TEST

START_TEST(shadow_records_and_lets_pass)
{
    put_budget(accounts.ledger, "s", 100, ",\"shadow\":true");
    spend(accounts.ledger, 90);
    spend(accounts.ledger, 10);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM refusal"), 0);
    spend(accounts.ledger, 11);
    check_total(&accounts, "s", 111, 0, 0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT shadow FROM refusal WHERE worst = 11"), 1);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT refusals FROM total"), 1);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge WHERE kind = 'limit' AND"
                                            " json LIKE '%\"shadow\":true%'"),
                     1);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM use WHERE flags = 16"), 1);
    settle_reported(accounts.ledger, admit(accounts.ledger, UNPRICED, 5, 5), 5, 5);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge WHERE kind = 'unpriced'"),
                     1);
}
END_TEST

START_TEST(override_counts_until_its_end)
{
    put_budget(accounts.ledger, "b", 100, "");
    spend(accounts.ledger, 100);
    put(accounts.ledger, "override",
        "{\"budget\":\"b\",\"limit\":\"0.00000000015\",\"until\":\"2999-01-01T00:00:00Z\",\"by\":"
        "\"a\",\"why\":\"w\"}");
    spend(accounts.ledger, 50);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 0, 1), BRC_E_BUDGET);
}
END_TEST

/* Tiers: what may serve instead counts, and what served is what is paid for. */
START_TEST(worst_of_the_tiers)
{
    struct brc__bound bound = {.input = 10, .output = 10, .output_least = 10, .tier = "flex"};
    struct brc__asking asking = {.call_id = "c",
                                 .attempt = 1,
                                 .profile_arn = SEARCH,
                                 .bound = &bound,
                                 .counted_input = -1,
                                 .wait_ms = 1000};
    struct brc__error error;
    struct brc__hold *hold;

    put_budget(accounts.ledger, "b", 1000, "");
    ck_assert_int_eq(brc__ledger_admit(accounts.ledger, &asking, &hold, &error), BRC_OK);
    ck_assert_int_eq(hold->amount, 20); /* default may serve */
    note(hold, BRC_OUTCOME_REPORTED, 10, 10, "flex");
    ck_assert_int_eq(brc__ledger_settle(accounts.ledger, hold, 1000, &error), BRC_OK);
    brc__hold_free(hold);
    check_total(&accounts, "b", 10, 0, 0);
    strcpy(bound.tier, "priority");
    asking.counted_input = 3;
    ck_assert_int_eq(brc__ledger_admit(accounts.ledger, &asking, &hold, &error), BRC_OK);
    ck_assert_int_eq(hold->amount, 26);
    note(hold, BRC_OUTCOME_REPORTED, 3, 1, "unheard-of");
    ck_assert_int_eq(brc__ledger_settle(accounts.ledger, hold, 1000, &error), BRC_OK);
    brc__hold_free(hold);
    check_total(&accounts, "b", 18, 0, 0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT flags FROM settle WHERE use = 2"), 4);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT flags FROM use WHERE id = 2"), 4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gate");
    TCase *cases = tcase_create("gate");

    tcase_add_checked_fixture(cases, start, stop);
    suite_add_tcase(suite, cases);
    tcase_add_test(cases, limit_to_the_picodollar);
    tcase_add_test(cases, text_of_a_refusal);
    tcase_add_test(cases, all_budgets_in_one_step);
    tcase_add_test(cases, holds_count_at_once);
    tcase_add_test(cases, shrinks_where_the_caller_allows);
    tcase_add_test(cases, free_profile_passes_when_all_is_spent);
    tcase_add_test(cases, price_and_bound_are_needed_under_a_budget);
    tcase_add_test(cases, required_tags_and_unknown_profiles);
    tcase_add_test(cases, shadow_records_and_lets_pass);
    tcase_add_test(cases, override_counts_until_its_end);
    tcase_add_test(cases, worst_of_the_tiers);
    return run(suite);
}
