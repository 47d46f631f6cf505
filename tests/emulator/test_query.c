/* Forms into JSON, and JSON into XML: what the query protocol makes of them.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "query.h"
#include "shape_macros.h"
#include "xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct emu_shape TEXT = {.kind = EMU_STRING};
static const struct emu_shape NUMBER = {.kind = EMU_INTEGER, .max = 1000};
static const struct emu_shape SHARE = {.kind = EMU_FLOAT, .max = 1000};
static const struct emu_shape FLAG = {.kind = EMU_BOOLEAN};
static const struct emu_shape TEXTS = LIST_OF(TEXT);
static const struct emu_shape TAG = STRUCTURE(REQUIRED("Key", TEXT), REQUIRED("Value", TEXT));
static const struct emu_shape TAGS = LIST_OF(TAG);
static const struct emu_shape MAP = {.kind = EMU_MAP, .key = &TEXT, .member = &TEXT};
static const struct emu_shape INNER =
    STRUCTURE(OPTIONAL("Text", TEXT), OPTIONAL("Tags", TAGS), OPTIONAL("Number", NUMBER));
static const struct emu_shape SHAPE =
    STRUCTURE(OPTIONAL("Text", TEXT), OPTIONAL("Number", NUMBER), OPTIONAL("Share", SHARE),
              OPTIONAL("Flag", FLAG), OPTIONAL("Texts", TEXTS), OPTIONAL("Tags", TAGS),
              OPTIONAL("Map", MAP), OPTIONAL("Inner", INNER));

/* ---- forms ---- */

static const struct {
    const char *form;
    const char *json; /* NULL: malformed */
} FORMS[] = {
    {"", "{}"},
    {"Action=A&Version=1", "{}"},
    {"Text=a+b%26c", "{\"Text\":\"a b&c\"}"},
    {"Text=", "{\"Text\":\"\"}"},
    {"Text=a&Text=b", "{\"Text\":\"b\"}"},
    {"Number=12&Share=1.5&Flag=true", "{\"Number\":12,\"Share\":1.5,\"Flag\":true}"},
    {"Number=-1&Share=2&Flag=false", "{\"Number\":-1,\"Share\":2.0,\"Flag\":false}"},
    {"Number=1x&Share=&Flag=TRUE", "{\"Number\":\"1x\",\"Share\":\"\",\"Flag\":\"TRUE\"}"},
    {"Number=99999999999999999999", "{\"Number\":\"99999999999999999999\"}"},
    {"Texts.member.1=a&Texts.member.2=b", "{\"Texts\":[\"a\",\"b\"]}"},
    {"Texts.member.2=b&Texts.member.1=a", "{\"Texts\":[\"a\",\"b\"]}"},
    {"Texts.member.2=b&Text=", "{\"Texts\":[null,\"b\"],\"Text\":\"\"}"},
    {"Texts=", "{\"Texts\":[]}"},
    {"Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=l",
     "{\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"},{\"Key\":\"l\"}]}"},
    {"Tags.member.1.Other=k", "{\"Tags\":[{}]}"},
    {"Inner.Text=a&Inner.Number=3&Inner.Tags.member.1.Key=k",
     "{\"Inner\":{\"Text\":\"a\",\"Number\":3,\"Tags\":[{\"Key\":\"k\"}]}}"},
    {"Map.entry.1.key=k&Map.entry.1.value=v", "{\"Map\":{\"k\":\"v\"}}"},
    {"Map.entry.1.value=v&Map.entry.1.key=k&Map.entry.2.key=l&Map.entry.2.value=w",
     "{\"Map\":{\"k\":\"v\",\"l\":\"w\"}}"},
    {"Unknown.member.1=a&Unknown=b", "{}"},
    {"Text=%ff", NULL},
    {"Text.x=a", NULL},
    {"Texts.member.0=a", NULL},
    {"Texts.member.2=a", NULL}, /* one parameter, and the second member */
    {"Texts.member.1000000000000000000000=a", NULL},
    {"Texts.member.x=a", NULL},
    {"Texts.member.=a", NULL},
    {"Texts.1=a", NULL},
    {"Texts.member=a", NULL},
    {"Texts.member.1.x=a", NULL},
    {"Map.entry.1.key=k", NULL},
    {"Map.entry.1.key=%ff&Map.entry.1.value=v", NULL},
    {"Map.x.1.key=k&Map.x.1.value=v", NULL},
    {"Text=a&Text.x=b", NULL},
};

