/* Signing and memory: for every n the n-th allocation fails, OpenSSL's included; a signature takes
 * one allocation; no freed block holds a secret.
 * SPDX-License-Identifier: MIT */
#include "crypto.h"
#include "heap.h"
#include "run.h"

#include <bedrockcost/sign.h>

#include <stdio.h>
#include <string.h>

#define SECRET "secret-marker-0123456789"
#define TOKEN  "token-marker-0123456789"

static const char *const markers[] = {"marker-0123", NULL};

static char header_texts[80][16];
static const char *headers[80];
static char url[1000];
static const brc_sign_input long_input = {
    .size = sizeof long_input,
    .method = "POST",
    .url = url,
    .headers = headers,
    .header_count = sizeof headers / sizeof headers[0],
    .body = "body",
    .body_length = 4,
    .region = "us-east-1",
    .service = "bedrock",
    .time = 1767323045,
};

/* Headers, segments and parameters that do not fit on the stack. */
static void make_long_lists(void)
{
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        snprintf(header_texts[i], sizeof header_texts[i], "%s:  %zu", i % 2 ? "X-Odd" : "x-even",
                 i);
        headers[i] = header_texts[i];
    }
    strcpy(url, "https://example.com");
    for (int i = 0; i < 80; i++)
        strcat(url, "/a");
    strcat(url, "?");
    for (int i = 0; i < 80; i++)
        strcat(url, "b=c&");
}

static int destroyed;

static void count_destroy(void *user_data)
{
    (void)user_data;
    destroyed++;
}

static int fetch(brc_credentials *credentials, void *user_data)
{
    (void)user_data;
    return brc_credentials_set(credentials, "AKIDEXAMPLE", SECRET, TOKEN, 0);
}

/* What each scenario does from the first allocation to the last free; returns the first failure. */
typedef int (*scenario_fn)(void);

static char signed_lines[1000]; /* what the last signature was */

static int sign_and_free(brc_credentials *credentials)
{
    char *lines;
    int rc = brc_sign(&long_input, credentials, &lines);

    snprintf(signed_lines, sizeof signed_lines, "%s", rc < 0 ? "" : lines);
    brc_free(lines);
    brc_credentials_free(credentials);
    return rc;
}

static int run_direct(void)
{
    brc_credentials *credentials;
    int rc = brc_credentials_new("AKIDEXAMPLE", SECRET, TOKEN, &credentials);

    return rc < 0 ? rc : sign_and_free(credentials);
}

static int run_chain(void)
{
    brc_credentials *credentials;
    int rc = brc_credentials_new_chain("environment", &credentials);

    return rc < 0 ? rc : sign_and_free(credentials);
}

static int run_callback(void)
{
    brc_credentials *credentials;
    int rc = brc_credentials_new_callback(fetch, NULL, count_destroy, &credentials);

    return rc < 0 ? rc : sign_and_free(credentials);
}

static int run_replaced(void)
{
    brc_credentials *credentials;
    int rc = brc_credentials_new("AKIDEXAMPLE", SECRET, TOKEN, &credentials);

    if (rc < 0)
        return rc;
    rc = brc_credentials_set(credentials, "AKIDEXAMPLE", SECRET SECRET, NULL, 0);
    int signed_rc = sign_and_free(credentials);
    return rc < 0 ? rc : signed_rc;
}

static const struct {
    scenario_fn run;
    int without_keys; /* what a failure may look like besides BRC_E_NOMEM */
    int callbacks;
} scenarios[] = {
    {run_direct, BRC_E_NOMEM, 0},
    {run_chain, BRC_E_NOMEM, 0},
    {run_callback, BRC_E_CREDENTIALS, 1},
    {run_replaced, BRC_E_NOMEM, 0},
};

/* What OpenSSL allocates once for the process and for its error queue is not counted as lost. */
static void warm_up(void)
{
    make_long_lists();
    setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    setenv("AWS_SECRET_ACCESS_KEY", SECRET, 1);
    setenv("AWS_SESSION_TOKEN", TOKEN, 1);
    ck_assert_int_eq(run_direct(), BRC_OK);
    heap_watch(markers);
}

/* A failure may be got over, as by a qsort() that sorts without its copy; the signature is the
 * same. */
START_TEST(survives_every_failure)
{
    char expected[sizeof signed_lines];
    long n = 0, tried, live = heap_live();

    warm_up();
    ck_assert_int_eq(scenarios[_i].run(), BRC_OK);
    memcpy(expected, signed_lines, sizeof expected);
    do {
        destroyed = 0;
        heap_fail(++n, 0);
        int rc = scenarios[_i].run();
        tried = heap_tried();
        heap_fail(0, 0);
        ck_assert(rc == BRC_OK || rc == BRC_E_NOMEM || rc == scenarios[_i].without_keys);
        ck_assert(rc < 0 || strcmp(signed_lines, expected) == 0);
        ck_assert_int_eq(destroyed, scenarios[_i].callbacks);
        ck_assert_int_eq(heap_found(0) + heap_found(1), 0);
        ck_assert_int_eq(heap_live(), live);
    } while (tried >= n);
    ck_assert_int_gt(n, 10);
    printf("# scenario %d: %ld allocations, each failed once\n", _i, n - 1);
}
END_TEST

/* What OpenSSL allocates for the hashes that a signature begins: body, request, and two for HMAC.
 */
static long allocations_of_hashing(void)
{
    unsigned char digest[BRC__SHA256_SIZE];
    struct brc__hasher *hasher;

    ck_assert_int_eq(brc__hasher_new(&hasher), BRC_OK);
    heap_fail(0, 0);
    for (int i = 0; i < 4; i++)
        brc__sha256(hasher, "x", 1, digest);
    long n = heap_tried();
    brc__hasher_free(hasher);
    return n;
}

START_TEST(takes_one_allocation)
{
    const char *few[] = {"Content-Type: application/json"};
    brc_sign_input input = long_input;
    brc_credentials *credentials;
    char *lines;

    input.headers = few;
    input.header_count = 1;
    input.url = "https://example.com/model/arn%3Aaws/converse?a=b";
    ck_assert_int_eq(brc_credentials_new("AKIDEXAMPLE", SECRET, TOKEN, &credentials), BRC_OK);
    ck_assert_int_eq(brc_sign(&input, credentials, &lines), BRC_OK);
    brc_free(lines);
    long for_hashing = allocations_of_hashing();
    heap_fail(0, 0);
    int rc = brc_sign(&input, credentials, &lines);
    long for_signing = heap_tried();
    brc_free(lines);
    ck_assert_int_eq(rc, BRC_OK);
    ck_assert_int_eq(for_signing - for_hashing, 1);
    brc_credentials_free(credentials);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sign_memory");
    TCase *cases = tcase_create("sign_memory");

    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, survives_every_failure, 0, sizeof scenarios / sizeof scenarios[0]);
    tcase_add_test(cases, takes_one_allocation);
    return run(suite);
}
