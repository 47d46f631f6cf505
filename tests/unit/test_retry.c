/* Trying again: whether, when, at what price; the numbers of both generations.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <retry.h>

#include <bedrockcost/usage.h>

#include <stdio.h>
#include <string.h>

#define CHANCE_MAX UINT32_MAX
#define DAY_MS     INT64_C(86400000)

/* ---- whether */

#define NEVER      BRC__RETRY_NEVER
#define TRANSIENT  BRC__RETRY_TRANSIENT
#define TIMEOUT    BRC__RETRY_TIMEOUT
#define THROTTLING BRC__RETRY_THROTTLING

static const struct {
    struct brc__failure failure;
    enum brc__retry_class once, twice; /* without and with pay_twice */
} failures[] = {
    {{BRC__UNSENT, BRC_E_CONNECT, 0, "", false}, TRANSIENT, TRANSIENT},
    {{BRC__UNSENT, BRC_E_TLS, 0, "", false}, TRANSIENT, TRANSIENT},
    {{BRC__UNSENT, BRC_E_PROTOCOL, 0, "", false}, TRANSIENT, TRANSIENT},
    {{BRC__UNSENT, BRC_E_TIMEOUT, 0, "", false}, TIMEOUT, TIMEOUT},
    {{BRC__UNSENT, BRC_E_CANCELED, 0, "", false}, NEVER, NEVER},
    {{BRC__UNSENT, BRC_E_NOMEM, 0, "", false}, NEVER, NEVER},
    {{BRC__UNSENT, BRC_E_INVALID, 0, "", false}, NEVER, NEVER},
    {{BRC__UNSENT, BRC_E_TOO_LARGE, 0, "", false}, NEVER, NEVER},
    {{BRC__UNSENT, BRC_E_CREDENTIALS, 0, "", false}, NEVER, NEVER},
    {{BRC__UNSENT, BRC_E_BUDGET, 0, "", false}, NEVER, NEVER},
    {{BRC__SENT, BRC_E_CONNECT, 0, "", false}, NEVER, TRANSIENT},
    {{BRC__SENT, BRC_E_PROTOCOL, 0, "", false}, NEVER, TRANSIENT},
    {{BRC__SENT, BRC_E_TIMEOUT, 0, "", false}, NEVER, TIMEOUT},
    {{BRC__SENT, BRC_E_CANCELED, 0, "", false}, NEVER, NEVER},
    {{BRC__SENT, BRC_E_NOMEM, 0, "", false}, NEVER, NEVER},
    {{BRC__CUT, BRC_E_PROTOCOL, 200, "", false}, NEVER, NEVER},
    {{BRC__CUT, BRC_E_TIMEOUT, 200, "", true}, NEVER, NEVER},
    {{BRC__CUT, BRC_E_PROTOCOL, 408, "", false}, NEVER, NEVER},
    {{BRC__CUT, BRC_E_PROTOCOL, 424, "", false}, NEVER, NEVER},
    {{BRC__CUT, BRC_E_PROTOCOL, 503, "", false}, NEVER, TRANSIENT},
    {{BRC__CUT, BRC_E_TIMEOUT, 503, "", false}, NEVER, TIMEOUT},
    {{BRC__CUT, BRC_E_PROTOCOL, 429, "", false}, NEVER, THROTTLING},
    {{BRC__CUT, BRC_E_PROTOCOL, 400, "", false}, NEVER, TRANSIENT},
    {{BRC__CUT, BRC_E_PROTOCOL, 307, "", false}, NEVER, TRANSIENT},
    {{BRC__CUT, BRC_E_TOO_LARGE, 503, "", false}, NEVER, NEVER},
    {{BRC__CUT, BRC_E_CANCELED, 503, "", false}, NEVER, NEVER},
    /* complete */
    {{BRC__COMPLETE, BRC_OK, 200, "", false}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_PROTOCOL, 200, "", true}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_PROTOCOL, 200, "ThrottlingException", false}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_PROTOCOL, 204, "", false}, NEVER, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_PROTOCOL, 307, "", false}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_THROTTLED, 429, "", false}, THROTTLING, THROTTLING},
    {{BRC__COMPLETE, BRC_OK, 429, "ThrottlingException", false}, THROTTLING, THROTTLING},
    {{BRC__COMPLETE, BRC_E_THROTTLED, 429, "ServiceQuotaExceeded", true}, THROTTLING, THROTTLING},
    {{BRC__COMPLETE, BRC_E_SERVICE, 429, "ModelNotReadyException", false}, TRANSIENT, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_REJECTED, 400, "ThrottlingException", false}, THROTTLING, THROTTLING},
    {{BRC__COMPLETE, BRC_E_REJECTED, 400, "ThrottlingExceptions", false}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_SERVICE, 503, "SlowDown", false}, THROTTLING, THROTTLING},
    {{BRC__COMPLETE, BRC_E_SERVICE, 529, "SlowDown", false}, NEVER, THROTTLING},
    {{BRC__COMPLETE, BRC_E_REJECTED, 400, "RequestTimeout", false}, TRANSIENT, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_REJECTED, 400, "RequestTimeoutException", false}, TRANSIENT, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_REJECTED, 404, "RequestTimeout", false}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_SERVICE, 408, "ModelTimeoutException", false}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_SERVICE, 408, "RequestTimeout", false}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_SERVICE, 408, "ThrottlingException", true}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_SERVICE, 424, "ModelErrorException", false}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_SERVICE, 424, "ThrottlingException", true}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_SERVICE, 500, "InternalServerException", false}, TRANSIENT, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_SERVICE, 502, "", false}, TRANSIENT, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_SERVICE, 503, "", false}, TRANSIENT, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_SERVICE, 504, "", false}, TRANSIENT, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_SERVICE, 501, "", false}, NEVER, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_SERVICE, 501, "", true}, NEVER, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_PROTOCOL, 600, "", false}, NEVER, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_PROTOCOL, 100, "", false}, NEVER, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_REJECTED, 400, "ValidationException", false}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_REJECTED, 404, "ResourceNotFoundException", false}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_ACCESS_DENIED, 403, "AccessDeniedException", false}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_CREDENTIALS, 403, "SignatureDoesNotMatch", false}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_CREDENTIALS, 403, "SignatureDoesNotMatch", true}, TRANSIENT, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_ACCESS_DENIED, 403, "", true}, TRANSIENT, TRANSIENT},
    {{BRC__COMPLETE, BRC_E_CANCELED, 503, "", false}, NEVER, NEVER},
    {{BRC__COMPLETE, BRC_E_NOMEM, 503, "", true}, NEVER, NEVER},
};

