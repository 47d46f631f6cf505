/* Planning and memory: for every n the n-th allocation fails, OpenSSL's included; no freed block
 * holds a secret.
 * SPDX-License-Identifier: MIT */
#include "heap.h"
#include "planned.h"
#include "run.h"

#include <private_file.h>
#include <profile_settings.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SECRET "marker-0123456789"

static const char *const markers[] = {"marker-0123", NULL};
static char path[] = "/tmp/plan_memory.XXXXXX";

static const struct {
    const char *variables, *config, *credentials;
} scenarios[] = {
    {"AWS_ACCESS_KEY_ID=a\nAWS_SECRET_ACCESS_KEY=" SECRET "\nAWS_SESSION_TOKEN=" SECRET "\n", NULL,
     NULL},
    {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x\nAWS_CONTAINER_AUTHORIZATION_TOKEN=" SECRET "\n",
     "[default]\nrole_arn=a\nsource_profile=b\n[profile b]\nrole_arn=c\nexternal_id=" SECRET "\n"
     "source_profile=d\n[profile d]\ncredential_process=" SECRET "\n --token=" SECRET "\n",
     "[default]\naws_access_key_id=a\naws_secret_access_key=" SECRET "\naws_session_token=" SECRET},
    {"HOME=/h\nAWS_PROFILE=default\n",
     "[default]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\nlogin_session=x\n"
     "[sso-session s]\nsso_region=q\nsso_start_url=u",
     "[default]\naws_access_key_id=a\naws_session_token=" SECRET},
    {"AWS_PROFILE=none\n", "[default]\naws_secret_access_key=" SECRET "\n" SECRET,
     "[a]\naws_secret_access_key=" SECRET "\n[b\n"},
};

static bool tells_secret; /* a reason does */

/* The whole way, told as one text. Returns the first failure. No assertion of Check's in here: they
 * allocate. */
static int run_scenario(int i, char *told, size_t size)
{
    struct brc__environment environment = environment_of(scenarios[i].variables);
    struct brc__profile_settings settings;
    struct brc__plans *plans = NULL;
    struct brc__profiles profiles;
    struct brc__error error;

    *told = '\0';
    int rc = profiles_of(&environment, scenarios[i].config, scenarios[i].credentials, &profiles);
    if (rc == BRC_OK) {
        brc__profile_settings_read(&environment, &profiles, &settings, &error);
        rc = brc__plans_new(&environment, &profiles, NULL, &plans);
    }
    for (size_t n = 0; plans != NULL && n < plans->count; n++) {
        describe_plan(&plans->at[n], told + strlen(told), size - strlen(told));
        if (plans->at[n].state != BRC__PLAN_READY && strstr(plans->at[n].reason, "marker"))
            tells_secret = true;
    }
    brc__plans_free(plans);
    brc__profiles_destroy(&profiles);
    return rc;
}

START_TEST(planning_survives_every_failure)
{
    char expected[8000], told[sizeof expected];
    long n = 0, tried;

    ck_assert_int_eq(run_scenario(_i, expected, sizeof expected), BRC_OK);
    heap_watch(markers);
    long live = heap_live();
    do {
        heap_fail(++n, 0);
        int rc = run_scenario(_i, told, sizeof told);
        tried = heap_tried();
        heap_fail(0, 0);
        ck_assert(rc == BRC_OK || rc == BRC_E_NOMEM);
        ck_assert(rc < 0 || strcmp(told, expected) == 0);
        ck_assert(!tells_secret);
        ck_assert_int_eq(heap_found(0) + heap_found(1), 0);
        ck_assert_int_eq(heap_live(), live);
    } while (tried >= n);
    ck_assert_int_gt(n, 10);
    printf("# scenario %d: %ld allocations, each failed once\n", _i, n - 1);
}
END_TEST

static void write_secrets(void)
{
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(write(fd, SECRET, strlen(SECRET)), strlen(SECRET));
    close(fd);
}

static void remove_secrets(void)
{
    unlink(path);
}

/* Within the ceiling, and beyond it. */
static const size_t ceilings[] = {100000, 10000};

START_TEST(reading_survives_every_failure)
{
    long n = 0, tried, live = heap_live();

    heap_watch(markers);
    do {
        struct brc__buf text = BRC__SECRET_BUF(ceilings[_i]);
        const char *problem;
        bool open_to_others;

        heap_fail(++n, 0);
        int rc = brc__private_file_read(path, &text, &open_to_others, &problem);
        tried = heap_tried();
        heap_fail(0, 0);
        ck_assert_int_eq(rc, tried >= n ? BRC_E_NOMEM : BRC_OK);
        ck_assert(rc < 0 || (problem != NULL) == (ceilings[_i] < 17000));
        ck_assert_uint_eq(text.length, rc == 0 && problem == NULL ? 17000 : 0);
        brc__buf_free(&text);
        ck_assert_int_eq(heap_found(0) + heap_found(1), 0);
        ck_assert_int_eq(heap_live(), live);
    } while (tried >= n);
    ck_assert_int_gt(n, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plan_memory");
    TCase *cases = tcase_create("plan_memory");

    suite_add_tcase(suite, cases);
    tcase_add_unchecked_fixture(cases, write_secrets, remove_secrets);
    tcase_add_loop_test(cases, planning_survives_every_failure, 0,
                        sizeof scenarios / sizeof scenarios[0]);
    tcase_add_loop_test(cases, reading_survives_every_failure, 0,
                        sizeof ceilings / sizeof ceilings[0]);
    return run(suite);
}
