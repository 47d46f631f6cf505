/* Where one window of a budget ends and the next begins: a thousand callers around that
 * millisecond, with a clock that stands where the test puts it. SPDX-License-Identifier: MIT */
#include "ledger_fixture.h"
#include "run.h"

#include <clock.h>
#include <date.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static _Atomic int64_t now_ms;

/* These stand before the library's own. */
int64_t brc__clock_utc_ms(void)
{
    return now_ms;
}

int64_t brc__clock_steady_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum {
    THREADS = 8,
    CALLERS = 125, /* each */
    COST = 10,
    LIMIT = 300
};

static const struct turn {
    const char *window;
    int offset;
    const char *at;     /* the first moment of the later window */
    const char *before; /* when the earlier one began */
} turns[] = {
    {"hour", 0, "2026-11-25T14:00:00Z", "2026-11-25T13:00:00Z"},
    {"hour", 330, "2026-11-25T14:30:00Z", "2026-11-25T13:30:00Z"},
    {"day", 0, "2026-11-26T00:00:00Z", "2026-11-25T00:00:00Z"},
    {"day", 120, "2026-11-25T22:00:00Z", "2026-11-24T22:00:00Z"},
    {"day", 0, "2028-02-29T00:00:00Z", "2028-02-28T00:00:00Z"},
    {"week", 0, "2026-11-30T00:00:00Z", "2026-11-23T00:00:00Z"},
    {"month", 0, "2026-12-01T00:00:00Z", "2026-11-01T00:00:00Z"},
    {"month", 0, "2028-03-01T00:00:00Z", "2028-02-01T00:00:00Z"},
    {"month", -480, "2026-12-01T08:00:00Z", "2026-11-01T08:00:00Z"},
    {"quarter", 0, "2027-01-01T00:00:00Z", "2026-10-01T00:00:00Z"},
    {"year", 0, "2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z"},
};

enum {
    TURNS = sizeof turns / sizeof *turns
};

static struct accounts accounts;

static int64_t moment(const char *date)
{
    int64_t seconds;

    ck_assert_int_eq(brc__iso_date(date, strlen(date), &seconds), 0);
    return seconds * 1000;
}

static void start(void)
{
    now_ms = moment("2026-11-25T12:00:00Z");
    accounts_open(&accounts);
}

static void stop(void)
{
    accounts_close(&accounts);
}

struct caller {
    pthread_t thread;
    int number;
    int64_t turn_ms;
    int admitted, refused, failed;
};

/* A crowd's way of looking at one clock: each sets it a millisecond off the turn, or on it, and
 * calls; some calls end at once, some at the end, in the later window. */
static void *call_around(void *argument)
{
    struct caller *caller = argument;
    struct brc__hold *late[CALLERS];
    struct brc__error error;
    int late_count = 0;

    for (int i = 0; i < CALLERS; i++) {
        struct brc__hold *hold;
        now_ms = caller->turn_ms + (i + caller->number) % 3 - 1;
        int rc = try_admit(accounts.ledger, SEARCH, COST - 1, 1, 1, &hold, &error);
        caller->admitted += rc == BRC_OK;
        caller->refused += rc == BRC_E_BUDGET;
        caller->failed += rc != BRC_OK && rc != BRC_E_BUDGET;
        if (rc != BRC_OK)
            continue;
        note(hold, BRC_OUTCOME_REPORTED, COST - 1, 1, NULL);
        if (i % 2 == 0) {
            late[late_count++] = hold;
            continue;
        }
        caller->failed += brc__ledger_settle(accounts.ledger, hold, 60000, &error) != BRC_OK;
        brc__hold_free(hold);
    }
    for (int i = 0; i < late_count; i++) {
        caller->failed += brc__ledger_settle(accounts.ledger, late[i], 60000, &error) != BRC_OK;
        brc__hold_free(late[i]);
    }
    return NULL;
}

static int64_t spent_in(int64_t start_ms)
{
    char sql[128];

    snprintf(sql, sizeof sql,
             "SELECT settled + held + unreported FROM total WHERE window_ms = %lld",
             (long long)start_ms);
    return ask_int(accounts.path, sql);
}

/* Each window takes all that its limit allows and nothing more, and each call counts for the window
 * of the moment that is written on it. */
