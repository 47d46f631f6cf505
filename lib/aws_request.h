/* A signed call of an AWS service: from operation and JSON to the request.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__AWS_REQUEST_H
#define BRC__AWS_REQUEST_H

#include "service.h"

struct brc__aws_request {
    char method[8];
    struct brc__buf url;
    struct brc__buf body; /* secret; data is NULL if there is none */
    const char *content_type;
    char target[160]; /* the header line X-Amz-Target; "" for none */
    bool query_mode;  /* errors shall come with the codes of the query API as well */
    bool is_signed;   /* else it goes without a signature and without a token */
};

enum {
    BRC__AWS_HEADERS_MAX = 3
};

#define BRC__AWS_REQUEST                                                                           \
    (struct brc__aws_request)                                                                      \
    {                                                                                              \
        .url = BRC__BUF(BRC__CEILING_URL), .body = BRC__SECRET_BUF(BRC__CEILING_REQUEST)           \
    }

#define brc__auto_aws_request brc__cleanup(brc__aws_request_free)

void brc__aws_request_free(struct brc__aws_request *request);

/* Fills in an empty request. `endpoint` is brc__service_endpoint()'s. `operation` is "METHOD
 * /path?query" for REST (GET, POST, PUT, PATCH, DELETE; the parts of the path percent-encoded),
 * else the bare name. `json` is an object; NULL or "" for none. Returns 0, BRC_E_NOMEM,
 * BRC_E_TOO_LARGE, or BRC_E_INVALID with the reason: what runs a model; what is no such operation;
 * JSON that is not acceptable, no object, or has no place in a GET or DELETE. */
int brc__aws_request_make(const struct brc__service *service, const char *endpoint,
                          const char *operation, const char *json,
                          struct brc__aws_request *ret_request, struct brc__error *error);

/* The header lines that go with it, to be signed with it; lent, as long as the request stays where
 * it is. Returns how many. */
size_t brc__aws_request_headers(const struct brc__aws_request *request,
                                const char *ret_lines[BRC__AWS_HEADERS_MAX]);

#endif
