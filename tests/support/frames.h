/* Frames of application/vnd.amazon.eventstream as AWS makes them, and as it does not, for tests.
 * Written apart from the library's reader of them.
 *
 * What is made is appended to a buffer that begins as FRAMES; running out of memory ends the
 * program. SPDX-License-Identifier: MIT */
#ifndef TEST_FRAMES_H
#define TEST_FRAMES_H

#include <buffer.h>

#define FRAMES BRC__BUF(1 << 30)

/* Types of a header's value. */
enum frame_type {
    FRAME_TRUE,
    FRAME_FALSE,
    FRAME_BYTE,
    FRAME_SHORT,
    FRAME_INTEGER,
    FRAME_LONG,
    FRAME_BYTES,
    FRAME_STRING,
    FRAME_TIMESTAMP,
    FRAME_UUID
};

/* Appends a frame: its headers as they stand there, and its payload. */
void frame_put(struct brc__buf *to, const void *headers, size_t headers_length, const void *payload,
               size_t payload_length);

/* Appends a header to headers that are to stand in a frame. The value is given as its bytes; those
 * of FRAME_BYTES and FRAME_STRING get their length before them. Any type is taken. */
void frame_header(struct brc__buf *headers, const char *name, int type, const void *value,
                  size_t n);

/* Appends a frame of that message type with one more header, its content type, and a payload. */
void frame_message(struct brc__buf *to, const char *message_type, const char *name,
                   const char *value, const void *payload, size_t n);

/* Those three that Bedrock sends: an event, a modelled exception ("throttlingException", its
 * payload
 * {"message":…}), and an error that is not modelled. */
void frame_event(struct brc__buf *to, const char *event_type, const char *json);
void frame_exception(struct brc__buf *to, const char *exception_type, const char *json);
void frame_error(struct brc__buf *to, const char *code, const char *message);

/* Makes right, after a change within it, the sums of the frame at these bytes. */
void frame_seal(char *frame, size_t length);

#endif
