/* Checks AWS Signature Version 4 the way the service does, in code of the emulator's own.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_SIGV4_VERIFY_H
#define EMULATOR_SIGV4_VERIFY_H

#include "keyring.h"
#include "request.h"
#include "status.h"
#include "text.h"

struct emu_verdict {
    const char *error_type;  /* NULL: the signature is right */
    struct emu_text message; /* for the client */
    struct emu_text canonical_request;
    struct emu_text string_to_sign;
    char region[32];    /* from the credential scope */
    struct emu_key key; /* who signed; its strings are the keyring's */
};

/* Is the request signed for `service` by a key of the keyring? 0 with a verdict, or
 * EMU_OUT_OF_MEMORY. Free the verdict on every path. */
int emu_sigv4_verify(struct emu_verdict *verdict, const struct emu_request *request,
                     const json_t *keyring, const char *service);
/* The service of the credential scope, unverified; empty if there is none. */
struct emu_slice emu_sigv4_claimed_service(const struct emu_request *request);

void emu_verdict_free(struct emu_verdict *verdict);

#endif
