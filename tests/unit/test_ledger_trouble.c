/* A client whose ledger cannot be written, or is written by others: what callers hear, and that
 * nothing is lost and no loop held up; by turns and by a loop. SPDX-License-Identifier: MIT */
#include "budget_steps.h"
#include "run.h"

#include <store.h>

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

/* What the fixture's answer costs. */
#define COST "0.000182"

/* ---- a ledger that fails */

static struct rlimit limit_before;

/* From the moment that the request has arrived, no file may grow. */
static struct server_reply fill_disk(const char *request, void *user_data)
{
    struct rlimit limit = limit_before;

    (void)request, (void)user_data;
    limit.rlim_cur = 1;
    setrlimit(RLIMIT_FSIZE, &limit);
    return (struct server_reply){.bytes = f.answer};
}

START_TEST(a_full_disk_loses_nothing)
{
    put("budget", BUDGET("1.00", ""));
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit_before);
    server_choose(f.server, fill_disk, NULL);
    int rc = run_call();
    setrlimit(RLIMIT_FSIZE, &limit_before);
    ck_assert_int_eq(rc, BRC_E_UNRECORDED);
    ck_assert_int_eq(told.results, 1);
    ck_assert_str_ne(use("held"), "0.00"); /* until it can be stored */
    server_choose(f.server, NULL, NULL);
    ck_assert_int_eq(run_call(), 0);
    ck_assert_str_eq(use("held"), "0.00");
    ck_assert_str_eq(use("spent"), "0.000364");
    ck_assert_int_eq(rows("{\"kind\":\"verify\"}"), 0);
}
END_TEST

START_TEST(refused_while_the_disk_is_full)
{
    put("budget", BUDGET("1.00", ""));
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit_before);
    fill_disk(NULL, NULL);
    int rc = run_call();
    setrlimit(RLIMIT_FSIZE, &limit_before);
    ck_assert_int_eq(rc, BRC_E_LEDGER);
    ck_assert_uint_eq(server_bytes(f.server), 0);
}
END_TEST

/* So configured, a call passes without a hold, and is on record as soon as that can be. */
START_TEST(admitted_while_the_disk_is_full)
{
    put("setting", "{\"onError\":\"admit\"}");
    put("budget", BUDGET("1.00", ""));
    ck_assert_int_eq(run_call(), 0);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit_before);
    fill_disk(NULL, NULL);
    int rc = run_call();
    setrlimit(RLIMIT_FSIZE, &limit_before);
    ck_assert_int_eq(rc, BRC_E_UNRECORDED);
    ck_assert_int_eq(told.results, 2);
    ck_assert_str_eq(use("spent"), COST);
    ck_assert_int_eq(run_call(), 0);
    ck_assert_str_eq(use("spent"), "0.000546");
    ck_assert_int_eq(rows("{\"kind\":\"record\"}"), 3);
}
END_TEST

START_TEST(no_ledger_no_calls)
{
    brc_ledger *none;

    ck_assert_int_eq(brc_ledger_open("/proc/self/no/such", &none), BRC_E_LEDGER);
    new_client(none);
    brc_ledger_free(none);
    ck_assert_int_eq(run_call(), BRC_E_LEDGER);
    ck_assert_uint_eq(server_bytes(f.server), 0);
}
END_TEST

/* ---- others write */

static struct brc__store *other;

enum {
    STEPS = 8, /* in vain, until the other one has written */
    BLOCKED_US = 150 * 1000
};

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Drives the call to its end, with the other writer gone after some steps. Returns the shortest
 * time of those that waited for the ledger: on a slow machine some of them take long, and what
 * blocks, blocks them all. */
static int64_t shortest_wait(void)
{
    int64_t shortest = INT64_MAX;

    for (int waits = 0; told.done == 0;) {
        int64_t before = now_us();
        if (f.looped)
            loop_turn(&f.loop, f.client, 0);
        else
            brc_client_perform(f.client, 0);
        int64_t took = now_us() - before;
        if (took <= 1000 || waits == STEPS)
            continue;
        shortest = took < shortest ? took : shortest;
        if (++waits == STEPS)
            brc__store_rollback(other);
    }
    return shortest;
}

/* Somebody else writes: no step of the loop takes long, and then the call goes on. */
START_TEST(a_busy_ledger_blocks_no_loop)
{
    struct brc__error error;

    put("budget", BUDGET("1.00", ""));
    ck_assert_int_eq(brc__store_open(path, &other, &error), 0);
    ck_assert_int_eq(brc__store_begin(other, 1000, &error), 0);
    start_call();
    ck_assert_int_lt(shortest_wait(), BLOCKED_US);
    brc__store_free(other);
    ck_assert_int_eq(told.code, 0);
    ck_assert_str_eq(use("spent"), COST);
}
END_TEST

static struct server_reply answer_and_write(const char *request, void *user_data)
{
    struct brc__error error;

    (void)request, (void)user_data;
    if (brc__store_open(path, &other, &error) < 0 || brc__store_begin(other, 60000, &error) != 0)
        abort();
    return (struct server_reply){.bytes = f.answer};
}

/* The same after the answer: the caller hears of it once it is stored. */
START_TEST(a_settle_waits_without_blocking)
{
    put("budget", BUDGET("1.00", ""));
    server_choose(f.server, answer_and_write, NULL);
    start_call();
    ck_assert_int_lt(shortest_wait(), BLOCKED_US);
    brc__store_free(other);
    ck_assert_int_eq(told.code, 0);
    ck_assert_str_eq(use("spent"), COST);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ledger_trouble");
    TCase *tests = tcase_create("ledger_trouble");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, a_full_disk_loses_nothing);
    tcase_add_test(tests, refused_while_the_disk_is_full);
    tcase_add_test(tests, admitted_while_the_disk_is_full);
    tcase_add_test(tests, no_ledger_no_calls);
    tcase_add_test(tests, a_busy_ledger_blocks_no_loop);
    tcase_add_test(tests, a_settle_waits_without_blocking);
    suite_add_tcase(suite, tests);
    return run(suite);
}
