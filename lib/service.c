/* Endpoints: the rules of AWS's clients of November 2026, which the interop tests ask for each row.
 * SPDX-License-Identifier: MIT */
#include "service.h"
#include "endpoint.h"
#include "inference.h"
#include "partition.h"
#include "url.h"

#include <string.h>

static const struct brc__service services[] = {
    {.name = "bedrock",
     .host = "bedrock",
     .signing_name = "bedrock",
     .variable = "BEDROCK",
     .protocol = BRC__REST_JSON,
     .bearer = true,
     .runs_models = true},
    /* Signs as bedrock does, and takes no bearer token all the same. */
    {.name = "bedrock-agent",
     .host = "bedrock-agent",
     .signing_name = "bedrock",
     .variable = "BEDROCK_AGENT",
     .protocol = BRC__REST_JSON,
     .runs_models = true},
    {.name = "budgets",
     .host = "budgets",
     .signing_name = "budgets",
     .variable = "BUDGETS",
     .protocol = BRC__JSON_RPC,
     .version = "1.1",
     .target = "AWSBudgetServiceGateway",
     .global = true},
    {.name = "ce",
     .host = "ce",
     .signing_name = "ce",
     .variable = "COST_EXPLORER",
     .protocol = BRC__JSON_RPC,
     .version = "1.1",
     .target = "AWSInsightsIndexService",
     .global = true},
    {.name = "dynamodb",
     .host = "dynamodb",
     .signing_name = "dynamodb",
     .variable = "DYNAMODB",
     .protocol = BRC__JSON_RPC,
     .version = "1.0",
     .target = "DynamoDB_20120810"},
    {.name = "iam",
     .host = "iam",
     .signing_name = "iam",
     .variable = "IAM",
     .protocol = BRC__QUERY,
     .version = "2010-05-08",
     .global = true},
    {.name = "monitoring",
     .other_name = "cloudwatch",
     .host = "monitoring",
     .signing_name = "monitoring",
     .variable = "CLOUDWATCH",
     .protocol = BRC__JSON_RPC,
     .version = "1.0",
     .target = "GraniteServiceVersion20100801",
     .query_mode = true},
    {.name = "pricing",
     .host = "api.pricing",
     .signing_name = "pricing",
     .variable = "PRICING",
     .protocol = BRC__JSON_RPC,
     .version = "1.1",
     .target = "AWSPriceListService"},
    {.name = "sns",
     .host = "sns",
     .signing_name = "sns",
     .variable = "SNS",
     .protocol = BRC__QUERY,
     .version = "2010-03-31"},
    {.name = "sso",
     .host = "portal.sso",
     .signing_name = "awsssoportal",
     .variable = "SSO",
     .protocol = BRC__REST_JSON,
     .unsigned_only = true},
    {.name = "sso-oidc",
     .host = "oidc",
     .signing_name = "sso-oauth",
     .variable = "SSO_OIDC",
     .protocol = BRC__REST_JSON,
     .unsigned_only = true},
    {.name = "sts",
     .host = "sts",
     .signing_name = "sts",
     .variable = "STS",
     .protocol = BRC__QUERY,
     .version = "2011-06-15"},
};

/* Endpoints that do not follow the rule HOST[-fips].REGION.SUFFIX. */
static const struct special {
    const char *service;
    const char *partition;
    const char *hosts[4]; /* normal, FIPS, dual-stack, both; NULL: by the rule */
    const char *region;   /* to sign for, if it is not the partition's */
} specials[] = {
    {"budgets",
     "aws",
     {"budgets.amazonaws.com", "budgets-fips.amazonaws.com", NULL, "budgets-fips.api.aws"},
     NULL},
    {"budgets",
     "aws-us-gov",
     {"budgets.amazonaws.com", "budgets-fips.amazonaws.com", "budgets.api.aws",
      "budgets-fips.api.aws"},
     NULL},
    {"budgets",
     "aws-cn",
     {"budgets.amazonaws.com.cn", "budgets-fips.amazonaws.com.cn",
      "budgets.api.amazonwebservices.com.cn", "budgets-fips.api.amazonwebservices.com.cn"},
     NULL},
    {"budgets",
     "aws-eusc",
     {"budgets.eusc-de-east-1.api.amazonwebservices.eu", "budgets-fips.amazonaws.eu", NULL,
      "budgets-fips.api.amazonwebservices.eu"},
     NULL},
    {"ce", "aws-eusc", {"ce.eusc-de-east-1.api.amazonwebservices.eu"}, NULL},
    {"dynamodb", "aws-us-gov", {NULL, "dynamodb.R.amazonaws.com"}, NULL},
    {"iam",
     "aws",
     {"iam.amazonaws.com", "iam-fips.amazonaws.com", "iam.global.api.aws",
      "iam-fips.global.api.aws"},
     NULL},
    {"iam",
     "aws-us-gov",
     {"iam.us-gov.amazonaws.com", "iam.us-gov.amazonaws.com", "iam.us-gov.api.aws",
      "iam.us-gov.api.aws"},
     NULL},
    {"iam",
     "aws-cn",
     {"iam.cn-north-1.amazonaws.com.cn", "iam-fips.amazonaws.com.cn",
      "iam.global.api.amazonwebservices.com.cn", "iam-fips.api.amazonwebservices.com.cn"},
     "cn-north-1"},
    {"iam",
     "aws-eusc",
     {NULL, "iam-fips.amazonaws.eu", "iam.global.api.amazonwebservices.eu",
      "iam-fips.api.amazonwebservices.eu"},
     NULL},
    {"monitoring",
     "aws-us-gov",
     {NULL, "monitoring.R.amazonaws.com", NULL, "monitoring.R.api.aws"},
     NULL},
    {"sns", "aws-us-gov", {NULL, "sns.R.amazonaws.com"}, NULL},
    {"sso", "aws-us-gov", {NULL, "portal.sso.R.amazonaws.com"}, NULL},
    {"sso-oidc", "aws-us-gov", {NULL, "oidc.R.amazonaws.com"}, NULL},
    {"sts", "aws-us-gov", {NULL, "sts.R.amazonaws.com"}, NULL},
};

