/* Reading what Bedrock answered to Converse: the text, the message, the usage, or the error.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__ANSWER_H
#define BRC__ANSWER_H

#include <bedrockcost/converse.h>
#include "content.h"
#include "error.h"
#include "usage.h"

/* A public result: the answer as received, and what was read from it; of a stream, what was put
 * together from its events, which becomes the text of an answer when somebody asks for it. */
struct brc_result {
    bool began; /* a model began to answer: there is something to hand out */
    bool streamed;
    struct brc__buf json;
    struct brc__buf text; /* valid if has_text */
    struct brc__buf stop_reason;
    struct brc__json received; /* the message within json */
    struct brc__buf message;   /* the same, made sound when first asked for */
    bool has_text;
    struct brc_usage usage;
    /* Of a stream: */
    struct brc__content content;
    char role[16];
    struct brc__buf fields;   /* additionalModelResponseFields, as received */
    struct brc__buf metadata; /* as received */
};

/* An empty result; NULL without memory. */
brc_result *brc__result_new(void);

/* Reads result->json, a whole 200 answer: usage first, which needs no memory, then stop reason and
 * text. What can be read is there afterwards, whatever the code. *ret_usage says whether the usage
 * can be relied on. Returns 0, BRC_E_NOMEM, or BRC_E_PROTOCOL with the reason in error. */
int brc__answer_read(brc_result *result, bool *ret_usage, struct brc__error *error);

/* The message, fit to be sent back: as received wherever that is sound JSON, so that nothing in it
 * changes (numbers, signatures of reasoning, members of tomorrow), else repaired. Made when first
 * asked for, as many callers never do and judging it costs more than all other reading. NULL if
 * there is none, or memory ran out. */
const char *brc__answer_message(brc_result *result);

/* A getter's return: the length goes where it is wanted. */
static inline const char *brc__with_length(const char *text, size_t length, size_t *ret_length)
{
    if (ret_length != NULL)
        *ret_length = text == NULL ? 0 : length;
    return text;
}

/* Notes the service tier that served, from a member `serviceTier`. */
void brc__answer_tier(struct brc_usage *usage, struct brc__json tier);

/* Fills in AWS's type and message from a complete answer that is no 200, and the text; returns the
 * code. The type comes from the header x-amzn-ErrorType, else from the body's code, Code or __type.
 */
int brc__answer_error(int status, const char *head, const char *body, size_t length,
                      struct brc__error *error);

/* The same from an exception within a stream, whose type AWS begins with a small letter there. */
int brc__answer_exception(const char *type, size_t type_length, const char *body, size_t length,
                          struct brc__error *error);

#endif
