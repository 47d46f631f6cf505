/* Reading what is no answer: the headers, and errors in every shape.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <answer.h>
#include <head.h>

#define FFFD "\xef\xbf\xbd"

#define HEAD                                                                                       \
    "HTTP/1.1 200 OK\r\n"                                                                          \
    "Content-Type: application/json\r\n"                                                           \
    "x-amzn-requestid:  id-1 \t\r\n"                                                               \
    "X-Empty:\r\n"                                                                                 \
    "X-Empty-Too: \t \r\n"                                                                         \
    "X-Twice: a\r\n"                                                                               \
    "X-Twice: b\r\n"                                                                               \
    "X-Colon: a:b\r\n"                                                                             \
    "X-Bare: line feed\n"                                                                          \
    "X-Last: end"

static const struct {
    const char *name;
    const char *value; /* NULL: no such header */
} headers[] = {
    {"Content-Type", "application/json"},
    {"content-TYPE", "application/json"},
    {"x-amzn-RequestId", "id-1"},
    {"X-Empty", ""},
    {"X-Empty-Too", ""},
    {"X-Twice", "a"},
    {"X-Colon", "a:b"},
    {"X-Bare", "line feed"},
    {"X-Last", "end"},
    {"Content", NULL},
    {"ontent-Type", NULL},
    {"HTTP/1.1", NULL},
    {"X-Lastly", NULL},
};

START_TEST(header_is_found_by_its_name)
{
    size_t length = 99;
    const char *value = brc__head_value(HEAD, headers[_i].name, &length);

    ck_assert_int_eq(value != NULL, headers[_i].value != NULL);
    ck_assert_uint_eq(length, headers[_i].value == NULL ? 0 : strlen(headers[_i].value));
    if (value != NULL)
        ck_assert_int_eq(strncmp(value, headers[_i].value, length), 0);
}
END_TEST

START_TEST(no_head_has_no_header)
{
    size_t length = 99;

    ck_assert_ptr_null(brc__head_value(NULL, "X", &length));
    ck_assert_ptr_null(brc__head_value("", "X", &length));
    ck_assert_uint_eq(length, 0);
}
END_TEST

static const struct {
    int status;
    const char *type_header; /* NULL: none */
    const char *body;
    int code;
    const char *type;
    const char *message;
    const char *text;
} errors[] = {
    {400, "ValidationException", "{\"message\":\"no\"}", BRC_E_REJECTED, "ValidationException",
     "no", "ValidationException: no (HTTP 400)"},
    {429, "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/",
     "{\"message\":\"slow down\"}", BRC_E_THROTTLED, "ThrottlingException", "slow down",
     "ThrottlingException: slow down (HTTP 429)"},
    {403, "com.amazon.coral.service#AccessDeniedException", "{\"Message\":\"no\"}",
     BRC_E_ACCESS_DENIED, "AccessDeniedException", "no", "AccessDeniedException: no (HTTP 403)"},
    {403, "a#b#ExpiredTokenException:http://x#y", "{}", BRC_E_CREDENTIALS, "ExpiredTokenException",
     "", "ExpiredTokenException: no message (HTTP 403)"},
    {429, "ModelNotReadyException", "", BRC_E_SERVICE, "ModelNotReadyException", "",
     "ModelNotReadyException: no message (HTTP 429)"},
    /* the type from the body: code, Code, __type; the header wins */
    {404, NULL, "{\"code\":\"ResourceNotFoundException\",\"message\":\"gone\"}", BRC_E_REJECTED,
     "ResourceNotFoundException", "gone", "ResourceNotFoundException: gone (HTTP 404)"},
    {500, NULL, "{\"Code\":\"InternalServerException\"}", BRC_E_SERVICE, "InternalServerException",
     "", "InternalServerException: no message (HTTP 500)"},
    {403, NULL, "{\"__type\":\"ns#InvalidSignatureException:x\",\"message\":\"m\"}",
     BRC_E_CREDENTIALS, "InvalidSignatureException", "m",
     "InvalidSignatureException: m (HTTP 403)"},
    {400, NULL,
     "{\"__type\":\"C\",\"Code\":\"B\",\"code\":\"A\",\"Message\":\"2\",\"message\":\"1\"}",
     BRC_E_REJECTED, "A", "1", "A: 1 (HTTP 400)"},
    {400, NULL, "{\"__type\":\"C\",\"Code\":\"B\",\"code\":400}", BRC_E_REJECTED, "B", "",
     "B: no message (HTTP 400)"},
    {400, "Header", "{\"code\":\"Body\"}", BRC_E_REJECTED, "Header", "",
     "Header: no message (HTTP 400)"},
    {400, "", "{\"code\":\"Body\"}", BRC_E_REJECTED, "Body", "", "Body: no message (HTTP 400)"},
    {400, ":x", "{\"code\":\":y\",\"__type\":\"Body\"}", BRC_E_REJECTED, "Body", "",
     "Body: no message (HTTP 400)"},
    {400, NULL, "{\"message\":\"\",\"Message\":\"second\"}", BRC_E_REJECTED, "", "second",
     "AWS: second (HTTP 400)"},
    {400, NULL, "{\"message\":null,\"Message\":[\"x\"]}", BRC_E_REJECTED, "", "",
     "HTTP 400, and no error of AWS in the answer"},
    /* no JSON, or none at all */
    {502, NULL, "<html><h1>Bad Gateway</h1></html>", BRC_E_SERVICE, "", "",
     "HTTP 502, and no error of AWS in the answer"},
    {503, NULL, "", BRC_E_SERVICE, "", "", "HTTP 503, and no error of AWS in the answer"},
    {503, NULL, "[\"message\"]", BRC_E_SERVICE, "", "",
     "HTTP 503, and no error of AWS in the answer"},
    {424, NULL, "{\"message\":\"cut", BRC_E_SERVICE, "", "",
     "HTTP 424, and no error of AWS in the answer"},
    {400, NULL, "{\"message\":\"first\",\"cut", BRC_E_REJECTED, "", "first",
     "AWS: first (HTTP 400)"},
    {204, NULL, "", BRC_E_PROTOCOL, "", "", "HTTP 204, and no error of AWS in the answer"},
    {307, NULL, "", BRC_E_PROTOCOL, "", "",
     "HTTP 307: the endpoint redirects elsewhere, which is never followed"},
    {301, "X", "{\"message\":\"m\"}", BRC_E_PROTOCOL, "X", "m",
     "HTTP 301: the endpoint redirects elsewhere, which is never followed"},
    /* whatever comes, it becomes one clean line */
    {400, "T", "{\"message\":\"a\\nb\\u0000c\\u001b[31m\\ud800 \xff\"}", BRC_E_REJECTED, "T",
     "a b c [31m" FFFD " " FFFD, "T: a b c [31m" FFFD " " FFFD " (HTTP 400)"},
    {400, "T\x01\xff", "{}", BRC_E_REJECTED, "T ?", "", "T ?: no message (HTTP 400)"},
    {400, NULL, "{\"code\":\"a\\r\\nb\"}", BRC_E_REJECTED, "a  b", "",
     "a  b: no message (HTTP 400)"},
};

