/* Calls of AWS's services and memory: for every n the n-th allocation fails, expat's included; no
 * freed block of ours holds a secret.
 * SPDX-License-Identifier: MIT */
#include "heap.h"
#include "run.h"

#include <aws_answer.h>
#include <aws_request.h>

#include <stdio.h>
#include <string.h>

#define SECRET "secret-marker-0123456789"

static const char *const markers[] = {"marker-0123", NULL};

static const char credentials[] =
    "<?xml version=\"1.0\"?><AssumeRoleResponse xmlns=\"urn:x\"><AssumeRoleResult><Credentials>"
    "<SecretAccessKey>" SECRET "</SecretAccessKey><SessionToken a=\"" SECRET "\">" SECRET
    "&amp;" SECRET "<![CDATA[" SECRET "]]></SessionToken></Credentials><L><member><A/></member>"
    "<member><B/></member></L></AssumeRoleResult><!-- " SECRET " --><ResponseMetadata><RequestId>x"
    "</RequestId></ResponseMetadata></AssumeRoleResponse>";
static const char half[] = "<AssumeRoleResponse><AssumeRoleResult><A>" SECRET "</A><B>" SECRET;
static const char denied[] = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message>"
                             "</Error></ErrorResponse>";

static char made[400]; /* what the last scenario made */

static const struct brc__service *find(const char *name)
{
    const struct brc__service *service;
    struct brc__error error;

    brc__service_find(name, &service, &error); /* Check's own assertions would allocate here */
    return service;
}

static int read_answer(int status, const char *body)
{
    brc__auto_buf struct brc__buf json = BRC__SECRET_BUF(BRC__CEILING_ANSWER);
    const struct brc__aws_reply reply = {status, NULL, body, strlen(body)};
    char id[BRC__REQUEST_ID_SIZE];
    struct brc__error error = {0};

    int rc = brc__aws_answer_read(find("sts"), "AssumeRole", &reply, &json, id, &error);
    snprintf(made, sizeof made, "%s", rc < 0 ? "" : json.data);
    return error.code == rc ? rc : 1;
}

static int run_answer(void)
{
    return read_answer(200, credentials);
}

static int run_half(void)
{
    return read_answer(200, half);
}

static int run_denied(void)
{
    return read_answer(403, denied);
}

static int make(const char *service, const char *operation, const char *json)
{
    brc__auto_aws_request struct brc__aws_request request = BRC__AWS_REQUEST;
    const struct brc__endpoint_choice choice = {0};
    brc__auto_buf struct brc__buf endpoint = BRC__BUF(BRC__CEILING_URL);
    struct brc__error error = {0};
    const char *region;

    int rc = brc__service_endpoint(find(service), "us-east-1", &choice, &endpoint, &region, &error);
    if (rc == 0)
        rc = brc__aws_request_make(find(service), endpoint.data, operation, json, &request, &error);
    snprintf(made, sizeof made, "%s", rc < 0 ? "" : request.body.data);
    return error.code == rc ? rc : 1;
}

static int run_form(void)
{
    return make("sts", "AssumeRoleWithWebIdentity",
                "{\"WebIdentityToken\":\"" SECRET SECRET SECRET SECRET SECRET SECRET "\","
                "\"PolicyArns\":[{\"arn\":\"a\"},{\"arn\":\"b\"}]}");
}

static int run_rest(void)
{
    return make("bedrock",
                "POST /a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z/a/b/c/d/e/f/g/h",
                "{\"a\":\"" SECRET "\"}");
}

static const struct {
    int (*run)(void);
    int code;
    long at_least; /* allocations */
} scenarios[] = {
    {run_answer, BRC_OK, 8}, {run_half, BRC_E_PROTOCOL, 5}, {run_denied, BRC_E_ACCESS_DENIED, 5},
    {run_form, BRC_OK, 5},   {run_rest, BRC_OK, 5},
};

/* A denial that cannot be read for want of memory is one by its status. */
START_TEST(survives_every_failure)
{
    char expected[sizeof made];
    long n = 0, tried, live = heap_live();

    heap_watch(markers);
    ck_assert_int_eq(scenarios[_i].run(), scenarios[_i].code);
    memcpy(expected, made, sizeof expected);
    do {
        heap_fail(++n, 0);
        int rc = scenarios[_i].run();
        tried = heap_tried();
        heap_fail(0, 0);
        ck_assert_msg(rc == scenarios[_i].code || rc == BRC_E_NOMEM, "%ld: %d", n, rc);
        ck_assert(rc < 0 || strcmp(made, expected) == 0);
        ck_assert_int_eq(heap_found(1), 0);
        ck_assert_int_eq(heap_found(0), 0);
        ck_assert_int_eq(heap_live(), live);
    } while (tried >= n);
    ck_assert_int_gt(n, scenarios[_i].at_least);
    printf("# scenario %d: %ld allocations, each failed once\n", _i, n - 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("aws_memory");
    TCase *cases = tcase_create("aws_memory");

    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, survives_every_failure, 0, sizeof scenarios / sizeof scenarios[0]);
    return run(suite);
}
