/* A stand-in for what hands out credentials: STS, the instance metadata service, the endpoint of
 * containers, the SSO portal and SSO OIDC, told apart by their paths; its own resources under
 * /_identity.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_IDENTITY_H
#define EMULATOR_IDENTITY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "random.h"
#include "reply.h"
#include "request.h"

struct emu_identity {
    json_t *keyring;     /* who may sign; the credentials issued join it */
    json_t *setup;       /* what it was told: see identity_setup.c */
    json_t *faults;      /* array */
    json_t *log;         /* what was asked: see identity_log.c */
    json_t *imds_tokens; /* token -> the microsecond it ends */
    struct emu_random random;
};

/* Shares the keyring with the caller. */
int emu_identity_init(struct emu_identity *identity, uint64_t seed, json_t *keyring);
void emu_identity_free(struct emu_identity *identity);

/* Takes over the members of `setup`. EMU_INVALID or EMU_MALFORMED with a message: nothing was. */
int emu_identity_set_up(struct emu_identity *identity, const json_t *setup,
                        struct emu_text *message);

/* Forgets what it was told; what it issued stays good. */
int emu_identity_reset(struct emu_identity *identity);

/* Answers a request to one of its paths; false, and no answer, if it is to another. */
bool emu_identity_answer(struct emu_identity *identity, const struct emu_request *request,
                         struct emu_reply *reply);

#endif
