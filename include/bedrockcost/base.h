/**
 * @file base.h
 * @brief What every part of libbedrockcost shares: the error codes, the version, freeing a string.
 *
 * Three words say who owns what. **Copied**: the library keeps its own copy, yours may go at once
 * (every input). **Borrowed**: valid until the object it came from is changed or freed (every
 * getter). **Owned**: yours to free (whatever comes through a `ret_` parameter). A `ret_` parameter
 * is written on every path: valid on success, NULL or 0 on failure. Every `_free` function takes
 * NULL and returns NULL.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BEDROCKCOST_BASE_H
#define BEDROCKCOST_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Marks a function that the library exports. */
#if defined(__GNUC__)
#define BRC_API __attribute__((visibility("default")))
#else
#define BRC_API
#endif

/** Version of these headers: a change that breaks programs. */
#define BRC_VERSION_MAJOR 0
/** Version of these headers: an addition. */
#define BRC_VERSION_MINOR 1
/** Version of these headers: a correction. */
#define BRC_VERSION_MICRO 0

/**
 * @name Codes
 * What a fallible function returns: 0 or more is success, a negative code is the failure. A code
 * keeps its number and its meaning for ever.
 * @{
 */
/** Success. */
#define BRC_OK 0
/** The arguments, or the state they were given in, cannot be accepted. */
#define BRC_E_INVALID (-1)
/** Out of memory. */
#define BRC_E_NOMEM (-2)
/** A number lies outside what it may be. */
#define BRC_E_RANGE (-3)
/** The client may not be driven or changed from inside one of its own callbacks. */
#define BRC_E_RECURSION (-4)
/** The object was made before fork() and belongs to the parent process. */
#define BRC_E_FORKED (-5)
/** The call was cancelled, or its client freed. */
#define BRC_E_CANCELED (-6)
/** The model id is not the ARN of an application inference profile. */
#define BRC_E_NOT_A_PROFILE (-10)
/** The profile lacks a tag that is required. */
#define BRC_E_UNTAGGED (-11)
/** There are no credentials, or AWS does not accept them (unknown, expired, wrongly signed). */
#define BRC_E_CREDENTIALS (-20)
/** The server cannot be reached: name, route, connection, or it hung up without an answer. */
#define BRC_E_CONNECT (-21)
/** TLS failed: the certificate, the CA file or the handshake. */
#define BRC_E_TLS (-22)
/** A time limit passed. */
#define BRC_E_TIMEOUT (-23)
/** The answer is not what the protocol promises: cut, unreadable, or without its usage. */
#define BRC_E_PROTOCOL (-24)
/** The request or the answer is larger than its ceiling. */
#define BRC_E_TOO_LARGE (-25)
/** AWS knows the caller and does not allow this. */
#define BRC_E_ACCESS_DENIED (-30)
/** AWS asks to slow down (HTTP 429). */
#define BRC_E_THROTTLED (-31)
/** AWS refuses the request as it stands (another HTTP 4xx). */
#define BRC_E_REJECTED (-32)
/** AWS or the model failed (HTTP 5xx, model timeout, model error, model not ready). */
#define BRC_E_SERVICE (-33)
/** A budget's limit does not allow the call. */
#define BRC_E_BUDGET (-40)
/** A budget applies and the profile has no price. */
#define BRC_E_UNPRICED (-41)
/** A budget applies and the request's worst case cannot be bounded. */
#define BRC_E_UNBOUNDED (-42)
/** The ledger cannot be read or written. */
#define BRC_E_LEDGER (-43)
/** The answer arrived, but its cost could not be stored. */
#define BRC_E_UNRECORDED (-44)
/** @} */

/**
 * @brief Names the library that runs.
 * @return "MAJOR.MINOR.MICRO", static.
 * @par Threads
 * Any thread, any time.
 * @since 0.1
 */
BRC_API const char *brc_version(void);

/**
 * @brief Says in a few words what a code means.
 * @param code Any number; an unknown one gets a sentence saying so.
 * @return Static text, never NULL.
 * @par Threads
 * Any thread, any time.
 * @since 0.1
 */
BRC_API const char *brc_strerror(int code);

/**
 * @brief Frees a string this library handed out as owned: of brc_sign(), brc_aws_call() and
 * brc_credentials_explain().
 * @param string The string, or NULL. Its bytes are wiped first.
 * @return NULL.
 * @par Threads
 * Any thread.
 * @since 0.1
 */
BRC_API void *brc_free(char *string);

/**
 * @brief Ends the life of a user_data given together with a callback.
 *
 * Runs exactly once, after the callback can never run again: when it is replaced or cleared, when
 * its object is freed, and also when the registering call itself fails. May be NULL.
 */
typedef void (*brc_destroy_fn)(void *user_data);

#ifdef __cplusplus
}
#endif

#endif
