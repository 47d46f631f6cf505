/* What the tests of the catalogue share: a ledger's file with a transaction begun, and profiles.
 * SPDX-License-Identifier: MIT */
#ifndef CATALOGUE_STEPS_H
#define CATALOGUE_STEPS_H

#include "store_steps.h"

#include <catalogue.h>

#include <string.h>

#define US "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/"
#define EU "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/"

enum {
    NOW = 1000 * 1000 /* ms */
};

static struct brc__store *store;
static struct brc__catalogue *catalogue;

static inline void catalogue_make(void)
{
    store_folder_make();
    store = store_open();
    ck_assert_int_eq(brc__store_begin(store, 0, &error), 0);
    ck_assert_int_eq(brc__catalogue_renew(store, &catalogue, &error), 0);
}

static inline void catalogue_remove(void)
{
    catalogue = brc__catalogue_unref(catalogue);
    brc__store_rollback(store);
    store = brc__store_free(store);
    store_folder_remove();
}

static inline int put_at(const char *kind, const char *json, int64_t now_ms)
{
    return brc__catalogue_put(store, catalogue, kind, json, now_ms, &error);
}

static inline void renew(void)
{
    int rc = brc__catalogue_renew(store, &catalogue, &error);

    ck_assert_msg(rc == 0, "%s", error.text);
}

static inline void put(const char *kind, const char *json)
{
    int rc = put_at(kind, json, NOW);

    ck_assert_msg(rc == 0, "%s", error.text);
    renew();
}

static inline void refuse(const char *kind, const char *json, const char *text)
{
    int64_t generation = catalogue->generation;

    ck_assert_int_eq(put_at(kind, json, NOW), BRC_E_INVALID);
    ck_assert_str_eq(error.text, text);
    renew();
    ck_assert_int_eq(catalogue->generation, generation);
}

/* How many rows a table has. */
static inline int64_t rows(const char *sql)
{
    struct brc__statement *count = brc__prepare(store, sql);

    ck_assert_int_eq(brc__step(store, count, &error), 1);
    int64_t n = brc__column_int(count, 0);
    brc__statement_reset(count);
    return n;
}

static inline void put_profiles(void)
{
    put("profile", "{\"profiles\":["
                   "{\"arn\":\"" US "b\",\"name\":\"search-prod\",\"alias\":\"search\","
                   "\"model\":\"m.x\",\"tags\":{\"team\":\"search\",\"app\":\"web\"}},"
                   "{\"arn\":\"" US "a\",\"name\":\"ads-prod\",\"model\":\"m.x\","
                   "\"scope\":\"geo\",\"tags\":{\"team\":\"ads\"}},"
                   "{\"arn\":\"" US "c\",\"name\":\"bare\"}]}");
}

#endif
