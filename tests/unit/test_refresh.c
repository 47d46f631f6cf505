/* Keys fetched in the client's own loop: when, how often, and what calls see of it.
 * SPDX-License-Identifier: MIT */
#include "refresh_steps.h"
#include "run.h"

#include <sys/wait.h>

enum {
    MANY = 1000
};

START_TEST(keys_are_fetched_when_needed)
{
    use_container();
    ck_assert_int_eq(world.fetches, 0);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(ask(), 0);
    pass(HOUR_S - WINDOW_S - 10);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(world.fetches, 1);
    ck_assert_int_eq(world.calls[0], 3);
    pass(120);
    ck_assert_int_eq(ask(), 0);
    step_until_keys(1);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_eq(world.calls[1], 1);
    ck_assert_int_eq(world.other_calls + world.late_calls, 0);
}
END_TEST

START_TEST(calls_go_on_while_keys_are_fetched)
{
    use_container();
    ck_assert_int_eq(ask(), 0);
    pass(HOUR_S - WINDOW_S + 1);
    world.closed = 1;
    start_calls(1);
    step_until_fetches(2);
    step_until_done(1);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(world.calls[0], 5);
    world.closed = 0;
    step_until_keys(1);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(world.calls[1], 1);
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_eq(told.failed, 0);
}
END_TEST

static void (*const sources[])(void) = {use_container, use_machine};

START_TEST(many_calls_wait_for_one_fetch)
{
    sources[_i]();
    world.closed = 1;
    start_calls(MANY);
    step_until_fetches(1);
    for (int i = 0; i < 3; i++)
        step();
    ck_assert_int_eq(told.done, 0);
    world.closed = 0;
    step_until_done(MANY);
    ck_assert_int_eq(told.failed, 0);
    ck_assert_int_eq(world.fetches, 1);
    ck_assert_int_eq(world.calls[0], MANY);
    ck_assert_int_eq(world.other_calls + world.late_calls, 0);
}
END_TEST

/* The fetch waits for no turn, though all turns are taken and calls without number wait for theirs.
 */
START_TEST(many_calls_cross_a_refresh)
{
    use_container();
    ck_assert_int_eq(brc_client_set_limits(f.client, 16, 16), 0);
    ck_assert_int_eq(ask(), 0);
    pass(HOUR_S - WINDOW_S + 1);
    world.closed = 1;
    start_calls(MANY);
    step_until_fetches(2);
    ck_assert_int_lt(told.done, MANY / 2);
    step_until_done(MANY / 2);
    world.closed = 0;
    step_until_done(MANY);
    ck_assert_int_eq(told.failed, 0);
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_ge(world.calls[0], MANY / 2);
    ck_assert_int_gt(world.calls[1], 0);
    ck_assert_int_eq(world.calls[0] + world.calls[1], MANY + 1);
    ck_assert_int_eq(world.other_calls + world.late_calls, 0);
}
END_TEST

/* Keys that end while calls wait for their turn are not used on. */
START_TEST(keys_end_while_calls_wait)
{
    use_container();
    ck_assert_int_eq(brc_client_set_limits(f.client, 4, 4), 0);
    ck_assert_int_eq(ask(), 0);
    pass(HOUR_S - 100);
    world.closed = 1;
    start_calls(MANY);
    step_until_fetches(2);
    pass(120);
    for (int i = 0; i < 5; i++)
        step();
    ck_assert_int_lt(told.done, MANY);
    world.closed = 0;
    step_until_done(MANY);
    ck_assert_int_eq(told.failed, 0);
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_eq(world.other_calls + world.late_calls, 0);
}
END_TEST

START_TEST(keys_that_live_shortly_are_fetched_in_time)
{
    world.lifetime_s = AGAIN_S / 2;
    use_container();
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(ask(), 0);
        pass(AGAIN_S / 2 + 1);
    }
    ck_assert_int_eq(world.fetches, 3);
    ck_assert_int_eq(world.late_calls, 0);
}
END_TEST

static struct loop other_loop;

START_TEST(two_clients_share_credentials)
{
    use_container();
    brc_client *other = new_client(f.credentials, &other_loop);
    for (int round = 1; round <= 2; round++) {
        start_calls(10);
        for (int i = 0; i < 10; i++)
            ck_assert_int_eq(brc_start(other, f.request, NULL, on_done, NULL, NULL, NULL), 0);
        while (told.done < 20) {
            step();
            step_of(other, &other_loop);
        }
        ck_assert_int_eq(told.failed, 0);
        ck_assert_int_le(world.fetches, 2 * round);
        pass(HOUR_S - WINDOW_S + 1);
        if (f.looped)
            brc_client_notify(other, -1, 0);
    }
    brc_client_free(other);
    ck_assert_int_eq(world.other_calls + world.late_calls, 0);
}
END_TEST

/* Between blocking calls nobody drives the client: a fetch that was under way is none the worse for
 * it, though its time limits pass. */
START_TEST(fetch_outlives_a_pause)
{
    use_machine();
    ck_assert_int_eq(ask(), 0);
    pass(HOUR_S - WINDOW_S + 1);
    world.closed = 1;
    start_calls(1);
    step_until_fetches(2);
    step_until_done(1);
    world.closed = 0;
    time_run_out(1200);
    pass(WINDOW_S);
    start_calls(1);
    step_until_done(1);
    ck_assert_int_eq(told.failed, 0);
    ck_assert_msg(heard.warned == 0, "%s", heard.warnings);
    ck_assert_int_eq(keys_at_hand(), world.fetches - 1);
    ck_assert_int_eq(world.late_calls, 0);
}
END_TEST

