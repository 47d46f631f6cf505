/**
 * @file converse.h
 * @brief Asking a model through an application inference profile, and what it used.
 *
 * A request is made for a profile ARN; a client sends it and gives back a result, at once or, as a
 * stream, event by event. Before that the client's usage callback gets one record for every attempt
 * that could have left the machine.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BEDROCKCOST_CONVERSE_H
#define BEDROCKCOST_CONVERSE_H

#include <bedrockcost/base.h>
#include <bedrockcost/sign.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Sends requests. Belongs to one thread at a time; holds no lock. */
typedef struct brc_client brc_client;
/** What is asked of a model, and through which profile. Belongs to one thread at a time. */
typedef struct brc_request brc_request;
/** What came back. Belongs to one thread at a time. */
typedef struct brc_result brc_result;
/** The record of one attempt. Never changes once it is handed out. */
typedef struct brc_usage brc_usage;
/** One event of a stream. */
typedef struct brc_event brc_event;

/* ------------------------------------------------------------------ request */

/**
 * @brief Says what a model id is, and what to do if it cannot be used here.
 * @param id Any string, or NULL.
 * @return Static text, one sentence or two, never NULL.
 * @par Threads
 * Any thread, any time.
 * @since 0.1
 */
BRC_API const char *brc_profile_explain(const char *id);

/**
 * @brief Starts a request to the model behind an application inference profile.
 * @param profile_arn `arn:PARTITION:bedrock:REGION:ACCOUNT:application-inference-profile/ID`, of
 *        any partition, region and account. Copied.
 * @param[out] ret_request The request. Owned; free with brc_request_free().
 * @return 0; BRC_E_NOT_A_PROFILE: anything else, brc_profile_explain() says what it is;
 *         BRC_E_INVALID: NULL; BRC_E_NOMEM.
 * @par Threads
 * Any thread.
 * @since 0.1
 */
BRC_API int brc_request_new(const char *profile_arn, brc_request **ret_request);

/**
 * @brief Frees a request.
 * @param request The request, or NULL.
 * @return NULL.
 * @par Threads
 * The request's.
 * @since 0.1
 */
BRC_API brc_request *brc_request_free(brc_request *request);

/**
 * @brief Says why the last function that failed on this request did so.
 * @param request The request.
 * @return One line; "" if nothing failed yet. Borrowed until the request is changed or freed.
 * @par Threads
 * The request's.
 * @since 0.1
 */
BRC_API const char *brc_request_error(const brc_request *request);

/**
 * @brief Adds a text: one message of the conversation, or a system prompt.
 *
 * A call that fails leaves the request as it was; so do the other functions of this group.
 * @param request The request.
 * @param role "user" or "assistant" adds a message with this one text; "system" adds the text to
 *        the request's member `system`. Copied.
 * @param text UTF-8 without NUL. Copied.
 * @param length Its bytes.
 * @return 0; BRC_E_INVALID: another role, no text, bad UTF-8, a NUL; BRC_E_TOO_LARGE: the request
 *         would pass 20,000,000 bytes; BRC_E_NOMEM.
 * @par Threads
 * The request's.
 * @since 0.1
 */
BRC_API int brc_request_add_text(brc_request *request, const char *role, const char *text,
                                 size_t length);

/**
 * @brief Adds a message of any content: images, tool results, or what brc_result_message() gave.
 * @param request The request.
 * @param json A Message of the Converse API: an object with a string `role` and an array `content`.
 *        Sent as given; members this library does not know pass through. Copied.
 * @param length Its bytes.
 * @return 0; BRC_E_INVALID: not one JSON object of that shape, a member named twice, bad UTF-8, a
 *         NUL (raw or `\u0000`); BRC_E_TOO_LARGE; BRC_E_NOMEM.
 * @par Threads
 * The request's.
 * @since 0.1
 */
BRC_API int brc_request_add_message(brc_request *request, const char *json, size_t length);

/**
 * @brief Adds a text that ends the answer: an element of `inferenceConfig.stopSequences`.
 * @param request The request.
 * @param text UTF-8 without NUL. Copied.
 * @param length Its bytes.
 * @return 0; BRC_E_INVALID: no text, bad UTF-8, a NUL, or stopSequences were set as JSON already;
 *         BRC_E_RANGE: more than 2,500 (AWS's limit); BRC_E_TOO_LARGE; BRC_E_NOMEM.
 * @par Threads
 * The request's.
 * @since 0.1
 */
