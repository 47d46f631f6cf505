/* Out of memory in signed calls of AWS's services: for every n the n-th allocation of a whole life
 * fails, libcurl's and expat's included. Nothing is lost, and no freed block of ours holds the
 * secret key, or keys that STS answers. SPDX-License-Identifier: MIT */
#include "calling.h"
#include "heap.h"
#include "memory.h"
#include "run.h"
#include "scripted_time.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET "canary-secret-key-4711"
#define ANSWER "canary-answered-key-4713"

static const char *const secrets[] = {SECRET, ANSWER, NULL};

static struct server *server;

static const struct kind {
    const char *name, *service, *operation, *json;
    const char *bodies[2]; /* of a fault and an answer, or of an answer alone */
    int code;              /* of a life without a failed allocation */
    bool bearer;
} kinds[] = {
    {"REST", "bedrock", "POST /x", "{\"a\":1}", {NULL, "{}"}, 0, false},
    {"REST with a bearer token", "bedrock", "GET /x", NULL, {NULL, "{}"}, 0, true},
    {"a fault, then JSON", "ce", "GetTags", NULL, {"{\"message\":\"one\"}", "{}"}, 0, false},
    {"XML",
     "sts",
     "AssumeRole",
     "{\"RoleArn\":\"r\"}",
     {NULL, "<AssumeRoleResponse><AssumeRoleResult><A>" ANSWER "</A><L><member>" ANSWER
            "</member></L></AssumeRoleResult></AssumeRoleResponse>"},
     0,
     false},
    {"XML of something else",
     "sts",
     "AssumeRole",
     NULL,
     {NULL, "<X><A>" ANSWER "</A></X>"},
     BRC_E_PROTOCOL,
     false},
    {"no model", "bedrock", "POST /model/m/converse", "{}", {NULL, "{}"}, BRC_E_INVALID, false},
};

static void on_log(int level, const char *text, void *user_data)
{
    (void)level, (void)text, (void)user_data;
}

static int call(brc_credentials *credentials, const struct kind *kind)
{
    brc_client *client;
    char *json = NULL;

    int rc = brc_client_new(credentials, &client);
    if (rc < 0)
        return rc;
    rc = brc_client_set_log(client, BRC_LOG_DEBUG, on_log, NULL, NULL);
    if (rc == 0)
        rc = brc_client_set_retries(client, kind->bodies[0] == NULL ? 1 : 2, 0);
    if (rc == 0)
        rc = brc_aws_call(client, kind->service, "eu-west-1", kind->operation, kind->json, &json);
    if (rc == 0 && json == NULL)
        rc = 1; /* never a success without its answer */
    brc_free(json);
    brc_client_free(client);
    return rc;
}

static int life(const struct kind *kind)
{
    brc_credentials *credentials = NULL;

    int rc = kind->bearer ? brc_credentials_new_bearer("token", &credentials)
                          : brc_credentials_new("AKIDCANARY", SECRET, NULL, &credentials);
    if (rc == 0)
        rc = call(credentials, kind);
    brc_credentials_free(credentials);
    return rc;
}

static void script(const struct kind *kind)
{
    char *fault = server_answer("500 No", "", kind->bodies[0] == NULL ? "" : kind->bodies[0]);
    char *answer = server_answer("200 OK", "", kind->bodies[1]);
    struct server_reply replies[2] = {{.bytes = fault}, {.bytes = answer}};
    size_t skipped = kind->bodies[0] == NULL;

    server_script(server, replies + skipped, 2 - skipped);
    free(fault);
    brc__wipe(answer, strlen(answer)); /* the canary is ours here */
    free(answer);
}

/* One without memory for its second attempt fails with the first one's error. */
static void check_code(const struct kind *kind, int rc, long n)
{
    ck_assert_msg(rc == kind->code || rc == BRC_E_NOMEM || rc == BRC_E_CONNECT ||
                      rc == BRC_E_PROTOCOL || rc == BRC_E_TLS ||
                      (kind->bodies[0] != NULL && rc == BRC_E_SERVICE),
                  "allocation %ld: %s", n, brc_strerror(rc));
}

START_TEST(every_allocation_fails)
{
    const struct kind *kind = &kinds[_i / 2];
    int later = _i % 2;

    time_set_chance(0); /* no wait before the second attempt */
    calling_clear_environment();
    server = server_start();
    setenv("AWS_ENDPOINT_URL", server_url(server), 1);
    for (int i = 0; i < 2; i++) { /* the first one warms what the libraries set up once */
        script(kind);
        heap_fail(0, 0);
        ck_assert_int_eq(life(kind), kind->code);
    }
    heap_watch(secrets);
    script(kind);
    heap_fail(0, 0);
    int rc = life(kind);
    long allocations = heap_tried();
    ck_assert_int_eq(rc, kind->code);
    ck_assert_int_gt(allocations, 20);
    for (long n = 1; n <= allocations + 20; n++) {
        script(kind);
        long live = heap_live();
        heap_fail(n, later);
        rc = life(kind);
        heap_fail(0, 0);
        long lost = heap_live() - live;
        check_code(kind, rc, n);
        ck_assert_msg(lost == 0, "allocation %ld: %ld blocks are lost", n, lost);
    }
    ck_assert_int_eq(rc, kind->code);
    ck_assert_int_eq(heap_found(1), 0);
    printf("# %s: %ld allocations a life, each failed%s\n", kind->name, allocations,
           later ? " with all later ones" : " alone");
    server_stop(server);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("aws_oom");
    TCase *tests = tcase_create("aws_oom");

    tcase_add_loop_test(tests, every_allocation_fails, 0, 2 * (sizeof kinds / sizeof *kinds));
    suite_add_tcase(suite, tests);
    return run(suite);
}
