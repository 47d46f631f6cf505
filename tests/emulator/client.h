/* The tests' own client: starts the emulator, signs with code of its own, talks over a plain
 * socket, so that it can send what no HTTP library would.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TESTS_EMULATOR_CLIENT_H
#define TESTS_EMULATOR_CLIENT_H

#include <check.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct response {
    int status;    /* 0: the connection was closed before a head came */
    bool complete; /* all of the announced body came */
    char error_type[128];
    char request_id[64];
    char content_type[64];
    char *body;
    size_t body_len;
    json_t *json; /* NULL if the body is not JSON */
};

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A model called without a profile, and a good body for Converse, with more members if wanted. */
#define RAW              "us.amazon.nova-lite-v1%3A0"
#define RAW_TARGET       "/model/" RAW "/converse"
#define HELLO_MESSAGES   "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hello world\"}]}]"
#define HELLO            "{" HELLO_MESSAGES "}"
#define HELLO_WITH(more) "{" HELLO_MESSAGES "," more "}"

/* How a request is signed. */
struct signer {
    const char *access_key;
    const char *secret_key;
    const char *token; /* NULL: none */
    const char *region;
    const char *service;
    const char *content_type;     /* of the body, if there is one; NULL: application/json */
    const char *target;           /* X-Amz-Target; NULL: none */
    time_t skew;                  /* added to the present */
    const char *unsigned_headers; /* lines with CR LF, sent but not signed; NULL: none */
    const char *query_order;      /* canonical query, if the target's is not sorted */
};

extern const struct signer SIGNER; /* the emulator's default credentials, us-east-1 */

/* Starts the emulator that the program's arguments name, with further options (NULL-terminated). */
void emulator_start(const char *const *options);

/* Fails the test unless the emulator ends cleanly. */
void emulator_stop(void);

/* A new case of the suite; for each of its tests an emulator is started, and stopped. */
TCase *emulator_case(Suite *suite, const char *name);

int emulator_port(void);
pid_t emulator_pid(void);

/* How many descriptors it has open: its connections, and some more. */
int emulator_descriptors(void);

/* A signed request; body NULL: none. Responses are freed by response_free. */
struct response call(const char *method, const char *target, const char *body);
struct response call_as(const struct signer *signer, const char *method, const char *target,
                        const char *body);

/* An unsigned one, for /_emulator. */
struct response own(const char *method, const char *target, const char *body);

/* An unsigned one with further headers, lines with CR LF; NULL: none. */
struct response ask_with(const char *method, const char *target, const char *headers,
                         const char *body);

/* The bytes of a signed request; to be freed. */
char *signed_request(const struct signer *signer, const char *method, const char *target,
                     const char *body);

int connect_to_emulator(void);
void send_bytes(int fd, const char *bytes, size_t len);
struct response read_response(int fd);

void response_free(struct response *response);

/* Checks status and type of an error, its JSON and headers, and frees it. `part` (may be NULL) must
 * occur in the message. */
void expect_error(struct response response, int status, const char *type, const char *part);

/* Checks the status, frees the response but for its JSON, which is returned. */
json_t *expect_json(struct response response, int status);

/* `model` is encoded already. */
struct response converse(const char *model, const char *body);

/* Sends HELLO to RAW; the connection to read the answer from. */
int start_converse(void);

json_t *get_bill(void);

void add_fault(const char *fault);
size_t faults_left(void);

/* json.outer.member, which must be there. */
json_int_t integer_at(const json_t *json, const char *outer, const char *member);

/* The ARN of a new profile with these tags ("key=value", NULL-terminated); to be freed. */
char *create_profile(const char *name, const char *const *tags);

/* The path of a profile, named by its ARN or id; to be freed. */
char *profile_target(const char *identifier);

/* Everything but unreserved characters as %XX; to be freed. */
char *encode(const char *text);

/* printf into new memory. */
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Of a clock that only goes forward. */
json_int_t milliseconds(void);

/* Runs a suite; the program's arguments are the emulator's command line. */
int run_suite(Suite *suite, int argc, char **argv);

#endif
