/* Puts and queries while memory runs out: for every n the n-th allocation fails, SQLite's
 * included.
 * SPDX-License-Identifier: MIT */
#include "heap.h"
#include "query_steps.h"

#include <sys/stat.h>

static const char *const queries[] = {
    "{\"kind\":\"setting\"}",
    "{\"kind\":\"price\"}",
    "{\"kind\":\"profile\"}",
    "{\"kind\":\"budget\"}",
    "{\"kind\":\"override\",\"budget\":\"search\"}",
    "{\"kind\":\"resolution\"}",
    "{\"kind\":\"external\"}",
    "{\"kind\":\"edge\",\"undelivered\":\"x\"}",
    "{\"kind\":\"price\",\"rows\":true}",
    "{\"kind\":\"record\",\"profile\":\"search\",\"since\":\"2026-01-01T00:00:00Z\",\"limit\":9}",
    "{\"kind\":\"record\",\"unreported\":true,\"call\":\"c2\"}",
    "{\"kind\":\"use\",\"history\":3}",
    "{\"kind\":\"refusal\"}",
    "{\"kind\":\"verify\"}",
};
enum {
    PUT_SEEN = 8 /* of them see what is put */
};

static brc_ledger *lived_in_ledger(void)
{
    brc_ledger *ledger = furnished_ledger();

    put(ledger, "override",
        "{\"budget\":\"search\",\"limit\":\"12\",\"until\":\"2099-01-01T00:00:00Z\",\"by\":\"ada\","
        "\"why\":\"launch\"}");
    put(ledger, "external",
        "{\"id\":\"x\",\"profile\":\"search\",\"at\":\"2026-01-02T03:04:05Z\",\"amount\":\"0.5\","
        "\"source\":\"test\"}");
    use(ledger, "c1", BRC_OUTCOME_REPORTED, 7000000, 100);
    use(ledger, "c2", BRC_OUTCOME_UNREPORTED, 2000, 100);
    use(ledger, "c3", BRC_OUTCOME_UNREPORTED, 2000, 100);
    put(ledger, "resolution", "{\"record\":2,\"billed\":\"1\",\"by\":\"a\",\"why\":\"b\"}");
    ck_assert_ptr_null(admit(ledger, "c4", SEARCH, 90000000, 100));
    return ledger;
}

/* No assertion of Check's while allocations fail: they allocate. */
static struct {
    char text[64 * 1024];
    size_t length;
} told;

static int tell(const char *json, void *user_data)
{
    size_t n = strlen(json);

    (void)user_data;
    if (told.length + n + 2 > sizeof told.text)
        return 1;
    memcpy(told.text + told.length, json, n + 1);
    told.length += n;
    return 0;
}

static bool is_documented(int64_t rc)
{
    return rc >= 0 || rc == BRC_E_NOMEM || rc == BRC_E_LEDGER;
}

START_TEST(queries_survive_every_failure)
{
    static char expected[sizeof told.text];
    brc_ledger *ledger = lived_in_ledger();
    long n = 0, tried;

    for (int and_all_later = 0; and_all_later < 2; and_all_later++) {
        told.length = 0;
        ck_assert_int_gt(brc_ledger_query(ledger, queries[_i], tell, NULL), -1);
        memcpy(expected, told.text, told.length + 1);
        size_t length = told.length;
        long live = heap_live();
        n = 0;
        do {
            told.length = 0;
            heap_fail(++n, and_all_later);
            int64_t rc = brc_ledger_query(ledger, queries[_i], tell, NULL);
            tried = heap_tried();
            heap_fail(0, 0);
            ck_assert_msg(is_documented(rc), "%d", (int)rc);
            /* All of it, or nothing. */
            ck_assert_msg(rc >= 0
                              ? told.length == length && memcmp(told.text, expected, length) == 0
                              : told.length == 0,
                          "%s: %.*s", queries[_i], (int)told.length, told.text);
            /* What SQLite keeps, it keeps once. */
            ck_assert_int_le(heap_live(), live + 64);
        } while (tried >= n);
        ck_assert_int_gt(n, 3);
    }
    printf("# %s: %ld allocations, each failed\n", queries[_i], n - 1);
    brc_ledger_free(ledger);
}
END_TEST

static const struct {
    const char *kind, *json;
} puts_[] = {
    {"setting", "{\"requiredTags\":[\"team\"]}"},
    {"price",
     "{\"from\":\"2026-02-01\",\"source\":\"new\",\"prices\":[{\"model\":\"a.big\",\"scope\":"
     "\"geo\",\"input\":\"2\",\"output\":\"6\"}]}"},
    {"profile", "{\"arn\":\"" CHEAP "\",\"name\":\"renamed\"}"},
    {"budget", BUDGET("year", "year", "20")},
    {"override",
     "{\"budget\":\"search\",\"limit\":\"12\",\"until\":\"2099-01-01T00:00:00Z\",\"by\":\"ada\","
     "\"why\":\"launch\"}"},
    {"resolution", "{\"record\":3,\"notBilled\":true,\"by\":\"a\",\"why\":\"b\"}"},
    {"external",
     "{\"id\":\"y\",\"profile\":\"search\",\"at\":\"2026-01-02T03:04:05Z\",\"amount\":\"0.5\","
     "\"source\":\"test\"}"},
    {"delivery", "{\"edge\":1,\"to\":\"x\"}"},
};

