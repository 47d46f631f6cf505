/* Any script as a stream: whatever comes, what is told keeps its promises, the message can be sent
 * back, and the chunks make no difference. Lines of the script begin with a letter:
 *
 *   m s d e n u     the six events that are known, with that payload
 *   t i o           a piece of text, of a tool's input, of reasoning, as it stands between quotes;
 *                   the first character is the block
 *   ?               an event of tomorrow, with that payload
 *   x r             an exception, an error: its type, a blank, its payload or message
 *   k               a frame of that kind
 *   !               bytes as they are
 *
 * SPDX-License-Identifier: MIT */
#include <frames.h>
#include <hearing.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

/* ---- from script to bytes */

static const struct {
    char letter;
    const char *type;
    const char *before, *after; /* a payload is what stands between them */
} lines[] = {
    {'m', "messageStart", "", ""},
    {'s', "contentBlockStart", "", ""},
    {'d', "contentBlockDelta", "", ""},
    {'e', "contentBlockStop", "", ""},
    {'n', "messageStop", "", ""},
    {'u', "metadata", "", ""},
    {'?', "eventOfTomorrow", "", ""},
    {'t', "contentBlockDelta", "\"delta\":{\"text\":\"", "\"}}"},
    {'i', "contentBlockDelta", "\"delta\":{\"toolUse\":{\"input\":\"", "\"}}}"},
    {'o', "contentBlockDelta", "\"delta\":{\"reasoningContent\":{\"text\":\"", "\"}}}"},
};

static void put_event(struct brc__buf *to, size_t line, const char *text, size_t n)
{
    brc__auto_buf struct brc__buf payload = FRAMES;

    if (*lines[line].before != '\0' && n > 0) {
        brc__buf_appendf(&payload, "{\"contentBlockIndex\":%c,", *text++);
        n--;
    }
    brc__buf_text(&payload, lines[line].before);
    brc__buf_append(&payload, text, n);
    brc__buf_text(&payload, lines[line].after);
    frame_message(to, "event", ":event-type", lines[line].type, payload.data, payload.length);
}

static void put_line(struct brc__buf *to, char letter, const char *text, size_t n)
{
    brc__auto_free char *word = brc__strndup(text, n);

    must(word != NULL);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (lines[i].letter == letter)
            put_event(to, i, text, n);
    char *rest = word + strcspn(word, " ");
    if (letter == 'k')
        frame_message(to, word, ":event-type", "contentBlockDelta", "{}", 2);
    if (*rest != '\0')
        *rest++ = '\0';
    if (letter == 'x')
        frame_exception(to, word, rest);
    if (letter == 'r')
        frame_error(to, word, rest);
    if (letter == '!')
        brc__buf_append(to, text, n);
}

static void put_script(struct brc__buf *to, const char *script, size_t n)
{
    const char *end = script + n;

    while (script < end) {
        const char *newline = memchr(script, '\n', (size_t)(end - script));
        const char *line_end = newline == NULL ? end : newline;
        if (line_end > script)
            put_line(to, *script, script + 1, (size_t)(line_end - script - 1));
        script = line_end + 1;
    }
}

/* ---- what must hold */

static void send_back(const char *message, size_t length)
{
    brc_request *request;

    must(brc_request_new(
             "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456",
             &request) == 0);
    must(brc_request_add_message(request, message, length) == 0);
    brc_request_free(request);
}

static void check_usage(const struct hearing *hearing)
{
    const struct brc_usage *usage = &hearing->result->usage;

    for (int field = BRC_USAGE_INPUT_TOKENS; field <= BRC_USAGE_CACHE_WRITE_1H_TOKENS; field++)
        must(brc_usage_int(usage, field) >= -1);
    must(!hearing->stream.usage_whole || (brc_usage_int(usage, BRC_USAGE_INPUT_TOKENS) >= 0 &&
                                          brc_usage_int(usage, BRC_USAGE_OUTPUT_TOKENS) >= 0));
}

static void check_result(struct hearing *hearing)
{
    const brc_result *result = hearing->result;
    size_t length;

    const char *text = brc_result_text(result, &length);
    must(text != NULL && text[length] == '\0' && hearing_is_utf8(text, length));
    must(length == hearing->texts.length);
    must(hearing->disordered || memcmp(text, hearing->texts.data, length) == 0);
    const char *json = brc_result_json(result, &length);
    must(json != NULL && json[length] == '\0');
    const char *message = brc_result_message(result, &length);
    must((message == NULL) == (length == 0));
    if (message != NULL)
        send_back(message, length);
    check_usage(hearing);
}

/* Returns the code it failed with, or that of its end. */
static int hear(struct hearing *hearing, const struct brc__buf *bytes, size_t chunk, unsigned seed)
{
    hearing_start(hearing);
    hearing->pause = (int)(seed % 3);
    int rc = hearing_take(hearing, bytes->data, bytes->length, chunk, seed);
    must(rc == 0 || rc == BRC_E_PROTOCOL || rc == BRC_E_TOO_LARGE || rc == BRC_E_SERVICE ||
         rc == BRC_E_THROTTLED || rc == BRC_E_REJECTED);
    if (rc == 0)
        rc = hearing_finish(hearing);
    must(rc < 0 || (hearing->stream.usage_whole && hearing->stream.message_whole));
    must(hearing->broken == NULL);
    check_result(hearing);
    return rc;
}

static void is_same(const char *a, const char *b)
{
    must((a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;
    struct hearing whole, pieces;

    put_script(&bytes, (const char *)data, size);
    int rc = hear(&whole, &bytes, SIZE_MAX, 0);
    unsigned seed = (unsigned)size + 1;
    must(hear(&pieces, &bytes, 1 + size % 300, seed) == rc);
    is_same(whole.error.text, pieces.error.text);
    must(whole.count == pieces.count && whole.told.length == pieces.told.length);
    must(memcmp(whole.told.data, pieces.told.data, whole.told.length) == 0);
    is_same(brc_result_json(whole.result, NULL), brc_result_json(pieces.result, NULL));
    is_same(brc_result_message(whole.result, NULL), brc_result_message(pieces.result, NULL));
    is_same(brc_usage_text(&whole.result->usage, BRC_USAGE_SERVICE_TIER),
            brc_usage_text(&pieces.result->usage, BRC_USAGE_SERVICE_TIER));
    for (int field = BRC_USAGE_INPUT_TOKENS; field <= BRC_USAGE_CACHE_WRITE_1H_TOKENS; field++)
        must(whole.result->usage.ints[field] == pieces.result->usage.ints[field]);
    hearing_end(&whole);
    hearing_end(&pieces);
    return 0;
}
