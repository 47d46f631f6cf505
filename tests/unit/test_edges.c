/* Edges: recorded once, at the picodollar, and told at least once; degrading; budgets filled in.
 * SPDX-License-Identifier: MIT */
#include "ledger_fixture.h"
#include "run.h"

#include <edge.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct accounts accounts;
static char told[16][2048];
static int told_count, recursion, destroyed;

static void start(void)
{
    told_count = recursion = destroyed = 0;
    accounts_open(&accounts);
}

static void stop(void)
{
    accounts_close(&accounts);
}

static int64_t edges(const char *kind)
{
    char sql[128];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM edge WHERE kind = '%s'", kind);
    return ask_int(accounts.path, sql);
}

/* Thresholds of 33 and 67 percent of 1,000,000: one picodollar below, at, and beyond each. */
START_TEST(thresholds_to_the_picodollar)
{
    put_budget(accounts.ledger, "b", 1000000, ",\"noticeAt\":33,\"degradeAt\":67");
    spend(accounts.ledger, 329999);
    ck_assert_int_eq(edges("notice"), 0);
    spend(accounts.ledger, 1);
    ck_assert_int_eq(edges("notice"), 1);
    spend(accounts.ledger, 339999);
    ck_assert_int_eq(edges("degrade"), 0);
    spend(accounts.ledger, 1);
    ck_assert_int_eq(edges("degrade"), 1);
    spend(accounts.ledger, 329999);
    ck_assert_int_eq(edges("limit"), 0);
    spend(accounts.ledger, 1);
    ck_assert_int_eq(edges("limit"), 1);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge"), 3);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge JOIN settle"
                                            " ON settle.at_ms = edge.at_ms"
                                            " WHERE settle.use IN (2, 4, 6)") >= 3,
                     1);
}
END_TEST

/* What is held crosses nothing; what is unreported does. */
START_TEST(spent_is_settled_and_unreported)
{
    put_budget(accounts.ledger, "b", 1000, "");
    struct brc__hold *hold = admit(accounts.ledger, SEARCH, 599, 1);
    spend(accounts.ledger, 100);
    ck_assert_int_eq(edges("notice"), 0);
    settle_as(accounts.ledger, hold, BRC_OUTCOME_UNREPORTED);
    ck_assert_int_eq(edges("notice"), 1);
    ck_assert_int_eq(edges("degrade"), 0);
}
END_TEST

/* A first refusal is the edge of the limit, though little is spent. */
START_TEST(limit_by_refusal)
{
    put_budget(accounts.ledger, "b", 1000, ",\"noticeAt\":0,\"degradeAt\":0");
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 1000, 1), BRC_E_BUDGET);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 1000, 1), BRC_E_BUDGET);
    ck_assert_int_eq(edges("limit"), 1);
    spend(accounts.ledger, 1000);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge"), 1);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT refusals FROM total"), 2);
}
END_TEST

START_TEST(json_of_an_edge)
{
    brc__auto_buf struct brc__buf row = BRC__BUF(65536);
    static const char *const parts[] = {
        "{\"id\":1,\"kind\":\"notice\",\"at\":\"20",
        "\"budget\":\"b\",\"owner\":{\"tag\":\"team\",\"value\":\"search\"},\"window\":\"total\"",
        "\"start\":\"1970-01-01T00:00:00Z\",\"resetsAt\":null,\"limit\":\"0.000000001\"",
        "\"spent\":\"0.0000000006\",\"settled\":\"0.0000000006\",\"unreported\":\"0.00\"",
        "\"held\":\"0.00\",\"shadow\":false,\"subject\":\"\"",
        "\"text\":\"budget b (team=search): 50 % of 0.000000001 USD are reached: 0.0000000006 USD"};

    put_budget(accounts.ledger, "b", 1000, ",\"window\":\"total\"");
    spend(accounts.ledger, 600);
    char *json = ask_text(accounts.path, "SELECT json FROM edge");
    brc__edge_row(&row, 1, json);
    free(json);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        ck_assert_msg(strstr(row.data, parts[i]) != NULL, "%s is not in %s", parts[i], row.data);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT json_valid(json) FROM edge"), 1);
}
END_TEST

