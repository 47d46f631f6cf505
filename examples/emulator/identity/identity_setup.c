/* The setup: access keys, roles and who may assume them, and the tokens that are known.
 *
 * SPDX-License-Identifier: MIT
 */
#include "identity_setup.h"
#include "identity.h"
#include "keyring.h"
#include "shape_macros.h"

#include <string.h>

#define ACCOUNT "123456789012"
#define SUBJECT "system:serviceaccount:default:demo"
#define ROLES   "[{\"accountId\":\"" ACCOUNT "\",\"roleName\":\"demo\"}]"

/* Enough to try every source. */
static const char DEFAULT[] =
    "{\"region\":\"us-east-1\",\"keys\":[],"
    "\"roles\":[{\"arn\":\"arn:aws:iam::" ACCOUNT ":role/demo\",\"principals\":[\"" ACCOUNT "\"],"
    "\"subjects\":[\"" SUBJECT "\"]}],"
    "\"webIdentityTokens\":[{\"token\":\"web-identity-token\",\"subject\":\"" SUBJECT "\"}],"
    "\"imdsRole\":\"demo\",\"containerRole\":\"demo\",\"containerToken\":\"\","
    "\"ssoTokens\":[{\"accessToken\":\"sso-access-token\",\"roles\":" ROLES "}],"
    "\"refreshTokens\":[{\"refreshToken\":\"sso-refresh-token\",\"clientId\":\"sso-client\","
    "\"clientSecret\":\"sso-client-secret\",\"roles\":" ROLES "}]}";

/* ---- shapes ---- */

static const struct emu_shape TEXT = {.kind = EMU_STRING, .min = 1, .max = 20000};
static const struct emu_shape MAYBE = {.kind = EMU_STRING, .max = 20000};
static const struct emu_shape TEXTS = LIST_OF(TEXT);
static const struct emu_shape FLAG = {.kind = EMU_BOOLEAN};
static const struct emu_shape SECONDS = {.kind = EMU_INTEGER, .min = -INT32_MAX, .max = INT32_MAX};
static const struct emu_shape LONGEST = {.kind = EMU_INTEGER, .min = 3600, .max = 43200};
static const struct emu_shape LENGTH = {.kind = EMU_INTEGER, .min = 600, .max = 4096};

static const struct emu_shape KEY =
    STRUCTURE(REQUIRED("accessKeyId", TEXT), REQUIRED("secretAccessKey", TEXT),
              OPTIONAL("sessionToken", TEXT), OPTIONAL("arn", TEXT), OPTIONAL("userId", TEXT));
static const struct emu_shape KEYS = LIST_OF(KEY);

static const struct emu_shape ROLE =
    STRUCTURE(REQUIRED("arn", TEXT), OPTIONAL("principals", TEXTS), OPTIONAL("externalId", TEXT),
              OPTIONAL("subjects", TEXTS), OPTIONAL("maxSessionDuration", LONGEST));
static const struct emu_shape ROLE_LIST = LIST_OF(ROLE);

static const struct emu_shape WEB_TOKEN =
    STRUCTURE(REQUIRED("token", TEXT), REQUIRED("subject", TEXT), OPTIONAL("audience", TEXT),
              OPTIONAL("provider", TEXT), OPTIONAL("expired", FLAG));
static const struct emu_shape WEB_TOKENS = LIST_OF(WEB_TOKEN);

static const struct emu_shape SSO_ROLE =
    STRUCTURE(REQUIRED("accountId", TEXT), REQUIRED("roleName", TEXT));
static const struct emu_shape SSO_ROLES = LIST_OF(SSO_ROLE);
static const struct emu_shape SSO_TOKEN = STRUCTURE(
    REQUIRED("accessToken", TEXT), REQUIRED("roles", SSO_ROLES), OPTIONAL("expired", FLAG));
static const struct emu_shape SSO_TOKENS = LIST_OF(SSO_TOKEN);
static const struct emu_shape REFRESH_TOKEN = STRUCTURE(
    REQUIRED("refreshToken", TEXT), REQUIRED("clientId", TEXT), REQUIRED("clientSecret", TEXT),
    REQUIRED("roles", SSO_ROLES), OPTIONAL("rotates", FLAG), OPTIONAL("expired", FLAG));
static const struct emu_shape REFRESH_TOKENS = LIST_OF(REFRESH_TOKEN);

static const struct emu_shape SETUP =
    STRUCTURE(OPTIONAL("region", TEXT), OPTIONAL("keys", KEYS), OPTIONAL("roles", ROLE_LIST),
              OPTIONAL("webIdentityTokens", WEB_TOKENS), OPTIONAL("imdsRole", MAYBE),
              OPTIONAL("containerRole", MAYBE), OPTIONAL("containerToken", MAYBE),
              OPTIONAL("ssoTokens", SSO_TOKENS), OPTIONAL("refreshTokens", REFRESH_TOKENS),
              OPTIONAL("lifetimeSeconds", SECONDS), OPTIONAL("tokenLength", LENGTH));

json_t *emu_setup_new(void)
{
    return json_loads(DEFAULT, 0, NULL);
}

/* ---- taking over ---- */

static int check(const json_t *setup, struct emu_text *message)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)setup, name, value)
    {
        if (emu_shape_field(&SETUP, name) == NULL) {
            emu_text_printf(message, "A setup has no member '%s'.", name);
            return message->failed ? EMU_OUT_OF_MEMORY : EMU_INVALID;
        }
    }
    return emu_shape_check(&SETUP, setup, message);
}

static const char *string_of(const json_t *object, const char *member, const char *otherwise)
{
    const char *value = json_string_value(json_object_get(object, member));

    return value != NULL ? value : otherwise;
}

/* Keys that last are used without a session token. */
static int add_key(json_t *keyring, const json_t *key)
{
    return emu_keyring_add(keyring,
                           &(struct emu_key){
                               .credentials = {string_of(key, "accessKeyId", ""),
                                               string_of(key, "secretAccessKey", ""),
                                               string_of(key, "sessionToken", "")},
                               .arn = string_of(key, "arn", "arn:aws:iam::" ACCOUNT ":user/told"),
                               .user_id = string_of(key, "userId", "AIDATOLD0000000000000"),
                           });
}

/* The keys told before are known no more. */
static int replace_keys(struct emu_identity *identity, const json_t *keys)
{
    json_t *key;
    size_t i;

    json_array_foreach(json_object_get(identity->setup, "keys"), i, key)
    {
        json_object_del(identity->keyring, string_of(key, "accessKeyId", ""));
    }
    json_array_foreach(keys, i, key)
    {
        if (add_key(identity->keyring, key) < 0)
            return EMU_OUT_OF_MEMORY;
    }
    return EMU_OK;
}

int emu_identity_set_up(struct emu_identity *identity, const json_t *setup,
                        struct emu_text *message)
{
    const json_t *keys = json_object_get(setup, "keys");
    int rc = check(setup, message);
    json_t *copy;

    if (rc < 0)
        return rc;
    copy = json_deep_copy(setup); /* lists in it grow later */
    rc = copy != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;
    if (rc == EMU_OK && keys != NULL)
        rc = replace_keys(identity, keys);
    if (rc == EMU_OK && json_object_update(identity->setup, copy) < 0)
        rc = EMU_OUT_OF_MEMORY;
    json_decref(copy);
    return rc;
}

int emu_identity_reset(struct emu_identity *identity)
{
    json_t *setup = emu_setup_new();

    if (setup == NULL)
        return EMU_OUT_OF_MEMORY;
    replace_keys(identity, NULL);
    json_decref(identity->setup);
    identity->setup = setup;
    return EMU_OK;
}
