/* From holds to costs: once each, whatever is said twice, late, or never.
 * SPDX-License-Identifier: MIT */
#include "ledger_fixture.h"
#include "run.h"

#include <hold.h>
#include <settle.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

enum {
    WAIT_MS = 60000
};

static struct accounts accounts;

static void start(void)
{
    accounts_open(&accounts);
    put_budget(accounts.ledger, "b", 1000, "");
}

static void stop(void)
{
    accounts_close(&accounts);
}

static int settle(brc_ledger *ledger, struct brc__hold *hold)
{
    struct brc__error error;

    return brc__ledger_settle(ledger, hold, WAIT_MS, &error);
}

START_TEST(told_twice_counts_once)
{
    struct brc__hold *hold = admit(accounts.ledger, SEARCH, 99, 1);

    note(hold, BRC_OUTCOME_REPORTED, 50, 1, NULL);
    ck_assert_int_eq(settle(accounts.ledger, hold), BRC_OK);
    ck_assert_int_eq(settle(accounts.ledger, hold), BRC_OK);
    check_total(&accounts, "b", 51, 0, 0);
    /* Even from another handle, and if it says something else. */
    brc_ledger *other = accounts_join(&accounts);
    hold->settlement->is_stored = false;
    note(hold, BRC_OUTCOME_REPORTED, 70, 1, NULL);
    ck_assert_int_eq(settle(other, hold), BRC_OK);
    hold->settlement->is_stored = false;
    note(hold, BRC_OUTCOME_UNREPORTED, -1, -1, NULL);
    ck_assert_int_eq(settle(other, hold), BRC_OK);
    check_total(&accounts, "b", 51, 0, 0);
    brc_ledger_free(other);
    brc__hold_free(hold);
}
END_TEST

START_TEST(a_list_in_one_transaction)
{
    struct brc__hold *first = admit(accounts.ledger, SEARCH, 9, 1);
    struct brc__hold *second = admit(accounts.ledger, SEARCH, 9, 1);
    struct brc__hold *third = admit(accounts.ledger, SEARCH, 9, 1);

    first->next = second;
    second->next = third;
    note(first, BRC_OUTCOME_REPORTED, 3, 1, NULL);
    note(second, BRC_OUTCOME_NOT_BILLED, -1, -1, NULL);
    note(third, BRC_OUTCOME_UNREPORTED, -1, -1, NULL);
    ck_assert_int_eq(settle(accounts.ledger, first), BRC_OK);
    check_total(&accounts, "b", 4, 0, 10);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(DISTINCT at_ms) FROM settle"), 1);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT cost FROM settle WHERE use = 2"), 0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT cost IS NULL FROM settle WHERE use = 3"), 1);
    brc__hold_free(first);
    brc__hold_free(second);
    brc__hold_free(third);
}
END_TEST

/* Usage of nothing is a cost of nothing, not a missing one. */
START_TEST(zero_usage)
{
    settle_reported(accounts.ledger, admit(accounts.ledger, SEARCH, 99, 1), 0, 0);
    check_total(&accounts, "b", 0, 0, 0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT cost = 0 AND input = 0 FROM settle"), 1);
}
END_TEST

START_TEST(more_than_was_held)
{
    settle_reported(accounts.ledger, admit(accounts.ledger, SEARCH, 99, 1), 100, 1);
    check_total(&accounts, "b", 101, 0, 0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT flags FROM settle"), 8);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge WHERE kind ="
                                            " 'bound_exceeded' AND subject = '1'"),
                     1);
    settle_reported(accounts.ledger, admit(accounts.ledger, SEARCH, 99, 1), 99, 1);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT flags FROM settle WHERE use = 2"), 0);
}
END_TEST

/* The table in force at admission prices the settle, though a dearer one is put meanwhile. */
START_TEST(prices_of_the_admission)
{
    struct brc__hold *hold = admit(accounts.ledger, SEARCH, 99, 1);

    put(accounts.ledger, "price",
        "{\"from\":\"2020-01-02\",\"source\":\"dearer\",\"prices\":[{\"model\":\"test.unit\","
        "\"scope\":\"in-region\",\"input\":\"0.00001\",\"output\":\"0.00001\"}]}");
    struct brc__hold *dear = admit(accounts.ledger, SEARCH, 9, 1);
    ck_assert_int_eq(dear->amount, 100);
    settle_reported(accounts.ledger, hold, 50, 1);
    check_total(&accounts, "b", 51, 100, 0);
    settle_reported(accounts.ledger, dear, 1, 1);
    check_total(&accounts, "b", 71, 0, 0);
}
END_TEST