/* A budget that is made late counts what was there, by the tags of then, and its edges with it. */
START_TEST(filled_in_mid_window)
{
    put_budget(accounts.ledger, "old", 10000, "");
    spend(accounts.ledger, 300);
    settle_as(accounts.ledger, admit(accounts.ledger, SEARCH, 99, 1), BRC_OUTCOME_UNREPORTED);
    settle_as(accounts.ledger, admit(accounts.ledger, SEARCH, 49, 1), BRC_OUTCOME_UNREPORTED);
    put(accounts.ledger, "resolution",
        "{\"record\":3,\"billed\":\"0.00000000004\",\"by\":\"a\",\"why\":\"w\"}");
    struct brc__hold *running = admit(accounts.ledger, SEARCH, 9, 1);
    settle_reported(accounts.ledger, admit(accounts.ledger, OTHER, 9, 1), 9, 1);
    put(accounts.ledger, "profile",
        "{\"arn\":\"" OTHER "\",\"name\":\"other\"," SMALL_MODEL
        ",\"tags\":{\"team\":\"search\"}}");
    settle_reported(accounts.ledger, admit(accounts.ledger, OTHER, 4, 1), 4, 1);
    put_budget(accounts.ledger, "new", 600, "");
    check_total(&accounts, "new", 345, 10, 100);
    check_total(&accounts, "old", 345, 10, 100);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT uses FROM total WHERE budget = 'new'"), 5);
    ck_assert_int_eq(edges("notice"), 1);
    settle_reported(accounts.ledger, running, 4, 1);
    check_total(&accounts, "new", 350, 0, 100);
    /* Put again it counts nothing twice; another kind of it needs another name. */
    put_budget(accounts.ledger, "new", 500, "");
    check_total(&accounts, "new", 350, 0, 100);
    ck_assert_int_eq(edges("degrade"), 1);
    struct brc__error error;
    ck_assert_int_eq(try_put(accounts.ledger, "budget",
                             "{\"name\":\"new\",\"owner\":{\"all\":true},\"window\":\"month\","
                             "\"limit\":\"1\"}",
                             &error),
                     BRC_E_INVALID);
    ck_assert_ptr_nonnull(strstr(error.text, "another name"));
    /* What came while it had ended is filled in as well. */
    put(accounts.ledger, "budget", "{\"name\":\"new\",\"ended\":true}");
    spend(accounts.ledger, 20);
    check_total(&accounts, "new", 350, 0, 100);
    put_budget(accounts.ledger, "new", 1000, "");
    check_total(&accounts, "new", 370, 0, 100);
}
END_TEST

static void put_into(const char *arn, const char *name, const char *series)
{
    char json[256];

    snprintf(json, sizeof json, "{\"arn\":\"%s\",\"name\":\"%s\"," SMALL_MODEL "%s}", arn, name,
             series);
    put(accounts.ledger, "profile", json);
}

static void spend_by(const char *arn, int64_t cost)
{
    settle_reported(accounts.ledger, admit(accounts.ledger, arn, cost, 1), cost, 0);
}

#define OF_SERIES(series)                                                                          \
    "{\"name\":\"bot\",\"owner\":{\"series\":\"" series "\"},\"window\":\"month\",\"limit\":"      \
    "\"0.0000000005\"}"

/* A profile, and then the one that replaces it, have one budget: also of what was spent while no
 * series was named. What was spent in another series stays there. */
