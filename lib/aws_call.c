/* SPDX-License-Identifier: MIT */
#include "aws_call.h"
#include "aws_request.h"
#include "memory.h"

#include <stdio.h>

static int fail(brc_client *client, int code)
{
    return brc__error_set(&client->error, code, "%s", brc_strerror(code));
}

/* Where the service is, and the region to sign for. */
static int find_endpoint(brc_client *client, const struct brc__service *service, const char *region,
                         struct brc__buf *to, const char **ret_signing_region)
{
    const struct brc__surroundings *surroundings = &client->surroundings;
    enum brc__endpoint_service which = brc__endpoint_service(service->variable);
    struct brc__endpoint_choice choice = {
        .url = which == BRC__ENDPOINT_SERVICES ? NULL : surroundings->endpoints[which],
        .what = which == BRC__ENDPOINT_SERVICES ? NULL : surroundings->endpoint_names[which],
        .region_what = region == surroundings->region ? surroundings->region_name : NULL,
        .kind = surroundings->endpoint_kind,
    };

    return brc__service_endpoint(service, region, &choice, to, ret_signing_region, &client->error);
}

/* Moves what a request consists of into the errand. */
static void fill(struct brc__errand *errand, const struct brc__service *service,
                 struct brc__aws_request *request, const char *operation,
                 const char *signing_region)
{
    const char *lines[BRC__AWS_HEADERS_MAX];
    size_t count = brc__aws_request_headers(request, lines);

    for (size_t i = 0; i < count; i++)
        brc__errand_line(errand, lines[i]);
    errand->service = service;
    errand->signing = request->is_signed ? BRC__SIGNED_BY_CLIENT : BRC__UNSIGNED;
    snprintf(errand->region, sizeof errand->region, "%s", signing_region);
    snprintf(errand->operation, sizeof errand->operation, "%s", operation);
    errand->call.secret = true;
    errand->call.url = request->url;
    request->url = BRC__BUF(BRC__CEILING_URL);
    errand->call.body = request->body;
    request->body = BRC__SECRET_BUF(BRC__CEILING_REQUEST);
}

int brc__aws_errand(brc_client *client, const char *service_name, const char *region,
                    const char *operation, const char *json, struct brc__errand **ret_errand)
{
    brc__auto_aws_request struct brc__aws_request request = BRC__AWS_REQUEST;
    brc__auto_buf struct brc__buf endpoint = BRC__BUF(BRC__CEILING_URL);
    const struct brc__service *service;
    const char *signing_region;

    *ret_errand = NULL;
    int rc = brc__service_find(service_name, &service, &client->error);
    if (rc < 0)
        return rc;
    if (region == NULL)
        region = client->surroundings.region;
    if (region == NULL)
        return brc__error_set(
            &client->error, BRC_E_INVALID,
            "region: none is given or set, and no metadata service of EC2 tells one: set "
            "AWS_REGION, or the region of the profile");
    rc = find_endpoint(client, service, region, &endpoint, &signing_region);
    if (rc == 0)
        rc = brc__aws_request_make(service, endpoint.data, operation, json, &request,
                                   &client->error);
    if (rc == BRC_E_NOMEM)
        return fail(client, rc);
    if (rc < 0)
        return rc;
    *ret_errand = brc__errand_new(client, request.method);
    if (*ret_errand == NULL)
        return fail(client, BRC_E_NOMEM);
    fill(*ret_errand, service, &request, operation, signing_region);
    return BRC_OK;
}
