/* SPDX-License-Identifier: MIT */
#include "retry.h"
#include "date.h"
#include "head.h"

#include <bedrockcost/usage.h>

#include <string.h>

enum {
    DELAY_MAX_MS = 20 * 1000,
    HINT_BEYOND_MS = 5 * 1000, /* how far a hint moves a delay at most */
    HINT_MAX_MS = 24 * 60 * 60 * 1000,
};

static const struct brc__retry_generation before_2026 = {
    .cost = {[BRC__RETRY_TRANSIENT] = 5, [BRC__RETRY_TIMEOUT] = 10, [BRC__RETRY_THROTTLING] = 5},
    .base_ms = {[BRC__RETRY_TRANSIENT] = 1000,
                [BRC__RETRY_TIMEOUT] = 1000,
                [BRC__RETRY_THROTTLING] = 1000},
    .hints = false,
};

static const struct brc__retry_generation of_2026 = {
    .cost = {[BRC__RETRY_TRANSIENT] = 14, [BRC__RETRY_TIMEOUT] = 14, [BRC__RETRY_THROTTLING] = 5},
    .base_ms =
        {[BRC__RETRY_TRANSIENT] = 50, [BRC__RETRY_TIMEOUT] = 50, [BRC__RETRY_THROTTLING] = 1000},
    .hints = true,
};

struct brc__retries brc__retries_of(int64_t attempts_max, bool since_2026)
{
    return (struct brc__retries){
        .generation = since_2026 ? &of_2026 : &before_2026,
        .attempts_max = attempts_max,
        .tokens = BRC__RETRY_TOKENS,
    };
}

/* ---- whether */