static void resolve(int64_t record, const char *how, int expected)
{
    struct brc__error error = {0};
    char json[256];

    snprintf(json, sizeof json, "{\"record\":%lld,%s,\"by\":\"ada\",\"why\":\"log\"}",
             (long long)record, how);
    int rc = try_put(accounts.ledger, "resolution", json, &error);
    ck_assert_msg(rc == expected, "%d: %s", rc, error.text);
}

START_TEST(resolved_once)
{
    settle_as(accounts.ledger, admit(accounts.ledger, SEARCH, 99, 1), BRC_OUTCOME_UNREPORTED);
    struct brc__hold *running = admit(accounts.ledger, SEARCH, 9, 1);
    resolve(2, "\"notBilled\":true", BRC_E_INVALID);
    resolve(3, "\"notBilled\":true", BRC_E_INVALID);
    resolve(1, "\"billed\":\"0.000000000040\",\"notBilled\":true", BRC_E_INVALID);
    resolve(1, "\"notBilled\":false", BRC_E_INVALID);
    resolve(1, "\"billed\":\"0.000000000040\"", BRC_OK);
    check_total(&accounts, "b", 40, 10, 0);
    resolve(1, "\"billed\":\"0.000000000040\"", BRC_E_INVALID);
    settle_reported(accounts.ledger, running, 1, 1);
    resolve(2, "\"notBilled\":true", BRC_E_INVALID);
    settle_as(accounts.ledger, admit(accounts.ledger, SEARCH, 99, 1), BRC_OUTCOME_UNREPORTED);
    put(accounts.ledger, "resolution",
        "{\"call\":\"00000000-0000-4000-8000-000000000000\",\"attempt\":1,\"notBilled\":true,"
        "\"by\":"
        "\"ada\",\"why\":\"w\"}");
    check_total(&accounts, "b", 42, 0, 0);
}
END_TEST

START_TEST(external_costs_once)
{
    static const char json[] =
        "{\"id\":\"x\",\"profile\":\"search\",\"at\":\"2026-01-05T00:00:00Z\",\"amount\":"
        "\"0.0000000003\",\"source\":\"s\"}";
    struct brc__error error;

    put(accounts.ledger, "external", json);
    put(accounts.ledger, "external", json);
    check_total(&accounts, "b", 300, 0, 0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT window_ms = 1767225600000 FROM total"), 1);
    ck_assert_int_eq(try_put(accounts.ledger, "external",
                             "{\"id\":\"x\",\"profile\":\"search\",\"at\":\"2026-01-05T00:00:00Z\","
                             "\"amount\":\"0.0000000004\",\"source\":\"s\"}",
                             &error),
                     BRC_E_INVALID);
    ck_assert_int_eq(try_put(accounts.ledger, "external",
                             "{\"id\":\"y\",\"profile\":\"nobody\",\"at\":\"2026-01-05T00:00:00Z\","
                             "\"amount\":\"0.0000000004\",\"source\":\"s\"}",
                             &error),
                     BRC_E_INVALID);
    check_total(&accounts, "b", 300, 0, 0);
}
END_TEST

static void look_for_lost(brc_ledger *ledger)
{
    struct brc__error error;

    ck_assert_int_eq(brc__ledger_enter(ledger, WAIT_MS), BRC_OK);
    ck_assert_int_eq(brc__ledger_begin(ledger, WAIT_MS, &error), BRC_OK);
    ck_assert_int_eq(brc__ledger_find_lost(ledger, &error), BRC_OK);
    ck_assert_int_eq(brc__store_commit(ledger->store, &error), BRC_OK);
    brc__ledger_leave(ledger);
}

/* A hold whose handle is gone, taken for lost: another handle looks. */
static struct brc__hold *lose(int64_t input)
{
    brc_ledger *gone = accounts_join(&accounts);
    struct brc__hold *hold = admit(gone, SEARCH, input, 1);

    look_for_lost(accounts.ledger);
    check_total(&accounts, "b", 0, input + 1, 0);
    brc_ledger_free(gone);
    look_for_lost(accounts.ledger);
    check_total(&accounts, "b", 0, 0, input + 1);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT flags = 16 AND outcome = 3 AND code = -6"
                                            " FROM settle"),
                     1);
    return hold;
}

