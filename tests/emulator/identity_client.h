/* What the tests of --identity share.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TESTS_EMULATOR_IDENTITY_CLIENT_H
#define TESTS_EMULATOR_IDENTITY_CLIENT_H

#include "client.h"

#define ROLE       "arn:aws:iam::123456789012:role/demo"
#define ROLES_PATH "/latest/meta-data/iam/security-credentials/"

/* Forms of STS, with more parameters if wanted. */
#define FORM(action, more) "Action=" action "&Version=2011-06-15" more
#define ASSUME(more)                                                                               \
    FORM("AssumeRole",                                                                             \
         "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdemo&RoleSessionName=tests" more)
#define ASSUME_WEB(token)                                                                          \
    FORM("AssumeRoleWithWebIdentity",                                                              \
         "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdemo&RoleSessionName=web"            \
         "&WebIdentityToken=" token)
#define WHO FORM("GetCallerIdentity", "")

#define SSO_TARGET "/federation/credentials?role_name=demo&account_id=123456789012"
#define SSO_HEADER "x-amz-sso_bearer_token: sso-access-token\r\n"
#define REFRESH(token)                                                                             \
    "{\"clientId\":\"sso-client\",\"clientSecret\":\"sso-client-secret\","                         \
    "\"grantType\":\"refresh_token\",\"refreshToken\":\"" token "\"}"

/* A case whose emulator has --identity. */
TCase *identity_case(Suite *suite, const char *name);

/* The emulator's own key, signing for STS. */
struct signer sts_signer(void);

/* A signed call of STS, and one that is not. */
struct response sts(const char *form);
struct response sts_as(const struct signer *signer, const char *form);
struct response sts_unsigned(const char *form);

/* Text of the first element of this name; to be freed. */
char *element(const struct response *response, const char *name);

/* Checks status, Code and form of an error of STS, and frees it. */
void expect_sts_error(struct response response, int status, const char *code);

/* Checks the status, which is a success, and frees all but the body. */
char *expect_text(struct response response, int status);

/* Credentials out of an answer in JSON, by the names of their members. */
struct signer signer_of(const json_t *json, const char *id, const char *secret, const char *token);

/* Fails unless these credentials are those of `arn`. */
void expect_caller(const struct signer *signer, const char *arn);

/* A token of IMDS, as a header; to be freed. */
char *imds_token(void);

/* POST /_identity/setup and /_identity/faults. */
void set_up(const char *setup);
void add_identity_fault(const char *fault);

#endif
