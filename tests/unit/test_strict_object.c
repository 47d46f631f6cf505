/* Objects read strictly: what is taken, what is refused, and how that is said.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <strict_object.h>

#include <string.h>

static const char *const words[] = {"refuse", "admit", "ask", NULL};

struct taken {
    char *text, *bounded;
    int word;
    int64_t number, percent, shift, money, moment;
    bool flag;
    struct brc__json object, array;
};

static int take(const char *json, struct taken *taken, struct brc__error *error)
{
    const struct brc__member members[] = {
        {"text", BRC__AS_TEXT, .to = &taken->text},
        {"bounded", BRC__AS_TEXT, .to = &taken->bounded, .least = 2, .most = 4},
        {"word", BRC__AS_WORD, .to = &taken->word, .words = words},
        {"number", BRC__AS_NUMBER, .to = &taken->number},
        {"percent", BRC__AS_NUMBER, .to = &taken->percent, .most = 100},
        {"shift", BRC__AS_NUMBER, .to = &taken->shift, .least = -840, .most = 840},
        {"money", BRC__AS_MONEY, .to = &taken->money},
        {"moment", BRC__AS_MOMENT, .to = &taken->moment},
        {"flag", BRC__AS_FLAG, .to = &taken->flag},
        {"object", BRC__AS_OBJECT, .to = &taken->object},
        {"array", BRC__AS_ARRAY, .to = &taken->array},
    };

    *error = (struct brc__error){0};
    return brc__strict_read(json, strlen(json), "thing", members, BRC__COUNT_OF(members), error);
}

static void drop(struct taken *taken)
{
    free(taken->text);
    free(taken->bounded);
}

START_TEST(takes_every_kind)
{
    struct taken taken = {0};
    struct brc__error error;

    ck_assert_int_eq(
        take(" {\"text\": \"a\\u00e4\\\"\", \"bounded\":\"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\", "
             "\"word\":\"ask\", \"number\":9223372036854775807, \"percent\":100, \"shift\":-840,"
             "\"money\":\"12.500000000001\", \"moment\":\"2026-01-02T03:04:05Z\", \"flag\":true,"
             "\"object\":{ \"a\":1}, \"array\":[1] } ",
             &taken, &error),
        0);
    ck_assert_str_eq(taken.text, "a\xc3\xa4\"");
    ck_assert_str_eq(taken.bounded, "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4");
    ck_assert_int_eq(taken.word, 2);
    ck_assert(taken.number == INT64_MAX);
    ck_assert_int_eq(taken.percent, 100);
    ck_assert_int_eq(taken.shift, -840);
    ck_assert(taken.money == INT64_C(12500000000001));
    ck_assert(taken.moment == INT64_C(1767323045000));
    ck_assert(taken.flag);
    ck_assert_int_eq((int)taken.object.n, (int)strlen("{ \"a\":1}"));
    ck_assert_int_eq((int)taken.array.n, 3);
    drop(&taken);
}
END_TEST

START_TEST(leaves_what_is_not_there)
{
    struct taken taken = {.number = 7, .flag = true, .word = 1, .money = -1, .moment = -1};
    struct brc__error error;

    ck_assert_int_eq(take("{}", &taken, &error), 0);
    ck_assert_ptr_null(taken.text);
    ck_assert_int_eq(taken.number, 7);
    ck_assert(taken.flag);
    ck_assert_int_eq(taken.word, 1);
    ck_assert_int_eq(taken.money, -1);
    ck_assert_int_eq(taken.moment, -1);
    ck_assert_ptr_null(taken.object.p);
    ck_assert_str_eq(error.text, "");
}
END_TEST

#define MONEY                                                                                      \
    "thing: \"money\" must be a string of US dollars with at most twelve decimals, as "            \
    "\"12.50\""
#define MOMENT "thing: \"moment\" must be a moment, as \"2026-11-25T14:00:00Z\""

static const struct {
    const char *json;
    int code;
    const char *text; /* the beginning */
} refused[] = {
    {"", BRC_E_INVALID, "thing is not acceptable JSON"},
    {"{\"flag\":true,\"flag\":true}", BRC_E_INVALID, "thing is not acceptable JSON"},
    {"{\"text\":\"\\u0000\"}", BRC_E_INVALID, "thing is not acceptable JSON"},
    {"[]", BRC_E_INVALID, "thing must be an object"},
    {"5", BRC_E_INVALID, "thing must be an object"},
    {"{\"txt\":1}", BRC_E_INVALID,
     "thing: member \"txt\" is not known; there are text, bounded, word, number"},
    {"{\"TEXT\":\"a\"}", BRC_E_INVALID, "thing: member \"TEXT\" is not known"},
    {"{\"text \":\"a\"}", BRC_E_INVALID, "thing: member \"text \" is not known"},
    {"{\"\":\"a\"}", BRC_E_INVALID, "thing: member \"\" is not known"},
    {"{\"a\\nb\":1}", BRC_E_INVALID, "thing: member \"a b\" is not known"},
    {"{\"text\":5}", BRC_E_INVALID, "thing: \"text\" must be a string"},
    {"{\"text\":null}", BRC_E_INVALID, "thing: \"text\" must be a string"},
    {"{\"text\":\"\"}", BRC_E_RANGE, "thing: \"text\" must have 1 to 1024 characters"},
    {"{\"text\":\"a\\nb\"}", BRC_E_INVALID,
     "thing: \"text\" must be a string of printable characters"},
    {"{\"text\":\"\\u007f\"}", BRC_E_INVALID,
     "thing: \"text\" must be a string of printable characters"},
    {"{\"text\":\"\\u0085\"}", BRC_E_INVALID,
     "thing: \"text\" must be a string of printable characters"},
    {"{\"bounded\":\"a\"}", BRC_E_RANGE, "thing: \"bounded\" must have 2 to 4 characters"},
    {"{\"bounded\":\"abcde\"}", BRC_E_RANGE, "thing: \"bounded\" must have 2 to 4 characters"},
    {"{\"word\":\"Ask\"}", BRC_E_INVALID,
     "thing: \"word\" must be \"refuse\", \"admit\" or \"ask\""},
    {"{\"word\":\"\"}", BRC_E_INVALID, "thing: \"word\" must be \"refuse\", \"admit\" or \"ask\""},
    {"{\"word\":1}", BRC_E_INVALID, "thing: \"word\" must be \"refuse\", \"admit\" or \"ask\""},
    {"{\"number\":\"5\"}", BRC_E_INVALID, "thing: \"number\" must be a whole number"},
    {"{\"number\":5.0}", BRC_E_INVALID, "thing: \"number\" must be a whole number"},
    {"{\"number\":1e3}", BRC_E_INVALID, "thing: \"number\" must be a whole number"},
    {"{\"number\":true}", BRC_E_INVALID, "thing: \"number\" must be a whole number"},
    {"{\"number\":-1}", BRC_E_RANGE,
     "thing: \"number\" must be a number from 0 to 9223372036854775807"},
    {"{\"number\":9223372036854775808}", BRC_E_RANGE,
     "thing: \"number\" must be a number from 0 to 9223372036854775807"},
    {"{\"percent\":101}", BRC_E_RANGE, "thing: \"percent\" must be a number from 0 to 100"},
    {"{\"percent\":-1}", BRC_E_RANGE, "thing: \"percent\" must be a number from 0 to 100"},
    {"{\"shift\":-841}", BRC_E_RANGE, "thing: \"shift\" must be a number from -840 to 840"},
    {"{\"shift\":841}", BRC_E_RANGE, "thing: \"shift\" must be a number from -840 to 840"},
    {"{\"shift\":-99999999999999999999}", BRC_E_RANGE,
     "thing: \"shift\" must be a number from -840 to 840"},
    {"{\"money\":5}", BRC_E_INVALID, MONEY},
    {"{\"money\":\"\"}", BRC_E_INVALID, MONEY},
    {"{\"money\":\"-1\"}", BRC_E_INVALID, MONEY},
    {"{\"money\":\"1e3\"}", BRC_E_INVALID, MONEY},
    {"{\"money\":\"0.0000000000001\"}", BRC_E_INVALID, MONEY},
    {"{\"money\":\"9223372.036854775808\"}", BRC_E_RANGE,
     "thing: \"money\" must be at most 9223372.036854775807 USD"},
    {"{\"moment\":\"2026-02-29T00:00:00Z\"}", BRC_E_INVALID, MOMENT},
    {"{\"moment\":\"2026-02-28\"}", BRC_E_INVALID, MOMENT},
    {"{\"moment\":1767323045}", BRC_E_INVALID, MOMENT},
    {"{\"flag\":1}", BRC_E_INVALID, "thing: \"flag\" must be true or false"},
    {"{\"flag\":\"true\"}", BRC_E_INVALID, "thing: \"flag\" must be true or false"},
    {"{\"object\":[]}", BRC_E_INVALID, "thing: \"object\" must be an object"},
    {"{\"object\":\"{}\"}", BRC_E_INVALID, "thing: \"object\" must be an object"},
    {"{\"array\":{}}", BRC_E_INVALID, "thing: \"array\" must be an array"},
};