START_TEST(test_form)
{
    struct emu_query form;
    json_t *input;
    int rc;

    ck_assert_int_eq(emu_form_parse(&form, FORMS[_i].form, strlen(FORMS[_i].form)), EMU_OK);
    rc = emu_query_input(&SHAPE, &form, &input);
    emu_query_free(&form);
    if (FORMS[_i].json == NULL) {
        ck_assert_int_eq(rc, EMU_MALFORMED);
        ck_assert_ptr_null(input);
    } else {
        json_t *expected = json_loads(FORMS[_i].json, 0, NULL);
        char *got = json_dumps(input, JSON_COMPACT);

        ck_assert_int_eq(rc, EMU_OK);
        ck_assert_ptr_nonnull(expected);
        ck_assert_msg(json_equal(input, expected), "%s: %s", FORMS[_i].form, got);
        free(got);
        json_decref(expected);
    }
    json_decref(input);
}
END_TEST

/* Garbage costs neither time nor memory. */
START_TEST(test_many_arguments)
{
    struct emu_query form;
    emu_auto_text body = {0};

    for (int i = 1; i < EMU_MAX_ARGUMENTS; i++)
        emu_text_printf(&body, "Map.entry.%d.key=a&", i);
    emu_text_puts(&body, "Texts.member.4096=a");
    ck_assert_int_eq(emu_form_parse(&form, body.data, body.len), EMU_OK);
    emu_query_free(&form);
    emu_text_puts(&body, "&one=more");
    ck_assert_int_eq(emu_form_parse(&form, body.data, body.len), EMU_MALFORMED);
    emu_query_free(&form);
}
END_TEST

/* ---- XML ---- */

static const struct {
    const char *json;
    const char *xml; /* without blanks and line ends between elements */
} RESULTS[] = {
    {"{}", ""},
    {"{\"A\":\"<a & \\\"b\\\">\"}", "<A>&lt;a &amp; &quot;b&quot;&gt;</A>"},
    {"{\"A\":\"\\r\\u0001\"}", "<A>&#xD;?</A>"},
    {"{\"A\":1,\"B\":true,\"C\":false,\"D\":null,\"E\":0.5}",
     "<A>1</A><B>true</B><C>false</C><E>0.5</E>"},
    {"{\"A\":[]}", "<A></A>"},
    {"{\"A\":[\"x\",\"y\"]}", "<A><member>x</member><member>y</member></A>"},
    {"{\"A\":[{\"B\":\"x\"}]}", "<A><member><B>x</B></member></A>"},
    {"{\"A\":{\"B\":{\"C\":\"x\"}}}", "<A><B><C>x</C></B></A>"},
    {"{\"A\":{\"entry\":[{\"key\":\"k\",\"value\":\"v\"},{\"key\":\"l\",\"value\":\"w\"}]}}",
     "<A><entry><key>k</key><value>v</value></entry>"
     "<entry><key>l</key><value>w</value></entry></A>"},
};

/* Takes out line ends, and the blanks after them. */
static void unfold(char *xml)
{
    char *out = xml;

    for (; *xml != '\0'; xml++) {
        if (*xml == '\n')
            xml += strspn(xml, "\n ") - 1;
        else
            *out++ = *xml;
    }
    *out = '\0';
}

START_TEST(test_result)
{
    struct emu_reply reply;
    char expected[512];

    emu_reply_init(&reply);
    strcpy(reply.request_id, "id");
    emu_xml_result(&reply, "urn:x", "Op", json_loads(RESULTS[_i].json, 0, NULL));
    snprintf(expected, sizeof(expected),
             "<OpResponse xmlns=\"urn:x\"><OpResult>%s</OpResult>"
             "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></OpResponse>",
             RESULTS[_i].xml);
    unfold(reply.body.data);
    ck_assert_str_eq(reply.body.data, expected);
    ck_assert_int_eq(reply.status, 200);
    ck_assert_str_eq(reply.content_type, "text/xml");
    emu_reply_free(&reply);
}
END_TEST

START_TEST(test_error)
{
    struct emu_reply reply;

    emu_reply_init(&reply);
    strcpy(reply.request_id, "id");
    emu_xml_error(&reply, "urn:x", 503, "Busy", "<later>");
    unfold(reply.body.data);
    ck_assert_str_eq(reply.body.data,
                     "<ErrorResponse xmlns=\"urn:x\"><Error><Type>Receiver</Type><Code>Busy</Code>"
                     "<Message>&lt;later&gt;</Message></Error><RequestId>id</RequestId>"
                     "</ErrorResponse>");
    ck_assert_int_eq(reply.status, 503);
    emu_reply_free(&reply);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("query");
    TCase *tcase = tcase_create("query");

    tcase_add_loop_test(tcase, test_form, 0, COUNT(FORMS));
    tcase_add_loop_test(tcase, test_result, 0, COUNT(RESULTS));
    tcase_add_test(tcase, test_many_arguments);
    tcase_add_test(tcase, test_error);
    suite_add_tcase(suite, tcase);
    return run_suite(suite, argc, argv);
}
