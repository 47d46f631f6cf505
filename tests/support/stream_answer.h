/* A streamed answer as the scripted server sends it, and a listener that keeps what it is told.
 * SPDX-License-Identifier: MIT */
#ifndef TEST_STREAM_ANSWER_H
#define TEST_STREAM_ANSWER_H

#include "fixture.h"
#include "frames.h"

/* How the body says where it ends. */
enum stream_framing {
    STREAM_CHUNKED,
    STREAM_LENGTH,
    STREAM_UNTIL_CLOSE
};

#define STREAM_USAGE "{\"inputTokens\":12,\"outputTokens\":34,\"totalTokens\":46}"

/* Appends messageStart, a block of so many text deltas ("0 ", "1 ", …) and its stop: two events
 * more than deltas. Then messageStop and metadata, with the fixture's usage: two more. */
void stream_put_text(struct brc__buf *events, size_t deltas);
void stream_put_end(struct brc__buf *events);

/* Appends the whole HTTP answer around the events. */
void stream_put_http(struct brc__buf *answer, const struct brc__buf *events,
                     enum stream_framing framing);

/* The server answers all requests that follow with n bytes of it (0: all), and then that. */
void stream_reply(struct fixture *fixture, const struct brc__buf *answer, size_t n,
                  enum server_then then);

/* Keeps what it is told; is the user_data of stream_listen() and stream_done(). Zero is a fresh
 * one.
 */
struct listener {
    size_t told;
    int64_t types[4096];
    char text[65536]; /* of text deltas */
    size_t text_length;
    size_t act_at; /* at which event to act, from 1; 0: never */
    int answer;    /* what to return then */
    void (*act)(struct listener *, brc_client *, int64_t id); /* what to do then, or NULL */
    int done, code;
    char error[1024]; /* the client's, as done heard of it: a loop's next step may change it */
    brc_result *result;
    int64_t id;
};

int stream_listen(brc_client *client, int64_t id, const brc_event *event, void *user_data);
void stream_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data);

/* Starts a stream with the fixture's request. */
void stream_start(struct fixture *fixture, struct listener *listener);

/* One step of the fixture's driver; all steps until the call is done, which it returns the code of.
 */
void stream_step(struct fixture *fixture, int wait_ms);
int stream_finish(struct fixture *fixture, struct listener *listener);

/* Asks and waits: brc_converse_stream(), or the same in the loop. */
int stream_ask(struct fixture *fixture, struct listener *listener);

#endif
