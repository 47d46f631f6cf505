/* Bearer tokens: sent in place of a signature to what takes one, and to nobody else.
 * SPDX-License-Identifier: MIT */
#include "calling.h"
#include "run.h"
#include "sent.h"
#include "stream_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN "bedrock-api-key-Zm9v.x+/="

static struct calling c;
static int lines;

static void start(void)
{
    lines = 0;
    calling_start(&c);
}

static void stop(void)
{
    calling_stop(&c);
}

static void use_token(void)
{
    brc_credentials *credentials;

    ck_assert_int_eq(brc_credentials_new_bearer(TOKEN, &credentials), 0);
    calling_renew(&c, credentials);
}

/* By environment, with a chain that has keys or none. */
static void use_chain(const char *token, const char *key_id)
{
    brc_credentials *credentials;

    setenv("AWS_BEARER_TOKEN_BEDROCK", token, 1);
    if (key_id != NULL) {
        setenv("AWS_ACCESS_KEY_ID", key_id, 1);
        setenv("AWS_SECRET_ACCESS_KEY", "chain-secret", 1);
    }
    ck_assert_int_eq(brc_credentials_new_chain(NULL, &credentials), 0);
    calling_renew(&c, credentials);
}

static void check_bearer(void)
{
    const char *request = calling_request(&c);

    ck_assert_pstr_eq(sent_header(request, "Authorization"), "Bearer " TOKEN);
    ck_assert_ptr_null(sent_header(request, "X-Amz-Date"));
    ck_assert_ptr_null(sent_header(request, "X-Amz-Security-Token"));
    ck_assert_ptr_nonnull(sent_header(request, "amz-sdk-invocation-id"));
    ck_assert_ptr_null(strstr(strstr(request, TOKEN) + 1, TOKEN));
}

static void check_signed(const char *service, const char *region)
{
    const char *request = calling_request(&c);
    const char *wrong = sent_wrong(request, c.credentials, service, region);

    ck_assert_msg(wrong == NULL, "%s", wrong);
    ck_assert_ptr_null(strstr(request, TOKEN));
}

/* ---- who gets it */

static int on_event(brc_client *client, int64_t id, const brc_event *event, void *user_data)
{
    (void)client, (void)id, (void)event, (void)user_data;
    return BRC_EVENT_GO_ON;
}

/* Converse, or ConverseStream. */
static int converse(int streamed)
{
    brc_request *request;
    brc_result *result;

    ck_assert_int_eq(brc_client_set_endpoint(c.client, server_url(c.server)), 0);
    ck_assert_int_eq(brc_request_new(FIXTURE_ARN, &request), 0);
    ck_assert_int_eq(brc_request_add_text(request, "user", "Hi", 2), 0);
    int rc = streamed ? brc_converse_stream(c.client, request, on_event, NULL, &result)
                      : brc_converse(c.client, request, &result);
    brc_result_free(result);
    brc_request_free(request);
    return rc;
}

static void reply_to_converse(int streamed)
{
    struct brc__buf events = FRAMES, answer = FRAMES;

    if (!streamed) {
        calling_reply(&c, "200 OK", "", fixture_answer_body);
        return;
    }
    stream_put_text(&events, 3);
    stream_put_end(&events);
    stream_put_http(&answer, &events, STREAM_CHUNKED);
    server_script(c.server, &(struct server_reply){.bytes = answer.data, .length = answer.length},
                  1);
    brc__buf_free(&events);
    brc__buf_free(&answer);
}

START_TEST(converse_sends_it)
{
    use_token();
    reply_to_converse(_i);
    ck_assert_int_eq(converse(_i), 0);
    check_bearer();
}
END_TEST

START_TEST(bedrock_sends_it)
{
    use_token();
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /inference-profiles", NULL), 0);
    check_bearer();
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "POST /inference-profiles", "{}"), 0);
    check_bearer();
    ck_assert_pstr_eq(sent_header(c.request, "Content-Type"), "application/json");
}
END_TEST

/* bedrock-agent signs as bedrock does, and takes no token all the same. */
static const struct {
    const char *service, *operation, *signed_service, *answer;
} others[] = {
    {"bedrock-agent", "GET /agents", "bedrock", "{}"},
    {"sts", "GetCallerIdentity", "sts", "<GetCallerIdentityResponse/>"},
    {"ce", "GetTags", "ce", "{}"},
    {"cloudwatch", "ListMetrics", "monitoring", "{}"},
};

START_TEST(nobody_else_gets_it)
{
    use_token();
    ck_assert_int_eq(calling_call(&c, others[_i].service, "us-east-1", others[_i].operation, NULL),
                     BRC_E_CREDENTIALS);
    ck_assert_ptr_nonnull(strstr(brc_client_error(c.client), "bearer token"));
    ck_assert_uint_eq(server_connections(c.server), 0);
    /* What is never signed needs no keys, and gets no token either. */
    ck_assert_int_eq(calling_call(&c, "sso", "us-east-1", "GET /assignment/accounts", NULL), 0);
    ck_assert_ptr_null(strstr(calling_request(&c), TOKEN));
}
END_TEST

START_TEST(others_get_the_chains_keys)
{
    use_chain(TOKEN, "AKIDCHAIN");
    calling_reply(&c, "200 OK", "", others[_i].answer);
    ck_assert_int_eq(calling_call(&c, others[_i].service, "us-east-1", others[_i].operation, NULL),
                     0);
    check_signed(others[_i].signed_service, "us-east-1");
    calling_reply(&c, "200 OK", "", "{}");
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), 0);
    check_bearer();
    reply_to_converse(0);
    ck_assert_int_eq(converse(0), 0);
    check_bearer();
}
END_TEST