START_TEST(one_that_replaces_another_spends_of_the_same)
{
    struct brc__error error;

    spend(accounts.ledger, 200);
    struct brc__hold *running = admit(accounts.ledger, SEARCH, 9, 1);
    put_into(CHEAP, "cheap", ",\"series\":\"bots\"");
    spend_by(CHEAP, 7);
    put_into(SEARCH, "search", ",\"series\":\"bot\"");
    put_into(OTHER, "other", ",\"series\":\"bot\"");
    put_into(CHEAP, "cheap", ",\"series\":\"bot\"");
    spend_by(OTHER, 40);
    spend_by(CHEAP, 5);
    put(accounts.ledger, "budget", OF_SERIES("bot"));
    check_total(&accounts, "bot", 245, 10, 0);
    settle_reported(accounts.ledger, running, 4, 1);
    check_total(&accounts, "bot", 250, 0, 0);
    ck_assert_int_eq(edges("notice"), 1);
    char *json = ask_text(accounts.path, "SELECT json FROM edge");
    ck_assert_ptr_nonnull(strstr(json, ",\"owner\":{\"series\":\"bot\"},"));
    ck_assert_ptr_nonnull(strstr(json, "\"budget bot (series bot): 50 % of "));
    free(json);
    /* It is one cap: what one has spent the other cannot. */
    spend_by(SEARCH, 150);
    ck_assert_int_eq(admit_rc(accounts.ledger, OTHER, 100, 1), BRC_E_BUDGET);
    spend_by(OTHER, 99);
    put_into(CHEAP, "cheap", "");
    spend_by(CHEAP, 1000);
    check_total(&accounts, "bot", 499, 0, 0);
    put(accounts.ledger, "budget", OF_SERIES("bot"));
    check_total(&accounts, "bot", 499, 0, 0);
    put_into(CHEAP, "cheap", ",\"series\":\"bots\"");
    ck_assert_int_eq(try_put(accounts.ledger, "budget", OF_SERIES("bots"), &error), BRC_E_INVALID);
    ck_assert_ptr_nonnull(strstr(error.text, "another name"));
}
END_TEST

START_TEST(external_costs_are_filled_in)
{
    put(accounts.ledger, "external",
        "{\"id\":\"x\",\"profile\":\"search\",\"at\":\"2026-01-05T00:00:00Z\",\"amount\":"
        "\"0.0000000003\",\"source\":\"s\"}");
    put_budget(accounts.ledger, "t", 600, ",\"window\":\"total\"");
    check_total(&accounts, "t", 300, 0, 0);
    ck_assert_int_eq(edges("notice"), 1);
    put_budget(accounts.ledger, "t", 700, ",\"window\":\"total\"");
    check_total(&accounts, "t", 300, 0, 0);
}
END_TEST

static void degradable(const char *to, const char *more)
{
    char json[512];

    snprintf(json, sizeof json,
             "{\"arn\":\"" SEARCH "\",\"name\":\"search\"," SMALL_MODEL
             ",\"tags\":{\"team\":\"search\"},\"degradeTo\":\"%s\"%s}",
             to, more);
    put(accounts.ledger, "profile", json);
}

START_TEST(degrades_at_its_step)
{
    put_budget(accounts.ledger, "b", 1000, "");
    degradable("cheap", "");
    spend(accounts.ledger, 799);
    struct brc__hold *hold = admit(accounts.ledger, SEARCH, 0, 1);
    ck_assert(!hold->degraded);
    settle_reported(accounts.ledger, hold, 0, 1);
    hold = admit(accounts.ledger, SEARCH, 19, 1);
    ck_assert(hold->degraded);
    ck_assert_str_eq(hold->listing->arn, CHEAP);
    ck_assert_int_eq(hold->amount, 10);
    settle_reported(accounts.ledger, hold, 9, 1);
    check_total(&accounts, "b", 805, 0, 0);
    ck_assert_int_eq(ask_int(accounts.path,
                             "SELECT flags = 1 AND profile <> asked_profile FROM use WHERE id = 3"),
                     1);
    ck_assert_int_eq(edges("degrade_refused"), 0);
}
END_TEST

