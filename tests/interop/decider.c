/* Says what the library decides about retries and clocks, a line for each line that it reads:
 *
 *   new MAX                                      a full store for MAX attempts a call
 *   fail REACH CODE STATUS TYPE CORRECTED ATTEMPT CHANCE NOW HEAD     delay and tokens
 *   ok COST                                      tokens
 *   hint NOW HEAD                                milliseconds
 *   date NOW TEXT                                seconds, or `none`
 *   skew NOW TOOK OFFSET SIGNED ERROR HEAD       offset, and whether to try again
 *
 * Numbers are decimal, NOW is in milliseconds; TYPE is - for none; HEAD and TEXT run to the end of
 * the line, and "|" ends a line of a head.
 *
 * SPDX-License-Identifier: MIT
 */
#include <date.h>
#include <retry.h>
#include <skew.h>

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct brc__retries retries;

/* What is left of the line after its numbers. */
static char *text_at(char *line, int offset)
{
    return line + offset + (line[offset] == ' ');
}

static char *head_at(char *line, int offset)
{
    char *head = text_at(line, offset);

    for (char *p = head; *p != '\0'; p++)
        if (*p == '|')
            *p = '\n';
    return head;
}

static bool start(const char *line)
{
    if (strncmp(line, "new ", 4) != 0)
        return false;
    retries = brc__retries_of(strtol(line + 4, NULL, 10), true);
    printf("%d\n", retries.tokens);
    return true;
}

static bool fail(char *line)
{
    char type[64];
    int offset = 0, reach, corrected, cost;
    int64_t attempt, now;
    uint32_t chance;
    struct brc__failure failure;

    if (sscanf(line, "fail %d %d %d %63s %d %" SCNd64 " %" SCNu32 " %" SCNd64 "%n", &reach,
               &failure.code, &failure.status, type, &corrected, &attempt, &chance, &now,
               &offset) != 8)
        return false;
    failure.reach = (enum brc__reach)reach;
    failure.aws_type = strcmp(type, "-") == 0 ? "" : type;
    failure.clock_corrected = corrected != 0;
    int64_t delay_ms = brc__retry_delay(&retries, brc__retry_class(&failure, false), attempt,
                                        chance, brc__retry_hint(head_at(line, offset), now), &cost);
    printf("%" PRId64 " %d\n", delay_ms, retries.tokens);
    return true;
}

static bool succeed(const char *line)
{
    int cost;

    if (sscanf(line, "ok %d", &cost) != 1)
        return false;
    brc__retry_succeeded(&retries, cost);
    printf("%d\n", retries.tokens);
    return true;
}

static bool hint(char *line)
{
    int offset = 0;
    int64_t now;

    if (sscanf(line, "hint %" SCNd64 "%n", &now, &offset) != 1)
        return false;
    printf("%" PRId64 "\n", brc__retry_hint(head_at(line, offset), now));
    return true;
}

static bool date(char *line)
{
    int offset = 0;
    int64_t now, seconds;

    if (sscanf(line, "date %" SCNd64 "%n", &now, &offset) != 1)
        return false;
    const char *text = text_at(line, offset);
    if (brc__http_date(text, strlen(text), now / 1000, &seconds) < 0)
        puts("none");
    else
        printf("%" PRId64 "\n", seconds);
    return true;
}

static bool skew(char *line)
{
    int offset = 0, is_error;
    struct brc__skew skew = {.off = false};
    struct brc__skew_sample sample;

    if (sscanf(line, "skew %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %d%n", &sample.utc_ms,
               &sample.took_ms, &skew.offset_ms, &sample.signed_offset_ms, &is_error, &offset) != 5)
        return false;
    sample.head = head_at(line, offset);
    sample.is_error = is_error != 0;
    bool again = brc__skew_sample(&skew, &sample);
    printf("%" PRId64 " %d\n", skew.offset_ms, again);
    return true;
}

int main(void)
{
    char line[1024];

    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (!start(line) && !fail(line) && !succeed(line) && !hint(line) && !date(line) &&
            !skew(line))
            errx(1, "not understood: %s", line);
    }
    return 0;
}
