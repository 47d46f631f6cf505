/* SPDX-License-Identifier: MIT */
#include "errand.h"
#include "aws_answer.h"
#include "queue.h"

#include <stdio.h>

enum {
    LINES_MAX = 6,
};

static struct brc__errand *errand_of(struct brc__call *call)
{
    return (struct brc__errand *)call; /* its first member */
}

static bool takes_bearer(const struct brc__errand *errand)
{
    return errand->service != NULL && errand->service->bearer;
}

static const char *needs_keys_for(const brc_client *client, const struct brc__call *call)
{
    const struct brc__errand *errand = (const struct brc__errand *)call;
    bool by_bearer = takes_bearer(errand) && brc__credentials_bearer(client->credentials) != NULL;

    return errand->signing == BRC__SIGNED_BY_CLIENT && !by_bearer ? errand->region : NULL;
}

static int sign(brc_client *client, struct brc__call *call, int64_t utc_ms)
{
    struct brc__errand *errand = errand_of(call);
    const char *headers[LINES_MAX], *line = errand->lines.data;
    struct brc__signing signing = {
        .headers = headers,
        .header_count = errand->line_count,
        .region = errand->region,
        .service = errand->service == NULL ? "" : errand->service->signing_name,
        .utc_ms = utc_ms,
        .keys = errand->keys,
        .takes_bearer = takes_bearer(errand),
    };

    if (errand->lines.status < 0)
        return brc__error_set(&client->error, errand->lines.status, "%s",
                              brc_strerror(errand->lines.status));
    for (size_t i = 0; i < errand->line_count; i++) {
        headers[i] = line;
        line += strlen(line) + 1;
    }
    return errand->signing == BRC__UNSIGNED ? brc__attempt_leave_unsigned(client, call, &signing)
                                            : brc__attempt_sign(client, call, &signing);
}

static int read_plain(brc_client *client, struct brc__errand *errand,
                      const struct brc__ending *http)
{
    if (http->status < 200 || http->status > 299)
        return brc__attempt_failed(client, http);
    errand->answer = *http->body;
    *http->body = BRC__BUF(BRC__CEILING_ANSWER);
    return BRC_OK;
}

static int read_answer(brc_client *client, struct brc__call *call, struct brc__end *end)
{
    struct brc__errand *errand = errand_of(call);
    const struct brc__ending *http = &end->http;
    struct brc__aws_reply reply = {http->status, http->head, http->body->data, http->body->length};

    brc__buf_free(&errand->answer); /* what an earlier attempt brought is not this one's */
    if (http->reach != BRC__COMPLETE)
        return brc__attempt_failed(client, http);
    if (errand->service == NULL)
        return read_plain(client, errand, http);
    return brc__aws_answer_read(errand->service, errand->operation, &reply, &errand->answer,
                                end->request_id, &client->error);
}

static void tell(brc_client *client, struct brc__call *call)
{
    struct brc__errand *errand = errand_of(call);

    errand->done(client, errand, errand->user_data);
}

static void free_errand(struct brc__call *call)
{
    struct brc__errand *errand = errand_of(call);

    brc__call_clear(call);
    brc__buf_free(&errand->lines);
    brc__buf_free(&errand->answer);
    brc__keys_release(errand->keys);
    free(errand);
}

static const struct brc__call_kind kind = {
    .needs_keys_for = needs_keys_for,
    .sign = sign,
    .read = read_answer,
    .tell = tell,
    .free = free_errand,
};

struct brc__errand *brc__errand_new(brc_client *client, const char *method)
{
    struct brc__errand *errand = calloc(1, sizeof *errand);

    if (errand == NULL)
        return NULL;
    errand->lines = BRC__SECRET_BUF(BRC__CEILING_HEADERS);
    errand->answer = BRC__SECRET_BUF(BRC__CEILING_ANSWER);
    snprintf(errand->method, sizeof errand->method, "%s", method);
    if (brc__call_init(client, &errand->call, &kind, errand->method) < 0) {
        free_errand(&errand->call);
        return NULL;
    }
    errand->call.body.secret = true;
    return errand;
}

void brc__errand_post(brc_client *client, struct brc__errand *errand)
{
    brc__queue_append(&client->posted, &errand->call);
}

static bool has_room(struct brc__errand *errand)
{
    if (errand->line_count++ < LINES_MAX)
        return true;
    errand->line_count = LINES_MAX;
    errand->lines.status = BRC_E_TOO_LARGE;
    return false;
}

void brc__errand_line(struct brc__errand *errand, const char *line)
{
    if (has_room(errand))
        brc__buf_append(&errand->lines, line, strlen(line) + 1);
}

void brc__errand_header(struct brc__errand *errand, const char *name, const char *value)
{
    if (!has_room(errand))
        return;
    brc__buf_appendf(&errand->lines, "%s: %s", name, value);
    brc__buf_append(&errand->lines, "", 1);
}