START_TEST(token_and_a_chain_without_keys)
{
    use_chain(TOKEN, NULL);
    ck_assert_int_eq(calling_call(&c, "ce", "us-east-1", "GetTags", NULL), BRC_E_CREDENTIALS);
    ck_assert_uint_eq(server_connections(c.server), 0);
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), 0);
    check_bearer();
}
END_TEST

/* Another attempt sends it again; keys set beside it change nothing for bedrock. */
START_TEST(keys_set_beside_it)
{
    use_token();
    ck_assert_int_eq(brc_credentials_set(c.credentials, "AKIDBESIDE", "secret", NULL, 0), 0);
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), 0);
    check_bearer();
    ck_assert_int_eq(calling_call(&c, "ce", "us-east-1", "GetTags", NULL), 0);
    check_signed("ce", "us-east-1");
}
END_TEST

/* ---- signatures that are preferred */

static const struct {
    const char *preference;
    int signs;
} preferences[] = {
    {"sigv4", 1},
    {"sigv4,httpBearerAuth", 1},
    {" sigv4 , httpBearerAuth", 1},
    {"sigv4a, sigv4", 1},
    {"httpBearerAuth", 0},
    {"httpBearerAuth,sigv4", 0},
    {"sigv4a,httpBearerAuth", 0},
};

START_TEST(preference_counts)
{
    FILE *file;
    char path[] = "/tmp/bearer-test-XXXXXX";

    if (_i % 2 == 0) {
        setenv("AWS_AUTH_SCHEME_PREFERENCE", preferences[_i / 2].preference, 1);
    } else {
        file = fdopen(mkstemp(path), "w");
        fprintf(file, "[default]\nauth_scheme_preference = %s\n", preferences[_i / 2].preference);
        fclose(file);
        setenv("AWS_CONFIG_FILE", path, 1);
    }
    use_chain(TOKEN, "AKIDCHAIN");
    if (_i % 2 != 0)
        remove(path);
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), 0);
    if (preferences[_i / 2].signs)
        check_signed("bedrock", "us-east-1");
    else
        check_bearer();
}
END_TEST

/* ---- what is refused */

START_TEST(bad_token)
{
    static const char *const bad[] = {"",          " ",    "a b",         "a\n",    "\ta",
                                      "a\r\nA: b", "\x7f", "caf\xc3\xa9", "tok\x01"};
    brc_credentials *credentials = (brc_credentials *)&c;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_int_eq(brc_credentials_new_bearer(bad[i], &credentials), BRC_E_INVALID);
        ck_assert_ptr_null(credentials);
    }
    ck_assert_int_eq(brc_credentials_new_bearer(NULL, &credentials), BRC_E_INVALID);
    ck_assert_int_eq(brc_credentials_new_bearer(TOKEN, NULL), BRC_E_INVALID);
}
END_TEST

START_TEST(sign_cannot_use_it)
{
    brc_sign_input input = {
        .size = sizeof input,
        .method = "GET",
        .url = "https://bedrock.us-east-1.amazonaws.com/x",
        .region = "us-east-1",
        .service = "bedrock",
        .time = 1767323045,
    };
    char *headers = (char *)&c;

    use_token();
    ck_assert_int_eq(brc_sign(&input, c.credentials, &headers), BRC_E_CREDENTIALS);
    ck_assert_ptr_null(headers);
    use_chain(TOKEN, "AKIDCHAIN"); /* its keys can be used */
    ck_assert_int_eq(brc_sign(&input, c.credentials, &headers), 0);
    ck_assert_ptr_null(strstr(headers, TOKEN));
    brc_free(headers);
}
END_TEST

/* ---- what is said of it */

static void on_log(int level, const char *text, void *user_data)
{
    (void)level, (void)user_data;
    lines++;
    ck_assert_ptr_null(strstr(text, TOKEN));
}

START_TEST(no_word_of_it)
{
    char *told;

    use_token();
    ck_assert_int_eq(brc_client_set_log(c.client, BRC_LOG_DEBUG, on_log, NULL, NULL), 0);
    calling_reply(&c, "403 Forbidden", "", "{\"message\":\"who are you\"}");
    ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), BRC_E_ACCESS_DENIED);
    ck_assert_ptr_null(strstr(brc_client_error(c.client), TOKEN));
    ck_assert_int_eq(calling_call(&c, "sts", "us-east-1", "GetCallerIdentity", NULL),
                     BRC_E_CREDENTIALS);
    ck_assert_ptr_null(strstr(brc_client_error(c.client), TOKEN));
    ck_assert_int_ge(lines, 2);
    ck_assert_int_eq(brc_credentials_explain(c.credentials, &told), 0);
    ck_assert_ptr_nonnull(strstr(told, "\"bearer\":true"));
    ck_assert_ptr_null(strstr(told, TOKEN));
    brc_free(told);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bearer");
    TCase *tests = tcase_create("bearer");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, converse_sends_it, 0, 2);
    tcase_add_test(tests, bedrock_sends_it);
    tcase_add_loop_test(tests, nobody_else_gets_it, 0, sizeof others / sizeof *others);
    tcase_add_loop_test(tests, others_get_the_chains_keys, 0, sizeof others / sizeof *others);
    tcase_add_test(tests, token_and_a_chain_without_keys);
    tcase_add_test(tests, keys_set_beside_it);
    tcase_add_loop_test(tests, preference_counts, 0,
                        2 * (sizeof preferences / sizeof *preferences));
    tcase_add_test(tests, bad_token);
    tcase_add_test(tests, sign_cannot_use_it);
    tcase_add_test(tests, no_word_of_it);
    suite_add_tcase(suite, tests);
    return run(suite);
}
