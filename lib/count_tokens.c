/* SPDX-License-Identifier: MIT */
#include "count_tokens.h"
#include "json_text.h"
#include "model_call.h"
#include "request.h"

#include <stdio.h>

/* Calls that nobody asked for must not hold one up for long: there is the bound. */
static const struct brc__limits limits = {5 * 1000, 10 * 1000, 2};

static const struct brc__service runtime = {
    .name = "bedrock-runtime",
    .signing_name = "bedrock",
    .protocol = BRC__REST_JSON,
    .bearer = true,
};

/* Of the body that is going to be sent, what CountTokens takes. */
static void put_body(const struct brc__buf *body, struct brc__buf *to)
{
    static const char *const names[] = {"messages", "system", "toolConfig",
                                        "additionalModelRequestFields"};
    enum {
        MEMBERS = sizeof names / sizeof *names
    };
    struct brc__json values[MEMBERS];
    const char *comma = "";

    brc__json_members(brc__json_of(body->data, body->length), names, values, MEMBERS);
    brc__buf_text(to, "{\"input\":{\"converse\":{");
    for (size_t i = 0; i < MEMBERS; i++) {
        if (values[i].p == NULL)
            continue;
        brc__buf_appendf(to, "%s\"%s\":", comma, names[i]);
        brc__buf_append(to, values[i].p, values[i].n);
        comma = ",";
    }
    brc__buf_text(to, "}}}");
}

static int fill(brc_client *client, const struct brc__count *count, struct brc__errand *errand)
{
    struct brc__buf *url = &errand->call.url, *body = &errand->call.body;
    struct brc__arn arn;

    int rc = brc__arn_parse(count->profile_arn, &arn);
    if (rc == 0)
        rc = brc__model_endpoint(client, &arn, url);
    if (rc < 0)
        return rc;
    snprintf(errand->region, sizeof errand->region, "%.*s", (int)arn.region_length, arn.region);
    brc__request_path(count->model, url);
    brc__buf_text(url, "/count-tokens");
    put_body(count->body, body);
    brc__errand_line(errand, "Content-Type: application/json");
    errand->service = &runtime;
    errand->signing = BRC__SIGNED_BY_CLIENT;
    errand->call.limits = &limits;
    return url->status < 0 ? url->status : body->status;
}

int brc__count_errand(brc_client *client, const struct brc__count *count,
                      struct brc__errand **ret_errand)
{
    struct brc__errand *errand = *ret_errand = brc__errand_new(client, "POST");
    int rc = errand == NULL ? BRC_E_NOMEM : fill(client, count, errand);

    if (rc == 0)
        return BRC_OK;
    if (errand != NULL)
        brc__call_free(&errand->call);
    *ret_errand = NULL;
    return client->error.code == rc ? rc
                                    : brc__error_set(&client->error, rc, "%s", brc_strerror(rc));
}

int64_t brc__count_of(const struct brc__errand *errand)
{
    const struct brc__buf *answer = &errand->answer;
    int64_t count;

    if (errand->call.code < 0 || answer->data == NULL)
        return -1;
    struct brc__json given =
        brc__json_member(brc__json_of(answer->data, answer->length), "inputTokens");
    return given.p != NULL && brc__json_count(given, &count) ? count : -1;
}
