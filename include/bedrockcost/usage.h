/**
 * @file usage.h
 * @brief What an attempt used: the record that accounts are kept by.
 *
 * There is one for every attempt that could have left the machine, or had taken a hold in a ledger.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BEDROCKCOST_USAGE_H
#define BEDROCKCOST_USAGE_H

#include <bedrockcost/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The record of one attempt. Never changes once it is handed out. */
typedef struct brc_usage brc_usage;

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
/** Cost in picodollars (10^-12 USD); -1 if it is not known: without a ledger or a price, or
 * unreported. */
#define BRC_USAGE_COST 11
/** When the attempt began: milliseconds since 1970-01-01 UTC. */
#define BRC_USAGE_STARTED_AT_MS 12
/** The BRC_E_ code the attempt ended with, 0 for success. */
#define BRC_USAGE_CODE 13
/** Milliseconds from the start of the attempt to the first event of its stream; -1 without one. */
#define BRC_USAGE_FIRST_EVENT_MS 14
/** The maxTokens that the attempt was sent with, where a budget had lowered it; -1: it had not. */
#define BRC_USAGE_MAX_TOKENS 15
/** @} */

/**
 * @name Text fields of a usage record
 * Read with brc_usage_text(). What is not known is NULL.
 * @{
 */
/** ARN of the profile the attempt went through: the one the request was made for, or the one that
 * a budget degraded it to. */
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
/** ARN of the profile the request was made for, where the attempt went through another; else NULL.
 */
#define BRC_USAGE_ASKED_PROFILE_ARN 10
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

#ifdef __cplusplus
}
#endif

#endif
