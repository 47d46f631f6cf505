/* SPDX-License-Identifier: MIT */
#include "transcript.h"
#include "frames.h"

#include <err.h>
#include <glob.h>
#include <stdlib.h>

/* A payload as it is sent: an object in the compact form of AWS, a string byte for byte. */
static void put_payload(struct brc__buf *payload, const json_t *json)
{
    if (!json_is_string(json)) {
        brc__auto_free char *text = json_dumps(json, JSON_COMPACT);
        if (text == NULL || brc__buf_text(payload, text) < 0)
            abort();
        return;
    }
    const char *text = json_string_value(json);
    for (size_t i = 0; i < json_string_length(json); i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x80) /* two bytes of UTF-8 */
            c = (unsigned char)(c << 6 | (text[++i] & 0x3f));
        brc__buf_append(payload, &c, 1);
    }
}

static void put_events(struct transcript *transcript, const json_t *events)
{
    size_t i;
    json_t *event;

    json_array_foreach(events, i, event)
    {
        brc__auto_buf struct brc__buf payload = FRAMES;
        const char *type = json_string_value(json_array_get(event, 0));
        if (type == NULL)
            errx(1, "%s: an event without a type", transcript->name);
        put_payload(&payload, json_array_get(event, 1));
        frame_message(&transcript->bytes, "event", ":event-type", type, payload.data,
                      payload.length);
        if (strcmp(type, "messageStop") == 0)
            transcript->message_end = transcript->bytes.length;
        if (strcmp(type, "metadata") == 0)
            transcript->usage_end = transcript->bytes.length;
    }
}

/* Appends the texts of content blocks, those with citations included. */
static void put_text(struct brc__buf *text, const json_t *content)
{
    size_t i;
    json_t *block;

    json_array_foreach(content, i, block)
    {
        const json_t *piece = json_object_get(block, "text");
        const json_t *cited = json_object_get(block, "citationsContent");
        brc__buf_append(text, json_string_value(piece), json_string_length(piece));
        put_text(text, json_object_get(cited, "content"));
    }
}

static void load(struct transcript *transcript, const char *path)
{
    json_error_t error;
    json_t *file = json_load_file(path, 0, &error);
    const json_t *message;
    json_t *line;
    size_t i;

    if (file == NULL)
        errx(1, "%s: %s", path, error.text);
    const char *name = strrchr(path, '/') + 1;
    *transcript = (struct transcript){
        .name = brc__strndup(name, strcspn(name, ".")),
        .bytes = FRAMES,
        .told = FRAMES,
        .text = FRAMES,
        .answer = json_incref(json_object_get(file, "answer")),
    };
    put_events(transcript, json_object_get(file, "events"));
    json_array_foreach(json_object_get(file, "told"), i, line)
    {
        brc__buf_append(&transcript->told, json_string_value(line), json_string_length(line));
        brc__buf_text(&transcript->told, "\n");
    }
    message = json_object_get(json_object_get(transcript->answer, "output"), "message");
    brc__buf_text(&transcript->told, "");
    brc__buf_text(&transcript->text, "");
    put_text(&transcript->text, json_object_get(message, "content"));
    json_decref(file);
}

size_t transcripts_load(struct transcript **ret_transcripts)
{
    glob_t found;

    if (glob(TRANSCRIPTS "/*.json", 0, NULL, &found) != 0)
        errx(1, "no transcript in " TRANSCRIPTS);
    size_t count = found.gl_pathc;
    *ret_transcripts = calloc(count, sizeof **ret_transcripts);
    if (*ret_transcripts == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        load(&(*ret_transcripts)[i], found.gl_pathv[i]);
    globfree(&found);
    return count;
}

void transcripts_free(struct transcript *transcripts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(transcripts[i].name);
        brc__buf_free(&transcripts[i].bytes);
        brc__buf_free(&transcripts[i].told);
        brc__buf_free(&transcripts[i].text);
        json_decref(transcripts[i].answer);
    }
    free(transcripts);
}
