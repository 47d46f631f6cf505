/* Scopes, the derivation of signing keys, and the cache that threads share.
 * SPDX-License-Identifier: MIT */
#include "signing_key.h"
#include "run.h"
#include "text.h"

#include <string.h>

#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

static struct brc__hasher *hasher;
static struct brc__signing_keys cache;

static void set_up(void)
{
    ck_assert_int_eq(brc__hasher_new(&hasher), BRC_OK);
    ck_assert_int_eq(brc__signing_keys_init(&cache), BRC_OK);
}

static void tear_down(void)
{
    brc__signing_keys_destroy(&cache);
    brc__hasher_free(hasher);
}

static struct brc__scope scope_of(const char *date, const char *region, const char *service)
{
    struct brc__scope scope;

    ck_assert_int_eq(brc__scope_init(&scope, date, region, service), BRC_OK);
    return scope;
}

static bool same(const struct brc__key *a, const struct brc__key *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

START_TEST(writes_scopes)
{
    struct brc__scope scope = scope_of("20260102", "us-east-1", "bedrock");

    ck_assert_str_eq(scope.text, "20260102/us-east-1/bedrock/aws4_request");
    ck_assert_uint_eq(scope.length, strlen(scope.text));
}
END_TEST

static const struct {
    const char *region, *service;
} bad_scopes[] = {
    {"", "bedrock"},    {"us-east-1", ""},    {"us/east-1", "bedrock"}, {"us-east-1", "a,b"},
    {"us east-1", "a"}, {"us-east-1\n", "a"}, {"us-east-1", "b\x7f"},   {"\xc3\xa9", "a"},
};

START_TEST(refuses_names)
{
    struct brc__scope scope;

    ck_assert_int_eq(
        brc__scope_init(&scope, "20260102", bad_scopes[_i].region, bad_scopes[_i].service),
        BRC_E_INVALID);
}
END_TEST

START_TEST(bounds_names)
{
    char name[BRC__SCOPE_NAME_MAX + 2] = "";
    struct brc__scope scope;

    memset(name, 'a', BRC__SCOPE_NAME_MAX);
    ck_assert_int_eq(brc__scope_init(&scope, "20260102", name, name), BRC_OK);
    ck_assert_uint_eq(strlen(scope.text), scope.length);
    ck_assert_uint_eq(scope.length + 1, sizeof scope.text);
    name[BRC__SCOPE_NAME_MAX] = 'a';
    ck_assert_int_eq(brc__scope_init(&scope, "20260102", name, "a"), BRC_E_INVALID);
    ck_assert_int_eq(brc__scope_init(&scope, "20260102", "a", name), BRC_E_INVALID);
}
END_TEST

/* The example of AWS's own documentation of the derivation. */
START_TEST(derives)
{
    struct brc__scope scope = scope_of("20120215", "us-east-1", "iam");
    struct brc__key key;
    char hex[2 * BRC__SHA256_SIZE + 1] = "";

    ck_assert_int_eq(brc__signing_key_derive(hasher, SECRET, &scope, &key), BRC_OK);
    brc__hex(hex, key.b, sizeof key.b);
    ck_assert_str_eq(hex, "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
}
END_TEST

START_TEST(depends_on_every_part)
{
    struct brc__scope scopes[] = {
        scope_of("20260102", "us-east-1", "bedrock"),
        scope_of("20260103", "us-east-1", "bedrock"),
        scope_of("20260102", "us-east-2", "bedrock"),
        scope_of("20260102", "us-east-1", "sts"),
    };
    struct brc__key keys[5];

    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(brc__signing_key_derive(hasher, SECRET, &scopes[i], &keys[i]), BRC_OK);
    ck_assert_int_eq(brc__signing_key_derive(hasher, SECRET "x", &scopes[0], &keys[4]), BRC_OK);
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < i; k++)
            ck_assert(!same(&keys[i], &keys[k]));
}
END_TEST

static void check_get(const struct brc__scope *scope)
{
    struct brc__key derived, got;

    ck_assert_int_eq(brc__signing_key_derive(hasher, SECRET, scope, &derived), BRC_OK);
    ck_assert_int_eq(brc__signing_keys_get(&cache, hasher, SECRET, scope, &got), BRC_OK);
    ck_assert(same(&derived, &got));
}

/* A second look does not derive: it finds the key though it is handed another secret. */
START_TEST(keeps_keys)
{
    struct brc__scope scope = scope_of("20260102", "us-east-1", "bedrock");
    struct brc__key first, second;

    ck_assert_int_eq(brc__signing_keys_get(&cache, hasher, SECRET, &scope, &first), BRC_OK);
    ck_assert_int_eq(brc__signing_keys_get(&cache, hasher, "other", &scope, &second), BRC_OK);
    ck_assert(same(&first, &second));
}
END_TEST

START_TEST(replaces_keys)
{
    static const char *const regions[] = {"a", "b", "c", "d", "e", "f", "a", "f", "b"};

    for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++) {
        struct brc__scope scope = scope_of("20260102", regions[i], "bedrock");
        check_get(&scope);
        check_get(&scope);
    }
}
END_TEST

