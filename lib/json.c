/* SPDX-License-Identifier: MIT */
#include "json.h"
#include "json_strict.h"
#include "json_text.h"

int brc__json_check(const char *text, size_t n, const char *what, struct brc__error *error)
{
    struct brc__json_fault found;
    int rc = brc__json_strict(text, n, BRC__JSON_DEEPEST, error == NULL ? NULL : &found);

    if (rc == 0 || error == NULL)
        return rc;
    if (rc != BRC_E_INVALID)
        return brc__error_set(error, rc, "%s", brc_strerror(rc));
    return brc__error_set(error, rc, "%s is not acceptable JSON: %s (line %zu, column %zu)", what,
                          found.reason, found.line, found.column);
}

int brc__json_repair(struct brc__buf *to, const char *text, size_t n)
{
    brc__auto_buf struct brc__buf mended = BRC__BUF(to->ceiling);
    int rc = brc__json_mend(&mended, text, n);

    if (rc < 0)
        return rc;
    rc = brc__json_keep_last(mended.data, &mended.length);
    if (rc < 0)
        return rc == BRC_E_INVALID ? BRC_E_PROTOCOL : rc;
    return brc__buf_append(to, mended.data, mended.length);
}
