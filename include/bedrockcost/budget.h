/**
 * @file budget.h
 * @brief Money, and the ledger that keeps every attempt and holds spending to its limits.
 *
 * A ledger is one file, shared by any number of threads and processes of one host. A client with a
 * ledger holds the worst case of each attempt before it is signed, and settles what it really cost
 * when it ends. A call that a budget's limit does not allow is refused before anything is sent.
 *
 * What is put into a ledger and read from it is JSON; doc/money.md shows every kind of it.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BEDROCKCOST_BUDGET_H
#define BEDROCKCOST_BUDGET_H

#include <bedrockcost/base.h>
#include <bedrockcost/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The file that keeps prices, profiles, budgets and records. May be used by all threads. */
typedef struct brc_ledger brc_ledger;

/**
 * @brief Reads an amount of money.
 * @param usd US dollars as decimal digits with at most twelve after the point: "5", "0.25". Neither
 *        sign nor exponent nor blanks.
 * @param[out] ret_picodollars The amount in picodollars (10^-12 USD), at least 0.
 * @return 0; BRC_E_INVALID: NULL, or not such a number; BRC_E_RANGE: more than
 * 9,223,372.036854775807 USD.
 * @par Threads
 * Any thread.
 * @since 0.1
 */
BRC_API int brc_money_parse(const char *usd, int64_t *ret_picodollars);

/**
 * @brief Writes an amount of money as US dollars, exactly: at least two digits after the point, no
 *        zero at the end after those.
 * @param picodollars The amount, at least 0.
 * @param[out] ret_text Room for the text and its NUL. "" on failure.
 * @param size Its size; 24 is enough for any amount.
 * @return The length of the text; BRC_E_RANGE: the amount is negative, or there is too little room;
 *         BRC_E_INVALID: ret_text is NULL or size is 0.
 * @par Threads
 * Any thread.
 * @since 0.1
 */
BRC_API int brc_money_format(int64_t picodollars, char *ret_text, size_t size);

/**
 * @brief Opens a ledger, or makes a new one where there is no file yet.
 *
 * Beside the file PATH stand PATH-wal, PATH-shm and PATH-lock, which belong to it.
 * @param path Of a file system of this host: network and FUSE file systems are refused. Copied.
 * @param[out] ret_ledger The ledger. Owned; free with brc_ledger_free(). Also given with
 *        BRC_E_LEDGER, so that brc_ledger_error() can say why: such a ledger is closed, and a
 * client that has it refuses its calls.
 * @return 0; BRC_E_LEDGER: it cannot be opened, is damaged, or was written by a newer version;
 *         BRC_E_INVALID: NULL or an empty path; BRC_E_NOMEM.
 * @par Threads
 * Any thread. Waits for up to ten seconds for others that write, and two for another program that
 * has the file for itself.
 * @since 0.1
 */
BRC_API int brc_ledger_open(const char *path, brc_ledger **ret_ledger);

/**
 * @brief Frees a ledger. What clients still need of it stays until they are freed.
 * @param ledger The ledger, or NULL.
 * @return NULL.
 * @par Threads
 * Any thread; no other may use this handle any more.
 * @since 0.1
 */
BRC_API brc_ledger *brc_ledger_free(brc_ledger *ledger);

/**
 * @brief Says why the last function that failed on this ledger did so, on whichever thread.
 * @param ledger The ledger.
 * @param[out] ret_text One line; "" if nothing failed yet. Cut to what there is room for.
 * @param size Its size; 1,024 is enough.
 * @return The length of the line; BRC_E_INVALID: an argument is NULL or size is 0; BRC_E_RECURSION;
 *         BRC_E_FORKED.
 * @par Threads
 * Any thread.
 * @since 0.1
 */
BRC_API int brc_ledger_error(brc_ledger *ledger, char *ret_text, size_t size);

