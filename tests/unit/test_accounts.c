/* A client and its ledger, which is scripted here: what is asked before an attempt and stored after
 * it, in which order, and what callers hear; by turns and by a loop. SPDX-License-Identifier: MIT
 */
#include "accounts_steps.h"
#include "run.h"
#include "sent.h"

#include <sched.h>

static int refuse(const struct brc__asking *asking, struct brc__hold *hold,
                  struct brc__error *error)
{
    (void)asking, (void)hold;
    return brc__error_set(error, BRC_E_BUDGET, "budget \"search\" is spent");
}

static int refuse_again(const struct brc__asking *asking, struct brc__hold *hold,
                        struct brc__error *error)
{
    return asking->attempt > 1 ? refuse(asking, hold, error) : BRC_OK;
}

/* ---- the order of things */

START_TEST(hold_first_settle_before_anybody_hears)
{
    ck_assert_int_eq(run_call(), 0);
    ck_assert_str_eq(scripted.told, "hold settle record done ");
    ck_assert_int_eq(scripted.records[0].outcome, BRC_OUTCOME_REPORTED);
    ck_assert_int_eq(scripted.records[0].attempt, 1);
    ck_assert_int_gt(scripted.notified, 0);
    ck_assert_int_le(scripted.longest_wait_ms, 2);
}
END_TEST

START_TEST(nothing_is_asked_without_a_ledger)
{
    fixture_stop(&f);
    fixture_start(&f);
    ck_assert_int_eq(brc_client_set_usage(f.client, on_record, NULL, NULL), 0);
    ck_assert_int_eq(run_call(), 0);
    ck_assert_str_eq(scripted.told, "free-record done ");
    ck_assert_int_eq(scripted.asked + scripted.notified, 0);
}
END_TEST

START_TEST(set_once_and_first)
{
    ck_assert_int_eq(brc_client_set_ledger(f.client, scripted_ledger()), BRC_E_INVALID);
    ck_assert_int_eq(brc_client_set_ledger(f.client, NULL), BRC_E_INVALID);
    ck_assert_int_eq(brc_client_set_ledger(NULL, scripted_ledger()), BRC_E_INVALID);
    fixture_stop(&f);
    fixture_start(&f);
    ck_assert_int_eq(run_call(), 0);
    ck_assert_int_eq(brc_client_set_ledger(f.client, scripted_ledger()), BRC_E_INVALID);
    ck_assert_int_eq(scripted.references, 0);
}
END_TEST

START_TEST(refused_before_anything_is_sent)
{
    scripted.decide = refuse;
    ck_assert_int_eq(run_call(), BRC_E_BUDGET);
    ck_assert_str_eq(told.error, "budget \"search\" is spent");
    ck_assert_uint_eq(server_bytes(f.server), 0);
    ck_assert_str_eq(scripted.told, "done ");
}
END_TEST

/* Whatever ends at once is one transaction. */
START_TEST(one_turn_one_transaction)
{
    enum {
        MANY = 20
    };

    server_hold(f.server, 1);
    for (int i = 0; i < MANY; i++)
        start_call();
    while (server_requests(f.server) < MANY)
        step_ms(0);
    server_hold(f.server, 0);
    while (server_replies(f.server) < MANY) /* and nobody looks */
        sched_yield();
    step_until_done(MANY);
    ck_assert_int_eq(scripted.settled, MANY);
    if (!f.looped) /* a loop's turn is one descriptor's */
        ck_assert_int_lt(scripted.settles, MANY / 2);
}
END_TEST

/* ---- attempts */

START_TEST(each_attempt_has_its_hold)
{
    const struct server_reply replies[] = {{.bytes = THROTTLED}, {.bytes = f.answer}};

    server_script(f.server, replies, 2);
    ck_assert_int_eq(brc_client_set_retries(f.client, 2, 0), 0);
    time_set_chance(0);
    ck_assert_int_eq(run_call(), 0);
    ck_assert_str_eq(scripted.told, "hold settle record hold settle record done ");
    ck_assert_int_eq(scripted.records[0].outcome, BRC_OUTCOME_NOT_BILLED);
    ck_assert_int_eq(scripted.records[0].code, BRC_E_THROTTLED);
    ck_assert_int_eq(scripted.records[1].attempt, 2);
}
END_TEST

