/* Out of memory: each allocation in the life of a ledger fails once, SQLite's included. Each life
 * ends in success or a documented code, nothing leaks, and the rows agree with the totals.
 * SPDX-License-Identifier: MIT */
#include "ledger_fixture.h"
#include "heap.h"
#include "run.h"

#include <clock.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WAIT_MS = 1000,
    TENTHS = 10 /* the cases share the allocations, for Check to spread */
};

static struct accounts accounts;
static int told, noticed_lives, destroyed;

static void start(void)
{
    accounts_open(&accounts);
    put_budget(accounts.ledger, "b", 1000000000, ",\"noticeAt\":0");
    put_budget(accounts.ledger, "small", 20,
               ",\"window\":\"hour\",\"owner\":{\"profile\":\"cheap\"}");
}

static void stop(void)
{
    accounts_close(&accounts);
}

static void on_notice(const char *json, void *user_data)
{
    (void)user_data;
    told += strchr(json, '}') != NULL;
}

static void on_destroy(void *user_data)
{
    (void)user_data;
    destroyed++;
}

static bool documented(int rc)
{
    return rc == BRC_OK || rc == BRC_E_NOMEM || rc == BRC_E_LEDGER || rc == BRC_E_BUDGET;
}

static int call(brc_ledger *ledger, int outcome)
{
    struct brc__error error;
    struct brc__hold *hold;

    int rc = try_admit(ledger, SEARCH, 9, 1, 1, &hold, &error);
    if (rc != BRC_OK)
        return rc;
    note(hold, outcome, 4, 1, NULL);
    rc = brc__ledger_settle(ledger, hold, WAIT_MS, &error);
    if (rc == BRC_OK)
        brc__hold_free(hold);
    else
        brc__ledger_owe(ledger, hold); /* paid when the handle is freed at the latest */
    return rc;
}

static int use(brc_ledger *ledger)
{
    struct brc__error error;
    struct brc__hold *hold;

    int rc = call(ledger, BRC_OUTCOME_REPORTED);
    if (rc == BRC_OK)
        rc = call(ledger, BRC_OUTCOME_UNREPORTED);
    if (rc < 0)
        return rc;
    rc = try_admit(ledger, CHEAP, 100, 1, 1, &hold, &error);
    if (rc != BRC_E_BUDGET)
        return rc;
    rc = try_put(ledger, "budget",
                 "{\"name\":\"t\",\"owner\":{\"tag\":\"team\",\"value\":\"search\"},\"window\":"
                 "\"total\",\"limit\":\"1\",\"noticeAt\":1}",
                 &error);
    if (rc < 0)
        return rc;
    rc = try_put(ledger, "external",
                 "{\"id\":\"x\",\"profile\":\"search\",\"at\":\"2026-01-05T00:00:00Z\",\"amount\":"
                 "\"0.5\",\"source\":\"s\"}",
                 &error);
    if (rc < 0)
        return rc;
    return call(ledger, BRC_OUTCOME_REPORTED);
}

static int life(void)
{
    brc_ledger *ledger;

    int rc = brc_ledger_open(accounts.path, &ledger);
    if (rc < 0) {
        brc_ledger_free(ledger);
        return rc;
    }
    rc = brc_ledger_set_notice(ledger, on_notice, NULL, on_destroy);
    noticed_lives++;
    if (rc == BRC_OK)
        rc = use(ledger);
    brc__ledger_notify(ledger);
    brc_ledger_free(ledger);
    return rc;
}

static long count_allocations(void)
{
    life(); /* sets up what the libraries keep */
    heap_fail(0, 0);
    ck_assert_int_eq(life(), BRC_OK);
    return heap_tried();
}

static void fail_one(long n, int all_later)
{
    long live = heap_live();

    heap_fail(n, all_later);
    int rc = life();
    heap_fail(0, 0);
    long lost = heap_live() - live;
    ck_assert_msg(documented(rc), "allocation %ld: %s", n, brc_strerror(rc));
    ck_assert_msg(lost == 0, "allocation %ld: %ld blocks are lost", n, lost);
    ck_assert_int_eq(destroyed, noticed_lives);
    if (n % 16 == 0)
        check_rows(accounts.path);
}

START_TEST(every_allocation_fails)
{
    long allocations = count_allocations();

    printf("# %ld allocations a life\n", allocations);
    ck_assert_int_gt(allocations, 500);
    for (long n = 1 + _i; n <= allocations + TENTHS; n += TENTHS)
        fail_one(n, 0);
    for (long n = 1 + _i; n <= allocations; n += 5L * TENTHS)
        fail_one(n, 1);
    ck_assert_int_eq(life(), BRC_OK);
    ck_assert_int_gt(told, 0);
    check_rows(accounts.path);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM open_hold WHERE unreported = 0"),
                     0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ledger_oom");
    TCase *cases = tcase_create("ledger_oom");

    tcase_add_checked_fixture(cases, start, stop);
    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, every_allocation_fails, 0, TENTHS);
    return run(suite);
}
