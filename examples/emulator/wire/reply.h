/* What is to be answered, and what is to go wrong while answering.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_REPLY_H
#define EMULATOR_REPLY_H

#include <jansson.h>
#include <stdint.h>

#include "text.h"

enum {
    EMU_NO_CUT = -2,
    EMU_CUT_BEFORE_HEAD = -1, /* from 0 on: after so many bytes of the body */
};

#define EMU_MAX_DELAY_MS (10 * 60 * 1000)

struct emu_reply {
    int status;
    char error_type[64];   /* x-amzn-ErrorType, empty if none */
    bool error_in_body;    /* and there alone: no such header */
    char query_error[96];  /* what header[1] may point to */
    char request_id[37];   /* x-amzn-RequestId, empty if none */
    char content_type[64]; /* empty: that of the JSON API, or of its streams */
    const char *header[2]; /* one more, name and value; or NULL */
    const char *other_header[2];
    char session_id[101]; /* what other_header[1] may point to */
    struct emu_text body;
    json_t *json; /* what the body was made of, if it is JSON: for protocols that write it anew */
    int64_t delay_ms;
    int64_t cut;
    bool streams;           /* the body is a run of frames, and sent without its length */
    int64_t event_delay_ms; /* in front of each frame but the first */
    bool dribbles;          /* one byte goes out at a time */
    bool stalls;            /* when the body is out there is silence, not the end */
};

void emu_reply_init(struct emu_reply *reply);
void emu_reply_free(struct emu_reply *reply);

/* Takes over `json`; NULL (out of memory) becomes a 500. */
void emu_reply_json(struct emu_reply *reply, int status, json_t *json);

/* Begins a stream; its frames are to be added to the body. */
void emu_reply_stream(struct emu_reply *reply, int64_t event_delay_ms);

/* Takes over `json`, an object with the error's members. `type` may be NULL. */
void emu_reply_error_json(struct emu_reply *reply, int status, const char *type, json_t *json);

/* One of the types below, with the status that belongs to it, and a message. */
void emu_reply_error(struct emu_reply *reply, const char *type, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void emu_reply_out_of_memory(struct emu_reply *reply);

/* The error type usual for a status and the reverse; NULL or 0 if there is none. */
const char *emu_error_type(int status);
int emu_error_status(const char *type);

#endif
