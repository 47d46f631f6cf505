/* What a ledger says when it is asked: kinds, filters, snapshots.
 * SPDX-License-Identifier: MIT */
#include "query_steps.h"

#include <clock.h>
#include <jansson.h>

#include <pthread.h>

START_TEST(empty_ledger_has_defaults)
{
    brc_ledger *ledger = open_ledger();
    static const char *const empty[] = {"price",      "profile",  "budget", "override",
                                        "resolution", "record",   "use",    "edge",
                                        "refusal",    "external", "verify"};
    char query[64];

    ck_assert_str_eq(rows_of(ledger, "{\"kind\":\"setting\"}")->text,
                     "{\"requiredTags\":[],\"onError\":\"refuse\",\"durability\":\"process\"}\n");
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        snprintf(query, sizeof query, "{\"kind\":\"%s\"}", empty[i]);
        ck_assert_str_eq(rows_of(ledger, query)->text, "");
    }
    brc_ledger_free(ledger);
}
END_TEST

static const struct {
    const char *json;
    const char *reason;
} refused[] = {
    {"", "query"},
    {"[]", "kind"},
    {"{}", "kind"},
    {"{\"kind\":1}", "kind"},
    {"{\"kind\":\"records\"}", "\"record\""},
    {"{\"kind\":\"use\",\"kind\":\"use\"}", "query"},
    {"{\"kind\":\"setting\",\"budget\":\"x\"}", "budget"},
    {"{\"kind\":\"use\",\"since\":\"2026-01-01T00:00:00Z\"}", "since"},
    {"{\"kind\":\"use\",\"history\":0}", "history"},
    {"{\"kind\":\"use\",\"history\":10001}", "history"},
    {"{\"kind\":\"use\",\"at\":\"today\"}", "at"},
    {"{\"kind\":\"record\",\"since\":1}", "since"},
    {"{\"kind\":\"record\",\"limit\":-1}", "limit"},
    {"{\"kind\":\"record\",\"unreported\":1}", "unreported"},
    {"{\"kind\":\"record\",\"profile\":\"nobody\"}", "nobody"},
    {"{\"kind\":\"price\",\"rows\":\"true\"}", "rows"},
    {"{\"kind\":\"edge\",\"after\":\"1\"}", "after"},
    {"{\"kind\":\"verify\",\"limit\":1}", "limit"},
};

static int count(const char *json, void *user_data)
{
    ck_assert_ptr_nonnull(json);
    (*(int *)user_data)++;
    return 0;
}

