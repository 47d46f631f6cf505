/* What the files of `budget` share. SPDX-License-Identifier: MIT */
#ifndef BUDGET_BUDGET_H
#define BUDGET_BUDGET_H

#include <bedrockcost/bedrockcost.h>

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DONE = 0,
    FAILED = 1,
    MISUSED = 2
};

/* The program: what stands before, or behind, any command. */
struct budget {
    const char *path; /* of the ledger */
    bool json;        /* rows for machines instead of tables for people */
    bool help;
    brc_ledger *ledger; /* NULL until it is opened */
};

/* ------------------------------------------------------------------ say.c */

/* One line on stderr; returns FAILED, MISUSED. */
__attribute__((format(printf, 1, 2))) int failed(const char *format, ...);
__attribute__((format(printf, 1, 2))) int misused(const char *format, ...);

/* ---------------------------------------------------------------- options.c */

/* An option of a command: exactly one of the pointers says where it goes. */
struct choice {
    const char *name;
    const char **text; /* takes a value */
    bool *flag;
    json_t **list; /* takes a value, any number of times; NULL until the first */
};

/* Reads a command's options, wherever they stand (`choices` ends with a NULL name), and its words,
 * of which there are as many as it says. argv[0] is the command itself. */
int take_options(struct budget *budget, int argc, char **argv, const struct choice *choices,
                 int least, int most, char ***ret_words, int *ret_count);

int take_number(const char *option, const char *text, int64_t least, int64_t most,
                int64_t *ret_number);
/* "+02:00" as minutes. */
int take_offset(const char *text, int64_t *ret_minutes);
int take_money(const char *option, const char *text);

/* ----------------------------------------------------------------- ledger.c */

/* Opens the ledger. Where there is none yet, it is made only if the command is one to begin with.
 */
int open_ledger(struct budget *budget, bool make);

/* Puts a row and gives up the reference to it. */
int put(struct budget *budget, const char *kind, json_t *row);
int put_text(struct budget *budget, const char *kind, const char *json);

/* All rows of a query, which is given up: an array, to be given up by the caller; NULL after it has
 * said what is wrong. */
json_t *query(struct budget *budget, json_t *what);

/* Prints a row as one line. */
void print_json(const json_t *row);

/* Prints what was put, which is given up: as JSON, or the sentence. */
__attribute__((format(printf, 3, 4))) int say(struct budget *budget, json_t *row,
                                              const char *format, ...);

/* A member's text; NULL if it is none. */
const char *text_of(const json_t *row, const char *member);
/* A member's text; "-" if it is none. */
const char *shown(const json_t *row, const char *member);
/* A member's picodollars; -1 if it is none. */
int64_t money_of(const json_t *row, const char *member);

/* A whole file, - for stdin, with a NUL behind it; NULL after it has said what is wrong. */
char *read_file(const char *path, size_t *ret_length);

/* ------------------------------------------------------------------ table.c */

enum {
    CELL = 160 /* bytes of a cell's text, with its NUL; longer ones are cut */
};

/* A table for people, aligned when all its rows are there. */
struct table {
    const char
        *headings; /* separated by |; one that begins with # has numbers, aligned at the point */
    size_t columns, count; /* of cells */
    char (*cells)[CELL];
    bool failed; /* memory ran out */
};

void table_begin(struct table *table, const char *headings);
/* Cells of a row come from left to right. */
__attribute__((format(printf, 2, 3))) void cell(struct table *table, const char *format, ...);
/* Prints the table and frees it. */
int table_end(struct table *table);

/* ----------------------------------------------------------------- figure.c */

/* An amount for people: at least 2 and at most 6 decimals, a rest rounded away from what is good
 * news: `up` for what is spent, down for what is left. "-" below 0. */
const char *amount(int64_t picodollars, bool up, char ret_text[CELL]);

/* spent x length / elapsed: what it comes to at the window's end, if it goes on like that. -1: it
 * is too early to tell, or the window has no end. */
int64_t pace_of(const json_t *use, int64_t now_s);

/* Percent that are used, down to a whole one; 100 of nothing. */
int64_t percent_of(int64_t part, int64_t whole);

/* "team=search", "profile NAME", "all". */
const char *owner_text(const json_t *owner, char ret_text[CELL]);

/* ----------------------------------------------------------------- moment.c */

/* RFC 3339 in UTC as seconds since 1970; -1: it is none. */
int64_t moment_read(const char *text);
void moment_write(int64_t seconds, char ret_text[CELL]);
/* "2026-12-01 00:00 UTC"; "-" for NULL. */
const char *moment_text(const char *moment, char ret_text[CELL]);
/* In the unit that says most: "55 d", "3 h", "12 min", "4 s". */
const char *span_text(int64_t seconds, char ret_text[CELL]);

/* ----------------------------------------------------------------- commands */

/* argv[0] is the command. */
int run_set(struct budget *budget, int argc, char **argv);
int run_end(struct budget *budget, int argc, char **argv);
int run_override(struct budget *budget, int argc, char **argv);
int run_show(struct budget *budget, int argc, char **argv);
int run_history(struct budget *budget, int argc, char **argv);
int run_unreported(struct budget *budget, int argc, char **argv);
int run_resolve(struct budget *budget, int argc, char **argv);
int run_profiles(struct budget *budget, int argc, char **argv);
int run_prices(struct budget *budget, int argc, char **argv);
int run_settings(struct budget *budget, int argc, char **argv);
int run_verify(struct budget *budget, int argc, char **argv);
int run_notify(struct budget *budget, int argc, char **argv);

/* Fetches these profiles, or without any those that the ledger knows: `profiles fetch`. */
int fetch(struct budget *budget, char **arns, int count);

/* What a budget set by a profile's tag has beside its owner and limit: `set` with --from-tag. */
int set_from_tag(struct budget *budget, const char *tag, json_t *terms);

#endif
