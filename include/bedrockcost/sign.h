/**
 * @file sign.h
 * @brief AWS credentials, and Signature Version 4 for any HTTP request.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BEDROCKCOST_SIGN_H
#define BEDROCKCOST_SIGN_H

#include <bedrockcost/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief A source of AWS credentials.
 *
 * Reference-counted and usable from any number of threads and clients at once. The secret key and
 * the session token are wiped when they are replaced and when the last reference goes; no function
 * reads them back.
 */
typedef struct brc_credentials brc_credentials;

/**
 * @brief Makes credentials from keys given directly.
 * @param access_key_id The access key id, 1 to 128 visible ASCII characters. Copied.
 * @param secret_access_key The secret access key, not empty. Copied.
 * @param session_token The session token of temporary credentials, or NULL (or empty) for none.
 * Copied.
 * @param[out] ret_credentials The credentials. Owned; free with brc_credentials_free().
 * @return 0, BRC_E_INVALID (a required argument is NULL or empty, or one holds a control or
 *         non-ASCII character, or id or token a blank), BRC_E_NOMEM.
 * @par Threads
 * Any thread.
 * @since 0.1
 */
BRC_API int brc_credentials_new(const char *access_key_id, const char *secret_access_key,
                                const char *session_token, brc_credentials **ret_credentials);

/**
 * @brief Makes credentials from an Amazon Bedrock API key, which is a bearer token.
 *
 * It is sent in place of a signature to what takes one: Bedrock, not its agents, nor any other
 * service; calls of those fail with BRC_E_CREDENTIALS. brc_sign() cannot use it.
 * @param token The key, visible ASCII characters. Copied.
 * @param[out] ret_credentials The credentials. Owned; free with brc_credentials_free().
 * @return 0, BRC_E_INVALID (an argument is NULL, or the token is empty or holds another character),
 *         BRC_E_NOMEM.
 * @par Threads
 * Any thread.
 * @since 0.1
 */
BRC_API int brc_credentials_new_bearer(const char *token, brc_credentials **ret_credentials);

/**
 * @brief Makes credentials that are looked for where an AWS user expects them.
 *
 * The sources, in the order of AWS's command line tool: `environment`, `assume-role`,
 * `web-identity`, `sso`, `shared-credentials-file`, `login` (recognised, not served), `process`,
 * `config-file`, `container`, `imds`. The first that is configured counts; if it is configured
 * wrongly, or fails, no later one is asked. Environment and shared files are read here and now.
 * What has to be fetched is fetched by the clients that use the credentials, in their own loops,
 * when a call first needs it, and again from five minutes before it ends; brc_sign() alone fetches
 * nothing. If AWS says of keys that they have ended before their time, they are fetched anew as
 * well, once a minute at the most. That nothing was found is no failure of this function: the first
 * call that needs the credentials fails with BRC_E_CREDENTIALS and says of each source why it did
 * not serve.
 *
 * AWS_BEARER_TOKEN_BEDROCK, if set, is used as by brc_credentials_new_bearer() where that is
 * possible, and the chain elsewhere.
 * @param sources A comma-separated list of source names, tried in that order, or NULL for all of
 *        them. Copied.
 * @param[out] ret_credentials The credentials. Owned; free with brc_credentials_free().
 * @return 0, BRC_E_INVALID (an unknown name, an empty list, a name twice), BRC_E_NOMEM.
 * @par Threads
 * Any thread, as long as no other thread changes the environment meanwhile.
 * @since 0.1
 */
BRC_API int brc_credentials_new_chain(const char *sources, brc_credentials **ret_credentials);

/**
 * @brief Says what there is, and why: for people, and for programs that help them.
 * @param credentials The credentials.
 * @param[out] ret_json An object without any secret: `bearer` (whether there is a bearer token),
 *        `source` (that counts; null: none, or given directly), `accessKeyIdEnd` (the last four
 *        characters; null: no keys are there yet), `expiresAt` (seconds since 1970-01-01 UTC; null:
 *        never, or no keys), and `sources`: of each its `name`, `state` (`absent`, `broken`,
 *        `ready`) and `reason` (null if it is ready). Owned; free with brc_free().
 * @return 0, BRC_E_INVALID (an argument is NULL), BRC_E_NOMEM.
 * @par Threads
 * Any thread.
 * @since 0.1
 */
BRC_API int brc_credentials_explain(brc_credentials *credentials, char **ret_json);

/**
 * @brief Fetches credentials: brings them and calls brc_credentials_set() on its first argument.
 * @param credentials The object to set; borrowed for the call.
 * @param user_data As registered.
 * @return 0 when the credentials were set; anything else says that there are none now.
 * @par Threads
 * Runs in the thread that needs the credentials: one that drives a client, or calls brc_sign(). If
 * several do so at the same time it runs in several at once. No lock of the library is held.
 */
