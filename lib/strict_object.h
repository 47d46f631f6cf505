/* JSON objects read strictly, as what is put into a ledger is: every member known, of its kind and
 * within its bounds, those there that must be. The error names the member and says what it must be.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__STRICT_OBJECT_H
#define BRC__STRICT_OBJECT_H

#include "error.h"
#include "json_text.h"

/* What a member has to be, and what `to` points at then. */
enum brc__member_kind {
    BRC__AS_TEXT,   /* char *: a string of printable characters; replaces what was there */
    BRC__AS_WORD,   /* int: which of `words` */
    BRC__AS_NUMBER, /* int64_t: a whole number */
    BRC__AS_FLAG,   /* bool: true or false */
    BRC__AS_MONEY,  /* int64_t: picodollars, written as a string of US dollars */
    BRC__AS_MOMENT, /* int64_t: milliseconds since 1970 UTC, written as "2026-11-25T14:00:00Z" */
    BRC__AS_OBJECT, /* struct brc__json: within the text that was read */
    BRC__AS_ARRAY,  /* the same */
};

/* For instance {"limit", BRC__AS_MONEY, .to = &limit, .required = true}. */
struct brc__member {
    const char *name; /* ASCII */
    enum brc__member_kind kind;
    void *to;            /* stays as it is if the member is not there */
    bool required;       /* it has to be there */
    int64_t least, most; /* of a number, or of a text's characters; both 0: no bounds of its own,
                            which is 0 to 2^63 - 1 for a number and 1 to 1,024 for a text */
    const char *const *words; /* NULL-ended */
};

#define BRC__COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* Reads an object that brc__json_check() accepts. `what` is how messages call it: "budget", or
 * "budget.owner" for one inside. Returns 0; BRC_E_INVALID, or BRC_E_RANGE for a number, an amount
 * or a length that is outside what it may be, with the reason in error; BRC_E_NOMEM. Some of the
 * members have been read then: texts are the caller's to free on every path. */
int brc__strict_object(struct brc__json object, const char *what, const struct brc__member *members,
                       size_t count, struct brc__error *error);

/* The same from a whole text, which is checked to be JSON first. */
int brc__strict_read(const char *json, size_t n, const char *what,
                     const struct brc__member *members, size_t count, struct brc__error *error);

/* One value, of which messages speak as `what`.`member->name`. */
int brc__strict_value(struct brc__json value, const char *what, const struct brc__member *member,
                      struct brc__error *error);

/* The elements of an array of texts, with the bounds above, as a NULL-ended list; none twice. */
int brc__strict_texts(struct brc__json array, const char *what, const char *name, char ***ret_texts,
                      struct brc__error *error);
void brc__texts_free(char **texts);

#endif
