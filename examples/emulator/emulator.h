/* The emulator as a whole: all its state, and the one function that answers requests. It knows no
 * sockets; one thread at a time.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_EMULATOR_H
#define EMULATOR_EMULATOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "agents.h"
#include "iam.h"
#include "identity.h"
#include "money.h"
#include "tokenizer.h"
#include "profiles.h"
#include "random.h"
#include "rate.h"
#include "reply.h"
#include "request.h"
#include "sigv4_verify.h"

#define EMU_ACCOUNT "123456789012"

struct emu_options {
    struct emu_credentials credentials;
    uint64_t seed;
    int64_t service_time_ms; /* what a model takes to answer, at least */
    int64_t event_time_ms;   /* and between two events of a stream */
    int64_t settle_ms;       /* what was written is seen so much later where AWS is eventually
                                consistent */
    int64_t rate;            /* calls a second that a control plane takes; 0: any number */
    enum emu_tokenizer tokenizer;
    FILE *journal; /* of the answers that were billed; or NULL */
    bool identity; /* hands out credentials as well */
    bool verbose;
};

struct emulator {
    struct emu_options options;
    struct emu_profiles profiles;
    struct emu_iam iam;
    struct emu_agents agents;
    json_t *keyring;              /* who may sign */
    struct emu_identity identity; /* if options.identity */
    json_t *bill;
    json_t *faults; /* array */
    struct emu_money money;
    json_t *prompt_caches; /* a set: hexadecimal hashes of the prompts seen up to a cache point */
    json_t *logging;       /* by Region: where invocations are logged */
    struct emu_random random;
    struct emu_rate rate;
};

/* The strings of `options` stay the caller's. */
int emu_init(struct emulator *emulator, const struct emu_options *options);
void emu_free(struct emulator *emulator);

/* The moment up to which what was written is seen everywhere by now. */
int64_t emu_settled_us(const struct emulator *emulator, int64_t now_us);

/* True if what was written at a moment is. */
bool emu_has_settled(const struct emulator *emulator, int64_t written_us, int64_t now_us);

/* Answers one request. */
void emu_answer(struct emulator *emulator, const struct emu_request *request,
                struct emu_reply *reply);

#endif