START_TEST(lost_and_found)
{
    struct brc__hold *hold = lose(99);

    note(hold, BRC_OUTCOME_REPORTED, 30, 1, NULL);
    ck_assert_int_eq(settle(accounts.ledger, hold), BRC_OK);
    check_total(&accounts, "b", 31, 0, 0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT flags = 32 AND cost = 31 FROM settle"), 1);
    hold->settlement->is_stored = false;
    ck_assert_int_eq(settle(accounts.ledger, hold), BRC_OK);
    check_total(&accounts, "b", 31, 0, 0);
    brc__hold_free(hold);
}
END_TEST

START_TEST(lost_and_unreported_after_all)
{
    struct brc__hold *hold = lose(99);

    note(hold, BRC_OUTCOME_UNREPORTED, -1, -1, NULL);
    ck_assert_int_eq(settle(accounts.ledger, hold), BRC_OK);
    check_total(&accounts, "b", 0, 0, 100);
    resolve(1, "\"billed\":\"0.00000000007\"", BRC_OK);
    check_total(&accounts, "b", 70, 0, 0);
    brc__hold_free(hold);
}
END_TEST

/* The operator's word stands; what the owner says then is told, and counts no second time. */
START_TEST(lost_then_resolved_then_found)
{
    struct brc__hold *hold = lose(99);

    resolve(1, "\"billed\":\"0.00000000002\"", BRC_OK);
    note(hold, BRC_OUTCOME_REPORTED, 30, 1, NULL);
    ck_assert_int_eq(settle(accounts.ledger, hold), BRC_OK);
    check_total(&accounts, "b", 20, 0, 0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge WHERE kind = 'late' AND"
                                            " json LIKE '%it cost 0.000000000031 USD%'"),
                     1);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT flags FROM settle"), 16);
    brc__hold_free(hold);
}
END_TEST

/* A program that dies: its holds become unreported with the next look of the gate. */
START_TEST(owner_killed)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        brc_ledger *mine = accounts_join(&accounts);
        admit(mine, SEARCH, 59, 1);
        admit(mine, SEARCH, 39, 1);
        kill(getpid(), SIGKILL);
    }
    waitpid(child, &status, 0);
    ck_assert(WIFSIGNALED(status));
    check_total(&accounts, "b", 0, 100, 0);
    brc__hold_free(admit(accounts.ledger, SEARCH, 0, 1));
    check_total(&accounts, "b", 0, 1, 100);
}
END_TEST

/* Nothing more can be written: no call passes, or, if so configured, each passes and is stored
 * later. The log may not grow any more, while Check's own file still can. */
static void fill_disk(bool full)
{
    struct rlimit limit;
    struct stat log;
    char path[128];

    snprintf(path, sizeof path, "%s-wal", accounts.path);
    ck_assert_int_eq(stat(path, &log), 0);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = full ? (rlim_t)log.st_size : limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(refuses_when_the_disk_is_full)
{
    struct brc__error error;
    struct brc__hold *before = admit(accounts.ledger, SEARCH, 9, 1);

    fill_disk(true);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 9, 1), BRC_E_LEDGER);
    note(before, BRC_OUTCOME_REPORTED, 2, 1, NULL);
    ck_assert_int_eq(brc__ledger_settle(accounts.ledger, before, 100, &error), BRC_E_LEDGER);
    brc__ledger_owe(accounts.ledger, before);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 9, 1), BRC_E_LEDGER);
    fill_disk(false);
    check_total(&accounts, "b", 0, 10, 0);
    settle_as(accounts.ledger, admit(accounts.ledger, SEARCH, 9, 1), BRC_OUTCOME_NOT_BILLED);
    check_total(&accounts, "b", 3, 0, 0); /* what was owed is paid */
    ck_assert_ptr_null(accounts.ledger->owed);
}
END_TEST

START_TEST(admits_when_the_disk_is_full)
{
    struct brc__error error;

    put(accounts.ledger, "setting", "{\"onError\":\"admit\",\"requiredTags\":[\"team\"]}");
    brc__hold_free(admit(accounts.ledger, SEARCH, 0, 1));
    fill_disk(true);
    ck_assert_int_eq(admit_rc(accounts.ledger, UNPRICED, 9, 1), BRC_E_UNPRICED);
    struct brc__hold *hold = admit(accounts.ledger, SEARCH, 9, 1);
    ck_assert_int_eq(hold->use, 0);
    ck_assert_int_eq(hold->amount, 10);
    struct brc__hold *lost = admit(accounts.ledger, SEARCH, 19, 1);
    note(hold, BRC_OUTCOME_REPORTED, 2, 1, NULL);
    note(lost, BRC_OUTCOME_UNREPORTED, -1, -1, NULL);
    hold->next = lost;
    ck_assert_int_eq(brc__ledger_settle(accounts.ledger, hold, 100, &error), BRC_E_LEDGER);
    ck_assert_int_eq(hold->use, 0);
    brc__ledger_owe(accounts.ledger, hold);
    fill_disk(false);
    /* The budget is refused by what it has, also while the ledger cannot be written. */
    spend(accounts.ledger, 900);
    check_total(&accounts, "b", 903, 1, 20);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM use WHERE flags = 8"), 2);
    fill_disk(true);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 99, 1), BRC_E_BUDGET);
    fill_disk(false);
}
END_TEST

