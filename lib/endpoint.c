/* Hosts by partition: the endpoint rules of botocore 1.43.67.
 * SPDX-License-Identifier: MIT */
#include "endpoint.h"
#include "url.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *partition;
    const char *suffix;
} partitions[] = {
    {"aws", "amazonaws.com"},
    {"aws-us-gov", "amazonaws.com"},
    {"aws-cn", "amazonaws.com.cn"},
    {"aws-eusc", "amazonaws.eu"},
};

int brc__endpoint_of(const struct brc__arn *arn, struct brc__buf *to, struct brc__error *error)
{
    for (size_t i = 0; i < sizeof partitions / sizeof *partitions; i++)
        if (strlen(partitions[i].partition) == arn->partition_length &&
            memcmp(partitions[i].partition, arn->partition, arn->partition_length) == 0)
            return brc__buf_appendf(to, "https://bedrock-runtime.%.*s.%s", (int)arn->region_length,
                                    arn->region, partitions[i].suffix);
    return brc__error_set(error, BRC_E_INVALID,
                          "the endpoint of the partition \"%.*s\" is not known: set one with "
                          "brc_client_set_endpoint() or AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
                          (int)arn->partition_length, arn->partition);
}

int brc__endpoint_check(const char *url, const char *what, struct brc__error *error)
{
    struct brc__url parsed;

    if (strlen(url) > BRC__CEILING_URL / 2 || brc__url_parse(url, strlen(url), &parsed) < 0 ||
        parsed.has_query)
        return brc__error_set(error, BRC_E_INVALID,
                              "%s: not a URL of the form https://HOST[:PORT][/PATH]", what);
    if (!parsed.https && !brc__url_is_loopback(&parsed))
        return brc__error_set(
            error, BRC_E_INVALID,
            "%s: http is allowed only to 127.0.0.0/8, [::1] and localhost; use https", what);
    return BRC_OK;
}

const char *brc__endpoint_from_environment(const char **ret_variable)
{
    static const char *const variables[] = {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"};

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && *value != '\0') {
            *ret_variable = variables[i];
            return value;
        }
    }
    *ret_variable = NULL;
    return NULL;
}
