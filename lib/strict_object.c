/* SPDX-License-Identifier: MIT */
#include "strict_object.h"
#include "date.h"
#include "json.h"
#include "money.h"
#include "text.h"

#include <inttypes.h>

enum {
    TEXT_MOST = 1024, /* characters of a text without bounds of its own */
    SHOWN = 64        /* bytes of a foreign name in a message */
};

static int failed(int code, struct brc__error *error)
{
    return brc__error_set(error, code, "%s", brc_strerror(code));
}

static int wrong(const char *what, const char *name, const char *must, struct brc__error *error)
{
    return brc__error_set(error, BRC_E_INVALID, "%s: \"%s\" must be %s", what, name, must);
}

/* Printable: no control character of ASCII, none of those between it and Latin-1. Counts
 * characters; -1 if there is one that is not. */
static int64_t printable_length(const char *text, size_t n)
{
    int64_t characters = 0;

    for (size_t i = 0; i < n; characters++) {
        unsigned char c = (unsigned char)text[i];
        size_t length = brc__utf8_character(text + i, n - i);
        bool latin_control = c == 0xc2 && i + 1 < n && (unsigned char)text[i + 1] < 0xa0;
        if (length == 0 || c < 0x20 || c == 0x7f || latin_control)
            return -1;
        i += length;
    }
    return characters;
}

static int read_text(struct brc__json value, const char *what, const struct brc__member *member,
                     struct brc__error *error)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(BRC__CEILING_PUT);
    bool bounded = member->least != 0 || member->most != 0;
    int64_t least = bounded ? member->least : 1, most = bounded ? member->most : TEXT_MOST;

    brc__buf_reserve(&text, value.n);
    if (!brc__json_unquote(value, &text))
        return wrong(what, member->name, "a string", error);
    if (text.status < 0)
        return failed(text.status, error);
    int64_t characters = printable_length(text.data, text.length);
    if (characters < 0)
        return wrong(what, member->name, "a string of printable characters", error);
    if (characters < least || characters > most)
        return brc__error_set(error, BRC_E_RANGE,
                              "%s: \"%s\" must have %" PRId64 " to %" PRId64 " characters", what,
                              member->name, least, most);
    char **to = member->to;
    free(*to);
    *to = brc__buf_steal(&text);
    return BRC_OK;
}

/* "deny, admit or refuse", after what is there already. */
static int wrong_word(const char *what, const struct brc__member *member, struct brc__error *error)
{
    brc__auto_buf struct brc__buf list = BRC__BUF(BRC__CEILING_PUT);

    for (size_t i = 0; member->words[i] != NULL; i++)
        brc__buf_appendf(&list, "%s\"%s\"",
                         i == 0                         ? ""
                         : member->words[i + 1] == NULL ? " or "
                                                        : ", ",
                         member->words[i]);
    return list.status < 0 ? failed(list.status, error)
                           : wrong(what, member->name, list.data, error);
}

static int read_word(struct brc__json value, const char *what, const struct brc__member *member,
                     struct brc__error *error)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(BRC__CEILING_PUT);

    brc__buf_reserve(&text, value.n);
    bool is_string = brc__json_unquote(value, &text);
    if (text.status < 0)
        return failed(text.status, error);
    for (int i = 0; is_string && member->words[i] != NULL; i++)
        if (strcmp(text.data, member->words[i]) == 0) {
            *(int *)member->to = i;
            return BRC_OK;
        }
    return wrong_word(what, member, error);
}

static int read_number(struct brc__json value, const char *what, const struct brc__member *member,
                       struct brc__error *error)
{
    bool bounded = member->least != 0 || member->most != 0;
    int64_t least = bounded ? member->least : 0, most = bounded ? member->most : INT64_MAX;
    bool negative = brc__json_starts(value, '-');
    struct brc__json digits = {value.p + negative, value.n - negative};
    int64_t number;

    for (size_t i = 0; i < digits.n; i++)
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return wrong(what, member->name, "a whole number", error);
    /* A number of digits that is no count is larger than any. */
    bool fits = brc__json_count(digits, &number);
    if (negative)
        number = -number;
    if (!fits || number < least || number > most)
        return brc__error_set(error, BRC_E_RANGE,
                              "%s: \"%s\" must be a number from %" PRId64 " to %" PRId64, what,
                              member->name, least, most);
    *(int64_t *)member->to = number;
    return BRC_OK;
}

static int read_flag(struct brc__json value, const char *what, const struct brc__member *member,
                     struct brc__error *error)
{
    bool is_true = brc__json_is(value, "true");

    if (!is_true && !brc__json_is(value, "false"))
        return wrong(what, member->name, "true or false", error);
    *(bool *)member->to = is_true;
    return BRC_OK;
}

static int read_money(struct brc__json value, const char *what, const struct brc__member *member,
                      struct brc__error *error)
{
    static const char must[] = "a string of US dollars with at most twelve decimals, as \"12.50\"";
    brc__auto_buf struct brc__buf text = BRC__BUF(BRC__CEILING_PUT);
    int64_t amount;

    brc__buf_reserve(&text, value.n);
    if (!brc__json_unquote(value, &text))
        return wrong(what, member->name, must, error);
    if (text.status < 0)
        return failed(text.status, error);
    int rc = brc__money_read(text.data, text.length, 0, 0, &amount);
    if (rc == BRC_E_RANGE)
        return brc__error_set(error, rc, "%s: \"%s\" must be at most 9223372.036854775807 USD",
                              what, member->name);
    if (rc < 0)
        return wrong(what, member->name, must, error);
    *(int64_t *)member->to = amount;
    return BRC_OK;
}

