/* AWS's XML as JSON.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <json.h>
#include <xml.h>

#include <string.h>

static const struct {
    const char *xml;
    const char *json;
} documents[] = {
    {"<a/>", "{\"a\":\"\"}"},
    {"<a></a>", "{\"a\":\"\"}"},
    {"<a> x\n</a>", "{\"a\":\" x\\n\"}"},
    {"\n<?xml version=\"1.0\"?><a/>", NULL},
    {"<?xml version=\"1.0\"?>\n<a>x</a>\n", "{\"a\":\"x\"}"},
    {"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>\xc3\xa4</a>", "{\"a\":\"\xc3\xa4\"}"},
    {"\xef\xbb\xbf<a>x</a>", "{\"a\":\"x\"}"},
    {"<a><b>1</b><c>2</c></a>", "{\"a\":{\"b\":\"1\",\"c\":\"2\"}}"},
    {"<a>\n  <b>1</b>\n  <c/>\n</a>", "{\"a\":{\"b\":\"1\",\"c\":\"\"}}"},
    {"<a>x<b>1</b>y</a>", "{\"a\":{\"b\":\"1\"}}"},
    {"<a><b>1</b><b>2</b></a>", "{\"a\":{\"b\":[\"1\",\"2\"]}}"},
    {"<a><b>1</b><c>2</c><b>3</b><c/><b/></a>",
     "{\"a\":{\"b\":[\"1\",\"3\",\"\"],\"c\":[\"2\",\"\"]}}"},
    {"<a><b><c>1</c></b><b><c>2</c></b></a>", "{\"a\":{\"b\":[{\"c\":\"1\"},{\"c\":\"2\"}]}}"},
    {"<a><b><b>1</b></b><b>2</b></a>", "{\"a\":{\"b\":[{\"b\":\"1\"},\"2\"]}}"},
    {"<a><c><b/></c><b/><c><b/></c></a>", "{\"a\":{\"c\":[{\"b\":\"\"},{\"b\":\"\"}],\"b\":\"\"}}"},
    {"<a><member>1</member></a>", "{\"a\":[\"1\"]}"},
    {"<a><member>1</member>\n<member><b/></member></a>", "{\"a\":[\"1\",{\"b\":\"\"}]}"},
    {"<a><member><member>1</member></member></a>", "{\"a\":[[\"1\"]]}"},
    {"<a><member/></a>", "{\"a\":[\"\"]}"},
    {"<a><item>1</item></a>", "{\"a\":[\"1\"]}"},
    {"<a><entry><key>k</key><value>v</value></entry></a>",
     "{\"a\":[{\"key\":\"k\",\"value\":\"v\"}]}"},
    {"<a><member>1</member><b/></a>", "{\"a\":{\"member\":\"1\",\"b\":\"\"}}"},
    {"<a><b/><member>1</member><member/></a>", "{\"a\":{\"b\":\"\",\"member\":[\"1\",\"\"]}}"},
    {"<member>1</member>", "{\"member\":\"1\"}"},
    {"<a><Member>1</Member></a>", "{\"a\":{\"Member\":\"1\"}}"},
    {"<a xmlns=\"urn:x\" b=\"c\"><d e='f'>1</d></a>", "{\"a\":{\"d\":\"1\"}}"},
    {"<n:a xmlns:n=\"urn:x\"><n:b>1</n:b><b>2</b></n:a>", "{\"a\":{\"b\":[\"1\",\"2\"]}}"},
    {"<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;</a>", "{\"a\":\"<>&\\\"'AB\"}"},
    {"<a>&#x1F642;&#228;</a>", "{\"a\":\"\xf0\x9f\x99\x82\xc3\xa4\"}"},
    {"<a>1<![CDATA[<b>&amp;\"\\]]>2</a>", "{\"a\":\"1<b>&amp;\\\"\\\\2\"}"},
    {"<a>1<!-- <b/> -->2<?x y?>3</a>", "{\"a\":\"123\"}"},
    {"<a>\r\n\t</a>", "{\"a\":\"\\n\\u0009\"}"},
    {"<\xc3\xa4>1</\xc3\xa4>", "{\"\xc3\xa4\":\"1\"}"},
    /* none */
    {"", NULL},
    {"x", NULL},
    {"{}", NULL},
    {"<a>", NULL},
    {"<a></b>", NULL},
    {"<a/><b/>", NULL},
    {"<a/>x", NULL},
    {"<a", NULL},
    {"<a>&x;</a>", NULL},
    {"<a>&nbsp;</a>", NULL},
    {"<a>&#0;</a>", NULL},
    {"<a>&#1;</a>", NULL},
    {"<a>&#xD800;</a>", NULL},
    {"<a>&#x110000;</a>", NULL},
    {"<a>\x01</a>", NULL},
    {"<a>\xff</a>", NULL},
    {"<a>\xed\xa0\x80</a>", NULL},
    {"<a>\xc0\x80</a>", NULL},
    {"<a b=1/>", NULL},
    {"<a b='1' b='2'/>", NULL},
    {"<a>]]></a>", NULL},
    {"<!DOCTYPE a><a/>", NULL},
    {"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", NULL},
    {"<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", NULL},
    {"<!DOCTYPE a SYSTEM \"http://127.0.0.1/x.dtd\"><a/>", NULL},
    {"<!DOCTYPE a [<!ENTITY % p \"x\"> %p;]><a/>", NULL},
    {"<!DOCTYPE a [<!ENTITY x \"1\"><!ENTITY y \"&x;&x;\"><!ENTITY z \"&y;&y;\">]><a>&z;</a>",
     NULL},
    {"<!ENTITY x \"y\"><a/>", NULL},
    {"<?xml version=\"1.0\" encoding=\"x-none\"?><a>x</a>", "{\"a\":\"x\"}"},
};

