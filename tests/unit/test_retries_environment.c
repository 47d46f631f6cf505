/* What else decides about retries: the service's clock, and the environment.
 * SPDX-License-Identifier: MIT */
#include "retry_steps.h"
#include "run.h"

#include <clock.h>

#include <time.h>

/* ---- clocks */

/* "Date: …" of this machine's time, put forward. */
static void date_line(char *to, size_t size, int64_t forward_s)
{
    time_t now = brc__clock_utc_ms() / 1000 + forward_s;
    struct tm parts;

    strftime(to, size, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", gmtime_r(&now, &parts));
}

static int64_t seconds_of(const char *amz_date)
{
    struct tm parts = {0};

    ck_assert_ptr_nonnull(strptime(amz_date, "%Y%m%dT%H%M%SZ", &parts));
    return timegm(&parts);
}

START_TEST(wrong_clock_is_corrected)
{
    enum {
        HOUR = 3600
    };
    char date[128], *refused;

    date_line(date, sizeof date, HOUR);
    strcat(date, "x-amzn-ErrorType: InvalidSignatureException\r\n");
    refused = server_answer("403 Forbidden", date, "{\"message\":\"Signature expired\"}");
    const struct server_reply replies[] = {{.bytes = refused}, {.bytes = f.answer}};
    script(replies, 2);
    if (_i == 1)
        renew_client("AWS_DISABLE_CLOCK_SKEW_CORRECTION", "true");
    ck_assert_int_eq(run_call(), _i == 0 ? 0 : BRC_E_CREDENTIALS);
    if (_i == 0) {
        int64_t apart = seconds_of(requests[1].date) - seconds_of(requests[0].date);
        ck_assert_int_ge(apart, HOUR - 5);
        ck_assert_int_le(apart, HOUR + 30);
    }
    free(refused);
}
END_TEST

/* ---- the environment */

START_TEST(environment_is_read)
{
    script(&(struct server_reply){.bytes = FAILED}, 1);
    renew_client("AWS_MAX_ATTEMPTS", "5");
    ck_assert_int_eq(run_call(), BRC_E_SERVICE);
    ck_assert_uint_eq(server_requests(f.server), 5);
}
END_TEST

static int warned;
static char warning[256];

static void on_warning(int level, const char *text, void *user_data)
{
    (void)user_data;
    if (level != BRC_LOG_WARNING || strncmp(text, "retries:", strlen("retries:")) != 0)
        return;
    warned++;
    snprintf(warning, sizeof warning, "%s", text);
}

static const struct {
    const char *mode, *says; /* NULL: nothing */
} modes[] = {
    {"standard", NULL},
    {"legacy", "retries: AWS_RETRY_MODE: legacy is served as standard: "},
    {"adaptive", "retries: AWS_RETRY_MODE: adaptive is served as standard: "},
};

/* Once, and calls are attempted as ever. */
START_TEST(other_modes_are_told_of)
{
    const char *says = modes[_i].says;

    script(&(struct server_reply){.bytes = f.answer}, 1);
    renew_client("AWS_RETRY_MODE", modes[_i].mode);
    warned = 0;
    ck_assert_int_eq(brc_client_set_log(f.client, BRC_LOG_WARNING, on_warning, NULL, NULL), 0);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_int_eq(warned, says == NULL ? 0 : 1);
    ck_assert(says == NULL || strncmp(warning, says, strlen(says)) == 0);
}
END_TEST

static const char *const bad[][2] = {
    {"AWS_MAX_ATTEMPTS", "0"},
    {"AWS_MAX_ATTEMPTS", "many"},
    {"AWS_NEW_RETRIES_2026", "maybe"},
    {"AWS_RETRY_MODE", "fast"},
    {"AWS_DISABLE_CLOCK_SKEW_CORRECTION", "1"},
};

START_TEST(bad_environment_is_named)
{
    renew_client(bad[_i][0], bad[_i][1]);
    ck_assert_int_eq(run_call(), BRC_E_INVALID);
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), bad[_i][0]));
    ck_assert_uint_eq(server_connections(f.server), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("retries_environment");
    TCase *tests = tcase_create("retries_environment");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, wrong_clock_is_corrected, 0, 2);
    tcase_add_test(tests, environment_is_read);
    tcase_add_loop_test(tests, other_modes_are_told_of, 0, sizeof modes / sizeof *modes);
    tcase_add_loop_test(tests, bad_environment_is_named, 0, sizeof bad / sizeof *bad);
    suite_add_tcase(suite, tests);
    return run(suite);
}
