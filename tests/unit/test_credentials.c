/* Credentials: what is accepted, where it is looked for, when it is fetched, how long it lives.
 * SPDX-License-Identifier: MIT */
#include "credentials.h"
#include "run.h"

#include <string.h>

#define ID     "AKIDEXAMPLE"
#define SECRET "an-example-of-a-secret"

enum {
    NOW = 1767323045
};

static struct brc__error error;

/* Acquires and checks the access key id and token; NULL says that there must be none. */
static void check_keys(brc_credentials *credentials, int64_t now, const char *id, const char *token)
{
    struct brc__keys *keys;
    int rc = brc__credentials_acquire(credentials, now, &keys, &error);

    ck_assert_int_eq(rc, id != NULL ? BRC_OK : BRC_E_CREDENTIALS);
    if (id == NULL) {
        ck_assert_ptr_null(keys);
        ck_assert_int_eq(error.code, BRC_E_CREDENTIALS);
        return;
    }
    ck_assert_str_eq(keys->access_key_id, id);
    ck_assert_uint_eq(keys->access_key_id_length, strlen(id));
    ck_assert_str_eq(keys->secret_access_key, SECRET);
    ck_assert_str_eq(keys->session_token, token);
    ck_assert_uint_eq(keys->session_token_length, strlen(token));
    brc__keys_release(keys);
}

static brc_credentials *direct(const char *token)
{
    brc_credentials *credentials;

    ck_assert_int_eq(brc_credentials_new(ID, SECRET, token, &credentials), BRC_OK);
    return credentials;
}

/* -------------------------------------------------------------- given directly */

START_TEST(keeps_what_it_is_given)
{
    brc_credentials *credentials = direct("token");

    check_keys(credentials, NOW, ID, "token");
    ck_assert_ptr_null(brc_credentials_free(credentials));
    credentials = direct(NULL);
    check_keys(credentials, NOW, ID, "");
    brc_credentials_free(credentials);
    credentials = direct("");
    check_keys(credentials, NOW, ID, "");
    brc_credentials_free(credentials);
}
END_TEST

static const struct {
    const char *id, *secret, *token;
} bad_keys[] = {
    {NULL, SECRET, NULL},      {ID, NULL, NULL},
    {"", SECRET, NULL},        {ID, "", NULL},
    {"A B", SECRET, NULL},     {"A\nB", SECRET, NULL},
    {"A\xc3\xa9", SECRET, ""}, {ID "\x7f", SECRET, ""},
    {ID, "a\nb", NULL},        {ID, "a\tb", NULL},
    {ID, "a\x80", NULL},       {ID, SECRET, "a\r\nX: b"},
    {ID, SECRET, "a\nb"},      {ID, SECRET, "a\x01"},
    {ID, SECRET, "a b"},       {ID, SECRET, "a\x7f"},
};

START_TEST(refuses_keys)
{
    brc_credentials *credentials, *other = direct("token");

    ck_assert_int_eq(
        brc_credentials_new(bad_keys[_i].id, bad_keys[_i].secret, bad_keys[_i].token, &credentials),
        BRC_E_INVALID);
    ck_assert_ptr_null(credentials);
    ck_assert_int_eq(
        brc_credentials_set(other, bad_keys[_i].id, bad_keys[_i].secret, bad_keys[_i].token, 0),
        BRC_E_INVALID);
    check_keys(other, NOW, ID, "token");
    brc_credentials_free(other);
}
END_TEST

START_TEST(bounds_only_the_id)
{
    char text[10000] = "";
    brc_credentials *credentials;

    memset(text, 'x', sizeof text - 1);
    ck_assert_int_eq(brc_credentials_new(ID, text, text, &credentials), BRC_OK);
    brc_credentials_free(credentials);
    text[129] = '\0';
    ck_assert_int_eq(brc_credentials_new(text, SECRET, NULL, &credentials), BRC_E_INVALID);
    text[128] = '\0';
    ck_assert_int_eq(brc_credentials_new(text, SECRET, NULL, &credentials), BRC_OK);
    brc_credentials_free(credentials);
}
END_TEST

