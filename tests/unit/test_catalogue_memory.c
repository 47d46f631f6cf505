/* The catalogue and memory: for every n the n-th allocation fails, SQLite's included, while
 * something is put and read. A reading that finds nothing new takes none. SPDX-License-Identifier:
 * MIT */
#define STORE_IN_MEMORY 1
#include "heap.h"
#include "run.h"
#include "store_steps.h"

#include <catalogue.h>

#include <string.h>

#define ARN "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/"

/* The first ones are there when the others are put. */
static const struct {
    const char *kind, *json;
} scenarios[] = {
    {"profile", "{\"profiles\":[{\"arn\":\"" ARN "b\",\"name\":\"b\",\"alias\":\"search\","
                "\"tags\":{\"team\":\"search\",\"app\":\"x\"}},{\"arn\":\"" ARN "a\","
                "\"name\":\"a\",\"series\":\"searches\"}]}"},
    {"budget", "{\"name\":\"n\",\"owner\":{\"profile\":\"search\"},\"window\":\"day\","
               "\"limit\":\"1\"}"},
    {"price", "{\"from\":\"1970-01-01\",\"source\":\"s\",\"prices\":[{\"model\":\"m\","
              "\"scope\":\"geo\",\"input\":\"1\",\"output\":\"2\",\"tiers\":{\"flex\":500000}}]}"},
    {"setting", "{\"requiredTags\":[\"team\",\"app\"],\"onError\":\"admit\"}"},
    {"profile",
     "{\"arn\":\"" ARN "c\",\"name\":\"c\",\"model\":\"m\",\"scope\":\"geo\","
     "\"accepts\":[\"system\",\"x\"],\"degradeTo\":\"a\",\"multiplier\":\"0.9\","
     "\"tags\":{\"b\":\"1\",\"a\":\"2\"},\"prices\":[{\"input\":\"1\",\"output\":\"2\"}]}"},
    {"budget", "{\"name\":\"m\",\"owner\":{\"tag\":\"team\",\"value\":\"search\"},"
               "\"window\":\"month\",\"limit\":\"500\"}"},
    {"budget", "{\"name\":\"m\",\"owner\":{\"series\":\"searches\"},\"window\":\"day\","
               "\"limit\":\"5\"}"},
    {"override", "{\"budget\":\"n\",\"limit\":\"5\",\"until\":\"2026-12-01T00:00:00Z\","
                 "\"by\":\"ada\",\"why\":\"launch\"}"},
    {"setting", "{\"requiredTags\":[],\"durability\":\"power\"}"},
    {"price", "{\"from\":\"1971-01-01\",\"source\":\"t\",\"prices\":[{\"model\":\"m\","
              "\"scope\":\"geo\",\"input\":\"3\",\"output\":\"4\"}]}"},
    /* Refused, with lists in the message. */
    {"budget", "{\"name\":\"m\",\"owner\":{\"tag\":\"team\",\"value\":\"x\"},\"window\":\"month\","
               "\"limit\":\"500\"}"},
    {"budget", "{\"name\":\"m\",\"owner\":{\"tag\":\"taem\",\"value\":\"x\"},\"window\":\"day\","
               "\"limit\":\"500\"}"},
    {"budget", "{\"name\":\"m\",\"owner\":{\"profile\":\"x\"},\"window\":\"day\",\"limit\":\"5\"}"},
    {"budget", "{\"name\":\"m\",\"owner\":{\"series\":\"x\"},\"window\":\"day\",\"limit\":\"5\"}"},
    {"profile", "{\"profiles\":[{\"arn\":\"" ARN "c\",\"name\":\"b\"}]}"},
    {"setting", "{\"unknown\":1}"},
    {"setting", "{\"onError\":\"x\"}"},
};

enum {
    FIRST = 4,
    PUTS = sizeof scenarios / sizeof *scenarios
};

static void make_ledger(void)
{
    struct brc__catalogue *catalogue = NULL;

    store_folder_make();
    struct brc__store *store = store_open();
    ck_assert_int_eq(brc__store_begin(store, 0, &error), 0);
    for (int i = 0; i < FIRST; i++) {
        ck_assert_int_eq(brc__catalogue_renew(store, &catalogue, &error), 0);
        int rc =
            brc__catalogue_put(store, catalogue, scenarios[i].kind, scenarios[i].json, 5, &error);
        ck_assert_msg(rc == 0, "%s", error.text);
    }
    ck_assert_int_eq(brc__store_commit(store, &error), 0);
    brc__catalogue_unref(catalogue);
    brc__store_free(store);
}

