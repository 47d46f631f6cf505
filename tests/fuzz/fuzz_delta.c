/* The scanner of the hot events against jansson: where both take it, they agree. And a string in
 * pieces says what the whole of it says.
 * SPDX-License-Identifier: MIT */
#include <delta.h>
#include <text.h>

#include <jansson.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

/* ---- the scanner */

/* The string of the only member of a delta, whose kind goes to *ret_kind. */
static json_t *string_of(json_t *delta, enum brc__delta_kind *ret_kind)
{
    json_t *inner = json_object_get(delta, "toolUse");

    must(json_object_size(delta) == 1);
    *ret_kind = BRC__DELTA_TEXT;
    if (json_object_get(delta, "text") != NULL)
        return json_object_get(delta, "text");
    *ret_kind = BRC__DELTA_TOOL_INPUT;
    if (inner != NULL) {
        must(json_object_size(inner) == 1);
        return json_object_get(inner, "input");
    }
    *ret_kind = BRC__DELTA_REASONING;
    inner = json_object_get(delta, "reasoningContent");
    must(json_object_size(inner) == 1);
    return json_object_get(inner, "text");
}

static void compare(const struct brc__delta *found, json_t *event)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(1 << 30);
    const json_t *index = json_object_get(event, "contentBlockIndex");
    const json_t *padding = json_object_get(event, "p");
    enum brc__delta_kind kind;

    must(json_is_integer(index) && json_integer_value(index) == found->block);
    must(padding == NULL || json_is_string(padding));
    must(json_object_size(event) == (padding == NULL ? 2 : 3));
    const json_t *string = string_of(json_object_get(event, "delta"), &kind);
    must(kind == found->kind);
    must(brc__json_unquote(found->string, &text));
    must(json_string_length(string) == text.length);
    must(text.length == 0 || memcmp(json_string_value(string), text.data, text.length) == 0);
    if (found->plain)
        must(text.length == found->string.n - 2 &&
             brc__plain_length(found->string.p + 1, text.length) == text.length);
}

static void check_scan(const char *json, size_t n)
{
    struct brc__delta delta;

    if (!brc__delta_scan(json, n, &delta))
        return;
    must(delta.string.p > json && delta.string.p + delta.string.n < json + n);
    json_t *event = json_loadb(json, n, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
    if (event != NULL)
        compare(&delta, event);
    json_decref(event);
}

/* ---- pieces */

/* Bytes of the escape at p, 0 if there is none that is sound. */
static size_t escape_length(const char *p, size_t n)
{
    if (n < 2 || p[1] == '\0' || strchr("\"\\/bfnrtu", p[1]) == NULL)
        return 0;
    if (p[1] != 'u')
        return 2;
    for (size_t i = 2; i < 6; i++)
        if (i >= n || p[i] == '\0' || strchr("0123456789abcdefABCDEF", p[i]) == NULL)
            return 0;
    return 6;
}

/* Makes of any bytes what can stand between quotes. */
static void make_inside(char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '"')
            bytes[i] = '\'';
        if (bytes[i] != '\\')
            continue;
        size_t length = escape_length(bytes + i, n - i);
        if (length == 0)
            bytes[i] = '/';
        else
            i += length - 1;
    }
}

static void say(const char *inside, size_t n, struct brc__buf *to)
{
    brc__auto_buf struct brc__buf string = BRC__BUF(1 << 30);

    brc__buf_text(&string, "\"");
    brc__buf_append(&string, inside, n);
    brc__buf_text(&string, "\"");
    must(brc__json_unquote(brc__json_of(string.data, string.length), to));
}

/* Pieces end at chance, but within no escape; of each the unfinished end waits for the next. */
static void check_pieces(const uint8_t *data, size_t n)
{
    brc__auto_buf struct brc__buf whole = BRC__BUF(1 << 30), pieces = BRC__BUF(1 << 30);
    brc__auto_free char *inside = malloc(n + 1);
    size_t start = 0, next;
    unsigned chance = (unsigned)n;

    must(inside != NULL);
    memcpy(inside, data, n);
    make_inside(inside, n);
    say(inside, n, &whole);
    for (size_t i = 0; i < n; i = next) {
        next = i + (inside[i] == '\\' ? escape_length(inside + i, n - i) : 1);
        chance = chance * 1103515245 + 12345 + data[i];
        if ((chance >> 16 & 1) == 0)
            continue;
        size_t unfinished = brc__delta_unfinished(inside + start, next - start);
        must(unfinished <= next - start && unfinished <= 6);
        say(inside + start, next - start - unfinished, &pieces);
        start = next - unfinished;
    }
    say(inside + start, n - start, &pieces);
    must(pieces.length == whole.length);
    must(whole.length == 0 || memcmp(pieces.data, whole.data, whole.length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_scan((const char *)data, size);
    check_pieces(data, size);
    return 0;
}