START_TEST(takes_null)
{
    ck_assert_int_eq(brc_credentials_new(ID, SECRET, NULL, NULL), BRC_E_INVALID);
    ck_assert_int_eq(brc_credentials_new_chain(NULL, NULL), BRC_E_INVALID);
    ck_assert_int_eq(brc_credentials_set(NULL, ID, SECRET, NULL, 0), BRC_E_INVALID);
    ck_assert_ptr_null(brc_credentials_ref(NULL));
    ck_assert_ptr_null(brc_credentials_free(NULL));
}
END_TEST

START_TEST(replaces_and_ends)
{
    brc_credentials *credentials = direct("token");
    struct brc__keys *old;

    ck_assert_int_eq(brc__credentials_acquire(credentials, NOW, &old, &error), BRC_OK);
    ck_assert_int_eq(brc_credentials_set(credentials, "OTHERKEYID", SECRET, NULL, NOW + 10),
                     BRC_OK);
    ck_assert_str_eq(old->access_key_id, ID);
    brc__keys_release(old);
    check_keys(credentials, NOW + 9, "OTHERKEYID", "");
    check_keys(credentials, NOW + 10, NULL, NULL);
    ck_assert_ptr_nonnull(strstr(error.text, "ends in EYID"));
    ck_assert_ptr_null(strstr(error.text, "OTHERKEYID"));
    ck_assert_int_eq(brc_credentials_set(credentials, ID, SECRET, NULL, -1), BRC_E_INVALID);
    ck_assert_int_eq(brc_credentials_set(credentials, ID, SECRET, NULL, 0), BRC_OK);
    check_keys(credentials, INT64_MAX, ID, "");
    brc_credentials_free(credentials);
}
END_TEST

/* The keys outlive the object while someone signs with them. */
START_TEST(counts_references)
{
    brc_credentials *credentials = direct("token");
    struct brc__keys *keys;

    ck_assert_ptr_eq(brc_credentials_ref(credentials), credentials);
    ck_assert_ptr_null(brc_credentials_free(credentials));
    ck_assert_int_eq(brc__credentials_acquire(credentials, NOW, &keys, &error), BRC_OK);
    ck_assert_ptr_null(brc_credentials_free(credentials));
    ck_assert_str_eq(keys->session_token, "token");
    brc__keys_release(keys);
    brc__keys_release(NULL);
}
END_TEST

/* The hasher put back is the one taken next, and a second one lives only while the first is out. */
START_TEST(keeps_one_hasher)
{
    brc_credentials *credentials = direct(NULL);
    struct brc__keys *keys;
    struct brc__hasher *first, *second, *again;

    ck_assert_int_eq(brc__credentials_acquire(credentials, NOW, &keys, &error), BRC_OK);
    ck_assert_int_eq(brc__keys_take_hasher(keys, &first), BRC_OK);
    ck_assert_int_eq(brc__keys_take_hasher(keys, &second), BRC_OK);
    ck_assert_ptr_ne(first, second);
    brc__keys_return_hasher(keys, first);
    brc__keys_return_hasher(keys, second);
    ck_assert_int_eq(brc__keys_take_hasher(keys, &again), BRC_OK);
    ck_assert_ptr_eq(again, second);
    brc__keys_return_hasher(keys, again);
    brc__keys_release(keys);
    brc_credentials_free(credentials);
}
END_TEST

/* ------------------------------------------------------------------ looked for */