BRC_API int brc_request_add_stop(brc_request *request, const char *text, size_t length);

/**
 * @brief Limits the answer: `inferenceConfig.maxTokens`.
 * @param request The request.
 * @param max The most tokens the answer may have, from 1 to 2,147,483,647. Setting it again
 *        replaces it.
 * @param least The fewest that are still of use, from 1 to max. A budget whose rest does not buy
 *        max may lower the limit to no less than this; equal to max forbids that. Where no budget
 *        applies, max is sent.
 * @return 0; BRC_E_RANGE; BRC_E_INVALID: maxTokens was set as JSON already, or request is NULL.
 * @par Threads
 * The request's.
 * @since 0.1
 */
BRC_API int brc_request_set_max_tokens(brc_request *request, int64_t max, int64_t least);

/**
 * @brief Sets any other member of the Converse request.
 *
 * `inferenceConfig` joins with what brc_request_add_stop() and brc_request_set_max_tokens() set.
 * The elements of a `system` array come after those that are there already.
 * @param request The request.
 * @param member The member's name: a letter, then letters and digits, at most 64. `modelId` is
 *        refused (the profile is the request's for life), and `messages` (see
 *        brc_request_add_message()). Copied.
 * @param json Its value. Sent as given. Copied.
 * @param length Its bytes.
 * @return 0; BRC_E_INVALID: a name that cannot be, a member that is set already (also one inside
 *         `inferenceConfig`), not one JSON value, a member named twice, bad UTF-8, a NUL, or the
 *         wrong kind of value for `system`, `inferenceConfig` or `requestMetadata`;
 *         BRC_E_TOO_LARGE; BRC_E_NOMEM.
 * @par Threads
 * The request's.
 * @since 0.1
 */
BRC_API int brc_request_set_json(brc_request *request, const char *member, const char *json,
                                 size_t length);

/* -------------------------------------------------------------------- usage */

/**
 * @name Outcomes of an attempt
 * The value of the field BRC_USAGE_OUTCOME: what the attempt may have cost.
 * @{
 */
/** No model ran: nothing was sent, or AWS refused before it ran one. */
#define BRC_OUTCOME_NOT_BILLED 1
/** The answer came with its usage: the counts are AWS's own. */
#define BRC_OUTCOME_REPORTED 2
/** The model may have run and nobody told how far: counts that are there are a lower bound. */
#define BRC_OUTCOME_UNREPORTED 3
/** @} */

/**
 * @name Whole-number fields of a usage record
 * Read with brc_usage_int(). What AWS did not report is -1, never 0.
 * @{
 */
/** One of the outcomes above. */
#define BRC_USAGE_OUTCOME 1
/** Number of the attempt within its call, from 1. */
#define BRC_USAGE_ATTEMPT 2
/** HTTP status of the answer; -1 if no answer began. */
#define BRC_USAGE_HTTP_STATUS 3
/** Tokens that were neither read from nor written to the prompt cache. */
#define BRC_USAGE_INPUT_TOKENS 4
/** Tokens the model generated. */
#define BRC_USAGE_OUTPUT_TOKENS 5
/** Tokens read from the prompt cache. */
#define BRC_USAGE_CACHE_READ_TOKENS 6
/** Tokens written to the prompt cache, whatever their time to live. */
#define BRC_USAGE_CACHE_WRITE_TOKENS 7
/** Of those, tokens kept for five minutes. */
#define BRC_USAGE_CACHE_WRITE_5M_TOKENS 8
/** Of those, tokens kept for an hour. */
#define BRC_USAGE_CACHE_WRITE_1H_TOKENS 9
/** Milliseconds from the start of the attempt to its end. */
#define BRC_USAGE_LATENCY_MS 10
/** Cost in picodollars (10^-12 USD); -1 without a price. */
#define BRC_USAGE_COST 11
/** When the attempt began: milliseconds since 1970-01-01 UTC. */
#define BRC_USAGE_STARTED_AT_MS 12
/** The BRC_E_ code the attempt ended with, 0 for success. */
#define BRC_USAGE_CODE 13
/** Milliseconds from the start of the attempt to the first event of its stream; -1 without one. */
#define BRC_USAGE_FIRST_EVENT_MS 14
/** @} */

