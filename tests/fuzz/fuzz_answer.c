/* Any bytes as an answer: as the body of a 200, as that of an error, and as the head of one.
 * SPDX-License-Identifier: MIT */
#include <answer.h>
#include <memory.h>
#include <text.h>

#include <stdbool.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

static brc_result *new_result(const uint8_t *body, size_t size)
{
    brc_result *result = brc__result_new();

    must(result != NULL);
    must(brc__usage_init(&result->usage, "id", "arn", NULL) == 0);
    must(brc__buf_append(&result->json, body, size) == 0);
    return result;
}

/* A message that is handed out can be sent back. */
static void send_back(const char *message, size_t length)
{
    brc_request *request;

    must(brc_request_new(
             "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456",
             &request) == 0);
    must(brc_request_add_message(request, message, length) == 0);
    brc_request_free(request);
}

static void read_answer(const uint8_t *data, size_t size)
{
    brc_result *result = new_result(data, size);
    struct brc__error error = {0};
    bool usage;
    size_t length;

    int rc = brc__answer_read(result, &usage, &error);
    must(rc == 0 || rc == BRC_E_PROTOCOL);
    must(error.code == rc && (rc < 0) == (error.text[0] != '\0'));
    must(rc < 0 || (usage && brc_result_text(result, NULL) != NULL));
    for (int field = BRC_USAGE_INPUT_TOKENS; field <= BRC_USAGE_CACHE_WRITE_1H_TOKENS; field++)
        must(brc_usage_int(&result->usage, field) >= -1);
    must(!usage || (brc_usage_int(&result->usage, BRC_USAGE_INPUT_TOKENS) >= 0 &&
                    brc_usage_int(&result->usage, BRC_USAGE_OUTPUT_TOKENS) >= 0));
    const char *message = brc_result_message(result, &length);
    if (message != NULL)
        send_back(message, length);
    const char *record = brc_usage_json(&result->usage);
    must(record != NULL && brc__utf8_without_nul(record, strlen(record)));
    brc_result_free(result);
}

static bool is_line(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL && brc__utf8_without_nul(text, strlen(text)) &&
           strpbrk(text, "\r\n\x1b") == NULL;
}

static void read_error(const uint8_t *data, size_t size)
{
    brc__auto_free char *head = brc__strndup((const char *)data, size);
    struct brc__error error;

    must(head != NULL);
    int status = 300 + (int)(size % 300);
    int code = brc__answer_error(status, head, (const char *)data, size, &error);
    must(code < 0 && error.code == code && error.text[0] != '\0');
    must(is_line(error.text, sizeof error.text));
    must(is_line(error.aws_type, sizeof error.aws_type));
    must(is_line(error.aws_message, sizeof error.aws_message));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_answer(data, size);
    read_error(data, size);
    return 0;
}
