/* The tolerant reader and writer of JSON against jansson: on every document jansson accepts the two
 * agree, and what the writer makes jansson accepts.
 * SPDX-License-Identifier: MIT */
#include <json.h>
#include <json_text.h>
#include <memory.h>
#include <text.h>

#include <jansson.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

static void compare(json_t *expected, struct brc__json value);

/* Names are looked up in ASCII only. */
static bool is_ascii(const char *name)
{
    while (*name != '\0' && (unsigned char)*name < 0x80)
        name++;
    return *name == '\0';
}

static void compare_object(json_t *expected, struct brc__json object)
{
    const char *name;
    json_t *member;

    json_object_foreach(expected, name, member)
    {
        struct brc__json value;

        must(brc__json_members(object, &name, &value, 1));
        if (is_ascii(name))
            compare(member, value);
    }
}

static void compare_members(json_t *expected, struct brc__json object)
{
    struct brc__json name, value;
    size_t position = 0, count = 0;

    while (brc__json_next_member(object, &position, &name, &value))
        count++;
    must(count >= json_object_size(expected)); /* more, if a member is named twice */
}

static void compare_array(json_t *expected, struct brc__json array)
{
    struct brc__json element;
    size_t position = 0, count = 0;

    while (brc__json_next(array, &position, &element))
        compare(json_array_get(expected, count++), element);
    must(count == json_array_size(expected));
}

static void compare_string(json_t *expected, struct brc__json string)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(BRC__CEILING_ANSWER);

    must(brc__json_unquote(string, &text) && text.status == 0);
    must(text.length == json_string_length(expected));
    must(text.length == 0 || memcmp(text.data, json_string_value(expected), text.length) == 0);
}

/* Minus zero is an integer for jansson, and no count. */
static void compare_integer(json_t *expected, struct brc__json integer)
{
    int64_t count;

    if (brc__json_count(integer, &count))
        must(count == json_integer_value(expected));
    else
        must(brc__json_starts(integer, '-'));
}

static void compare(json_t *expected, struct brc__json value)
{
    int64_t count;

    must(expected != NULL && value.p != NULL && value.n > 0);
    switch (json_typeof(expected)) {
    case JSON_OBJECT:
        compare_object(expected, value);
        compare_members(expected, value);
        break;
    case JSON_ARRAY:
        compare_array(expected, value);
        break;
    case JSON_STRING:
        compare_string(expected, value);
        break;
    case JSON_INTEGER:
        compare_integer(expected, value);
        break;
    case JSON_REAL:
        must(!brc__json_count(value, &count));
        break;
    case JSON_TRUE:
        must(brc__json_is(value, "true"));
        break;
    case JSON_FALSE:
        must(brc__json_is(value, "false"));
        break;
    case JSON_NULL:
        must(brc__json_is(value, "null"));
        break;
    }
}

/* A document jansson reads can be repaired until it is accepted. */
static void check_repair(const char *text, size_t n)
{
    brc__auto_buf struct brc__buf repaired = BRC__BUF(BRC__CEILING_ANSWER);

    must(brc__json_repair(&repaired, text, n) == 0);
    must(brc__json_check(repaired.data, repaired.length, "", NULL) == 0);
}

/* jansson reads over NUL bytes at some places; a document has none. */
static void check_document(const char *text, size_t n)
{
    if (n == 0 || memchr(text, '\0', n) != NULL)
        return;
    json_t *expected = json_loadb(text, n, JSON_ALLOW_NUL, NULL);
    if (expected == NULL)
        return;
    compare(expected, brc__json_of(text, n));
    json_decref(expected);
    check_repair(text, n);
}

/* Any text, quoted, is a string that says it. */
static void check_quote(const char *text, size_t n)
{
    brc__auto_buf struct brc__buf string = BRC__BUF(BRC__CEILING_ANSWER);

    if (!brc__utf8_without_nul(text, n))
        return;
    must(brc__json_quote(&string, text, n) == 0);
    json_t *read = json_loadb(string.data, string.length, JSON_DECODE_ANY, NULL);
    must(json_is_string(read) && json_string_length(read) == n);
    must(memcmp(json_string_value(read), text, n) == 0);
    json_decref(read);
}

/* Any bytes between quotes, other than quotes, can be mended to a string that is accepted. */
static void check_mend(const char *bytes, size_t n)
{
    brc__auto_buf struct brc__buf string = BRC__BUF(BRC__CEILING_ANSWER);
    brc__auto_buf struct brc__buf mended = BRC__BUF(BRC__CEILING_ANSWER);

    brc__buf_text(&string, "\"");
    brc__buf_append(&string, bytes, n);
    for (size_t i = 1; i <= n; i++)
        if (string.data[i] == '"')
            string.data[i] = '\'';
    brc__buf_text(&string, " \""); /* a backslash at the end escapes the blank */
    must(brc__json_mend(&mended, string.data, string.length) == 0);
    must(brc__json_check(mended.data, mended.length, "", NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;

    check_document(text, size);
    check_quote(text, size);
    check_mend(text, size);
    return 0;
}
