/* A client in a child process: refused, and freed without a word over the parent's connections.
 * SPDX-License-Identifier: MIT */
#include "fixture.h"
#include "run.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct fixture f;
static int done;

static void start(void)
{
    fixture_start(&f);
    done = 0;
}

static void stop(void)
{
    fixture_stop(&f);
}

static void on_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    (void)client, (void)id, (void)code, (void)user_data;
    done++;
    brc_result_free(result);
}

/* The exit code says which step was not as it should be; 0 is all right. */
static int child(void)
{
    brc_result *result = NULL;
    size_t records = f.record_count;
    char *json = (char *)&f;

    if (brc_start(f.client, f.request, NULL, on_done, NULL, NULL, NULL) != BRC_E_FORKED)
        return 1;
    if (brc_cancel(f.client, 1, 0) != BRC_E_FORKED)
        return 2;
    if (brc_client_set_limits(f.client, 1, 1) != BRC_E_FORKED)
        return 3;
    if (f.looped && brc_client_notify(f.client, -1, 0) != BRC_E_FORKED)
        return 4;
    if (!f.looped && brc_client_perform(f.client, 0) != BRC_E_FORKED)
        return 5;
    if (!f.looped && brc_converse(f.client, f.request, &result) != BRC_E_FORKED)
        return 6;
    if (brc_aws_call(f.client, "bedrock", "us-east-1", "GET /x", NULL, &json) != BRC_E_FORKED)
        return 7;
    if (brc_client_free(f.client) != NULL)
        return 8;
    return done == 0 && f.record_count == records && json == NULL ? 0 : 9;
}

static void fork_and_check(void)
{
    int status;
    pid_t pid = fork();

    if (pid == 0)
        _exit(child());
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}

START_TEST(kept_connection_stays_the_parents)
{
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    fork_and_check();
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_uint_eq(server_connections(f.server), 1);
}
END_TEST

START_TEST(call_under_way_stays_the_parents)
{
    struct server_reply slow = {f.answer, 0, 0, 300, SERVER_KEEP};

    server_script(f.server, &slow, 1);
    ck_assert_int_eq(brc_start(f.client, f.request, NULL, on_done, NULL, NULL, NULL), 0);
    while (server_requests(f.server) == 0)
        f.looped ? loop_turn(&f.loop, f.client, 5) : brc_client_perform(f.client, 5);
    fork_and_check();
    while (done == 0)
        f.looped ? loop_turn(&f.loop, f.client, 60000) : brc_client_perform(f.client, 60000);
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_REPORTED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fork");
    TCase *tests = tcase_create("fork");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, kept_connection_stays_the_parents);
    tcase_add_test(tests, call_under_way_stays_the_parents);
    suite_add_tcase(suite, tests);
    return run(suite);
}