/**
 * @name Text fields of a usage record
 * Read with brc_usage_text(). What is not known is NULL.
 * @{
 */
/** ARN of the profile the request was made for. */
#define BRC_USAGE_PROFILE_ARN 1
/** The profile's name; NULL without a catalogue. */
#define BRC_USAGE_PROFILE_NAME 2
/** The profile's tags as a JSON object; NULL without a catalogue. */
#define BRC_USAGE_TAGS 3
/** The model behind the profile; NULL without a catalogue. */
#define BRC_USAGE_MODEL 4
/** UUID of the call, the same for each of its attempts; sent as `amz-sdk-invocation-id`. */
#define BRC_USAGE_CALL_ID 5
/** AWS's id of the request (`x-amzn-RequestId`). */
#define BRC_USAGE_REQUEST_ID 6
/** The service tier that served, as the answer says. */
#define BRC_USAGE_SERVICE_TIER 7
/** The request's own `requestMetadata`, a JSON object. */
#define BRC_USAGE_REQUEST_METADATA 8
/** AWS's type of the error the attempt ended with, for example "ThrottlingException". */
#define BRC_USAGE_AWS_TYPE 9
/** @} */

/**
 * @brief Reads a whole-number field.
 * @param usage The record.
 * @param field One of the whole-number fields.
 * @return The value; -1 if it is not known, or if usage or field is not one.
 * @par Threads
 * That of the object or callback the record came from.
 * @since 0.1
 */
BRC_API int64_t brc_usage_int(const brc_usage *usage, int field);

/**
 * @brief Reads a text field.
 * @param usage The record.
 * @param field One of the text fields.
 * @return The text; NULL if it is not known, or if usage or field is not one. Borrowed from the
 *         record.
 * @par Threads
 * That of the object or callback the record came from.
 * @since 0.1
 */
BRC_API const char *brc_usage_text(const brc_usage *usage, int field);

/**
 * @brief The whole record as one line of JSON.
 * @param usage The record.
 * @return An object with every field; what is not known is null. Borrowed from the record; NULL if
 *         usage is, or when memory ran out.
 * @par Threads
 * That of the object or callback the record came from.
 * @since 0.1
 */
BRC_API const char *brc_usage_json(const brc_usage *usage);

/* ------------------------------------------------------------------- client */

/**
 * @brief Makes a client.
 *
 * Reads AWS_ENDPOINT_URL_BEDROCK_RUNTIME, or else AWS_ENDPOINT_URL, as the AWS SDKs do, and
 * AWS_MAX_ATTEMPTS, AWS_NEW_RETRIES_2026 (see brc_client_set_retries()) and
 * AWS_DISABLE_CLOCK_SKEW_CORRECTION; an empty variable counts as unset. A value that cannot be used
 * makes the calls fail, not this function.
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
 * this returns. In a child process after fork() only memory is released: nothing is sent over the
 * parent's connections, and no record or done comes.
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
 * brings those before. Every attempt has a usage record of its own. A stream is never repeated once
 * an event of it was delivered; nor is any answer that began with a 200.
 * @param client The client.
 * @param attempts The most attempts a call makes, the first included, from 1 to 100; 0 leaves it as
 *        it is. Without this call AWS_MAX_ATTEMPTS, or 3.
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
 * Called once for every attempt that could have left the machine, before the call's function
 * returns: also when the answer was lost, with the outcome BRC_OUTCOME_UNREPORTED.
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

/* ------------------------------------------------------------------- events */

/**
 * @name Types of an event
 * The value of the field BRC_EVENT_TYPE.
 * @{
 */
/** The answer begins; BRC_EVENT_ROLE says whose it is. */
#define BRC_EVENT_MESSAGE_START 1
/** More of a text: BRC_EVENT_TEXT. */
#define BRC_EVENT_TEXT_DELTA 2
/** More of the model's reasoning: BRC_EVENT_TEXT. */
#define BRC_EVENT_REASONING_DELTA 3
/** The model begins to call a tool: BRC_EVENT_TOOL_USE_ID, BRC_EVENT_TOOL_NAME. */
#define BRC_EVENT_TOOL_START 4
/** More of a tool's input: BRC_EVENT_TEXT, a piece of JSON text. */
#define BRC_EVENT_TOOL_DELTA 5
/** A tool's input is whole: BRC_EVENT_TEXT is all of it, "{}" if nothing came. */
#define BRC_EVENT_TOOL_STOP 6
/** Another part of a content block: what it is stands in brc_event_json(). */
#define BRC_EVENT_OTHER 7
/** The message is whole; BRC_EVENT_STOP_REASON says why it ended. The usage is still to come. */
#define BRC_EVENT_MESSAGE_STOP 8
/** The usage, in brc_event_json() as AWS sent it; the record follows when the call is done. */
#define BRC_EVENT_METADATA 9
/** @} */

