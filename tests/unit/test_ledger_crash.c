/* Programs killed at each point of a hold's life, by the library built with its fault points:
 * nothing is lost, nothing counts twice, and no total is wrong. SPDX-License-Identifier: MIT */
#include "ledger_fixture.h"
#include "run.h"

#include <fault_points.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WAIT_MS = 60000,
    LIMIT = 1000
};

static struct accounts accounts;
static const char *deadly; /* the point at which to die, */
static int lives;          /* when it has been passed so often */

void brc__fault(const char *point)
{
    if (deadly != NULL && strcmp(point, deadly) == 0 && lives-- == 0)
        kill(getpid(), SIGKILL);
}

static void start(void)
{
    accounts_open(&accounts);
    put_budget(accounts.ledger, "b", LIMIT, "");
}

static void stop(void)
{
    deadly = NULL;
    accounts_close(&accounts);
}

/* What a program does with a ledger, all of it: 100 are settled as 60, 50 become unreported, 30 are
 * resolved as 20. */
static void live(void)
{
    brc_ledger *ledger = accounts_join(&accounts);
    char resolution[128];

    settle_reported(ledger, admit(ledger, SEARCH, 99, 1), 59, 1);
    settle_as(ledger, admit(ledger, SEARCH, 49, 1), BRC_OUTCOME_UNREPORTED);
    struct brc__hold *last = admit(ledger, SEARCH, 29, 1);
    snprintf(resolution, sizeof resolution,
             "{\"record\":%lld,\"billed\":\"0.00000000002\",\"by\":\"a\",\"why\":\"w\"}",
             (long long)last->use);
    settle_as(ledger, last, BRC_OUTCOME_UNREPORTED);
    put(ledger, "resolution", resolution);
    brc_ledger_free(ledger);
}

/* True if the child died of the point, false if it lived to its end. */
static bool die_at(const char *point, int passes, void (*life)(void))
{
    int status;
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        deadly = point;
        lives = passes;
        life();
        _exit(0);
    }
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) {
        ck_assert_int_eq(WEXITSTATUS(status), 0);
        return false;
    }
    ck_assert_int_eq(WTERMSIG(status), SIGKILL);
    return true;
}

/* How many records, open holds and money there are after a death; held: what it held when it died.
 */
static void check_after(int64_t uses, int64_t settled, int64_t held, int64_t unreported)
{
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM use"), uses);
    check_total(&accounts, "b", settled, held, unreported);
    check_rows(accounts.path);
    /* Another program's first call finds what is lost. */
    settle_as(accounts.ledger, admit(accounts.ledger, SEARCH, 0, 1), BRC_OUTCOME_NOT_BILLED);
    check_total(&accounts, "b", settled, 0, unreported + held);
    check_rows(accounts.path);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM settle WHERE flags & 16"),
                     held > 0);
}

static const struct death {
    const char *point;
    int passes; /* over which it lived */
    int64_t uses, settled, held, unreported;
} deaths[] = {
    {"after_owner_locked", 0, 0, 0, 0, 0},    {"before_hold_commit", 0, 0, 0, 0, 0},
    {"after_hold_commit", 0, 1, 0, 100, 0},   {"before_settle_commit", 0, 1, 0, 100, 0},
    {"after_settle_commit", 0, 1, 60, 0, 0},  {"before_hold_commit", 1, 1, 60, 0, 0},
    {"after_hold_commit", 1, 2, 60, 50, 0},   {"before_settle_commit", 1, 2, 60, 50, 0},
    {"after_settle_commit", 1, 2, 60, 0, 50}, {"before_settle_commit", 2, 3, 60, 30, 50},
    {"after_settle_commit", 2, 3, 60, 0, 80}, {"before_resolution_commit", 0, 3, 60, 0, 80},
};

START_TEST(killed)
{
    const struct death *death = &deaths[_i];

    ck_assert(die_at(death->point, death->passes, live));
    check_after(death->uses, death->settled, death->held, death->unreported);
}
END_TEST

START_TEST(not_killed)
{
    ck_assert(!die_at("no such point", 0, live));
    check_after(3, 80, 0, 50);
}
END_TEST

static void live_refused(void)
{
    brc_ledger *ledger = accounts_join(&accounts);

    admit_rc(ledger, SEARCH, LIMIT, 1);
}

/* A refusal is committed as a hold is, with its edge. */
START_TEST(killed_while_refused)
{
    ck_assert(die_at("before_hold_commit", 0, live_refused));
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM refusal"), 0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge"), 0);
    ck_assert(!die_at("after_hold_commit", 0, live_refused));
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM refusal"), 1);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM edge"), 1);
}
END_TEST

static int told;

static void on_notice(const char *json, void *user_data)
{
    (void)json, (void)user_data;
    told++;
}

static void live_noticing(void)
{
    brc_ledger *ledger = accounts_join(&accounts);

    brc_ledger_set_notice(ledger, on_notice, NULL, NULL);
    brc__ledger_notify(ledger);
    brc_ledger_free(ledger);
}

/* Whoever dies before it has told leaves it to the next. */
START_TEST(killed_before_telling)
{
    spend(accounts.ledger, LIMIT);
    ck_assert(die_at("before_notice_delivered", 0, live_noticing));
    ck_assert(die_at("before_notice_delivered", 2, live_noticing));
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM delivery"), 0);
    brc_ledger_set_notice(accounts.ledger, on_notice, NULL, NULL);
    brc__ledger_notify(accounts.ledger);
    ck_assert_int_eq(told, 3);
    ck_assert(!die_at("before_notice_delivered", 0, live_noticing));
}
END_TEST

/* Deaths at random, one after the other, on one file; what was billed is known by then. */
START_TEST(killed_again_and_again)
{
    enum {
        DEATHS = 24
    };
    int died = 0;

    put_budget(accounts.ledger, "b", 1000000, "");
    for (int i = 0; i < DEATHS; i++)
        died += die_at(deaths[i % (sizeof deaths / sizeof *deaths)].point, i % 3, live);
    ck_assert_int_gt(died, DEATHS / 2);
    brc__hold_free(admit(accounts.ledger, SEARCH, 0, 1));
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM open_hold WHERE unreported = 0"),
                     1);
    check_rows(accounts.path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ledger_crash");
    TCase *cases = tcase_create("ledger_crash");

    tcase_add_checked_fixture(cases, start, stop);
    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, killed, 0, sizeof deaths / sizeof *deaths);
    tcase_add_test(cases, not_killed);
    tcase_add_test(cases, killed_while_refused);
    tcase_add_test(cases, killed_before_telling);
    tcase_add_test(cases, killed_again_and_again);
    return run(suite);
}
