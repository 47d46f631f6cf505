/* SPDX-License-Identifier: MIT */
#include "row.h"
#include "date.h"
#include "json_strict.h"
#include "json_text.h"
#include "money.h"
#include "text.h"

#include <inttypes.h>

/* The comma, where something stands before it, and the name. */
static void begin(struct brc__buf *row, const char *name)
{
    char last = row->length > 0 ? row->data[row->length - 1] : '\0';

    if (last != '\0' && last != '{' && last != '[')
        brc__buf_append(row, ",", 1);
    if (name != NULL)
        brc__buf_appendf(row, "\"%s\":", name);
}

void brc__row_open(struct brc__buf *row, const char *name, char bracket)
{
    begin(row, name);
    brc__buf_append(row, &bracket, 1);
}

void brc__row_close(struct brc__buf *row, char bracket)
{
    brc__buf_append(row, &bracket, 1);
}

void brc__row_null(struct brc__buf *row, const char *name)
{
    begin(row, name);
    brc__buf_text(row, "null");
}

/* Copies what is sound, and U+FFFD for each byte that is not. */
static void mend(struct brc__buf *to, const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t length = brc__utf8_character(text + i, n - i);
        brc__buf_append(to, length > 0 ? text + i : "\xef\xbf\xbd", length > 0 ? length : 3);
        i += length > 0 ? length : 1;
    }
}

static void append_text(struct brc__buf *row, const char *name, const char *text, size_t n)
{
    brc__auto_buf struct brc__buf mended = BRC__BUF(row->ceiling);

    begin(row, name);
    if (brc__utf8_without_nul(text, n)) {
        brc__json_quote(row, text, n);
        return;
    }
    mend(&mended, text, n);
    if (mended.status < 0)
        row->status = mended.status;
    else
        brc__json_quote(row, mended.data, mended.length);
}

void brc__row_text(struct brc__buf *row, const char *name, const char *text)
{
    if (text == NULL)
        brc__row_null(row, name);
    else
        append_text(row, name, text, strlen(text));
}

void brc__row_int(struct brc__buf *row, const char *name, int64_t number)
{
    begin(row, name);
    brc__buf_appendf(row, "%" PRId64, number);
}

void brc__row_flag(struct brc__buf *row, const char *name, bool flag)
{
    begin(row, name);
    brc__buf_text(row, flag ? "true" : "false");
}

void brc__row_money(struct brc__buf *row, const char *name, int64_t picodollars)
{
    char text[BRC__WIDE_MONEY_SIZE];
    bool negative = picodollars < 0;

    brc__wide_money_text(negative ? -(brc__wide)picodollars : (brc__wide)picodollars, text);
    begin(row, name);
    brc__buf_appendf(row, "\"%s%s\"", negative ? "-" : "", text);
}

void brc__row_moment(struct brc__buf *row, const char *name, int64_t ms)
{
    char text[BRC__ISO_DATE_SIZE];

    brc__iso_date_text(ms / 1000, text);
    brc__row_text(row, name, text);
}

/* Between strings, white space says nothing. */
static void append_compact(struct brc__buf *row, const char *json, size_t n)
{
    const char *end = json + n;

    for (const char *p = json; p < end;) {
        const char *next = p + strcspn(p, "\" \t\r\n");
        if (next < end && *next == '"') {
            next = brc__json_string_end(next + 1, end);
            next = next == NULL ? end : next + 1;
        }
        if (next > end)
            next = end;
        brc__buf_append(row, p, (size_t)(next - p));
        for (p = next; p < end && strchr(" \t\r\n", *p) != NULL; p++)
            ;
    }
}

enum {
    DEEPEST = 64 /* what is kept in a ledger is not nested deeper than a request may be */
};

/* Whether a row may hold it as it stands: of a sound file all is JSON. False also without memory,
 * which is then the row's status. */
static bool is_json(struct brc__buf *row, const char *json, size_t n)
{
    int rc = brc__json_strict(json, n, DEEPEST, NULL);

    if (rc == BRC_E_NOMEM)
        row->status = rc;
    return rc == 0;
}

void brc__row_json(struct brc__buf *row, const char *name, const char *json, size_t n)
{
    if (json == NULL) {
        brc__row_null(row, name);
    } else if (!is_json(row, json, n)) {
        append_text(row, name, json, n);
    } else {
        begin(row, name);
        append_compact(row, json, n);
    }
}

void brc__row_members(struct brc__buf *row, const char *json, size_t n)
{
    struct brc__json object = brc__json_of(json, n), name, value;
    size_t position = 0;

    if (!is_json(row, json, n) || !brc__json_starts(object, '{')) {
        append_text(row, "json", json == NULL ? "" : json, n);
        return;
    }
    while (brc__json_next_member(object, &position, &name, &value)) {
        begin(row, NULL);
        brc__buf_append(row, name.p, name.n);
        brc__buf_append(row, ":", 1);
        append_compact(row, value.p, value.n);
    }
}
