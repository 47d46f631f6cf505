/* What is put into a ledger: all of it or nothing, and who sees it then.
 * SPDX-License-Identifier: MIT */
#include "query_steps.h"

START_TEST(every_kind_is_put_and_found)
{
    brc_ledger *ledger = furnished_ledger();

    put(ledger, "setting", "{\"requiredTags\":[\"team\"],\"durability\":\"power\"}");
    put(ledger, "override",
        "{\"budget\":\"search\",\"limit\":\"12\",\"until\":\"2099-01-01T00:00:00Z\",\"by\":\"ada\","
        "\"why\":\"launch\"}");
    put(ledger, "external",
        "{\"id\":\"x1\",\"profile\":\"search\",\"at\":\"2026-01-02T03:04:05Z\",\"amount\":"
        "\"0.000000000001\",\"source\":\"test\"}");
    has(rows_of(ledger, "{\"kind\":\"setting\"}"),
        "{\"requiredTags\":[\"team\"],\"onError\":\"refuse\",\"durability\":\"power\"}\n");
    has(rows_of(ledger, "{\"kind\":\"price\"}"), "\"from\":\"2026-01-01\",\"source\":\"test\"");
    has(rows_of(ledger, "{\"kind\":\"profile\"}"), "\"arn\":\"" SEARCH "\"");
    has(rows_of(ledger, "{\"kind\":\"budget\"}"), "\"name\":\"search\"");
    has(rows_of(ledger, "{\"kind\":\"override\"}"),
        "\"budget\":\"search\",\"limit\":\"12.00\",\"until\":\"2099-01-01T00:00:00Z\",\"by\":"
        "\"ada\",\"why\":\"launch\"}\n");
    has(rows_of(ledger, "{\"kind\":\"external\"}"),
        "{\"id\":\"x1\",\"profile\":\"" SEARCH "\",\"at\":\"2026-01-02T03:04:05Z\",\"amount\":"
        "\"0.000000000001\",\"source\":\"test\"");
    brc_ledger_free(ledger);
}
END_TEST

static const struct {
    const char *kind, *json;
    int code;
    const char *reason; /* NULL: any */
} refused[] = {
    {"seting", "{}", BRC_E_INVALID, "seting"},
    {"", "{}", BRC_E_INVALID, NULL},
    {"record", "{}", BRC_E_INVALID, "record"},
    {"budget", "", BRC_E_INVALID, NULL},
    {"budget", "[]", BRC_E_INVALID, NULL},
    {"budget", "{\"name\":\"x\",\"limit\":\"1\"} x", BRC_E_INVALID, NULL},
    {"budget", BUDGET("x", "fortnight", "1"), BRC_E_INVALID, "window"},
    {"budget", BUDGET("x", "month", "10000000"), BRC_E_RANGE, "limit"},
    {"budget",
     "{\"name\":\"x\",\"owner\":{\"tag\":\"team\",\"value\":\"serch\"},\"window\":\"month\","
     "\"limit\":\"1\"}",
     BRC_E_INVALID, NULL},
    {"budget",
     "{\"name\":\"x\",\"owner\":{\"all\":true},\"window\":\"month\",\"limit\":\"1\",\"limitt\":1}",
     BRC_E_INVALID, "limitt"},
    {"setting", "{\"onError\":\"ignore\"}", BRC_E_INVALID, "onError"},
    {"override", "{\"budget\":\"search\",\"limit\":\"1\"}", BRC_E_INVALID, NULL},
    {"price", "{\"from\":\"2026-01-01\",\"source\":\"x\"}", BRC_E_INVALID, NULL},
    {"profile", "{\"arn\":\"arn:aws:bedrock:us-east-1::foundation-model/a.big\",\"name\":\"x\"}",
     BRC_E_INVALID, NULL},
    /* the second of two is wrong: the first is not there either */
    {"profile",
     "{\"profiles\":[{\"arn\":\"" OTHER "\",\"name\":\"renamed\"},{\"arn\":\"" CHEAP "\"}]}",
     BRC_E_INVALID, "name"},
    {"resolution", "{\"record\":1,\"notBilled\":true,\"by\":\"a\",\"why\":\"b\"}", BRC_E_INVALID,
     NULL},
    {"external",
     "{\"id\":\"x\",\"profile\":\"none\",\"at\":\"2026-01-01T00:00:00Z\",\"amount\":\"1\","
     "\"source\":\"s\"}",
     BRC_E_INVALID, "none"},
    {"delivery", "{\"edge\":1,\"to\":\"x\"}", BRC_E_INVALID, "1"},
    {"delivery", "{\"edge\":0,\"to\":\"x\"}", BRC_E_RANGE, "edge"},
    {"delivery", "{\"edge\":1}", BRC_E_INVALID, "to"},
    {"delivery", "{\"edge\":1,\"to\":\"x\",\"at\":1}", BRC_E_INVALID, "at"},
};

static int count_row(void *user_data, int columns, char **values, char **names)
{
    (void)columns;
    (void)names;
    strcat(user_data, values[0]);
    return 0;
}

