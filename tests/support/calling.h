/* A client that calls AWS's services, all of which are one scripted server. Nothing else of AWS is
 * around it: no variable, no shared file. SPDX-License-Identifier: MIT */
#ifndef TEST_CALLING_H
#define TEST_CALLING_H

#include "fixture.h"

struct calling {
    struct server *server;
    brc_credentials *credentials;
    brc_client *client;
    char *json;    /* of the last call; wiped before the next one */
    char *request; /* the last one, once it was asked for */
};

/* Unsets every variable of AWS, and lets both shared files be none. */
void calling_clear_environment(void);

/* The server says "{}" until told otherwise; a call is one attempt, without time limits. */
void calling_start(struct calling *calling);
void calling_stop(struct calling *calling);

/* A new client in place of the old one, made in the environment of now. NULL: the same
 * credentials. */
void calling_renew(struct calling *calling, brc_credentials *credentials);

/* All requests that follow are answered like this. */
void calling_reply(struct calling *calling, const char *status, const char *headers,
                   const char *body);

int calling_call(struct calling *calling, const char *service, const char *region,
                 const char *operation, const char *json);

/* The last request; good until the next time it is asked for. */
const char *calling_request(struct calling *calling);

#endif
