/* Rows of JSON, and the files they come from. SPDX-License-Identifier: MIT */
#include "console.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_MAX = 64 * 1024 * 1024 /* what a ledger takes */
};

void print_json(const json_t *row)
{
    json_dumpf(row, stdout, JSON_COMPACT);
    putchar('\n');
}

int print_rows(const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++)
        print_json(json_array_get(rows, i));
    return DONE;
}

int say(const struct console *console, json_t *row, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (console->json)
        print_json(row);
    else
        vprintf(format, arguments);
    va_end(arguments);
    json_decref(row);
    return DONE;
}

const char *text_of(const json_t *row, const char *member)
{
    return json_string_value(json_object_get(row, member));
}

const char *shown(const json_t *row, const char *member)
{
    const char *text = text_of(row, member);

    return text != NULL ? text : "-";
}

int64_t money_of(const json_t *row, const char *member)
{
    int64_t picodollars;

    return brc_money_parse(text_of(row, member), &picodollars) < 0 ? -1 : picodollars;
}

json_t *find_by(const json_t *rows, const char *member, const char *text)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        const char *its = text_of(row, member);
        if (its != NULL && strcmp(its, text) == 0)
            return row;
    }
    return NULL;
}

bool has_text(const json_t *texts, const char *text)
{
    for (size_t i = 0; i < json_array_size(texts); i++) {
        const char *one = json_string_value(json_array_get(texts, i));
        if (one != NULL && strcmp(one, text) == 0)
            return true;
    }
    return false;
}

const char *tags_text(json_t *tags, char ret_text[CELL])
{
    size_t length = 0;
    const char *key;
    json_t *value;

    ret_text[0] = '\0';
    json_object_foreach(tags, key, value)
    {
        if (length < CELL)
            length += (size_t)snprintf(ret_text + length, CELL - length, "%s%s=%s",
                                       length > 0 ? ", " : "", key, json_string_value(value));
    }
    return ret_text;
}

static char *read_all(FILE *file, size_t *ret_length)
{
    size_t room = 0, length = 0;
    char *text = NULL;

    do {
        room = room * 2 + 65536;
        char *more = realloc(text, room + 1);
        if (more == NULL || length > FILE_MAX) {
            free(more != NULL ? more : text);
            errno = more == NULL ? ENOMEM : EFBIG;
            return NULL;
        }
        text = more;
        length += fread(text + length, 1, room - length, file);
    } while (length == room);
    text[length] = '\0';
    *ret_length = length;
    return text;
}

char *read_file(const char *path, size_t *ret_length)
{
    bool piped = strcmp(path, "-") == 0;
    FILE *file = piped ? stdin : fopen(path, "re");
    char *text = file != NULL ? read_all(file, ret_length) : NULL;

    if (text != NULL && ferror(file)) {
        free(text);
        text = NULL;
    }
    if (text == NULL)
        failed("%s: %s", piped ? "stdin" : path, strerror(errno));
    if (file != NULL && !piped)
        fclose(file);
    return text;
}
