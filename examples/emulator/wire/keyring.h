/* The access keys that may sign: a JSON object, so that keys can come while it runs.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_KEYRING_H
#define EMULATOR_KEYRING_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "slice.h"
#include "status.h"

struct emu_credentials {
    const char *access_key;
    const char *secret_key;
    const char *session_token; /* NULL: any that is signed; "": none may come */
};

struct emu_key {
    struct emu_credentials credentials;
    int64_t expires_us;   /* since the epoch; 0: never */
    const char *arn;      /* of whoever signs: a user, or the session of a role */
    const char *user_id;  /* and its unique id */
    const char *role_arn; /* of a session: the role; otherwise NULL */
};

/* Copies the strings; replaces a key of the same id. */
int emu_keyring_add(json_t *keyring, const struct emu_key *key);

/* False if there is no such key. The strings stay the keyring's. */
bool emu_keyring_find(const json_t *keyring, struct emu_slice access_key, struct emu_key *ret_key);

#endif
