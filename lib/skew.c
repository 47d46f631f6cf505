/* SPDX-License-Identifier: MIT */
#include "skew.h"
#include "date.h"
#include "head.h"

#include <string.h>

enum {
    TOOK_MAX_MS = 15 * 60 * 1000,
    WRONG_MS = 240 * 1000,
};

bool brc__skew_sample(struct brc__skew *skew, const struct brc__skew_sample *sample)
{
    size_t n, age_length;
    int64_t seconds;

    if (skew->off)
        return false;
    const char *age = brc__head_value(sample->head, "Age", &age_length);
    const char *date = brc__head_value(sample->head, "Date", &n);
    if (age == NULL && date != NULL && sample->took_ms <= TOOK_MAX_MS &&
        brc__http_date(date, n, sample->utc_ms / 1000, &seconds) == 0)
        skew->offset_ms = seconds * 1000 - sample->utc_ms;
    int64_t wrong_ms = skew->offset_ms - sample->signed_offset_ms;
    return sample->is_error && (wrong_ms >= WRONG_MS || wrong_ms <= -WRONG_MS);
}