static int admit_using(const char *uses, size_t length, bool has_signature, int64_t input,
                       int64_t output, struct brc__hold **ret_hold)
{
    brc__auto_bound struct brc__bound bound = {.input = input,
                                               .output = output,
                                               .output_least = output,
                                               .tier = "default",
                                               .has_signature = has_signature,
                                               .uses = BRC__BUF(1024)};
    const struct brc__asking asking = {.call_id = "c",
                                       .attempt = 1,
                                       .profile_arn = SEARCH,
                                       .bound = &bound,
                                       .counted_input = -1,
                                       .wait_ms = 1000};
    struct brc__error error;

    brc__buf_append(&bound.uses, uses, length);
    return brc__ledger_admit(accounts.ledger, &asking, ret_hold, &error);
}

/* Each reason not to degrade: the call goes on as it was, and the edge says why, once. */
START_TEST(degrade_refused)
{
    static const struct {
        const char *to, *more, *uses, *reason;
        bool has_signature;
        int64_t output;
    } cases[] = {
        {"nobody", "", "system", "there is no other profile nobody", false, 1},
        {"search", "", "system", "there is no other profile search", false, 1},
        {"other", "", "system", "other has other tags", false, 1},
        {"cheap", "", "toolConfig", "cheap does not accept toolConfig", false, 1},
        {"cheap", "", "system", "signature of reasoning", true, 1},
        {"unpriced", "", "system", "unpriced has no price at the tier default", false, 1},
        {"cheap", "", "system", "cheap answers with 5000 tokens at the most", false, 5001},
    };
    struct brc__hold *hold;
    char sql[256];

    put_budget(accounts.ledger, "b", 100000, ",\"degradeAt\":1");
    put_budget(accounts.ledger, "early", 100000, "");
    degradable(cases[_i].to, cases[_i].more);
    spend(accounts.ledger, 1000);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(admit_using(cases[_i].uses, strlen(cases[_i].uses) + 1,
                                     cases[_i].has_signature, 1, cases[_i].output, &hold),
                         BRC_OK);
        ck_assert(!hold->degraded);
        settle_as(accounts.ledger, hold, BRC_OUTCOME_NOT_BILLED);
    }
    ck_assert_int_eq(edges("degrade_refused"), 1);
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM edge WHERE budget = 'b' AND subject = '" SEARCH
             "' AND json LIKE '%%%s%%'",
             cases[_i].reason);
    ck_assert_int_eq(ask_int(accounts.path, sql), 1);
}
END_TEST

/* The target's own budgets have a say, and where they have nothing left the call stays where it
 * was, as long as there is room for it. */
START_TEST(degrade_target_has_budgets)
{
    struct brc__hold *hold;

    put_budget(accounts.ledger, "b", 10000, "");
    put_budget(accounts.ledger, "cheap", 15, ",\"owner\":{\"profile\":\"cheap\"}");
    degradable("cheap", "");
    spend(accounts.ledger, 8000);
    hold = admit(accounts.ledger, SEARCH, 19, 1);
    ck_assert(hold->degraded);
    check_total(&accounts, "b", 8000, 10, 0);
    check_total(&accounts, "cheap", 0, 10, 0);
    struct brc__hold *second = admit(accounts.ledger, SEARCH, 19, 1);
    ck_assert(!second->degraded);
    check_total(&accounts, "b", 8000, 30, 0);
    ck_assert_int_eq(edges("degrade_refused"), 1);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 3000, 1), BRC_E_BUDGET);
    settle_reported(accounts.ledger, hold, 19, 1);
    settle_reported(accounts.ledger, second, 19, 1);
    check_total(&accounts, "b", 8030, 0, 0);
    check_total(&accounts, "cheap", 10, 0, 0);
}
END_TEST

