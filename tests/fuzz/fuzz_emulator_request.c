/* Fuzzes all that the emulator reads of a request: path, query, Authorization header, JSON body,
 * form, X-Amz-Target.
 * An input is a request as text: METHOD URI, header lines, an empty line, the body. After a form
 * feed comes another request, to the same emulator.
 *
 * SPDX-License-Identifier: MIT
 */
#include "call.h"
#include "emulator.h"
#include "event_frame.h"
#include "services.h"

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
    "\"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0\"}}"

/* A profile that inputs can name: with these options its id is always the same. */
static const struct emu_request CREATE = {
    .method = "POST",
    .uri = "/inference-profiles",
    .body = PROFILE,
    .body_len = sizeof(PROFILE) - 1,
    .now_us = NOW_US,
};

/* A role that inputs can create: from then on it may what its policies allow. */
static const struct emu_key KEY = {.credentials = {"A", "s", NULL},
                                   .arn = "arn:aws:sts::123456789012:assumed-role/r/s"};
static const struct emu_caller CALLER = {"bedrock", "us-east-1", &KEY};

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

/* A message has three events at least; what an agent says may have any number. */
static void check_frames(const struct emu_text *frames, int least)
{
    size_t at = 0;
    int n = 0;

    for (; at < frames->len; n++) {
        size_t end = emu_frame_end(frames, at);

        require(end - at >= 16);
        at = end;
    }
    require(n >= least);
}

static void check_json(const struct emu_text *text)
{
    json_t *json = json_loadb(emu_text_string(text), text->len, JSON_ALLOW_NUL, NULL);

    require(json_is_object(json) || json_is_array(json));
    json_decref(json);
}

static bool is_xml(const struct emu_reply *reply)
{
    return strcmp(reply->content_type, "text/xml") == 0;
}

/* Every answer without a fault is a stream, a JSON object or array, or XML, with a status that
 * fits. */
static void check_reply(const struct emu_reply *reply)
{
    if (reply->streams)
        check_frames(&reply->body, reply->session_id[0] != '\0' ? 0 : 3);
    else if (is_xml(reply))
        require(reply->body.len > 0 && reply->body.data[0] == '<');
    else if (reply->body.len > 0)
        check_json(&reply->body);
    require(reply->status >= 200 && reply->status < 500);
    require((reply->status >= 300) == (reply->error_type[0] != '\0'));
    require(!reply->streams || reply->status == 200);
}

static void verify(struct emulator *emulator, const struct emu_request *request,
                   const char *service)
{
    struct emu_verdict verdict;

    require(emu_sigv4_verify(&verdict, request, emulator->keyring, service) == EMU_OK);
    require(verdict.error_type == NULL || verdict.message.len > 0);
    emu_verdict_free(&verdict);
}

/* Answers as if the signature were right. False: what comes next may be struck by a fault. */
static bool answer(struct emulator *emulator, const struct emu_request *request, bool checked)
{
    const struct emu_service *service = emu_service_addressed(request);
    const struct emu_caller caller = {service->signing_name, "us-east-1", &KEY};
    bool is_own = strncmp(request->uri, "/_emulator/", 11) == 0;
    struct emu_reply reply;

    verify(emulator, request, service->signing_name);
    emu_reply_init(&reply);
    if (service->protocol == EMU_REST_JSON &&
        emu_identity_answer(&emulator->identity, request, &reply)) {
        require(!checked || (reply.status >= 200 && reply.status < 500));
    } else {
        if (is_own)
            emu_answer(emulator, request, &reply);
        else
            emu_call_operation(emulator, request, &caller, &reply);
        if (checked)
            check_reply(&reply);
    }
    emu_reply_free(&reply);
    return checked && !is_own && strncmp(request->uri, "/_identity/", 11) != 0;
}

static void create(struct emulator *emulator)
{
    struct emu_reply reply;

    emu_reply_init(&reply);
    emu_call_operation(emulator, &CREATE, &CALLER, &reply);
    require(reply.status == 201);
    emu_reply_free(&reply);
}

/* The request that begins at `text`, and those after it. */
static void answer_all(struct emulator *emulator, char *text, char *end)
{
    struct emu_header headers[MAX_LINES];
    struct emu_request request;
    bool checked = true;

    for (char *next = text; next != NULL; text = next) {
        next = memchr(text, '\f', (size_t)(end - text));
        if (next != NULL)
            *next++ = '\0';
        if (parse(&request, headers, text, (size_t)((next != NULL ? next - 1 : end) - text)))
            checked = answer(emulator, &request, checked);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct emulator emulator;
    char *text = malloc(size + 1);

    require(text != NULL && emu_init(&emulator, &OPTIONS) == EMU_OK);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    create(&emulator);
    answer_all(&emulator, text, text + size);
    emu_free(&emulator);
    free(text);
    return 0;
}
