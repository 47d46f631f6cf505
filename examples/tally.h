/* What the files of `tally` share. SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_TALLY_H
#define EXAMPLES_TALLY_H

#include "console.h"

#include <time.h>

enum {
    SLOWEST_MS = 100 * 1000 /* of first events; longer is counted as this */
};

enum {
    CALLS,
    FAILURES,
    REPORTED,
    UNREPORTED,
    COLUMNS = 9
};

/* What is counted: calls, attempts by outcome, tokens by kind. */
extern const struct column {
    const char *heading, *member;
    int outcome; /* attempts with this outcome are counted */
    int field;   /* or this field is added up */
} columns[COLUMNS];

struct options {
    const char *prompt, *ledger;
    int64_t count, in_flight, max_tokens;
    bool progress, stream;
};

struct account { /* of one profile */
    struct tally *tally;
    const char *profile_arn;
    int64_t counts[COLUMNS];
    int64_t cost;     /* picodollars, of what is known */
    int64_t degraded; /* attempts that a budget sent through another profile */
};

struct tally {
    struct console console;
    struct options options;
    brc_client *client;
    brc_ledger *ledger; /* NULL: none */
    struct account *accounts;
    size_t profiles;
    const char *line, *lines_end; /* what is left of stdin */
    int64_t asked, in_flight;
    time_t shown_at;      /* the progress */
    bool terminal;        /* that is where stderr goes */
    uint64_t codes_shown; /* a bit for each code */
    int64_t streams;
    int64_t first_events[SLOWEST_MS + 1]; /* of streams: how many took so many milliseconds */
};

/* tally_report.c: one line on stderr that a terminal writes over and over; and what is printed
 * last. */
void show_progress(struct tally *tally, bool last);
int report(const struct tally *tally, bool interrupted);

#endif
