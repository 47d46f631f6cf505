/* Request target: splitting, percent-encoding, canonical path and query.
 *
 * SPDX-License-Identifier: MIT
 */
#include "uri.h"

#include <stdlib.h>
#include <string.h>

static bool is_unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

size_t emu_uri_path_length(const char *uri)
{
    return strcspn(uri, "?");
}

/* Every byte that is not unreserved becomes %XX. */
static void encode(struct emu_text *out, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];

        if (is_unreserved(c))
            emu_text_add(out, &bytes[i], 1);
        else
            emu_text_printf(out, "%%%02X", c);
    }
}

int emu_uri_decode(struct emu_text *out, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = bytes[i];

        if (c == '%') {
            int high = i + 2 < len ? hex_digit(bytes[i + 1]) : -1;
            int low = i + 2 < len ? hex_digit(bytes[i + 2]) : -1;

            if (high < 0 || low < 0 || (high == 0 && low == 0))
                return EMU_MALFORMED;
            c = (char)(high * 16 + low);
            i += 2;
        }
        emu_text_add(out, &c, 1);
    }
    emu_text_add(out, "", 0);
    return out->failed ? EMU_OUT_OF_MEMORY : EMU_OK;
}

/* Removes the last segment of what `out` holds since `start`. */
static void drop_segment(struct emu_text *out, size_t start)
{
    size_t len = out->len;

    while (len > start && out->data[len - 1] != '/')
        len--;
    emu_text_truncate(out, len > start ? len - 1 : start);
}

void emu_uri_canonical_path(struct emu_text *out, const char *path, size_t len)
{
    size_t start = out->len;
    bool slash_at_end = len == 0 || path[len - 1] == '/';

    for (size_t i = 0; i < len;) {
        const char *segment = path + i;
        const char *slash = memchr(segment, '/', len - i);
        size_t n = slash != NULL ? (size_t)(slash - segment) : len - i;

        i += n + 1;
        if (n == 0 || (n == 1 && segment[0] == '.'))
            continue;
        if (n == 2 && segment[0] == '.' && segment[1] == '.') {
            drop_segment(out, start);
            continue;
        }
        emu_text_puts(out, "/");
        encode(out, segment, n);
    }
    if (slash_at_end || out->len == start)
        emu_text_puts(out, "/");
}

static int decode_string(char **ret_string, const char *bytes, size_t len)
{
    emu_auto_text text = {0};
    int rc = emu_uri_decode(&text, bytes, len);

    *ret_string = rc == EMU_OK ? emu_text_steal(&text) : NULL;
    return rc;
}

static int query_add(struct emu_query *query, const char *arg, size_t len)
{
    const char *equals = memchr(arg, '=', len);
    size_t name_len = equals != NULL ? (size_t)(equals - arg) : len;
    size_t value_start = equals != NULL ? name_len + 1 : len;
    struct emu_query_arg *args;
    int rc;

    if (query->count == EMU_MAX_ARGUMENTS)
        return EMU_MALFORMED;
    args = realloc(query->args, (query->count + 1) * sizeof(*args));
    if (args == NULL)
        return EMU_OUT_OF_MEMORY;
    query->args = args;
    args[query->count++] = (struct emu_query_arg){0};
    rc = decode_string(&args[query->count - 1].name, arg, name_len);
    if (rc < 0)
        return rc;
    return decode_string(&args[query->count - 1].value, arg + value_start, len - value_start);
}

static int query_add_all(struct emu_query *query, const char *args, size_t len)
{
    const char *end = args + len;
    int rc = EMU_OK;

    while (args < end && rc == EMU_OK) {
        const char *separator = memchr(args, '&', (size_t)(end - args));
        size_t n = (size_t)((separator != NULL ? separator : end) - args);

        if (n > 0)
            rc = query_add(query, args, n);
        args += n + 1;
    }
    return rc;
}

int emu_query_parse(struct emu_query *query, const char *uri)
{
    const char *args = uri + emu_uri_path_length(uri);

    *query = (struct emu_query){0};
    return *args != '\0' ? query_add_all(query, args + 1, strlen(args + 1)) : EMU_OK;
}

int emu_form_parse(struct emu_query *form, const char *body, size_t len)
{
    emu_auto_text text = {0};

    *form = (struct emu_query){0};
    emu_text_add(&text, body, len);
    if (text.failed)
        return EMU_OUT_OF_MEMORY;
    if (memchr(body, '\0', len) != NULL)
        return EMU_MALFORMED;
    for (size_t i = 0; i < len; i++)
        if (text.data[i] == '+')
            text.data[i] = ' ';
    return query_add_all(form, text.data, len);
}

void emu_query_free(struct emu_query *query)
{
    for (size_t i = 0; i < query->count; i++) {
        free(query->args[i].name);
        free(query->args[i].value);
    }
    free(query->args);
    *query = (struct emu_query){0};
}

const char *emu_query_value(const struct emu_query *query, const char *name)
{
    for (size_t i = 0; i < query->count; i++)
        if (strcmp(query->args[i].name, name) == 0)
            return query->args[i].value;
    return NULL;
}

static int compare_strings(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;

    return strcmp(*left, *right);
}

/* name, separator, value, encoded: the separator sorts before any byte, so the name decides first.
 */
#define SEPARATOR '\001'

static char *encode_arg(const struct emu_query_arg *arg)
{
    emu_auto_text text = {0};

    encode(&text, arg->name, strlen(arg->name));
    emu_text_add(&text, (char[]){SEPARATOR}, 1);
    encode(&text, arg->value, strlen(arg->value));
    return emu_text_steal(&text);
}

static void free_strings(char **strings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(strings[i]);
    free(strings);
}

int emu_query_canonical(struct emu_text *out, const struct emu_query *query)
{
    char **encoded = calloc(query->count + 1, sizeof(*encoded));
    bool complete = encoded != NULL;

    for (size_t i = 0; complete && i < query->count; i++) {
        encoded[i] = encode_arg(&query->args[i]);
        complete = encoded[i] != NULL;
    }
    if (!complete) {
        if (encoded != NULL)
            free_strings(encoded, query->count);
        return EMU_OUT_OF_MEMORY;
    }
    qsort(encoded, query->count, sizeof(*encoded), compare_strings);
    for (size_t i = 0; i < query->count; i++) {
        *strchr(encoded[i], SEPARATOR) = '=';
        if (i > 0)
            emu_text_puts(out, "&");
        emu_text_puts(out, encoded[i]);
    }
    free_strings(encoded, query->count);
    return out->failed ? EMU_OUT_OF_MEMORY : EMU_OK;
}