static int bring_keys(brc_credentials *credentials, void *user_data)
{
    (void)user_data;
    return brc_credentials_set(credentials, FIXTURE_KEY_ID, FIXTURE_SECRET, NULL, 0);
}

/* Tried again by other keys, which takes a hold of its own. */
START_TEST(refused_keys_leave_no_hold)
{
    static const char expired[] =
        ANSWER("403 No", "x-amzn-ErrorType: ExpiredTokenException\r\n", "0");
    brc_credentials *brought;

    ck_assert_int_eq(brc_credentials_new_callback(bring_keys, NULL, NULL, &brought), 0);
    ck_assert_int_eq(brc_client_set_credentials(f.client, brought), 0);
    brc_credentials_free(brought);
    ck_assert_int_eq(brc_client_set_retries(f.client, 2, 0), 0);
    ck_assert_int_eq(run_call(), 0);
    pass(61 * 1000);
    const struct server_reply replies[] = {{.bytes = expired}, {.bytes = f.answer}};
    server_script(f.server, replies, 2);
    scripted.told[0] = '\0';
    ck_assert_int_eq(run_call(), 0);
    ck_assert_str_eq(scripted.told, "hold settle record hold settle record done ");
    ck_assert_int_eq(scripted.records[1].outcome, BRC_OUTCOME_NOT_BILLED);
    ck_assert_int_eq(scripted.records[1].code, BRC_E_CREDENTIALS);
    ck_assert_int_eq(scripted.records[2].attempt, 2);
}
END_TEST

START_TEST(a_retry_that_does_not_fit_says_why_it_was_one)
{
    reply(THROTTLED);
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, 0), 0);
    time_set_chance(0);
    scripted.decide = refuse_again;
    ck_assert_int_eq(run_call(), BRC_E_BUDGET);
    ck_assert_uint_eq(server_requests(f.server), 1);
    ck_assert_ptr_nonnull(strstr(told.error, "budget \"search\" is spent; attempt 1 had failed: "));
    ck_assert_ptr_nonnull(strstr(told.error, "ThrottlingException"));
}
END_TEST

static int no_keys(brc_credentials *credentials, void *user_data)
{
    (void)credentials, (void)user_data;
    return BRC_E_CREDENTIALS;
}

/* Nothing left, and the hold is released; it is on record all the same. */
START_TEST(failed_before_it_left)
{
    fixture_stop(&f);
    fixture_start(&f);
    brc_client_free(f.client);
    brc_credentials_free(f.credentials);
    ck_assert_int_eq(brc_credentials_new_callback(no_keys, NULL, NULL, &f.credentials), 0);
    ck_assert_int_eq(brc_client_new(f.credentials, &f.client), 0);
    if (f.looped)
        ck_assert_int_eq(loop_attach(&f.loop, f.client), 0);
    ck_assert_int_eq(brc_client_set_usage(f.client, on_record, NULL, NULL), 0);
    ck_assert_int_eq(brc_client_set_ledger(f.client, scripted_ledger()), 0);
    ck_assert_int_eq(run_call(), BRC_E_CREDENTIALS);
    ck_assert_str_eq(scripted.told, "hold settle record done ");
    ck_assert_int_eq(scripted.records[0].outcome, BRC_OUTCOME_NOT_BILLED);
    ck_assert_int_eq(scripted.records[0].code, BRC_E_CREDENTIALS);
}
END_TEST

START_TEST(cut_is_unreported)
{
    fixture_reply(&f, ANSWER("200 OK", "", "100") "{\"out", SERVER_CLOSE);
    ck_assert_int_eq(run_call(), BRC_E_PROTOCOL);
    ck_assert_int_eq(told.results, 1);
    ck_assert_int_eq(scripted.records[0].outcome, BRC_OUTCOME_UNREPORTED);
}
END_TEST

/* ---- others write */

START_TEST(busy_is_no_attempt)
{
    scripted.busy_admits = 5;
    ck_assert_int_eq(run_call(), 0);
    ck_assert_int_eq(scripted.asked, 6);
    char *request = server_last_request(f.server);
    ck_assert_str_eq(sent_header(request, "amz-sdk-request"), "attempt=1; max=1");
    free(request);
}
END_TEST