/* What the target accepts may be said; names are whole. */
START_TEST(accepts_by_name)
{
    static const char both[] = "toolConfig\0content.toolUse";
    struct brc__hold *hold;

    put(accounts.ledger, "profile",
        "{\"arn\":\"" CHEAP "\",\"name\":\"cheap\"," SMALL_MODEL ",\"tags\":{\"team\":\"search\"},"
        "\"accepts\":[\"toolConfig\",\"content.toolUse\"]}");
    put_budget(accounts.ledger, "b", 1000, "");
    degradable("cheap", "");
    spend(accounts.ledger, 800);
    ck_assert_int_eq(admit_using(both, sizeof both, false, 9, 1, &hold), BRC_OK);
    ck_assert(hold->degraded);
    brc__hold_free(hold);
    ck_assert_int_eq(admit_using("tool", 5, false, 9, 1, &hold), BRC_OK);
    ck_assert(!hold->degraded);
    brc__hold_free(hold);
    ck_assert_int_eq(admit_using("system", 7, false, 9, 1, &hold), BRC_OK);
    ck_assert(!hold->degraded);
    brc__hold_free(hold);
}
END_TEST

/* Sums beyond 2^63: what stands there is the most there is, nothing wraps, and it comes down again.
 */
START_TEST(sums_that_pass_what_an_amount_can_be)
{
    enum {
        HUGE_COUNT = 3
    };
    const int64_t huge = INT64_MAX / 2;
    struct brc__hold *holds[HUGE_COUNT];

    put_budget(accounts.ledger, "s", 1000, ",\"shadow\":true");
    for (int i = 0; i < HUGE_COUNT; i++)
        holds[i] = admit(accounts.ledger, SEARCH, huge - 1, 1);
    check_total(&accounts, "s", 0, INT64_MAX, 0);
    settle_as(accounts.ledger, holds[0], BRC_OUTCOME_NOT_BILLED);
    check_total(&accounts, "s", 0, 2 * huge, 0);
    holds[0] = admit(accounts.ledger, SEARCH, huge - 1, 1);
    check_total(&accounts, "s", 0, INT64_MAX, 0);
    for (int i = 0; i < HUGE_COUNT; i++)
        settle_as(accounts.ledger, holds[i], BRC_OUTCOME_UNREPORTED);
    check_total(&accounts, "s", 0, 0, INT64_MAX);
    put(accounts.ledger, "resolution",
        "{\"record\":2,\"billed\":\"9000000\",\"by\":\"a\",\"why\":\"w\"}");
    check_total(&accounts, "s", INT64_C(9000000) * 1000000000000, 0, 2 * huge);
    put(accounts.ledger, "resolution",
        "{\"record\":3,\"billed\":\"9000000\",\"by\":\"a\",\"why\":\"w\"}");
    check_total(&accounts, "s", INT64_MAX, 0, huge);
    put(accounts.ledger, "resolution",
        "{\"record\":4,\"notBilled\":true,\"by\":\"a\",\"why\":\"w\"}");
    check_total(&accounts, "s", INT64_MAX, 0, 0);
    /* A budget that blocks and is filled from the same rows lets nothing pass. */
    put(accounts.ledger, "budget",
        "{\"name\":\"n\",\"owner\":{\"all\":true},\"window\":\"total\",\"limit\":\"9223372\"}");
    check_total(&accounts, "n", INT64_MAX, 0, 0);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 0, 1), BRC_E_BUDGET);
    settle_reported(accounts.ledger, admit(accounts.ledger, FREE, 5, 5), INT64_MAX, 1);
    /* SQLite cannot add these up; the rows are checked by hand above. */
    run_sql(accounts.path, "DELETE FROM charge; DELETE FROM total; DELETE FROM refusal");
}
END_TEST

static void on_notice(const char *json, void *user_data)
{
    char text[64];
    struct brc__hold *hold;
    struct brc__error error;

    snprintf(told[told_count++ % 16], sizeof told[0], "%s", json);
    recursion += brc_ledger_error(user_data, text, sizeof text) == BRC_E_RECURSION;
    recursion += try_admit(user_data, SEARCH, 1, 1, 1, &hold, &error) == BRC_E_RECURSION;
    recursion += brc_ledger_set_notice(user_data, NULL, NULL, NULL) == BRC_E_RECURSION;
    brc__ledger_notify(user_data);
}