static int read_moment(struct brc__json value, const char *what, const struct brc__member *member,
                       struct brc__error *error)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(BRC__CEILING_PUT);
    int64_t seconds = 0;

    brc__buf_reserve(&text, value.n);
    bool is_string = brc__json_unquote(value, &text);
    if (text.status < 0)
        return failed(text.status, error);
    if (!is_string || brc__iso_date(text.data, text.length, &seconds) < 0)
        return wrong(what, member->name, "a moment, as \"2026-11-25T14:00:00Z\"", error);
    *(int64_t *)member->to = seconds * 1000;
    return BRC_OK;
}

int brc__strict_value(struct brc__json value, const char *what, const struct brc__member *member,
                      struct brc__error *error)
{
    switch (member->kind) {
    case BRC__AS_TEXT:
        return read_text(value, what, member, error);
    case BRC__AS_WORD:
        return read_word(value, what, member, error);
    case BRC__AS_NUMBER:
        return read_number(value, what, member, error);
    case BRC__AS_FLAG:
        return read_flag(value, what, member, error);
    case BRC__AS_MONEY:
        return read_money(value, what, member, error);
    case BRC__AS_MOMENT:
        return read_moment(value, what, member, error);
    case BRC__AS_OBJECT:
    case BRC__AS_ARRAY:
        break;
    }
    bool is_object = member->kind == BRC__AS_OBJECT;
    if (!brc__json_starts(value, is_object ? '{' : '['))
        return wrong(what, member->name, is_object ? "an object" : "an array", error);
    *(struct brc__json *)member->to = value;
    return BRC_OK;
}

/* Names the member that is not known, and those that are. */
static int unknown(const struct brc__buf *name, const char *what, const struct brc__member *members,
                   size_t count, struct brc__error *error)
{
    brc__auto_buf struct brc__buf known = BRC__BUF(BRC__CEILING_PUT);
    char shown[SHOWN];

    for (size_t i = 0; i < count; i++)
        brc__buf_appendf(&known, "%s%s", i == 0 ? "" : ", ", members[i].name);
    if (known.status < 0)
        return failed(known.status, error);
    brc__error_text(shown, sizeof shown, name->data, name->length);
    return brc__error_set(error, BRC_E_INVALID, "%s: member \"%s\" is not known; there are %s",
                          what, shown, known.data);
}

static int read_member(struct brc__json quoted, struct brc__json value, const char *what,
                       const struct brc__member *members, size_t count, struct brc__error *error)
{
    brc__auto_buf struct brc__buf name = BRC__BUF(BRC__CEILING_PUT);

    brc__buf_reserve(&name, quoted.n);
    brc__json_unquote(quoted, &name);
    if (name.status < 0)
        return failed(name.status, error);
    for (size_t i = 0; i < count; i++)
        if (strlen(members[i].name) == name.length &&
            memcmp(members[i].name, name.data, name.length) == 0)
            return brc__strict_value(value, what, &members[i], error);
    return unknown(&name, what, members, count, error);
}

int brc__strict_object(struct brc__json object, const char *what, const struct brc__member *members,
                       size_t count, struct brc__error *error)
{
    struct brc__json name, value;
    size_t position = 0;

    if (!brc__json_starts(object, '{'))
        return brc__error_set(error, BRC_E_INVALID, "%s must be an object", what);
    while (brc__json_next_member(object, &position, &name, &value)) {
        int rc = read_member(name, value, what, members, count, error);
        if (rc < 0)
            return rc;
    }
    for (size_t i = 0; i < count; i++)
        if (members[i].required && brc__json_member(object, members[i].name).p == NULL)
            return brc__error_set(error, BRC_E_INVALID, "%s: member \"%s\" is missing", what,
                                  members[i].name);
    return BRC_OK;
}

int brc__strict_read(const char *json, size_t n, const char *what,
                     const struct brc__member *members, size_t count, struct brc__error *error)
{
    int rc = brc__json_check(json, n, what, error);

    if (rc < 0)
        return rc;
    return brc__strict_object(brc__json_of(json, n), what, members, count, error);
}

void brc__texts_free(char **texts)
{
    for (char **p = texts; p != NULL && *p != NULL; p++)
        free(*p);
    free(texts);
}

static bool is_among(char **texts, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(texts[i], text) == 0)
            return true;
    return false;
}

/* Into a list that has room for all of them and the NULL. */
static int read_texts(struct brc__json array, const char *what, const char *name, char **texts,
                      struct brc__error *error)
{
    struct brc__json element;
    size_t position = 0, count = 0;

    while (brc__json_next(array, &position, &element)) {
        struct brc__member member = {name, BRC__AS_TEXT, .to = &texts[count], .required = false};
        if (!brc__json_starts(element, '"'))
            return wrong(what, name, "an array of strings", error);
        int rc = brc__strict_value(element, what, &member, error);
        if (rc < 0)
            return rc;
        if (is_among(texts, count, texts[count]))
            return wrong(what, name, "an array of strings without one that comes twice", error);
        count++;
    }
    return BRC_OK;
}

int brc__strict_texts(struct brc__json array, const char *what, const char *name, char ***ret_texts,
                      struct brc__error *error)
{
    struct brc__json element;
    size_t position = 0, count = 0;

    *ret_texts = NULL;
    while (brc__json_next(array, &position, &element))
        count++;
    char **texts = calloc(count + 1, sizeof *texts);
    if (texts == NULL)
        return failed(BRC_E_NOMEM, error);
    int rc = read_texts(array, what, name, texts, error);
    if (rc < 0) {
        brc__texts_free(texts);
        return rc;
    }
    *ret_texts = texts;
    return BRC_OK;
}