/* A last try when the handle is freed. */
START_TEST(owed_is_paid_at_the_end)
{
    struct brc__error error;
    brc_ledger *other = accounts_join(&accounts);
    struct brc__hold *hold = admit(other, SEARCH, 9, 1);

    fill_disk(true);
    note(hold, BRC_OUTCOME_REPORTED, 2, 1, NULL);
    ck_assert_int_eq(brc__ledger_settle(other, hold, 100, &error), BRC_E_LEDGER);
    brc__ledger_owe(other, hold);
    fill_disk(false);
    brc_ledger_free(other);
    check_total(&accounts, "b", 3, 0, 0);
}
END_TEST

START_TEST(child_of_a_fork)
{
    struct brc__hold *hold = admit(accounts.ledger, SEARCH, 9, 1);
    int status;
    pid_t child = fork();

    if (child == 0) {
        struct brc__error error;
        struct brc__hold *none;
        bool refused = try_admit(accounts.ledger, SEARCH, 1, 1, 1, &none, &error) == BRC_E_FORKED &&
                       brc__ledger_settle(accounts.ledger, hold, 10, &error) == BRC_E_FORKED &&
                       brc_ledger_set_notice(accounts.ledger, NULL, NULL, NULL) == BRC_E_FORKED;
        brc__ledger_owe(accounts.ledger, hold);
        brc__ledger_notify(accounts.ledger);
        brc_ledger_free(accounts.ledger);
        _exit(refused ? 0 : 1);
    }
    waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
    check_total(&accounts, "b", 0, 10, 0);
    look_for_lost(accounts.ledger); /* its byte is still the parent's */
    settle_reported(accounts.ledger, hold, 1, 1);
    check_total(&accounts, "b", 2, 0, 0);
}
END_TEST

/* What has no price counts nothing where no budget asks, and its cost is not known. */
START_TEST(record_without_a_price)
{
    struct brc_usage usage;
    put(accounts.ledger, "budget", "{\"name\":\"b\",\"ended\":true}");
    struct brc__hold *hold = admit(accounts.ledger, UNPRICED, 9, 1);

    ck_assert_int_eq(brc__usage_init(&usage, "c", UNPRICED, NULL), BRC_OK);
    usage.ints[BRC_USAGE_OUTCOME] = BRC_OUTCOME_REPORTED;
    usage.ints[BRC_USAGE_INPUT_TOKENS] = usage.ints[BRC_USAGE_OUTPUT_TOKENS] = 5;
    brc__ledger_note(hold, &usage);
    ck_assert_int_eq(brc_usage_int(&usage, BRC_USAGE_COST), -1);
    ck_assert_str_eq(brc_usage_text(&usage, BRC_USAGE_PROFILE_NAME), "unpriced");
    ck_assert_str_eq(brc_usage_text(&usage, BRC_USAGE_TAGS), "{\"team\":\"search\"}");
    ck_assert_str_eq(brc_usage_text(&usage, BRC_USAGE_MODEL), "test.unknown");
    brc__usage_begin(&usage);
    ck_assert_ptr_null(brc_usage_text(&usage, BRC_USAGE_TAGS));
    brc__usage_clear(&usage);
    ck_assert_int_eq(settle(accounts.ledger, hold), BRC_OK);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT cost IS NULL FROM settle"), 1);
    brc__hold_free(hold);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("settle");
    TCase *cases = tcase_create("settle");

    tcase_add_checked_fixture(cases, start, stop);
    suite_add_tcase(suite, cases);
    tcase_add_test(cases, told_twice_counts_once);
    tcase_add_test(cases, a_list_in_one_transaction);
    tcase_add_test(cases, zero_usage);
    tcase_add_test(cases, more_than_was_held);
    tcase_add_test(cases, prices_of_the_admission);
    tcase_add_test(cases, resolved_once);
    tcase_add_test(cases, external_costs_once);
    tcase_add_test(cases, lost_and_found);
    tcase_add_test(cases, lost_and_unreported_after_all);
    tcase_add_test(cases, lost_then_resolved_then_found);
    tcase_add_test(cases, owner_killed);
    tcase_add_test(cases, refuses_when_the_disk_is_full);
    tcase_add_test(cases, admits_when_the_disk_is_full);
    tcase_add_test(cases, owed_is_paid_at_the_end);
    tcase_add_test(cases, child_of_a_fork);
    tcase_add_test(cases, record_without_a_price);
    return run(suite);
}
