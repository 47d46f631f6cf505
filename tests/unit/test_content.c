/* Blocks kept in the order of their indexes, and what becomes of each kind as JSON.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <content.h>

static struct brc__content content;

static void set_up(void)
{
    content = (struct brc__content){0};
}

static void tear_down(void)
{
    brc__content_free(&content);
    ck_assert_ptr_null(content.blocks);
    ck_assert_uint_eq(content.count, 0);
    brc__content_free(&content); /* nothing is left to free */
}

/* The block of that index, of that kind, with that text. */
static struct brc__block *put(int64_t index, enum brc__block_kind kind, const char *text)
{
    struct brc__block *block;

    ck_assert_int_eq(brc__content_block(&content, index, &block), 0);
    ck_assert_int_eq(block->index, index);
    block->kind = kind;
    brc__buf_text(&block->text, text);
    return block;
}

static void is_json(const char *expected)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(1 << 20);

    ck_assert_int_eq(brc__content_json(&content, &json), 0);
    ck_assert_str_eq(json.data, expected);
}

static void is_text(const char *expected)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(1 << 20);

    ck_assert_int_eq(brc__content_text(&content, &text), 0);
    ck_assert_str_eq(text.data, expected);
}

/* ---- order */

START_TEST(nothing)
{
    is_json("[]");
    is_text("");
}
END_TEST

static const int64_t orders[][6] = {
    {0, 1, 2, 3, 4, 5},
    {5, 4, 3, 2, 1, 0},
    {3, 0, 5, 1, 4, 2},
    {INT64_MAX, 0, 1, INT64_MAX - 1, 7, 4096},
};

START_TEST(any_order)
{
    for (int i = 0; i < 6; i++) {
        put(orders[_i][i], BRC__BLOCK_TEXT, "a");
        put(orders[_i][0], BRC__BLOCK_TEXT, "b"); /* the same one is found again */
    }
    ck_assert_uint_eq(content.count, 6);
    for (size_t i = 1; i < content.count; i++)
        ck_assert_int_lt(content.blocks[i - 1].index, content.blocks[i].index);
    for (size_t i = 0; i < content.count; i++)
        ck_assert_str_eq(content.blocks[i].text.data,
                         content.blocks[i].index == orders[_i][0] ? "abbbbbb" : "a");
}
END_TEST

START_TEST(block_ceiling)
{
    struct brc__block *block;

    for (int i = 0; i < 4096; i++)
        ck_assert_int_eq(brc__content_block(&content, 2 * i, &block), 0);
    for (int i = -1; i < 2 * 4096 + 1; i += 2) {
        ck_assert_int_eq(brc__content_block(&content, i, &block), BRC_E_TOO_LARGE);
        ck_assert_ptr_null(block);
    }
    ck_assert_int_eq(brc__content_block(&content, 0, &block), 0);
    ck_assert_uint_eq(content.count, 4096);
}
END_TEST

/* ---- kinds */

START_TEST(texts)
{
    put(0, BRC__BLOCK_TEXT, "a\"\n");
    put(1, BRC__BLOCK_TEXT, "");
    put(2, BRC__BLOCK_REASONING, "r");
    put(3, BRC__BLOCK_TOOL_USE, "[1]");
    put(4, BRC__BLOCK_CITATIONS, "b");
    put(5, BRC__BLOCK_CITATIONS, "");
    is_text("a\"\nb");
    is_json("[{\"text\":\"a\\\"\\n\"},{\"reasoningContent\":{\"reasoningText\":{\"text\":\"r\"}}},"
            "{\"toolUse\":{\"input\":[1]}},"
            "{\"citationsContent\":{\"content\":[{\"text\":\"b\"}],\"citations\":[]}},"
            "{\"citationsContent\":{\"content\":[{\"text\":\"\"}],\"citations\":[]}}]");
}
END_TEST

START_TEST(reasonings)
{
    struct brc__block *block = put(0, BRC__BLOCK_REASONING, "");
    brc__buf_append(&block->blob, "\0", 1);
    block = put(1, BRC__BLOCK_REASONING, "");
    brc__buf_text(&block->signature, "s\"");
    block = put(2, BRC__BLOCK_REASONING, "r");
    brc__buf_append(&block->blob, "\xff\xff\xff", 3);
    brc__buf_text(&block->signature, "s");
    is_json("[{\"reasoningContent\":{\"redactedContent\":\"AA==\"}},"
            "{\"reasoningContent\":{\"reasoningText\":{\"text\":\"\",\"signature\":\"s\\\"\"}}},"
            "{\"reasoningContent\":{\"reasoningText\":{\"text\":\"r\",\"signature\":\"s\"}}},"
            "{\"reasoningContent\":{\"redactedContent\":\"////\"}}]");
}
END_TEST

