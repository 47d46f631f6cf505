/* A program that people and scripts type: its options, what it prints, how it says that something
 * is wrong. Shared by the programs. SPDX-License-Identifier: MIT */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

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

enum {
    CELL = 160 /* bytes of a cell's text, with its NUL; longer ones are cut */
};

/* An option of a command: exactly one of the pointers says where it goes. */
struct choice {
    const char *name;  /* NULL ends an array of them */
    const char **text; /* takes a value */
    bool *flag;
    json_t **list;   /* takes a value, any number of times; NULL until the first */
    int64_t *number; /* takes one of these: */
    int64_t least, most;
};

/* What stands before, or behind, any command. */
struct console {
    const char *program;          /* its name, for messages */
    const struct choice *choices; /* that every command of it has, beside --help */
    const char *text;             /* of its help */
    const char *command;          /* the one that runs, or NULL */
    bool json;                    /* --json: rows for machines instead of tables for people */
    bool help;                    /* --help */
};

/* A command of a program. `program` is the program's own state. */
struct command {
    const char *name;
    int (*run)(void *program, int argc, char **argv); /* argv[0] is the command */
};

/* ------------------------------------------------------------------ say.c */

/* Names the program for the two below. */
void console_name(const char *program);

/* One line on stderr; returns FAILED, MISUSED. */
__attribute__((format(printf, 1, 2))) int failed(const char *format, ...);
__attribute__((format(printf, 1, 2))) int misused(const char *format, ...);

/* ------------------------------------------------------------------ usage.c */

/* Says that a word is wrong, as "NAME", "is missing", and then how the command is typed, which its
 * help knows. Returns MISUSED. */
int mistyped(const struct console *console, const char *word, const char *why);

/* -------------------------------------------------------------- confirm.c */

/* Asks on the terminal whether to do what has just been shown, unless `yes` says so already (the
 * command's --yes). DONE: do it. MISUSED: there is neither. FAILED: no. It has said so. */
__attribute__((format(printf, 2, 3))) int confirm(bool yes, const char *format, ...);

/* ---------------------------------------------------------------- options.c */

/* A whole program: reads what stands before the command, runs the command (`commands` ends with a
 * NULL name), prints `help` if that was asked for, and sees that stdout was written. Returns the
 * exit code. */
int console_run(struct console *console, const struct command *commands, void *program,
                const char *help, int argc, char **argv);

/* The same for a program without commands, which does one thing: `run`. */
int console_run_alone(struct console *console, int (*run)(void *program, int argc, char **argv),
                      void *program, const char *help, int argc, char **argv);

/* Reads a command's options, wherever they stand (`choices` ends with a NULL name, or is NULL), and
 * its words, of which there are as many as it says (`most` -1: any number). */
int take_options(struct console *console, int argc, char **argv, const struct choice *choices,
                 int least, int most, char ***ret_words, int *ret_count);

int take_number(const char *option, const char *text, int64_t least, int64_t most,
                int64_t *ret_number);
/* "+02:00" as minutes. */
int take_offset(const char *text, int64_t *ret_minutes);
int take_money(const char *option, const char *text);

/* ----------------------------------------------------------------- rows.c */

/* Prints a row as one line. */
void print_json(const json_t *row);
/* Each of these. DONE. */
int print_rows(const json_t *rows);

/* Prints what was done: the row, which is given up, as JSON, or the sentence. */
__attribute__((format(printf, 3, 4))) int say(const struct console *console, json_t *row,
                                              const char *format, ...);

/* A member's text; NULL if it is none. */
const char *text_of(const json_t *row, const char *member);
/* A member's text; "-" if it is none. */
const char *shown(const json_t *row, const char *member);
/* A member's picodollars; -1 if it is none. */
int64_t money_of(const json_t *row, const char *member);

/* The first of these objects with that text as a member; NULL: there is none. */
json_t *find_by(const json_t *rows, const char *member, const char *text);
/* Whether that text is among these. */
bool has_text(const json_t *texts, const char *text);

/* "team=search, stage=prod" of an object of tags. */
const char *tags_text(json_t *tags, char ret_text[CELL]);

/* A whole file, - for stdin, with a NUL behind it; NULL after it has said what is wrong. */
char *read_file(const char *path, size_t *ret_length);

/* ------------------------------------------------------------------ table.c */

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

#endif
