/* What the files of `budget` share. SPDX-License-Identifier: MIT */
#ifndef BUDGET_BUDGET_H
#define BUDGET_BUDGET_H

#include "book.h"

/* The program. */
struct budget {
    struct console console;
    const char *path;   /* of the ledger */
    brc_ledger *ledger; /* NULL until it is opened */
};

/* ----------------------------------------------------------------- ledger.c */

/* Opens the ledger. Where there is none yet, it is made only if the command is one to begin with.
 */
int open_ledger(struct budget *budget, bool make);

/* ----------------------------------------------------------------- figure.c */

/* An amount for people: at least 2 and at most 6 decimals, a rest rounded away from what is good
 * news: `up` for what is spent, down for what is left. "-" below 0. */
const char *amount(int64_t picodollars, bool up, char ret_text[CELL]);

/* spent x length / elapsed: what it comes to at the window's end, if it goes on like that. -1: it
 * is too early to tell, or the window has no end. */
int64_t pace_of(const json_t *use, int64_t now_s);

/* Percent that are used, down to a whole one; 100 of nothing. */
int64_t percent_of(int64_t part, int64_t whole);

/* A profile's multiplier in parts per million; -1: it cannot be read. */
int64_t factor_of(const json_t *profile);

/* "team=search", "profile NAME", "all". */
const char *owner_text(const json_t *owner, char ret_text[CELL]);

/* ----------------------------------------------------------------- profile_find.c */

/* Whether this is its ARN, alias, name or id. */
bool profile_is_called(const json_t *profile, const char *name);
/* The one of the ledger's profiles with this ARN, alias, name or id; NULL after it has said what is
 * wrong. */
const json_t *profile_find(const json_t *profiles, const char *name);

/* ----------------------------------------------------------------- moment.c */

/* RFC 3339 in UTC as seconds since 1970; -1: it is none. */
int64_t moment_read(const char *text);
void moment_write(int64_t seconds, char ret_text[CELL]);
/* What people give: "2026-12-01", a moment, or "+4h" (m, h, d) from now; "-4h" if that is the sign.
 * As moment_read(). */
int64_t moment_given(const char *text, char sign, char ret_moment[CELL]);
/* "2026-12-01 00:00 UTC"; "-" for NULL. */
const char *moment_text(const char *moment, char ret_text[CELL]);
/* In the unit that says most: "55 d", "3 h", "12 min", "4 s". */
const char *span_text(int64_t seconds, char ret_text[CELL]);

/* ----------------------------------------------------------------- follow.c */

/* Does `once` and, if `on`, again and again until SIGINT or SIGTERM comes: so many seconds after a
 * success, after failures less and less often, though every minute. What is under way is finished.
 * Returns what the last one did. */
int follow(bool on, unsigned every_s, int (*once)(void *state), void *state);
bool is_interrupted(void);

/* ----------------------------------------------------------------- commands */

/* argv[0] is the command. */
int run_set(void *program, int argc, char **argv);
int run_end(void *program, int argc, char **argv);
int run_override(void *program, int argc, char **argv);
int run_show(void *program, int argc, char **argv);
int run_history(void *program, int argc, char **argv);
int run_unreported(void *program, int argc, char **argv);
int run_resolve(void *program, int argc, char **argv);
int run_profiles(void *program, int argc, char **argv);
int run_prices(void *program, int argc, char **argv);
int run_settings(void *program, int argc, char **argv);
int run_verify(void *program, int argc, char **argv);
int run_notify(void *program, int argc, char **argv);
int run_external(void *program, int argc, char **argv);
int run_mirror(void *program, int argc, char **argv);

/* Fetches these profiles, or without any those that the ledger knows: `profiles fetch`. */
int fetch(struct budget *budget, char **arns, int count);

/* What a budget set by a profile's tag has beside its owner and limit: `set` with --from-tag. */
int set_from_tag(struct budget *budget, const char *tag, json_t *terms);

#endif
