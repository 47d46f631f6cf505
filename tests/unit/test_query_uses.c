/* How budgets stand: totals, states, limits, windows that are over, holds of owners that are gone.
 * SPDX-License-Identifier: MIT */
#include "query_steps.h"

START_TEST(use_tells_how_a_budget_stands)
{
    brc_ledger *ledger = furnished_ledger();

    put(ledger, "budget", BUDGET("all", "total", "1"));
    has(rows_of(ledger, "{\"kind\":\"use\",\"at\":\"2026-11-25T14:00:00Z\"}"),
        "{\"budget\":\"search\",\"owner\":{\"tag\":\"team\",\"value\":\"search\"},\"window\":"
        "\"month\",\"start\":\"2026-11-01T00:00:00Z\",\"resetsAt\":\"2026-12-01T00:00:00Z\","
        "\"limit\":\"10.00\",\"overrideUntil\":null,\"spent\":\"0.00\",\"settled\":\"0.00\","
        "\"unreported\":\"0.00\",\"held\":\"0.00\",\"left\":\"10.00\",\"uses\":0,\"refusals\":0,"
        "\"state\":\"ok\",\"shadow\":false}\n");
    use(ledger, "c1", BRC_OUTCOME_REPORTED, 600000, 0);
    struct brc__hold *hold = admit(ledger, "c2", SEARCH, 100000, 1);
    ck_assert_ptr_null(admit(ledger, "c3", SEARCH, 9000000, 1));
    const struct rows *rows = rows_of(ledger, "{\"kind\":\"use\",\"budget\":\"all\"}");
    ck_assert_int_eq(rows->count, 1);
    has(rows, "\"start\":\"1970-01-01T00:00:00Z\",\"resetsAt\":null,\"limit\":\"1.00\"");
    has(rows, "\"spent\":\"0.60\",\"settled\":\"0.60\",\"unreported\":\"0.00\",\"held\":"
              "\"0.100005\",\"left\":\"0.299995\",\"uses\":2,\"refusals\":1,\"state\":\"notice\"");
    settle_as(ledger, hold, BRC_OUTCOME_UNREPORTED, "", -1, -1);
    has(rows_of(ledger, "{\"kind\":\"use\",\"budget\":\"all\"}"),
        "\"spent\":\"0.700005\",\"settled\":\"0.60\",\"unreported\":\"0.100005\",\"held\":"
        "\"0.00\",\"left\":\"0.299995\"");
    brc_ledger_free(ledger);
}
END_TEST

/* Thresholds at +-1 picodollar. */
START_TEST(state_follows_the_ladder)
{
    static const struct {
        int64_t spent;
        const char *state;
    } cases[] = {
        {0, "ok"},
        {INT64_C(4999999999999), "ok"},
        {INT64_C(5000000000000), "notice"},
        {INT64_C(7999999999999), "notice"},
        {INT64_C(8000000000000), "degrade"},
        {INT64_C(9999999999999), "degrade"},
        {INT64_C(10000000000000), "limit"},
        {INT64_MAX, "limit"},
    };
    brc_ledger *ledger = furnished_ledger();
    char text[256];

    use(ledger, "c1", BRC_OUTCOME_REPORTED, 1, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(text, sizeof text,
                 "UPDATE total SET settled = %lld / 2, unreported = %lld - %lld / 2",
                 (long long)cases[i].spent, (long long)cases[i].spent, (long long)cases[i].spent);
        sql(text);
        snprintf(text, sizeof text, "\"state\":\"%s\"", cases[i].state);
        has(rows_of(ledger, "{\"kind\":\"use\"}"), text);
    }
    sql("UPDATE total SET settled = 9223372036854775807, held = 9223372036854775807");
    has(rows_of(ledger, "{\"kind\":\"use\"}"), "\"left\":\"0.00\"");
    put(ledger, "budget",
        "{\"name\":\"search\",\"owner\":{\"tag\":\"team\",\"value\":\"search\"},\"window\":"
        "\"month\",\"limit\":\"10\",\"noticeAt\":0,\"degradeAt\":0}");
    sql("UPDATE total SET settled = 9999999999999, unreported = 0, held = 0");
    has(rows_of(ledger, "{\"kind\":\"use\"}"), "\"state\":\"ok\"");
    brc_ledger_free(ledger);
}
END_TEST