START_TEST(says_what_is_wrong)
{
    struct taken taken = {0};
    struct brc__error error;

    ck_assert_int_eq(take(refused[_i].json, &taken, &error), refused[_i].code);
    ck_assert_int_eq(error.code, refused[_i].code);
    ck_assert_msg(strncmp(error.text, refused[_i].text, strlen(refused[_i].text)) == 0, "%s",
                  error.text);
    drop(&taken);
}
END_TEST

START_TEST(wants_what_is_required)
{
    char *name = NULL, *why = NULL;
    struct brc__error error = {0};
    const struct brc__member members[] = {
        {"name", BRC__AS_TEXT, .to = &name, .required = true},
        {"why", BRC__AS_TEXT, .to = &why, .required = true},
    };
    static const char half[] = "{\"name\":\"a\"}", whole[] = "{\"n\\u0061me\":\"b\",\"why\":\"c\"}";

    ck_assert_int_eq(brc__strict_read(half, strlen(half), "override", members, 2, &error),
                     BRC_E_INVALID);
    ck_assert_str_eq(error.text, "override: member \"why\" is missing");
    ck_assert_int_eq(brc__strict_read(whole, strlen(whole), "override", members, 2, &error), 0);
    ck_assert_str_eq(name, "b"); /* in place of the one before */
    ck_assert_str_eq(why, "c");
    free(name);
    free(why);
}
END_TEST