/* True if the key stands in an entry, used or not. */
static bool holds(const struct brc__signing_keys *keys, const struct brc__key *key)
{
    for (size_t i = 0; i < sizeof keys->entries / sizeof keys->entries[0]; i++)
        if (same(&keys->entries[i].key, key))
            return true;
    return false;
}

START_TEST(forgets_the_day_before)
{
    struct brc__scope yesterday = scope_of("20260102", "us-east-1", "bedrock");
    struct brc__scope other = scope_of("20260102", "us-west-2", "bedrock");
    struct brc__scope today = scope_of("20260103", "us-east-1", "bedrock");
    struct brc__key old, other_old, key;

    ck_assert_int_eq(brc__signing_keys_get(&cache, hasher, SECRET, &yesterday, &old), BRC_OK);
    ck_assert_int_eq(brc__signing_keys_get(&cache, hasher, SECRET, &other, &other_old), BRC_OK);
    ck_assert(holds(&cache, &old) && holds(&cache, &other_old));
    ck_assert_int_eq(brc__signing_keys_get(&cache, hasher, SECRET, &today, &key), BRC_OK);
    ck_assert(holds(&cache, &key));
    ck_assert(!holds(&cache, &old) && !holds(&cache, &other_old));
    check_get(&yesterday);
}
END_TEST

START_TEST(wipes_at_the_end)
{
    struct brc__scope scope = scope_of("20260102", "us-east-1", "bedrock");
    static struct brc__signing_keys own;
    struct brc__key key;

    ck_assert_int_eq(brc__signing_keys_init(&own), BRC_OK);
    ck_assert_int_eq(brc__signing_keys_get(&own, hasher, SECRET, &scope, &key), BRC_OK);
    ck_assert(holds(&own, &key));
    brc__signing_keys_destroy(&own);
    ck_assert(!holds(&own, &key));
}
END_TEST

enum {
    THREADS = 4,
    TURNS = 200,
    REGIONS = 6
};

static struct brc__scope shared_scopes[REGIONS];
static struct brc__key shared_keys[REGIONS];

/* Returns NULL if every key was right. */
static void *use_cache(void *data)
{
    struct brc__hasher *own;
    struct brc__key key;
    size_t seed = *(const size_t *)data;

    if (brc__hasher_new(&own) < 0)
        return &cache;
    bool right = true;
    for (size_t i = 0; i < TURNS; i++) {
        size_t which = (seed + i * (seed + 1)) % REGIONS;
        right &= brc__signing_keys_get(&cache, own, SECRET, &shared_scopes[which], &key) == BRC_OK;
        right &= same(&key, &shared_keys[which]);
    }
    brc__hasher_free(own);
    return right ? NULL : &cache;
}

START_TEST(serves_threads)
{
    pthread_t threads[THREADS];
    size_t seeds[THREADS];

    for (size_t i = 0; i < REGIONS; i++) {
        const char region[] = {(char)('a' + i), '\0'};
        shared_scopes[i] = scope_of("20260102", region, "bedrock");
        ck_assert_int_eq(
            brc__signing_key_derive(hasher, SECRET, &shared_scopes[i], &shared_keys[i]), BRC_OK);
    }
    for (size_t i = 0; i < THREADS; i++) {
        seeds[i] = i;
        ck_assert_int_eq(pthread_create(&threads[i], NULL, use_cache, &seeds[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *wrong;
        ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
        ck_assert_ptr_null(wrong);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("signing_key");
    TCase *cases = tcase_create("signing_key");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, writes_scopes);
    tcase_add_loop_test(cases, refuses_names, 0, sizeof bad_scopes / sizeof bad_scopes[0]);
    tcase_add_test(cases, bounds_names);
    tcase_add_test(cases, derives);
    tcase_add_test(cases, depends_on_every_part);
    tcase_add_test(cases, keeps_keys);
    tcase_add_test(cases, replaces_keys);
    tcase_add_test(cases, forgets_the_day_before);
    tcase_add_test(cases, wipes_at_the_end);
    tcase_add_test(cases, serves_threads);
    return run(suite);
}
