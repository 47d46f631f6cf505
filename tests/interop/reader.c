/* Reads what AWS's codec wrote, and says what it found: a line of JSON for each record.
 *
 * usage: interop_reader < RECORDS        interop_reader transcripts   (says where they are)
 *
 * A record is "frames CHUNK LENGTH\n" or "stream CHUNK LENGTH\n" and then LENGTH bytes, which are
 * handed on in chunks of that size. Of frames come the headers that are looked at and the payload,
 * all in hexadecimal; of a stream the text, the answer of Converse it makes, and the tokens.
 *
 * SPDX-License-Identifier: MIT
 */
#include <hearing.h>
#include <text.h>

#include <err.h>
#include <jansson.h>
#include <stdio.h>

static json_t *hex(struct brc__span span)
{
    brc__auto_free char *digits = malloc(2 * span.n + 1);

    if (span.p == NULL)
        return json_null();
    if (digits == NULL)
        errx(1, "out of memory");
    brc__hex(digits, (const unsigned char *)span.p, span.n);
    return json_stringn(digits, 2 * span.n);
}

static json_t *describe_frame(const struct brc__frame *frame)
{
    static const char *const names[BRC__FRAME_HEADERS] = {
        [BRC__MESSAGE_TYPE] = ":message-type",     [BRC__EVENT_TYPE] = ":event-type",
        [BRC__EXCEPTION_TYPE] = ":exception-type", [BRC__ERROR_CODE] = ":error-code",
        [BRC__ERROR_MESSAGE] = ":error-message",
    };
    json_t *json = json_object();

    for (int i = 0; i < BRC__FRAME_HEADERS; i++)
        json_object_set_new(json, names[i], hex(frame->headers[i]));
    json_object_set_new(json, "payload", hex(frame->payload));
    return json;
}

static json_t *read_frames(const char *bytes, size_t n, size_t chunk)
{
    struct brc__frames frames = BRC__FRAMES;
    struct brc__error error = {0};
    struct brc__frame frame;
    size_t start = 0, there = 0;
    json_t *found = json_array();
    int rc = 0;

    while (rc == 0 && there < n) {
        there = chunk < n - there ? there + chunk : n;
        while ((rc = brc__frames_next(&frames, bytes + start, there - start, &frame, &error)) ==
               1) {
            json_array_append_new(found, describe_frame(&frame));
            start += frame.length;
        }
    }
    return json_pack("{s:o, s:I, s:s}", "frames", found, "left", (json_int_t)(n - start), "error",
                     error.text);
}

static json_t *read_stream(const char *bytes, size_t n, size_t chunk)
{
    struct hearing hearing;

    hearing_start(&hearing);
    int rc = hearing_take(&hearing, bytes, n, chunk, 0);
    if (rc == 0)
        rc = hearing_finish(&hearing);
    if (hearing.broken != NULL)
        errx(1, "broken: %s", hearing.broken);
    json_t *json = json_pack(
        "{s:i, s:s, s:s, s:s, s:I, s:I}", "code", rc, "error", hearing.error.text, "text",
        brc_result_text(hearing.result, NULL), "answer", brc_result_json(hearing.result, NULL),
        "input", (json_int_t)brc_usage_int(&hearing.result->usage, BRC_USAGE_INPUT_TOKENS),
        "output", (json_int_t)brc_usage_int(&hearing.result->usage, BRC_USAGE_OUTPUT_TOKENS));
    hearing_end(&hearing);
    return json;
}

static void answer_record(const char *kind, size_t chunk, size_t n)
{
    brc__auto_free char *bytes = malloc(n + 1);

    if (bytes == NULL || fread(bytes, 1, n, stdin) != n)
        errx(1, "a record ends early");
    json_t *json = kind[0] == 'f' ? read_frames(bytes, n, chunk) : read_stream(bytes, n, chunk);
    if (json == NULL || json_dumpf(json, stdout, JSON_COMPACT) < 0)
        errx(1, "no JSON");
    putchar('\n');
    json_decref(json);
}

int main(int argc, char **argv)
{
    char kind[8];
    size_t chunk, n;

    if (argc == 2 && strcmp(argv[1], "transcripts") == 0) {
        puts(TRANSCRIPTS);
        return 0;
    }
    while (scanf("%7s %zu %zu", kind, &chunk, &n) == 3 && getchar() == '\n')
        answer_record(kind, chunk, n);
    return 0;
}
