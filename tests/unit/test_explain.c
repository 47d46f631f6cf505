/* What brc_credentials_explain() says of credentials, before they are fetched and after; and that
 * it says no secret. SPDX-License-Identifier: MIT */
#include "fetch_steps.h"
#include "run.h"

static void check_explained(brc_credentials *credentials, const char *wanted)
{
    char *json;

    ck_assert_int_eq(brc_credentials_explain(credentials, &json), 0);
    ck_assert_str_eq(json, wanted);
    brc_free(json);
}

START_TEST(given_directly)
{
    static const struct {
        const char *id;
        int64_t expires_at;
        const char *json;
    } keys[] = {
        {"AKIDEXAMPLEWXYZ", 0,
         "{\"bearer\":false,\"source\":null,\"accessKeyIdEnd\":\"WXYZ\",\"expiresAt\":null,"
         "\"sources\":[]}"},
        {"AKIDEXAMPLEWXYZ", 1767323045,
         "{\"bearer\":false,\"source\":null,\"accessKeyIdEnd\":\"WXYZ\",\"expiresAt\":1767323045,"
         "\"sources\":[]}"},
        {"abc", 1,
         "{\"bearer\":false,\"source\":null,\"accessKeyIdEnd\":\"abc\",\"expiresAt\":1,"
         "\"sources\":[]}"},
        {"a\"\\b", 0,
         "{\"bearer\":false,\"source\":null,\"accessKeyIdEnd\":\"a\\\"\\\\b\",\"expiresAt\":null,"
         "\"sources\":[]}"},
    };
    brc_credentials *credentials;

    ck_assert_int_eq(brc_credentials_new("first", "secret", "token", &credentials), 0);
    ck_assert_int_eq(
        brc_credentials_set(credentials, keys[_i].id, "secret", "token", keys[_i].expires_at), 0);
    check_explained(credentials, keys[_i].json);
    brc_credentials_free(credentials);
}
END_TEST

static int never(brc_credentials *credentials, void *user_data)
{
    (void)credentials, (void)user_data;
    return -1;
}

START_TEST(none_yet)
{
    brc_credentials *credentials;

    ck_assert_int_eq(brc_credentials_new_callback(never, NULL, NULL, &credentials), 0);
    check_explained(credentials, "{\"bearer\":false,\"source\":null,\"accessKeyIdEnd\":null,"
                                 "\"expiresAt\":null,\"sources\":[]}");
    brc_credentials_free(credentials);
    ck_assert_int_eq(brc_credentials_new_bearer("bearer-token", &credentials), 0);
    check_explained(credentials, "{\"bearer\":true,\"source\":null,\"accessKeyIdEnd\":null,"
                                 "\"expiresAt\":null,\"sources\":[]}");
    brc_credentials_free(credentials);
}
END_TEST

START_TEST(arguments)
{
    char *json = folder;

    ck_assert_int_eq(brc_credentials_explain(NULL, &json), BRC_E_INVALID);
    ck_assert_ptr_null(json);
    ck_assert_int_eq(brc_credentials_explain(f.credentials, NULL), BRC_E_INVALID);
}
END_TEST

/* Every source, in their order. */
START_TEST(nothing_is_found)
{
    static const char *const names[] = {
        "environment", "assume-role", "web-identity", "sso",       "shared-credentials-file",
        "login",       "process",     "config-file",  "container", "imds"};
    char *json, entry[128];

    set("AWS_EC2_METADATA_DISABLED", "true");
    look_for(NULL);
    ck_assert_int_eq(brc_credentials_explain(f.credentials, &json), 0);
    const char *at = strstr(json, "\"sources\":[");
    ck_assert_ptr_nonnull(at);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(entry, sizeof entry, "{\"name\":\"%s\",\"state\":\"absent\",\"reason\":\"",
                 names[i]);
        const char *next = strchr(at, '{');
        ck_assert_msg(next != NULL && strncmp(next, entry, strlen(entry)) == 0, "%s", at);
        at = next + 1;
    }
    ck_assert_ptr_null(strchr(at, '{'));
    brc_free(json);
}
END_TEST

