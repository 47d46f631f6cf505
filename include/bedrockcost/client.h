/**
 * @file client.h
 * @brief What sends calls: its life, its settings, and what drives it.
 *
 * The calls themselves are in converse.h and aws.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BEDROCKCOST_CLIENT_H
#define BEDROCKCOST_CLIENT_H

#include <bedrockcost/base.h>
#include <bedrockcost/sign.h>
#include <bedrockcost/usage.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Sends requests. Belongs to one thread at a time; holds no lock. */
typedef struct brc_client brc_client;

/**
 * @brief Makes a client.
 *
 * Reads here and now, as the AWS SDKs do, the environment and else the profile that counts: the
 * region, the endpoints (AWS_ENDPOINT_URL_BEDROCK_RUNTIME, AWS_ENDPOINT_URL and their like),
 * AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT, AWS_CA_BUNDLE and
 * AWS_DISABLE_CLOCK_SKEW_CORRECTION; AWS_RETRY_MODE, AWS_MAX_ATTEMPTS and AWS_NEW_RETRIES_2026, see
 * brc_client_set_retries(). An empty variable counts as unset. A value that cannot be used makes
 * the calls fail, not this function.
 * @param credentials Whose keys sign the requests. The client takes a reference of its own.
 * @param[out] ret_client The client. Owned; free with brc_client_free().
 * @return 0, BRC_E_INVALID (credentials is NULL), BRC_E_NOMEM.
 * @par Threads
 * Any thread, as long as no other thread changes the environment meanwhile.
 * @since 0.1
 */
BRC_API int brc_client_new(brc_credentials *credentials, brc_client **ret_client);

/**
 * @brief Frees a client and what was registered with it; closes its connections.
 *
 * Every call that is not done ends with BRC_E_CANCELED: its usage record and its done come before
 * this returns. For a ledger that others write to, it waits up to ten seconds; what cannot be
 * stored until then is left to the ledger. In a child process after fork() only memory is released:
 * nothing is sent over the parent's connections, and no record or done comes.
 * @param client The client, or NULL. Inside one of its own callbacks the freeing is put off until
 *        the function that drives it returns.
 * @return NULL.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API brc_client *brc_client_free(brc_client *client);

/**
 * @brief Says why the last function that failed on this client did so.
 * @param client The client.
 * @return One line without secrets; "" if nothing failed yet. Borrowed until the next function on
 *         the client.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API const char *brc_client_error(const brc_client *client);

/**
 * @name Details of a failure
 * @{
 */
/** AWS's type of the error, for example "ValidationException". */
#define BRC_ERROR_AWS_TYPE 1
/** AWS's own message. */
#define BRC_ERROR_AWS_MESSAGE 2
/** The HTTP status in decimal. */
#define BRC_ERROR_HTTP_STATUS 3
/** AWS's id of the request. */
#define BRC_ERROR_REQUEST_ID 4
/** @} */

