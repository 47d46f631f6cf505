/* SPDX-License-Identifier: MIT */
#include "json_text.h"
#include "text.h"

#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_space(const char *p, const char *end)
{
    while (p < end && is_space(*p))
        p++;
    return p;
}

const char *brc__json_string_end(const char *p, const char *end)
{
    const char *quote = memchr(p, '"', (size_t)(end - p));

    while (quote != NULL) {
        const char *escape = memchr(p, '\\', (size_t)(quote - p));
        if (escape == NULL)
            return quote;
        p = escape + 2;
        if (p > quote)
            quote = memchr(p, '"', (size_t)(end - p));
    }
    return NULL;
}

/* p is at an opening bracket; returns what follows its partner, or NULL. */
static const char *container_end(const char *p, const char *end)
{
    size_t depth = 0;

    for (; p < end; p++) {
        if (*p == '"') {
            p = brc__json_string_end(p + 1, end);
            if (p == NULL)
                return NULL;
        } else if (*p == '{' || *p == '[') {
            depth++;
        } else if (*p == '}' || *p == ']') {
            if (--depth == 0)
                return p + 1;
        }
    }
    return NULL;
}

/* Returns what follows the value at p, or NULL if it has no end. */
static const char *value_end(const char *p, const char *end)
{
    if (p == end)
        return NULL;
    if (*p == '"') {
        const char *quote = brc__json_string_end(p + 1, end);
        return quote == NULL ? NULL : quote + 1;
    }
    if (*p == '{' || *p == '[')
        return container_end(p, end);
    const char *start = p;
    while (p < end && !is_space(*p) && strchr(",:]}\"", *p) == NULL)
        p++;
    return p == start ? NULL : p;
}

struct brc__json brc__json_of(const char *text, size_t n)
{
    if (text == NULL)
        return (struct brc__json){0};
    const char *end = text + n;
    const char *p = skip_space(text, end);