static bool same(const char *a, const char *b)
{
    return a != NULL && strcmp(a, b) == 0;
}

int brc__service_find(const char *name, const struct brc__service **ret_service,
                      struct brc__error *error)
{
    *ret_service = NULL;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (same(services[i].name, name) || same(services[i].other_name, name))
            *ret_service = &services[i];
    if (*ret_service != NULL)
        return BRC_OK;
    int rc = brc__inference_refuse_service(name, error);
    if (rc < 0)
        return rc;
    return brc__error_set(error, BRC_E_INVALID,
                          "service: \"%.64s\" is none of those known here: bedrock, bedrock-agent, "
                          "budgets, ce, cloudwatch, dynamodb, iam, monitoring, pricing, sns, sso, "
                          "sso-oidc, sts",
                          name);
}

bool brc__service_is_unsigned(const struct brc__service *service, const char *operation)
{
    return service->unsigned_only ||
           (service->protocol == BRC__QUERY && same(service->signing_name, "sts") &&
            (same(operation, "AssumeRoleWithWebIdentity") ||
             same(operation, "AssumeRoleWithSAML")));
}

static const struct special *special_of(const struct brc__service *service,
                                        const struct brc__partition *partition)
{
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        if (strcmp(specials[i].service, service->name) == 0 &&
            strcmp(specials[i].partition, partition->name) == 0)
            return &specials[i];
    return NULL;
}

/* Where the endpoint is the user's own, a region of an unknown partition stands for itself. */
static const char *signing_region(const struct brc__service *service, const char *region,
                                  const struct brc__partition *partition)
{
    if (!service->global || partition == NULL)
        return region;
    const struct special *special = special_of(service, partition);
    return special != NULL && special->region != NULL ? special->region : partition->global_region;
}

static int put_own(const struct brc__endpoint_choice *choice, struct brc__buf *to,
                   struct brc__error *error)
{
    const char *what = choice->what == NULL ? "endpoint" : choice->what;
    struct brc__url url;
    size_t n = strlen(choice->url);

    int rc = brc__endpoint_check_configured(choice->url, what, choice->kind, error);
    if (rc < 0)
        return rc;
    brc__url_parse(choice->url, n, &url);
    rc = brc__inference_refuse_host(url.host, url.host_length, what, error);
    if (rc < 0)
        return rc;
    while (n > 0 && choice->url[n - 1] == '/')
        n--;
    return brc__buf_append(to, choice->url, n);
}

/* An R among the labels of a special host is the region. */
static int put_special(const char *host, const char *region, struct brc__buf *to)
{
    const char *place = strstr(host, ".R.");

    if (place == NULL)
        return brc__buf_appendf(to, "https://%s", host);
    return brc__buf_appendf(to, "https://%.*s.%s.%s", (int)(place - host), host, region, place + 3);
}

int brc__service_endpoint(const struct brc__service *service, const char *region,
                          const struct brc__endpoint_choice *choice, struct brc__buf *to,
                          const char **ret_signing_region, struct brc__error *error)
{
    const struct brc__partition *partition = brc__partition_of_region(region);
    const char *what = choice->region_what == NULL ? "region" : choice->region_what;
    size_t n = strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-");

    *ret_signing_region = NULL;
    if (n == 0 || n > 63 || region[n] != '\0')
        return brc__error_set(error, BRC_E_INVALID, "%s: not of the form us-east-1", what);
    if (partition == NULL && choice->url == NULL)
        return brc__error_set(error, BRC_E_INVALID,
                              "%s: no endpoint is known for \"%s\": set one with "
                              "AWS_ENDPOINT_URL_%s",
                              what, region, service->variable);
    const char *signed_for = signing_region(service, region, partition);
    int rc;
    if (choice->url != NULL) {
        rc = put_own(choice, to, error);
    } else {
        const struct special *special = special_of(service, partition);
        const char *host = special == NULL
                               ? NULL
                               : special->hosts[choice->kind.fips + 2 * choice->kind.dual_stack];
        rc = host != NULL ? put_special(host, region, to)
                          : brc__buf_appendf(to, "https://%s%s.%s.%s", service->host,
                                             choice->kind.fips ? "-fips" : "", signed_for,
                                             choice->kind.dual_stack ? partition->dual_suffix
                                                                     : partition->suffix);
    }
    if (rc < 0)
        return error->code == rc ? rc : brc__error_set(error, rc, "%s", brc_strerror(rc));
    *ret_signing_region = signed_for;
    return BRC_OK;
}
