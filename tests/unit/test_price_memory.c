/* Tables of prices and memory: for every n the n-th allocation fails, and n and all later; the
 * table is whole or not there, and nothing is lost. SPDX-License-Identifier: MIT */
#include "heap.h"
#include "run.h"

#include <price_table.h>

#include <string.h>

static const char own[] = "[{\"region\":\"us-east-1\",\"input\":\"1\",\"output\":\"2\"},"
                          "{\"input\":\"1\",\"output\":\"2\",\"tiers\":{\"flex\":5}}]";
static const char *const tables[] = {
    "{\"from\":\"2026-10-01\",\"source\":\"s\",\"prices\":["
    "{\"model\":\"m\",\"scope\":\"geo\",\"region\":\"eu-*\",\"input\":\"1\",\"output\":\"2\","
    "\"above\":5,\"long\":{\"input\":\"1\",\"output\":\"2\"},\"tiers\":{\"flex\":5,\"a\":6}},"
    "{\"model\":\"m\",\"scope\":\"geo\",\"tier\":\"flex\",\"input\":\"1\",\"output\":\"2\"}]}",
    "{\"from\":\"2026-10-01\",\"source\":\"s\",\"litellm\":{"
    "\"eu.m\":{\"litellm_provider\":\"bedrock\",\"input_cost_per_token\":1e-6,"
    "\"output_cost_per_token\":1e-6,\"max_output_tokens\":5},"
    "\"us.m\":{\"litellm_provider\":\"bedrock\",\"input_cost_per_token\":2e-6,"
    "\"output_cost_per_token\":1e-6},"
    "\"m\":{\"litellm_provider\":\"bedrock\",\"input_cost_per_token\":1e-6,"
    "\"output_cost_per_token\":1e-6},"
    "\"bedrock/us-east-1/m\":{\"litellm_provider\":\"bedrock\",\"input_cost_per_token\":1e-6,"
    "\"output_cost_per_token\":1e-6}}}",
    own,
};

/* No assertion of Check's in here: they allocate. */
static int read_table(int i, char ret_hash[65])
{
    struct brc__price_table *table = NULL;
    struct brc__error error = {0};
    const char *json = tables[i];

    memset(ret_hash, 0, 65);
    int rc = json[0] == '[' ? brc__price_table_read_own(json, strlen(json), "own", &table, &error)
                            : brc__price_table_read(json, strlen(json), &table, &error);
    if ((rc == BRC_OK) != (table != NULL) || error.code != rc)
        return 1;
    if (table != NULL)
        memcpy(ret_hash, table->hash, 65);
    brc__price_table_free(table);
    return rc;
}

START_TEST(reading_survives_every_failure)
{
    char expected[65], hash[65];

    ck_assert_int_eq(read_table(_i, expected), BRC_OK);
    for (int all_later = 0; all_later <= 1; all_later++) {
        long n = 0, tried, failures = 0, live = heap_live();
        do {
            heap_fail(++n, all_later);
            int rc = read_table(_i, hash);
            tried = heap_tried();
            heap_fail(0, 0);
            failures += rc == BRC_E_NOMEM;
            ck_assert_int_eq(heap_live(), live);
            ck_assert_msg(rc == BRC_OK || rc == BRC_E_NOMEM, "%d at allocation %ld", rc, n);
            ck_assert(rc < 0 || strcmp(hash, expected) == 0);
        } while (n <= tried);
        ck_assert_int_gt(failures, 20);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("price_memory");
    TCase *tc = tcase_create("price_memory");

    tcase_add_loop_test(tc, reading_survives_every_failure, 0, sizeof tables / sizeof *tables);
    suite_add_tcase(suite, tc);
    return run(suite);
}
