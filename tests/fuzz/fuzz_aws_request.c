/* Any bytes as a call of an AWS service: a byte that says which, the operation up to a line's end,
 * the JSON. What is made can be sent as it stands and runs no model.
 * SPDX-License-Identifier: MIT */
#include <aws_request.h>
#include <canonical_uri.h>
#include <json.h>
#include <memory.h>
#include <text.h>
#include <url.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char endpoint[] = "https://host.example/base";

static void must(bool truth)
{
    if (!truth)
        abort();
}

static int digit(char c)
{
    const char *digits = "0123456789abcdef", *found = strchr(digits, c | 0x20);

    return (int)(found - digits);
}

/* The path as whoever routes it may read it, in small letters and without a slash at its end. */
static void read_path(const char *path, size_t n, char *to)
{
    size_t length = 0;

    for (size_t i = 0; i < n; i++) {
        char c = path[i];
        if (c == '%') {
            c = (char)(digit(path[i + 1]) << 4 | digit(path[i + 2]));
            i += 2;
        }
        to[length++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    while (length > 0 && to[length - 1] == '/')
        length--;
    to[length] = '\0';
}

static bool ends(const char *text, const char *with)
{
    size_t n = strlen(text), length = strlen(with);

    return n >= length && strcmp(text + n - length, with) == 0;
}

/* Told apart here in another way than in inference.c. */
static void check_closed(const char *path)
{
    static const char *const closed[] = {
        "/model-invocation-job",
        "/evaluation-jobs",
        "/model-customization-jobs",
        "/advanced-prompt-optimization-jobs",
        "/async-invoke",
    };

    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        must(!ends(path, closed[i]));
    must(strstr(path, "/model/") == NULL);
    must(!ends(path, "/invoke") || strstr(path, "/guardrail-checks/") == NULL);
}

static void check_rest(const struct brc__aws_request *request, bool runs_models)
{
    static char path[BRC__CEILING_URL + 1];
    struct brc__url url;
    bool reads = strcmp(request->method, "GET") == 0 || strcmp(request->method, "DELETE") == 0;

    must(brc__url_parse(request->url.data, request->url.length, &url) == 0);
    must(strncmp(request->url.data, endpoint, strlen(endpoint)) == 0);
    must(brc__query_is_valid(&url));
    must(!reads || request->body.data == NULL);
    read_path(url.path, url.path_length, path);
    must(strstr(path, "//") == NULL && strstr(path, "/./") == NULL && strstr(path, "/../") == NULL);
    must(!ends(path, "/.") && !ends(path, "/.."));
    if (runs_models && !reads)
        check_closed(path);
}

static void check_form(const struct brc__aws_request *request, const char *operation)
{
    const char *p = request->body.data;
    size_t n = strlen(operation);

    must(strlen(p) == request->body.length);
    must(strncmp(p, "Action=", 7) == 0 && strncmp(p + 7, operation, n) == 0);
    must(strncmp(p + 7 + n, "&Version=", 9) == 0);
    must(strstr(p, "&Action=") == NULL && strstr(p + 7 + n + 9, "&Version=") == NULL);
    for (; *p != '\0'; p++)
        must(brc__is_unreserved(*p) || strchr("%&=", *p) != NULL);
}

static void check_request(const struct brc__service *service,
                          const struct brc__aws_request *request, const char *operation)
{
    const char *lines[BRC__AWS_HEADERS_MAX];
    size_t count = brc__aws_request_headers(request, lines);

    for (size_t i = 0; i < count; i++)
        must(strpbrk(lines[i], "\r\n") == NULL && strchr(lines[i], ':') != NULL);
    if (service->protocol == BRC__REST_JSON)
        check_rest(request, service->runs_models);
    else
        must(strcmp(request->url.data, "https://host.example/base/") == 0);
    if (service->protocol == BRC__QUERY)
        check_form(request, operation);
    else
        must(request->body.data == NULL ||
             brc__json_check(request->body.data, request->body.length, "", NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"bedrock", "bedrock-agent", "ce",  "monitoring",
                                        "sts",     "iam",           "sns", "sso"};
    brc__auto_aws_request struct brc__aws_request request = BRC__AWS_REQUEST;
    const struct brc__service *service;
    struct brc__error error = {0};

    if (size == 0)
        return 0;
    brc__auto_free char *text = brc__strndup((const char *)data + 1, size - 1);
    must(text != NULL && brc__service_find(names[data[0] % 8], &service, &error) == 0);
    char *json = text + strcspn(text, "\n");
    if (*json != '\0')
        *json++ = '\0';
    int rc = brc__aws_request_make(service, endpoint, text, json, &request, &error);
    must(error.code == rc && (rc < 0) == (error.text[0] != '\0'));
    must(rc == 0 || rc == BRC_E_INVALID || rc == BRC_E_TOO_LARGE);
    must(brc__utf8_without_nul(error.text, strlen(error.text)));
    if (rc == 0)
        check_request(service, &request, text);
    return 0;
}
