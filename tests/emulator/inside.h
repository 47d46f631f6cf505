/* An emulator within the test program: no socket, no signature, and a clock that the test sets.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TESTS_EMULATOR_INSIDE_H
#define TESTS_EMULATOR_INSIDE_H

#include "call.h"
#include "emulator.h"

#define INSIDE_START_US INT64_C(1767323045000000)
#define SECOND          INT64_C(1000000)

struct inside {
    struct emulator emulator;
    int64_t now_us;
    const struct emu_key *key; /* who calls; NULL: nobody in particular */
    const char *region;
};

void inside_start(struct inside *inside, const struct emu_options *options);
void inside_stop(struct inside *inside);

/* Starts one in which changes settle after so long. */
void inside_begin(struct inside *inside, int64_t settle_ms);

/* ---- as the server calls it once it has a request ---- */

/* Calls an operation of Bedrock and checks the status; the JSON of the answer, to be released. */
json_t *inside_call(struct inside *inside, const char *method, const char *uri, const char *body,
                    int status);

/* The same of a service whose operations are all posted to "/": `header` and its value. */
struct emu_reply inside_post(struct inside *inside, const char *signing_name, const char *header,
                             const char *value, const char *body);

/* ---- an operation's function, its input taken as it is ---- */

typedef void inside_operation(struct emu_call *call);

/* JSON written with single quotes, so that it can be read: with double ones, to be freed. */
char *quoted(const char *string);

/* What it says. */
json_t *inside_json(const char *string);

/* Takes over `input`; the reply is to be freed. */
void inside_ask(struct inside *inside, inside_operation *operation, json_t *input,
                struct emu_reply *reply);

/* The JSON of a success. */
json_t *inside_succeed(struct inside *inside, inside_operation *operation, json_t *input);

/* The same, for an answer that nobody looks at. */
void inside_do(struct inside *inside, inside_operation *operation, const char *input);

#endif
