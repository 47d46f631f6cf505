/* A client, a request and a scripted server, ready to talk; every usage record is kept. With
 * TEST_DRIVER=loop in the environment the client is driven by a loop (loop.h) instead of blocking
 * calls, and every test that asks by fixture_ask() runs the same way. SPDX-License-Identifier: MIT
 */
#ifndef TEST_FIXTURE_H
#define TEST_FIXTURE_H

#include "loop.h"
#include "server.h"

#include <bedrockcost/bedrockcost.h>

#define FIXTURE_ARN                                                                                \
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456"
#define FIXTURE_KEY_ID "AKIDFIXTURE"
#define FIXTURE_SECRET "fixture-secret-key"
#define FIXTURE_TOKEN  "fixture-session-token"

/* A sound answer to Converse: text "Hello", 12 tokens in, 34 out. */
extern const char fixture_answer_body[];

enum {
    FIXTURE_RECORDS_MAX = 32
};

struct fixture {
    struct server *server;
    brc_credentials *credentials;
    brc_client *client;
    brc_request *request;
    int looped; /* driven by the loop */
    struct loop loop;
    char *answer; /* the sound answer with its head */
    struct {
        int64_t outcome, code, status, input, output, attempt;
        char call_id[40];
        char request_id[64];
    } records[FIXTURE_RECORDS_MAX];
    size_t record_count;
};

/* The server answers soundly until told otherwise; a call is one attempt, without time limits. */
void fixture_start(struct fixture *fixture);
void fixture_stop(struct fixture *fixture);

/* One reply for all requests that follow. */
void fixture_reply(struct fixture *fixture, const char *bytes, enum server_then then);

/* brc_converse(), or the same by brc_start() and the loop. */
int fixture_converse(struct fixture *fixture, const brc_request *request, brc_result **ret_result);

/* Asks; the result, if there is one, goes to *ret_result, or is freed if that is NULL. */
int fixture_ask(struct fixture *fixture, brc_result **ret_result);

#endif
