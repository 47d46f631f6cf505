/* SPDX-License-Identifier: MIT */
#include "delta.h"
#include "text.h"

/* Moves on if the text is next. */
static bool take(const char **p, const char *end, const char *text, size_t n)
{
    if ((size_t)(end - *p) < n || memcmp(*p, text, n) != 0)
        return false;
    *p += n;
    return true;
}

#define TAKE(p, end, literal) take(p, end, literal, sizeof(literal) - 1)

static bool take_index(const char **p, const char *end, int64_t *ret_index)
{
    enum {
        DIGITS_MAX = 9
    };
    const char *start = *p;

    for (*ret_index = 0; *p < end && **p >= '0' && **p <= '9' && *p - start < DIGITS_MAX; (*p)++)
        *ret_index = *ret_index * 10 + (**p - '0');
    return *p > start && (*start != '0' || *p == start + 1);
}

/* p is at the opening quote. */
static bool take_string(const char **p, const char *end, struct brc__json *ret_string,
                        bool *ret_plain)
{
    const char *start = *p, *inside = start + 1;
    const char *close = inside + brc__plain_length(inside, (size_t)(end - inside));

    *ret_plain = close < end && *close == '"';
    if (!*ret_plain)
        close = brc__json_string_end(inside, end);
    if (close == NULL)
        return false;
    *p = close + 1;
    *ret_string = (struct brc__json){start, (size_t)(close + 1 - start)};
    return true;
}

/* What may follow the delta: the padding, and the end. */
static bool take_rest(const char *p, const char *end)
{
    struct brc__json padding;
    bool plain;

    if (TAKE(&p, end, ",\"p\":")) {
        if (p == end || *p != '"' || !take_string(&p, end, &padding, &plain) || !plain)
            return false;
    }
    return TAKE(&p, end, "}") && p == end;
}

bool brc__delta_scan(const char *json, size_t n, struct brc__delta *ret_delta)
{
    const char *p = json, *end = json + n;

    if (!TAKE(&p, end, "{\"contentBlockIndex\":") || !take_index(&p, end, &ret_delta->block) ||
        !TAKE(&p, end, ",\"delta\":{\""))
        return false;
    bool nested = true;
    if (TAKE(&p, end, "text\":\"")) {
        ret_delta->kind = BRC__DELTA_TEXT;
        nested = false;
    } else if (TAKE(&p, end, "toolUse\":{\"input\":\"")) {
        ret_delta->kind = BRC__DELTA_TOOL_INPUT;
    } else if (TAKE(&p, end, "reasoningContent\":{\"text\":\"")) {
        ret_delta->kind = BRC__DELTA_REASONING;
    } else {
        return false;
    }
    p--; /* back to the quote */
    return take_string(&p, end, &ret_delta->string, &ret_delta->plain) && TAKE(&p, end, "}") &&
           (!nested || TAKE(&p, end, "}")) && take_rest(p, end);
}

/* Bytes at the end that begin a character of UTF-8 and do not end it. */
static size_t unfinished_utf8(const char *p, size_t n)
{
    for (size_t i = 1; i <= 3 && i <= n; i++) {
        unsigned char c = (unsigned char)p[n - i];
        if ((c & 0xc0) == 0x80)
            continue;
        size_t whole = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 1;
        return c <= 0xf4 && whole > i ? i : 0;
    }
    return 0;
}

/* True for \uD800 to \uDBFF at the end, if that is an escape. */
static bool ends_with_high_surrogate(const char *p, size_t n)
{
    enum {
        ESCAPE = 6
    };
    size_t backslashes = 0;

    if (n < ESCAPE)
        return false;
    const char *escape = p + n - ESCAPE;
    if (escape[0] != '\\' || escape[1] != 'u' || (escape[2] | 0x20) != 'd' ||
        strchr("89abAB", escape[3]) == NULL || escape[3] == '\0')
        return false;
    for (int i = 4; i < ESCAPE; i++)
        if (strchr("0123456789abcdefABCDEF", escape[i]) == NULL || escape[i] == '\0')
            return false;
    while (escape > p && escape[-1] == '\\') {
        backslashes++;
        escape--;
    }
    return backslashes % 2 == 0;
}

size_t brc__delta_unfinished(const char *inside, size_t n)
{
    size_t bytes = unfinished_utf8(inside, n);

    return bytes > 0 ? bytes : ends_with_high_surrogate(inside, n) ? 6 : 0;
}