/**
 * @name Whole-number fields of an event
 * Read with brc_event_int().
 * @{
 */
/** One of the types above. */
#define BRC_EVENT_TYPE 1
/** Number of the content block the event belongs to, from 0; -1 if it belongs to none. */
#define BRC_EVENT_BLOCK 2
/** @} */

/**
 * @name Text fields of an event
 * Read with brc_event_text().
 * @{
 */
/** The text, reasoning or input that came. Never ends within a UTF-8 character. */
#define BRC_EVENT_TEXT 1
/** Whose the message is: "assistant". */
#define BRC_EVENT_ROLE 2
/** Id of the tool use, for the tool result that answers it; also with its deltas and its stop. */
#define BRC_EVENT_TOOL_USE_ID 3
/** The tool's name; also with its deltas and its stop. */
#define BRC_EVENT_TOOL_NAME 4
/** Why the model stopped, in AWS's word. */
#define BRC_EVENT_STOP_REASON 5
/** AWS's own name of the event, for example "contentBlockDelta". */
#define BRC_EVENT_NAME 6
/** @} */

/**
 * @brief Reads a whole-number field.
 * @param event The event.
 * @param field One of the whole-number fields.
 * @return The value; -1 if the event has none, or if event or field is not one.
 * @par Threads
 * That of the callback the event came to.
 * @since 0.1
 */
BRC_API int64_t brc_event_int(const brc_event *event, int field);

/**
 * @brief Reads a text field.
 * @param event The event.
 * @param field One of the text fields.
 * @param[out] ret_length Its bytes; may be NULL.
 * @return UTF-8 with a NUL after the last byte; NULL if the event has none, or if event or field is
 *         not one. Borrowed for the callback.
 * @par Threads
 * That of the callback the event came to.
 * @since 0.1
 */
BRC_API const char *brc_event_text(const brc_event *event, int field, size_t *ret_length);

/**
 * @brief The event's JSON as AWS sent it, unknown members included.
 * @param event The event.
 * @param[out] ret_length Its bytes, which no NUL ends; may be NULL.
 * @return The bytes; NULL if event is, or for the rest of a broken character, which is an event
 * that AWS did not send. Borrowed for the callback.
 * @par Threads
 * That of the callback the event came to.
 * @since 0.1
 */
BRC_API const char *brc_event_json(const brc_event *event, size_t *ret_length);

/**
 * @name What an event callback returns
 * @{
 */
/** Go on. */
#define BRC_EVENT_GO_ON 0
/** Break the call off, as brc_cancel() does. */
#define BRC_EVENT_STOP 1
/** Break the call off, but take in the rest for the sake of its usage. */
#define BRC_EVENT_DRAIN 2
/** @} */

/**
 * @brief Gets the next event of a stream.
 *
 * Never after the call was cancelled, and never while it is paused.
 * @param client The client.
 * @param id The call, as brc_start() returned it.
 * @param event The event; borrowed for the call.
 * @param user_data As given when the call was started.
 * @return BRC_EVENT_GO_ON, BRC_EVENT_STOP or BRC_EVENT_DRAIN; anything else stops as well.
 * @par Threads
 * The one that drives the client. May call the getters, brc_start(), brc_cancel(), brc_pause() and
 * brc_client_free(); a function that drives or changes the client returns BRC_E_RECURSION.
 */
typedef int (*brc_event_fn)(brc_client *client, int64_t id, const brc_event *event,
                            void *user_data);

/* ------------------------------------------------------------------- a call */

