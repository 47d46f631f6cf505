/* Threads that sign with one credentials object while another replaces its keys, or while each of
 * them may have to fetch them. SPDX-License-Identifier: MIT */
#include <bedrockcost/sign.h>
#include "run.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#define SECRET "an-example-of-a-secret"

enum {
    NOW = 1767323045,
    SIGNERS = 3,
    SIGNATURES = 300,
    REPLACEMENTS = 300,
    SETS = 2
};

static const char *const set_ids[SETS] = {"AKIDFIRST", "AKIDSECOND"};
static const char *const set_tokens[SETS] = {"first-token", "second-token"};
static char *expected[SETS];

static const brc_sign_input request = {
    .size = sizeof request,
    .method = "GET",
    .url = "https://bedrock.us-east-1.amazonaws.com/inference-profiles?type=APPLICATION",
    .region = "us-east-1",
    .service = "bedrock",
    .time = NOW,
};

/* Returns NULL if every signature was that of one of the sets, never of a mix. */
static void *sign_many(void *credentials)
{
    for (int i = 0; i < SIGNATURES; i++) {
        char *headers;
        if (brc_sign(&request, credentials, &headers) < 0)
            return credentials;
        bool known = strcmp(headers, expected[0]) == 0 || strcmp(headers, expected[1]) == 0;
        brc_free(headers);
        if (!known)
            return credentials;
    }
    return NULL;
}

static void start(pthread_t signers[SIGNERS], brc_credentials *credentials)
{
    for (int i = 0; i < SIGNERS; i++)
        ck_assert_int_eq(pthread_create(&signers[i], NULL, sign_many, credentials), 0);
}

static void join(const pthread_t signers[SIGNERS])
{
    for (int i = 0; i < SIGNERS; i++) {
        void *wrong;
        ck_assert_int_eq(pthread_join(signers[i], &wrong), 0);
        ck_assert_ptr_null(wrong);
    }
}

static int set(brc_credentials *credentials, int which, int64_t expires_at)
{
    return brc_credentials_set(credentials, set_ids[which], SECRET, set_tokens[which], expires_at);
}

START_TEST(signs_while_keys_are_replaced)
{
    brc_credentials *credentials;
    pthread_t signers[SIGNERS];

    ck_assert_int_eq(brc_credentials_new("AKIDEXAMPLE", SECRET, NULL, &credentials), BRC_OK);
    for (int i = 0; i < SETS; i++) {
        ck_assert_int_eq(set(credentials, i, 0), BRC_OK);
        ck_assert_int_eq(brc_sign(&request, credentials, &expected[i]), BRC_OK);
    }
    ck_assert_str_ne(expected[0], expected[1]);
    start(signers, credentials);
    for (int i = 0; i < REPLACEMENTS; i++)
        ck_assert_int_eq(set(credentials, i % SETS, i % 3 ? NOW + 60 : 0), BRC_OK);
    join(signers);
    for (int i = 0; i < SETS; i++)
        brc_free(expected[i]);
    brc_credentials_free(credentials);
}
END_TEST

static int fetch(brc_credentials *credentials, void *user_data)
{
    (void)user_data;
    return set(credentials, 0, NOW + 1);
}

/* Keys that are always about to end are fetched for every signature, in several threads at once. */
START_TEST(fetches_in_many_threads)
{
    brc_credentials *credentials;
    pthread_t signers[SIGNERS];

    ck_assert_int_eq(brc_credentials_new_callback(fetch, NULL, NULL, &credentials), BRC_OK);
    ck_assert_int_eq(brc_sign(&request, credentials, &expected[0]), BRC_OK);
    expected[1] = expected[0];
    start(signers, credentials);
    join(signers);
    brc_free(expected[0]);
    brc_credentials_free(credentials);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sign_threads");
    TCase *cases = tcase_create("sign_threads");

    suite_add_tcase(suite, cases);
    tcase_add_test(cases, signs_while_keys_are_replaced);
    tcase_add_test(cases, fetches_in_many_threads);
    return run(suite);
}
