/**
 * @file request.h
 * @brief What is asked of a model, and through which profile.
 *
 * A request is made for the ARN of an application inference profile, and for nothing else: so none
 * exists that could leave for a bare model.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BEDROCKCOST_REQUEST_H
#define BEDROCKCOST_REQUEST_H

#include <bedrockcost/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What is asked of a model, and through which profile. Belongs to one thread at a time. */
typedef struct brc_request brc_request;

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
 * @brief States what parts of the request cost that the library cannot bound by itself.
 *
 * Before a call of a budget is sent, the most it can cost is held. Texts are bounded by their
 * bytes; images, documents, media, things in S3, tools that run at AWS, and members this library
 * does not know are not. A call with one of them is refused with BRC_E_UNBOUNDED until a bound is
 * stated. Without a ledger it changes nothing, and nothing of it is sent.
 * @param request The request.
 * @param input_tokens The most tokens that all these parts together add to the input, from 0 to
 *        2,147,483,647. Setting it again replaces both.
 * @param output_tokens The most tokens of output, whatever `maxTokens` says, if that is not more;
 *        from 0 to 2,147,483,647. 0: as `maxTokens` says, or the profile.
 * @return 0; BRC_E_RANGE; BRC_E_INVALID: request is NULL.
 * @par Threads
 * The request's.
 * @since 0.1
 */
BRC_API int brc_request_set_bound(brc_request *request, int64_t input_tokens,
                                  int64_t output_tokens);

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

#ifdef __cplusplus
}
#endif

#endif
