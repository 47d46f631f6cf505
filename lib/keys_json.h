/* Keys as the members of a JSON object, under the names that each source has for them.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__KEYS_JSON_H
#define BRC__KEYS_JSON_H

#include "credentials.h"
#include "json_text.h"

struct brc__key_members {
    const char *id, *secret, *token;
    const char *expiration; /* a text of ISO 8601, or milliseconds since 1970 */
};

/* Returns 0, BRC_E_NOMEM, or BRC_E_CREDENTIALS with the reason in error. */
int brc__keys_from_json(struct brc__json object, const struct brc__key_members *members,
                        struct brc__keys **ret_keys, struct brc__error *error);

#endif