static int list(const char *json, char ***ret_texts, struct brc__error *error)
{
    return brc__strict_texts(brc__json_of(json, strlen(json)), "thing", "list", ret_texts, error);
}

START_TEST(lists_texts)
{
    struct brc__error error = {0};
    char **texts;

    ck_assert_int_eq(list("[\"b\", \"a\"]", &texts, &error), 0);
    ck_assert_str_eq(texts[0], "b");
    ck_assert_str_eq(texts[1], "a");
    ck_assert_ptr_null(texts[2]);
    brc__texts_free(texts);
    ck_assert_int_eq(list("[]", &texts, &error), 0);
    ck_assert_ptr_null(texts[0]);
    brc__texts_free(texts);
    ck_assert_int_eq(list("[\"a\", 5]", &texts, &error), BRC_E_INVALID);
    ck_assert_ptr_null(texts);
    ck_assert_str_eq(error.text, "thing: \"list\" must be an array of strings");
    ck_assert_int_eq(list("[\"a\", \"b\", \"\\u0061\"]", &texts, &error), BRC_E_INVALID);
    ck_assert_str_eq(error.text,
                     "thing: \"list\" must be an array of strings without one that comes twice");
    ck_assert_int_eq(list("[\"\"]", &texts, &error), BRC_E_RANGE);
    brc__texts_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("strict_object");
    TCase *tcase = tcase_create("strict_object");

    tcase_add_test(tcase, takes_every_kind);
    tcase_add_test(tcase, leaves_what_is_not_there);
    tcase_add_loop_test(tcase, says_what_is_wrong, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tcase, wants_what_is_required);
    tcase_add_test(tcase, lists_texts);
    suite_add_tcase(suite, tcase);
    return run(suite);
}