/* Whether what a query tells has changed. */
static bool has_changed(brc_ledger *ledger, char *before, size_t size)
{
    told.length = 0;
    told.text[0] = '\0';
    for (size_t i = 0; i < PUT_SEEN; i++)
        ck_assert_int_ge(brc_ledger_query(ledger, queries[i], tell, NULL), 0);
    bool changed = strcmp(before, told.text) != 0;
    ck_assert_uint_lt(told.length, size);
    memcpy(before, told.text, told.length + 1);
    return changed;
}

static char image[1024 * 1024];
static size_t image_size;

/* The ledger's file, whole. */
static void keep_image(void)
{
    sql("PRAGMA wal_checkpoint(TRUNCATE)");
    FILE *file = fopen(ledger_path, "rb");
    ck_assert_ptr_nonnull(file);
    image_size = fread(image, 1, sizeof image, file);
    ck_assert(image_size > 0 && image_size < sizeof image);
    fclose(file);
}

static brc_ledger *ledger_of_image(void)
{
    remove_folder();
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    FILE *file = fopen(ledger_path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(image, 1, image_size, file), image_size);
    fclose(file);
    return open_ledger();
}

/* Of a step that puts something: done or not, it is whole, and all handles see the same. */
static long fail_each(int (*step)(brc_ledger *ledger, int i), int i)
{
    static char before[sizeof told.text], one[sizeof told.text];
    brc_ledger *ledger = ledger_of_image();
    long n = 0, tried;

    has_changed(ledger, before, sizeof before);
    do {
        brc_ledger_free(ledger);
        ledger = ledger_of_image();
        brc_ledger *other = open_ledger();
        rows_of(ledger, "{\"kind\":\"use\"}"); /* statements prepared, catalogue read */
        heap_fail(++n, 0);
        int rc = step(ledger, i);
        tried = heap_tried();
        heap_fail(0, 0);
        ck_assert_msg(is_documented(rc), "%d", rc);
        memcpy(one, before, sizeof one);
        ck_assert_msg(has_changed(ledger, one, sizeof one) == (rc == 0), "allocation %ld", n);
        ck_assert_msg(!has_changed(other, one, sizeof one), "allocation %ld", n);
        brc_ledger_free(other);
    } while (tried >= n);
    ck_assert_str_eq(rows_of(ledger, "{\"kind\":\"verify\"}")->text, "");
    brc_ledger_free(ledger);
    return n - 1;
}

static int put_one(brc_ledger *ledger, int i)
{
    return brc_ledger_put(ledger, puts_[i].kind, puts_[i].json);
}

START_TEST(puts_survive_every_failure)
{
    brc_ledger_free(lived_in_ledger());
    keep_image();
    long n = fail_each(put_one, _i);
    ck_assert_int_gt(n, 10);
    printf("# %s: %ld allocations, each failed\n", puts_[_i].kind, n);
}
END_TEST

#define NEW "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/new000000000"

static int list_one(brc_ledger *ledger, int i)
{
    struct brc__error error;

    (void)i;
    return brc__ledger_list(ledger, NEW,
                            "{\"inferenceProfileArn\":\"" NEW
                            "\",\"inferenceProfileName\":\"new\",\"models\":[{\"modelArn\":"
                            "\"arn:aws:bedrock:::foundation-model/a.big\"}]}",
                            "{\"tags\":[{\"key\":\"team\",\"value\":\"new\"}]}", 1000, &error);
}

START_TEST(listing_survives_every_failure)
{
    brc_ledger_free(lived_in_ledger());
    keep_image();
    long n = fail_each(list_one, 0);
    ck_assert_int_gt(n, 10);
    has(rows_of(open_ledger(), "{\"kind\":\"profile\"}"),
        "\"name\":\"new\",\"model\":\"a.big\",\"scope\":\"global\",\"tags\":{\"team\":\"new\"}");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("query_memory");
    TCase *cases = tcase_create("query_memory");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_add_loop_test(cases, queries_survive_every_failure, 0, sizeof queries / sizeof *queries);
    tcase_add_loop_test(cases, puts_survive_every_failure, 0, sizeof puts_ / sizeof puts_[0]);
    tcase_add_test(cases, listing_survives_every_failure);
    return run(suite);
}
