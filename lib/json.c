/* SPDX-License-Identifier: MIT */
#include "json.h"
#include "json_text.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

static void free_json(json_t **value)
{
    json_decref(*value);
}
#define auto_json brc__cleanup(free_json)

/* jansson reports a failed allocation by its code, or by no text at all. */
static int out_of_memory(const json_error_t *reason)
{
    return json_error_code(reason) == json_error_out_of_memory || reason->text[0] == '\0';
}

static bool is_sound(const char *text, size_t n, json_error_t *reason)
{
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL;

    /* jansson reads over a NUL byte that follows a number or a word. */
    if (memchr(text, '\0', n) != NULL) {
        *reason = (json_error_t){.text = "NUL byte", .line = 1};
        return false;
    }
    auto_json json_t *document = json_loadb(text, n, flags, reason);

    /* Some failed allocations look like bad syntax to jansson; a second look tells. */
    if (document == NULL && json_error_code(reason) == json_error_invalid_syntax) {
        *reason = (json_error_t){0};
        document = json_loadb(text, n, flags, reason);
    }
    return document != NULL;
}

/* Cuts every run of digits outside strings to two: what is sound stays so, what is not stays that.
 * Returns the new length. */
static size_t cut_digits(char *text, size_t n)
{
    bool in_string = false;
    size_t digits = 0, length = 0;

    for (size_t i = 0; i < n; i++) {
        if (text[i] == '"')
            in_string = !in_string;
        digits = !in_string && text[i] >= '0' && text[i] <= '9' ? digits + 1 : 0;
        if (digits <= 2)
            text[length++] = text[i];
        if (in_string && text[i] == '\\' && i + 1 < n)
            text[length++] = text[++i];
    }
    return length;
}

/* jansson makes a double of every number and refuses what is too large for one. */
static bool is_sound_but_for_large_numbers(const char *text, size_t n, json_error_t *reason)
{
    brc__auto_free char *copy = brc__strndup(text, n);

    *reason = (json_error_t){0};
    return copy != NULL && is_sound(copy, cut_digits(copy, n), reason);
}

int brc__json_check(const char *text, size_t n, const char *what, struct brc__error *error)
{
    json_error_t reason = {0};

    if (is_sound(text, n, &reason) || (json_error_code(&reason) == json_error_numeric_overflow &&
                                       is_sound_but_for_large_numbers(text, n, &reason)))
        return BRC_OK;
    int code = out_of_memory(&reason) ? BRC_E_NOMEM : BRC_E_INVALID;
    if (error == NULL)
        return code;
    if (code == BRC_E_NOMEM)
        return brc__error_set(error, code, "%s", brc_strerror(code));
    /* jansson quotes what it stopped at; the caller's text has no place in a message. */
    const char *quoted = strstr(reason.text, " near ");
    int length = quoted == NULL ? (int)strlen(reason.text) : (int)(quoted - reason.text);
    return brc__error_set(error, code, "%s is not acceptable JSON: %.*s (line %d, column %d)", what,
                          length, reason.text, reason.line, reason.column);
}

static int append(const char *bytes, size_t n, void *to)
{
    return brc__buf_append(to, bytes, n) < 0 ? -1 : 0;
}

int brc__json_repair(struct brc__buf *to, const char *text, size_t n)
{
    brc__auto_buf struct brc__buf mended = BRC__BUF(to->ceiling);
    int rc = brc__json_mend(&mended, text, n);
    if (rc < 0)
        return rc;
    rc = brc__json_check(mended.data, mended.length, "", NULL);
    if (rc == 0)
        return brc__buf_append(to, mended.data, mended.length);
    if (rc != BRC_E_INVALID)
        return rc;

    /* What may still be wrong is a member named twice; jansson keeps the last. */
    json_error_t reason = {0};
    auto_json json_t *document = json_loadb(mended.data, mended.length, JSON_DECODE_ANY, &reason);
    if (document == NULL && json_error_code(&reason) == json_error_numeric_overflow)
        document = json_loadb(mended.data, mended.length, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL,
                              &reason);
    if (document == NULL)
        return out_of_memory(&reason) ? BRC_E_NOMEM : BRC_E_PROTOCOL;
    if (json_dump_callback(document, append, to, JSON_COMPACT | JSON_ENCODE_ANY) < 0)
        return to->status < 0 ? to->status : BRC_E_NOMEM;
    return BRC_OK;
}
