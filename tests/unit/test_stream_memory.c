/* Reading a stream and memory: for every n the n-th allocation fails, alone or with all later ones.
 * What is told is a beginning, what is handed out is whole, and asking again gets what was not to
 * be had. SPDX-License-Identifier: MIT */
#include "heap.h"
#include "run.h"
#include "transcript.h"

#include <stdio.h>
#include <stream.h>

static struct transcript *transcripts;
static size_t transcript_count;

typedef const char *(*getter)(const brc_result *result, size_t *ret_length);

enum {
    TEXT,
    MESSAGE,
    JSON,
    GETTERS
};
static const getter getters[GETTERS] = {
    [TEXT] = brc_result_text, [MESSAGE] = brc_result_message, [JSON] = brc_result_json};

/* Check takes memory for every assertion, so what is wrong while there is none is said later. */
struct ear {
    const struct transcript *transcript;
    size_t told; /* bytes of text */
    bool sound;
};

static int hear(const brc_event *event, void *user_data)
{
    struct ear *ear = user_data;
    size_t n;
    const char *text = brc_event_text(event, BRC_EVENT_TEXT, &n);

    if (brc_event_int(event, BRC_EVENT_TYPE) != BRC_EVENT_TEXT_DELTA)
        return 0;
    ear->sound &= ear->told + n <= ear->transcript->text.length &&
                  memcmp(text, ear->transcript->text.data + ear->told, n) == 0;
    ear->told += n;
    return 0;
}

static int take(struct ear *ear, brc_result *result)
{
    const struct brc__buf *bytes = &ear->transcript->bytes;
    struct brc__error error = {0};
    struct brc__stream stream;
    size_t used;

    brc__stream_init(&stream, result);
    int rc = brc__stream_take(&stream, bytes->data, bytes->length, &used, hear, ear, &error);
    if (rc == 0)
        rc = brc__stream_end(&stream, bytes->length - used, &error);
    brc__stream_free(&stream);
    ear->sound &= error.code == rc && (rc < 0 || ear->told == ear->transcript->text.length);
    return rc;
}

/* What the getters give if nothing fails. */
static char *expected[GETTERS];

static void expect(const struct transcript *transcript)
{
    struct ear ear = {transcript, .sound = true};
    brc_result *result = brc__result_new();

    ck_assert_int_eq(take(&ear, result), 0);
    for (int i = 0; i < GETTERS; i++) {
        free(expected[i]);
        expected[i] = strdup(getters[i](result, NULL));
        ck_assert_ptr_nonnull(expected[i]);
    }
    ck_assert_str_eq(expected[TEXT], transcript->text.data);
    brc_result_free(result);
}

/* Of a stream that was read to its end the getters give all or nothing, and all when there is
 * memory again. Of another they give what came. */
static void check_getters(const brc_result *result, bool whole, const char *const now[])
{
    for (int i = 0; i < GETTERS; i++) {
        size_t length;
        const char *again = getters[i](result, &length);
        ck_assert_ptr_nonnull(again);
        ck_assert_uint_eq(length, strlen(again));
        ck_assert(now[i] == NULL || strcmp(now[i], again) == 0);
        if (whole)
            ck_assert_str_eq(again, expected[i]);
        else if (i == TEXT)
            ck_assert(strncmp(expected[i], again, length) == 0);
    }
}

/* Returns how many allocations were tried. */
static long read_with_failure(const struct transcript *transcript, long n, int and_all_later)
{
    struct ear ear = {transcript, .sound = true};
    const char *now[GETTERS];

    heap_fail(n, and_all_later);
    brc_result *result = brc__result_new();
    if (result == NULL) {
        heap_fail(0, 0);
        return n;
    }
    int rc = take(&ear, result);
    for (int i = 0; i < GETTERS; i++)
        now[i] = getters[i](result, NULL);
    long tried = heap_tried();
    heap_fail(0, 0);
    ck_assert(rc == 0 || rc == BRC_E_NOMEM);
    ck_assert(ear.sound);
    check_getters(result, rc == 0, now);
    brc_result_free(result);
    return tried;
}

static void survive(int and_all_later)
{
    long failures = 0;

    for (size_t i = 0; i < transcript_count; i++) {
        long n = 0, tried;
        expect(&transcripts[i]);
        do {
            long live = heap_live();
            tried = read_with_failure(&transcripts[i], ++n, and_all_later);
            ck_assert_int_eq(heap_live(), live);
        } while (tried >= n);
        ck_assert_int_gt(n, 5);
        failures += n - 1;
    }
    printf("# %ld allocations, each failed once\n", failures);
}

START_TEST(survives_every_failure)
{
    survive(0);
}
END_TEST

START_TEST(survives_the_end_of_memory)
{
    survive(1);
}
END_TEST

/* Once a block has room, its hot events take no memory at all. */
START_TEST(hot_events_allocate_nothing)
{
    struct ear ear = {.sound = true};

    for (size_t i = 0; i < transcript_count; i++)
        if (strcmp(transcripts[i].name, "text") == 0)
            ear.transcript = &transcripts[i];
    brc_result *result = brc__result_new();
    ck_assert_int_eq(take(&ear, result), 0);
    result->content.blocks[0].text.length = 0; /* the same again */
    ear.told = 0;
    heap_fail(0, 0);
    int rc = take(&ear, result);
    long tried = heap_tried();
    ck_assert_int_eq(rc, 0);
    ck_assert_int_eq(tried, 0);
    brc_result_free(result);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stream_memory");
    TCase *tcase = tcase_create("stream_memory");

    transcript_count = transcripts_load(&transcripts);
    tcase_add_test(tcase, survives_every_failure);
    tcase_add_test(tcase, survives_the_end_of_memory);
    tcase_add_test(tcase, hot_events_allocate_nothing);
    suite_add_tcase(suite, tcase);
    int rc = run(suite);
    transcripts_free(transcripts, transcript_count);
    return rc;
}