/* One call that is told so speaks for all of a turn, and those that follow it wait as well. */
START_TEST(busy_is_asked_once_a_turn)
{
    enum {
        MANY = 100
    };

    scripted.busy_admits = 1;
    time_stand(true); /* a slow machine's turn may be longer than the pause */
    for (int i = 0; i < MANY; i++)
        start_call();
    while (scripted.asked == 0)
        step_ms(0);
    time_stand(false);
    ck_assert_int_eq(scripted.asked, 1);
    ck_assert_int_eq(scripted.holds, 0);
    step_until_done(MANY);
    ck_assert_int_eq(scripted.asked, MANY + 1);
    ck_assert_int_eq(scripted.holds, MANY);
}
END_TEST

START_TEST(busy_settle_is_tried_again)
{
    scripted.busy_settles = 4;
    ck_assert_int_eq(run_call(), 0);
    ck_assert_str_eq(scripted.told, "hold settle record done ");
    ck_assert_int_eq(scripted.busy_settles, 0);
    ck_assert_int_le(scripted.longest_wait_ms, 2);
}
END_TEST

/* ---- what cannot be stored */

START_TEST(unrecorded_with_its_result)
{
    scripted.settle_code = BRC_E_LEDGER;
    ck_assert_int_eq(run_call(), BRC_E_UNRECORDED);
    ck_assert_int_eq(told.results, 1);
    ck_assert_ptr_nonnull(strstr(told.error, "the disk is full"));
    ck_assert_str_eq(scripted.told, "hold owe record done ");
}
END_TEST

START_TEST(a_failure_keeps_its_code)
{
    scripted.settle_code = BRC_E_LEDGER;
    reply(ANSWER("400 Bad", "x-amzn-ErrorType: ValidationException\r\n", "0"));
    ck_assert_int_eq(run_call(), BRC_E_REJECTED);
    ck_assert_ptr_nonnull(strstr(told.error, "ValidationException"));
    ck_assert_ptr_nonnull(strstr(told.error, "it is not recorded yet: the disk is full"));
    ck_assert_str_eq(scripted.told, "hold owe record done ");
}
END_TEST

START_TEST(a_retry_goes_on_unrecorded)
{
    const struct server_reply replies[] = {{.bytes = THROTTLED}, {.bytes = f.answer}};

    server_script(f.server, replies, 2);
    ck_assert_int_eq(brc_client_set_retries(f.client, 2, 0), 0);
    time_set_chance(0);
    scripted.settle_code = BRC_E_LEDGER;
    ck_assert_int_eq(run_call(), BRC_E_UNRECORDED);
    ck_assert_int_eq(scripted.owed, 2);
    ck_assert_str_eq(scripted.told, "hold owe record hold owe record done ");
}
END_TEST

/* ---- cancelled and freed */

START_TEST(cancelled_while_the_ledger_is_busy)
{
    scripted.busy_admits = 1000;
    int64_t id = start_call();
    step();
    ck_assert_int_eq(brc_cancel(f.client, id, 0), 0);
    step_until_done(1);
    ck_assert_int_eq(told.code, BRC_E_CANCELED);
    ck_assert_ptr_nonnull(strstr(told.error, "before it was sent"));
    ck_assert_ptr_null(strstr(told.error, "again"));
    ck_assert_str_eq(scripted.told, "done ");
}
END_TEST

START_TEST(cancelled_under_way)
{
    fixture_reply(&f, NULL, SERVER_HANG);
    int64_t id = start_call();
    while (server_requests(f.server) == 0)
        step_ms(5);
    ck_assert_int_eq(brc_cancel(f.client, id, 0), 0);
    step_until_done(1);
    ck_assert_int_eq(told.code, BRC_E_CANCELED);
    ck_assert_str_eq(scripted.told, "hold settle record done ");
    ck_assert_int_eq(scripted.records[0].outcome, BRC_OUTCOME_UNREPORTED);
}
END_TEST

START_TEST(drained_is_reported)
{
    struct server_reply slow = {f.answer, 0, 0, 100, SERVER_KEEP};

    server_script(f.server, &slow, 1);
    int64_t id = start_call();
    while (server_requests(f.server) == 0)
        step_ms(5);
    ck_assert_int_eq(brc_cancel(f.client, id, 1), 0);
    step_until_done(1);
    ck_assert_int_eq(told.code, BRC_E_CANCELED);
    ck_assert_int_eq(scripted.records[0].outcome, BRC_OUTCOME_REPORTED);
}
END_TEST

