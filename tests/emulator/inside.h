/* An emulator within the test program: no socket, no signature, and a clock that the test sets.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TESTS_EMULATOR_INSIDE_H
#define TESTS_EMULATOR_INSIDE_H

#include "call.h"
#include "emulator.h"

#define INSIDE_START_US INT64_C(1767323045000000)

struct inside {
    struct emulator emulator;
    int64_t now_us;
    const struct emu_key *key; /* who calls; NULL: nobody in particular */
    const char *region;
};

void inside_start(struct inside *inside, const struct emu_options *options);
void inside_stop(struct inside *inside);

/* Calls an operation of Bedrock and checks the status; the JSON of the answer, to be released. */
json_t *inside_call(struct inside *inside, const char *method, const char *uri, const char *body,
                    int status);

/* The same of a service whose operations are all posted to "/": `header` and its value. */
struct emu_reply inside_post(struct inside *inside, const char *signing_name, const char *header,
                             const char *value, const char *body);

#endif