/* ---- what else may happen meanwhile */

/* A call waits for keys, whose fetch waits for us. */
static void let_a_call_wait(int calls)
{
    use_container();
    world.closed = 1;
    start_calls(calls);
    step_until_fetches(1);
}

START_TEST(client_is_freed_meanwhile)
{
    let_a_call_wait(3);
    f.client = brc_client_free(f.client);
    ck_assert_int_eq(told.done, 3);
    ck_assert_int_eq(told.canceled, 3);
}
END_TEST

START_TEST(call_is_canceled_meanwhile)
{
    let_a_call_wait(1);
    int64_t id = start_call();
    step();
    ck_assert_int_eq(brc_cancel(f.client, id, 0), 0);
    step_until_done(1);
    ck_assert_int_eq(told.canceled, 1);
    world.closed = 0;
    step_until_done(2);
    ck_assert_int_eq(told.failed, 0);
    ck_assert_int_eq(told.canceled, 1);
    ck_assert_int_eq(world.calls[0], 1);
}
END_TEST

static int bring(brc_credentials *credentials, void *user_data)
{
    ++*(int *)user_data;
    return brc_credentials_set(credentials, "BROUGHT", SECRET, NULL, 0);
}

/* Calls that waited for the old ones go on at once, by the new ones. */
START_TEST(credentials_are_replaced_meanwhile)
{
    brc_credentials *others;
    int brought = 0;

    let_a_call_wait(3);
    ck_assert_int_eq(_i == 0 ? brc_credentials_new("GIVEN", SECRET, NULL, &others)
                             : brc_credentials_new_callback(bring, &brought, NULL, &others),
                     0);
    ck_assert_int_eq(brc_client_set_credentials(f.client, others), 0);
    brc_credentials_free(others);
    step_until_done(3);
    ck_assert_int_eq(told.failed + told.canceled, 0);
    ck_assert_int_eq(world.other_calls, 3);
    ck_assert_int_eq(brought, _i == 0 ? 0 : 1);
    ck_assert_int_eq(keys_at_hand(), -1);
    world.closed = 0;
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(world.fetches, 1);
}
END_TEST

START_TEST(chain_is_replaced_by_a_chain_meanwhile)
{
    brc_credentials *others;

    let_a_call_wait(3);
    ck_assert_int_eq(brc_credentials_new_chain(NULL, &others), 0);
    ck_assert_int_eq(brc_client_set_credentials(f.client, others), 0);
    brc_credentials_free(others);
    step_until_fetches(2);
    world.closed = 0;
    step_until_done(3);
    ck_assert_int_eq(told.failed + told.canceled, 0);
    ck_assert_int_eq(world.fetches, 2);
    ck_assert_int_eq(world.other_calls, 0);
}
END_TEST

START_TEST(same_credentials_do_not_disturb_their_fetch)
{
    let_a_call_wait(3);
    ck_assert_int_eq(brc_client_set_credentials(f.client, f.credentials), 0);
    world.closed = 0;
    step_until_done(3);
    ck_assert_int_eq(told.failed, 0);
    ck_assert_int_eq(world.fetches, 1);
}
END_TEST

START_TEST(child_frees_the_client_meanwhile)
{
    int status;

    let_a_call_wait(2);
    pid_t pid = fork();
    if (pid == 0) {
        int refused = brc_start(f.client, f.request, NULL, on_done, NULL, NULL, NULL);
        brc_client_free(f.client);
        brc_credentials_free(f.credentials);
        _exit(refused == BRC_E_FORKED && told.done == 0 ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    world.closed = 0;
    step_until_done(2);
    ck_assert_int_eq(told.failed, 0);
    ck_assert_int_eq(world.fetches, 1);
}
END_TEST

/* A wait of 300 ms takes some turns, not thousands. */
START_TEST(nobody_waits_busily)
{
    world.delay_ms = 300;
    use_container();
    long before = time_readings();
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_lt(time_readings() - before, 300);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("refresh");
    TCase *tests = tcase_create("refresh");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, keys_are_fetched_when_needed);
    tcase_add_test(tests, calls_go_on_while_keys_are_fetched);
    tcase_add_loop_test(tests, many_calls_wait_for_one_fetch, 0, sizeof sources / sizeof *sources);
    tcase_add_test(tests, many_calls_cross_a_refresh);
    tcase_add_test(tests, keys_end_while_calls_wait);
    tcase_add_test(tests, keys_that_live_shortly_are_fetched_in_time);
    tcase_add_test(tests, two_clients_share_credentials);
    if (!loop_wanted())
        tcase_add_test(tests, fetch_outlives_a_pause);
    tcase_add_test(tests, client_is_freed_meanwhile);
    tcase_add_test(tests, call_is_canceled_meanwhile);
    tcase_add_loop_test(tests, credentials_are_replaced_meanwhile, 0, 2);
    tcase_add_test(tests, chain_is_replaced_by_a_chain_meanwhile);
    tcase_add_test(tests, same_credentials_do_not_disturb_their_fetch);
    tcase_add_test(tests, child_frees_the_client_meanwhile);
    tcase_add_test(tests, nobody_waits_busily);
    suite_add_tcase(suite, tests);
    return run(suite);
}
