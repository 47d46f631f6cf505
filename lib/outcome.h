/* What became of an attempt: the codes and outcomes, as tables.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__OUTCOME_H
#define BRC__OUTCOME_H

#include <stdbool.h>

/* How far an exchange of request and answer came. */
enum brc__reach {
    BRC__UNSENT,   /* no byte of the request left */
    BRC__SENT,     /* bytes of the request left, no answer began */
    BRC__CUT,      /* an answer began and did not come to its end */
    BRC__COMPLETE, /* the answer came whole */
};

/* The BRC_OUTCOME_ of an attempt. Where AWS does not say what it bills, the reading is
 * conservative: unreported unless it is plain that no model ran. `usage` says whether the answer's
 * usage was read. */
int brc__outcome(enum brc__reach reach, int status, bool usage);

/* The BRC_E_ code of a complete answer's status, and of AWS's type of the error ("" for none); 0
 * for a 200, whose body decides. */
int brc__status_code(int status, const char *aws_type);

/* The BRC_E_ code of an exception of that type within a stream. */
int brc__exception_code(const char *aws_type);

#endif