static void set_variable(const char *name, const char *value)
{
    if (value != NULL)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

static brc_credentials *chain(const char *id, const char *secret, const char *token)
{
    brc_credentials *credentials;

    set_variable("AWS_ACCESS_KEY_ID", id);
    set_variable("AWS_SECRET_ACCESS_KEY", secret);
    set_variable("AWS_SESSION_TOKEN", token);
    ck_assert_int_eq(brc_credentials_new_chain("environment", &credentials), BRC_OK);
    set_variable("AWS_ACCESS_KEY_ID", NULL);
    set_variable("AWS_SECRET_ACCESS_KEY", NULL);
    set_variable("AWS_SESSION_TOKEN", NULL);
    return credentials;
}

START_TEST(reads_the_environment_at_once)
{
    brc_credentials *credentials = chain(ID, SECRET, "token");

    check_keys(credentials, NOW, ID, "token");
    brc_credentials_free(credentials);
    credentials = chain(ID, SECRET, "");
    check_keys(credentials, NOW, ID, "");
    brc_credentials_free(credentials);
}
END_TEST

static const struct {
    const char *id, *secret, *token, *text;
} missing[] = {
    {NULL, NULL, NULL, "no credentials: environment: AWS_ACCESS_KEY_ID is not set"},
    {"", SECRET, NULL,
     "no credentials: environment: AWS_ACCESS_KEY_ID is not set, though AWS_SECRET_ACCESS_KEY is"},
    {NULL, SECRET, "t",
     "no credentials: environment: AWS_ACCESS_KEY_ID is not set, though AWS_SECRET_ACCESS_KEY is"},
    {ID, NULL, NULL,
     "no credentials: environment: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not: set "
     "both, or neither"},
    {ID, "", "t",
     "no credentials: environment: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not: set "
     "both, or neither"},
    {ID, "bad\n", NULL,
     "no credentials: environment: one of its values holds a character that no key has, or its "
     "access key id is too long"},
};

START_TEST(says_what_it_looked_at)
{
    brc_credentials *credentials = chain(missing[_i].id, missing[_i].secret, missing[_i].token);

    check_keys(credentials, NOW, NULL, NULL);
    ck_assert_str_eq(error.text, missing[_i].text);
    ck_assert_int_eq(brc_credentials_set(credentials, ID, SECRET, NULL, 0), BRC_OK);
    check_keys(credentials, NOW, ID, "");
    brc_credentials_free(credentials);
}
END_TEST

START_TEST(says_one_reason_of_several_sources_once)
{
    brc_credentials *credentials;

    unsetenv("AWS_CONFIG_FILE");
    unsetenv("AWS_SHARED_CREDENTIALS_FILE");
    setenv("HOME", "/nowhere", 1);
    ck_assert_int_eq(brc_credentials_new_chain("container,process,sso", &credentials), BRC_OK);
    check_keys(credentials, NOW, NULL, NULL);
    ck_assert_str_eq(error.text,
                     "no credentials: container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI "
                     "nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set; process, sso: there is no "
                     "profile default in /nowhere/.aws/credentials (there is no such file) and "
                     "/nowhere/.aws/config (there is no such file)");
    brc_credentials_free(credentials);
}
END_TEST

START_TEST(leaves_fetching_to_a_client)
{
    brc_credentials *credentials;

    unsetenv("AWS_EC2_METADATA_DISABLED");
    ck_assert_int_eq(brc_credentials_new_chain("imds", &credentials), BRC_OK);
    check_keys(credentials, NOW, NULL, NULL);
    ck_assert_str_eq(error.text, "no credentials: imds: has to be fetched by a client, which has "
                                 "not happened yet");
    brc_credentials_free(credentials);
}
END_TEST

START_TEST(knows_when_keys_of_the_environment_end)
{
    brc_credentials *credentials;

    setenv("AWS_CREDENTIAL_EXPIRATION", "2026-01-02T03:04:06Z", 1); /* NOW + 1 */
    credentials = chain(ID, SECRET, NULL);
    check_keys(credentials, NOW, ID, "");
    check_keys(credentials, NOW + 1, NULL, NULL);
    brc_credentials_free(credentials);
    setenv("AWS_CREDENTIAL_EXPIRATION", "tomorrow", 1);
    credentials = chain(ID, SECRET, NULL);
    check_keys(credentials, NOW, NULL, NULL);
    ck_assert_str_eq(error.text, "no credentials: environment: the expiration of its keys is no "
                                 "date of ISO 8601");
    brc_credentials_free(credentials);
    unsetenv("AWS_CREDENTIAL_EXPIRATION");
}
END_TEST

/* Who sets a token means it: signing with what is there besides would be somebody else. */
START_TEST(signs_nothing_in_place_of_a_broken_bearer_token)
{
    brc_credentials *credentials;

    setenv("AWS_BEARER_TOKEN_BEDROCK", "a token\n", 1);
    credentials = chain(ID, SECRET, NULL);
    check_keys(credentials, NOW, NULL, NULL);
    ck_assert_str_eq(error.text, "no credentials: AWS_BEARER_TOKEN_BEDROCK holds a character that "
                                 "no token has: set it anew, or unset it");
    brc_credentials_free(credentials);
    unsetenv("AWS_BEARER_TOKEN_BEDROCK");
}
END_TEST

static const char *const bad_sources[] = {
    "",
    ",",
    "environment,",
    ",environment",
    "environment,,imds",
    "environment,environment",
    "environment ",
    "env",
    "Environment",
    "environments",
    "file",
};

START_TEST(refuses_sources)
{
    brc_credentials *credentials;

    ck_assert_int_eq(brc_credentials_new_chain(bad_sources[_i], &credentials), BRC_E_INVALID);
    ck_assert_ptr_null(credentials);
}
END_TEST

/* ----------------------------------------------------------------- by callback */

/* What the next fetches do, and what they did. */
struct fetcher {
    const char *id; /* NULL: set nothing */
    int64_t expires_at;
    int returns;
    int calls;
    int destroyed;
};

static int fetch(brc_credentials *credentials, void *user_data)
{
    struct fetcher *fetcher = user_data;

    fetcher->calls++;
    if (fetcher->id != NULL)
        ck_assert_int_eq(
            brc_credentials_set(credentials, fetcher->id, SECRET, NULL, fetcher->expires_at),
            BRC_OK);
    return fetcher->returns;
}

static void count_destroy(void *user_data)
{
    ((struct fetcher *)user_data)->destroyed++;
}

static brc_credentials *fetching(struct fetcher *fetcher)
{
    brc_credentials *credentials;

    ck_assert_int_eq(brc_credentials_new_callback(fetch, fetcher, count_destroy, &credentials),
                     BRC_OK);
    return credentials;
}

START_TEST(fetches_when_due)
{
    struct fetcher fetcher = {.id = "FIRST", .expires_at = NOW + 1000};
    brc_credentials *credentials = fetching(&fetcher);

    ck_assert_int_eq(fetcher.calls, 0);
    check_keys(credentials, NOW, "FIRST", "");
    check_keys(credentials, NOW + 699, "FIRST", "");
    ck_assert_int_eq(fetcher.calls, 1);
    fetcher.id = "SECOND";
    fetcher.expires_at = 0;
    check_keys(credentials, NOW + 700, "SECOND", "");
    check_keys(credentials, INT64_MAX / 2, "SECOND", "");
    ck_assert_int_eq(fetcher.calls, 2);
    brc_credentials_free(credentials);
    ck_assert_int_eq(fetcher.destroyed, 1);
}
END_TEST

START_TEST(lives_on_when_a_fetch_fails)
{
    struct fetcher fetcher = {.id = "FIRST", .expires_at = NOW + 1000};
    brc_credentials *credentials = fetching(&fetcher);

    check_keys(credentials, NOW, "FIRST", "");
    fetcher.id = NULL;
    fetcher.returns = -7;
    check_keys(credentials, NOW + 999, "FIRST", "");
    ck_assert_int_eq(fetcher.calls, 2);
    check_keys(credentials, NOW + 1000, NULL, NULL);
    ck_assert_ptr_nonnull(strstr(error.text, "-7"));
    ck_assert_ptr_nonnull(strstr(error.text, "ended"));
    brc_credentials_free(credentials);
    ck_assert_int_eq(fetcher.destroyed, 1);
}
END_TEST

static const struct {
    int returns;
    const char *text;
} empty_fetches[] = {
    {1, "no credentials: the credentials function returned 1"},
    {-2, "no credentials: the credentials function returned -2"},
    {0, "no credentials: the credentials function returned 0 without setting any"},
};

START_TEST(has_none_if_the_first_fetch_fails)
{
    struct fetcher fetcher = {.returns = empty_fetches[_i].returns};
    brc_credentials *credentials = fetching(&fetcher);

    check_keys(credentials, NOW, NULL, NULL);
    ck_assert_str_eq(error.text, empty_fetches[_i].text);
    check_keys(credentials, NOW, NULL, NULL);
    ck_assert_int_eq(fetcher.calls, 2);
    brc_credentials_free(credentials);
    ck_assert_int_eq(fetcher.destroyed, 1);
}
END_TEST

START_TEST(takes_ended_keys_from_no_fetch)
{
    struct fetcher fetcher = {.id = "OLD", .expires_at = NOW};
    brc_credentials *credentials = fetching(&fetcher);

    check_keys(credentials, NOW, NULL, NULL);
    ck_assert_ptr_nonnull(strstr(error.text, "ended 0 s ago"));
    brc_credentials_free(credentials);
}
END_TEST

START_TEST(destroys_once_on_every_path)
{
    struct fetcher fetcher = {.id = ID};
    brc_credentials *credentials = (brc_credentials *)&fetcher;

    ck_assert_int_eq(brc_credentials_new_callback(NULL, &fetcher, count_destroy, &credentials),
                     BRC_E_INVALID);
    ck_assert_ptr_null(credentials);
    ck_assert_int_eq(fetcher.destroyed, 1);
    ck_assert_int_eq(brc_credentials_new_callback(fetch, &fetcher, count_destroy, NULL),
                     BRC_E_INVALID);
    ck_assert_int_eq(fetcher.destroyed, 2);
    credentials = fetching(&fetcher);
    brc_credentials_ref(credentials);
    brc_credentials_free(credentials);
    ck_assert_int_eq(fetcher.destroyed, 2);
    brc_credentials_free(credentials);
    ck_assert_int_eq(fetcher.destroyed, 3);
    ck_assert_int_eq(brc_credentials_new_callback(fetch, &fetcher, NULL, &credentials), BRC_OK);
    brc_credentials_free(credentials);
    ck_assert_int_eq(fetcher.destroyed, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("credentials");
    TCase *cases = tcase_create("credentials");

    set_variable("AWS_ACCESS_KEY_ID", NULL);
    set_variable("AWS_SECRET_ACCESS_KEY", NULL);
    set_variable("AWS_SESSION_TOKEN", NULL);
    suite_add_tcase(suite, cases);
    tcase_add_test(cases, keeps_what_it_is_given);
    tcase_add_loop_test(cases, refuses_keys, 0, sizeof bad_keys / sizeof bad_keys[0]);
    tcase_add_test(cases, bounds_only_the_id);
    tcase_add_test(cases, takes_null);
    tcase_add_test(cases, replaces_and_ends);
    tcase_add_test(cases, counts_references);
    tcase_add_test(cases, keeps_one_hasher);
    tcase_add_test(cases, reads_the_environment_at_once);
    tcase_add_loop_test(cases, says_what_it_looked_at, 0, sizeof missing / sizeof missing[0]);
    tcase_add_test(cases, says_one_reason_of_several_sources_once);
    tcase_add_test(cases, leaves_fetching_to_a_client);
    tcase_add_test(cases, knows_when_keys_of_the_environment_end);
    tcase_add_test(cases, signs_nothing_in_place_of_a_broken_bearer_token);
    tcase_add_loop_test(cases, refuses_sources, 0, sizeof bad_sources / sizeof bad_sources[0]);
    tcase_add_test(cases, fetches_when_due);
    tcase_add_test(cases, lives_on_when_a_fetch_fails);
    tcase_add_loop_test(cases, has_none_if_the_first_fetch_fails, 0, 3);
    tcase_add_test(cases, takes_ended_keys_from_no_fetch);
    tcase_add_test(cases, destroys_once_on_every_path);
    return run(suite);
}
