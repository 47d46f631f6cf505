/* Shows what the library makes of calls of AWS's services: endpoint, region to sign for, request.
 *
 * usage: interop_builder < CALLS
 *
 * A call is a line of five fields between tabs: service, region, endpoint, operation, JSON. The
 * endpoint is a URL, or made of the words "fips" and "dual"; without an operation it is all that is
 * asked for. Each is answered with a line of JSON.
 *
 * SPDX-License-Identifier: MIT
 */
#include <aws_request.h>
#include <json_text.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SERVICE,
    REGION,
    ENDPOINT,
    OPERATION,
    JSON,
    FIELDS
};

static void put_member(struct brc__buf *line, const char *name, const char *text)
{
    brc__buf_appendf(line, "%s\"%s\":", line->length == 0 ? "{" : ",", name);
    brc__json_quote(line, text, strlen(text));
}

static void put_request(const struct brc__aws_request *request, struct brc__buf *line)
{
    const char *headers[BRC__AWS_HEADERS_MAX];
    size_t count = brc__aws_request_headers(request, headers);

    put_member(line, "method", request->method);
    put_member(line, "url", request->url.data);
    if (request->body.data != NULL)
        put_member(line, "body", request->body.data);
    brc__buf_appendf(line, ",\"signed\":%s,\"headers\":[", request->is_signed ? "true" : "false");
    for (size_t i = 0; i < count; i++) {
        brc__buf_text(line, i == 0 ? "" : ",");
        brc__json_quote(line, headers[i], strlen(headers[i]));
    }
    brc__buf_text(line, "]");
}

static int build(char *const fields[], struct brc__buf *line, struct brc__error *error)
{
    brc__auto_aws_request struct brc__aws_request request = BRC__AWS_REQUEST;
    brc__auto_buf struct brc__buf endpoint = BRC__BUF(BRC__CEILING_URL);
    const struct brc__endpoint_choice choice = {
        .url = strstr(fields[ENDPOINT], "://") == NULL ? NULL : fields[ENDPOINT],
        .kind.fips = strstr(fields[ENDPOINT], "fips") != NULL,
        .kind.dual_stack = strstr(fields[ENDPOINT], "dual") != NULL,
    };
    const struct brc__service *service;
    const char *region;

    int rc = brc__service_find(fields[SERVICE], &service, error);
    if (rc == 0)
        rc = brc__service_endpoint(service, fields[REGION], &choice, &endpoint, &region, error);
    if (rc < 0)
        return rc;
    put_member(line, "endpoint", endpoint.data);
    put_member(line, "region", region);
    put_member(line, "signingName", service->signing_name);
    put_member(line, "variable", service->variable);
    if (*fields[OPERATION] == '\0')
        return 0;
    rc = brc__aws_request_make(service, endpoint.data, fields[OPERATION], fields[JSON], &request,
                               error);
    if (rc == 0)
        put_request(&request, line);
    return rc;
}

static void answer(char *call)
{
    brc__auto_buf struct brc__buf line = BRC__BUF(BRC__CEILING_ANSWER);
    struct brc__error error = {0};
    char *fields[FIELDS];

    for (int i = 0; i < FIELDS; i++) {
        fields[i] = strsep(&call, i < JSON ? "\t" : "\n");
        if (fields[i] == NULL)
            errx(2, "a call has too few fields");
    }
    if (build(fields, &line, &error) < 0)
        put_member(&line, "error", error.text);
    if (line.status < 0)
        errx(1, "%s", brc_strerror(line.status));
    printf("%s}\n", line.data);
}

int main(void)
{
    char *call = NULL;
    size_t size = 0;

    while (getline(&call, &size, stdin) > 0)
        answer(call);
    free(call);
    return 0;
}