static bool is_one_of(const char *type, const char *const *types, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

static bool is_throttling(int status, const char *aws_type)
{
    static const char *const types[] = {
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

    /* A model that is being loaded has the status of throttling; nobody called too often. */
    if (status == 429)
        return strcmp(aws_type, "ModelNotReadyException") != 0;
    return is_one_of(aws_type, types, sizeof types / sizeof *types);
}

static bool is_transient(int status, const char *aws_type)
{
    static const char *const types[] = {"RequestTimeout", "RequestTimeoutException"};

    switch (status) {
    case 400:
        return is_one_of(aws_type, types, sizeof types / sizeof *types);
    case 429: /* those that are not throttling */
    case 500:
    case 502:
    case 503:
    case 504:
        return true;
    default:
        return false;
    }
}

/* Codes of the network where no answer came whole, of the answer where one did. Whatever else ended
 * an attempt (cancelled, no memory, an answer beyond its ceiling) ends the next one too. */
static bool may_pass(enum brc__reach reach, int code)
{
    switch (code) {
    case BRC_E_PROTOCOL:
        return true;
    case BRC_E_CONNECT:
    case BRC_E_TLS:
    case BRC_E_TIMEOUT:
        return reach != BRC__COMPLETE;
    case BRC_OK:
    case BRC_E_CREDENTIALS:
    case BRC_E_ACCESS_DENIED:
    case BRC_E_THROTTLED:
    case BRC_E_REJECTED:
    case BRC_E_SERVICE:
        return reach == BRC__COMPLETE;
    default:
        return false;
    }
}

enum brc__retry_class brc__retry_class(const struct brc__failure *failure, bool pay_twice)
{
    const enum brc__reach reach = failure->reach;
    const int status = failure->status;
    const bool billed = brc__outcome(reach, status, false) != BRC_OUTCOME_NOT_BILLED;

    if (!may_pass(reach, failure->code) || (billed && !pay_twice))
        return BRC__RETRY_NEVER;
    if (reach == BRC__UNSENT || reach == BRC__SENT)
        return failure->code == BRC_E_TIMEOUT ? BRC__RETRY_TIMEOUT : BRC__RETRY_TRANSIENT;
    if (status == 200 || status == 408 || status == 424) /* a model ran: it would again */
        return BRC__RETRY_NEVER;
    if (is_throttling(status, failure->aws_type))
        return BRC__RETRY_THROTTLING;
    if (failure->code == BRC_E_TIMEOUT)
        return BRC__RETRY_TIMEOUT;
    return billed || failure->clock_corrected || is_transient(status, failure->aws_type)
               ? BRC__RETRY_TRANSIENT
               : BRC__RETRY_NEVER;
}

/* The types that AWS's SDKs take for this. One that may also come of a region that is not enabled
 * (UnrecognizedClientException, InvalidClientTokenId) or of a wrong clock (RequestExpired) is none
 * of them, as others would fare no better. */
bool brc__retry_needs_keys(const struct brc__failure *failure)
{
    static const char *const types[] = {"ExpiredToken", "ExpiredTokenException", "InvalidToken"};

    return failure->reach == BRC__COMPLETE && failure->code == BRC_E_CREDENTIALS &&
           brc__outcome(failure->reach, failure->status, false) == BRC_OUTCOME_NOT_BILLED &&
           is_one_of(failure->aws_type, types, sizeof types / sizeof *types);
}

/* ---- when */

int64_t brc__retry_delay(struct brc__retries *retries, enum brc__retry_class class, int64_t attempt,
                         uint32_t chance, int64_t hint_ms, int *ret_cost)
{
    const struct brc__retry_generation *generation = retries->generation;

    *ret_cost = 0;
    if (class == BRC__RETRY_NEVER || attempt >= retries->attempts_max ||
        retries->tokens < generation->cost[class])
        return -1;
    *ret_cost = generation->cost[class];
    retries->tokens -= *ret_cost;
    int64_t most_ms = generation->base_ms[class];
    for (int64_t i = 1; i < attempt && most_ms < DELAY_MAX_MS; i++)
        most_ms *= 2;
    if (most_ms > DELAY_MAX_MS)
        most_ms = DELAY_MAX_MS;
    int64_t delay_ms = (int64_t)(((uint64_t)most_ms * chance) >> 32);
    if (!generation->hints || hint_ms <= delay_ms)
        return delay_ms;
    return hint_ms < delay_ms + HINT_BEYOND_MS ? hint_ms : delay_ms + HINT_BEYOND_MS;
}

void brc__retry_succeeded(struct brc__retries *retries, int cost)
{
    retries->tokens += cost > 0 ? cost : 1;
    if (retries->tokens > BRC__RETRY_TOKENS)
        retries->tokens = BRC__RETRY_TOKENS;
}

static size_t digits(const char *p, size_t n)
{
    size_t i = 0;

    while (i < n && p[i] >= '0' && p[i] <= '9')
        i++;
    return i;
}

/* Digits, and perhaps a point and more digits, in milliseconds; -1 for anything else. */
static int64_t read_duration(const char *p, size_t n, int64_t unit_ms)
{
    size_t whole = digits(p, n);
    size_t part = whole < n && p[whole] == '.' ? digits(p + whole + 1, n - whole - 1) : 0;
    int64_t ms = 0;

    if (whole == 0 || whole + (part > 0 ? 1 + part : 0) != n)
        return -1;
    for (size_t i = 0; i < whole && ms < HINT_MAX_MS; i++)
        ms = 10 * ms + (p[i] - '0') * unit_ms;
    for (size_t i = whole + 1; i < n; i++) {
        unit_ms /= 10;
        ms += (p[i] - '0') * unit_ms;
    }
    return ms < HINT_MAX_MS ? ms : HINT_MAX_MS;
}

int64_t brc__retry_hint(const char *head, int64_t utc_ms)
{
    size_t n;
    int64_t hint_ms = -1, until;

    const char *value = brc__head_value(head, "x-amz-retry-after", &n);
    if (value != NULL)
        hint_ms = read_duration(value, n, 1);
    if (hint_ms >= 0)
        return hint_ms;
    value = brc__head_value(head, "Retry-After", &n);
    if (value == NULL)
        return -1;
    if (brc__http_date(value, n, utc_ms / 1000, &until) < 0)
        return read_duration(value, n, 1000);
    hint_ms = until * 1000 - utc_ms;
    return hint_ms < 0 ? 0 : hint_ms < HINT_MAX_MS ? hint_ms : HINT_MAX_MS;
}