/**
 * @brief Reads one detail of the last failure on this client.
 * @param client The client.
 * @param field One of the details above.
 * @return The text; NULL if the failure has no such detail. Borrowed until the next function on the
 *         client.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API const char *brc_client_error_detail(const brc_client *client, int field);

/**
 * @brief Signs with other credentials from the next attempt on.
 * @param client The client.
 * @param credentials The credentials. The client takes a reference of its own.
 * @return 0, BRC_E_INVALID (an argument is NULL), BRC_E_RECURSION, BRC_E_FORKED.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API int brc_client_set_credentials(brc_client *client, brc_credentials *credentials);

/**
 * @brief Sends to another endpoint than the one that follows from the profile's ARN.
 * @param client The client.
 * @param url `https://HOST[:PORT][/PATH]`; http only to 127.0.0.0/8, [::1] and localhost. NULL:
 * back to the ARN's own endpoint, whatever the environment says. Copied.
 * @return 0, BRC_E_INVALID (not such a URL; the endpoint stays as it was), BRC_E_RECURSION,
 * BRC_E_FORKED, BRC_E_NOMEM.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API int brc_client_set_endpoint(brc_client *client, const char *url);

/**
 * @brief Trusts the certificate authorities of a file instead of the system's.
 * @param client The client.
 * @param path A PEM file, read when the next connection is made; NULL for the system's. Copied.
 * @return 0, BRC_E_INVALID (empty, or client is NULL), BRC_E_RECURSION, BRC_E_FORKED, BRC_E_NOMEM.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API int brc_client_set_ca_file(brc_client *client, const char *path);

/**
 * @brief Sets the time limits of each attempt.
 * @param client The client.
 * @param connect_ms To be connected, TLS included. Without this call 10,000.
 * @param total_ms From start to end. Without this call 900,000.
 * @param idle_ms Without a byte in either direction, so also the wait for an answer that comes in
 *        one piece. Stands still while a stream is paused. Without this call 300,000.
 * @return 0, BRC_E_RANGE (a limit is not from 0, for none, to 86,400,000), BRC_E_INVALID (client is
 *         NULL), BRC_E_RECURSION, BRC_E_FORKED.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API int brc_client_set_timeouts(brc_client *client, int64_t connect_ms, int64_t total_ms,
                                    int64_t idle_ms);

/**
 * @brief Sets how often a call is attempted, and whether an attempt that may be billed is repeated.
 *
 * Retries are those of the AWS SDKs' standard mode: after throttling, HTTP 500, 502, 503 and 504, a
 * connection that did not come about, and an error that came of a wrong clock. Each waits for a
 * random time that doubles, for what the server asks for within limits, and takes from a store of
 * tokens that calls without failure fill again, so that an outage is not fed with retries. Costs
 * and times are those the SDKs took up in 2026; AWS_NEW_RETRIES_2026=false in the environment
 * brings those before. AWS_RETRY_MODE, or the profile's retry_mode, may say `standard`; `legacy`
 * and `adaptive` are served as standard too, which a warning in the log says. Besides, if AWS says
 * that the keys have ended and others can be fetched, the call is attempted with those, once and
 * without a wait. Every attempt has a usage record of its own. A stream is never repeated once an
 * event of it was delivered; nor is any answer that began with a 200.
 * @param client The client.
 * @param attempts The most attempts a call makes, the first included, from 1 to 100; 0 leaves it as
 *        it is. Without this call AWS_MAX_ATTEMPTS, or the profile's max_attempts, or 3.
 * @param pay_twice 1: also repeat an attempt that AWS may bill although no answer came of it, where
 *        the connection was lost or the time limit passed after the request had left. 0, as without
 *        this call: do not.
 * @return 0, BRC_E_RANGE (attempts, or pay_twice is neither 0 nor 1), BRC_E_INVALID (client is
 *         NULL), BRC_E_RECURSION, BRC_E_FORKED.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API int brc_client_set_retries(brc_client *client, int64_t attempts, int pay_twice);

/**
 * @brief Gets the record of an attempt.
 * @param usage The record; borrowed for the call.
 * @param user_data As registered.
 * @par Threads
 * The one that drives the client. May call the getters; a function that drives or changes the
 * client returns BRC_E_RECURSION.
 */
typedef void (*brc_usage_fn)(const brc_usage *usage, void *user_data);

/**
 * @brief Registers who gets the usage records.
 *
 * Called once for every attempt that could have left the machine or had taken a hold in a ledger,
 * before the call's function returns: also when the answer was lost, with the outcome
 * BRC_OUTCOME_UNREPORTED. With a ledger the record is stored before that.
 * @param client The client.
 * @param fn The function, or NULL for none.
 * @param user_data Handed to fn.
 * @param destroy Ends user_data's life, exactly once, also if this function fails; or NULL.
 * @return 0, BRC_E_INVALID (client is NULL), BRC_E_RECURSION, BRC_E_FORKED.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API int brc_client_set_usage(brc_client *client, brc_usage_fn fn, void *user_data,
                                 brc_destroy_fn destroy);

/**
 * @name Levels of a log line
 * @{
 */
/** Something is wrong that the caller may not see in a code. */
#define BRC_LOG_WARNING 1
/** One line for the start and the end of each attempt. */
#define BRC_LOG_INFO 2
/** Details for finding a fault. */
#define BRC_LOG_DEBUG 3
/** @} */

/**
 * @brief Gets a log line.
 * @param level One of the levels.
 * @param text One line without a secret and without a word of prompt or answer; borrowed for the
 *        call.
 * @param user_data As registered.
 * @par Threads
 * The one that drives the client. May call the getters; a function that drives or changes the
 * client returns BRC_E_RECURSION.
 */
typedef void (*brc_log_fn)(int level, const char *text, void *user_data);