START_TEST(class_of_a_failure)
{
    ck_assert_int_eq(brc__retry_class(&failures[_i].failure, false), failures[_i].once);
    ck_assert_int_eq(brc__retry_class(&failures[_i].failure, true), failures[_i].twice);
}
END_TEST

static const char *const throttling_types[] = {
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
};

START_TEST(types_of_throttling)
{
    struct brc__failure failure = {
        BRC__COMPLETE, BRC_E_REJECTED, 400, throttling_types[_i], false,
    };

    ck_assert_int_eq(brc__retry_class(&failure, false), THROTTLING);
}
END_TEST

static const struct {
    enum brc__reach reach;
    int code, status;
    const char *type;
    bool needs;
} refusals[] = {
    {BRC__COMPLETE, BRC_E_CREDENTIALS, 403, "ExpiredTokenException", true},
    {BRC__COMPLETE, BRC_E_CREDENTIALS, 400, "ExpiredToken", true},
    {BRC__COMPLETE, BRC_E_CREDENTIALS, 401, "InvalidToken", true},
    {BRC__COMPLETE, BRC_E_CREDENTIALS, 200, "ExpiredToken", false},
    {BRC__COMPLETE, BRC_E_REJECTED, 400, "ExpiredToken", false},
    {BRC__CUT, BRC_E_CREDENTIALS, 403, "ExpiredToken", false},
    {BRC__COMPLETE, BRC_E_CREDENTIALS, 403, "UnrecognizedClientException", false},
    {BRC__COMPLETE, BRC_E_CREDENTIALS, 403, "InvalidClientTokenId", false},
    {BRC__COMPLETE, BRC_E_CREDENTIALS, 403, "RequestExpired", false},
    {BRC__COMPLETE, BRC_E_CREDENTIALS, 403, "InvalidSignatureException", false},
    {BRC__COMPLETE, BRC_E_ACCESS_DENIED, 403, "AccessDeniedException", false},
    {BRC__COMPLETE, BRC_E_CREDENTIALS, 403, "", false},
};

START_TEST(keys_that_have_ended)
{
    struct brc__failure failure = {refusals[_i].reach, refusals[_i].code, refusals[_i].status,
                                   refusals[_i].type, false};

    ck_assert(brc__retry_needs_keys(&failure) == refusals[_i].needs);
    ck_assert_int_eq(brc__retry_class(&failure, false), NEVER);
}
END_TEST

/* Every reach, status, code, and a type of each kind: nothing that may have been billed is tried
 * again unasked, and nothing at all after a model ran, or after a code that says stop. */