/**
 * @brief Puts something into the ledger: all of it, or nothing if any of it is wrong.
 * @param ledger The ledger.
 * @param kind "setting", "price", "profile", "budget", "override", "resolution", "external" or
 *        "delivery".
 * @param json An object, as doc/money.md shows it for the kind. Money is a string of US dollars.
 * @return 0; BRC_E_INVALID: NULL, no such kind, or the object is not what the kind wants;
 *         BRC_E_RANGE: an amount, a number or the length of a text is outside what it may be;
 *         BRC_E_TOO_LARGE: more than 64 MiB; BRC_E_LEDGER: it cannot be written;
 *         BRC_E_RECURSION; BRC_E_FORKED; BRC_E_NOMEM.
 * @par Threads
 * Any thread. Waits for up to ten seconds for others that write.
 * @since 0.1
 */
BRC_API int brc_ledger_put(brc_ledger *ledger, const char *kind, const char *json);

/**
 * @brief Gets a row.
 * @param json One line, an object. Borrowed for the call.
 * @param user_data As given.
 * @return 0 to go on, anything else to stop.
 * @par Threads
 * The one that called brc_ledger_query(). Every function on the ledger returns BRC_E_RECURSION in
 * here.
 */
typedef int (*brc_row_fn)(const char *json, void *user_data);

/**
 * @brief Reads rows from the ledger, as they stood at one moment.
 * @param ledger The ledger.
 * @param json What is wanted: an object with the member `kind`, one of those of brc_ledger_put() or
 *        "record", "use", "edge", "refusal", "verify", and the filters that doc/money.md shows.
 * @param fn Gets the rows.
 * @param user_data Handed to fn.
 * @return The number of rows that fn got; BRC_E_INVALID: NULL, or not such an object; BRC_E_RANGE:
 *         a number in it is outside what it may be; BRC_E_LEDGER: it cannot be read;
 *         BRC_E_RECURSION; BRC_E_FORKED; BRC_E_NOMEM. After a failure fn may have got some rows.
 * @par Threads
 * Any thread. Waits for up to ten seconds for others that write; others wait while fn runs.
 * @since 0.1
 */
BRC_API int64_t brc_ledger_query(brc_ledger *ledger, const char *json, brc_row_fn fn,
                                 void *user_data);

/**
 * @brief Gets a notice: a budget has passed a threshold, or something happened that its owner ought
 *        to know.
 * @param json One line: the row of kind "edge". Borrowed for the call.
 * @param user_data As registered.
 * @par Threads
 * That of whichever client of this ledger settles, while it is driven, one at a time. Every
 * function on the ledger returns BRC_E_RECURSION in here.
 */
typedef void (*brc_notice_fn)(const char *json, void *user_data);

/**
 * @brief Registers who gets the notices: each at least once, also those that were recorded by other
 *        processes, or before a crash, and reached nobody.
 * @param ledger The ledger.
 * @param fn The function, or NULL for none.
 * @param user_data Handed to fn.
 * @param destroy Ends user_data's life, exactly once, also if this function fails; or NULL.
 * @return 0, BRC_E_INVALID (ledger is NULL), BRC_E_RECURSION, BRC_E_FORKED.
 * @par Threads
 * Any thread.
 * @since 0.1
 */
BRC_API int brc_ledger_set_notice(brc_ledger *ledger, brc_notice_fn fn, void *user_data,
                                  brc_destroy_fn destroy);

/**
 * @brief Has a client keep its accounts in a ledger, and hold to its budgets.
 *
 * From then on every attempt of a model call takes a hold of its worst case before it is signed and
 * settles after it; its usage record is stored before the caller hears of its end. A profile that
 * the ledger does not know is asked for once (GetInferenceProfile, ListTagsForResource).
 *
 * Calls may then also end with BRC_E_UNTAGGED, BRC_E_UNPRICED, BRC_E_UNBOUNDED, BRC_E_BUDGET,
 * BRC_E_LEDGER and what came of asking AWS about the profile, with nothing sent; and with
 * BRC_E_UNRECORDED, the answer being there. doc/money.md says of each what to do.
 * @param client A client that has made no call yet.
 * @param ledger The ledger; the client takes a reference of its own.
 * @return 0, BRC_E_INVALID (an argument is NULL, or the client has made a call or has a ledger),
 *         BRC_E_RECURSION, BRC_E_FORKED.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API int brc_client_set_ledger(brc_client *client, brc_ledger *ledger);

#ifdef __cplusplus
}
#endif

#endif