/* The last window first; each has the limit that held at its end. */
START_TEST(history_goes_back)
{
    brc_ledger *ledger = furnished_ledger();

    sql("UPDATE budget SET put_at_ms = 1767225600000;" /* 2026-01-01 */
        "INSERT INTO budget (put_at_ms, name, json) SELECT 1775001600000, name,"
        " replace(json, '10.00', '20.00') FROM budget;" /* 2026-04-01 */
        "INSERT INTO override (put_at_ms, budget, amount, until_ms, by, why) VALUES"
        " (1769904000000, 'search', 15000000000000, 1772323200000, 'a', 'b');" /* in February */
        "INSERT INTO total VALUES ('search', 1769904000000, 1, 2, 3, 4, 5);"
        "UPDATE generation SET number = number + 1");
    const struct rows *rows =
        rows_of(ledger, "{\"kind\":\"use\",\"at\":\"2026-05-10T00:00:00Z\",\"history\":5}");
    ck_assert_int_eq(rows->count, 5);
    const char *p = rows->text;
    static const char *const windows[] = {
        "\"start\":\"2026-05-01T00:00:00Z\",\"resetsAt\":\"2026-06-01T00:00:00Z\",\"limit\":"
        "\"20.00\",\"overrideUntil\":null",
        "\"start\":\"2026-04-01T00:00:00Z\",\"resetsAt\":\"2026-05-01T00:00:00Z\",\"limit\":"
        "\"20.00\",\"overrideUntil\":null",
        "\"start\":\"2026-03-01T00:00:00Z\",\"resetsAt\":\"2026-04-01T00:00:00Z\",\"limit\":"
        "\"10.00\",\"overrideUntil\":null",
        "\"start\":\"2026-02-01T00:00:00Z\",\"resetsAt\":\"2026-03-01T00:00:00Z\",\"limit\":"
        "\"15.00\",\"overrideUntil\":\"2026-03-01T00:00:00Z\",\"spent\":\"0.000000000004\","
        "\"settled\":\"0.000000000001\",\"unreported\":\"0.000000000003\",\"held\":"
        "\"0.000000000002\",\"left\":\"14.999999999994\",\"uses\":4,\"refusals\":5",
        "\"start\":\"2026-01-01T00:00:00Z\",\"resetsAt\":\"2026-02-01T00:00:00Z\",\"limit\":"
        "\"10.00\",\"overrideUntil\":null",
    };
    for (size_t i = 0; i < 5; i++) {
        p = strstr(p, windows[i]);
        ck_assert_msg(p != NULL, "no %s in\n%s", windows[i], rows->text);
    }
    ck_assert_int_eq(rows_of(ledger, "{\"kind\":\"use\",\"at\":\"1970-02-01T00:00:00Z\","
                                     "\"history\":10}")
                         ->count,
                     2);
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(override_counts_while_it_lasts)
{
    brc_ledger *ledger = furnished_ledger();

    put(ledger, "override",
        "{\"budget\":\"search\",\"limit\":\"15\",\"until\":\"2098-01-01T00:00:00Z\",\"by\":\"a\","
        "\"why\":\"b\"}");
    has(rows_of(ledger, "{\"kind\":\"use\"}"),
        "\"limit\":\"15.00\",\"overrideUntil\":\"2098-01-01T00:00:00Z\"");
    has(rows_of(ledger, "{\"kind\":\"use\",\"at\":\"2097-12-31T23:59:59Z\"}"),
        "\"limit\":\"15.00\",\"overrideUntil\":\"2098-01-01T00:00:00Z\"");
    has(rows_of(ledger, "{\"kind\":\"use\",\"at\":\"2098-01-01T00:00:00Z\"}"),
        "\"limit\":\"10.00\",\"overrideUntil\":null");
    brc_ledger_free(ledger);
}
END_TEST

/* An owner that is gone is found by whoever asks. */
START_TEST(lost_holds_are_found)
{
    brc_ledger *ledger = furnished_ledger(), *gone = open_ledger();
    struct brc__hold *hold = admit(gone, "c1", SEARCH, 1000000, 1);

    has(rows_of(ledger, "{\"kind\":\"use\"}"), "\"held\":\"1.000005\"");
    brc_ledger_free(gone);
    has(rows_of(ledger, "{\"kind\":\"use\"}"), "\"unreported\":\"1.000005\",\"held\":\"0.00\",");
    has(rows_of(ledger, "{\"kind\":\"record\",\"unreported\":true}"), "\"flags\":[\"lost\"]");
    ck_assert_str_eq(rows_of(ledger, "{\"kind\":\"verify\"}")->text, "");
    brc__hold_free(hold);
    brc_ledger_free(ledger);
}
END_TEST

/* The profile that replaces another goes on where that one has come to. */
START_TEST(series_is_one_budget)
{
    static const char of_series[] = "{\"kind\":\"use\",\"budget\":\"bot\"}";
    brc_ledger *ledger = furnished_ledger();
    struct brc__hold *hold;

    use(ledger, "c1", BRC_OUTCOME_REPORTED, 600000, 0);
    put(ledger, "profile",
        "{\"profiles\":[{\"arn\":\"" SEARCH "\",\"name\":\"search (1)\",\"model\":\"a.big\","
        "\"scope\":\"geo\",\"series\":\"search\"},{\"arn\":\"" CHEAP "\",\"name\":\"search_2\","
        "\"alias\":\"search\",\"model\":\"a.small\",\"scope\":\"geo\",\"series\":\"search\"}]}");
    put(ledger, "budget",
        "{\"name\":\"bot\",\"owner\":{\"series\":\"search\"},\"window\":\"total\",\"limit\":"
        "\"1\"}");
    hold = admit(ledger, "c2", CHEAP, 1000000, 1);
    has(rows_of(ledger, of_series), "{\"budget\":\"bot\",\"owner\":{\"series\":\"search\"},");
    has(rows_of(ledger, of_series),
        "\"spent\":\"0.60\",\"settled\":\"0.60\",\"unreported\":\"0.00\","
        "\"held\":\"0.1000005\",\"left\":\"0.2999995\",\"uses\":2,");
    ck_assert_ptr_null(admit(ledger, "c3", SEARCH, 300000, 1));
    settle_as(ledger, hold, BRC_OUTCOME_REPORTED, "", 1000000, 0);
    has(rows_of(ledger, of_series), "\"spent\":\"0.70\"");
    ck_assert_str_eq(rows_of(ledger, "{\"kind\":\"verify\"}")->text, "");
    brc_ledger_free(ledger);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("query_uses");
    TCase *cases = tcase_create("query_uses");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_add_test(cases, use_tells_how_a_budget_stands);
    tcase_add_test(cases, state_follows_the_ladder);
    tcase_add_test(cases, history_goes_back);
    tcase_add_test(cases, override_counts_while_it_lasts);
    tcase_add_test(cases, lost_holds_are_found);
    tcase_add_test(cases, series_is_one_budget);
    return run(suite);
}
