/* Thirty-two threads on one handle, and on several: no limit is passed, nothing is counted twice,
 * and each notice is told once. SPDX-License-Identifier: MIT */
#include "ledger_fixture.h"
#include "run.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    THREADS = 32,
    CALLS = 40, /* each */
    HANDLES = 4,
    LIMIT = 20000
};

static struct accounts accounts;

static void start(void)
{
    accounts_open(&accounts);
    put_budget(accounts.ledger, "month", LIMIT, "");
    put_budget(accounts.ledger, "total", LIMIT * 2,
               ",\"window\":\"total\",\"owner\":{\"all\":true}");
}

static void stop(void)
{
    accounts_close(&accounts);
}

struct worker {
    pthread_t thread;
    brc_ledger *ledger;
    unsigned seed;
    int admitted, refused, failed;
    int64_t billed;
};

/* What a call comes to: most report, some are lost, some were never sent, some end in a list. */
static void end_call(struct worker *worker, struct brc__hold **list, struct brc__hold *hold,
                     int64_t input)
{
    struct brc__error error;
    unsigned fate = (unsigned)rand_r(&worker->seed) % 8;
    int64_t used = rand_r(&worker->seed) % (input + 1);

    if (fate == 0)
        note(hold, BRC_OUTCOME_NOT_BILLED, -1, -1, NULL);
    else if (fate == 1)
        note(hold, BRC_OUTCOME_UNREPORTED, -1, -1, NULL);
    else
        note(hold, BRC_OUTCOME_REPORTED, used, 1, NULL);
    worker->billed += fate == 0 ? 0 : fate == 1 ? input + 1 : used + 1;
    hold->next = *list;
    *list = hold;
    if (fate < 3)
        return;
    worker->failed += brc__ledger_settle(worker->ledger, *list, 60000, &error) != BRC_OK;
    while (*list != NULL) {
        struct brc__hold *next = (*list)->next;
        brc__hold_free(*list);
        *list = next;
    }
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct brc__hold *list = NULL;
    struct brc__error error;

    for (int i = 0; i < CALLS; i++) {
        int64_t input = rand_r(&worker->seed) % 100;
        struct brc__hold *hold;
        int rc = try_admit(worker->ledger, SEARCH, input, 1, 1, &hold, &error);
        worker->admitted += rc == BRC_OK;
        worker->refused += rc == BRC_E_BUDGET;
        worker->failed += rc != BRC_OK && rc != BRC_E_BUDGET;
        if (rc == BRC_OK)
            end_call(worker, &list, hold, input);
        brc__ledger_notify(worker->ledger);
    }
    brc__ledger_owe(worker->ledger, list); /* settled by others, or when the handle is freed */
    return NULL;
}

static int64_t run_workers(brc_ledger *const handles[], int handle_count)
{
    struct worker workers[THREADS];
    int64_t billed = 0;
    int refused = 0, admitted = 0;

    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.ledger = handles[i % handle_count], .seed = (unsigned)i + 1};
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < THREADS; i++) { /* nobody uses the stack any more that a failure leaves */
        ck_assert_int_eq(workers[i].failed, 0);
        billed += workers[i].billed;
        refused += workers[i].refused;
        admitted += workers[i].admitted;
    }
    ck_assert_int_gt(refused, 0);
    ck_assert_int_eq(admitted + refused, THREADS * CALLS);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM use"), admitted);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM refusal"), refused);
    return billed;
}

/* No refusal where there was room, no moment beyond the limit: replayed by the rows. */
static void check_replay(int64_t billed)
{
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM refusal WHERE"
                                            " settled + held + worst <= amount"),
                     0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT max(settled + held + unreported) FROM total"),
                     billed);
    ck_assert_int_le(billed, LIMIT);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM open_hold WHERE unreported = 0"),
                     0);
}

START_TEST(one_handle)
{
    int64_t billed = run_workers(&accounts.ledger, 1);

    brc__hold_free(admit(accounts.ledger, OTHER, 1, 1)); /* whatever is owed still is paid here */
    ck_assert_int_eq(ask_int(accounts.path, "SELECT held + unreported + settled FROM total WHERE"
                                            " budget = 'month'"),
                     billed);
    ck_assert_int_le(billed, LIMIT);
}
END_TEST

START_TEST(several_handles)
{
    brc_ledger *handles[HANDLES];

    for (int i = 0; i < HANDLES; i++)
        handles[i] = accounts_join(&accounts);
    int64_t billed = run_workers(handles, HANDLES);
    for (int i = 0; i < HANDLES; i++)
        brc_ledger_free(handles[i]);
    check_replay(billed);
}
END_TEST

static atomic_int told, inside;
static atomic_bool overlapped;

static void on_notice(const char *json, void *user_data)
{
    (void)json, (void)user_data;
    if (inside++ != 0)
        overlapped = true;
    told++;
    inside--;
}

/* Registered, replaced and told while all others call. */
START_TEST(notices_from_many_threads)
{
    ck_assert_int_eq(brc_ledger_set_notice(accounts.ledger, on_notice, NULL, NULL), BRC_OK);
    run_workers(&accounts.ledger, 1);
    ck_assert_int_eq(brc_ledger_set_notice(accounts.ledger, on_notice, NULL, NULL), BRC_OK);
    brc__ledger_notify(accounts.ledger);
    ck_assert_int_eq(told, ask_int(accounts.path, "SELECT count(*) FROM edge"));
    ck_assert_int_eq(told, ask_int(accounts.path, "SELECT count(*) FROM delivery"));
    ck_assert_int_ge(told, 3);
    ck_assert(!overlapped);
}
END_TEST

struct putter {
    pthread_t thread;
    brc_ledger *ledger;
    atomic_bool stop;
    int failed, count;
};

static void *put_prices(void *argument)
{
    struct putter *putter = argument;
    struct brc__error error;
    char json[256];

    do {
        int i = putter->count++;
        snprintf(json, sizeof json,
                 "{\"from\":\"2020-02-02\",\"source\":\"version %d\",\"prices\":[{\"model\":"
                 "\"test.unit\",\"scope\":\"in-region\",\"input\":\"0.00000%d\",\"output\":"
                 "\"0.000001\"}]}",
                 i, i % 2 + 1);
        putter->failed += try_put(putter->ledger, "price", json, &error) != BRC_OK;
    } while (!putter->stop);
    return NULL;
}

/* Prices change while calls are under way: each settles at those it was admitted with, or its hold
 * would not cover it. */
START_TEST(prices_change_meanwhile)
{
    struct putter putter = {.ledger = accounts_join(&accounts)};

    pthread_create(&putter.thread, NULL, put_prices, &putter);
    run_workers(&accounts.ledger, 1);
    putter.stop = true;
    pthread_join(putter.thread, NULL);
    ck_assert_int_eq(putter.failed, 0);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM price_table"), putter.count + 1);
    ck_assert_int_eq(ask_int(accounts.path, "SELECT count(*) FROM settle WHERE flags & 8"), 0);
    brc_ledger_free(putter.ledger);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ledger_threads");
    TCase *cases = tcase_create("ledger_threads");

    tcase_add_checked_fixture(cases, start, stop);
    suite_add_tcase(suite, cases);
    tcase_add_test(cases, one_handle);
    tcase_add_test(cases, several_handles);
    tcase_add_test(cases, notices_from_many_threads);
    tcase_add_test(cases, prices_change_meanwhile);
    return run(suite);
}