typedef int (*brc_credentials_fn)(brc_credentials *credentials, void *user_data);

/**
 * @brief Makes credentials that a function of yours fetches.
 * @param fn Called when there are no credentials yet, when those there are end within five minutes,
 *        and when AWS says of some that were set more than a minute ago that they have ended. If it
 *        fails, credentials that have not ended yet stay in use.
 * @param user_data Handed to fn.
 * @param destroy Ends user_data's life, exactly once, also if this function fails; or NULL.
 * @param[out] ret_credentials The credentials. Owned; free with brc_credentials_free().
 * @return 0, BRC_E_INVALID (fn is NULL), BRC_E_NOMEM.
 * @par Threads
 * Any thread.
 * @since 0.1
 */
BRC_API int brc_credentials_new_callback(brc_credentials_fn fn, void *user_data,
                                         brc_destroy_fn destroy, brc_credentials **ret_credentials);

/**
 * @brief Replaces the keys, for every client that uses these credentials, from its next attempt on.
 *
 * An attempt that is being signed meanwhile uses either the old keys or the new ones, never a mix.
 * @param credentials The credentials to change.
 * @param access_key_id As in brc_credentials_new().
 * @param secret_access_key As in brc_credentials_new().
 * @param session_token As in brc_credentials_new().
 * @param expires_at When these keys end, in seconds since 1970-01-01 UTC; 0 for never.
 * @return 0, BRC_E_INVALID, BRC_E_NOMEM; on failure the old keys stay.
 * @par Threads
 * Any thread.
 * @since 0.1
 */
BRC_API int brc_credentials_set(brc_credentials *credentials, const char *access_key_id,
                                const char *secret_access_key, const char *session_token,
                                int64_t expires_at);

/**
 * @brief Takes one more reference.
 * @param credentials The credentials, or NULL.
 * @return The same pointer; each reference is freed on its own.
 * @par Threads
 * Any thread.
 * @since 0.1
 */
BRC_API brc_credentials *brc_credentials_ref(brc_credentials *credentials);

/**
 * @brief Gives one reference back; the last one wipes and frees.
 * @param credentials The credentials, or NULL.
 * @return NULL.
 * @par Threads
 * Any thread.
 * @since 0.1
 */
BRC_API brc_credentials *brc_credentials_free(brc_credentials *credentials);

/**
 * @brief A request to sign. All members are borrowed for the call.
 *
 * Set it to zero, then `size` to sizeof(brc_sign_input), then what the request has. Members are
 * only ever added at the end: a library older than the header accepts the struct as long as the
 * members it does not know are zero.
 */
typedef struct brc_sign_input {
    /** sizeof(brc_sign_input). */
    size_t size;
    /** The method: one HTTP token, for example "POST". */
    const char *method;
    /** The absolute URL exactly as it will be sent, http or https, percent-encoded; no fragment, no
     * user or password. */
    const char *url;
    /** The headers that will be sent, each "Name: value"; a name may come more than once. Every one
     * is signed but those that proxies change (such as Connection or User-Agent). Host may be left
     * out: it follows from the URL. */
    const char *const *headers;
    /** How many headers there are. */
    size_t header_count;
    /** The body's bytes as they will be sent; NULL only if body_length is 0. */
    const void *body;
    /** How many bytes the body has. */
    size_t body_length;
    /** The region of the credential scope, for example "us-east-1". */
    const char *region;
    /** The service's signing name, for example "bedrock". Not "s3": its rules differ. */
    const char *service;
    /** The signing time in seconds since 1970-01-01 UTC. AWS accepts a few minutes' difference. */
    int64_t time;
} brc_sign_input;

/**
 * @brief Signs an HTTP request with AWS Signature Version 4.
 *
 * Pure: reads no clock, no environment, no network. Source of the rules: the signers of AWS's own
 * SDKs, against which every vector of the tests was made.
 * @param input The request.
 * @param credentials The credentials.
 * @param[out] ret_headers The headers to add to the request: lines "Name: value", each ended by a
 *        line feed: X-Amz-Date, X-Amz-Security-Token (only with a session token), Authorization.
 *        Owned; free with brc_free(). As secret as the session token in it.
 * @return 0; BRC_E_INVALID: a member is missing or malformed, a header of the request is one of the
 *         three this function makes, a header holds a control character, the service is "s3", or
 *         `size` is not one this library knows; BRC_E_RANGE: the time is before 1970 or after the
 *         year 9999; BRC_E_CREDENTIALS: there are no credentials; BRC_E_NOMEM.
 * @par Threads
 * Any thread; the same credentials may be used by many at once.
 * @since 0.1
 */
BRC_API int brc_sign(const brc_sign_input *input, brc_credentials *credentials, char **ret_headers);

#ifdef __cplusplus
}
#endif

#endif
