/* SPDX-License-Identifier: MIT */
#include "aws_request.h"
#include "canonical_uri.h"
#include "inference.h"
#include "json.h"
#include "query_form.h"
#include "text.h"
#include "url.h"

#include <stdio.h>
#include <string.h>

enum {
    NAME_MAX_LENGTH = 96 /* of an operation */
};

void brc__aws_request_free(struct brc__aws_request *request)
{
    brc__buf_free(&request->url);
    brc__buf_free(&request->body);
}

static int invalid(struct brc__error *error, const char *text)
{
    return brc__error_set(error, BRC_E_INVALID, "%s", text);
}

static int settle(const struct brc__buf *buffer, struct brc__error *error)
{
    int rc = buffer->status;

    return rc < 0 ? brc__error_set(error, rc, "%s", brc_strerror(rc)) : BRC_OK;
}

/* The caller's JSON, judged; not there if none was given. */
static int read_json(const char *json, struct brc__json *ret_object, struct brc__error *error)
{
    *ret_object = (struct brc__json){0};
    if (json == NULL || *json == '\0')
        return BRC_OK;
    size_t n = strlen(json);
    if (n > BRC__CEILING_REQUEST)
        return brc__error_set(error, BRC_E_TOO_LARGE, "json: is longer than %d bytes",
                              BRC__CEILING_REQUEST);
    int rc = brc__json_check(json, n, "json", error);
    if (rc < 0)
        return rc;
    *ret_object = brc__json_of(json, n);
    return brc__json_starts(*ret_object, '{') ? BRC_OK : invalid(error, "json: is not an object");
}

/* --------------------------------------------------------------------- REST */

static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

/* Splits at the first blank. False if there is no method of ours before it. */
static bool take_method(const char **operation, struct brc__aws_request *request)
{
    size_t n = strcspn(*operation, " ");

    if (n >= sizeof request->method || (*operation)[n] == '\0')
        return false;
    memcpy(request->method, *operation, n);
    request->method[n] = '\0';
    *operation += n + 1;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(request->method, methods[i]) == 0)
            return true;
    return false;
}

static bool query_is_plain(const struct brc__url *url)
{
    for (size_t i = 0; i < url->query_length; i++)
        if (!brc__is_unreserved(url->query[i]) && strchr("%=&", url->query[i]) == NULL)
            return false;
    return brc__query_is_valid(url);
}

/* `target` is what follows the method and the blank. What runs a model is refused first, so that
 * the error says which way is open, however odd the spelling; then the spelling is judged. */
static int check_target(const struct brc__service *service, const char *endpoint,
                        const char *target, struct brc__aws_request *request,
                        struct brc__error *error)
{
    static const char odd[] = "operation: not of the form METHOD /path?query with everything in "
                              "path and query percent-encoded but letters, digits and - . _ ~";
    size_t path_length = strcspn(target, "?#");
    struct brc__url url;

    brc__buf_appendf(&request->url, "%s%s", endpoint, target);
    int rc = settle(&request->url, error);
    if (rc < 0)
        return rc;
    if (brc__url_parse(request->url.data, request->url.length, &url) < 0)
        url = (struct brc__url){0};
    if (service->runs_models) {
        /* As it was written, and as it will be sent below the endpoint's own path. */
        rc = brc__inference_refuse_path(request->method, target, path_length, error);
        if (rc == 0 && url.path_length > 0)
            rc = brc__inference_refuse_path(request->method, url.path, url.path_length, error);
        if (rc < 0)
            return rc;
    }
    if (!brc__path_is_plain(target, path_length) || url.path_length == 0 || !query_is_plain(&url))
        return invalid(error, odd);
    return BRC_OK;
}

static int make_rest(const struct brc__service *service, const char *endpoint,
                     const char *operation, struct brc__json object,
                     struct brc__aws_request *request, struct brc__error *error)
{
    const char *target = operation;
    bool method = take_method(&target, request);

    if (!method)
        snprintf(request->method, sizeof request->method, "?");
    int rc = check_target(service, endpoint, target, request, error);
    if (rc < 0)
        return rc;
    if (!method)
        return invalid(error, "operation: does not begin with GET, POST, PUT, PATCH or DELETE");
    if (object.p == NULL)
        return BRC_OK;
    if (strcmp(request->method, "GET") == 0 || strcmp(request->method, "DELETE") == 0)
        return invalid(error, "json: has no place in a GET or DELETE, whose input is in the path");
    request->content_type = "Content-Type: application/json";
    brc__buf_append(&request->body, object.p, object.n);
    return settle(&request->body, error);
}

/* ------------------------------------------------------- JSON-RPC and query */

static int check_name(const char *operation, struct brc__error *error)
{
    size_t n = strspn(operation, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    if (n == 0 || n > NAME_MAX_LENGTH || operation[n] != '\0')
        return invalid(error, "operation: not the bare name of an operation, like GetCostAndUsage");
    return BRC_OK;
}

static int make_rpc(const struct brc__service *service, const char *operation,
                    struct brc__json object, struct brc__aws_request *request,
                    struct brc__error *error)
{
    bool newer = strcmp(service->version, "1.1") == 0;

    request->content_type = newer ? "Content-Type: application/x-amz-json-1.1"
                                  : "Content-Type: application/x-amz-json-1.0";
    snprintf(request->target, sizeof request->target, "X-Amz-Target: %s.%s", service->target,
             operation);
    request->query_mode = service->query_mode;
    if (object.p == NULL)
        brc__buf_text(&request->body, "{}");
    else
        brc__buf_append(&request->body, object.p, object.n);
    return settle(&request->body, error);
}

static int make_form(const struct brc__service *service, const char *operation,
                     struct brc__json object, struct brc__aws_request *request,
                     struct brc__error *error)
{
    request->content_type = "Content-Type: application/x-www-form-urlencoded; charset=utf-8";
    return brc__query_form(service, operation, object, &request->body, error);
}

static int make_posted(const struct brc__service *service, const char *endpoint,
                       const char *operation, struct brc__json object,
                       struct brc__aws_request *request, struct brc__error *error)
{
    int rc = check_name(operation, error);

    if (rc < 0)
        return rc;
    snprintf(request->method, sizeof request->method, "POST");
    brc__buf_appendf(&request->url, "%s/", endpoint);
    rc = settle(&request->url, error);
    if (rc < 0)
        return rc;
    return service->protocol == BRC__QUERY ? make_form(service, operation, object, request, error)
                                           : make_rpc(service, operation, object, request, error);
}

int brc__aws_request_make(const struct brc__service *service, const char *endpoint,
                          const char *operation, const char *json,
                          struct brc__aws_request *ret_request, struct brc__error *error)
{
    struct brc__json object;

    ret_request->is_signed = !brc__service_is_unsigned(service, operation);
    int rc = read_json(json, &object, error);
    if (rc < 0)
        return rc;
    return service->protocol == BRC__REST_JSON
               ? make_rest(service, endpoint, operation, object, ret_request, error)
               : make_posted(service, endpoint, operation, object, ret_request, error);
}

size_t brc__aws_request_headers(const struct brc__aws_request *request,
                                const char *ret_lines[BRC__AWS_HEADERS_MAX])
{
    size_t count = 0;

    if (request->content_type != NULL)
        ret_lines[count++] = request->content_type;
    if (request->target[0] != '\0')
        ret_lines[count++] = request->target;
    if (request->query_mode)
        ret_lines[count++] = "x-amzn-query-mode: true";
    return count;
}