START_TEST(nothing_is_paid_twice_unasked)
{
    static const char *const types[] = {"", "ThrottlingException", "RequestTimeout",
                                        "ModelNotReadyException", "SignatureDoesNotMatch"};
    struct brc__failure f = {.reach = (enum brc__reach)(_i / 2), .clock_corrected = _i % 2 != 0};

    for (f.code = 0; f.code >= BRC_E_UNRECORDED; f.code--) {
        bool stop = f.code == BRC_E_CANCELED || f.code == BRC_E_NOMEM || f.code == BRC_E_INVALID ||
                    f.code == BRC_E_TOO_LARGE;
        for (f.status = 0; f.status < 1000; f.status++) {
            bool ran =
                f.reach >= BRC__CUT && (f.status == 200 || f.status == 408 || f.status == 424);
            for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
                f.aws_type = types[i];
                enum brc__retry_class once = brc__retry_class(&f, false);
                enum brc__retry_class twice = brc__retry_class(&f, true);
                bool free = brc__outcome(f.reach, f.status, false) == BRC_OUTCOME_NOT_BILLED &&
                            brc__outcome(f.reach, f.status, true) == BRC_OUTCOME_NOT_BILLED;
                if ((once != NEVER && !free) || ((stop || ran) && twice != NEVER) ||
                    (free && once != twice) || (once != NEVER && once != twice))
                    ck_abort_msg("reach %d, code %d, status %d, type %s", (int)f.reach, f.code,
                                 f.status, types[i]);
            }
        }
    }
}
END_TEST

/* ---- when */

static const struct {
    bool since_2026;
    enum brc__retry_class class;
    int64_t attempt;
    int64_t most_ms; /* chance times this is the delay */
    int cost;
} delays[] = {
    {false, TRANSIENT, 1, 1000, 5},   {false, TRANSIENT, 2, 2000, 5},
    {false, TRANSIENT, 5, 16000, 5},  {false, TRANSIENT, 6, 20000, 5},
    {false, TIMEOUT, 1, 1000, 10},    {false, TIMEOUT, 99, 20000, 10},
    {false, THROTTLING, 1, 1000, 5},  {false, THROTTLING, 4, 8000, 5},
    {true, TRANSIENT, 1, 50, 14},     {true, TRANSIENT, 2, 100, 14},
    {true, TRANSIENT, 9, 12800, 14},  {true, TRANSIENT, 10, 20000, 14},
    {true, TRANSIENT, 99, 20000, 14}, {true, TIMEOUT, 1, 50, 14},
    {true, TIMEOUT, 3, 200, 14},      {true, THROTTLING, 1, 1000, 5},
    {true, THROTTLING, 2, 2000, 5},   {true, THROTTLING, 5, 16000, 5},
    {true, THROTTLING, 6, 20000, 5},  {true, THROTTLING, 64, 20000, 5},
    {true, THROTTLING, 65, 20000, 5}, {true, THROTTLING, 99, 20000, 5},
};

START_TEST(delay_and_cost)
{
    static const struct {
        uint32_t chance;
        int64_t parts; /* of four; the most is never reached */
    } chances[] = {{0, 0}, {UINT32_C(1) << 30, 1}, {UINT32_C(1) << 31, 2}, {CHANCE_MAX, 4}};

    for (size_t i = 0; i < sizeof chances / sizeof *chances; i++) {
        struct brc__retries retries = brc__retries_of(100, delays[_i].since_2026);
        int cost = -1;
        int64_t ms = brc__retry_delay(&retries, delays[_i].class, delays[_i].attempt,
                                      chances[i].chance, -1, &cost);
        ck_assert_int_eq(ms, delays[_i].most_ms * chances[i].parts / 4 - (chances[i].parts == 4));
        ck_assert_int_eq(cost, delays[_i].cost);
        ck_assert_int_eq(retries.tokens, 500 - cost);
    }
}
END_TEST

