/* A ledger that decides as a test wants it and notes what it is asked. Linked into a test, it
 * stands before the library's own. SPDX-License-Identifier: MIT */
#ifndef TEST_SCRIPTED_LEDGER_H
#define TEST_SCRIPTED_LEDGER_H

#include <ledger.h>

enum {
    SCRIPTED_MAX = 64
};

struct scripted_ledger {
    /* Decides on an attempt, once the ledger is not busy: what brc__ledger_admit() returns, and
     * what the hold says. NULL: yes. */
    int (*decide)(const struct brc__asking *asking, struct brc__hold *hold,
                  struct brc__error *error);
    int busy_admits, busy_settles, busy_lists; /* so many more are told that others write */
    int settle_code, list_code;                /* why they fail; 0: they do not */
    int knows;                                 /* the profile is in the catalogue */

    int asked, holds, live, settles, settled, owed, listed, notified, references;
    int64_t longest_wait_ms;
    char listed_arn[256], listed_profile[1024], listed_tags[1024];
    struct {
        int64_t outcome, attempt, code, counted;
    } records[SCRIPTED_MAX]; /* in the order in which they were noted */
    int noted;
    char told[4096]; /* a word for each thing that happened; tests add theirs */
};

extern struct scripted_ledger scripted;

/* Forgets everything. */
void scripted_reset(void);

/* Adds a word, and a blank, to what was told. */
void scripted_tell(const char *word);

/* The handle to set. */
brc_ledger *scripted_ledger(void);

#endif