/**
 * @brief Registers who gets the log lines. Without it nothing is logged anywhere.
 * @param client The client.
 * @param level The highest level wanted.
 * @param fn The function, or NULL for none.
 * @param user_data Handed to fn.
 * @param destroy Ends user_data's life, exactly once, also if this function fails; or NULL.
 * @return 0, BRC_E_INVALID (client is NULL, no such level), BRC_E_RECURSION, BRC_E_FORKED.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API int brc_client_set_log(brc_client *client, int level, brc_log_fn fn, void *user_data,
                               brc_destroy_fn destroy);

/**
 * @brief Limits how much is under way at once. Calls beyond a limit wait in order, without a
 * connection.
 * @param client The client.
 * @param in_flight The most calls at once, from 1; without this call 256.
 * @param per_host The most calls at once to one host, each of which takes one connection, from 1;
 *        without this call as many as in_flight.
 * @return 0, BRC_E_RANGE (a limit is not from 1 to 65,536), BRC_E_INVALID (client is NULL),
 *         BRC_E_RECURSION, BRC_E_FORKED.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API int brc_client_set_limits(brc_client *client, int64_t in_flight, int64_t per_host);

/**
 * @name What to watch a descriptor for
 * Bits of `events` in brc_watch_fn and brc_client_notify().
 * @{
 */
/** It can be read. */
#define BRC_WATCH_READ 1
/** It can be written. */
#define BRC_WATCH_WRITE 2
/** @} */

/**
 * @brief Tells the application's loop to watch a descriptor, instead of whatever it watched it for.
 * @param fd The descriptor.
 * @param events Bits of BRC_WATCH_; 0 to watch it no longer.
 * @param user_data As registered.
 * @return 0, or anything else if it cannot be watched: the calls that need it then fail.
 * @par Threads
 * The client's. Only takes a note: every function on the client returns BRC_E_RECURSION in here.
 */
typedef int (*brc_watch_fn)(int fd, int events, void *user_data);

/**
 * @brief Tells the application's loop when to call brc_client_notify() with fd -1, instead of
 *        whenever it was told before.
 * @param timeout_ms Milliseconds from now; 0 for as soon as control is back in the loop; -1 for
 * never.
 * @param user_data As registered.
 * @return 0, or anything else if no timer can be had: the calls under way then fail.
 * @par Threads
 * The client's. Only takes a note: every function on the client returns BRC_E_RECURSION in here.
 */
typedef int (*brc_timer_fn)(int64_t timeout_ms, void *user_data);

/**
 * @brief Hands the client to the application's own event loop.
 *
 * From then on the client waits for nothing: the application watches descriptors and keeps one
 * timer, and calls brc_client_notify() when something happens. brc_converse() and
 * brc_client_perform() return BRC_E_INVALID. brc_client_free() tells it to watch nothing any more
 * and to stop the timer.
 * @param client A client that has made no call yet.
 * @param watch Watches a descriptor.
 * @param timer Sets the timer.
 * @param user_data Handed to both.
 * @param destroy Ends user_data's life, exactly once, also if this function fails; or NULL.
 * @return 0, BRC_E_INVALID (an argument is NULL, or the client has made a call or has a loop),
 *         BRC_E_RECURSION, BRC_E_FORKED.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API int brc_client_set_loop(brc_client *client, brc_watch_fn watch, brc_timer_fn timer,
                                void *user_data, brc_destroy_fn destroy);

/**
 * @brief Says that a watched descriptor is ready, or that the timer's time has come; moves the
 * calls and runs their callbacks.
 * @param client A client with a loop.
 * @param fd The descriptor, or -1 for the timer. One that is watched no longer does no harm: a loop
 * may hand on a whole batch of events.
 * @param events Bits of BRC_WATCH_: what it is ready for; an error or a hang-up counts as both.
 * @return The number of calls not yet done; BRC_E_INVALID (client is NULL or has no loop),
 *         BRC_E_RECURSION, BRC_E_FORKED.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API int brc_client_notify(brc_client *client, int fd, int events);

/**
 * @brief Waits for something to happen, moves the calls and runs their callbacks.
 * @param client A client without a loop.
 * @param timeout_ms How long to wait at the most; 0 not at all. Returns earlier when a call is
 * done.
 * @return The number of calls not yet done, 0 when there is nothing left to wait for; BRC_E_INVALID
 *         (client is NULL or has a loop), BRC_E_RANGE (timeout_ms is not from 0 to 86,400,000),
 *         BRC_E_RECURSION, BRC_E_FORKED.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API int brc_client_perform(brc_client *client, int64_t timeout_ms);

/**
 * @brief Ends the wait of a brc_client_perform() or brc_converse() that runs, or of the next one.
 *
 * What it waits for goes on: brc_client_perform() returns, brc_converse() goes on waiting.
 * @param client A client without a loop; must not be freed meanwhile.
 * @return 0, BRC_E_INVALID (client is NULL or has a loop, whose own means to wake it serve),
 * BRC_E_NOMEM.
 * @par Threads
 * Any thread: the one function on a client that others than its own may call.
 * @since 0.1
 */
BRC_API int brc_client_wakeup(brc_client *client);

#ifdef __cplusplus
}
#endif

#endif
