/* The strict judge of JSON against jansson: on any bytes they agree, but for jansson's limit on the
 * size of numbers and its blindness for some NUL bytes. Of members named twice both keep the last.
 * SPDX-License-Identifier: MIT */
#include <json_strict.h>
#include <memory.h>

#include <bedrockcost/base.h>
#include <jansson.h>

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int truth)
{
    if (!truth)
        abort();
}

/* Cuts every run of digits outside strings to two: what is sound stays so, what is not stays that.
 * Returns the new length. */
static size_t cut_digits(char *text, size_t n)
{
    int in_string = 0;
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

static json_t *load(const char *text, size_t n, size_t flags)
{
    json_error_t reason = {0};
    const size_t all = flags | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL;

    if (n == 0 || memchr(text, '\0', n) != NULL)
        return NULL;
    json_t *document = json_loadb(text, n, all, &reason);
    if (document != NULL || json_error_code(&reason) != json_error_numeric_overflow)
        return document;
    brc__auto_free char *copy = brc__strndup(text, n);
    must(copy != NULL);
    return json_loadb(copy, cut_digits(copy, n), all, NULL);
}

static int depth_of(json_t *value)
{
    int deepest = 0;
    size_t i;
    const char *name;
    json_t *inner;

    json_array_foreach(value, i, inner)
    {
        int depth = depth_of(inner);
        deepest = depth > deepest ? depth : deepest;
    }
    json_object_foreach(value, name, inner)
    {
        int depth = depth_of(inner);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

static void check_verdict(const char *text, size_t n)
{
    struct brc__json_fault found;
    json_t *expected = load(text, n, JSON_REJECT_DUPLICATES);

    int rc = brc__json_strict(text, n, BRC__JSON_DEEPEST, &found);
    must(rc == (expected != NULL ? 0 : BRC_E_INVALID));
    must((rc == 0) == (found.reason == NULL));
    must(found.line <= n + 1 && found.column <= n);
    if (expected == NULL)
        return;
    int depth = depth_of(expected);
    must(brc__json_strict(text, n, depth, NULL) == 0);
    must(brc__json_strict(text, n, depth - 1, NULL) == BRC_E_INVALID);
    json_decref(expected);
}

static void check_last(const char *text, size_t n)
{
    brc__auto_free char *copy = brc__strndup(text, n);
    size_t length = n;

    must(copy != NULL);
    json_t *expected = load(text, n, 0);
    int rc = brc__json_keep_last(copy, &length);
    must(rc == (expected != NULL ? 0 : BRC_E_INVALID));
    if (expected == NULL)
        return;
    json_t *kept = load(copy, length, JSON_REJECT_DUPLICATES);
    must(kept != NULL && brc__json_strict(copy, length, BRC__JSON_DEEPEST, NULL) == 0);
    if (brc__json_strict(text, n, BRC__JSON_DEEPEST, NULL) == 0)
        must(length == n && memcmp(copy, text, n) == 0);
    json_t *whole = json_loadb(text, n, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
    must(whole == NULL || json_equal(whole, kept));
    json_decref(whole);
    json_decref(expected);
    json_decref(kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_verdict((const char *)data, size);
    check_last((const char *)data, size);
    return 0;
}