START_TEST(a_thousand_callers)
{
    const struct turn *turn = &turns[_i];
    struct caller callers[THREADS];
    int64_t turn_ms = moment(turn->at), before_ms = moment(turn->before);
    int admitted = 0, refused = 0, failed = 0;
    char extra[128], sql[512];

    snprintf(extra, sizeof extra, ",\"window\":\"%s\",\"offsetMinutes\":%d", turn->window,
             turn->offset);
    put_budget(accounts.ledger, "b", LIMIT, extra);
    for (int i = 0; i < THREADS; i++) {
        callers[i] = (struct caller){.number = i, .turn_ms = turn_ms};
        pthread_create(&callers[i].thread, NULL, call_around, &callers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(callers[i].thread, NULL);
        admitted += callers[i].admitted;
        refused += callers[i].refused;
        failed += callers[i].failed;
    }
    ck_assert_int_eq(failed, 0);
    ck_assert_int_eq(admitted, 2 * LIMIT / COST);
    ck_assert_int_eq(admitted + refused, THREADS * CALLERS);
    ck_assert_int_eq(spent_in(before_ms), LIMIT);
    ck_assert_int_eq(spent_in(turn_ms), LIMIT);
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM charge JOIN use ON use.id = charge.use WHERE window_ms <>"
             " CASE WHEN at_ms < %lld THEN %lld ELSE %lld END",
             (long long)turn_ms, (long long)before_ms, (long long)turn_ms);
    ck_assert_int_eq(ask_int(accounts.path, sql), 0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM total WHERE uses > 0"), 2);
    /* Each window has its edges once. */
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge"), 6);
}
END_TEST

/* The last millisecond belongs to the old window, the next to the new one. */
START_TEST(to_the_millisecond)
{
    const struct turn *turn = &turns[_i];
    int64_t turn_ms = moment(turn->at), before_ms = moment(turn->before);
    char extra[128];

    snprintf(extra, sizeof extra, ",\"window\":\"%s\",\"offsetMinutes\":%d", turn->window,
             turn->offset);
    put_budget(accounts.ledger, "b", LIMIT, extra);
    now_ms = before_ms;
    spend(accounts.ledger, 100);
    now_ms = turn_ms - 1;
    struct brc__hold *hold = admit(accounts.ledger, SEARCH, 199, 1);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 0, 1), BRC_E_BUDGET);
    now_ms = turn_ms;
    spend(accounts.ledger, LIMIT);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 0, 1), BRC_E_BUDGET);
    settle_reported(accounts.ledger, hold, 149, 1);
    ck_assert_int_eq(spent_in(before_ms), 250);
    ck_assert_int_eq(spent_in(turn_ms), LIMIT);
    /* A clock that is set back finds what was spent then. */
    now_ms = turn_ms - 1;
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 50, 1), BRC_E_BUDGET);
    spend(accounts.ledger, 50);
}
END_TEST

/* An override ends with its millisecond; edges of a window that is over go by the limit it had. */
START_TEST(override_ends)
{
    int64_t until_ms = moment("2026-11-25T14:00:00Z");

    put_budget(accounts.ledger, "b", 1000, ",\"window\":\"day\"");
    put(accounts.ledger, "override",
        "{\"budget\":\"b\",\"limit\":\"0.000000003\",\"until\":\"2026-11-25T14:00:00Z\",\"by\":"
        "\"a\",\"why\":\"w\"}");
    now_ms = until_ms - 1;
    spend(accounts.ledger, 1400);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge"), 0);
    struct brc__hold *hold = admit(accounts.ledger, SEARCH, 1599, 1);
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 0, 1), BRC_E_BUDGET);
    settle_as(accounts.ledger, hold, BRC_OUTCOME_NOT_BILLED);
    now_ms = until_ms;
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 0, 1), BRC_E_BUDGET);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT amount FROM refusal ORDER BY id DESC"), 1000);
}
END_TEST

/* What is settled when its window is over is judged by the limit that the window had at its end. */
START_TEST(settled_after_the_turn)
{
    put_budget(accounts.ledger, "b", 1000, ",\"window\":\"hour\"");
    put(accounts.ledger, "override",
        "{\"budget\":\"b\",\"limit\":\"0.000000003\",\"until\":\"2026-11-25T13:00:00Z\",\"by\":"
        "\"a\",\"why\":\"w\"}");
    struct brc__hold *hold = admit(accounts.ledger, SEARCH, 1499, 1);
    struct brc__hold *second = admit(accounts.ledger, SEARCH, 99, 1);
    now_ms = moment("2026-11-25T13:00:00Z");
    settle_reported(accounts.ledger, hold, 1398, 1);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge"), 0);
    settle_as(accounts.ledger, second, BRC_OUTCOME_UNREPORTED);
    ck_assert_int_eq(spent_in(moment("2026-11-25T12:00:00Z")), 1499);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge"), 0);
    spend(accounts.ledger, 500); /* the new window has the new limit */
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge"), 1);
}
END_TEST

/* A total never turns. */
START_TEST(total_has_one_window)
{
    put_budget(accounts.ledger, "b", LIMIT, ",\"window\":\"total\"");
    spend(accounts.ledger, 200);
    now_ms = moment("2099-01-01T00:00:00Z");
    ck_assert_int_eq(admit_rc(accounts.ledger, SEARCH, 100, 1), BRC_E_BUDGET);
    ck_assert_int_eq(spent_in(0), 200);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("windows_of_budgets");
    TCase *cases = tcase_create("windows_of_budgets");

    tcase_add_checked_fixture(cases, start, stop);
    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, a_thousand_callers, 0, TURNS);
    tcase_add_loop_test(cases, to_the_millisecond, 0, TURNS);
    tcase_add_test(cases, override_ends);
    tcase_add_test(cases, settled_after_the_turn);
    tcase_add_test(cases, total_has_one_window);
    return run(suite);
}
