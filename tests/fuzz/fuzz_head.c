/* Any bytes as the head of an answer: its headers looked up, the hint in it, the date in it; and as
 * a date alone.
 * SPDX-License-Identifier: MIT */
#include <date.h>
#include <head.h>
#include <memory.h>
#include <retry.h>
#include <skew.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW_MS INT64_C(1785585600250) /* Sat, 01 Aug 2026 12:00:00.250 GMT */

static void must(bool truth)
{
    if (!truth)
        abort();
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A value is a piece of one line, without blanks around it. */
static void look_up(const char *head, const char *name)
{
    size_t n;
    const char *value = brc__head_value(head, name, &n);

    if (value == NULL) {
        must(n == 0);
        return;
    }
    must(value > head && value + n <= head + strlen(head));
    must(memchr(value, '\r', n) == NULL && memchr(value, '\n', n) == NULL);
    must(n == 0 || (!is_blank(value[0]) && !is_blank(value[n - 1])));
}

/* What is read as a date is a second of the calendar: written anew, it is read as the same. */
static void read_date(const char *text, size_t n)
{
    char again[64];
    struct tm tm;
    int64_t seconds, same;

    int rc = brc__http_date(text, n, NOW_MS / 1000, &seconds);
    must(rc == 0 || (rc == BRC_E_INVALID && seconds == 0));
    if (rc < 0)
        return;
    time_t moment = (time_t)seconds;
    must(gmtime_r(&moment, &tm) != NULL);
    if (tm.tm_year + 1900 > 9999) /* the leap second at the end of 9999 */
        return;
    size_t length = strftime(again, sizeof again, "%a, %d %b ", &tm);
    snprintf(again + length, sizeof again - length, "%04d %02d:%02d:%02d GMT", tm.tm_year + 1900,
             tm.tm_hour, tm.tm_min, tm.tm_sec);
    must(brc__http_date(again, strlen(again), NOW_MS / 1000, &same) == 0 && same == seconds);
}

static void sample(const char *head, bool is_error)
{
    struct brc__skew skew = {.offset_ms = 77};
    struct brc__skew_sample of = {.head = head, .utc_ms = NOW_MS, .is_error = is_error};
    size_t n;
    int64_t seconds;

    bool again = brc__skew_sample(&skew, &of);
    must(again == (is_error && (skew.offset_ms >= 240000 || skew.offset_ms <= -240000)));
    const char *date = brc__head_value(head, "Date", &n);
    bool counts = date != NULL && brc__head_value(head, "Age", &(size_t){0}) == NULL &&
                  brc__http_date(date, n, NOW_MS / 1000, &seconds) == 0;
    must(skew.offset_ms == (counts ? seconds * 1000 - NOW_MS : 77));
}

static void wait_as_asked(const char *head)
{
    struct brc__retries retries = brc__retries_of(BRC__ATTEMPTS_DEFAULT, true);
    int cost;
    int64_t hint_ms = brc__retry_hint(head, NOW_MS);

    must(hint_ms >= -1 && hint_ms <= INT64_C(86400000));
    int64_t ms =
        brc__retry_delay(&retries, BRC__RETRY_THROTTLING, 1, UINT32_C(1) << 31, hint_ms, &cost);
    must(ms >= 500 && ms <= 5500 && (ms == 500 || ms == 5500 || ms == hint_ms));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {
        "Date", "Age", "Retry-After", "x-amz-retry-after", "", "HTTP/1.1 200 OK"};
    brc__auto_free char *head = brc__strndup((const char *)data, size);

    must(head != NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        look_up(head, names[i]);
    read_date((const char *)data, size);
    sample(head, true);
    sample(head, false);
    wait_as_asked(head);
    return 0;
}
