/* What an AWS service answered to a signed call: JSON, or an error.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__AWS_ANSWER_H
#define BRC__AWS_ANSWER_H

#include "service.h"

/* An answer that came whole. */
struct brc__aws_reply {
    int status;
    const char *head; /* status line and header lines; NULL for none */
    const char *body;
    size_t length;
};

enum {
    BRC__REQUEST_ID_SIZE = sizeof((struct brc__error *)0)->request_id
};

/* Appends the answer as JSON text to `to`, which ought to be a secret buffer.
 *
 * Any 2xx is a success. JSON comes as received, "{}" for an empty body; of XML it is the element
 * OPERATIONResult, see xml.h, "{}" if there is none.
 *
 * What is no success is an error as brc__answer_error() reads it, whose code tells throttling and
 * refused credentials apart also where a service says 400 for everything. If the error is JSON, or
 * XML with an Error, that is appended as well: what its type models beside the message is the
 * caller's to read.
 *
 * The request id comes from the head or the XML; "" for none. Returns 0, BRC_E_NOMEM,
 * BRC_E_TOO_LARGE, BRC_E_PROTOCOL for a success that cannot be read, or the error's code. */
int brc__aws_answer_read(const struct brc__service *service, const char *operation,
                         const struct brc__aws_reply *reply, struct brc__buf *to,
                         char ret_request_id[BRC__REQUEST_ID_SIZE], struct brc__error *error);

#endif