START_TEST(wrong_questions_are_refused)
{
    brc_ledger *ledger = furnished_ledger();
    int rows = 0;

    int64_t rc = brc_ledger_query(ledger, refused[_i].json, count, &rows);
    ck_assert_msg(rc == BRC_E_INVALID || rc == BRC_E_RANGE, "%d", (int)rc);
    ck_assert_int_eq(rows, 0);
    ck_assert_msg(strstr(reason_of(ledger), refused[_i].reason) != NULL, "%s", reason_of(ledger));
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(null_is_refused)
{
    brc_ledger *ledger = open_ledger();

    ck_assert_int_eq(brc_ledger_query(NULL, "{\"kind\":\"use\"}", count, NULL), BRC_E_INVALID);
    ck_assert_int_eq(brc_ledger_query(ledger, NULL, count, NULL), BRC_E_INVALID);
    ck_assert_int_eq(brc_ledger_query(ledger, "{\"kind\":\"use\"}", NULL, NULL), BRC_E_INVALID);
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(prices_are_told_by_table_and_by_row)
{
    brc_ledger *ledger = furnished_ledger();

    put(ledger, "price",
        "{\"from\":\"2026-02-01\",\"source\":\"later\",\"prices\":[{\"model\":\"a.big\",\"scope\":"
        "\"geo\", \"input\" : \"2\",\"output\":\"6\"}]}");
    const struct rows *rows = rows_of(ledger, "{\"kind\":\"price\"}");
    ck_assert_int_eq(rows->count, 2);
    ck_assert_ptr_nonnull(strstr(rows->text, "{\"id\":2,\"putAt\":\"20")); /* the last put first */
    has(rows, "\"from\":\"2026-02-01\",\"source\":\"later\",\"hash\":\"");
    has(rows, "\",\"prices\":1}\n{\"id\":1,");
    ck_assert_ptr_eq(strstr(rows->text, "{\"id\":2"), rows->text);
    rows = rows_of(ledger, "{\"kind\":\"price\",\"rows\":true}");
    has(rows, "{\"table\":2,\"model\":\"a.big\",");
    has(rows, "\"input\":\"2.00\",\"output\":\"6.00\"");
    has(rows, "{\"table\":1,\"model\":\"a.small\",");
    ck_assert_int_ge(rows->count, 3);
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(profiles_have_the_price_of_now)
{
    brc_ledger *ledger = furnished_ledger();

    put(ledger, "profile",
        "{\"arn\":\"" CHEAP "\",\"name\":\"search-small\",\"scope\":\"geo\",\"multiplier\":\"0.5\","
        "\"prices\":[{\"input\":\"3\",\"output\":\"4\",\"above\":200000,\"long\":{\"input\":\"6\","
        "\"output\":\"8\"}}]}");
    const struct rows *rows = rows_of(ledger, "{\"kind\":\"profile\"}");
    ck_assert_int_eq(rows->count, 3);
    has(rows, "\"price\":{\"table\":1,\"input\":\"1.00\",\"output\":\"5.00\",\"cacheRead\":"
              "\"0.10\",\"maxOutput\":64000}}\n");
    has(rows, "\"price\":{\"table\":null,\"input\":\"3.00\",\"output\":\"4.00\",\"above\":200000,"
              "\"long\":{\"input\":\"6.00\",\"output\":\"8.00\"}}}\n");
    has(rows, "\"name\":\"other\"");
    has(rows, "\"price\":null}\n");
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(budgets_have_their_defaults)
{
    brc_ledger *ledger = furnished_ledger();

    put(ledger, "budget", BUDGET("ended", "day", "1"));
    put(ledger, "budget", "{\"name\":\"ended\",\"ended\":true}");
    put(ledger, "budget", BUDGET("search", "month", "11"));
    const struct rows *rows = rows_of(ledger, "{\"kind\":\"budget\"}");
    ck_assert_int_eq(rows->count, 1);
    has(rows, "{\"id\":4,\"putAt\":\"20");
    has(rows, "\"name\":\"search\",\"owner\":{\"tag\":\"team\",\"value\":\"search\"},\"window\":"
              "\"month\"");
    has(rows, "\"limit\":\"11.00\"");
    has(rows, "\"noticeAt\":50");
    has(rows, "\"degradeAt\":80");
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(overrides_by_budget)
{
    brc_ledger *ledger = furnished_ledger();

    put(ledger, "budget", BUDGET("day", "day", "1"));
    for (int i = 0; i < 2; i++) {
        put(ledger, "override",
            "{\"budget\":\"day\",\"limit\":\"2\",\"until\":\"2099-01-01T00:00:00Z\",\"by\":\"a\","
            "\"why\":\"b\"}");
        put(ledger, "override",
            "{\"budget\":\"search\",\"limit\":\"2\",\"until\":\"2099-01-01T00:00:00Z\",\"by\":"
            "\"a\",\"why\":\"b\"}");
    }
    ck_assert_int_eq(rows_of(ledger, "{\"kind\":\"override\"}")->count, 4);
    ck_assert_int_eq(rows_of(ledger, "{\"kind\":\"override\",\"budget\":\"day\"}")->count, 2);
    ck_assert_int_eq(rows_of(ledger, "{\"kind\":\"override\",\"budget\":\"no\"}")->count, 0);
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(record_tells_all_of_an_attempt)
{
    brc_ledger *ledger = furnished_ledger();
    struct brc__hold *hold = admit(ledger, "c1", SEARCH, 100, 10);

    const struct rows *rows = rows_of(ledger, "{\"kind\":\"record\"}");
    has(rows, "\"callId\":\"c1\",\"attempt\":1,\"profileArn\":\"" SEARCH
              "\",\"profileName\":\"search-prod\",\"askedProfileArn\":\"" SEARCH
              "\",\"tags\":{\"team\":\"search\"},\"model\":\"a.big\",\"tier\":\"default\","
              "\"hold\":\"0.00015\",\"cost\":null,\"outcome\":\"running\",\"code\":null,"
              "\"httpStatus\":null,\"inputTokens\":null,");
    settle_as(ledger, hold, BRC_OUTCOME_REPORTED, "flex", 90, 8);
    rows = rows_of(ledger, "{\"kind\":\"record\"}");
    has(rows, "\"hold\":\"0.00015\",\"cost\":\"0.000065\",\"outcome\":\"reported\",\"code\":0,"
              "\"httpStatus\":200,\"inputTokens\":90,\"outputTokens\":8,\"cacheReadInputTokens\":"
              "null,\"cacheWriteInputTokens\":null,\"cacheWrite5mInputTokens\":null,"
              "\"cacheWrite1hInputTokens\":null,\"serviceTier\":\"flex\",\"latencyMs\":null,"
              "\"firstEventMs\":null,\"requestId\":\"req-1\",\"awsType\":null,"
              "\"requestMetadata\":{\"job\":\"x\"},\"inputBound\":100,\"outputBound\":10,"
              "\"priceTable\":1,\"priceHash\":\"");
    has(rows, "\"budgets\":[\"search\"],\"flags\":[],\"resolution\":null}\n");
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(records_are_found_by_each_filter)
{
    brc_ledger *ledger = furnished_ledger();

    use(ledger, "c1", BRC_OUTCOME_REPORTED, 1, 1);
    use(ledger, "c2", BRC_OUTCOME_UNREPORTED, 2, 1);
    settle_as(ledger, admit(ledger, "c3", CHEAP, 3, 1), BRC_OUTCOME_NOT_BILLED, "", -1, -1);
    use(ledger, "c4", BRC_OUTCOME_UNREPORTED, 4, 1);
    sql("UPDATE use SET at_ms = 1767225600000 + 1000 * id"); /* 2026-01-01T00:00:01Z on */
    static const struct {
        const char *filters, *calls;
    } cases[] = {
        {"", "1234"},
        {",\"since\":\"2026-01-01T00:00:02Z\"", "234"},
        {",\"until\":\"2026-01-01T00:00:02Z\"", "1"},
        {",\"since\":\"2026-01-01T00:00:02Z\",\"until\":\"2026-01-01T00:00:04Z\"", "23"},
        {",\"profile\":\"search\"", "124"},
        {",\"profile\":\"search-small\"", "3"},
        {",\"profile\":\"" CHEAP "\"", "3"},
        {",\"call\":\"c2\"", "2"},
        {",\"call\":\"c\"", ""},
        {",\"unreported\":true", "24"},
        {",\"unreported\":false", "1234"},
        {",\"limit\":2", "34"},
        {",\"limit\":0", ""},
        {",\"limit\":9", "1234"},
        {",\"limit\":2,\"profile\":\"search\"", "24"},
        {",\"limit\":1,\"unreported\":true", "4"},
        {",\"limit\":1,\"unreported\":true,\"until\":\"2026-01-01T00:00:04Z\"", "2"},
        {",\"unreported\":true,\"profile\":\"search-small\"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char query[256], calls[8] = "";
        snprintf(query, sizeof query, "{\"kind\":\"record\"%s}", cases[i].filters);
        const struct rows *rows = rows_of(ledger, query);
        for (const char *p = rows->text; (p = strstr(p, "\"callId\":\"c")) != NULL; p++)
            strncat(calls, p + strlen("\"callId\":\"c"), 1);
        ck_assert_msg(strcmp(calls, cases[i].calls) == 0, "%s: %s", query, calls);
    }
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(resolved_record_says_by_whom)
{
    brc_ledger *ledger = furnished_ledger();

    use(ledger, "c1", BRC_OUTCOME_UNREPORTED, 1, 1);
    put(ledger, "resolution",
        "{\"record\":1,\"billed\":\"0.0000021\",\"by\":\"ada\",\"why\":\"log\"}");
    ck_assert_int_eq(rows_of(ledger, "{\"kind\":\"record\",\"unreported\":true}")->count, 0);
    has(rows_of(ledger, "{\"kind\":\"record\"}"), "\"resolution\":{\"at\":\"20");
    has(rows_of(ledger, "{\"kind\":\"record\"}"),
        "Z\",\"billed\":\"0.0000021\",\"by\":\"ada\",\"why\":\"log\"}}\n");
    const struct rows *rows = rows_of(ledger, "{\"kind\":\"resolution\"}");
    has(rows, "{\"record\":1,\"call\":\"c1\",\"attempt\":1,\"putAt\":\"20");
    has(rows, "\"billed\":\"0.0000021\",\"by\":\"ada\",\"why\":\"log\"}\n");
    brc_ledger_free(ledger);
}
END_TEST

/* The bits of both tables, each by its name. */
START_TEST(flags_have_names)
{
    brc_ledger *ledger = furnished_ledger();

    use(ledger, "c1", BRC_OUTCOME_REPORTED, 1, 1);
    sql("UPDATE use SET flags = 31; UPDATE settle SET flags = 127");
    has(rows_of(ledger, "{\"kind\":\"record\"}"),
        "\"flags\":[\"degraded\",\"shrunk\",\"counted\",\"unheld\",\"shadowed\",\"lost\",\"late\","
        "\"bound_exceeded\",\"cost_cut\",\"unsplit_write\",\"priced_as_input\",\"other_tier\"]");
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(refusals_and_edges_are_told)
{
    brc_ledger *ledger = furnished_ledger();

    ck_assert_ptr_null(admit(ledger, "c1", SEARCH, 20000000, 1));
    const struct rows *rows = rows_of(ledger, "{\"kind\":\"refusal\"}");
    ck_assert_int_eq(rows->count, 1);
    has(rows, "\"callId\":\"c1\",\"attempt\":1,\"profileArn\":\"" SEARCH
              "\",\"budget\":\"search\",\"start\":\"20");
    has(rows, "\"needed\":\"20.000005\",\"settled\":\"0.00\",\"held\":\"0.00\",\"limit\":"
              "\"10.00\",\"shadow\":false}\n");
    ck_assert_int_eq(rows_of(ledger, "{\"kind\":\"refusal\",\"budget\":\"x\"}")->count, 0);
    ck_assert_int_eq(
        rows_of(ledger, "{\"kind\":\"refusal\",\"until\":\"2026-01-01T00:00:00Z\"}")->count, 0);
    ck_assert_int_eq(
        rows_of(ledger, "{\"kind\":\"refusal\",\"since\":\"2026-01-01T00:00:00Z\"}")->count, 1);
    rows = rows_of(ledger, "{\"kind\":\"edge\"}");
    ck_assert_int_eq(rows->count, 1);
    has(rows, "{\"id\":1,");
    has(rows, "\"kind\":\"limit\"");
    brc_ledger_free(ledger);
}
END_TEST

/* Every row of every kind is one line of strict JSON, whatever texts there are. */
START_TEST(rows_are_sound)
{
    static const char *const kinds[] = {"setting",    "price",    "profile", "budget",
                                        "override",   "external", "record",  "use",
                                        "resolution", "edge",     "refusal", "verify"};
    brc_ledger *ledger = furnished_ledger();
    char query[64];

    use(ledger, "c1", BRC_OUTCOME_REPORTED, 9000000, 1);
    ck_assert_ptr_null(admit(ledger, "c2", SEARCH, 20000000, 1));
    put(ledger, "external",
        "{\"id\":\"\\u00e4\\\"\",\"profile\":\"search\",\"at\":\"2026-01-02T03:04:05Z\",\"amount\":"
        "\"1\",\"source\":\"\\\\ \xf0\x9f\x98\x80\"}");
    sql("UPDATE external SET source = cast(x'c3' AS TEXT) || char(10);"
        "UPDATE use SET metadata = '{\"a' || char(10);"
        "UPDATE settle SET request_id = cast(x'ff80' AS TEXT), aws_type = char(7);"
        "UPDATE edge SET json = 'x' WHERE id = 1; UPDATE edge SET json = '' WHERE id = 2");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        snprintf(query, sizeof query, "{\"kind\":\"%s\"}", kinds[i]);
        char *line = rows_of(ledger, query)->text;
        for (char *end = strchr(line, '\n'); end != NULL; end = strchr(line, '\n')) {
            json_error_t error;
            *end = '\0';
            json_t *row = json_loads(line, JSON_REJECT_DUPLICATES, &error);
            ck_assert_msg(json_is_object(row), "%s: %s", line, error.text);
            json_decref(row);
            line = end + 1;
        }
    }
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(telling_stops_when_told_to)
{
    brc_ledger *ledger = furnished_ledger();
    static struct rows rows;

    for (int i = 0; i < 5; i++)
        use(ledger, "c", BRC_OUTCOME_NOT_BILLED, 1, 1);
    for (int after = 1; after <= 5; after++) {
        rows = (struct rows){.stop_after = after};
        ck_assert_int_eq(brc_ledger_query(ledger, "{\"kind\":\"record\"}", add_row, &rows), after);
    }
    brc_ledger_free(ledger);
}
END_TEST

static int try_everything(const char *json, void *user_data)
{
    brc_ledger *ledger = user_data;
    char text[8];

    (void)json;
    ck_assert_int_eq(brc_ledger_query(ledger, "{\"kind\":\"use\"}", try_everything, ledger),
                     BRC_E_RECURSION);
    ck_assert_int_eq(brc_ledger_put(ledger, "setting", "{}"), BRC_E_RECURSION);
    ck_assert_int_eq(brc_ledger_error(ledger, text, sizeof text), BRC_E_RECURSION);
    return 0;
}

START_TEST(row_function_cannot_use_the_ledger)
{
    brc_ledger *ledger = furnished_ledger();

    ck_assert_int_eq(brc_ledger_query(ledger, "{\"kind\":\"profile\"}", try_everything, ledger), 3);
    ck_assert_int_eq(rows_of(ledger, "{\"kind\":\"profile\"}")->count, 3);
    brc_ledger_free(ledger);
}
END_TEST

static int free_it(const char *json, void *user_data)
{
    (void)json;
    brc_ledger **ledger = user_data;
    *ledger = brc_ledger_free(*ledger);
    return 0;
}

START_TEST(row_function_may_free_the_ledger)
{
    brc_ledger *ledger = furnished_ledger();

    ck_assert_int_eq(brc_ledger_query(ledger, "{\"kind\":\"setting\"}", free_it, &ledger), 1);
    ck_assert_ptr_null(ledger);
}
END_TEST

/* Rows that go beyond what is kept are told while the snapshot lasts: none is lost, none changes.
 */
START_TEST(many_rows_are_one_snapshot)
{
    brc_ledger *ledger = furnished_ledger();
    int rows = 0;

    use(ledger, "c1", BRC_OUTCOME_REPORTED, 1, 1);
    sql("WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 25000)"
        " INSERT INTO use SELECT i, turn, at_ms, owner, call, attempt, profile, asked_profile,"
        " price_table, tier, hold, input_bound, output_bound, flags, metadata FROM use, n");
    ck_assert_int_eq(brc_ledger_query(ledger, "{\"kind\":\"record\"}", count, &rows), 25000);
    ck_assert_int_eq(rows, 25000);
    brc_ledger_free(ledger);
}
END_TEST

/* What two handles of one process and their threads see is whole, while one of them writes. */
static void *write_uses(void *user_data)
{
    for (int i = 0; i < 100; i++)
        use(user_data, "c", BRC_OUTCOME_UNREPORTED, 1000, 0);
    return NULL;
}

START_TEST(rows_of_a_query_agree)
{
    brc_ledger *ledger = furnished_ledger(), *writer = open_ledger();
    pthread_t thread;
    int rounds = 0;

    put(ledger, "budget", BUDGET("year", "year", "100"));
    put(ledger, "budget", BUDGET("search", "month", "100"));
    ck_assert_int_eq(pthread_create(&thread, NULL, write_uses, writer), 0);
    for (bool done = false; !done; rounds++) {
        struct rows *rows = rows_of(ledger, "{\"kind\":\"use\"}");
        ck_assert_int_eq(rows->count, 2);
        char *month = strstr(rows->text, "\"spent\""), *year = strchr(rows->text, '\n');
        *year = '\0';
        year = strstr(year + 1, "\"spent\"");
        *strstr(year, ",\"left\"") = '\0';
        *strstr(month, ",\"left\"") = '\0';
        ck_assert_str_eq(month, year);
        done = strstr(rows->text, "\"unreported\":\"32.10\"") != NULL;
    }
    pthread_join(thread, NULL);
    ck_assert_str_eq(rows_of(ledger, "{\"kind\":\"verify\"}")->text, "");
    printf("# %d looks while 100 attempts were written\n", rounds);
    brc_ledger_free(writer);
    brc_ledger_free(ledger);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ledger_query");
    TCase *cases = tcase_create("ledger_query");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_add_test(cases, empty_ledger_has_defaults);
    tcase_add_loop_test(cases, wrong_questions_are_refused, 0, sizeof refused / sizeof refused[0]);
    tcase_add_test(cases, null_is_refused);
    tcase_add_test(cases, prices_are_told_by_table_and_by_row);
    tcase_add_test(cases, profiles_have_the_price_of_now);
    tcase_add_test(cases, budgets_have_their_defaults);
    tcase_add_test(cases, overrides_by_budget);
    tcase_add_test(cases, record_tells_all_of_an_attempt);
    tcase_add_test(cases, records_are_found_by_each_filter);
    tcase_add_test(cases, resolved_record_says_by_whom);
    tcase_add_test(cases, flags_have_names);
    tcase_add_test(cases, refusals_and_edges_are_told);
    tcase_add_test(cases, rows_are_sound);
    tcase_add_test(cases, telling_stops_when_told_to);
    tcase_add_test(cases, row_function_cannot_use_the_ledger);
    tcase_add_test(cases, row_function_may_free_the_ledger);
    tcase_add_test(cases, many_rows_are_one_snapshot);
    tcase_add_test(cases, rows_of_a_query_agree);
    return run(suite);
}
