/* Access key id -> all else that is known of it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "keyring.h"

#include <string.h>

#define MAX_ID 128

int emu_keyring_add(json_t *keyring, const struct emu_key *key)
{
    json_t *entry =
        json_pack("{s:s, s:s, s:s*, s:I, s:s, s:s, s:s*}", "accessKey", key->credentials.access_key,
                  "secretKey", key->credentials.secret_key, "sessionToken",
                  key->credentials.session_token, "expiresUs", (json_int_t)key->expires_us, "arn",
                  key->arn, "userId", key->user_id, "roleArn", key->role_arn);

    if (entry == NULL || json_object_set_new(keyring, key->credentials.access_key, entry) < 0)
        return EMU_OUT_OF_MEMORY;
    return EMU_OK;
}

static const char *string_of(const json_t *entry, const char *member)
{
    return json_string_value(json_object_get(entry, member));
}

bool emu_keyring_find(const json_t *keyring, struct emu_slice access_key, struct emu_key *ret_key)
{
    char id[MAX_ID + 1] = "";
    const json_t *entry;

    *ret_key = (struct emu_key){0};
    if (access_key.len > MAX_ID)
        return false;
    memcpy(id, access_key.s, access_key.len);
    entry = json_object_get(keyring, id);
    if (entry == NULL)
        return false;
    *ret_key = (struct emu_key){
        .credentials = {string_of(entry, "accessKey"), string_of(entry, "secretKey"),
                        string_of(entry, "sessionToken")},
        .expires_us = json_integer_value(json_object_get(entry, "expiresUs")),
        .arn = string_of(entry, "arn"),
        .user_id = string_of(entry, "userId"),
        .role_arn = string_of(entry, "roleArn"),
    };
    return true;
}
