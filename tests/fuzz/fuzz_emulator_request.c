/* Fuzzes all that the emulator reads of a request: path, query, Authorization header, JSON body,
 * form.
 * An input is a request as text: METHOD URI, header lines, an empty line, the body.
 *
 * SPDX-License-Identifier: MIT
 */
#include "call.h"
#include "emulator.h"
#include "event_frame.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LINES 64
#define NOW_US    INT64_C(1767323045000000) /* 20260102T030405Z */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct emu_options OPTIONS = {
    .credentials = {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", NULL},
    .identity = true};

#define PROFILE                                                                                    \
    "{\"inferenceProfileName\":\"n\",\"modelSource\":{\"copyFrom\":"                               \
    "\"arn:aws:bedrock:us-east-1::foundation-model/a.b\"}}"

/* A profile that inputs can name: with these options its id is always the same. */
static const struct emu_request CREATE = {
    .method = "POST",
    .uri = "/inference-profiles",
    .body = PROFILE,
    .body_len = sizeof(PROFILE) - 1,
    .now_us = NOW_US,
};

/* Ends the line at `line` and returns where the next begins, or NULL. */
static char *end_line(char *line)
{
    char *end = strchr(line, '\n');

    if (end == NULL)
        return NULL;
    *end = '\0';
    return end + 1;
}

/* Takes `text` apart in place; false if there is no METHOD URI. */
static bool parse(struct emu_request *request, struct emu_header *headers, char *text, size_t len)
{
    char *line = end_line(text);
    char *space = strchr(text, ' ');

    if (line == NULL || space == NULL || space[1] != '/')
        return false;
    *space = '\0';
    *request = (struct emu_request){
        .method = text, .uri = space + 1, .headers = headers, .body = "", .now_us = NOW_US};
    while (line != NULL && *line != '\n' && request->n_headers < MAX_LINES) {
        char *header = line;
        char *colon;

        line = end_line(header);
        colon = strchr(header, ':');
        if (line == NULL || colon == NULL)
            return true;
        *colon = '\0';
        headers[request->n_headers++] = (struct emu_header){header, colon + 1};
    }
    if (line != NULL && *line == '\n') {
        request->body = line + 1;
        request->body_len = len - (size_t)(line + 1 - text);
    }
    return true;
}

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* A message has three events at least. */
static void check_frames(const struct emu_text *frames)
{
    size_t at = 0;
    int n = 0;

    for (; at < frames->len; n++) {
        size_t end = emu_frame_end(frames, at);

        require(end - at >= 16);
        at = end;
    }
    require(n >= 3);
}

static void check_json(const struct emu_text *text)
{
    json_t *json = json_loadb(emu_text_string(text), text->len, JSON_ALLOW_NUL, NULL);

    require(json_is_object(json));
    json_decref(json);
}

/* Every answer without a fault is a stream or a JSON object, with a status that fits. */
static void check_reply(struct emu_reply *reply)
{
    if (reply->streams)
        check_frames(&reply->body);
    else
        check_json(&reply->body);
    require(reply->status >= 200 && reply->status < 500);
    require((reply->status >= 300) == (reply->error_type[0] != '\0'));
    require(!reply->streams || reply->status == 200);
    emu_reply_free(reply);
}

static void answer(struct emulator *emulator, const struct emu_request *request)
{
    struct emu_verdict verdict;
    struct emu_reply reply;

    require(emu_sigv4_verify(&verdict, request, emulator->keyring, "bedrock") == EMU_OK);
    require(verdict.error_type == NULL || verdict.message.len > 0);
    emu_verdict_free(&verdict);
    emu_reply_init(&reply);
    if (emu_identity_answer(&emulator->identity, request, &reply)) {
        require(reply.status >= 200 && reply.status < 500);
        emu_reply_free(&reply);
        return;
    }
    if (strncmp(request->uri, "/_emulator/", 11) == 0) {
        emu_answer(emulator, request, &reply);
    } else {
        emu_reply_init(&reply);
        emu_call_operation(emulator, request, "us-east-1", &reply);
    }
    check_reply(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct emu_header headers[MAX_LINES];
    struct emu_request request;
    struct emulator emulator;
    struct emu_reply reply;
    char *text = malloc(size + 1);

    require(text != NULL && emu_init(&emulator, &OPTIONS) == EMU_OK);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    if (parse(&request, headers, text, size)) {
        emu_reply_init(&reply);
        emu_call_operation(&emulator, &CREATE, "us-east-1", &reply);
        require(reply.status == 201);
        emu_reply_free(&reply);
        answer(&emulator, &request);
    }
    emu_free(&emulator);
    free(text);
    return 0;
}