/**
 * @brief Asks, and waits for the answer.
 *
 * Each attempt leaves the machine at most once. The usage callback has run when this returns.
 * @param client The client.
 * @param request The request; it stays as it is and can be sent again, or grow and be sent again.
 * @param[out] ret_result What came back. Owned; free with brc_result_free(), whatever the code:
 * with BRC_E_PROTOCOL, BRC_E_TOO_LARGE and BRC_E_TIMEOUT it holds what arrived of an answer that is
 * faulty, cut or without readable usage. NULL if no answer of a model began.
 * @return 0; before anything is sent BRC_E_INVALID (an argument is NULL, the request has no
 * message, the endpoint or another value of the environment cannot be used, the endpoint does not
 * follow from the partition, the client has a loop), BRC_E_TOO_LARGE, BRC_E_CREDENTIALS,
 * BRC_E_NOMEM, BRC_E_RECURSION, BRC_E_FORKED; then BRC_E_CONNECT, BRC_E_TLS, BRC_E_TIMEOUT,
 * BRC_E_PROTOCOL, BRC_E_TOO_LARGE (answer above 64 MiB), BRC_E_CREDENTIALS, BRC_E_ACCESS_DENIED,
 * BRC_E_THROTTLED, BRC_E_REJECTED, BRC_E_SERVICE, BRC_E_NOMEM; BRC_E_CANCELED if a callback frees
 * the client. brc_client_error() says more.
 * @par Threads
 * The client's; the request belongs to the same thread meanwhile.
 * @since 0.1
 */
BRC_API int brc_converse(brc_client *client, const brc_request *request, brc_result **ret_result);

/**
 * @brief Asks, hands on the answer event by event as it comes, and waits for its end.
 *
 * The usage comes last of all. A stream that is stopped, cut, faulty, or without it is recorded as
 * unreported: AWS may bill all of the answer. (Stopped when all of it had come, it is reported.)
 * @param client The client.
 * @param request The request, as for brc_converse().
 * @param event Gets the events.
 * @param user_data Handed to event.
 * @param[out] ret_result What came back, put together, as brc_converse() returns it; owned,
 * whatever the code. With BRC_E_CANCELED, BRC_E_SERVICE, BRC_E_THROTTLED and BRC_E_REJECTED too it
 * holds what arrived of an answer that began.
 * @return As brc_converse(); also BRC_E_INVALID (event is NULL), and BRC_E_CANCELED if event
 * stopped it. Errors that AWS sends within a stream have the codes of their types.
 * @par Threads
 * The client's; the request belongs to the same thread meanwhile.
 * @since 0.1
 */
BRC_API int brc_converse_stream(brc_client *client, const brc_request *request, brc_event_fn event,
                                void *user_data, brc_result **ret_result);

/**
 * @brief Gets the end of a call.
 *
 * brc_client_error() and brc_client_error_detail() describe this call while it runs.
 * @param client The client.
 * @param id The call, as brc_start() returned it.
 * @param code 0, or why it failed: the codes of brc_converse(), and BRC_E_CANCELED.
 * @param result As brc_converse() returns it; yours to free, whatever the code; may be NULL. Owned.
 * @param user_data As given to brc_start().
 * @par Threads
 * The one that drives the client. May call the getters, brc_start(), brc_cancel(), brc_pause() and
 * brc_client_free(); a function that drives or changes the client returns BRC_E_RECURSION.
 */
typedef void (*brc_done_fn)(brc_client *client, int64_t id, int code, brc_result *result,
                            void *user_data);

/**
 * @brief Asks without waiting for the answer.
 *
 * done runs exactly once, driven by brc_client_perform(), brc_client_notify(), brc_converse(),
 * brc_converse_stream() or brc_client_free(), never before this function has returned. The usage
 * callback runs before it.
 * @param client The client.
 * @param request The request. Copied: it may change or be freed at once.
 * @param event Gets the events of the answer, which is then a stream; NULL for an answer in one
 *        piece.
 * @param done Gets the end of the call.
 * @param user_data Handed to event and done.
 * @param destroy Ends user_data's life, exactly once: after done, or if this function fails; or
 * NULL.
 * @param[out] ret_id The call's number on this client, from 1; may be NULL.
 * @return 0, BRC_E_INVALID (client, request or done is NULL, or the client is being freed),
 *         BRC_E_NOMEM, BRC_E_RECURSION, BRC_E_FORKED. Whatever else is wrong arrives in done.
 * @par Threads
 * The client's; allowed inside done, event and the usage callback.
 * @since 0.1
 */
BRC_API int brc_start(brc_client *client, const brc_request *request, brc_event_fn event,
                      brc_done_fn done, void *user_data, brc_destroy_fn destroy, int64_t *ret_id);

