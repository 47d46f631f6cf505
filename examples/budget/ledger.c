/* The ledger, and rows of it as JSON. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    WHY = 1024,
    FILE_MAX = 64 * 1024 * 1024 /* what the ledger takes */
};

static int ledger_failed(struct budget *budget, int code)
{
    char why[WHY] = "";

    brc_ledger_error(budget->ledger, why, sizeof why);
    return failed("%s", why[0] != '\0' ? why : brc_strerror(code));
}

int open_ledger(struct budget *budget, bool make)
{
    const char *path = budget->path;

    if (path == NULL || *path == '\0')
        return misused("which ledger? Give --ledger FILE, or set BEDROCKCOST_LEDGER");
    if (!make && access(path, F_OK) < 0)
        return failed("%s: %s. `budget profiles import`, `prices import` and `settings` make a "
                      "ledger where there is none",
                      path, strerror(errno));
    int rc = brc_ledger_open(path, &budget->ledger);
    return rc < 0 ? ledger_failed(budget, rc) : DONE;
}

int put_text(struct budget *budget, const char *kind, const char *json)
{
    int rc = brc_ledger_put(budget->ledger, kind, json);

    return rc < 0 ? ledger_failed(budget, rc) : DONE;
}

int put(struct budget *budget, const char *kind, json_t *row)
{
    char *text = row != NULL ? json_dumps(row, JSON_COMPACT) : NULL;
    int rc = text != NULL ? put_text(budget, kind, text) : failed("%s", brc_strerror(BRC_E_NOMEM));

    free(text);
    json_decref(row);
    return rc;
}

/* Collected first: nothing may be asked of the ledger while it hands out rows. */
static int collect(const char *json, void *user_data)
{
    return json_array_append_new(user_data, json_loads(json, 0, NULL));
}

json_t *query(struct budget *budget, json_t *what)
{
    char *text = what != NULL ? json_dumps(what, JSON_COMPACT) : NULL;
    json_t *rows = json_array();
    int64_t count = BRC_E_NOMEM;

    if (text != NULL && rows != NULL)
        count = brc_ledger_query(budget->ledger, text, collect, rows);
    if (count >= 0 && (size_t)count != json_array_size(rows))
        count = BRC_E_NOMEM; /* a row could not be kept, and ended it */
    free(text);
    json_decref(what);
    if (count >= 0)
        return rows;
    json_decref(rows);
    if (count == BRC_E_NOMEM)
        failed("%s", brc_strerror(BRC_E_NOMEM));
    else
        ledger_failed(budget, (int)count);
    return NULL;
}

void print_json(const json_t *row)
{
    json_dumpf(row, stdout, JSON_COMPACT);
    putchar('\n');
}

int say(struct budget *budget, json_t *row, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (budget->json)
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
