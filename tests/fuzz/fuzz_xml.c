/* Any bytes as XML: what comes out is JSON that the strict parser accepts, or an error; and as the
 * answer of a service.
 * SPDX-License-Identifier: MIT */
#include <aws_answer.h>
#include <json.h>
#include <memory.h>
#include <text.h>
#include <xml.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

static bool is_line(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL && brc__utf8_without_nul(text, strlen(text)) &&
           strpbrk(text, "\r\n\x1b") == NULL;
}

static void convert(const char *xml, size_t n)
{
    brc__auto_buf struct brc__buf json = BRC__SECRET_BUF(BRC__CEILING_ANSWER);
    struct brc__error error = {0};

    int rc = brc__xml_to_json(xml, n, "the answer", &json, &error);
    must(rc == 0 || rc == BRC_E_PROTOCOL || rc == BRC_E_TOO_LARGE);
    must(error.code == rc && (rc < 0) == (error.text[0] != '\0'));
    must(is_line(error.text, sizeof error.text));
    if (rc < 0)
        must(json.length == 0);
    else
        must(brc__json_check(json.data, json.length, "", NULL) == 0);
}

/* As the query service's answer, and as JSON-RPC's. */
static void read_answer(const char *name, int status, const char *body, size_t n)
{
    brc__auto_buf struct brc__buf json = BRC__SECRET_BUF(BRC__CEILING_ANSWER);
    brc__auto_free char *head = brc__strndup(body, n);
    const struct brc__aws_reply reply = {status, head, body, n};
    const struct brc__service *service;
    struct brc__error error = {0};
    char id[BRC__REQUEST_ID_SIZE];

    must(head != NULL && brc__service_find(name, &service, &error) == 0);
    int rc = brc__aws_answer_read(service, "AssumeRole", &reply, &json, id, &error);
    must(error.code == rc && (rc < 0) == (error.text[0] != '\0'));
    must(is_line(id, sizeof id) && is_line(error.text, sizeof error.text));
    must(is_line(error.aws_type, sizeof error.aws_type));
    must(is_line(error.aws_message, sizeof error.aws_message));
    must(rc == 0 ? json.length > 0 && json.data[0] == '{' : status != 200 || json.length == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;

    convert(text, size);
    read_answer("sts", 200, text, size);
    read_answer("sts", 400, text, size);
    read_answer("ce", 200, text, size);
    read_answer("monitoring", 400, text, size);
    return 0;
}
