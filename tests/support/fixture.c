/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char fixture_answer_body[] =
    "{\"metrics\":{\"latencyMs\":7},\"output\":{\"message\":{\"content\":[{\"text\":\"Hello\"}],"
    "\"role\":\"assistant\"}},\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":12,"
    "\"outputTokens\":34,\"totalTokens\":46}}";

static void copy_text(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from == NULL ? "" : from);
}

static void keep_record(const brc_usage *usage, void *user_data)
{
    struct fixture *fixture = user_data;

    ck_assert_uint_lt(fixture->record_count, FIXTURE_RECORDS_MAX);
    size_t i = fixture->record_count++;
    fixture->records[i].outcome = brc_usage_int(usage, BRC_USAGE_OUTCOME);
    fixture->records[i].code = brc_usage_int(usage, BRC_USAGE_CODE);
    fixture->records[i].status = brc_usage_int(usage, BRC_USAGE_HTTP_STATUS);
    fixture->records[i].input = brc_usage_int(usage, BRC_USAGE_INPUT_TOKENS);
    fixture->records[i].output = brc_usage_int(usage, BRC_USAGE_OUTPUT_TOKENS);
    fixture->records[i].attempt = brc_usage_int(usage, BRC_USAGE_ATTEMPT);
    copy_text(fixture->records[i].call_id, sizeof fixture->records[i].call_id,
              brc_usage_text(usage, BRC_USAGE_CALL_ID));
    copy_text(fixture->records[i].request_id, sizeof fixture->records[i].request_id,
              brc_usage_text(usage, BRC_USAGE_REQUEST_ID));
}

void fixture_start(struct fixture *fixture)
{
    *fixture = (struct fixture){.server = server_start()};
    fixture->answer =
        server_answer("200 OK", "Content-Type: application/json\r\nx-amzn-RequestId: request-1\r\n",
                      fixture_answer_body);
    fixture_reply(fixture, fixture->answer, SERVER_KEEP);
    ck_assert_int_eq(
        brc_credentials_new(FIXTURE_KEY_ID, FIXTURE_SECRET, FIXTURE_TOKEN, &fixture->credentials),
        0);
    ck_assert_int_eq(brc_client_new(fixture->credentials, &fixture->client), 0);
    fixture->looped = loop_wanted();
    if (fixture->looped)
        ck_assert_int_eq(loop_attach(&fixture->loop, fixture->client), 0);
    ck_assert_int_eq(brc_client_set_endpoint(fixture->client, server_url(fixture->server)), 0);
    ck_assert_int_eq(brc_client_set_timeouts(fixture->client, 0, 0, 0), 0);
    ck_assert_int_eq(brc_client_set_retries(fixture->client, 1, 0), 0);
    ck_assert_int_eq(brc_client_set_usage(fixture->client, keep_record, fixture, NULL), 0);
    ck_assert_int_eq(brc_request_new(FIXTURE_ARN, &fixture->request), 0);
    ck_assert_int_eq(brc_request_add_text(fixture->request, "user", "Hi", 2), 0);
}

void fixture_stop(struct fixture *fixture)
{
    brc_request_free(fixture->request);
    brc_client_free(fixture->client);
    brc_credentials_free(fixture->credentials);
    server_stop(fixture->server);
    free(fixture->answer);
}

void fixture_reply(struct fixture *fixture, const char *bytes, enum server_then then)
{
    struct server_reply reply = {.bytes = bytes, .then = then};

    server_script(fixture->server, &reply, 1);
}

struct answer {
    int done, code;
    brc_result *result;
};

static void on_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    struct answer *answer = user_data;

    ck_assert_ptr_nonnull(client);
    ck_assert_int_gt(id, 0);
    answer->done++;
    answer->code = code;
    answer->result = result;
}

static int ask_in_loop(struct fixture *fixture, const brc_request *request, brc_result **ret_result)
{
    struct answer answer = {0};

    *ret_result = NULL;
    int rc = brc_start(fixture->client, request, NULL, on_done, &answer, NULL, NULL);
    if (rc < 0)
        return rc;
    ck_assert_int_eq(answer.done, 0); /* never before brc_start() returned */
    while (answer.done == 0)
        loop_turn(&fixture->loop, fixture->client, 60000);
    ck_assert_int_eq(answer.done, 1);
    *ret_result = answer.result;
    return answer.code;
}

int fixture_converse(struct fixture *fixture, const brc_request *request, brc_result **ret_result)
{
    return fixture->looped ? ask_in_loop(fixture, request, ret_result)
                           : brc_converse(fixture->client, request, ret_result);
}

int fixture_ask(struct fixture *fixture, brc_result **ret_result)
{
    brc_result *result;
    int rc = fixture_converse(fixture, fixture->request, &result);

    if (ret_result != NULL)
        *ret_result = result;
    else
        brc_result_free(result);
    return rc;
}