/**
 * @brief Breaks a call off. No event of it comes any more; its done still comes, with
 * BRC_E_CANCELED, when the client is driven next.
 *
 * What had left the machine before may be billed; the usage record says so.
 * @param client The client.
 * @param id The call. One that is unknown or done already is no error.
 * @param drain 1: if the request has left, take in the rest of the answer first, for the sake of
 * its usage, for 60 seconds at the most; done comes after that. Most often this turns an unreported
 * attempt into a reported one. brc_client_free() ends it. 0: at once.
 * @return 0, BRC_E_INVALID (client is NULL), BRC_E_RANGE (drain is neither 0 nor 1),
 *         BRC_E_RECURSION, BRC_E_FORKED.
 * @par Threads
 * The client's; allowed inside done, event and the usage callback.
 * @since 0.1
 */
BRC_API int brc_cancel(brc_client *client, int64_t id, int drain);

/**
 * @brief Holds a stream's events back, or lets them come again.
 *
 * While it is paused up to 256 KiB more are taken in, then the connection rests; the other calls go
 * on. The idle limit stands still, the total limit does not; the end of the call comes only when
 * nothing is held back any more.
 * @param client The client.
 * @param id The call. One that is unknown, done, or no stream is no error.
 * @param paused 1 to pause, 0 to go on.
 * @return 0, BRC_E_INVALID (client is NULL, or it is the call of a brc_converse_stream(), whose
 *         callback may simply take its time), BRC_E_RANGE (paused is neither 0 nor 1),
 *         BRC_E_RECURSION, BRC_E_FORKED.
 * @par Threads
 * The client's; allowed inside done, event and the usage callback.
 * @since 0.1
 */
BRC_API int brc_pause(brc_client *client, int64_t id, int paused);

/* ------------------------------------------------------------------- result */

/**
 * @brief Frees a result.
 * @param result The result, or NULL.
 * @return NULL.
 * @par Threads
 * The result's.
 * @since 0.1
 */
BRC_API brc_result *brc_result_free(brc_result *result);

/**
 * @brief The answer's text: the texts of all its content blocks, one after the other.
 * @param result The result.
 * @param[out] ret_length Its bytes; may be NULL.
 * @return UTF-8 with a NUL after the last byte; "" if the answer has no text; NULL if it could not
 * be read. Borrowed from the result.
 * @par Threads
 * The result's.
 * @since 0.1
 */
BRC_API const char *brc_result_text(const brc_result *result, size_t *ret_length);

/**
 * @brief The answer's message as JSON, fit for brc_request_add_message().
 *
 * As received, byte for byte, wherever that is sound JSON; else repaired: lone surrogates, bad
 * UTF-8 and NUL become U+FFFD, of members with the same name the last one stays. Of a stream: put
 * together from its events into what Converse would have answered. The input of a tool use that is
 * no JSON, or was cut, is a string of what came.
 * @param result The result.
 * @param[out] ret_length Its bytes; may be NULL.
 * @return JSON with a NUL after the last byte; NULL if there is none that could be read, or
 *         memory ran out. Borrowed
 *         from the result.
 * @par Threads
 * The result's.
 * @since 0.1
 */
BRC_API const char *brc_result_message(const brc_result *result, size_t *ret_length);

/**
 * @brief The whole answer, byte for byte as received; of a stream, the answer of Converse it makes.
 * @param result The result.
 * @param[out] ret_length Its bytes; may be NULL.
 * @return The bytes with a NUL after the last one; NULL if result is, or when memory ran out.
 *         Borrowed from the result.
 * @par Threads
 * The result's.
 * @since 0.1
 */
BRC_API const char *brc_result_json(const brc_result *result, size_t *ret_length);

/**
 * @brief Why the model stopped, in AWS's word: "end_turn", "max_tokens", "tool_use" …
 * @param result The result.
 * @return The word; NULL if the answer gives none. Borrowed from the result.
 * @par Threads
 * The result's.
 * @since 0.1
 */
BRC_API const char *brc_result_stop_reason(const brc_result *result);

/**
 * @brief The record of the attempt this result came with.
 * @param result The result.
 * @return The record the usage callback saw; NULL only if result is. Borrowed from the result.
 * @par Threads
 * The result's.
 * @since 0.1
 */
BRC_API const brc_usage *brc_result_usage(const brc_result *result);

#ifdef __cplusplus
}
#endif

#endif