START_TEST(error_is_read)
{
    struct brc__error error = {.aws_type = "old", .request_id = "old"};
    brc__auto_buf struct brc__buf head = BRC__BUF(BRC__CEILING_HEAD);
    const char *type = errors[_i].type_header, *body = errors[_i].body;

    brc__buf_text(&head, "HTTP/1.1 400 No\r\nX-Other: 1\r\n");
    if (type != NULL)
        brc__buf_appendf(&head, "X-Amzn-ErrorType: %s\r\n", type);
    brc__buf_text(&head, "\r\n");
    ck_assert_int_eq(brc__answer_error(errors[_i].status, head.data, body, strlen(body), &error),
                     errors[_i].code);
    ck_assert_int_eq(error.code, errors[_i].code);
    ck_assert_str_eq(error.aws_type, errors[_i].type);
    ck_assert_str_eq(error.aws_message, errors[_i].message);
    ck_assert_str_eq(error.text, errors[_i].text);
    ck_assert_str_eq(error.request_id, "");
}
END_TEST

START_TEST(error_without_head_or_body)
{
    struct brc__error error;

    ck_assert_int_eq(brc__answer_error(503, NULL, NULL, 0, &error), BRC_E_SERVICE);
    ck_assert_str_eq(error.aws_type, "");
}
END_TEST

/* Type and message far too long, in characters of two bytes that begin at either parity. */
START_TEST(long_error_is_cut_at_a_border)
{
    brc__auto_buf struct brc__buf body = BRC__BUF(100 * 1000);
    struct brc__error error;

    brc__buf_text(&body, _i == 0 ? "{\"code\":\"" : "{\"code\":\"x");
    for (int i = 0; i < 1000; i++)
        brc__buf_text(&body, "\xc3\xa9");
    brc__buf_text(&body, _i == 0 ? "\",\"message\":\"" : "\",\"message\":\"x");
    for (int i = 0; i < 10 * 1000; i++)
        brc__buf_text(&body, "\xc3\xa9");
    brc__buf_text(&body, "\"}");
    ck_assert_int_eq(brc__answer_error(400, "", body.data, body.length, &error), BRC_E_REJECTED);
    ck_assert_uint_eq(strlen(error.aws_type), sizeof error.aws_type - (_i == 0 ? 2 : 1));
    ck_assert_uint_eq(strlen(error.aws_message), sizeof error.aws_message - (_i == 0 ? 2 : 1));
    ck_assert_ptr_null(strchr(error.text, '?'));
    const char *end = " (HTTP 400)";
    ck_assert_str_eq(error.text + strlen(error.text) - strlen(end), end);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("answer_error");
    TCase *tests = tcase_create("answer_error");

    tcase_add_loop_test(tests, header_is_found_by_its_name, 0, sizeof headers / sizeof *headers);
    tcase_add_test(tests, no_head_has_no_header);
    tcase_add_loop_test(tests, error_is_read, 0, sizeof errors / sizeof *errors);
    tcase_add_test(tests, error_without_head_or_body);
    tcase_add_loop_test(tests, long_error_is_cut_at_a_border, 0, 2);
    suite_add_tcase(suite, tests);
    return run(suite);
}