/* The attempt has ended and is being settled: it is told, and there is no other. */
START_TEST(cancelled_while_it_settles)
{
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, 0), 0);
    reply(_i == 0 ? THROTTLED : f.answer);
    scripted.busy_settles = 1000;
    int64_t id = start_call();
    while (scripted.busy_settles == 1000)
        step();
    ck_assert_int_eq(brc_cancel(f.client, id, 0), 0);
    scripted.busy_settles = 0;
    step_until_done(1);
    ck_assert_int_eq(told.code, _i == 0 ? BRC_E_CANCELED : 0);
    ck_assert_str_eq(scripted.told, "hold settle record done ");
}
END_TEST

/* Before it returns; the wait for others is as long as it needs to be, up to ten seconds. */
START_TEST(freed_with_calls_under_way)
{
    fixture_reply(&f, NULL, SERVER_HANG);
    start_call();
    start_call();
    while (server_requests(f.server) < 2)
        step_ms(5);
    f.client = brc_client_free(f.client);
    ck_assert_int_eq(told.done, 2);
    ck_assert_int_eq(scripted.settled, 2);
    ck_assert_int_eq(scripted.settles, 1);
    ck_assert_int_eq(scripted.records[1].outcome, BRC_OUTCOME_UNREPORTED);
    ck_assert_int_gt(scripted.longest_wait_ms, 5000);
    ck_assert_int_le(scripted.longest_wait_ms, 10 * 1000);
}
END_TEST

START_TEST(freed_while_others_write_for_too_long)
{
    fixture_reply(&f, NULL, SERVER_HANG);
    scripted.busy_settles = 1;
    start_call();
    while (server_requests(f.server) == 0)
        step_ms(5);
    f.client = brc_client_free(f.client);
    ck_assert_int_eq(told.code, BRC_E_CANCELED);
    ck_assert_str_eq(scripted.told, "hold owe record done ");
}
END_TEST

START_TEST(freed_while_it_waits)
{
    scripted.busy_admits = 1000;
    start_call();
    step();
    f.client = brc_client_free(f.client);
    ck_assert_int_eq(told.code, BRC_E_CANCELED);
    ck_assert_str_eq(scripted.told, "done ");
}
END_TEST

static void free_in_record(const brc_usage *usage, void *user_data)
{
    (void)usage, (void)user_data;
    brc_client_free(f.client);
}

START_TEST(freed_in_the_usage_callback)
{
    ck_assert_int_eq(brc_client_set_usage(f.client, free_in_record, NULL, NULL), 0);
    reply(THROTTLED);
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, 0), 0);
    start_call();
    step_until_done(1);
    f.client = NULL;
    ck_assert_int_eq(told.code, BRC_E_CANCELED);
    ck_assert_int_eq(scripted.settled, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("accounts");
    TCase *tests = tcase_create("accounts");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, hold_first_settle_before_anybody_hears);
    tcase_add_test(tests, nothing_is_asked_without_a_ledger);
    tcase_add_test(tests, set_once_and_first);
    tcase_add_test(tests, refused_before_anything_is_sent);
    tcase_add_test(tests, one_turn_one_transaction);
    tcase_add_test(tests, each_attempt_has_its_hold);
    tcase_add_test(tests, refused_keys_leave_no_hold);
    tcase_add_test(tests, a_retry_that_does_not_fit_says_why_it_was_one);
    tcase_add_test(tests, failed_before_it_left);
    tcase_add_test(tests, cut_is_unreported);
    tcase_add_test(tests, busy_is_no_attempt);
    tcase_add_test(tests, busy_is_asked_once_a_turn);
    tcase_add_test(tests, busy_settle_is_tried_again);
    tcase_add_test(tests, unrecorded_with_its_result);
    tcase_add_test(tests, a_failure_keeps_its_code);
    tcase_add_test(tests, a_retry_goes_on_unrecorded);
    tcase_add_test(tests, cancelled_while_the_ledger_is_busy);
    tcase_add_test(tests, cancelled_under_way);
    tcase_add_test(tests, drained_is_reported);
    tcase_add_loop_test(tests, cancelled_while_it_settles, 0, 2);
    tcase_add_test(tests, freed_with_calls_under_way);
    tcase_add_test(tests, freed_while_others_write_for_too_long);
    tcase_add_test(tests, freed_while_it_waits);
    tcase_add_test(tests, freed_in_the_usage_callback);
    suite_add_tcase(suite, tests);
    return run(suite);
}
