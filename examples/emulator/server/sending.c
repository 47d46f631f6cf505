/* From a reply to what goes over the wire: head, and a body that may be cut, streamed, paced, or
 * never end.
 *
 * SPDX-License-Identifier: MIT
 */
#include "event_frame.h"
#include "exchange.h"

#include <string.h>

#define BLOCK_SIZE 4096

/* Where the body ends: by itself or by a cut. */
static size_t body_end(const struct emu_reply *reply)
{
    return reply->cut >= 0 && (size_t)reply->cut < reply->body.len ? (size_t)reply->cut
                                                                   : reply->body.len;
}

/* True if the frame that comes next has to wait first, and does. */
static bool rest(struct exchange *exchange, size_t position)
{
    const struct emu_reply *reply = &exchange->reply;

    if (reply->event_delay_ms == 0 || position < exchange->frame_end)
        return false;
    if (position > 0 && !exchange->rested) {
        exchange->rested = true;
        emu_watch(exchange);
        emu_wait_until(exchange, emu_now_us(CLOCK_MONOTONIC) + reply->event_delay_ms * 1000);
        return true;
    }
    exchange->rested = false;
    exchange->frame_end = emu_frame_end(&reply->body, position);
    return false;
}

/* How much may be sent of the `left` bytes. */
static size_t next_write(const struct exchange *exchange, size_t position, size_t left)
{
    size_t of_frame = exchange->frame_end - position;

    if (exchange->reply.dribbles)
        return 1;
    return exchange->reply.event_delay_ms > 0 && of_frame < left ? of_frame : left;
}

static ssize_t end_body(struct exchange *exchange)
{
    const struct emu_reply *reply = &exchange->reply;

    if (body_end(reply) < reply->body.len)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (!reply->stalls)
        return MHD_CONTENT_READER_END_OF_STREAM;
    emu_watch(exchange);
    emu_wait_for_ever(exchange);
    return 0;
}

/* The next bytes of a body that is streamed or cut; 0 when it waits. */
static ssize_t read_body(void *state, uint64_t position, char *out, size_t max)
{
    struct exchange *exchange = state;
    size_t left = body_end(&exchange->reply) - (size_t)position;
    size_t n;

    if (exchange->gone || (exchange->server->stopping && exchange->reply.streams))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (left == 0)
        return end_body(exchange);
    if (rest(exchange, (size_t)position))
        return 0;
    n = next_write(exchange, (size_t)position, left);
    if (n > max)
        n = max;
    memcpy(out, exchange->reply.body.data + position, n);
    return (ssize_t)n;
}

static struct MHD_Response *whole_response(struct emu_reply *reply)
{
    static char out_of_memory[] = "{\"message\":\"The emulator is out of memory.\"}";
    struct MHD_Response *response;

    if (reply->body.data == NULL)
        return MHD_create_response_from_buffer(sizeof(out_of_memory) - 1, out_of_memory,
                                               MHD_RESPMEM_PERSISTENT);
    response =
        MHD_create_response_from_buffer(reply->body.len, reply->body.data, MHD_RESPMEM_MUST_FREE);
    if (response != NULL)
        reply->body = (struct emu_text){0};
    return response;
}

static struct MHD_Response *make_response(struct exchange *exchange)
{
    struct emu_reply *reply = &exchange->reply;

    if (reply->streams)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_SIZE, read_body, exchange,
                                                 NULL);
    if (body_end(reply) < reply->body.len)
        return MHD_create_response_from_callback(reply->body.len, BLOCK_SIZE, read_body, exchange,
                                                 NULL);
    return whole_response(reply);
}

static void add_headers(struct MHD_Response *response, const struct emu_reply *reply)
{
    const char *type = reply->content_type[0] != '\0' ? reply->content_type
                       : reply->streams               ? "application/vnd.amazon.eventstream"
                                                      : "application/json";

    MHD_add_response_header(response, "content-type", type);
    if (reply->request_id[0] != '\0')
        MHD_add_response_header(response, "x-amzn-RequestId", reply->request_id);
    if (reply->error_type[0] != '\0' && !reply->error_in_body)
        MHD_add_response_header(response, "x-amzn-ErrorType", reply->error_type);
    if (reply->header[0] != NULL)
        MHD_add_response_header(response, reply->header[0], reply->header[1]);
    if (reply->other_header[0] != NULL)
        MHD_add_response_header(response, reply->other_header[0], reply->other_header[1]);
}

enum MHD_Result emu_send(struct exchange *exchange)
{
    const struct emu_reply *reply = &exchange->reply;
    struct MHD_Response *response;
    enum MHD_Result rc;

    if (reply->cut == EMU_CUT_BEFORE_HEAD)
        return MHD_NO; /* closes the connection */
    response = make_response(exchange);
    if (response == NULL)
        return MHD_NO;
    add_headers(response, reply);
    rc = MHD_queue_response(exchange->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return rc;
}
