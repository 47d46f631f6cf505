/**
 * @file converse.h
 * @brief Asking a model through an application inference profile.
 *
 * A client sends a request and gives back a result, at once or, as a stream, event by event. Before
 * that its usage callback gets a record for every attempt that could have left the machine.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BEDROCKCOST_CONVERSE_H
#define BEDROCKCOST_CONVERSE_H

#include <bedrockcost/base.h>
#include <bedrockcost/client.h>
#include <bedrockcost/request.h>
#include <bedrockcost/usage.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What came back. Belongs to one thread at a time. */
typedef struct brc_result brc_result;
/** One event of a stream. */
typedef struct brc_event brc_event;

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
 * faulty, cut or without readable usage, with BRC_E_UNRECORDED the whole answer. NULL if no answer
 * of a model began.
 * @return 0; before anything is sent BRC_E_INVALID (an argument is NULL, the request has no
 * message, the endpoint or another value of the environment cannot be used, the endpoint does not
 * follow from the partition, the client has a loop), BRC_E_TOO_LARGE, BRC_E_CREDENTIALS,
 * BRC_E_NOMEM, BRC_E_RECURSION, BRC_E_FORKED; then BRC_E_CONNECT, BRC_E_TLS, BRC_E_TIMEOUT,
 * BRC_E_PROTOCOL, BRC_E_TOO_LARGE (answer above 64 MiB), BRC_E_CREDENTIALS, BRC_E_ACCESS_DENIED,
 * BRC_E_THROTTLED, BRC_E_REJECTED, BRC_E_SERVICE, BRC_E_NOMEM; BRC_E_CANCELED if a callback frees
 * the client. With a ledger, before an attempt is sent BRC_E_UNTAGGED, BRC_E_UNPRICED,
 * BRC_E_UNBOUNDED, BRC_E_BUDGET, BRC_E_LEDGER, or what came of asking AWS about the profile; after
 * it BRC_E_UNRECORDED. brc_client_error() says more.
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