    while (end > p && is_space(end[-1]))
        end--;
    return (struct brc__json){p, (size_t)(end - p)};
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code unit of the escape \uXXXX at p, or -1. */
static long code_unit(const char *p, const char *end)
{
    long unit = 0;

    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex_value(p[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

long brc__json_character(const char **p, const char *end)
{
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *s = *p;

    if (*s != '\\') {
        size_t length = brc__utf8_character(s, (size_t)(end - s));
        *p = s + (length == 0 ? 1 : length);
        if (length < 2)
            return length == 0 ? -1 : *s;
        long c = (unsigned char)s[0] & (0xff >> (length + 1));
        for (size_t i = 1; i < length; i++)
            c = c << 6 | ((unsigned char)s[i] & 0x3f);
        return c;
    }
    long unit = code_unit(s, end);
    if (unit < 0) {
        const char *found = end - s < 2 || s[1] == '\0' ? NULL : strchr(escapes, s[1]);
        *p = end - s < 2 ? end : s + 2;
        return found == NULL ? -1 : meanings[found - escapes];
    }
    *p = s + 6;
    if (unit < 0xd800 || unit > 0xdfff)
        return unit;
    long low = code_unit(s + 6, end);
    if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
        return -1;
    *p = s + 12;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

bool brc__json_says(struct brc__json string, const char *word)
{
    if (!brc__json_starts(string, '"') || string.n < 2)
        return false;
    const char *p = string.p + 1, *end = string.p + string.n - 1;

    for (; p < end; word++)
        if (*word == '\0' || brc__json_character(&p, end) != *word)
            return false;
    return *word == '\0';
}

/* Where the next value begins, after a comma unless it is the first; NULL if there is none. */
static const char *next_start(struct brc__json inside, size_t position)
{
    const char *end = inside.p + inside.n;
    const char *p = skip_space(inside.p + position, end);

    if (position > 0)
        p = p < end && *p == ',' ? skip_space(p + 1, end) : end;
    return p == end ? NULL : p;
}

bool brc__json_next_inside(struct brc__json inside, size_t *position, struct brc__json *ret_element)
{
    *ret_element = (struct brc__json){0};
    const char *p = inside.p == NULL ? NULL : next_start(inside, *position);
    const char *after = p == NULL ? NULL : value_end(p, inside.p + inside.n);
    if (after == NULL)
        return false;
    *ret_element = (struct brc__json){p, (size_t)(after - p)};
    *position = (size_t)(after - inside.p);
    return true;
}

bool brc__json_next_member_inside(struct brc__json inside, size_t *position,
                                  struct brc__json *ret_name, struct brc__json *ret_value)
{
    *ret_name = *ret_value = (struct brc__json){0};
    if (inside.p == NULL)
        return false;
    const char *end = inside.p + inside.n;
    const char *p = next_start(inside, *position);
    const char *name_end = p != NULL && *p == '"' ? value_end(p, end) : NULL;
    const char *colon = name_end == NULL ? end : skip_space(name_end, end);
    if (colon == end || *colon != ':')
        return false;
    const char *value = skip_space(colon + 1, end);
    const char *after = value_end(value, end);
    if (after == NULL)
        return false;
    *ret_name = (struct brc__json){p, (size_t)(name_end - p)};
    *ret_value = (struct brc__json){value, (size_t)(after - value)};
    *position = (size_t)(after - inside.p);
    return true;
}

/* From behind the opening bracket on; the closing one ends a walk, as no value begins with it. */
static struct brc__json behind_bracket(struct brc__json container, char bracket)
{
    if (!brc__json_starts(container, bracket))
        return (struct brc__json){0};
    return (struct brc__json){container.p + 1, container.n - 1};
}

bool brc__json_next(struct brc__json array, size_t *position, struct brc__json *ret_element)
{
    return brc__json_next_inside(behind_bracket(array, '['), position, ret_element);
}

bool brc__json_next_member(struct brc__json object, size_t *position, struct brc__json *ret_name,
                           struct brc__json *ret_value)
{
    struct brc__json inside = behind_bracket(object, '{');

    return brc__json_next_member_inside(inside, position, ret_name, ret_value);
}

bool brc__json_members(struct brc__json object, const char *const names[],
                       struct brc__json ret_values[], size_t count)
{
    struct brc__json inside = behind_bracket(object, '{'), name, value;
    size_t position = 0;

    memset(ret_values, 0, count * sizeof *ret_values);
    if (inside.p == NULL)
        return false;
    while (brc__json_next_member_inside(inside, &position, &name, &value))
        for (size_t i = 0; i < count; i++)
            if (brc__json_says(name, names[i]))
                ret_values[i] = value;
    const char *end = inside.p + inside.n;
    const char *rest = skip_space(inside.p + position, end);
    return rest < end && *rest == '}';
}

struct brc__json brc__json_member(struct brc__json object, const char *name)
{
    struct brc__json value;

    brc__json_members(object, &name, &value, 1);
    return value;
}

bool brc__json_count(struct brc__json value, int64_t *ret_count)
{
    int64_t count = 0;

    *ret_count = 0;
    if (value.p == NULL || value.n == 0)
        return false;
    for (size_t i = 0; i < value.n; i++) {
        int digit = value.p[i] - '0';
        if (digit < 0 || digit > 9 || count > (INT64_MAX - digit) / 10)
            return false;
        count = count * 10 + digit;
    }
    *ret_count = count;
    return true;
}

static void append_character(struct brc__buf *to, long c)
{
    char utf8[4];
    size_t n = 0;

    if (c < 0) {
        brc__buf_text(to, REPLACEMENT);
        return;
    }
    if (c < 0x80) {
        utf8[n++] = (char)c;
    } else {
        static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
        int more = brc__utf8_length(c) - 1;
        utf8[n++] = (char)(lead[more] | c >> (6 * more));
        while (more-- > 0)
            utf8[n++] = (char)(0x80 | (c >> (6 * more) & 0x3f));
    }
    brc__buf_append(to, utf8, n);
}

bool brc__json_unquote(struct brc__json string, struct brc__buf *to)
{
    if (!brc__json_starts(string, '"') || string.n < 2 || string.p[string.n - 1] != '"')
        return false;
    const char *p = string.p + 1, *end = string.p + string.n - 1;

    while (p < end) {
        size_t literal = brc__literal_length(p, (size_t)(end - p));
        brc__buf_append(to, p, literal);
        p += literal;
        if (p < end)
            append_character(to, brc__json_character(&p, end));
    }
    return true;
}

static void quote_character(struct brc__buf *to, char c)
{
    if (c == '"' || c == '\\')
        brc__buf_appendf(to, "\\%c", c);
    else if (c == '\n')
        brc__buf_text(to, "\\n");
    else if ((unsigned char)c < 0x20)
        brc__buf_appendf(to, "\\u%04x", (unsigned)c);
    else
        brc__buf_append(to, &c, 1);
}

int brc__json_quote(struct brc__buf *to, const char *text, size_t n)
{
    const char *p = text, *end = text + n;

    brc__buf_reserve(to, n + 2);
    brc__buf_append(to, "\"", 1);
    while (p < end) {
        size_t literal = brc__literal_length(p, (size_t)(end - p));
        brc__buf_append(to, p, literal);
        p += literal;
        if (p < end)
            quote_character(to, *p++);
    }
    return brc__buf_append(to, "\"", 1);
}

static void mend_string(struct brc__buf *to, const char *p, const char *end)
{
    while (p < end) {
        const char *start = p;
        long c = brc__json_character(&p, end);
        if (c <= 0 || (*start != '\\' && c < 0x20))
            brc__buf_text(to, REPLACEMENT);
        else
            brc__buf_append(to, start, (size_t)(p - start));
    }
}

int brc__json_mend(struct brc__buf *to, const char *text, size_t n)
{
    const char *p = text, *end = text + n;

    while (p < end) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        if (quote == NULL)
            quote = end;
        brc__buf_append(to, p, (size_t)(quote - p));
        if (quote == end)
            break;
        const char *close = brc__json_string_end(quote + 1, end);
        brc__buf_append(to, "\"", 1);
        mend_string(to, quote + 1, close == NULL ? end : close);
        if (close == NULL)
            break;
        brc__buf_append(to, "\"", 1);
        p = close + 1;
    }
    return to->status;
}