/* A name from outside is made one line of UTF-8. */
START_TEST(name_is_odd)
{
    set("AWS_PROFILE", "a\"\xff\n\\b");
    look_for("process");
    check_explained(
        f.credentials,
        "{\"bearer\":false,\"source\":null,\"accessKeyIdEnd\":null,\"expiresAt\":null,\"sources\":["
        "{\"name\":\"process\",\"state\":\"broken\",\"reason\":\"there is no profile a\\\"? \\\\b, "
        "which AWS_PROFILE names, in /dev/null and /dev/null\"}]}");
}
END_TEST

START_TEST(one_is_broken)
{
    set("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    look_for("container,environment,imds");
    check_explained(
        f.credentials,
        "{\"bearer\":false,\"source\":null,\"accessKeyIdEnd\":null,\"expiresAt\":null,\"sources\":["
        "{\"name\":\"container\",\"state\":\"absent\",\"reason\":\"neither "
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set\"},"
        "{\"name\":\"environment\",\"state\":\"broken\",\"reason\":\"AWS_ACCESS_KEY_ID is set, but "
        "AWS_SECRET_ACCESS_KEY is not: set both, or neither\"},"
        "{\"name\":\"imds\",\"state\":\"ready\",\"reason\":null}]}");
}
END_TEST

START_TEST(keys_are_at_hand)
{
    set("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    set("AWS_SECRET_ACCESS_KEY", "secret");
    set("AWS_BEARER_TOKEN_BEDROCK", "bearer-token");
    look_for("environment");
    check_explained(f.credentials,
                    "{\"bearer\":true,\"source\":\"environment\",\"accessKeyIdEnd\":\"MPLE\","
                    "\"expiresAt\":null,\"sources\":[{\"name\":\"environment\",\"state\":\"ready\","
                    "\"reason\":null}]}");
}
END_TEST

/* The plan was sound, and what it brought is not. */
START_TEST(keys_cannot_be_used)
{
    set("AWS_ACCESS_KEY_ID", "AKID EXAMPLE");
    set("AWS_SECRET_ACCESS_KEY", "secret");
    look_for("environment");
    check_explained(
        f.credentials,
        "{\"bearer\":false,\"source\":null,\"accessKeyIdEnd\":null,\"expiresAt\":null,"
        "\"sources\":[{\"name\":\"environment\",\"state\":\"broken\",\"reason\":\"one of "
        "its values holds a character that no key has, or its access key id is too "
        "long\"}]}");
}
END_TEST

START_TEST(fetched)
{
    set("AWS_EC2_METADATA_SERVICE_ENDPOINT", server_url(f.server));
    will_answer("200 OK", "token");
    will_answer("200 OK", "role");
    will_answer("200 OK", "{\"AccessKeyId\":\"" KEY_ID "\",\"SecretAccessKey\":\"" SECRET
                          "\",\"Token\":\"" TOKEN "\",\"Expiration\":\"2999-01-02T03:04:05Z\"}");
    look_for("imds");
    check_explained(f.credentials,
                    "{\"bearer\":false,\"source\":\"imds\",\"accessKeyIdEnd\":null,\"expiresAt\":"
                    "null,\"sources\":[{\"name\":\"imds\",\"state\":\"ready\",\"reason\":null}]}");
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    check_explained(f.credentials,
                    "{\"bearer\":false,\"source\":\"imds\",\"accessKeyIdEnd\":\"WXYZ\","
                    "\"expiresAt\":32472241445,\"sources\":[{\"name\":\"imds\",\"state\":\"ready\","
                    "\"reason\":null}]}");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("explain");
    TCase *tests = tcase_create("explain");

    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, given_directly, 0, 4);
    tcase_add_test(tests, none_yet);
    tcase_add_test(tests, arguments);
    tcase_add_test(tests, nothing_is_found);
    tcase_add_test(tests, name_is_odd);
    tcase_add_test(tests, one_is_broken);
    tcase_add_test(tests, keys_are_at_hand);
    tcase_add_test(tests, keys_cannot_be_used);
    tcase_add_test(tests, fetched);
    return run(suite);
}
