/* SPDX-License-Identifier: MIT */
#include "stream_answer.h"

#include <check.h>
#include <stdio.h>

void stream_put_text(struct brc__buf *events, size_t deltas)
{
    char json[128];

    frame_event(events, "messageStart", "{\"role\":\"assistant\",\"p\":\"abc\"}");
    for (size_t i = 0; i < deltas; i++) {
        snprintf(json, sizeof json,
                 "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"%zu \"},\"p\":\"abcdef\"}", i);
        frame_event(events, "contentBlockDelta", json);
    }
    frame_event(events, "contentBlockStop", "{\"contentBlockIndex\":0,\"p\":\"a\"}");
}

void stream_put_end(struct brc__buf *events)
{
    frame_event(events, "messageStop", "{\"stopReason\":\"end_turn\"}");
    frame_event(events, "metadata",
                "{\"usage\":" STREAM_USAGE ",\"metrics\":{\"latencyMs\":7},\"p\":\"ab\"}");
}

void stream_put_http(struct brc__buf *answer, const struct brc__buf *events,
                     enum stream_framing framing)
{
    enum {
        CHUNK = 61
    };

    brc__buf_text(answer, "HTTP/1.1 200 OK\r\nx-amzn-RequestId: request-1\r\n"
                          "Content-Type: application/vnd.amazon.eventstream\r\n");
    if (framing == STREAM_LENGTH)
        brc__buf_appendf(answer, "Content-Length: %zu\r\n", events->length);
    if (framing == STREAM_CHUNKED)
        brc__buf_text(answer, "Transfer-Encoding: chunked\r\n");
    brc__buf_text(answer, "\r\n");
    if (framing != STREAM_CHUNKED) {
        brc__buf_append(answer, events->data, events->length);
        return;
    }
    for (size_t at = 0; at < events->length; at += CHUNK) {
        size_t n = events->length - at < CHUNK ? events->length - at : CHUNK;
        brc__buf_appendf(answer, "%zx\r\n", n);
        brc__buf_append(answer, events->data + at, n);
        brc__buf_text(answer, "\r\n");
    }
    brc__buf_text(answer, "0\r\n\r\n");
}

void stream_reply(struct fixture *fixture, const struct brc__buf *answer, size_t n,
                  enum server_then then)
{
    struct server_reply reply = {
        .bytes = answer->data, .length = n > 0 ? n : answer->length, .then = then};

    server_script(fixture->server, &reply, 1);
}

int stream_listen(brc_client *client, int64_t id, const brc_event *event, void *user_data)
{
    struct listener *listener = user_data;
    int64_t type = brc_event_int(event, BRC_EVENT_TYPE);
    size_t n;
    const char *text = brc_event_text(event, BRC_EVENT_TEXT, &n);

    ck_assert_int_eq(listener->done, 0);
    ck_assert(listener->act_at == 0 || listener->told < listener->act_at || listener->answer == 0);
    if (listener->told < sizeof listener->types / sizeof *listener->types)
        listener->types[listener->told] = type;
    listener->told++;
    if (type == BRC_EVENT_TEXT_DELTA && listener->text_length + n < sizeof listener->text) {
        memcpy(listener->text + listener->text_length, text, n + 1);
        listener->text_length += n;
    }
    if (listener->told != listener->act_at)
        return BRC_EVENT_GO_ON;
    if (listener->act != NULL)
        listener->act(listener, client, id);
    return listener->answer;
}

void stream_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    struct listener *listener = user_data;

    ck_assert_int_eq(id, listener->id);
    snprintf(listener->error, sizeof listener->error, "%s", brc_client_error(client));
    listener->done++;
    listener->code = code;
    listener->result = result;
}

void stream_start(struct fixture *fixture, struct listener *listener)
{
    ck_assert_int_eq(brc_start(fixture->client, fixture->request, stream_listen, stream_done,
                               listener, NULL, &listener->id),
                     0);
}

void stream_step(struct fixture *fixture, int wait_ms)
{
    if (fixture->looped)
        loop_turn(&fixture->loop, fixture->client, wait_ms);
    else
        brc_client_perform(fixture->client, wait_ms);
}

int stream_finish(struct fixture *fixture, struct listener *listener)
{
    while (listener->done == 0)
        stream_step(fixture, 60000);
    ck_assert_int_eq(listener->done, 1);
    return listener->code;
}

int stream_ask(struct fixture *fixture, struct listener *listener)
{
    if (fixture->looped) {
        stream_start(fixture, listener);
        return stream_finish(fixture, listener);
    }
    listener->code = brc_converse_stream(fixture->client, fixture->request, stream_listen, listener,
                                         &listener->result);
    listener->done = 1;
    return listener->code;
}