/* What the block was started with stands before what came after. */
START_TEST(started)
{
    static const char *const objects[] = {"", "{}", "{ }", "{\"a\":1}", "{ \"a\" : 1 }"};

    for (int i = 0; i < 5; i++) {
        struct brc__block *block = put(i, BRC__BLOCK_TOOL_RESULT, "");
        brc__buf_text(&block->started, objects[i]);
        brc__buf_text(&block->elements, i % 2 == 0 ? "" : "{\"text\":\"x\"},{}");
    }
    is_json("[{\"toolResult\":{\"content\":[]}},"
            "{\"toolResult\":{\"content\":[{\"text\":\"x\"},{}]}},"
            "{\"toolResult\":{\"content\":[]}},"
            "{\"toolResult\":{\"a\":1,\"content\":[{\"text\":\"x\"},{}]}},"
            "{\"toolResult\":{\"a\" : 1,\"content\":[]}}]");
}
END_TEST

START_TEST(images)
{
    for (int i = 0; i < 4; i++) {
        struct brc__block *block = put(i, BRC__BLOCK_IMAGE, "");
        if (i % 2 == 1)
            brc__buf_text(&block->blob, "abc");
        if (i / 2 == 1)
            brc__buf_text(&block->elements, "\"error\":{}");
    }
    is_json("[{\"image\":{\"source\":{}}},{\"image\":{\"source\":{\"bytes\":\"YWJj\"}}},"
            "{\"image\":{\"error\":{}}},"
            "{\"image\":{\"source\":{\"bytes\":\"YWJj\"},\"error\":{}}}]");
}
END_TEST

/* ---- the input of a tool */

static const struct {
    const char *came, *input;
} inputs[] = {
    {"", "{}"},
    {"{}", "{}"},
    {"{\"a\": [1, 2.50, 1e999]}", "{\"a\": [1, 2.50, 1e999]}"},
    {"null", "null"},
    {"\"s\"", "\"s\""},
    {" [] ", " [] "},
    {"{\"a\":", "\"{\\\"a\\\":\""},
    {"{\"a\":1,\"a\":2}", "\"{\\\"a\\\":1,\\\"a\\\":2}\""},
    {"{} {}", "\"{} {}\""},
    {"\"\\u0000\"", "\"\\\"\\\\u0000\\\"\""},
    {" ", "\" \""},
    {"\xef\xbf\xbd", "\"\xef\xbf\xbd\""},
};

START_TEST(input_of_tool)
{
    brc__auto_buf struct brc__buf input = BRC__BUF(1 << 20);
    struct brc__block *block = put(0, BRC__BLOCK_TOOL_USE, inputs[_i].came);

    ck_assert_int_eq(brc__block_input(block, &input), 0);
    ck_assert_str_eq(input.data, inputs[_i].input);
}
END_TEST

/* A buffer that is full says so, whatever is put into it. */
START_TEST(no_room)
{
    brc__auto_buf struct brc__buf whole = BRC__BUF(1 << 20);

    put(0, BRC__BLOCK_TEXT, "a");
    put(1, BRC__BLOCK_TOOL_USE, "[");
    brc__buf_text(&put(2, BRC__BLOCK_IMAGE, "")->blob, "abc");
    brc__content_json(&content, &whole);
    for (size_t room = 0; room < whole.length; room++) {
        brc__auto_buf struct brc__buf part = BRC__BUF(room);
        ck_assert_int_eq(brc__content_json(&content, &part), BRC_E_TOO_LARGE);
    }
}
END_TEST

#define COUNT(table) (sizeof(table) / sizeof *(table))

int main(void)
{
    Suite *suite = suite_create("content");
    TCase *tcase = tcase_create("content");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, nothing);
    tcase_add_loop_test(tcase, any_order, 0, COUNT(orders));
    tcase_add_test(tcase, block_ceiling);
    tcase_add_test(tcase, texts);
    tcase_add_test(tcase, reasonings);
    tcase_add_test(tcase, started);
    tcase_add_test(tcase, images);
    tcase_add_loop_test(tcase, input_of_tool, 0, COUNT(inputs));
    tcase_add_test(tcase, no_room);
    suite_add_tcase(suite, tcase);
    return run(suite);
}