START_TEST(attempts_are_counted)
{
    static const struct {
        int64_t max;
        int64_t attempt;
        bool more;
    } rows[] = {
        {3, 1, true},  {3, 2, true},    {3, 3, false},     {3, 4, false},
        {1, 1, false}, {100, 99, true}, {100, 100, false}, {100, INT64_MAX, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct brc__retries retries = brc__retries_of(rows[i].max, true);
        int cost = 99;
        int64_t ms = brc__retry_delay(&retries, TRANSIENT, rows[i].attempt, 0, -1, &cost);
        ck_assert_int_eq(ms, rows[i].more ? 0 : -1);
        ck_assert_int_eq(cost, rows[i].more ? 14 : 0);
        ck_assert_int_eq(retries.tokens, 500 - cost);
    }
}
END_TEST

START_TEST(never_takes_nothing)
{
    struct brc__retries retries = brc__retries_of(3, true);
    int cost = 99;

    ck_assert_int_eq(brc__retry_delay(&retries, NEVER, 1, CHANCE_MAX, 100, &cost), -1);
    ck_assert_int_eq(cost, 0);
    ck_assert_int_eq(retries.tokens, 500);
}
END_TEST

static const struct {
    bool since_2026;
    enum brc__retry_class class;
    int times, left;
} stores[] = {
    {true, TRANSIENT, 35, 10},  {true, TIMEOUT, 35, 10}, {true, THROTTLING, 100, 0},
    {false, TRANSIENT, 100, 0}, {false, TIMEOUT, 50, 0}, {false, THROTTLING, 100, 0},
};

START_TEST(the_store_runs_empty_and_fills)
{
    struct brc__retries retries = brc__retries_of(3, stores[_i].since_2026);
    int cost, last_cost = 0, times = 0;

    while (brc__retry_delay(&retries, stores[_i].class, 1, 0, -1, &cost) >= 0) {
        last_cost = cost;
        times++;
    }
    ck_assert_int_eq(times, stores[_i].times);
    ck_assert_int_eq(retries.tokens, stores[_i].left);
    ck_assert_int_eq(cost, 0);
    brc__retry_succeeded(&retries, last_cost);
    ck_assert_int_eq(retries.tokens, stores[_i].left + last_cost);
    ck_assert_int_ge(brc__retry_delay(&retries, stores[_i].class, 1, 0, -1, &cost), 0);
    ck_assert_int_eq(brc__retry_delay(&retries, stores[_i].class, 1, 0, -1, &cost), -1);
    for (int i = 1; i <= 600; i++) {
        brc__retry_succeeded(&retries, 0);
        ck_assert_int_eq(retries.tokens, stores[_i].left + i < 500 ? stores[_i].left + i : 500);
    }
    retries.tokens = 490;
    brc__retry_succeeded(&retries, 14);
    ck_assert_int_eq(retries.tokens, 500);
}
END_TEST

START_TEST(what_is_left_buys_a_cheaper_retry)
{
    struct brc__retries retries = brc__retries_of(3, true);
    int cost;

    retries.tokens = 13;
    ck_assert_int_eq(brc__retry_delay(&retries, TRANSIENT, 1, 0, -1, &cost), -1);
    ck_assert_int_eq(retries.tokens, 13);
    ck_assert_int_eq(brc__retry_delay(&retries, THROTTLING, 1, 0, -1, &cost), 0);
    ck_assert_int_eq(retries.tokens, 8);
}
END_TEST

/* With half a chance a second throttling waits 1000 ms by itself, and a second timeout 50 ms. */
static const struct {
    bool since_2026;
    enum brc__retry_class class;
    int64_t hint_ms, delay_ms;
} hinted[] = {
    {true, THROTTLING, -1, 1000},     {true, THROTTLING, 0, 1000},
    {true, THROTTLING, 999, 1000},    {true, THROTTLING, 1000, 1000},
    {true, THROTTLING, 1001, 1001},   {true, THROTTLING, 5999, 5999},
    {true, THROTTLING, 6000, 6000},   {true, THROTTLING, 6001, 6000},
    {true, THROTTLING, DAY_MS, 6000}, {true, THROTTLING, INT64_MAX, 6000},
    {true, TIMEOUT, 0, 50},           {true, TIMEOUT, 51, 51},
    {true, TRANSIENT, 5051, 5050},    {false, THROTTLING, 5000, 1000},
    {false, TRANSIENT, DAY_MS, 1000},
};

START_TEST(a_hint_moves_the_delay)
{
    struct brc__retries retries = brc__retries_of(3, hinted[_i].since_2026);
    int cost;

    ck_assert_int_eq(brc__retry_delay(&retries, hinted[_i].class, 2, UINT32_C(1) << 31,
                                      hinted[_i].hint_ms, &cost),
                     hinted[_i].delay_ms);
}
END_TEST

/* ---- hints */

#define NOW_MS INT64_C(1785585600250) /* Sat, 01 Aug 2026 12:00:00.250 GMT */

static const struct {
    const char *lines;
    int64_t ms;
} heads[] = {
    {"", -1},
    {"Date: Sat, 01 Aug 2026 12:00:00 GMT\r\n", -1},
    {"x-amz-retry-after: 1500\r\n", 1500},
    {"X-Amz-Retry-After:0\r\n", 0},
    {"x-amz-retry-after: 12.9\r\n", 12},
    {"x-amz-retry-after: 86400000\r\n", DAY_MS},
    {"x-amz-retry-after: 86400001\r\n", DAY_MS},
    {"x-amz-retry-after: 99999999999999999999999999\r\n", DAY_MS},
    {"x-amz-retry-after: -1\r\n", -1},
    {"x-amz-retry-after: +1\r\n", -1},
    {"x-amz-retry-after: 1e3\r\n", -1},
    {"x-amz-retry-after: 0x10\r\n", -1},
    {"x-amz-retry-after: 5 s\r\n", -1},
    {"x-amz-retry-after: soon\r\n", -1},
    {"x-amz-retry-after:\r\n", -1},
    {"x-amz-retry-after: Sat, 01 Aug 2026 12:00:10 GMT\r\n", -1},
    {"Retry-After: 3\r\n", 3000},
    {"retry-after: \t 3 \r\n", 3000},
    {"Retry-After: 0\r\n", 0},
    {"Retry-After: 0.5\r\n", 500},
    {"Retry-After: 1.0019\r\n", 1001},
    {"Retry-After: 2.000999999999999999999999\r\n", 2000},
    {"Retry-After: 86401\r\n", DAY_MS},
    {"Retry-After: 86399.9999\r\n", DAY_MS - 1},
    {"Retry-After: 18446744073709551616\r\n", DAY_MS},
    {"Retry-After: .5\r\n", -1},
    {"Retry-After: 5.\r\n", -1},
    {"Retry-After: 5.5.5\r\n", -1},
    {"Retry-After: 5,5\r\n", -1},
    {"Retry-After: -5\r\n", -1},
    {"Retry-After: .\r\n", -1},
    {"Retry-After: \r\n", -1},
    {"Retry-After: tomorrow\r\n", -1},
    {"Retry-After: Sat, 01 Aug 2026 12:00:10 GMT\r\n", 9750},
    {"Retry-After: Saturday, 01-Aug-26 12:00:10 GMT\r\n", 9750},
    {"Retry-After: Sat Aug  1 12:00:10 2026\r\n", 9750},
    {"Retry-After: Sat, 01 Aug 2026 12:00:00 GMT\r\n", 0},
    {"Retry-After: Thu, 01 Jan 1970 00:00:00 GMT\r\n", 0},
    {"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", DAY_MS},
    {"Retry-After: Sat, 32 Aug 2026 12:00:10 GMT\r\n", -1},
    {"Retry-After: 7\r\nx-amz-retry-after: 20\r\n", 20},
    {"Retry-After: 7\r\nx-amz-retry-after: soon\r\n", 7000},
    {"Retry-After: 7\r\nRetry-After: 8\r\n", 7000},
    {"X-Retry-After: 7\r\n", -1},
};

START_TEST(hint_of_a_head)
{
    char head[200];

    snprintf(head, sizeof head, "HTTP/1.1 503 Slow Down\r\n%s\r\n", heads[_i].lines);
    ck_assert_msg(brc__retry_hint(head, NOW_MS) == heads[_i].ms, "%s", heads[_i].lines);
}
END_TEST

START_TEST(no_head_no_hint)
{
    ck_assert_int_eq(brc__retry_hint("", NOW_MS), -1);
}
END_TEST

#define ROWS(table) (sizeof(table) / sizeof *(table))

int main(void)
{
    Suite *suite = suite_create("retry");
    TCase *tests = tcase_create("retry");

    tcase_add_loop_test(tests, class_of_a_failure, 0, ROWS(failures));
    tcase_add_loop_test(tests, keys_that_have_ended, 0, sizeof refusals / sizeof *refusals);
    tcase_add_loop_test(tests, types_of_throttling, 0, ROWS(throttling_types));
    tcase_add_loop_test(tests, nothing_is_paid_twice_unasked, 0, 2 * (BRC__COMPLETE + 1));
    tcase_add_loop_test(tests, delay_and_cost, 0, ROWS(delays));
    tcase_add_test(tests, attempts_are_counted);
    tcase_add_test(tests, never_takes_nothing);
    tcase_add_loop_test(tests, the_store_runs_empty_and_fills, 0, ROWS(stores));
    tcase_add_test(tests, what_is_left_buys_a_cheaper_retry);
    tcase_add_loop_test(tests, a_hint_moves_the_delay, 0, ROWS(hinted));
    tcase_add_loop_test(tests, hint_of_a_head, 0, ROWS(heads));
    tcase_add_test(tests, no_head_no_hint);
    suite_add_tcase(suite, tests);
    return run(suite);
}
