/* Tables for people. SPDX-License-Identifier: MIT */
#include "console.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A heading, or a cell, as it is printed: so many characters before and behind the point. */
struct width {
    int whole, part;
};

void table_begin(struct table *table, const char *headings)
{
    *table = (struct table){.headings = headings, .columns = 1};
    for (const char *c = headings; *c != '\0'; c++)
        table->columns += *c == '|';
}

/* Takes away what is left of a character that was cut: of UTF-8, so at most three bytes. */
static void end_whole(char *text)
{
    size_t length = strlen(text), begin = length;

    while (begin > 0 && length - begin < 3 && ((unsigned char)text[begin - 1] & 0xc0) == 0x80)
        begin--;
    if (begin == 0 || ((unsigned char)text[begin - 1] & 0xc0) != 0xc0)
        return;
    unsigned char lead = (unsigned char)text[begin - 1];
    size_t wanted = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (length - begin < wanted)
        text[begin - 1] = '\0';
}

void cell(struct table *table, const char *format, ...)
{
    size_t count = table->count;
    va_list arguments;

    /* Room grows by doubling, whenever the count is a power of two. */
    if ((count & (count - 1)) == 0 && !table->failed) {
        char(*cells)[CELL] = realloc(table->cells, (count == 0 ? 1 : count * 2) * CELL);
        table->failed = cells == NULL;
        table->cells = cells != NULL ? cells : table->cells;
    }
    if (table->failed)
        return;
    va_start(arguments, format);
    vsnprintf(table->cells[table->count], CELL, format, arguments);
    va_end(arguments);
    end_whole(table->cells[table->count++]);
}

/* The characters of UTF-8 that stand before `end`. */
static int characters(const char *text, const char *end)
{
    int count = 0;

    for (; text < end && *text != '\0'; text++) {
        if (*text == '\033') /* a colour takes no room: ESC [ ... m */
            text += strcspn(text, "m");
        else
            count += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return count;
}

static struct width width_of(const char *text, bool number)
{
    const char *end = text + strlen(text), *point = number ? strchr(text, '.') : NULL;

    if (point == NULL)
        point = end;
    return (struct width){characters(text, point), characters(point, end)};
}

static void print_cell(const char *text, bool number, struct width column, bool last)
{
    struct width own = width_of(text, number);
    int before = number ? column.whole - own.whole : 0;
    int behind = (number ? column.part : column.whole) - (number ? own.part : own.whole);

    printf("%*s%s%*s", before, "", text, last ? 0 : behind + 2, "");
}

/* The heading of a column, and whether it has numbers. */
static bool heading_of(const struct table *table, size_t column, char ret_text[CELL])
{
    const char *heading = table->headings;

    while (column-- > 0)
        heading = strchr(heading, '|') + 1;
    bool number = *heading == '#';
    snprintf(ret_text, CELL, "%.*s", (int)strcspn(heading + number, "|"), heading + number);
    return number;
}

static struct width column_width(const struct table *table, size_t column, const char *heading,
                                 bool number)
{
    struct width widest = {0, 0};

    for (size_t i = column; i < table->count; i += table->columns) {
        struct width own = width_of(table->cells[i], number);
        widest.whole = own.whole > widest.whole ? own.whole : widest.whole;
        widest.part = own.part > widest.part ? own.part : widest.part;
    }
    int missing = characters(heading, heading + strlen(heading)) - widest.whole - widest.part;
    widest.whole += missing > 0 ? missing : 0;
    return widest;
}

static void print_line(const struct table *table, const struct width *widths, size_t first_cell,
                       bool is_heading)
{
    for (size_t i = 0; i < table->columns; i++) {
        char heading[CELL];
        bool number = heading_of(table, i, heading), last = i + 1 == table->columns;
        int width = widths[i].whole + widths[i].part;
        if (is_heading)
            printf("%*s%s", number ? width : last ? 0 : -width, heading, last ? "" : "  ");
        else
            print_cell(table->cells[first_cell + i], number, widths[i], last);
    }
    putchar('\n');
}

int table_end(struct table *table)
{
    struct width *widths = calloc(table->columns, sizeof *widths);
    bool whole = widths != NULL && !table->failed;

    for (size_t i = 0; whole && i < table->columns; i++) {
        char heading[CELL];
        bool number = heading_of(table, i, heading);
        widths[i] = column_width(table, i, heading, number);
    }
    if (whole)
        print_line(table, widths, 0, true);
    for (size_t i = 0; whole && i + table->columns <= table->count; i += table->columns)
        print_line(table, widths, i, false);
    free(widths);
    free(table->cells);
    return whole ? DONE : failed("%s", brc_strerror(BRC_E_NOMEM));
}