/* What there is to know of a catalogue, as one text. */
static void describe(const struct brc__catalogue *catalogue, char *text, size_t size)
{
    *text = '\0';
    if (catalogue == NULL)
        return;
    for (size_t i = 0; i < catalogue->listing_count; i++)
        snprintf(text + strlen(text), size - strlen(text), "%s\n", catalogue->listings[i]->json);
    for (size_t i = 0; i < catalogue->budget_count; i++)
        snprintf(text + strlen(text), size - strlen(text), "%s %d\n", catalogue->budgets[i].json,
                 catalogue->budgets[i].override_until_ms > 0);
    for (size_t i = 0; i < catalogue->table_count; i++)
        snprintf(text + strlen(text), size - strlen(text), "%s\n",
                 catalogue->tables[i].table->json);
    for (char **tag = catalogue->required_tags; tag != NULL && *tag != NULL; tag++)
        snprintf(text + strlen(text), size - strlen(text), "%s\n", *tag);
    snprintf(text + strlen(text), size - strlen(text), "%d%d", catalogue->admits_on_error,
             catalogue->survives_power_loss);
}

/* A put, and the catalogue read before and after it, in a transaction that is rolled back; the n-th
 * allocation fails, which in the first scenario may be one of the reading before. No assertion of
 * Check's in here: they allocate. */
struct outcome {
    int begun, first, put, second;
    long tried;
    char before[4000], after[4000];
};

static void run_put(int i, long n, struct outcome *outcome)
{
    struct brc__store *store;
    struct brc__catalogue *catalogue = NULL;

    *outcome = (struct outcome){.first = 1, .put = 1, .second = 1};
    outcome->begun = brc__store_open(store_path, &store, &error);
    if (outcome->begun == 0)
        outcome->begun = brc__store_begin(store, 0, &error);
    if (i == 0)
        heap_fail(n, 0);
    if (outcome->begun == 0)
        outcome->first = brc__catalogue_renew(store, &catalogue, &error);
    if (i > 0)
        heap_fail(n, 0);
    if (outcome->first == 0)
        outcome->put =
            brc__catalogue_put(store, catalogue, scenarios[i].kind, scenarios[i].json, 7, &error);
    struct brc__catalogue *known = catalogue;
    if (outcome->put == 0)
        outcome->second = brc__catalogue_renew(store, &catalogue, &error);
    outcome->tried = heap_tried();
    heap_fail(0, 0);
    describe(outcome->second < 0 ? known : catalogue, outcome->after, sizeof outcome->after);
    brc__catalogue_unref(catalogue);
    brc__store_rollback(store);
    brc__store_free(store);
}

START_TEST(putting_survives_every_failure)
{
    struct outcome expected, empty, outcome;
    long live, n = 0;

    run_put(_i, 0, &empty); /* what SQLite and libcrypto take once */
    live = heap_live();
    run_put(_i, 0, &expected);
    ck_assert_int_eq(heap_live(), live);
    ck_assert_int_eq(expected.first, 0);
    do {
        run_put(_i, ++n, &outcome);
        ck_assert_int_eq(outcome.begun, 0);
        ck_assert_int_eq(heap_live(), live);
        if (outcome.first < 0 || outcome.second < 0)
            ck_assert_int_eq(error.code, BRC_E_NOMEM);
        ck_assert(outcome.first == 0 || outcome.first == BRC_E_NOMEM);
        ck_assert(outcome.first != 0 || outcome.put == expected.put || outcome.put == BRC_E_NOMEM);
        ck_assert(outcome.put != 0 || outcome.second == 0 || outcome.second == BRC_E_NOMEM);
        if (outcome.second == 0)
            ck_assert_str_eq(outcome.after, expected.after);
        /* What was read before is still whole. */
        if (outcome.second < 0)
            ck_assert_ptr_nonnull(strstr(outcome.after, "search"));
    } while (outcome.tried >= n);
    ck_assert_int_gt(n, 2);
    printf("# put %d: %ld allocations, each failed once\n", _i, n - 1);
}
END_TEST

/* It is on the way of every call. SQLite takes a block for the cursor it reads one row with. */
START_TEST(reading_again_takes_no_memory)
{
    struct brc__catalogue *catalogue = NULL;
    struct brc__store *store = store_open();

    ck_assert_int_eq(brc__store_begin(store, 0, &error), 0);
    ck_assert_int_eq(brc__catalogue_renew(store, &catalogue, &error), 0);
    struct brc__catalogue *known = catalogue;
    heap_fail(2, 1);
    int rc = brc__catalogue_renew(store, &catalogue, &error);
    long tried = heap_tried();
    heap_fail(0, 0);
    ck_assert_int_eq(rc, 0);
    ck_assert_int_le(tried, 1);
    ck_assert_ptr_eq(catalogue, known);
    brc__catalogue_unref(catalogue);
    brc__store_rollback(store);
    brc__store_free(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("catalogue_memory");
    TCase *cases = tcase_create("catalogue_memory");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, make_ledger, store_folder_remove);
    tcase_add_loop_test(cases, putting_survives_every_failure, 0, PUTS);
    tcase_add_test(cases, reading_again_takes_no_memory);
    return run(suite);
}