/* All that was ever put, in one text. */
static void read_file(char ret_text[64])
{
    sqlite3 *db;

    *ret_text = '\0';
    ck_assert_int_eq(sqlite3_open(ledger_path, &db), SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_exec(db,
                     "SELECT (SELECT number FROM generation) || '.' || (SELECT count(*) FROM"
                     " setting) || '.' || (SELECT count(*) FROM price_table) || '.' || (SELECT"
                     " count(*) FROM profile) || '.' || (SELECT count(*) FROM budget) || '.' ||"
                     " (SELECT count(*) FROM override) || '.' || (SELECT count(*) FROM external)",
                     count_row, ret_text, NULL),
        SQLITE_OK);
    sqlite3_close(db);
}

START_TEST(what_is_wrong_leaves_nothing)
{
    brc_ledger *ledger = furnished_ledger();
    char before[64], after[64];

    read_file(before);
    ck_assert_int_eq(brc_ledger_put(ledger, refused[_i].kind, refused[_i].json), refused[_i].code);
    const char *reason = reason_of(ledger);
    ck_assert_msg(*reason != '\0', "no reason");
    if (refused[_i].reason != NULL)
        ck_assert_msg(strstr(reason, refused[_i].reason) != NULL, "%s", reason);
    read_file(after);
    ck_assert_str_eq(after, before);
    /* Nor does this handle go on with what it has read of it. */
    ck_assert_ptr_null(strstr(rows_of(ledger, "{\"kind\":\"profile\"}")->text, "renamed"));
    ck_assert_int_eq(rows_of(ledger, "{\"kind\":\"budget\"}")->count, 1);
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(arguments_are_looked_at)
{
    brc_ledger *ledger = open_ledger();
    size_t size = (size_t)BRC__CEILING_PUT + 1;
    char *large = malloc(size + 1);

    ck_assert_ptr_nonnull(large);
    memset(large, ' ', size);
    large[size] = '\0';
    ck_assert_int_eq(brc_ledger_put(NULL, "setting", "{}"), BRC_E_INVALID);
    ck_assert_int_eq(brc_ledger_put(ledger, NULL, "{}"), BRC_E_INVALID);
    ck_assert_int_eq(brc_ledger_put(ledger, "setting", NULL), BRC_E_INVALID);
    ck_assert_int_eq(brc_ledger_put(ledger, "setting", large), BRC_E_TOO_LARGE);
    free(large);
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(other_handles_see_it)
{
    brc_ledger *one = furnished_ledger(), *other = open_ledger();

    put(other, "budget", BUDGET("second", "day", "1"));
    ck_assert_int_eq(rows_of(one, "{\"kind\":\"budget\"}")->count, 2);
    put(one, "budget", "{\"name\":\"second\",\"ended\":true}");
    ck_assert_int_eq(rows_of(other, "{\"kind\":\"budget\"}")->count, 1);
    ck_assert_int_eq(rows_of(one, "{\"kind\":\"budget\"}")->count, 1);
    brc_ledger_free(one);
    brc_ledger_free(other);
}
END_TEST

/* A put that fails gives back what it has read of rows that were never stored. Otherwise a put of
 * another handle that gets the same number would not be seen. */
START_TEST(failed_put_is_forgotten)
{
    brc_ledger *one = furnished_ledger(), *other = open_ledger();

    /* Its row is stored and read again before anybody sees that its window may not change. */
    ck_assert_int_eq(brc_ledger_put(one, "budget", BUDGET("search", "day", "4")), BRC_E_INVALID);
    put(other, "budget", BUDGET("day", "day", "1"));
    const struct rows *rows = rows_of(one, "{\"kind\":\"budget\"}");
    ck_assert_int_eq(rows->count, 2);
    has(rows, "\"name\":\"day\"");
    has(rows, "\"window\":\"month\"");
    brc_ledger_free(one);
    brc_ledger_free(other);
}
END_TEST

START_TEST(budget_of_a_running_window_is_filled)
{
    brc_ledger *ledger = furnished_ledger();

    use(ledger, "c1", BRC_OUTCOME_REPORTED, 1000000, 200000); /* 1 + 1 USD */
    use(ledger, "c2", BRC_OUTCOME_UNREPORTED, 500000, 64000); /* 0.5 + 0.32 */
    put(ledger, "budget", BUDGET("year", "year", "4"));
    const struct rows *rows = rows_of(ledger, "{\"kind\":\"use\",\"budget\":\"year\"}");
    has(rows, "\"spent\":\"2.82\",\"settled\":\"2.00\",\"unreported\":\"0.82\",\"held\":\"0.00\","
              "\"left\":\"1.18\",\"uses\":2,");
    has(rows, "\"state\":\"notice\"");
    has(rows_of(ledger, "{\"kind\":\"edge\"}"), "\"budget\":\"year\"");
    ck_assert_str_eq(rows_of(ledger, "{\"kind\":\"verify\"}")->text, "");
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(edges_are_delivered_once_to_each)
{
    brc_ledger *ledger = furnished_ledger();

    use(ledger, "c1", BRC_OUTCOME_REPORTED, 8000000, 0); /* notice and degrade */
    ck_assert_int_eq(rows_of(ledger, "{\"kind\":\"edge\",\"undelivered\":\"a\"}")->count, 2);
    put(ledger, "delivery", "{\"edge\":1,\"to\":\"a\"}");
    put(ledger, "delivery", "{\"edge\":1,\"to\":\"a\"}");
    const struct rows *rows = rows_of(ledger, "{\"kind\":\"edge\",\"undelivered\":\"a\"}");
    ck_assert_int_eq(rows->count, 1);
    has(rows, "\"id\":2");
    ck_assert_int_eq(rows_of(ledger, "{\"kind\":\"edge\",\"undelivered\":\"b\"}")->count, 2);
    ck_assert_int_eq(rows_of(ledger, "{\"kind\":\"edge\",\"after\":1}")->count, 1);
    ck_assert_int_eq(rows_of(ledger, "{\"kind\":\"edge\",\"after\":2}")->count, 0);
    brc_ledger_free(ledger);
}
END_TEST

#define ANSWER(arn, name)                                                                          \
    "{\"inferenceProfileArn\":\"" arn "\",\"inferenceProfileName\":\"" name                        \
    "\",\"models\":[{\"modelArn\":\"arn:aws:bedrock:::foundation-model/a.big\"}]}"
#define TAGS "{\"tags\":[{\"key\":\"team\",\"value\":\"search\"}]}"
#define NEW  "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/new000000000"

START_TEST(what_aws_says_is_listed_once)
{
    brc_ledger *ledger = furnished_ledger();
    struct brc__error error;

    ck_assert_int_eq(brc__ledger_list(ledger, NEW, ANSWER(NEW, "new"), TAGS, 100, &error), 0);
    const struct rows *rows = rows_of(ledger, "{\"kind\":\"profile\"}");
    has(rows, "\"arn\":\"" NEW "\",\"name\":\"new\",\"model\":\"a.big\",\"scope\":\"global\",");
    /* What somebody has put since, stays. */
    ck_assert_int_eq(
        brc__ledger_list(ledger, SEARCH, ANSWER(SEARCH, "from-aws"), TAGS, 100, &error), 0);
    ck_assert_ptr_null(strstr(rows_of(ledger, "{\"kind\":\"profile\"}")->text, "from-aws"));
    ck_assert_int_eq(brc__ledger_list(ledger, NEW, "{}", TAGS, 100, &error), BRC_E_PROTOCOL);
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(listing_does_not_wait_longer_than_told)
{
    brc_ledger *ledger = furnished_ledger();
    struct brc__store *store;
    struct brc__error error;

    ck_assert_int_eq(brc__store_open(ledger_path, &store, &error), 0);
    ck_assert_int_eq(brc__store_begin(store, 1000, &error), 0);
    ck_assert_int_eq(brc__ledger_list(ledger, NEW, ANSWER(NEW, "new"), TAGS, 2, &error),
                     BRC__LEDGER_BUSY);
    brc__store_rollback(store);
    ck_assert_int_eq(brc__ledger_list(ledger, NEW, ANSWER(NEW, "new"), TAGS, 1000, &error), 0);
    brc__store_free(store);
    brc_ledger_free(ledger);
}
END_TEST

static int put_in_row(const char *json, void *user_data)
{
    (void)json;
    ck_assert_int_eq(brc_ledger_put(user_data, "setting", "{}"), BRC_E_RECURSION);
    return 0;
}

START_TEST(nothing_is_put_inside_a_row)
{
    brc_ledger *ledger = furnished_ledger();

    ck_assert_int_eq(brc_ledger_query(ledger, "{\"kind\":\"setting\"}", put_in_row, ledger), 1);
    put(ledger, "setting", "{}");
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(closed_ledger_says_why)
{
    brc_ledger *ledger;

    ck_assert_int_eq(brc_ledger_open("/nowhere/at/all", &ledger), BRC_E_LEDGER);
    ck_assert_int_eq(brc_ledger_put(ledger, "setting", "{}"), BRC_E_LEDGER);
    ck_assert_ptr_nonnull(strstr(reason_of(ledger), "/nowhere"));
    brc_ledger_free(ledger);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ledger_put");
    TCase *cases = tcase_create("ledger_put");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_add_test(cases, every_kind_is_put_and_found);
    tcase_add_loop_test(cases, what_is_wrong_leaves_nothing, 0, sizeof refused / sizeof refused[0]);
    tcase_add_test(cases, arguments_are_looked_at);
    tcase_add_test(cases, other_handles_see_it);
    tcase_add_test(cases, failed_put_is_forgotten);
    tcase_add_test(cases, budget_of_a_running_window_is_filled);
    tcase_add_test(cases, edges_are_delivered_once_to_each);
    tcase_add_test(cases, what_aws_says_is_listed_once);
    tcase_add_test(cases, listing_does_not_wait_longer_than_told);
    tcase_add_test(cases, nothing_is_put_inside_a_row);
    tcase_add_test(cases, closed_ledger_says_why);
    return run(suite);
}