static void on_destroy(void *user_data)
{
    (void)user_data;
    destroyed++;
}

START_TEST(notices_are_told)
{
    brc_ledger *other = accounts_join(&accounts);

    put_budget(accounts.ledger, "b", 1000, "");
    spend(accounts.ledger, 500); /* before anybody listens */
    ck_assert_int_eq(brc_ledger_set_notice(accounts.ledger, on_notice, accounts.ledger, on_destroy),
                     BRC_OK);
    brc__ledger_notify(accounts.ledger);
    ck_assert_int_eq(told_count, 1);
    ck_assert_int_eq(recursion, 3);
    ck_assert_ptr_nonnull(strstr(told[0], "{\"id\":1,\"kind\":\"notice\""));
    spend(other, 500); /* in another process, as it were */
    settle_as(accounts.ledger, admit(accounts.ledger, FREE, 0, 1), BRC_OUTCOME_NOT_BILLED);
    ck_assert_int_eq(brc_ledger_set_notice(other, on_notice, other, on_destroy), BRC_OK);
    brc__ledger_notify(other);
    ck_assert_int_eq(told_count, 3);
    brc__ledger_notify(other);
    accounts.ledger->has_edges = true;
    brc__ledger_notify(accounts.ledger); /* delivered already */
    ck_assert_int_eq(told_count, 3);
    ck_assert_int_eq(
        ask_int(accounts.path, "SELECT count(*) FROM delivery WHERE consumer = 'callback'"), 3);
    ck_assert_int_eq(brc_ledger_set_notice(other, NULL, NULL, NULL), BRC_OK);
    ck_assert_int_eq(destroyed, 1);
    ck_assert_int_eq(brc_ledger_set_notice(NULL, on_notice, NULL, on_destroy), BRC_E_INVALID);
    ck_assert_int_eq(destroyed, 2);
    brc_ledger_free(other);
}
END_TEST

static void on_last_notice(const char *json, void *user_data)
{
    (void)json;
    told_count++;
    brc_ledger_free(user_data);
}

/* A callback may free its ledger. */
START_TEST(freed_by_a_notice)
{
    brc_ledger *other = accounts_join(&accounts);

    put_budget(accounts.ledger, "b", 1000, "");
    spend(accounts.ledger, 900);
    ck_assert_int_eq(brc_ledger_set_notice(other, on_last_notice, other, on_destroy), BRC_OK);
    brc__ledger_ref(other);
    brc__ledger_notify(other); /* frees both, one for each notice */
    ck_assert_int_eq(told_count, 2);
    ck_assert_int_eq(destroyed, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("edges");
    TCase *cases = tcase_create("edges");

    tcase_add_checked_fixture(cases, start, stop);
    suite_add_tcase(suite, cases);
    tcase_add_test(cases, thresholds_to_the_picodollar);
    tcase_add_test(cases, spent_is_settled_and_unreported);
    tcase_add_test(cases, limit_by_refusal);
    tcase_add_test(cases, json_of_an_edge);
    tcase_add_test(cases, filled_in_mid_window);
    tcase_add_test(cases, one_that_replaces_another_spends_of_the_same);
    tcase_add_test(cases, external_costs_are_filled_in);
    tcase_add_test(cases, degrades_at_its_step);
    tcase_add_loop_test(cases, degrade_refused, 0, 7);
    tcase_add_test(cases, degrade_target_has_budgets);
    tcase_add_test(cases, accepts_by_name);
    tcase_add_test(cases, sums_that_pass_what_an_amount_can_be);
    tcase_add_test(cases, notices_are_told);
    tcase_add_test(cases, freed_by_a_notice);
    return run(suite);
}
