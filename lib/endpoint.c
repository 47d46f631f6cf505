/* Hosts by partition: the endpoint rules of botocore 1.43.67.
 * SPDX-License-Identifier: MIT */
#include "endpoint.h"
#include "partition.h"
#include "url.h"

#include <string.h>

int brc__endpoint_of(const struct brc__arn *arn, struct brc__endpoint_kind kind,
                     struct brc__buf *to, struct brc__error *error)
{
    const struct brc__partition *partition =
        brc__partition_find(arn->partition, arn->partition_length);

    if (partition != NULL)
        return brc__buf_appendf(to, "https://bedrock-runtime%s.%.*s.%s", kind.fips ? "-fips" : "",
                                (int)arn->region_length, arn->region,
                                kind.dual_stack ? partition->dual_suffix : partition->suffix);
    return brc__error_set(error, BRC_E_INVALID,
                          "the endpoint of the partition \"%.*s\" is not known: set one with "
                          "brc_client_set_endpoint() or AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
                          (int)arn->partition_length, arn->partition);
}

int brc__endpoint_check_configured(const char *url, const char *what,
                                   struct brc__endpoint_kind kind, struct brc__error *error)
{
    if (kind.fips || kind.dual_stack)
        return brc__error_set(error, BRC_E_INVALID,
                              "%s: an endpoint of one's own excludes FIPS and dual-stack endpoints",
                              what);
    return brc__endpoint_check(url, what, error);
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