static int convert(const char *xml, size_t n, struct brc__buf *to, struct brc__error *error)
{
    brc__error_clear(error);
    return brc__xml_to_json(xml, n, "the answer", to, error);
}

START_TEST(document_becomes_json)
{
    brc__auto_buf struct brc__buf json = BRC__SECRET_BUF(BRC__CEILING_ANSWER);
    struct brc__error error;

    brc__buf_text(&json, "x");
    int rc = convert(documents[_i].xml, strlen(documents[_i].xml), &json, &error);
    if (documents[_i].json == NULL) {
        ck_assert_msg(rc == BRC_E_PROTOCOL, "%s: %s", documents[_i].xml, json.data);
        ck_assert_int_eq(strncmp(error.text, "the answer ", 11), 0);
        ck_assert_str_eq(json.data, "x");
        return;
    }
    ck_assert_msg(rc == 0, "%s: %s", documents[_i].xml, error.text);
    ck_assert_str_eq(json.data + 1, documents[_i].json);
    ck_assert_int_eq(brc__json_check(json.data + 1, json.length - 1, "", NULL), 0);
}
END_TEST

START_TEST(nul_is_no_character)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(BRC__CEILING_ANSWER);
    struct brc__error error;

    ck_assert_int_eq(convert("<a>\0</a>", 8, &json, &error), BRC_E_PROTOCOL);
    ck_assert_int_eq(convert("<a/>\0", 5, &json, &error), BRC_E_PROTOCOL);
    ck_assert_int_eq(convert("<\0a\0/\0>\0", 8, &json, &error), BRC_E_PROTOCOL);
}
END_TEST

/* <x><x>…</x></x> */
static void nest(struct brc__buf *xml, int depth)
{
    for (int i = 0; i < depth; i++)
        brc__buf_text(xml, "<x>");
    for (int i = 0; i < depth; i++)
        brc__buf_text(xml, "</x>");
}

START_TEST(depth_has_a_ceiling)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(BRC__CEILING_ANSWER);
    brc__auto_buf struct brc__buf xml = BRC__BUF(BRC__CEILING_ANSWER);
    brc__auto_buf struct brc__buf deeper = BRC__BUF(BRC__CEILING_ANSWER);
    struct brc__error error;

    nest(&xml, 64);
    ck_assert_int_eq(convert(xml.data, xml.length, &json, &error), 0);
    nest(&deeper, 65);
    ck_assert_int_eq(convert(deeper.data, deeper.length, &json, &error), BRC_E_TOO_LARGE);
    ck_assert_str_eq(error.text, "the answer is nested too deeply");
}
END_TEST

static void many(struct brc__buf *xml, int count, const char *format)
{
    brc__buf_text(xml, "<x>");
    for (int i = 0; i < count; i++)
        brc__buf_appendf(xml, "<%s%d/>", format, i);
    brc__buf_text(xml, "</x>");
}

START_TEST(names_have_a_ceiling)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(BRC__CEILING_ANSWER);
    brc__auto_buf struct brc__buf xml = BRC__BUF(BRC__CEILING_ANSWER);
    brc__auto_buf struct brc__buf more = BRC__BUF(BRC__CEILING_ANSWER);
    struct brc__error error;

    many(&xml, 1023, "n"); /* and x */
    ck_assert_int_eq(convert(xml.data, xml.length, &json, &error), 0);
    many(&more, 1024, "n");
    ck_assert_int_eq(convert(more.data, more.length, &json, &error), BRC_E_TOO_LARGE);
    ck_assert_str_eq(error.text, "the answer has too many different names");
}
END_TEST

START_TEST(size_has_a_ceiling)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(BRC__CEILING_ANSWER);
    brc__auto_buf struct brc__buf small = BRC__BUF(5);
    brc__auto_free char *xml = malloc(BRC__CEILING_XML + 1);
    struct brc__error error;

    ck_assert_ptr_nonnull(xml);
    memset(xml, ' ', BRC__CEILING_XML + 1);
    memcpy(xml, "<a>x</a>", 8);
    ck_assert_int_eq(convert(xml, BRC__CEILING_XML, &json, &error), 0);
    ck_assert_int_eq(convert(xml, BRC__CEILING_XML + 1, &json, &error), BRC_E_TOO_LARGE);
    ck_assert_int_eq(convert(xml, 8, &small, &error), BRC_E_TOO_LARGE);
    ck_assert_uint_eq(small.length, 0);
}
END_TEST

/* As many elements as fit: the time is that of reading them, not its square. */
START_TEST(many_elements)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(BRC__CEILING_ANSWER);
    brc__auto_buf struct brc__buf xml = BRC__BUF(BRC__CEILING_XML);
    struct brc__error error;

    brc__buf_text(&xml, "<x>");
    for (int i = 0; i < 200000; i++)
        brc__buf_text(&xml, i % 2 ? "<member/>" : "<b/>");
    brc__buf_text(&xml, "</x>");
    ck_assert_int_eq(convert(xml.data, xml.length, &json, &error), 0);
    ck_assert_int_eq(brc__json_check(json.data, json.length, "", NULL), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("xml");
    TCase *cases = tcase_create("xml");

    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, document_becomes_json, 0, sizeof documents / sizeof documents[0]);
    tcase_add_test(cases, nul_is_no_character);
    tcase_add_test(cases, depth_has_a_ceiling);
    tcase_add_test(cases, names_have_a_ceiling);
    tcase_add_test(cases, size_has_a_ceiling);
    tcase_add_test(cases, many_elements);
    return run(suite);
}
